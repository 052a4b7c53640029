"""The name of an attachment, from every form in which mail programs write it, made safe to store and to show."""

import html
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote, unquote_to_bytes

from parsers.charsets import DecodedText, codec_of, decode_text, nfc
from parsers.mail.encoded_words import decode_tangled, untangle
from parsers.mail.parameters import FieldValue, extended_texts, plain_values

MAX_NAME_BYTES = 255

# No name of 255 bytes is longer, however it is encoded and split.
_MAX_ENCODED = 8192
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|COM[0-9¹²³]|LPT[0-9¹²³]) *(?=\.|\Z)", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_DRIVE = re.compile(r"[A-Za-z]:")
_ESCAPED_UTF8 = re.compile(r"%[CDEF][0-9A-F](?:%[89AB][0-9A-F])+", re.IGNORECASE)
_CHARSET = re.compile(r"([A-Za-z][A-Za-z0-9_-]{1,20})'[A-Za-z-]{0,8}'")
# What a form of a web page makes of letters that its charset lacks, and JavaScript's `escape`.
_ENTITY = re.compile(r"&(?:#[0-9]{3,6}|#[xX][0-9A-Fa-f]{2,5}|[A-Za-z]{3,10});")
_WIDE_ESCAPE = re.compile(r"%u([0-9A-Fa-f]{4})")
# No file system of the senders has a question mark in a name: it stands for what a charset lacked.
_LOST = re.compile("[?\ufffd]")
_DESCRIBED_FILE = re.compile(r"[^\r\n]{1,250}\.[A-Za-z][A-Za-z0-9]{1,4}\Z")
_EXTENSION = re.compile(r"\.[^.\s]{1,16}\Z")
_LINE_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ResolvedName:
    """The name to use, every name the part gives, and what is to be said about them."""

    name: str | None
    candidates: tuple[str, ...] = ()
    ambiguous: bool = False
    unsafe: bool = False
    unknown_charsets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SafeName:
    """A name of one path component; `changed` says that control or bidi characters, a path or a reserved name were in it."""

    name: str
    changed: bool


def resolve_filename(disposition: FieldValue, content_type: FieldValue) -> ResolvedName:
    """The attachment name of a part: `filename*` before `filename` before `name*` before `name` (RFC 6266, 4.3).

    Where none of these is there, the two parameters count in the other field too, where some programs put them.
    A name that lost letters on its way gives way to a whole one of the same extension.
    Two readers that take different values of a repeated parameter, or values of different extension, could be shown
    different files; such names are ambiguous.
    """
    return _resolved([*_candidates(disposition, "filename"), *_candidates(content_type, "name")]) or (
        _resolved([*_candidates(content_type, "filename"), *_candidates(disposition, "name")]) or ResolvedName(None)
    )


def described_filename(description: bytes) -> ResolvedName:
    """The name of a file that stands in the part's Content-Description alone; none where that says something else."""
    decoded = _decoded(description[:_MAX_ENCODED].strip(b' \t"'))
    is_name = _DESCRIBED_FILE.match(decoded.text) is not None
    return (_resolved([[decoded]]) if is_name else None) or ResolvedName(None)


def _resolved(groups: list[list[DecodedText]]) -> ResolvedName | None:
    found = [decoded for group in groups for decoded in group if decoded.text.strip()]
    if not found:
        return None
    texts = tuple(dict.fromkeys(decoded.text for decoded in found))
    safe = [safe_name(text) for text in texts]
    repeated = any(len({decoded.text for decoded in group}) > 1 for group in groups)
    extensions = {extension(name.name) for name in safe if name.name} - {""}
    return ResolvedName(
        name=safe[_whole(texts)].name or next((name.name for name in safe if name.name), None),
        candidates=texts,
        ambiguous=repeated or len(extensions) > 1,
        unsafe=any(name.changed for name in safe),
        unknown_charsets=tuple(dict.fromkeys(label for decoded in found for label in decoded.unknown_charsets)),
    )


def safe_name(text: str) -> SafeName:
    """The last path component of a name, without characters that deceive the eye or a file system; may be empty."""
    spaced = _LINE_SPACE.sub(" ", nfc(text[: MAX_NAME_BYTES * 16]))
    # Taking a character away can bring a letter and a mark together.
    cleaned = nfc(_without_invisible(spaced))
    component = _last_component(cleaned.replace("\\", "/"))
    plain = _LINE_SPACE.sub(" ", _FORBIDDEN.sub("_", component)).strip(" ").lstrip(". ").rstrip(". ")
    changed = len(cleaned) != len(spaced) or re.search(r"[/\\]|\A[A-Za-z]:", cleaned) is not None
    if _RESERVED.match(plain):
        plain, changed = f"_{plain}", True
    shortened = _shortened(plain)
    return SafeName(shortened, changed or shortened != plain)


def extension(name: str) -> str:
    """Lower-case extension with its dot (`.pdf`), empty where there is none."""
    match = _EXTENSION.search(name)
    return match[0].lower() if match else ""


def _whole(texts: tuple[str, ...]) -> int:
    """Which of the names to use: the first, unless it has question marks for letters and a later one has the letters."""
    first = texts[0]
    if not _LOST.search(first):
        return 0
    return next((place for place, text in enumerate(texts) if not _LOST.search(text) and extension(text) == extension(first)), 0)


def _candidates(field: FieldValue, parameter: str) -> list[list[DecodedText]]:
    """Decoded values of one parameter, extended form first; each inner list holds repetitions of one form."""
    extended = [untangle(text) for text in extended_texts(field.parameters, parameter)]
    plain = [_decoded(value[:_MAX_ENCODED]) for value in plain_values(field.parameters, parameter)]
    return [extended, plain]


def _decoded(value: bytes) -> DecodedText:
    decoded = decode_tangled(_without_stray_quotes(value))
    return DecodedText(nfc(_unescaped(decoded.text)), decoded.unknown_charsets)


def _without_stray_quotes(value: bytes) -> bytes:
    """A name without the signs that a program took for quotes, or the one quote that has lost its other half."""
    if value.startswith(b"\xe2\x80\x9c") and value.endswith(b"\xe2\x80\x9d"):
        return value[3:-3]
    if len(value) > 2 and value[:1] == value[-1:] == b"'" and value.count(b"'") == 2:
        return value[1:-1]
    return value[:-1] if value.endswith(b'"') and value.count(b'"') == 1 else value


def _unescaped(text: str) -> str:
    """Text without the escapes of web programs; only those that spell letters beyond ASCII are taken for escapes."""
    # As in RFC 2231, but for the star.
    charset = _CHARSET.match(text)
    if charset and codec_of(charset[1]):
        return decode_text(unquote_to_bytes(text[charset.end() :]), charset[1]).text
    if _ESCAPED_UTF8.search(text):
        # A form of a web page writes a blank as a plus.
        is_form = "%20" not in text and " " not in text
        return decode_text(unquote_to_bytes(text.replace("+", " ") if is_form else text), "").text
    wide = _WIDE_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    return _without_entities(text) if wide == text else unquote(wide, "latin_1")


def _without_entities(text: str) -> str:
    def letter(entity: re.Match[str]) -> str:
        meant = html.unescape(entity[0])
        return entity[0] if meant.isascii() else meant

    return _ENTITY.sub(letter, text) if "&" in text else text


def _without_invisible(text: str) -> str:
    """Control, format (bidi, zero-width), surrogate and private characters go."""
    return "".join(char for char in text if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co"})


def _last_component(path: str) -> str:
    without_drive = _DRIVE.sub("", path, count=1) if _DRIVE.match(path) else path
    parts = [part for part in without_drive.split("/") if part.strip(" .")]
    return parts[-1] if parts else ""


def _shortened(name: str) -> str:
    """At most 255 bytes in UTF-8, the extension kept, no character cut."""
    if len(name.encode("utf_8")) <= MAX_NAME_BYTES:
        return name
    match = _EXTENSION.search(name)
    tail = match[0] if match else ""
    head = name[: len(name) - len(tail)].encode("utf_8")[: MAX_NAME_BYTES - len(tail.encode("utf_8"))]
    return head.decode("utf_8", "ignore").rstrip(". ") + tail
