"""What a mail was noted as, and what a report says became of the dispatch that it answers."""

from collections.abc import Iterable
from dataclasses import replace

from mailhub.checking.reading import MailFacts
from mailhub.noting.replies import with_reply
from mailhub.noting.tying import Answered, Incoming
from mailhub.noting.words import AUTOMATIC, REPLY, Doubt, Effect
from mailhub.relays import MAY_HAVE_ARRIVED
from parsers.mail.answers import AutomaticKind, AutomaticMail, Fate, RecipientFate
from storage import noted
from storage.database import Transaction
from storage.records import Actor, Dispatch, EventDraft, NotedMail

LONGEST_ERROR = 500

ORDER = (Fate.FAILED, Fate.DELAYED, Fate.DELIVERED, Fate.RELAYED, Fate.EXPANDED)
"""Of several fates of one mail, which may be that of an alias, the worst counts."""


def note(tx: Transaction, incoming: Incoming, submission_id: int, answered: Answered) -> list[EventDraft]:
    """Store what the mail was noted as and let it have its effect; gives the events, which the caller appends last."""
    dispatch = answered.dispatch
    blank = NotedMail(
        submission_id=submission_id,
        unit_id=incoming.unit_id,
        kind=kind_of(incoming.mail),
        at=tx.now(),
        dispatch_id=dispatch.id if dispatch is not None else None,
        meeting_id=dispatch.draft.meeting_id if dispatch is not None else None,
        official_id=dispatch.draft.official_id if dispatch is not None else None,
        tied_by=answered.tied_by.value if answered.tied_by is not None else "",
    )
    before = noted.of_submission(tx, submission_id)
    if before is not None and before.effect:
        # A mail that is read anew has had its effect.
        return []
    noted.take_back(tx, submission_id)
    notice = incoming.mail.notice
    if notice is None:
        stored = blank
    elif notice.reply is not None:
        stored = with_reply(tx, incoming, notice.reply, blank, dispatch)
    elif notice.kind is AutomaticKind.DELIVERY_REPORT:
        stored = with_fate(tx, notice, blank, dispatch)
    else:
        stored = with_detail(tx, notice, blank, dispatch)
    noted.add(tx, stored)
    return events_of(incoming.actor, stored)


def kind_of(mail: MailFacts) -> str:
    """What a mail is noted as."""
    if mail.notice is not None:
        return mail.notice.kind.value
    return AUTOMATIC if mail.automatic else REPLY


def with_fate(tx: Transaction, notice: AutomaticMail, blank: NotedMail, dispatch: Dispatch | None) -> NotedMail:
    """The note of a delivery report; the dispatch fails or arrives accordingly."""
    fate = fate_for(notice.fates, dispatch.draft.recipient if dispatch is not None else "")
    if fate is None:
        return replace(blank, doubt=Doubt.UNKNOWN_DISPATCH.value if dispatch is None else "")
    told = replace(blank, outcome=fate.fate.value, recipient=fate.recipient, status=fate.status, diagnostic=fate.diagnostic)
    if dispatch is None:
        return replace(told, doubt=Doubt.UNKNOWN_DISPATCH.value)
    match fate.fate:
        case Fate.FAILED:
            done = noted.came_back(tx, dispatch.id, error_of(fate, notice.fates, dispatch.draft.recipient))
            return replace(told, effect=Effect.FAILED.value) if done else replace(told, doubt=Doubt.ALREADY_ENDED.value)
        case Fate.DELIVERED:
            done = noted.arrived(tx, dispatch.id, tx.now())
            return replace(told, effect=Effect.DELIVERED.value) if done else replace(told, doubt=Doubt.ALREADY_ENDED.value)
        case Fate.DELAYED | Fate.RELAYED | Fate.EXPANDED:
            # A delay is no failure (RFC 3464, 2.3.3), and what went on to other systems has not arrived yet.
            return told


def fate_for(fates: Iterable[RecipientFate], recipient: str) -> RecipientFate | None:
    """The fate that a report tells of a recipient; of those that an alias stands for, the worst."""
    told = list(fates)
    mine = [item for item in told if recipient.casefold() in {item.recipient.casefold(), item.original_recipient.casefold()}]
    return min(mine or told, key=lambda item: ORDER.index(item.fate), default=None)


def error_of(fate: RecipientFate, fates: Iterable[RecipientFate], recipient: str) -> str:
    """What is kept of a failure. Where others behind the address got it, that it may have arrived is not forgotten."""
    words = fate.diagnostic if fate.status and fate.status in fate.diagnostic else f"{fate.status} {fate.diagnostic}".strip()
    named = {fate.recipient.casefold(), fate.original_recipient.casefold()}
    in_part = any(item.fate is not Fate.FAILED for item in fates) and recipient.casefold() not in named
    error = f"{words or 'undelivered'}"[:LONGEST_ERROR]
    return f"{MAY_HAVE_ARRIVED}{error}" if in_part else error


def with_detail(tx: Transaction, notice: AutomaticMail, blank: NotedMail, dispatch: Dispatch | None) -> NotedMail:
    """The note of a receipt, an absence or a complaint; only what was displayed is known to have arrived."""
    told = replace(blank, outcome=notice.detail)
    if dispatch is None:
        return replace(told, doubt=Doubt.UNKNOWN_DISPATCH.value)
    displayed = notice.kind is AutomaticKind.READ_RECEIPT and notice.detail == "displayed"
    if displayed and noted.arrived(tx, dispatch.id, tx.now()):
        return replace(told, effect=Effect.DELIVERED.value)
    return told


def events_of(actor: Actor, stored: NotedMail) -> list[EventDraft]:
    """What a note changed is an event of what was changed; a note that changed nothing is one of its mail alone."""
    if not stored.effect:
        return []
    data: dict[str, object] = {"submission": stored.submission_id, "outcome": stored.outcome, "tied_by": stored.tied_by}
    if stored.effect == Effect.REACH.value:
        subject, kind = f"meeting/{stored.meeting_id}", "meeting-reply-noted"
        data |= {"official": stored.official_id, "sequence": stored.sequence}
    else:
        subject, kind = f"dispatch/{stored.dispatch_id}", f"dispatch-reported-{stored.effect}"
        data |= {"status": stored.status}
    return [EventDraft(kind=kind, subject=subject, actor=actor, data=data, reason="")]
