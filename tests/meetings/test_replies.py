"""What comes back to an invitation: calendars' answers, failures and absences, and who must be called because of them."""

import hashlib
import shutil
from dataclasses import replace

import pytest

from mailhub.checking.reading import NO_MAIL
from mailhub.meetings.reach import Reached
from mailhub.noting.replies import invited
from mailhub.noting.tying import Incoming
from mailhub.noting.words import Doubt
from mailhub.serving.workers import new_worker
from parsers.mail.answers import CalendarReply, Method, Participation
from parsers.mail.authentication import Proof, SenderAuthentication
from parsers.mail.model import Mailbox
from storage import captures, noted
from storage.records import Actor, CaptureDraft, DispatchState, Recipient, SubmissionState
from tests.meetings.conftest import TWELFTH
from tests.parsers.mail.reports import calendar, calendar_mail, dsn, recipient

ABSENT = b"From: ha@syt.example\r\nAuto-Submitted: auto-replied\r\nSubject: Tu dong tra loi\r\nMessage-ID: <v@x>\r\n\r\nx"


@pytest.fixture
def database_url(sqlite_template, tmp_path):
    """SQLite alone: what is decided here is no database's matter, and storage's own tests try both."""
    shutil.copy(sqlite_template, tmp_path / "mailhub.db")
    return f"sqlite:///{tmp_path / 'mailhub.db'}"


@pytest.fixture
def convened(office):
    meeting = office.convene()
    office.wait()
    office.send()
    return meeting


def bring(office, raw, *, to=None, mail_from="ha@syt.example"):
    """A mail comes in, to the unit or to the return path of a dispatch, and is read by a real reader."""
    mine = Recipient(address="vpub@tinh.example", unit_id=office.unit.id)
    draft = CaptureDraft(
        door="smtp",
        door_key=hashlib.sha256(raw).hexdigest(),
        blob=office.hub.blobs.put_many([raw])[0],
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        peer="",
        helo="",
        tls="",
        auth="",
        mail_from=mail_from,
        recipients=(mine if to is None else Recipient(address="bounce+x@tinh.example", unit_id=None, dispatch_id=to),),
        received_at=office.clock(),
    )
    with office.hub.database.transaction() as tx:
        captures.add_many(tx, [draft])
    worker = new_worker(office.hub, "w")
    while worker.run_once():
        pass
    submission = office.hub.submissions.list_(office.unit.id)[0]
    with office.hub.database.reading() as tx:
        return submission, noted.of_submission(tx, submission.id)


def answer(meeting, state="ACCEPTED", *, who="ha@syt.example", sequence=0, stamp="20240801T040000Z", method="REPLY", more=""):
    attendee = f"ATTENDEE;PARTSTAT={state}:mailto:{who}"
    uid = meeting.draft.uid
    return calendar(method, uid=uid, sequence=sequence, stamp=stamp, attendee=attendee, more=more)


def health(office, meeting):
    return next(item for item in office.hub.reaching.reach(office.unit, meeting.id) if item.attendee.code == "SYT-GD")


def invitation(office, meeting, address="ha@syt.example"):
    return [row for row in office.rows(meeting) if row.draft.recipient == address][-1]


@pytest.mark.parametrize("state", ["ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"])
def test_whoever_answers_from_the_mailbox_that_was_invited_knows_of_the_meeting(office, convened, state):
    submission, note = bring(office, calendar_mail(answer(convened, state)))
    assert (submission.draft.state, note.kind, note.effect) == (SubmissionState.NOTED, "calendar-reply", "reach")
    assert (health(office, convened).reached, health(office, convened).note.outcome) == (Reached.REACHED, state.lower())
    assert "meeting-reply-noted" in office.told_events()


@pytest.mark.parametrize(
    ("who", "sender", "doubt"),
    [
        ("ha@syt.example", "evil@else.example", "forged-sender"),
        ("evil@else.example", "evil@else.example", "not-invited"),
    ],
)
def test_an_answer_of_somebody_else_changes_nothing(office, convened, who, sender, doubt):
    _, note = bring(office, calendar_mail(answer(convened, who=who), sender=sender))
    assert (note.doubt, note.effect, health(office, convened).reached) == (doubt, "", Reached.SENT)


def test_an_unproved_from_counts_only_with_the_name_of_a_mail_that_the_invited_one_alone_got(office, convened):
    submission, _ = bring(office, ABSENT)
    author = Mailbox(name="", address="ha@syt.example")
    reply = CalendarReply(
        method=Method.REPLY,
        uid=convened.draft.uid,
        sequence=0,
        stamp=None,
        attendee=author.address,
        sent_by="",
        participation=Participation.DECLINED,
        delegated_to=(),
        delegated_from=(),
        comment="",
        starts_at=None,
    )
    cases = {
        (Proof.PROVED, False): None,
        (Proof.UNCHECKED, False): None,
        (Proof.UNPROVED, False): Doubt.FORGED_SENDER,
        (Proof.PENDING, False): Doubt.FORGED_SENDER,
        (Proof.FAILED, False): Doubt.FORGED_SENDER,
        (Proof.UNPROVED, True): None,
        (Proof.FAILED, True): Doubt.FORGED_SENDER,
    }
    told = {}
    with office.hub.database.transaction() as tx:
        for proof, in_hand in cases:
            incoming = Incoming(
                actor=Actor(unit_id=None, name="mailhub", via="worker"),
                capture=captures.get(tx, submission.capture_ids[0]),
                mail=replace(NO_MAIL, from_=(author,), authentication=SenderAuthentication(proof=proof)),
                unit_id=office.unit.id,
                dispatch_ids=(),
                via_path=False,
            )
            sent = invitation(office, convened, author.address if in_hand else "binh@stc.example")
            told[proof, in_hand] = invited(tx, incoming, reply, convened, sent)[1]
    assert told == cases


def test_a_delegate_s_answer_is_shown_as_one_and_the_clerk_calls(office, convened):
    attendee = 'ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM="mailto:ha@syt.example":mailto:pho@syt.example'
    ics = calendar(uid=convened.draft.uid, attendee=attendee)
    _, note = bring(office, calendar_mail(ics, sender="pho@syt.example"))
    assert (note.doubt, health(office, convened).reached) == ("delegate", Reached.SENT)


def test_an_answer_through_the_return_path_counts_whatever_its_from_says(office, convened):
    sent = invitation(office, convened)
    _, note = bring(office, calendar_mail(answer(convened), sender="outlook@gateway.example"), to=sent.id)
    assert (note.effect, note.tied_by) == ("reach", "return-path")


def test_an_answer_to_the_old_time_does_not_confirm_the_new_one(office, convened):
    moved = office.move(convened, starts_at=TWELFTH)
    office.wait()
    office.send()
    bring(office, calendar_mail(answer(convened, sequence=0)))
    assert health(office, moved).reached is Reached.SENT
    bring(office, calendar_mail(answer(convened, sequence=moved.sequence, stamp="20240801T050000Z")))
    assert health(office, moved).reached is Reached.REACHED
    bring(office, calendar_mail(answer(convened, "DECLINED", sequence=0, stamp="20240801T060000Z")))
    assert (health(office, moved).reached, health(office, moved).note.outcome) == (Reached.REACHED, "accepted")


def test_of_two_answers_the_later_one_counts_in_whatever_order_they_come(office, convened):
    bring(office, calendar_mail(answer(convened, "DECLINED", stamp="20240801T050000Z")))
    _, note = bring(office, calendar_mail(answer(convened, "ACCEPTED", stamp="20240801T040000Z")))
    assert (note.doubt, health(office, convened).note.outcome) == ("overtaken", "declined")


def test_another_time_is_asked_of_a_person(office, convened):
    submission, note = bring(office, calendar_mail(answer(convened, method="COUNTER", more="COMMENT:Xin buổi chiều")))
    assert (submission.draft.state, note.outcome) == (SubmissionState.READ, "counter")
    assert "Xin buổi chiều" in health(office, convened).note.note


@pytest.mark.parametrize(("sequence", "uid", "doubt"), [(9, None, "unknown-revision"), (0, "other@x", "unknown-meeting")])
def test_an_answer_about_something_unknown_is_noted_with_its_doubt(office, convened, sequence, uid, doubt):
    ics = answer(convened, sequence=sequence)
    ics = ics if uid is None else ics.replace(convened.draft.uid, uid)
    assert bring(office, calendar_mail(ics))[1].doubt == doubt


def test_whose_invitation_comes_back_is_called(office, convened):
    sent = invitation(office, convened)
    report = dsn(recipient("ha@syt.example"), copy=None)
    _, note = bring(office, report, to=sent.id, mail_from="")
    assert (note.effect, invitation(office, convened).state) == ("failed", DispatchState.FAILED)
    found = health(office, convened)
    assert (found.reached, found.ways[0].error) == (Reached.CALL, "550 5.1.1 User unknown")


def test_the_invitation_s_own_letter_that_comes_back_is_no_letter_to_the_office(office, convened):
    sent = invitation(office, convened)
    letter = next(data for to, data in office.relay.taken if to == "ha@syt.example")
    copy = b"Content-Type: message/rfc822\r\n\r\n" + letter
    submission, note = bring(office, dsn(recipient("ha@syt.example"), copy=copy), mail_from="")
    assert (submission.draft.state, note.dispatch_id, note.tied_by) == (SubmissionState.NOTED, sent.id, "message-id")


def test_who_is_away_is_called(office, convened):
    sent = invitation(office, convened)
    raw = ABSENT.replace(b"\r\n\r\n", f"\r\nIn-Reply-To: {sent.draft.message_id}\r\n\r\n".encode())
    _, note = bring(office, raw)
    assert (note.kind, note.dispatch_id) == ("absence", sent.id)
    assert (health(office, convened).reached, health(office, convened).ways[0].came_back) == (Reached.CALL, ("absence",))
