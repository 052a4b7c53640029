"""RFC 5322 header blocks: raw bytes to fields with byte spans, under caps."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.finding import Finding, Source
from parsers.mail.model import MessageCode, MessageLimits, Span

_BLANK_LINE = re.compile(rb"\n\r?\n")
_LINE = re.compile(rb"[^\n]*\n?")
_FIELD = re.compile(rb"([!-9;-~]{1,998})[ \t]*:")
_KNOWN_FIELD = re.compile(
    rb"^(?:content-[a-z-]+|mime-version|from|to|cc|subject|date|message-id|reply-to|received|return-path|x-[a-z0-9-]+)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_PARAMETER = re.compile(rb"[A-Za-z*0-9-]{1,40}=")
_USUAL_FIELD = re.compile(rb"[A-Za-z][A-Za-z0-9-]{0,80}[ \t]*:")
_ENVELOPE_LINE = re.compile(rb">?From [^\n]*\n")
_LINE_BREAKS = re.compile(rb"\r?\n")
# What programs leave in front of a mail that is kept as a file: a byte order mark, blank lines.
_BEFORE_MAIL = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]{0,80}\r?\n){0,20}(?=[A-Za-z][A-Za-z0-9-]{0,80}:|>?From )")
_FIRST_FIELDS = 4096

SINGLE = frozenset(
    {
        *("from", "sender", "reply-to", "to", "cc", "subject", "message-id", "date", "in-reply-to", "references"),
        *("content-type", "content-transfer-encoding", "content-disposition", "content-id", "mime-version"),
    }
)
"""Fields that stand at most once (RFC 5322, 3.6; RFC 2045, 3)."""


@dataclass(frozen=True, slots=True)
class HeaderField:
    """One field: lower-case name, unfolded value, and where it stands in the raw message."""

    name: str
    value: bytes
    span: Span


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """The header of a message or part, the offset of its body, and what was wrong."""

    span: Span
    body_start: int
    fields: tuple[HeaderField, ...]
    findings: tuple[Finding, ...]

    def first(self, name: str) -> bytes | None:
        """Value of the first field of that lower-case name; later ones are for show only."""
        return next((field.value for field in self.fields if field.name == name), None)

    def every(self, name: str) -> tuple[bytes, ...]:
        """Values of all fields of that lower-case name, in order."""
        return tuple(field.value for field in self.fields if field.name == name)


def read_header_block(raw: bytes, span: Span, limits: MessageLimits, place: str) -> HeaderBlock:
    """The header block at the start of the span. `place` names the message or part in findings."""
    start = _first_line(raw, span)
    end, body_start = _block_end(raw, start, span.end)
    capped = min(end, start + limits.header_bytes)
    findings = []
    if capped < end:
        findings.append(_finding(MessageCode.HEADER_TRUNCATED, place, f"header of {end - start} bytes"))
    reader = _FieldReader(raw, Span(start, capped), limits, is_cut=capped < end)
    fields = tuple(reader)
    if reader.stopped_at is not None:
        end = body_start = reader.stopped_at
    findings += [_finding(code, place, evidence) for code, evidence in reader.faults]
    findings += _duplicates(fields, place)
    return HeaderBlock(Span(span.start, body_start), body_start, fields, tuple(findings))


class _FieldReader:
    """Iterates over the fields of a block; afterwards tells the faults, and where a body began without a blank line."""

    def __init__(self, raw: bytes, span: Span, limits: MessageLimits, *, is_cut: bool) -> None:
        self._raw = raw
        self._span = span
        self._limits = limits
        self._is_cut = is_cut
        self.faults: list[tuple[MessageCode, str]] = []
        self.stopped_at: int | None = None
        self._next_known = -1

    def __iter__(self) -> Iterator[HeaderField]:
        for count, (name, value_start, span) in enumerate(self._fields(), start=1):
            if count > self._limits.fields:
                self.faults.append((MessageCode.HEADER_TRUNCATED, f"more than {self._limits.fields} fields"))
                return
            value = Span(value_start, span.end).of(self._raw)
            if len(value) > self._limits.field_bytes:
                self.faults.append((MessageCode.HEADER_TRUNCATED, f"field {name} of {len(value)} bytes"))
                value = value[: self._limits.field_bytes]
            yield HeaderField(name, _LINE_BREAKS.sub(b"", value).strip(b" \t\r\n"), span)

    def _fields(self) -> Iterator[tuple[str, int, Span]]:
        """Name, start of the value and span of each field, folded lines included."""
        current: tuple[str, int, int] | None = None
        position = self._span.start
        while position < self._span.end:
            match = _LINE.match(self._raw, position, self._span.end)
            line_end = match.end() if match else self._span.end
            field = _FIELD.match(self._raw, position, line_end)
            is_folded = current is not None and self._continues(position, current[0], current[1])
            if not is_folded:
                if current is not None:
                    yield current[0], current[1], Span(current[2], position)
                current = (field[1].decode("ascii").lower(), field.end(), position) if field else None
                if field is None and self._is_stray(position):
                    return
            position = line_end
        if current is not None:
            yield current[0], current[1], Span(current[2], self._span.end)

    def _continues(self, position: int, name: str, value_start: int) -> bool:
        """Whether a line goes on the field before it: folded, or one that lost its leading blank on the way."""
        if self._raw[position] in b" \t":
            return True
        before = self._raw[max(value_start, position - 4) : position].strip()
        is_parameter = before.endswith(b";") and _PARAMETER.match(self._raw, position, self._span.end)
        is_value = not before and name.startswith("x-") and not _USUAL_FIELD.match(self._raw, position, self._span.end)
        if is_parameter or is_value:
            self._blame_line()
        return bool(is_parameter or is_value)

    def _blame_line(self) -> None:
        fault = (MessageCode.DEFECT, "a line in the header that is no field")
        if fault not in self.faults:
            self.faults.append(fault)

    def _is_stray(self, position: int) -> bool:
        """Whether the line at the position, which is no field, begins the body; else it is passed over."""
        if self._is_cut and self._raw.find(b"\n", position, self._span.end) == -1:
            # The limit cut this line short, so it cannot be judged.
            return False
        self._blame_line()
        if self._raw.startswith(b"--", position):
            self.stopped_at = position
            return True
        if self._next_known <= position:
            known = _KNOWN_FIELD.search(self._raw, position, self._span.end)
            self._next_known = known.start() if known else self._span.end
        if self._next_known < self._span.end:
            return False
        self.stopped_at = position
        return True


def _first_line(raw: bytes, span: Span) -> int:
    """Where the fields begin: behind an mbox envelope line, and at the very start behind what is no mail yet.

    A part that begins with a blank line has no header.
    """
    start = span.start
    before = _BEFORE_MAIL.match(raw, 0, span.end) if start == 0 else None
    if before and before.end() and _KNOWN_FIELD.search(raw, before.end(), before.end() + _FIRST_FIELDS):
        start = before.end()
    envelope = _ENVELOPE_LINE.match(raw, start, span.end)
    return envelope.end() if envelope else start


def _block_end(raw: bytes, start: int, limit: int) -> tuple[int, int]:
    """End of the last header line and start of the body."""
    for blank in (b"\n", b"\r\n"):
        if raw.startswith(blank, start, limit):
            return start, start + len(blank)
    blank_line = _BLANK_LINE.search(raw, start, limit)
    return (blank_line.start() + 1, blank_line.end()) if blank_line else (limit, limit)


def _duplicates(fields: tuple[HeaderField, ...], place: str) -> list[Finding]:
    seen: set[str] = set()
    repeated: dict[str, None] = {}
    for field in fields:
        if field.name in SINGLE and field.name in seen:
            repeated[field.name] = None
        seen.add(field.name)
    return [_finding(MessageCode.DUPLICATE_HEADER, place, name) for name in repeated]


def _finding(code: MessageCode, place: str, evidence: str) -> Finding:
    return Finding(code=code, source=Source.HEADER, place=place, evidence=evidence)
