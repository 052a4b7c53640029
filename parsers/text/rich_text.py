"""The words of rich text (RTF 1.9.1), in one pass; HTML that Outlook has wrapped in it ([MS-OXRTFEX]) is unwrapped first."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import islice

from parsers.charsets import codec_of, decode_text, nfc
from parsers.mail.html_text import html_text
from parsers.vietnamese_charsets import decode_vietnamese

SIGNATURE = b"{\\rtf"

_MAX_BYTES = 4 << 20
_MAX_GROUPS = 2000
_MAX_TOKENS = 500_000
_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,9})?[ ]?|\\'(?P<byte>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z])|(?P<brace>[{}])"
    rb"|(?P<plain>[^\\{}\r\n]+)",
    re.DOTALL,
)
_SKIPPED = frozenset(
    b"colortbl stylesheet info pict object objdata fldinst themedata datastore listtable listoverridetable rsidtbl generator "
    b"xmlnstbl latentstyles filetbl revtbl header headerl headerr headerf footer footerl footerr footerf".split()
)
_LETTERS = {
    b"par": "\n",
    b"line": "\n",
    b"row": "\n",
    b"sect": "\n\f",
    b"page": "\f",
    b"tab": "\t",
    b"cell": "\t",
    b"emdash": "—",
    b"endash": "–",
    b"bullet": "•",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
}
_SIGNS = {b"~": " ", b"_": "-", b"\n": "\n", b"\r": "\n", b"{": "{", b"}": "}", b"\\": "\\"}
_FONT_CHARSETS = {128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5", 161: "cp1253", 162: "cp1254", 163: "cp1258"}
_FONT_CHARSETS |= {177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 255: "cp437"}


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds inside one pair of braces."""

    skipped: bool = False
    fonts: bool = False
    fallbacks: int = 1
    font: int = -1


@dataclass(slots=True)
class _Reader:
    is_html: bool
    charset: str = "cp1252"
    group: _Group = field(default_factory=_Group)
    outer: list[_Group] = field(default_factory=list)
    font_charsets: dict[int, str] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)
    octets: bytearray = field(default_factory=bytearray)
    for_rtf_only: bool = False
    starred: bool = False
    opening: bool = False
    left_out: int = 0

    def read(self, source: bytes) -> str:
        for token in islice(_TOKEN.finditer(source), _MAX_TOKENS):
            self._take(token)
        self._flush()
        return "".join(self.letters)

    def _take(self, token: re.Match[bytes]) -> None:
        if token["brace"]:
            self._brace(opening=token["brace"] == b"{")
        elif token["word"]:
            self._word(token["word"], int(token["number"]) if token["number"] else None)
        elif token["byte"]:
            self._bytes(bytes.fromhex(token["byte"].decode()))
        elif token["sign"] == b"*":
            self.starred = self.opening
        elif token["sign"]:
            self._text(_SIGNS.get(token["sign"], ""))
        else:
            self._bytes(token["plain"])
        if not token["brace"] and token["sign"] != b"*":
            self.opening = self.starred = False

    def _brace(self, *, opening: bool) -> None:
        self._flush()
        if opening and len(self.outer) < _MAX_GROUPS:
            self.outer.append(self.group)
        elif not opening and self.outer:
            self.group = self.outer.pop()
        self.opening, self.starred, self.left_out = opening, False, 0

    def _word(self, word: bytes, number: int | None) -> None:
        if self.starred or (self.opening and word in _SKIPPED):
            # A destination that a reader need not know is passed over with all that is in it.
            self.group = replace(self.group, skipped=not (self.is_html and word == b"htmltag"))
        elif word == b"fonttbl":
            self.group = replace(self.group, skipped=True, fonts=True)
        elif word in _LETTERS:
            self._text(_LETTERS[word])
        elif word in _ACTIONS:
            self._flush()
            _ACTIONS[word](self, 1 if number is None else number)

    def unicode(self, number: int) -> None:
        self._text(chr(number & 0xFFFF))
        self.left_out = self.group.fallbacks

    def fallbacks(self, number: int) -> None:
        self.group = replace(self.group, fallbacks=min(max(number, 0), 10))

    def code_page(self, number: int) -> None:
        self.charset = f"cp{number}" if codec_of(f"cp{number}") else self.charset

    def font(self, number: int) -> None:
        self.group = replace(self.group, font=number)

    def font_charset(self, number: int) -> None:
        if self.group.fonts and number in _FONT_CHARSETS and len(self.font_charsets) < _MAX_GROUPS:
            self.font_charsets[self.group.font] = _FONT_CHARSETS[number]

    def rtf_only(self, number: int) -> None:
        self.for_rtf_only = self.is_html and number != 0

    def binary(self, number: int) -> None:
        """Binary data follow, which no text file has; what is in them is read as what it looks like, and skipped."""
        self.group = replace(self.group, skipped=True)

    def _bytes(self, octets: bytes) -> None:
        if self.left_out:
            octets, self.left_out = octets[self.left_out :], max(0, self.left_out - len(octets))
        if self.group.fonts:
            self._font_name(octets)
        elif not self.group.skipped and not self.for_rtf_only:
            self.octets += octets

    def _font_name(self, name: bytes) -> None:
        # Fonts of before Unicode carry their charset in their names only.
        for beginning, codec in ((b".Vn", "tcvn3"), (b"VNI-", "vni")):
            if name.lstrip().startswith(beginning) and len(self.font_charsets) < _MAX_GROUPS:
                self.font_charsets[self.group.font] = codec

    def _text(self, text: str) -> None:
        if not self.group.skipped and not self.for_rtf_only:
            self._flush()
            self.letters.append(text)

    def _flush(self) -> None:
        if self.octets:
            charset = self.font_charsets.get(self.group.font, self.charset)
            is_old = charset in {"tcvn3", "vni"}
            octets = bytes(self.octets)
            self.letters.append(decode_vietnamese(octets, charset) if is_old else decode_text(octets, charset).text)
            self.octets.clear()


_ACTIONS: dict[bytes, Callable[[_Reader, int], None]] = {
    b"u": _Reader.unicode,
    b"uc": _Reader.fallbacks,
    b"ansicpg": _Reader.code_page,
    b"f": _Reader.font,
    b"fcharset": _Reader.font_charset,
    b"htmlrtf": _Reader.rtf_only,
    b"bin": _Reader.binary,
}


def rich_text(source: bytes) -> str:
    """The words of rich text, at most those in its first 4 MiB and 500,000 tokens; empty where the bytes are no rich text."""
    if not source.startswith(SIGNATURE):
        return ""
    is_html = b"\\fromhtml1" in source[:4000]
    text = nfc(_Reader(is_html=is_html).read(source[:_MAX_BYTES]))
    return html_text(text) if is_html else text.strip("\n\0")
