"""Complaints about a message: the Abuse Reporting Format (RFC 5965), and the large provider that sends them without it."""

import re
from dataclasses import dataclass

from parsers.mail.addresses import parse_address_list
from parsers.mail.body import beginning, part_text
from parsers.mail.mime import leaves
from parsers.mail.model import Message
from parsers.mail.report_fields import groups
from parsers.mail.returned_message import Returned, returned_message, returned_parts

MOST_BYTES = 64 << 10

_WITHOUT_FORMAT = re.compile(r"\s*complaint about message from [\da-f.:]{2,45}\s*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A recipient, or the filter in front of him, complains; `kind` as in RFC 5965, 7.3, such as abuse or fraud."""

    kind: str
    recipients: tuple[str, ...]
    source: str
    returned: Returned


def read_complaint(raw: bytes, message: Message) -> Complaint | None:
    """The complaint that the mail is, None for any other mail."""
    parts = tuple(leaves(message.root))
    report = next((part for part in parts if part.media_type == "message/feedback-report"), None)
    returned = returned_parts(parts)
    if report is None:
        if not (_WITHOUT_FORMAT.match(message.headers.subject) and returned):
            return None
        about = returned_message(raw, returned, message, "")
        return Complaint(kind="abuse", recipients=about.recipients, source="", returned=about)
    fields = next(iter(groups(part_text(raw, beginning(report, MOST_BYTES)))), {})
    named = (fields.get(name, "") for name in ("original-rcpt-to", "removal-recipient", "redacted-address"))
    recipients = [box.address for value in named for box in parse_address_list(value.encode(), 5).mailboxes if box.address]
    return Complaint(
        kind=fields.get("feedback-type", "other").lower()[:40],
        recipients=tuple(dict.fromkeys(recipients)),
        source=fields.get("user-agent", "")[:200],
        returned=returned_message(raw, returned, message, ""),
    )
