"""Calendars' answers to an invitation: whose they are, and what they tell about who knows."""

from dataclasses import replace
from datetime import datetime

from mailhub.noting.tying import Incoming
from mailhub.noting.words import COUNTER, REPLY, Doubt, Effect, TiedBy
from parsers.mail.answers import CalendarReply, Method, Participation
from parsers.mail.authentication import Proof
from storage import meetings, noted, outbox
from storage.database import Transaction
from storage.records import Dispatch, Meeting, NotedMail, ReachNoteDraft

MAIL = "mail"

GENUINE = frozenset({Proof.PROVED, Proof.UNCHECKED})
"""What is proved of a From address that is believed; where senders are not checked, nothing better can be had."""


def with_reply(
    tx: Transaction, incoming: Incoming, reply: CalendarReply, blank: NotedMail, dispatch: Dispatch | None
) -> NotedMail:
    """The note of a calendar's answer; who was invited and has answered is known to know."""
    stamp = reply.stamp or incoming.mail.sent_at or incoming.capture.draft.received_at
    outcome = COUNTER if reply.method is Method.COUNTER else reply.participation.value
    told = replace(
        blank, outcome=outcome, recipient=reply.attendee, diagnostic=reply.comment, sequence=reply.sequence, stamp=stamp
    )
    meeting = meetings.by_uid(tx, reply.uid)
    if meeting is None or meeting.draft.unit_id != incoming.unit_id:
        return replace(told, doubt=Doubt.UNKNOWN_MEETING.value)
    mine, doubt = invited(tx, incoming, reply, meeting, dispatch)
    told = replace(told, meeting_id=meeting.id)
    if mine is None or doubt is not None:
        return replace(told, doubt=(doubt or Doubt.NOT_INVITED).value)
    tied_by = blank.tied_by or TiedBy.CALENDAR.value
    told = replace(told, dispatch_id=mine.id, official_id=mine.draft.official_id, tied_by=tied_by)
    return with_reach(tx, reply, told, meeting)


def invited(
    tx: Transaction, incoming: Incoming, reply: CalendarReply, meeting: Meeting, dispatch: Dispatch | None
) -> tuple[Dispatch | None, Doubt | None]:
    """The invitation that is answered, and why the answer does not count: it must come from the mailbox that was invited.

    What comes through that invitation's return path does, whatever its From says. Who names its Message-ID had it in hand,
    and needs no proof of From beside that; anybody else invited knows the meeting's UID, and may write any From.
    """
    rows = [row for row in outbox.of_meeting(tx, meeting.id) if row.draft.channel == MAIL]
    of_attendee = [row for row in rows if row.draft.recipient.casefold() == reply.attendee]
    if not of_attendee:
        named = any(row.draft.recipient.casefold() in reply.delegated_from for row in rows)
        return None, Doubt.DELEGATE if named else Doubt.NOT_INVITED
    found = of_attendee[-1]
    in_hand = dispatch is not None and any(row.id == dispatch.id for row in of_attendee)
    if dispatch is not None and in_hand and dispatch.id in incoming.dispatch_ids:
        return found, None
    authors = {box.address.casefold() for box in incoming.mail.from_}
    proof = incoming.mail.authentication.proof
    believed = proof in GENUINE or (in_hand and proof is not Proof.FAILED)
    return (found, None) if authors == {reply.attendee} and believed else (None, Doubt.FORGED_SENDER)


def with_reach(tx: Transaction, reply: CalendarReply, told: NotedMail, meeting: Meeting) -> NotedMail:
    """The answer among the notes of the meeting, at the revision that was answered, unless a later answer came first."""
    revisions = [item.number for item in meetings.revisions(tx, meeting.id) if item.draft.sequence == reply.sequence]
    if not revisions:
        return replace(told, doubt=Doubt.UNKNOWN_REVISION.value)
    if told.official_id is None or told.outcome == Participation.NEEDS_ACTION.value:
        return told
    earlier = noted.answers(tx, meeting.id, told.official_id, told.kind)
    if any(order_of(item) > order_of(told) for item in earlier if item.effect):
        return replace(told, doubt=Doubt.OVERTAKEN.value)
    meetings.add_note(
        tx,
        ReachNoteDraft(
            meeting_id=meeting.id,
            revision=revisions[-1],
            official_id=told.official_id,
            channel=REPLY,
            outcome=told.outcome,
            at=tx.now(),
            by=reply.attendee,
            note=words_of(reply),
        ),
    )
    return replace(told, effect=Effect.REACH.value)


def order_of(noted_reply: NotedMail) -> tuple[int, datetime]:
    """Answers are ordered by the revision that they answer, then by when they were made (RFC 5546, 2.1.5)."""
    return noted_reply.sequence, noted_reply.stamp or noted_reply.at


def words_of(reply: CalendarReply) -> str:
    """What else an answer says: who comes instead, which time is asked for, the attendee's own words."""
    wanted = reply.starts_at.isoformat() if reply.starts_at is not None else ""
    return "; ".join(words for words in (", ".join(reply.delegated_to), wanted, reply.comment) if words)
