"""Mail that answers ours: noted, tied to the dispatch that it answers, believed as far as it proves itself."""

import shutil
from dataclasses import replace

import pytest

from mailhub.notices import return_path
from mailhub.noting.words import Doubt
from parsers.files.model import FileKind
from parsers.mail.answers import AutomaticKind, AutomaticMail, Fate, RecipientFate
from storage import noted
from storage.records import DispatchState, Recipient, SubmissionState
from tests.hub.conftest import CLERK, reading_of
from tests.policy import builders

UNKNOWN_USER = RecipientFate(
    recipient="vanthu@stc.tinh.gov.vn", fate=Fate.FAILED, status="5.1.1", diagnostic="550 5.1.1 User unknown"
)
ROBOT = replace(builders.MAIL, return_path="", automatic=("Auto-Submitted",), from_=(), message_id="<r1@mx>")


@pytest.fixture
def database_url(sqlite_template, tmp_path):
    """SQLite alone: what is decided here is no database's matter, and storage's own tests try both."""
    shutil.copy(sqlite_template, tmp_path / "mailhub.db")
    return f"sqlite:///{tmp_path / 'mailhub.db'}"


def report(*fates, **changes):
    return AutomaticMail(kind=AutomaticKind.DELIVERY_REPORT, fates=fates or (UNKNOWN_USER,), **changes)


def with_receipt(desk):
    """A letter whose receipt has left."""
    desk.receive(b"mail one", reading_of())
    while desk.hub.dispatcher("d").run_once():
        pass
    (receipt,) = desk.hub.outbox.list_(desk.unit.id)
    assert receipt.state is DispatchState.SENT
    return receipt


def bring_back(desk, notice, *, to=None, mail=ROBOT, identity="i2", **changes):
    """An answer comes in, to the unit or to the return path of a dispatch; gives what it was noted as."""
    path = Recipient(address="bounce+x@tinh.gov.vn", unit_id=None, dispatch_id=to) if to else None
    reading = reading_of(identity=identity, mail=replace(mail, notice=notice))
    reading = replace(reading, **({"letters": (), "files": ()} | changes))
    desk.bring(identity.encode(), reading, recipients=(path,) if path else None)
    desk.work()
    return last(desk)


def last(desk):
    submission = desk.hub.submissions.list_(desk.unit.id)[0]
    with desk.hub.database.reading() as tx:
        return submission, noted.of_submission(tx, submission.id)


def state_of(desk, dispatch):
    return desk.hub.outbox.show(desk.unit.id, dispatch.id)


def events_of(desk, dispatch):
    return [event.kind for event in desk.hub.audit.show() if event.subject == f"dispatch/{dispatch.id}"]


@pytest.mark.parametrize("way", ["return-path", "message-id", "path in To"])
def test_a_failure_that_had_our_mail_in_hand_fails_the_dispatch_with_the_remote_s_words(desk, way):
    receipt = with_receipt(desk)
    if way == "return-path":
        submission, note = bring_back(desk, report(), to=receipt.id)
    elif way == "message-id":
        submission, note = bring_back(desk, report(about=(receipt.draft.message_id,)))
    else:
        path = return_path.sign(receipt.id, key=desk.hub.return_path_key, domain=desk.hub.settings.mail.domain)
        submission, note = bring_back(desk, report(addressed=(path,)))
    assert submission.draft.state is SubmissionState.NOTED
    assert (note.kind, note.dispatch_id, note.effect) == ("delivery-report", receipt.id, "failed")
    assert note.tied_by == ("message-id" if way == "message-id" else "return-path")
    failed = state_of(desk, receipt)
    assert (failed.state, failed.last_error) == (DispatchState.FAILED, "550 5.1.1 User unknown")
    assert events_of(desk, receipt) == ["dispatch-reported-failed"]
    assert desk.hub.status.of(desk.unit).dispatches == {DispatchState.FAILED: 1}


@pytest.mark.parametrize(
    "notice",
    [
        report(),
        report(about=("<receipt.ffffffffffffffffffffffff@tinh.gov.vn>",)),
        report(addressed=("bounce+ae.forgedforgedforgedforge@tinh.gov.vn",)),
    ],
    ids=["names nothing", "a made-up Message-ID", "a made-up signature"],
)
def test_a_forged_failure_changes_nothing(desk, notice):
    receipt = with_receipt(desk)
    submission, note = bring_back(desk, notice)
    assert submission.draft.state is SubmissionState.NOTED
    assert (note.dispatch_id, note.effect, note.doubt) == (None, "", Doubt.UNKNOWN_DISPATCH)
    assert state_of(desk, receipt).state is DispatchState.SENT


@pytest.mark.parametrize(
    ("fate", "state", "effect"),
    [
        (Fate.DELAYED, DispatchState.SENT, ""),
        (Fate.RELAYED, DispatchState.SENT, ""),
        (Fate.EXPANDED, DispatchState.SENT, ""),
        (Fate.DELIVERED, DispatchState.DELIVERED, "delivered"),
    ],
)
def test_only_what_arrived_counts_as_delivered_and_a_delay_is_no_failure(desk, fate, state, effect):
    receipt = with_receipt(desk)
    _, note = bring_back(desk, report(replace(UNKNOWN_USER, fate=fate)), to=receipt.id)
    assert (note.outcome, note.effect, state_of(desk, receipt).state) == (fate.value, effect, state)


def test_a_read_receipt_shows_that_it_arrived_and_a_deleted_one_does_not(desk):
    receipt = with_receipt(desk)
    deleted = AutomaticMail(kind=AutomaticKind.READ_RECEIPT, detail="deleted")
    assert bring_back(desk, deleted, to=receipt.id)[1].effect == ""
    bring_back(desk, replace(deleted, detail="displayed"), to=receipt.id, identity="i3")
    assert state_of(desk, receipt).state is DispatchState.DELIVERED


def test_of_the_mailboxes_behind_an_address_one_that_got_it_is_not_forgotten(desk):
    receipt = with_receipt(desk)
    fates = (replace(UNKNOWN_USER, recipient="a@x"), replace(UNKNOWN_USER, recipient="b@x", fate=Fate.DELIVERED))
    bring_back(desk, report(*fates), to=receipt.id)
    assert state_of(desk, receipt).last_error.startswith("may have arrived; ")


@pytest.mark.parametrize("kind", [AutomaticKind.ABSENCE, AutomaticKind.COMPLAINT])
def test_an_absence_or_a_complaint_is_noted_with_the_dispatch_and_changes_nothing(desk, kind):
    receipt = with_receipt(desk)
    notice = AutomaticMail(kind=kind, about=(receipt.draft.message_id,))
    submission, note = bring_back(desk, notice)
    assert (submission.draft.state, note.kind, note.dispatch_id) == (SubmissionState.NOTED, kind.value, receipt.id)
    assert state_of(desk, receipt).state is DispatchState.SENT


def test_a_failure_of_what_was_sent_again_meanwhile_does_not_stop_it(desk):
    receipt = with_receipt(desk)
    bring_back(desk, report(), to=receipt.id)
    desk.hub.outbox.retry(CLERK, desk.unit.id, receipt.id, reason="đã sửa hộp thư")
    _, note = bring_back(desk, report(), to=receipt.id, identity="i3")
    assert (note.doubt, state_of(desk, receipt).state) == (Doubt.ALREADY_ENDED, DispatchState.DUE)


def test_nothing_automatic_is_ever_answered(desk):
    receipt = with_receipt(desk)
    for number, kind in enumerate(AutomaticKind):
        bring_back(desk, AutomaticMail(kind=kind, about=(receipt.draft.message_id,)), identity=f"r{number}")
    assert [item.id for item in desk.hub.outbox.list_(desk.unit.id)] == [receipt.id]


def test_a_person_s_thanks_is_noted_as_a_reply_to_the_receipt(desk):
    receipt = with_receipt(desk)
    thanks = replace(builders.MAIL, message_id="<2@stc>", in_reply_to=(receipt.draft.message_id,))
    submission, note = bring_back(desk, None, mail=thanks)
    assert (submission.draft.state, note.kind, note.dispatch_id) == (SubmissionState.NOTED, "reply", receipt.id)


def test_a_person_s_reply_with_a_letter_or_a_scan_is_work_as_ever(desk):
    receipt = with_receipt(desk)
    answer = replace(builders.MAIL, message_id="<2@stc>", in_reply_to=(receipt.draft.message_id,))
    other = builders.a_file(path="7", signed=builders.SIGNED)
    letter = replace(builders.letter(reference=builders.text("9/STC-NS")), main="7")
    submission, _ = bring_back(desk, None, mail=answer, letters=(letter,), files=(other,))
    assert submission.draft.state is SubmissionState.SETTLED
    scan = replace(builders.MAIN, path="8", kind=FileKind.IMAGE, size=200_000, inline=False)
    submission, _ = bring_back(desk, None, mail=answer, identity="i3", letters=(), files=(scan,))
    assert submission.draft.state is not SubmissionState.NOTED


def test_a_program_s_mail_with_a_document_that_no_machine_can_read_is_looked_at_by_a_clerk(desk):
    scanner = replace(builders.MAIL, automatic=("Precedence",))
    scan = replace(builders.MAIN, path="8", inline=False)
    submission, _ = bring_back(desk, None, mail=scanner, letters=(), files=(scan,))
    assert submission.draft.state is not SubmissionState.NOTED


def test_a_clerk_makes_work_of_a_noted_mail_and_the_report_does_not_count(desk):
    receipt = with_receipt(desk)
    scan = builders.a_file(path="8", signed=builders.SIGNED)
    submission, _ = bring_back(desk, report(), to=receipt.id, files=(scan,))
    desk.hub.submissions.restore(CLERK, desk.unit.id, (submission.id,), reason="là văn bản")
    desk.work()
    submission, note = last(desk)
    assert (submission.draft.state, note, state_of(desk, receipt).state) == (SubmissionState.READ, None, DispatchState.SENT)
    assert [view.letter.draft.submission_id for view in desk.hub.letters.list_(desk.unit.id)].count(submission.id) == 1
    assert events_of(desk, receipt) == ["dispatch-reported-failed", "dispatch-report-taken-back"]


@pytest.mark.parametrize(("first", "effects"), [(None, ["failed"]), (report(), ["failed"])], ids=["not understood", "understood"])
def test_a_noted_mail_that_is_read_anew_has_its_effect_once(desk, first, effects):
    receipt = with_receipt(desk)
    submission, _ = bring_back(desk, first, to=receipt.id)
    desk.readers.readings[b"i2"] = replace(reading_of(identity="i2", mail=replace(ROBOT, notice=report())), letters=(), files=())
    desk.hub.submissions.retry(CLERK, desk.unit.id, submission.id, reason="đã nâng cấp")
    desk.work()
    _, note = last(desk)
    assert [note.effect] == effects
    assert state_of(desk, receipt).state is DispatchState.FAILED
    assert events_of(desk, receipt) == ["dispatch-reported-failed"]


def test_a_noted_mail_that_holds_nothing_is_work_too_once_it_is_restored(desk):
    thanks = replace(builders.MAIL, message_id="<2@stc>", in_reply_to=(with_receipt(desk).draft.message_id,))
    submission, _ = bring_back(desk, None, mail=thanks)
    desk.hub.submissions.restore(CLERK, desk.unit.id, (submission.id,), reason="hỏi thêm")
    assert desk.hub.status.of(desk.unit).letterless == 1


def test_a_domain_that_has_had_its_share_is_told_in_digests(desk):
    notices = desk.hub.settings.notices.model_copy(update={"domain_daily_cap": 1})
    object.__setattr__(desk.hub, "settings", desk.hub.settings.model_copy(update={"notices": notices}))
    desk.receive(b"mail one", reading_of())
    other = builders.a_file(path="7", signed=builders.SIGNED)
    letter = replace(builders.letter(reference=builders.text("9/STC-NS")), main="7")
    desk.receive(b"mail two", reading_of(letter, files=(other,), identity="i2"))
    assert sorted(item.draft.channel for item in desk.hub.outbox.list_(desk.unit.id)) == ["digest", "mail"]
