"""Read receipts: what a person's mail program did with a message (RFC 8098)."""

from dataclasses import dataclass

from parsers.mail.addresses import parse_address_list
from parsers.mail.body import beginning, part_text
from parsers.mail.mime import leaves
from parsers.mail.model import Message
from parsers.mail.report_fields import groups, typed
from parsers.mail.returned_message import Returned, returned_message, returned_parts

MOST_BYTES = 64 << 10

_TYPES = frozenset({"message/disposition-notification", "message/global-disposition-notification"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReceipt:
    """`disposition` as in RFC 8098, 3.2.6.2: displayed, deleted, dispatched, processed; `by_hand` where a person allowed it."""

    disposition: str
    by_hand: bool
    recipient: str
    returned: Returned


def read_receipt(raw: bytes, message: Message) -> ReadReceipt | None:
    """The receipt that the mail is, None for any other mail."""
    parts = tuple(leaves(message.root))
    report = next((part for part in parts if part.media_type in _TYPES), None)
    if report is None:
        return None
    text = part_text(raw, beginning(report, MOST_BYTES))
    fields: dict[str, str] = {}
    for group in groups(text):
        fields = {**group, **fields}
    mode, _, told = fields.get("disposition", "").rpartition(";")
    named = fields.get("final-recipient", "") or fields.get("original-recipient", "")
    recipients = parse_address_list(typed(named).encode(), 1).mailboxes
    return ReadReceipt(
        disposition=told.strip().partition("/")[0].strip().lower()[:40],
        by_hand=mode.strip().lower().startswith("manual"),
        recipient=recipients[0].address if recipients else "",
        returned=returned_message(raw, returned_parts(parts), message, f"Message-ID: {fields.get('original-message-id', '')}"),
    )
