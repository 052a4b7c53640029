"""The envelope of a mail that was delivered already: what the fields on top of its header still tell of it."""

import re
from dataclasses import dataclass
from typing import Final

from mailhub.doors.addresses import AddressBook
from mailhub.doors.imap.account import ImapAccount
from mailhub.doors.smtp_paths import BadAddressError, split_address
from storage.records import Recipient

HEAD_OCTETS: Final = 64 * 1024
FOLD: Final = re.compile(r"\r?\n(?=[ \t])")
BRACKETED: Final = re.compile(r"<([^<>]*)>")
LONGEST_MESSAGE_ID: Final = 998


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """`sender` is empty for the null reverse-path; `message_id` stands with its brackets, empty where there is none."""

    sender: str
    message_id: str
    delivered_to: str


def envelope_of(raw: bytes, recipient_header: str = "") -> Envelope:
    """Read the topmost fields: Return-Path is what the last server wrote; without it From says whom an answer would reach."""
    head = re.split(rb"\r?\n\r?\n", raw[:HEAD_OCTETS], maxsplit=1)[0].decode("utf-8", "replace")
    lines = FOLD.sub("", head).splitlines()
    path = _first(lines, "Return-Path")
    sender = _address(_first(lines, "From") or "") if path is None else _address(path)
    message_id = BRACKETED.search(_first(lines, "Message-ID") or "")
    return Envelope(
        sender=sender,
        message_id=message_id[0][:LONGEST_MESSAGE_ID] if message_id else "",
        delivered_to=_address(_first(lines, recipient_header) or "") if recipient_header else "",
    )


def recipient_of(account: ImapAccount, envelope: Envelope, book: AddressBook) -> Recipient | None:
    """Whom the mail is for: what the account's server says where that is ours, else the account's unit."""
    delivered = book.resolve(envelope.delivered_to) if envelope.delivered_to else None
    return delivered or book.resolve(account.recipient)


def _first(lines: list[str], name: str) -> str | None:
    """The topmost value of a field: those below it may be the sender's."""
    start = f"{name.lower()}:"
    return next((line[len(start) :].strip() for line in lines if line.lower().startswith(start)), None)


def _address(value: str) -> str:
    """The address of a path or mailbox; empty where there is none."""
    bracketed = BRACKETED.findall(value)
    address = (bracketed[-1] if bracketed else value).strip()
    try:
        _, domain = split_address(address)
    except BadAddressError:
        return ""
    return address if domain and address.isprintable() else ""
