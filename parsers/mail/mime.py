"""RFC 2045 and 2046: the tree of parts of a message, with byte spans into the raw bytes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from parsers.charsets import decode_text, printable
from parsers.files.model import ContainerCode
from parsers.finding import Finding, Source
from parsers.mail.filenames import ResolvedName, described_filename, resolve_filename
from parsers.mail.header_fields import HeaderBlock, read_header_block
from parsers.mail.model import MessageCode, MessageLimits, Part, Span
from parsers.mail.parameters import FieldValue, read_field_value

_MEDIA_TYPE = re.compile(r"[!#$%&'*+.^_`{|}~0-9a-z-]{1,127}/[!#$%&'*+.^_`{|}~0-9a-z-]{1,127}\Z")
_COMMENT = re.compile(rb"\([^()]*\)")
# Spellings that occur, among them `7 bits`, `8-bit`, `quoted printable` and a list of two encodings.
_ENCODINGS = (
    (re.compile(rb"base[ -]?64\b"), "base64"),
    (re.compile(rb"quoted[ -]?printable\b"), "quoted-printable"),
    (re.compile(rb"7[ -]?bits?\b"), "7bit"),
    (re.compile(rb"8[ -]?bits?\b"), "8bit"),
    (re.compile(rb"binary\b"), "binary"),
)
_UNENCODED = frozenset({"", "7bit", "8bit", "binary"})
# What may follow the boundary in its line: blanks, or anything.
_WHOLE = re.compile(rb"(--)?[ \t]*(?:\r?\n|\Z)")
_BEGUN = re.compile(rb"(--)?[^\n]*(?:\n|\Z)")
# A line that begins a part whatever boundary the header names.
_OWN_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\r\n]{1,200})\r?\n(?=content-[a-z-]{1,80}[ \t]*:)", re.IGNORECASE)
_ONLY_BOUNDARY = re.compile(rb"[\r\n]{0,20}--([^\r\n]{1,200})\r?\n(?=content-[a-z-]{1,80}[ \t]*:)", re.IGNORECASE)
# How base64 of usual files begins: PDF, ZIP and Office, Office 97, RAR, 7z, JPEG, PNG, TIFF.
_FILE_IN_BASE64 = re.compile(
    rb"\s{0,20}(?:JVBERi0|UEsDB|0M8R4KGx|UmFyIR|N3q8ryc|/9j/|iVBORw0K|SUkqA|TU0AK)[A-Za-z0-9+/\r\n]*+={0,2}\s*+\Z"
)
_NO_FIELD = FieldValue("", ())


@dataclass(slots=True)
class _Reader:
    """The state of one reading: parts still allowed, and what was found."""

    raw: bytes
    limits: MessageLimits
    parts_left: int
    findings: list[Finding] = field(default_factory=list)

    def note(self, code: str, path: str, evidence: str) -> None:
        self.findings.append(Finding(code=code, source=Source.HEADER, place=_place(path), evidence=printable(evidence)))


def read_parts(raw: bytes, block: HeaderBlock, limits: MessageLimits) -> tuple[Part, tuple[Finding, ...]]:
    """The tree below a message's header block, and the findings of its parts."""
    reader = _Reader(raw, limits, limits.parts - 1)
    root = _read_part(reader, block, Span(block.body_start, len(raw)), "", "text/plain")
    return root, tuple(reader.findings)


def leaves(root: Part) -> Iterator[Part]:
    """The parts that have content of their own, in the order of the mail."""
    if not root.children:
        yield root
    for child in root.children:
        yield from leaves(child)


def _read_part(reader: _Reader, block: HeaderBlock, body: Span, path: str, default_type: str) -> Part:
    content_type = _field(block, "content-type")
    media_type = _media_type(reader, content_type, path, default_type)
    if not path and block.first("content-type") is None and _ONLY_BOUNDARY.match(reader.raw, body.start, body.end):
        reader.note(MessageCode.DEFECT, path, "parts without a Content-Type of the whole")
        media_type = "multipart/mixed"
    children = _read_children(reader, content_type, media_type, body, path)
    disposition = _field(block, "content-disposition")
    name = _name(block, disposition, content_type, media_type)
    own_path = path or ("" if children else "1")
    if name.ambiguous:
        reader.note(MessageCode.FILENAME_AMBIGUOUS, own_path, " | ".join(name.candidates))
    if name.unsafe:
        reader.note(ContainerCode.UNSAFE_NAME, own_path, name.candidates[0])
    for label in name.unknown_charsets:
        reader.note(MessageCode.UNKNOWN_CHARSET, own_path, label)
    return Part(
        path=own_path,
        media_type=media_type,
        charset=content_type.token("charset")[:64],
        transfer_encoding=_true_encoding(reader, _transfer_encoding(block), media_type, body, own_path),
        disposition=disposition.value[:64],
        filename=name.name,
        filename_candidates=name.candidates,
        content_id=_content_id(block),
        header=Span(block.span.start, block.body_start),
        body=body,
        children=children,
    )


def _name(block: HeaderBlock, disposition: FieldValue, content_type: FieldValue, media_type: str) -> ResolvedName:
    """The part's name: of repeated fields a later one gives it where the first has none, and last its description."""
    name = resolve_filename(disposition, content_type)
    if name.name is None:
        others = [_later(block, field) for field in ("content-disposition", "content-type")]
        name = resolve_filename(*others) if any(other.parameters for other in others) else name
    if name.name is None and not media_type.startswith(("text/", "multipart/", "message/")):
        name = described_filename(block.first("content-description") or b"")
    return name


def _read_children(reader: _Reader, content_type: FieldValue, media_type: str, body: Span, path: str) -> tuple[Part, ...]:
    if not media_type.startswith("multipart/"):
        return ()
    boundary = content_type.text("boundary").rstrip()
    if not boundary:
        reader.note(MessageCode.DEFECT, path, "multipart without a boundary")
        boundary = _own_boundary(reader.raw, body)
    if not boundary:
        return ()
    if path.count(".") + 2 > reader.limits.depth:
        reader.note(MessageCode.DEPTH_TRUNCATED, path, f"nested deeper than {reader.limits.depth}")
        return ()
    default_type = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
    children = []
    for number, span in enumerate(_spans(reader, boundary, body, path), start=1):
        if reader.parts_left <= 0:
            reader.note(MessageCode.PARTS_TRUNCATED, path, f"more than {reader.limits.parts} parts")
            break
        reader.parts_left -= 1
        child_path = f"{path}.{number}" if path else str(number)
        block = read_header_block(reader.raw, span, reader.limits, _place(child_path))
        reader.findings += block.findings
        children.append(_read_part(reader, block, Span(block.body_start, span.end), child_path, default_type))
    return tuple(children)


def _spans(reader: _Reader, boundary: bytes, body: Span, path: str) -> Iterator[Span]:
    """The span of each part between boundary lines (RFC 2046, 5.1.1), header included."""
    start: int | None = None
    is_closed = False
    lines = _boundary_lines(reader.raw, boundary, body, _WHOLE)
    first = next(lines, None)
    if first is None:
        # RFC 2046, 5.1.1 lets a line count that only begins with the boundary; most readers want it whole, so this comes last.
        lines = _boundary_lines(reader.raw, boundary, body, _BEGUN)
        first = next(lines, None)
        reader.note(MessageCode.DEFECT, path, "no line is the boundary" if first else "the boundary never appears")
        own = b"" if first else _own_boundary(reader.raw, body)
        if own:
            lines = _boundary_lines(reader.raw, own, body, _WHOLE)
            first = next(lines, None)
    for line, is_last in chain([first] if first else [], lines):
        if start is not None:
            yield Span(start, max(start, _before_line_break(reader.raw, line.start)))
        if is_closed and start is None:
            # RFC 2046, 5.1.1 wants this passed over; an inner multipart of the same boundary closes the outer one so.
            reader.note(MessageCode.DEFECT, path, "parts behind the closing boundary")
        is_closed = is_closed or is_last
        start = None if is_last else line.end
    if start is None:
        return
    reader.note(MessageCode.DEFECT, path, "no closing boundary")
    if start < body.end:
        yield Span(start, body.end)


def _own_boundary(raw: bytes, body: Span) -> bytes:
    """The boundary that the parts themselves have, where the header's got lost or was changed on the way; empty without one."""
    found = _OWN_BOUNDARY.search(raw, max(0, body.start - 1), body.end)
    return found[1].rstrip() if found else b""


def _boundary_lines(raw: bytes, boundary: bytes, body: Span, tail: re.Pattern[bytes]) -> Iterator[tuple[Span, bool]]:
    """Each boundary line with its line break, and whether it is the closing one."""
    mark = b"--" + boundary
    position = raw.find(mark, body.start, body.end)
    while position != -1:
        behind = position + len(mark)
        if position == body.start or raw[position - 1] == 0x0A:
            match = tail.match(raw, behind, body.end)
            if match:
                yield Span(position, match.end()), match[1] is not None
                behind = match.end()
        position = raw.find(mark, behind, body.end)


def _before_line_break(raw: bytes, line_start: int) -> int:
    """Where a part ends before a boundary line: the line break in front belongs to the boundary."""
    end = line_start - 1
    return end - 1 if end > 0 and raw[end - 1] == 0x0D else end


def _media_type(reader: _Reader, content_type: FieldValue, path: str, default: str) -> str:
    if _MEDIA_TYPE.match(content_type.value):
        return content_type.value
    if content_type.value:
        # RFC 2045, 5.2: what has no valid type is plain text.
        reader.note(MessageCode.DEFECT, path, f"media type {content_type.value}")
        return "text/plain"
    return default


def _transfer_encoding(block: HeaderBlock) -> str:
    value = _COMMENT.sub(b"", block.first("content-transfer-encoding") or b"").strip(b" \t\"';,").lower()
    for spelling, encoding in _ENCODINGS:
        if spelling.match(value):
            return encoding
    return value[:64].decode("latin_1")


def _true_encoding(reader: _Reader, told: str, media_type: str, body: Span, path: str) -> str:
    """The encoding as told; base64 where a file is plainly in it and the label got lost."""
    if told not in _UNENCODED or media_type.startswith(("text/", "multipart/", "message/")):
        return told
    if not _FILE_IN_BASE64.match(reader.raw, body.start, body.end):
        return told
    reader.note(MessageCode.BAD_TRANSFER_ENCODING, path, "base64 without its label")
    return "base64"


def _content_id(block: HeaderBlock) -> str:
    text = decode_text(block.first("content-id") or b"", "").text
    return printable(text, 998).strip("<> ")


def _field(block: HeaderBlock, name: str) -> FieldValue:
    value = block.first(name)
    return read_field_value(value) if value is not None else _NO_FIELD


def _later(block: HeaderBlock, name: str) -> FieldValue:
    values = block.every(name)[1:]
    return FieldValue("", tuple(parameter for value in values for parameter in read_field_value(value).parameters))


def _place(path: str) -> str:
    return f"part {path}" if path else "message"
