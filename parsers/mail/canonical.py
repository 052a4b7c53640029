"""What a DKIM signature hashes: header fields and bodies in canonical form (RFC 6376, 3.4), in time linear in their size.

dkimpy's form of a relaxed body takes half a minute for one line of 80,000 blanks, so that a mail could stop its reader.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from parsers.mail.header_fields import HeaderBlock

CRLF: Final = b"\r\n"
_MANY_LINES: Final = CRLF * 4096

_BREAK = re.compile(rb"\r?\n")
_BLANKS = re.compile(rb"\t[ \t]*| [ \t]+")
_SURROUNDING: Final = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class SignedField:
    """One header field as it stands in the mail: name as written, value from behind the colon to its last CRLF."""

    name: bytes
    value: bytes

    @property
    def key(self) -> str:
        """The name in lower case."""
        return self.name.strip(_SURROUNDING).lower().decode("latin_1")


@dataclass(slots=True)
class SignedMail:
    """A mail as signatures see it. Digests of the body are kept, for several signatures ask for the same one."""

    fields: tuple[SignedField, ...]
    body: bytes
    _digests: dict[tuple[bool, int | None], tuple[bytes, int]] = field(default_factory=dict)

    def body_digest(self, *, relaxed: bool, length: int | None = None) -> tuple[bytes, int]:
        """SHA-256 of the canonical body, or of its first octets, and how many octets there are in all."""
        key = (relaxed, length)
        if key not in self._digests:
            body = relaxed_body(self.body) if relaxed else simple_body(self.body)
            covered = body if length is None else memoryview(body)[:length]
            self._digests[key] = (hashlib.sha256(covered).digest(), len(body))
        return self._digests[key]

    def every(self, key: str) -> tuple[SignedField, ...]:
        """All fields of that lower-case name, the topmost first."""
        return tuple(item for item in self.fields if item.key == key)


def signed_mail(raw: bytes, block: HeaderBlock) -> SignedMail:
    """The fields that were read, as they stand in the mail, and its body; every line ends in CRLF."""
    fields = []
    for item in block.fields:
        name, _, value = item.span.of(raw).partition(b":")
        fields.append(SignedField(name, with_crlf(value.rstrip(CRLF)) + CRLF))
    body = raw[block.body_start :]
    return SignedMail(tuple(fields), with_crlf(body))


def with_crlf(octets: bytes) -> bytes:
    """A line feed alone, as in a mail that was kept as a file, becomes CRLF."""
    return octets if octets.count(b"\n") == octets.count(CRLF) else _BREAK.sub(CRLF, octets)


def canonical_field(item: SignedField, *, relaxed: bool) -> bytes:
    """One field as it enters the hash."""
    if not relaxed:
        return item.name + b":" + item.value
    value = _BLANKS.sub(b" ", item.value.replace(CRLF, b"")).strip(_SURROUNDING)
    return item.name.strip(_SURROUNDING).lower() + b":" + value + CRLF


def simple_body(body: bytes) -> bytes:
    """The body with one CRLF at its end, whatever empty lines there were (RFC 6376, 3.4.3)."""
    return _without_empty_lines(body) + CRLF


def relaxed_body(body: bytes) -> bytes:
    """The body with runs of blanks as one, none before a line's end, no empty lines at the end (RFC 6376, 3.4.4)."""
    squeezed = _BLANKS.sub(b" ", body).replace(b" \r\n", CRLF)
    if squeezed.endswith(b" "):
        squeezed = squeezed[:-1]
    ended = _without_empty_lines(squeezed)
    return ended + CRLF if ended else b""


def selected(fields: Sequence[SignedField], names: Iterable[str]) -> list[SignedField]:
    """The fields that a list of names means: of each name the lowest first, then the one above it (RFC 6376, 5.4.2)."""
    places: dict[str, list[SignedField]] = {}
    for item in fields:
        places.setdefault(item.key, []).append(item)
    return [places[name].pop() for name in names if places.get(name)]


def _without_empty_lines(body: bytes) -> bytes:
    end = len(body)
    for step in (_MANY_LINES, CRLF):
        while body.endswith(step, 0, end):
            end -= len(step)
    return body[:end]
