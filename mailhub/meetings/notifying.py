"""From a plan to rows of the outbox: one for each mailbox and each telephone, in the transaction of the revision."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailhub import codec
from mailhub.answering import new_message_id
from mailhub.documents import NOTICE
from mailhub.meetings.changes import MAIL, Message
from mailhub.meetings.content import Attendee, MeetingContent, Paper
from mailhub.meetings.invitation import Office, invitation_text
from mailhub.meetings.planning import Plan
from mailhub.notices.context import Addressee, Original
from mailhub.notices.meeting_context import MEETING_KINDS, Enclosure, InvitationText, MeetingContext, MeetingNotice, Slot
from mailhub.settings import Settings
from mailhub.texting import intend_text
from storage import documents, outbox, people
from storage.database import Transaction
from storage.records import DispatchDraft, Meeting, Unit

WITH_PAPERS = frozenset({MeetingNotice.INVITE, MeetingNotice.MOVE, MeetingNotice.UPDATE})
"""Who hears that a meeting does not take place needs no papers for it."""

SHORTEST_LIFE = timedelta(hours=1)
NEAR = timedelta(hours=24)
URGENT = 2
"""What concerns the next day goes before receipts."""


@dataclass(frozen=True, slots=True)
class Notifying:
    """Intends what a plan says."""

    settings: Settings

    def office(self, unit: Unit) -> Office:
        """How the unit heads and signs its own papers."""
        wanted = self.settings.meetings
        return Office(
            name=unit.name,
            zone=ZoneInfo(unit.time_zone),
            parent=wanted.parent_name,
            locality=wanted.locality,
            symbol=wanted.symbol or f"GM-{unit.code}",
            signing_as=wanted.signing_lines,
        )

    def intend(self, tx: Transaction, unit: Unit, meeting: Meeting, plan: Plan) -> None:
        """Write every row; a row that is there already was intended by this very revision."""
        for message in plan.mails:
            self._mail(tx, unit, meeting, plan, message)
        for message, text in plan.texts:
            intend_text(
                tx,
                unit_id=unit.id,
                kind=MEETING_KINDS[message.notice],
                revision=plan.revision,
                number=message.recipient.address,
                text=text.text,
                due_at=plan.release_at,
                expires_at=self._expiry(plan, message),
                meeting_id=meeting.id,
                official_id=message.recipient.official_id,
                priority=priority(plan, message),
            )

    def _mail(self, tx: Transaction, unit: Unit, meeting: Meeting, plan: Plan, message: Message) -> None:
        context = self.context(tx, unit, meeting, plan, message)
        kind = MEETING_KINDS[message.notice]
        outbox.add(
            tx,
            DispatchDraft(
                unit_id=unit.id,
                letter_id=None,
                submission_id=None,
                kind=kind,
                revision=plan.revision,
                channel=MAIL,
                recipient=message.recipient.address,
                message_id=new_message_id(kind, self.settings.mail.domain),
                context_id=documents.add(tx, NOTICE.kind, NOTICE.version, codec.encode(context)),
                due_at=plan.release_at,
                expires_at=self._expiry(plan, message),
                priority=priority(plan, message),
                meeting_id=meeting.id,
                official_id=message.recipient.official_id,
            ),
        )

    def context(self, tx: Transaction, unit: Unit, meeting: Meeting, plan: Plan, message: Message) -> MeetingContext:
        """What one mail says."""
        content, invitation = plan.content, plan.content.invitation
        shown = content if message.notice in WITH_PAPERS else (message.before or content)
        with_papers = message.notice in WITH_PAPERS
        signed = invitation.paper if invitation is not None and invitation.current else None
        return MeetingContext(
            notice=message.notice,
            addressee=addressee_of(message),
            unit_name=unit.name,
            unit_address=unit.addresses[0],
            time_zone=unit.time_zone,
            contact=content.contact,
            uid=meeting.draft.uid,
            sequence=plan.sequence,
            stamp=content.stamp,
            title=content.title,
            slot=slot(shown),
            busy_until=self.end(shown),
            made_at=plan.made_at,
            ordinal=message.ordinal,
            original=Original(message_id=message.follows),
            before=slot(message.before) if message.before is not None else None,
            reference=invitation.reference if invitation is not None else "",
            letter=enclosure(signed) if with_papers and signed is not None else None,
            draft=self._draft(unit, content) if with_papers else None,
            agenda=content.agenda,
            chair=content.chair,
            requirements=content.requirements,
            note=content.note,
            papers=tuple(enclosure(paper) for paper in content.papers) if with_papers else (),
            others=self._others(tx, unit, content, message),
        )

    def _draft(self, unit: Unit, content: MeetingContent) -> InvitationText | None:
        """The draft goes along until there is a signed document."""
        if content.invitation is not None and content.invitation.signed:
            return None
        return invitation_text(content, self.office(unit))

    def _others(self, tx: Transaction, unit: Unit, content: MeetingContent, message: Message) -> tuple[Addressee, ...]:
        if self.settings.meetings.calendar_names == "recipient":
            return ()
        mine = {attendee.official_id for attendee in message.recipient.attendees}
        others = [attendee for attendee in content.attendees if attendee.official_id not in mine]
        known = [(attendee, people.official(tx, unit.id, attendee.official_id).addresses) for attendee in others]
        return tuple(Addressee(address=places[0], name=called(them), agency=False) for them, places in known if places)

    def end(self, content: MeetingContent) -> datetime:
        """The end that calendars show."""
        return content.ends_at or content.starts_at + self.settings.meetings.length

    def _expiry(self, plan: Plan, message: Message) -> datetime:
        """Nobody wants to hear of a meeting when it is over; what is called off may be told until its old time is."""
        latest = max(self.end(plan.content), self.end(message.before or plan.content), plan.release_at + SHORTEST_LIFE)
        return min(latest, plan.release_at + timedelta(days=self.settings.outbox.give_up_days))


def slot(content: MeetingContent) -> Slot:
    """When and where, as a notice tells it."""
    return Slot(starts_at=content.starts_at, ends_at=content.ends_at, place=content.place)


def enclosure(paper: Paper) -> Enclosure:
    """A paper as a notice encloses it."""
    return Enclosure(name=paper.name, size=paper.size, sha256=paper.sha256, blob=paper.blob, edition=paper.edition)


def addressee_of(message: Message) -> Addressee:
    """Who is written to at this mailbox."""
    names = "; ".join(called(attendee) for attendee in message.recipient.attendees)
    return Addressee(address=message.recipient.address, name=names or message.recipient.address, agency=False)


def called(attendee: Attendee) -> str:
    """The position before the name: one invites the position."""
    return " ".join(dict.fromkeys((attendee.label, attendee.name))).strip()


def priority(plan: Plan, message: Message) -> int:
    """Higher goes first."""
    soonest = min(plan.content.starts_at, (message.before or plan.content).starts_at)
    return URGENT if soonest - plan.made_at < NEAR else 0
