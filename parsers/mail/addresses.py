"""RFC 5322 address lists, read without recursion and without guessing which of two addresses is meant."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import idna

from parsers.charsets import decode_text, printable
from parsers.mail.encoded_words import decode_tangled
from parsers.mail.model import Mailbox

_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n]+)
      | (?P<word>=\?[^?\s]{1,64}\?[bBqQ]\?[^?\s]*\?=)
      | (?P<quoted>"(?:[^"\\]|\\.)*")
      | (?P<open>".*)
      | (?P<literal>\[[^\[\]\s<>,;"]{0,255}\])
      | (?P<mark>[<>,;:@()\\\[\]])
      | (?P<atom>[^ \t\r\n"<>,;:@()\\\[\]]+)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ADDRESS_IN_TEXT = re.compile(r"[^\s@<>()\"',;]{1,64}@[^\s@<>()\"',;]{1,255}")
_ADDRESS_SPELT = re.compile(
    r"([^\s@<>()\"',;\[\]{}]{1,64})\s{0,9}(?:@|[(\[{]\s?at\s?[)\]}])\s{0,9}((?:[\w-]{1,63}\.){1,9}[\w-]{2,63})", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f]")
_COMMENT_MARK = re.compile(r"\\.|[()]", re.DOTALL)
_MAX_DOMAIN = 253


@dataclass(frozen=True, slots=True)
class AddressList:
    """The mailboxes of a field; `faulty` holds the entries whose syntax is wrong, `truncated` says that the cap was met."""

    mailboxes: tuple[Mailbox, ...]
    faulty: tuple[str, ...] = ()
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


_BLANK = _Token("blank", " ")


@dataclass(frozen=True, slots=True)
class _Reading:
    mailbox: Mailbox
    is_faulty: bool


def parse_address_list(value: bytes, limit: int) -> AddressList:
    """The mailboxes of an unfolded field value, at most `limit` of them; groups are flattened to their members."""
    mailboxes: list[Mailbox] = []
    faulty: list[str] = []
    for entry in _entries(decode_text(value, "").text):
        if len(mailboxes) >= limit:
            return AddressList(tuple(mailboxes), tuple(faulty), truncated=True)
        reading = _read_entry(entry)
        mailboxes.append(reading.mailbox)
        if reading.is_faulty and len(faulty) < 10:
            faulty.append(printable("".join(token.text for token in entry)))
    return AddressList(tuple(mailboxes), tuple(faulty))


def normalise_domain(domain: str) -> str | None:
    """Lower-case A-label form (IDNA 2008 with UTS 46 mapping); None where it is no domain. Literals are kept."""
    if domain.startswith("[") and domain.endswith("]"):
        return domain.lower()
    trimmed = domain.rstrip(".")
    if not trimmed or len(trimmed) > _MAX_DOMAIN or _CONTROL.search(trimmed) or ".." in trimmed or trimmed.startswith("."):
        return None
    if trimmed.isascii():
        return trimmed.lower()
    try:
        return idna.encode(trimmed, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return None


def names_other_address(mailbox: Mailbox) -> bool:
    """Whether the display name shows an address that is not the mailbox's own: a trick to look like somebody else."""
    # Some letters look like the sign of an address, and are it in their plain form.
    text = unicodedata.normalize("NFKC", mailbox.name[:1000])
    shown = _ADDRESS_IN_TEXT.findall(text) + ["@".join(parts) for parts in _ADDRESS_SPELT.findall(text)]
    return any(address.rstrip(".").lower() != mailbox.address.lower() for address in shown)


def _tokens(text: str) -> Iterator[_Token]:
    """Tokens with a blank for each comment; from the first unbalanced parenthesis on they stay as marks."""
    position = 0
    is_balanced = True
    while position < len(text):
        end = _comment_end(text, position) if is_balanced and text[position] == "(" else None
        if end is not None:
            yield _BLANK
            position = end
            continue
        is_balanced = is_balanced and text[position] != "("
        match = _TOKEN.match(text, position)
        # A quote that never closes spoils the entry, as a mark out of place does.
        kind = "mark" if match and match.lastgroup == "open" else match.lastgroup if match else None
        yield _Token(kind or "blank", match[0] if match else " ")
        position = match.end() if match else position + 1


def _comment_end(text: str, start: int) -> int | None:
    """Offset behind the comment that starts here, None where it never ends."""
    depth = 0
    for match in _COMMENT_MARK.finditer(text, start):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0 and match[0] == ")":
            return match.end()
    return None


def _entries(text: str) -> Iterator[list[_Token]]:
    """The token lists between commas; a group's name is dropped, its end separates."""
    entry: list[_Token] = []
    is_in_angle = has_at = False
    for token in _tokens(text):
        mark = token.text if token.kind == "mark" else ""
        if mark in {"<", ">"}:
            is_in_angle = mark == "<"
        is_group_name = mark == ":" and not has_at
        if not is_in_angle and (mark in {",", ";"} or is_group_name):
            if not is_group_name and _is_filled(entry):
                yield entry
            entry, has_at = [], False
            continue
        has_at = has_at or mark == "@"
        entry.append(token)
    if _is_filled(entry):
        yield entry


def _read_entry(entry: list[_Token]) -> _Reading:
    opening = [index for index, token in enumerate(entry) if token == _Token("mark", "<")]
    if len(opening) == 1:
        return _read_angle(entry, opening[0])
    if opening:
        return _unreadable(entry)
    return _read_bare(entry)


def _read_angle(entry: list[_Token], opening: int) -> _Reading:
    """`phrase <address>`; what stands behind the angle makes the entry unreadable where it might be an address too."""
    closing = next((i for i in range(opening + 1, len(entry)) if entry[i] == _Token("mark", ">")), len(entry))
    inside, behind = entry[opening + 1 : closing], entry[closing + 1 :]
    before = entry[:opening]
    if _has_mark(behind, "@()") or (_has_mark(before, "@") and _has_mark(before, "()")):
        return _unreadable(entry)
    address = _address(_without_route(inside))
    name = _phrase(before)
    if address is None:
        return _Reading(Mailbox(name=name, address=""), is_faulty=True)
    is_loose = closing == len(entry) or _is_filled(behind) or _has_mark(before, "()@")
    return _Reading(Mailbox(name=name, address=address), is_loose)


def _read_bare(entry: list[_Token]) -> _Reading:
    """`local@domain`, also behind words that ought to be a quoted name; one `@` only, or it is open what is meant."""
    entry = _trimmed(entry)
    cut = max((i for i, token in enumerate(entry) if token.kind == "blank" and not _touches_at(entry, i)), default=-1)
    address = _address(entry[cut + 1 :])
    if address is None or (cut >= 0 and "@" not in address) or _has_mark(entry[: cut + 1], "@"):
        return _unreadable(entry)
    return _Reading(Mailbox(name=_phrase(entry[: max(cut, 0)]), address=address), is_faulty=cut >= 0)


def _unreadable(entry: list[_Token]) -> _Reading:
    return _Reading(Mailbox(name=_phrase(entry), address=""), is_faulty=True)


def _address(tokens: list[_Token]) -> str | None:
    """The address that the tokens spell, None where they spell none or more than one."""
    solid = [token for token in tokens if token.kind != "blank"]
    ats = [index for index, token in enumerate(solid) if token.text == "@" and token.kind == "mark"]
    if len(ats) > 1 or any(token.kind == "mark" and token.text != "@" for token in solid):
        return None
    local = "".join(_local_text(token) for token in (solid[: ats[0]] if ats else solid))
    if not local or _CONTROL.search(local.replace(" ", "")) or len(local) > 255:
        return None
    if not ats:
        return local if len(solid) == 1 and solid[0].kind == "atom" else None
    domain = normalise_domain("".join(token.text for token in solid[ats[0] + 1 :]))
    return f"{local}@{domain}" if domain else None


def _local_text(token: _Token) -> str:
    """A quoted local part keeps its quotes only where it needs them."""
    if token.kind != "quoted":
        return token.text
    bare = _ESCAPE.sub(r"\1", token.text[1:-1])
    return bare if re.fullmatch(r"[^\s\"(),:;<>@\[\]\\]+", bare) else token.text


def _without_route(tokens: list[_Token]) -> list[_Token]:
    """RFC 5322, 4.4: a source route `@a,@b:` before the address is ignored."""
    solid = [token for token in tokens if token.kind != "blank"]
    if solid and solid[0].text == "@":
        colon = next((i for i, token in enumerate(solid) if token.text == ":" and token.kind == "mark"), None)
        return solid[colon + 1 :] if colon is not None else solid
    return solid


def _phrase(tokens: list[_Token]) -> str:
    texts = [_ESCAPE.sub(r"\1", token.text[1:-1]) if token.kind == "quoted" else token.text for token in tokens]
    decoded = decode_tangled("".join(texts).encode("utf_8", "replace")).text
    return " ".join(_CONTROL.sub(" ", decoded).split())


def _is_filled(tokens: list[_Token]) -> bool:
    return any(token.kind != "blank" for token in tokens)


def _has_mark(tokens: list[_Token], marks: str) -> bool:
    return any(token.kind == "mark" and token.text in marks for token in tokens)


def _trimmed(tokens: list[_Token]) -> list[_Token]:
    solid = [index for index, token in enumerate(tokens) if token.kind != "blank"]
    return tokens[solid[0] : solid[-1] + 1] if solid else []


def _touches_at(entry: list[_Token], index: int) -> bool:
    """Whether a blank stands beside an `@`, where obsolete syntax allows it (RFC 5322, 4.4)."""
    near = entry[max(index - 1, 0) : index + 2]
    return any(token.text == "@" for token in near)
