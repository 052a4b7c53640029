"""Parameters of Content-Type and Content-Disposition (RFC 2045, 5.1; RFC 2231), as mail programs really write them."""

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote_to_bytes

from parsers.charsets import DecodedText, decode_text

MAX_PARAMETERS = 1000

_NAME = re.compile(rb"[ \t]*([^\s=;\"()<>@,:\\/\[\]?]{1,200})[ \t]*=[ \t]*")
_START = re.compile(rb";(?=[ \t]*[^\s=;\"()<>@,:\\/\[\]?]{1,200}[ \t]*=)")
_QUOTED = re.compile(rb'[ \t]*"((?:[^"\\]|\\.)*)"', re.DOTALL)
_QUOTED_TWICE = re.compile(rb'[ \t]*""([^"\r\n]+)""')
_HIGH_ESCAPE = re.compile(rb"%[89A-Fa-f][0-9A-Fa-f]")
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*)?\Z")
# Windows programs write a path without escaping its backslashes; only these two are ever escaped on purpose.
_ESCAPE = re.compile(rb'\\(["\\])')
_TOKEN = re.compile(rb"[^\s();]+")
# A comment behind a value without quotes; in a name without an extension brackets are more likely part of it.
_COMMENTED = re.compile(rb"((?:[^\r\n]*\.[A-Za-z0-9]{2,5})|[^ \t.]+)[ \t]+\([^()]*\)\Z")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as written: `name*section*=value`, quotes taken off."""

    name: str
    section: int | None
    extended: bool
    value: bytes


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field of the form `value; name=value; …`: the leading value in lower case, and the parameters."""

    value: str
    parameters: tuple[Parameter, ...]

    def token(self, name: str) -> str:
        """Value of a parameter that is a plain token (`charset`); empty where it is absent."""
        text = self.text(name)
        match = _TOKEN.match(text.strip())
        return match[0].decode("latin_1").strip("'\"").lower() if match else ""

    def text(self, name: str) -> bytes:
        """Bytes of the first parameter of that name, continuations joined (`boundary`); empty where it is absent."""
        plain = next((p.value for p in self.parameters if p.name == name and p.section is None and not p.extended), None)
        if plain is not None:
            return plain
        whole = next((p for p in self.parameters if p.name == name and p.section is None), None)
        if whole is not None:
            return _joined_bytes([replace(whole, value=whole.value.rpartition(b"'")[2])])
        return _joined_bytes(_segments(self.parameters, name))


def read_field_value(value: bytes) -> FieldValue:
    """Split a field value at its semicolons, as far as quotes and habits allow."""
    # `; filename=x` and `filename=x` without a type, and `multipart/mixed boundary=x` without a semicolon, are all seen.
    word = None if _NAME.match(value) else _TOKEN.match(value.lstrip())
    leading = word[0].decode("latin_1").strip("'\",").lower() if word else ""
    rest = value.lstrip()[word.end() :] if word else value
    return FieldValue(leading, _parameters(rest.lstrip(b" \t;")))


def extended_texts(parameters: tuple[Parameter, ...], name: str) -> tuple[DecodedText, ...]:
    """Texts of every `name*=` and then of `name*0*=…` (RFC 2231, 3 and 4); empty where there is no extended parameter."""
    found = [[p] for p in parameters if p.name == name and p.section is None and p.extended]
    segments = _segments(parameters, name)
    if any(segment.extended for segment in segments):
        found.append(segments)
    return tuple(map(_extended_text, found))


def plain_values(parameters: tuple[Parameter, ...], name: str) -> tuple[bytes, ...]:
    """Values of every `name=`, and of `name*0=…` continuations that no charset is given for."""
    values = [p.value for p in parameters if p.name == name and p.section is None and not p.extended]
    segments = _segments(parameters, name)
    if segments and not any(segment.extended for segment in segments):
        values.append(_joined_bytes(segments))
    return tuple(values)


def _parameters(rest: bytes) -> tuple[Parameter, ...]:
    found: list[Parameter] = []
    position = 0
    while position < len(rest) and len(found) < MAX_PARAMETERS:
        match = _NAME.match(rest, position)
        if match:
            value, position = _value(rest, match.end())
            found.append(_named(match[1], value))
        start = _START.search(rest, position)
        position = start.end() if start else len(rest)
    return tuple(found)


def _value(rest: bytes, position: int) -> tuple[bytes, int]:
    """A value and the offset behind it."""
    twice = _QUOTED_TWICE.match(rest, position)
    if twice:
        return twice[1], twice.end()
    pieces = []
    while quoted := _QUOTED.match(rest, position):
        pieces.append(_ESCAPE.sub(rb"\1", quoted[1]))
        position = quoted.end()
    if pieces:
        return b"".join(pieces), position
    # A value without quotes, or without its closing one, may hold a semicolon: it ends where another parameter begins.
    start = _START.search(rest, position)
    end = start.start() if start else len(rest)
    if rest.startswith(b'"', position):
        return rest[position + 1 : end].rstrip(b" \t;"), end
    bare = rest[position:end].strip(b" \t;,")
    commented = _COMMENTED.match(bare)
    return commented[1] if commented else bare, end


def _named(name: bytes, value: bytes) -> Parameter:
    text = name.decode("latin_1").lower()
    match = _SECTION.match(text)
    if match is None:
        return Parameter(name=text, section=None, extended=False, value=value)
    section = int(match[2]) if match[2] else None
    return Parameter(name=match[1], section=section, extended=match[3] is not None, value=value)


def _segments(parameters: tuple[Parameter, ...], name: str) -> list[Parameter]:
    """Continuations in the order of their numbers; of two with one number the first counts."""
    numbered: dict[int, Parameter] = {}
    for parameter in parameters:
        if parameter.name == name and parameter.section is not None:
            numbered.setdefault(parameter.section, parameter)
    return [numbered[number] for number in sorted(numbered)]


def _extended_text(segments: list[Parameter]) -> DecodedText:
    charset, language, text = segments[0].value.partition(b"'")
    if not (language and b"'" in text and segments[0].extended):
        return decode_text(_joined_bytes(segments), "")
    first = text.partition(b"'")[2]
    prefix = segments[0].value[: len(segments[0].value) - len(first)].lower()
    if len(first) > 1 and first[:1] == first[-1:] == b'"':
        first = first[1:-1]
    rest = segments[1:]
    if not any(segment.extended for segment in rest) and any(_HIGH_ESCAPE.search(segment.value) for segment in rest):
        # Some programs mark the first piece only.
        rest = [replace(segment, extended=True) for segment in rest]
    # Some programs write the charset again in front of every piece.
    if charset and all(segment.value.lower().startswith(prefix) for segment in rest):
        rest = [replace(segment, value=segment.value[len(prefix) :]) for segment in rest]
    return decode_text(_joined_bytes([replace(segments[0], value=first), *rest]), charset.decode("latin_1"))


def _joined_bytes(segments: list[Parameter]) -> bytes:
    # Adjacent extended segments are joined before the escapes are read: some programs cut inside a %XX.
    pieces: list[bytes] = []
    escaped: list[bytes] = []
    for segment in segments:
        if segment.extended:
            escaped.append(segment.value)
            continue
        pieces += [unquote_to_bytes(b"".join(escaped)), segment.value]
        escaped = []
    pieces.append(unquote_to_bytes(b"".join(escaped)))
    return b"".join(pieces)
