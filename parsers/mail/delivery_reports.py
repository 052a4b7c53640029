"""Delivery reports: what became of a message, told by RFC 3464 or in the words of the many programs that do not follow it.

What a report says is a claim of whoever sent it. Nothing here decides whether it is believed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from parsers.mail.addresses import parse_address_list
from parsers.mail.answers import Fate, RecipientFate
from parsers.mail.body import beginning, part_text
from parsers.mail.bounce_text import Notification, fates_in
from parsers.mail.bounce_words import DELAY_WORDS, FAILURE_SUBJECTS, FAILURE_WORDS, SENDERS
from parsers.mail.header_fields import HeaderBlock, read_header_block
from parsers.mail.html_text import html_text
from parsers.mail.mime import leaves
from parsers.mail.model import Message, MessageLimits, Part
from parsers.mail.report_fields import Group, groups, typed
from parsers.mail.returned_message import Returned, returned_message, returned_parts
from parsers.mail.status_codes import code_in, reply_in, status_of

LONGEST_TEXT = 64 << 10
"""Bytes of a part that are looked at."""

MOST_TEXTS = 10
MOST_RECIPIENTS = 100
ENOUGH = 5

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status", "message/delivery-report"})
_TEXT_TYPES = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext"})
_ACTIONS = (
    (re.compile(r"fail|expired|undeliver|bounce|reject", re.IGNORECASE), Fate.FAILED),
    (re.compile(r"delay|retry", re.IGNORECASE), Fate.DELAYED),
    (re.compile(r"deliver", re.IGNORECASE), Fate.DELIVERED),
    (re.compile(r"relay", re.IGNORECASE), Fate.RELAYED),
    (re.compile(r"expand", re.IGNORECASE), Fate.EXPANDED),
)


class Form(StrEnum):
    """How a report was recognised: by its structure, or by its words."""

    STANDARD = "rfc3464"
    WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """A report about one message: the fates of its recipients, which message it was, and how sure the form makes that."""

    form: Form
    fates: tuple[RecipientFate, ...]
    returned: Returned


def read_delivery_report(raw: bytes, message: Message, return_path: str) -> DeliveryReport | None:
    """The report that the mail is, None for any other mail. `return_path` is the envelope's, empty where it was null."""
    parts = tuple(leaves(message.root))
    returned = returned_parts(parts)
    texts = _texts(raw, parts)
    notification = Notification.of("\n".join(texts)[: 2 * LONGEST_TEXT])
    fates = _structured(raw, parts, texts)
    has_status = any(part.media_type in _STATUS_TYPES for part in parts)
    block = read_header_block(raw, message.root.header, MessageLimits(), "message")
    failed = _failed_recipients(block)
    is_standard = has_status and bool(fates)
    if not is_standard:
        marks = _Marks.of(message, block, notification, return_path)
        known = bool(fates or failed)
        if marks.weight(has_copy=bool(returned) or notification.has_copy, names_fate=known, has_status=has_status) < ENOUGH:
            return None
    about = returned_message(raw, returned, message, notification.whole)
    own = frozenset(box.address.lower() for box in (*message.headers.to, *message.headers.from_) if box.address)
    told = _told(fates, failed, notification, about, own)
    if not told and not has_status:
        return None
    return DeliveryReport(form=Form.STANDARD if is_standard else Form.WORDS, fates=told, returned=about)


@dataclass(frozen=True, slots=True)
class _Marks:
    """What makes a mail look like a report, each mark with the weight that it has among reports and among other mail."""

    by_program: int
    subject: bool
    words: bool

    @classmethod
    def of(cls, message: Message, block: HeaderBlock, notification: Notification, return_path: str) -> "_Marks":
        headers = message.headers
        senders = " ".join(f"{box.name} {box.address}" for box in (*headers.from_, *headers.sender)) or _raw_from(block)
        marks = (
            2 if SENDERS.search(senders or _raw_from(block)) else 0,
            2 if "Return-Path" in headers.automatic or return_path == "<>" or SENDERS.search(return_path) else 0,
            2 if "Content-Type" in headers.automatic else 0,
            1 if {"Auto-Submitted", "X-Auto-Response-Suppress", "Precedence"} & set(headers.automatic) or not return_path else 0,
        )
        said = notification.sentences
        subject = FAILURE_SUBJECTS.search(headers.subject) is not None
        words = bool(FAILURE_WORDS.search(said) or DELAY_WORDS.search(said))
        # Some say no more than what the other server answered.
        return cls(by_program=sum(marks), subject=subject, words=words or (subject and bool(code_in(said) or reply_in(said))))

    def weight(self, *, has_copy: bool, names_fate: bool, has_status: bool) -> int:
        """The sum of the marks; a mail that no program seems to have sent, or that tells no failure, weighs nothing."""
        tells = self.words or names_fate or has_status
        if self.by_program < (1 if names_fate else 2) or not tells:
            return 0
        return self.by_program + 2 * self.subject + 2 * self.words + 3 * names_fate + has_copy + 2 * has_status


def _texts(raw: bytes, parts: Iterable[Part]) -> list[str]:
    """The words of the report itself: its plain text, and the text of its HTML where there is no plain one."""
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    for part in parts:
        # A multipart whose boundary never appears is read as the text that it is.
        is_text = part.media_type in _TEXT_TYPES or part.media_type.startswith("multipart/")
        if not is_text or sum(map(len, texts.values())) >= MOST_TEXTS:
            continue
        text = part_text(raw, beginning(part, LONGEST_TEXT))
        is_html = part.media_type == "text/html"
        texts["text/html" if is_html else "text/plain"].append(html_text(text) if is_html else text)
    return texts["text/plain"] if any(text.strip() for text in texts["text/plain"]) else texts["text/html"]


def _structured(raw: bytes, parts: Iterable[Part], texts: Iterable[str]) -> tuple[RecipientFate, ...]:
    """The fates in fields: those of the part that is meant for them, else those that stand in the text all the same."""
    machine = [part_text(raw, beginning(part, LONGEST_TEXT)) for part in parts if part.media_type in _STATUS_TYPES]
    for source in (machine, texts):
        found = [fate for text in source for group in groups(text) if (fate := _fate(group)) is not None]
        if found:
            return tuple(found[:MOST_RECIPIENTS])
    return ()


def _fate(group: Group) -> RecipientFate | None:
    """One recipient's fate; None for a group that is about the message, or that says nothing."""
    final, original = (_address(group.get(name, "")) for name in ("final-recipient", "original-recipient"))
    actual = _address(group.get("x-actual-recipient", ""))
    if not (final or original or actual) or not group.keys() & {"action", "status", "diagnostic-code"}:
        return None
    diagnostic = typed(group.get("diagnostic-code", "")) or group.get("x-display-diagnostic", "")
    status = code_in(group.get("status", ""))
    if not status or status.endswith(".0.0"):
        status = status_of(f"{diagnostic} {group.get('status', '').partition(' ')[2]}") or status
    action = group.get("action", "")
    fate = next((found for words, found in _ACTIONS if words.search(action)), None)
    if fate is None:
        fate = {"2": Fate.DELIVERED, "4": Fate.DELAYED}.get(status[:1], Fate.FAILED)
    return RecipientFate(
        recipient=final or actual or original,
        original_recipient=original if original != final else "",
        fate=fate,
        status=status,
        diagnostic=diagnostic[:1000],
        remote=typed(group.get("remote-mta", ""))[:255],
    )


def _address(value: str) -> str:
    """The address behind its type; `rfc822; <a@b>` and comments occur."""
    found = parse_address_list(typed(value).encode(), 1).mailboxes
    return found[0].address if found else ""


def _failed_recipients(block: HeaderBlock) -> tuple[str, ...]:
    """`X-Failed-Recipients`, which Exim and Gmail write."""
    found = (parse_address_list(value, MOST_RECIPIENTS).mailboxes for value in block.every("x-failed-recipients"))
    return tuple(dict.fromkeys(box.address for boxes in found for box in boxes if box.address))


def _raw_from(block: HeaderBlock) -> str:
    return (block.first("from") or b"").decode("utf_8", "replace")


def _told(
    fates: tuple[RecipientFate, ...],
    failed: tuple[str, ...],
    notification: Notification,
    about: Returned,
    own: frozenset[str],
) -> tuple[RecipientFate, ...]:
    """The fates, in fields or read from the words; what the fields leave open the words may tell."""
    words = fates_in(notification, failed, about.recipients, own)
    if not fates:
        return words
    told = {fate.recipient.lower(): fate for fate in words}
    general = status_of(notification.sentences)
    return tuple(_completed(fate, told.get(fate.recipient.lower()), general) for fate in fates)


def _completed(fate: RecipientFate, words: RecipientFate | None, general: str) -> RecipientFate:
    vague = not fate.status or fate.status.endswith(".0.0")
    if not vague and fate.diagnostic:
        return fate
    status = (words.status if words else "") or general
    better = status if vague and status and (not fate.status or status[0] == fate.status[0]) else fate.status
    return replace(fate, status=better, diagnostic=fate.diagnostic or (words.diagnostic if words else ""))
