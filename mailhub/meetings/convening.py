"""Convening: one revision of a meeting in one transaction with everything that it sends (design, 5).

Nothing leaves before the window is over; a further change meanwhile takes the place of what has not left. What a clerk looks
at first (`foresee`) and what is done (`carry_out`) is worked out by the same plan.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailhub import codec
from mailhub.documents import MEETING
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.meetings.changes import raises_sequence
from mailhub.meetings.content import Invitation, MeetingContent, Paper
from mailhub.meetings.notifying import Notifying
from mailhub.meetings.numbering import Numbered, draft_invitation, foreseen, signed_invitation
from mailhub.meetings.planning import Change, Plan, Planning
from mailhub.meetings.signed import LetterFile, SignedLetter, names_other_day
from mailhub.meetings.standing import Standing, standing_of
from storage import documents, events, meetings, outbox
from storage.blobs import BlobStore
from storage.database import Database, Transaction
from storage.records import (
    Actor,
    EventDraft,
    Meeting,
    MeetingChange,
    MeetingDraft,
    MeetingState,
    RevisionDraft,
    Unit,
)

ONE_SECOND = timedelta(seconds=1)
MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the next content is made from: the time, the stored papers, the giấy mời where the change brings one."""

    now: datetime
    papers: tuple[Paper, ...]
    invitation: Invitation | None


Build = Callable[[Standing | None, Given], MeetingContent]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change that is read and checked, before anything is stored. Without `meeting_id` it convenes a new meeting.

    `drafted` asks for a number for a draft. `event` is the kind of its event, where the change alone does not say it.
    """

    unit: Unit
    change: MeetingChange
    build: Build
    meeting_id: int | None = None
    papers: tuple[LetterFile, ...] = ()
    letter: SignedLetter | None = None
    drafted: bool = False
    register: str = ""
    number: int | None = None
    title: str = ""
    reason: str = ""
    urgent_reason: str = ""
    event: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A change that is stored: the meeting, and what leaves when the window is over."""

    meeting: Meeting
    plan: Plan


@dataclass(frozen=True, slots=True)
class Convening:
    """Works out changes, and stores them with everything they send."""

    database: Database
    blobs: BlobStore
    planning: Planning
    notifying: Notifying

    def foresee(self, proposal: Proposal) -> Plan:
        """What the change would send now; stores nothing, takes no number."""
        with self.database.reading() as tx:
            before, now = self._before(tx, proposal), tx.now()
            warnings: list[Text] = []
            invitation = self._foreseen(tx, proposal, now, warnings)
            papers = tuple(paper_of(file, "") for file in proposal.papers)
            change = self._change(proposal, before, Given(now=now, papers=papers, invitation=invitation))
            plan = self.planning.plan(tx, change)
        self._require_size(plan.content)
        return with_warnings(plan, (*warnings, *letter_warnings(proposal, plan.content)))

    def carry_out(self, actor: Actor, proposal: Proposal, *, confirmed: int | None = None) -> Done:
        """Store the revision with its numbers, its messages and its event.

        Raises ConflictError when somebody else has changed the meeting meanwhile, RefusedError where more texts would leave
        than the clerk has confirmed.
        """
        papers, paper = self._stored(proposal)
        with self.database.transaction() as tx:
            # The register's row is locked first: whoever numbers waits for nobody who holds a meeting.
            invitation = self._numbered(tx, proposal, paper)
            before = self._before(tx, proposal)
            change = self._change(proposal, before, Given(now=tx.now(), papers=papers, invitation=invitation))
            self._require_size(change.content)
            if before is None:
                meeting, plan = self._begin(tx, actor, proposal, change)
            else:
                meeting, plan = self._go_on(tx, actor, proposal, change, before)
            self.planning.require_count(plan, confirmed)
            self.notifying.intend(tx, proposal.unit, meeting, plan)
            events.append(tx, [event_of(actor, proposal, meeting, plan)])
        return Done(meeting=meeting, plan=with_warnings(plan, letter_warnings(proposal, plan.content)))

    def _before(self, tx: Transaction, proposal: Proposal) -> Standing | None:
        return None if proposal.meeting_id is None else standing_of(tx, proposal.unit.id, proposal.meeting_id)

    def _change(self, proposal: Proposal, before: Standing | None, given: Given) -> Change:
        content = proposal.build(before, given)
        stamp, sequence, revision = given.now.replace(microsecond=0), 0, 1
        if before is not None:
            stamp = max(stamp, before.content.stamp + ONE_SECOND)
            sequence = before.meeting.sequence + raises_sequence(before.content, content)
            revision = before.meeting.revision + 1
        return Change(
            unit=proposal.unit,
            before=before,
            content=replace(content, stamp=stamp),
            revision=revision,
            sequence=sequence,
            made_at=given.now,
            urgent_reason=proposal.urgent_reason,
        )

    def _begin(self, tx: Transaction, actor: Actor, proposal: Proposal, change: Change) -> tuple[Meeting, Plan]:
        content = change.content
        draft = MeetingDraft(
            unit_id=proposal.unit.id,
            uid=f"{secrets.token_hex(10)}@{self.notifying.settings.mail.domain}",
            title=content.title,
            state=content.state,
        )
        officials = [attendee.official_id for attendee in content.attendees]
        first = revision_draft(tx, actor, proposal, change, self.planning.release(change))
        return meetings.add(tx, draft, first, officials), self.planning.plan(tx, change)

    def _go_on(self, tx: Transaction, actor: Actor, proposal: Proposal, change: Change, before: Standing) -> tuple[Meeting, Plan]:
        content = change.content
        # Once the revision is written nobody else changes the meeting; then nothing more of the old one begins to leave; and
        # only then it is known what has left.
        draft = revision_draft(tx, actor, proposal, change, self.planning.release(change))
        meeting = meetings.add_revision(tx, before.meeting, draft, state=content.state, title=content.title)
        meetings.remove_invitees(tx, meeting.id, sorted(before.content.invited - content.invited), change.revision)
        meetings.add_invitees(tx, meeting.id, [item.official_id for item in content.attendees], change.revision)
        outbox.cancel_for_meeting(tx, meeting.id, before_revision=change.revision)
        settled = replace(before, dispatches=tuple(outbox.of_meeting(tx, meeting.id)))
        return meeting, self.planning.plan(tx, replace(change, before=settled))

    def _stored(self, proposal: Proposal) -> tuple[tuple[Paper, ...], Paper | None]:
        """The files in the blob store, before the transaction; what is refused afterwards leaves bytes that nobody names."""
        files = (*proposal.papers, *((proposal.letter.file,) if proposal.letter else ()))
        refs = self.blobs.put_many([file.content for file in files]) if files else []
        papers = [paper_of(file, ref) for file, ref in zip(files, refs, strict=True)]
        return (tuple(papers[:-1]), papers[-1]) if proposal.letter else (tuple(papers), None)

    def _numbered(self, tx: Transaction, proposal: Proposal, paper: Paper | None) -> Invitation | None:
        if proposal.letter is not None:
            before = self._before(tx, proposal)
            draft = before.content.invitation if before else None
            return signed_invitation(tx, self._wanted(proposal, paper), draft, tx.now())
        return draft_invitation(tx, self._wanted(proposal, None)) if proposal.drafted else None

    def _foreseen(self, tx: Transaction, proposal: Proposal, now: datetime, warnings: list[Text]) -> Invitation | None:
        if proposal.letter is None and not proposal.drafted:
            return None
        paper = paper_of(proposal.letter.file, "") if proposal.letter else None
        wanted = self._wanted(proposal, paper)
        try:
            return foreseen(tx, wanted, now)
        except RefusedError as error:
            # Looking is allowed before the register is open.
            warnings.append(error.message if isinstance(error.message, Text) else Text(vi=error.message, en=error.message))
            return None

    def _wanted(self, proposal: Proposal, paper: Paper | None) -> Numbered:
        return Numbered(
            unit=proposal.unit,
            symbol=self.notifying.office(proposal.unit).symbol,
            title=proposal.title,
            register=proposal.register,
            number=proposal.number,
            letter=proposal.letter,
            paper=paper,
        )

    def _require_size(self, content: MeetingContent) -> None:
        most = self.notifying.settings.meetings.max_mail_mib
        letter = content.invitation.paper if content.invitation else None
        size = sum(paper.size for paper in (*content.papers, *((letter,) if letter else ())))
        if size > most * MIB:
            raise RefusedError(
                Text(
                    vi=f"tài liệu gửi kèm nặng {size / MIB:.1f} MiB, chỉ được {most} (meetings.max_mail_mib)",
                    en=f"the papers take {size / MIB:.1f} MiB together, {most} are allowed (meetings.max_mail_mib)",
                )
            )


def paper_of(file: LetterFile, blob: str) -> Paper:
    """A file as a meeting keeps it."""
    return Paper(name=file.name, size=len(file.content), sha256=file.sha256, blob=blob)


def revision_draft(tx: Transaction, actor: Actor, proposal: Proposal, change: Change, release_at: datetime) -> RevisionDraft:
    """The revision as it is stored, with its content as a document."""
    content = change.content
    invitation = content.invitation
    paper = invitation.paper if invitation else None
    planned = content.state is MeetingState.PLANNED
    return RevisionDraft(
        change=proposal.change,
        sequence=change.sequence,
        starts_at=content.starts_at if planned else None,
        ends_at=content.ends_at if planned else None,
        place=content.place,
        document_id=documents.add(tx, MEETING.kind, MEETING.version, codec.encode(content)),
        letter_blob=paper.blob if paper else None,
        letter_sha256=paper.sha256 if paper else "",
        letter_reference=invitation.reference if invitation else "",
        made_by=actor.name,
        reason=proposal.reason,
        release_at=release_at,
    )


def with_warnings(plan: Plan, more: Sequence[Text]) -> Plan:
    """The plan with further warnings before its own."""
    return replace(plan, warnings=(*more, *plan.warnings))


def letter_warnings(proposal: Proposal, content: MeetingContent) -> tuple[Text, ...]:
    """What the signed letter says otherwise than the clerk; what the clerk says counts."""
    if proposal.letter is None or not names_other_day(proposal.letter, content.starts_at):
        return ()
    day, days = content.starts_at.date(), ", ".join(f"{found:%d/%m/%Y}" for found in sorted(proposal.letter.days))
    return (
        Text(
            vi=f"{proposal.letter.file.name} không ghi ngày {day:%d/%m/%Y} mà ghi {days}; kiểm tra --start",
            en=f"{proposal.letter.file.name} does not name {day:%Y-%m-%d} but {days}; check --start",
        ),
    )


EVENTS = {
    MeetingChange.CONVENE: "meeting-convened",
    MeetingChange.MOVE: "meeting-moved",
    MeetingChange.POSTPONE: "meeting-postponed",
    MeetingChange.CANCEL: "meeting-cancelled",
    MeetingChange.PAPERS: "meeting-papers",
}


def event_of(actor: Actor, proposal: Proposal, meeting: Meeting, plan: Plan) -> EventDraft:
    """The fact of the change, for the chain; no name and no number of a person."""
    content, invitation = plan.content, plan.content.invitation
    data: dict[str, object] = {
        "revision": plan.revision,
        "sequence": plan.sequence,
        "state": content.state.value,
        "starts_at": content.starts_at.isoformat(),
        "place": content.place,
        "invited": len(content.attendees),
        "mails": len(plan.mails),
        "texts": len(plan.texts),
        "reference": invitation.reference if invitation else "",
        "letter": invitation.paper.sha256 if invitation and invitation.paper else "",
        "papers": [paper.sha256 for paper in content.papers],
        "urgent": proposal.urgent_reason,
    }
    kind = proposal.event or EVENTS[proposal.change]
    return EventDraft(kind=kind, subject=f"meeting/{meeting.id}", actor=actor, data=data, reason=proposal.reason)
