"""RFC 5322 and MIME: raw bytes to a message of decoded headers and a tree of parts with byte spans."""

from parsers.finding import Finding, Source
from parsers.mail.body import body_text, decode_part, part_text
from parsers.mail.header_fields import read_header_block
from parsers.mail.headers import read_headers
from parsers.mail.mime import leaves, read_parts
from parsers.mail.model import Headers, Mailbox, Message, MessageCode, MessageLimits, Part, Span
from parsers.mail.withheld import withheld

__all__ = [
    "Headers",
    "Mailbox",
    "Message",
    "MessageCode",
    "MessageLimits",
    "Part",
    "Span",
    "body_text",
    "decode_part",
    "leaves",
    "parse_message",
    "part_text",
]

DEFAULT_LIMITS = MessageLimits()


def parse_message(raw: bytes, limits: MessageLimits = DEFAULT_LIMITS) -> Message:
    """Read a mail as far as it can be read; every defect and every cap that was met is a finding.

    The limits hold before anything is decoded, so the work is linear in the size of the mail.
    """
    # Mail that some old system wrote with bare CR keeps its offsets when each one is read as a line feed.
    lines = raw if b"\n" in raw else raw.replace(b"\r", b"\n")
    block = read_header_block(lines, Span(0, len(lines)), limits, "message")
    headers, header_findings = read_headers(block, limits)
    root, part_findings = read_parts(lines, block, limits)
    findings = (*_byte_findings(raw), *block.findings, *header_findings, *part_findings, *withheld(lines, root))
    return Message(headers=headers, root=root, findings=findings)


def _byte_findings(raw: bytes) -> list[Finding]:
    """What a relay must not pass on and other readers may read differently."""
    findings = []
    if b"\x00" in raw:
        findings.append(_finding(MessageCode.NUL_BYTE, f"first at byte {raw.index(0)}"))
    pairs, feeds, returns = raw.count(b"\r\n"), raw.count(b"\n"), raw.count(b"\r")
    if returns > pairs or 0 < pairs < feeds:
        findings.append(_finding(MessageCode.BARE_LINE_ENDING, f"{feeds - pairs} LF and {returns - pairs} CR alone"))
    return findings


def _finding(code: MessageCode, evidence: str) -> Finding:
    return Finding(code=code, source=Source.HEADER, place="message", evidence=evidence)
