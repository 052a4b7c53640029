"""The header fields that the hub acts on, from the fields of the outermost header block."""

import re
from collections import Counter
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from parsers.charsets import decode_text, printable
from parsers.finding import Finding, Source
from parsers.mail.addresses import names_other_address, parse_address_list
from parsers.mail.encoded_words import decode_tangled
from parsers.mail.header_fields import HeaderBlock
from parsers.mail.model import Headers, Mailbox, MessageCode, MessageLimits

MAX_HOPS = 30
"""Received fields beyond which a mail goes in circles."""
MAX_PASSES = 2
"""How often a mail may have been delivered to one mailbox: a forwarder and the mailbox itself may both say so."""
MAX_REFERENCES = 1000

_ADDRESS_FIELDS = ("from", "sender", "reply-to", "to", "cc")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,998}>")
_SPACE = re.compile(r"[\x00-\x20\x7f-\x9f]+")
_AUTOMATIC_PRECEDENCE = frozenset({"bulk", "list", "junk", "auto_reply"})
_AUTOMATIC_FIELDS = {
    "x-autoreply": "X-Autoreply",
    "x-auto-reply": "X-Autoreply",
    "x-autoreply-from": "X-Autoreply",
    "x-mail-autoreply": "X-Autoreply",
    "x-autorespond": "X-Autorespond",
    "x-autorespond-to": "X-Autorespond",
    "x-autoresponder": "X-Autorespond",
    "x-cron-env": "X-Cron-Env",
    "x-fc-machinegenerated": "X-FC-MachineGenerated",
}
_SUPPRESSED = re.compile(rb"\b(?:all|oof|autoreply)\b", re.IGNORECASE)
"""Which answers Exchange's field wants none of; an office that wants no reports of delivery may be answered all the same."""
_AUTOMATIC_SENDER = re.compile(
    r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|owner-[^@]*|[^@]*-request)(?:\+[^@]*)?(?:@.*)?\Z", re.IGNORECASE
)


def read_headers(block: HeaderBlock, limits: MessageLimits) -> tuple[Headers, tuple[Finding, ...]]:
    """Decode the header block of a message. Of a repeated field the first counts."""
    findings: list[Finding] = []
    boxes = _mailboxes(block, limits.addresses, findings)
    subject = decode_tangled(block.first("subject") or b"")
    findings += [_finding(MessageCode.UNKNOWN_CHARSET, "header Subject", label) for label in subject.unknown_charsets]
    findings += _sender_findings(block, boxes)
    sent_at = _date(block.first("date"))
    if sent_at is None and block.first("date"):
        findings.append(_finding(MessageCode.DEFECT, "header Date", _text(block, "date")))
    headers = Headers(
        from_=boxes["from"],
        sender=boxes["sender"],
        reply_to=boxes["reply-to"],
        to=boxes["to"],
        cc=boxes["cc"],
        subject=_SPACE.sub(" ", subject.text).strip(),
        message_id=_message_id(block),
        in_reply_to=_message_ids(block, "in-reply-to"),
        references=_message_ids(block, "references"),
        sent_at=sent_at,
        automatic=_automatic(block, boxes["from"]),
        junk=any(_first_word(block, name) == "yes" for name in ("x-spam-flag", "x-spam")),
        loop_marks=tuple(printable(decode_text(value, "").text, 998) for value in block.every("x-mailhub-loop")),
    )
    return headers, tuple(findings)


def _mailboxes(block: HeaderBlock, limit: int, findings: list[Finding]) -> dict[str, tuple[Mailbox, ...]]:
    boxes: dict[str, tuple[Mailbox, ...]] = {}
    left = limit
    for name in _ADDRESS_FIELDS:
        read = parse_address_list(block.first(name) or b"", left)
        left -= len(read.mailboxes)
        boxes[name] = read.mailboxes
        place = f"header {name.title()}"
        findings += [_finding(MessageCode.DEFECT, place, entry) for entry in read.faulty[:1]]
        if read.truncated:
            findings.append(_finding(MessageCode.HEADER_TRUNCATED, place, f"more than {limit} addresses"))
    return boxes


def _sender_findings(block: HeaderBlock, boxes: dict[str, tuple[Mailbox, ...]]) -> list[Finding]:
    findings = []
    fields = block.every("from")
    if len(boxes["from"]) > 1 or len(fields) > 1:
        shown = " | ".join(decode_text(value, "").text for value in fields)
        findings.append(_finding(MessageCode.SEVERAL_FROM, "header From", shown))
    for name in ("from", "sender", "reply-to"):
        deceiving = next((mailbox for mailbox in boxes[name] if names_other_address(mailbox)), None)
        if deceiving is not None:
            evidence = f"{deceiving.name} <{deceiving.address}>"
            findings.append(_finding(MessageCode.ADDRESS_IN_DISPLAY_NAME, f"header {name.title()}", evidence))
    return findings


def _automatic(block: HeaderBlock, from_: tuple[Mailbox, ...]) -> tuple[str, ...]:
    """Fields that mark a mail which no person wrote (RFC 3834, 2 and 5), and the habits of older programs."""
    marks = []
    # Where a field stands twice, a program on the way has added its own.
    if set(_first_words(block, "auto-submitted")) - {"", "no"}:
        marks.append("Auto-Submitted")
    if _AUTOMATIC_PRECEDENCE.intersection(_first_words(block, "precedence")):
        marks.append("Precedence")
    marks += [_AUTOMATIC_FIELDS[field.name] for field in block.fields if field.name in _AUTOMATIC_FIELDS]
    if any(_SUPPRESSED.search(value) for value in block.every("x-auto-response-suppress")):
        marks.append("X-Auto-Response-Suppress")
    marks += [field.name.title() for field in block.fields if field.name.startswith("list-")]
    if _text(block, "return-path") == "<>":
        marks.append("Return-Path")
    if _first_word(block, "content-type") == "multipart/report":
        marks.append("Content-Type")
    if any(_AUTOMATIC_SENDER.match(mailbox.address) for mailbox in from_):
        marks.append("From")
    if len(block.every("received")) > MAX_HOPS:
        marks.append("Received")
    if any(count > MAX_PASSES for count in Counter(block.every("delivered-to")).values()):
        marks.append("Delivered-To")
    return tuple(dict.fromkeys(marks))


def _message_id(block: HeaderBlock) -> str:
    ids = _message_ids(block, "message-id")
    return ids[0] if ids else _SPACE.sub("", _text(block, "message-id"))[:998]


def _message_ids(block: HeaderBlock, name: str) -> tuple[str, ...]:
    text = decode_text(block.first(name) or b"", "").text
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(text)[:MAX_REFERENCES]))


def _date(value: bytes | None) -> datetime | None:
    """The sending time in UTC; None where it is absent, unreadable or outside the calendar."""
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value[:128].decode("latin_1"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _first_word(block: HeaderBlock, name: str) -> str:
    return next(iter(_first_words(block, name)), "")


def _first_words(block: HeaderBlock, name: str) -> list[str]:
    """The first word of each field of that name, in lower case; empty where it has none."""
    fields = (_shown(value).lower().replace(";", " ").replace(",", " ").split() for value in block.every(name))
    return [words[0] if words else "" for words in fields]


def _text(block: HeaderBlock, name: str) -> str:
    return _shown(block.first(name) or b"")


def _shown(value: bytes) -> str:
    return printable(decode_text(value, "").text, 998)


def _finding(code: MessageCode, place: str, evidence: str) -> Finding:
    return Finding(code=code, source=Source.HEADER, place=place, evidence=printable(evidence))
