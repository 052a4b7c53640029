"""The way in through the services: captures become submissions, letters, entries, returns."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailhub.checking.failures import Evidence, ReaderDiedError
from mailhub.errors import RefusedError
from mailhub.policy.reasons import ReasonCode
from parsers.finding import Confidence, Finding, Source
from parsers.letter import LetterCode
from storage import captures, submissions
from storage.records import CaptureState, LetterState, Recipient, SubmissionState
from storage.tables import metadata
from tests.hub.conftest import CLERK, reading_of
from tests.policy import builders

MARK = Finding(
    code=LetterCode.SECRECY_MARK, source=Source.TEXT_LAYER, place="part 2/page 1", confidence=Confidence.LIKELY, evidence="MẬT"
)


def states(views):
    return [view.letter.draft.state for view in views]


def submissions_of(desk):
    return desk.hub.submissions.list_(desk.unit.id)


def test_a_correct_letter_of_a_trusted_agency_is_filed_under_the_next_number(desk):
    (view,) = desk.receive(b"mail one", reading_of())
    assert view.letter.draft.state is LetterState.FILED
    assert (view.entry.number, view.entry.year, view.entry.register) == (1, 2024, "UBND")
    assert submissions_of(desk)[0].draft.state is SubmissionState.SETTLED


def test_the_same_content_in_another_mail_repeats_the_first_number(desk):
    desk.receive(b"mail one", reading_of())
    views = desk.receive(b"mail two", reading_of(identity="i2"))
    assert states(views) == [LetterState.REPEAT, LetterState.FILED]
    assert len(desk.hub.registers.list_(desk.unit.id)) == 1


def test_a_second_capture_of_the_same_mail_is_linked_and_ends_there(desk):
    desk.receive(b"mail one", reading_of())
    views = desk.receive(b"mail one with another trace", reading_of())
    assert len(views) == 1
    assert len(submissions_of(desk)[0].capture_ids) == 2


def test_one_mail_to_two_units_is_one_submission_for_each(desk):
    from storage.records import UnitDraft

    other = desk.hub.directory.add_unit(
        CLERK,
        UnitDraft(code="SNV", name="Sở Nội vụ", time_zone="Asia/Ho_Chi_Minh", register="SNV", addresses=("snv@tinh.gov.vn",)),
    )
    both = (Recipient(address="vpub@tinh.gov.vn", unit_id=desk.unit.id), Recipient(address="snv@tinh.gov.vn", unit_id=other.id))
    desk.bring(b"mail one", reading_of(), recipients=both)
    desk.work()
    assert len(submissions_of(desk)) == 1
    assert len(desk.hub.submissions.list_(other.id)) == 1


def test_three_letters_in_one_mail_get_three_numbers(desk):
    files = tuple(builders.a_file(path=path, signed=builders.SIGNED) for path in ("2", "3", "4"))
    letters = tuple(
        replace(builders.letter(reference=builders.text(f"{number}/STC-NS")), main=file.path)
        for number, file in zip((226, 227, 228), files, strict=True)
    )
    views = desk.receive(b"mail one", reading_of(*letters, files=files))
    assert sorted(view.entry.number for view in views) == [1, 2, 3]


def test_the_same_number_with_other_content_is_held_beside_the_first(desk):
    desk.receive(b"mail one", reading_of())
    other = builders.a_file(path="5", signed=builders.SIGNED)
    views = desk.receive(b"mail two", reading_of(replace(builders.LETTER, main="5"), identity="i2", files=(other,)))
    assert states(views) == [LetterState.HELD, LetterState.FILED]
    assert ReasonCode.POSSIBLE_REPLACEMENT.value in views[0].letter.draft.reasons
    with pytest.raises(RefusedError, match="1/2024"):
        desk.hub.letters.file(CLERK, desk.unit.id, views[0].letter.id, reason="x")


def test_a_reader_that_dies_is_blamed_alone_once_more_and_then_the_mail_is_held_unparsed(desk):
    death = ReaderDiedError("killed", Evidence(exit_status=-9, last_line=""))
    desk.bring(b"poison", death)
    desk.bring(b"mail one", reading_of())
    desk.work()
    assert desk.readers.asked.count(b"poison") == 2
    assert {item.draft.state for item in submissions_of(desk)} == {SubmissionState.UNREADABLE, SubmissionState.SETTLED}


def test_an_unreadable_mail_that_is_retried_becomes_the_letter_it_is(desk):
    desk.bring(b"poison", ReaderDiedError("killed", Evidence(exit_status=-9, last_line="")))
    desk.work()
    (unread,) = submissions_of(desk)
    desk.readers.readings[b"poison"] = reading_of()
    desk.hub.submissions.retry(CLERK, desk.unit.id, unread.id)
    desk.work()
    (view,) = desk.hub.letters.list_(desk.unit.id)
    assert view.letter.draft.state is LetterState.FILED
    assert submissions_of(desk)[0].draft.tracking_code == unread.draft.tracking_code


def test_a_broken_signature_is_returned_after_ten_minutes(desk):
    broken = builders.signed_by(builders.by_person(*builders.BROKEN), builders.by_organisation())
    (view,) = desk.receive(b"mail one", reading_of(files=(broken,)))
    assert view.letter.draft.state is LetterState.RETURN_DUE
    desk.clock.move(minutes=9, seconds=59)
    desk.work()
    assert states(desk.hub.letters.list_(desk.unit.id)) == [LetterState.RETURN_DUE]
    desk.clock.move(seconds=2)
    desk.work()
    assert states(desk.hub.letters.list_(desk.unit.id)) == [LetterState.RETURNED]
    assert [item.draft.kind for item in desk.hub.outbox.list_(desk.unit.id)] == ["return"]


def test_a_return_can_be_withdrawn_and_a_returned_letter_reopened_with_an_apology(desk):
    broken = builders.signed_by(builders.by_person(*builders.BROKEN), builders.by_organisation())
    (view,) = desk.receive(b"mail one", reading_of(files=(broken,)))
    desk.hub.letters.withdraw(CLERK, desk.unit.id, view.letter.id, reason="looked at it again")
    desk.clock.move(minutes=30)
    desk.work()
    assert states(desk.hub.letters.list_(desk.unit.id)) == [LetterState.HELD]
    desk.hub.letters.return_(CLERK, desk.unit.id, view.letter.id, reasons=(ReasonCode.SIGNATURE_BROKEN,))
    desk.clock.move(minutes=11)
    desk.work()
    desk.hub.dispatcher("d").run_once()
    desk.hub.letters.reopen(CLERK, desk.unit.id, view.letter.id, reason="our mistake")
    assert states(desk.hub.letters.list_(desk.unit.id)) == [LetterState.HELD]
    assert sorted(item.draft.kind for item in desk.hub.outbox.list_(desk.unit.id)) == ["apology", "return"]


def test_an_agency_that_is_not_promoted_gets_proposals(desk):
    from mailhub.policy.case import Mode

    desk.hub.directory.set_mode(CLERK, desk.unit.id, "H29.11", Mode.PROPOSE)
    (view,) = desk.receive(b"mail one", reading_of())
    assert (view.letter.draft.state, view.letter.draft.action) == (LetterState.PROPOSED, "file")
    entry = desk.hub.letters.file(CLERK, desk.unit.id, view.letter.id)
    assert entry.number == 1


def test_pending_checks_leave_the_letter_waiting_until_their_deadline(desk):
    waiting = builders.signed_by(builders.by_person(*builders.TRY_LATER), builders.by_organisation())
    (view,) = desk.receive(b"mail one", reading_of(files=(waiting,), pending=("revocation",)))
    assert view.letter.draft.state is LetterState.WAITING
    desk.clock.now = view.letter.draft.received_at + timedelta(hours=5)
    desk.work()
    assert states(desk.hub.letters.list_(desk.unit.id)) == [LetterState.HELD]


def test_waiting_checks_are_done_again_and_may_come_out_better(desk):
    waiting = builders.signed_by(builders.by_person(*builders.TRY_LATER), builders.by_organisation())
    desk.receive(b"mail one", reading_of(files=(waiting,), pending=("revocation",)))
    desk.readers.readings[b"mail one"] = reading_of()
    desk.clock.move(minutes=30)
    desk.work()
    assert states(desk.hub.letters.list_(desk.unit.id)) == [LetterState.FILED]


def test_a_secrecy_mark_seals_the_content_before_anything_of_it_is_stored(desk):
    secret = replace(builders.LETTER, secrecy=(MARK,))
    (view,) = desk.receive(b"very secret words", reading_of(secret))
    assert view.letter.draft.state is LetterState.SEALED
    assert (view.letter.draft.subject, view.letter.draft.reference, view.letter.draft.issuer) == ("", "", "")
    found = submissions_of(desk)[0]
    assert (found.draft.state, found.draft.subject, found.draft.sender_address) == (SubmissionState.SEALED, "", "")
    assert secret_words_left(desk) == []


def secret_words_left(desk):
    """Every table and file of the hub in which a word of the secret can still be read."""
    words = (b"very secret words", builders.MAIN.name.encode(), "quyết toán".encode(), b"226/STC-NS")
    with desk.hub.database.reading() as tx:
        rows = [(table.name, row) for table in metadata.sorted_tables for row in tx.connection.execute(table.select())]
    told = [name for name, row in rows if any(word in shown for word in words for shown in map(as_bytes, row))]
    desk.hub.database.close()
    files = [path for path in desk.hub.home.rglob("*") if path.is_file()]
    return told + [path.name for path in files if any(word in path.read_bytes() for word in words)]


def as_bytes(value):
    return value if isinstance(value, bytes) else str(value).encode()


def test_a_false_alarm_is_unsealed_and_read_as_if_it_had_just_come(desk):
    secret = replace(builders.LETTER, secrecy=(MARK,))
    (view,) = desk.receive(b"mail one", reading_of(secret))
    desk.hub.secrecy.unseal(CLERK, desk.unit.id, view.letter.id, reason="'mật độ'")
    desk.work()
    (after,) = desk.hub.letters.list_(desk.unit.id)
    assert (after.letter.id, after.letter.draft.state) == (view.letter.id, LetterState.FILED)


def test_a_purge_destroys_the_bytes_and_keeps_digest_size_and_time(desk):
    secret = replace(builders.LETTER, secrecy=(MARK,))
    (view,) = desk.receive(b"mail one", reading_of(secret))
    desk.hub.secrecy.purge(CLERK, desk.unit.id, view.letter.id, reason="confirmed")
    assert states(desk.hub.letters.list_(desk.unit.id)) == [LetterState.PURGED]
    with pytest.raises(RefusedError):
        desk.hub.secrecy.unseal(CLERK, desk.unit.id, view.letter.id, reason="x")
    with desk.hub.database.reading() as tx:
        capture = captures.get(tx, submissions_of(desk)[0].capture_ids[0])
    assert (capture.state, capture.draft.size) == (CaptureState.READ, len(b"mail one"))


def test_a_letter_that_the_machine_missed_is_sealed_by_a_clerk(desk):
    broken = builders.signed_by(builders.by_person(*builders.BROKEN), builders.by_organisation())
    (view,) = desk.receive(b"very secret words", reading_of(files=(broken,)))
    desk.hub.secrecy.seal(CLERK, desk.unit.id, view.letter.id, reason="red stamp on a scan")
    assert states(desk.hub.letters.list_(desk.unit.id)) == [LetterState.SEALED]
    with desk.hub.database.reading() as tx:
        assert submissions.files(tx, submissions_of(desk)[0].id) == () or all(
            file.name == "" for file in submissions.files(tx, submissions_of(desk)[0].id)
        )


def test_thanks_for_our_receipt_is_a_note(desk):
    desk.receive(b"mail one", reading_of())
    (receipt,) = desk.hub.outbox.list_(desk.unit.id)
    thanks = replace(builders.MAIL, message_id="<2@stc>", in_reply_to=(receipt.draft.message_id,), text="Cảm ơn chị")
    desk.bring(b"thanks", replace(reading_of(identity="i2", mail=thanks), letters=(), files=()))
    desk.work()
    assert submissions_of(desk)[0].draft.state is SubmissionState.NOTED
    assert len(desk.hub.outbox.list_(desk.unit.id)) == 1


def test_mail_to_a_return_path_is_noted_and_never_answered(desk):
    desk.receive(b"mail one", reading_of())
    (receipt,) = desk.hub.outbox.list_(desk.unit.id)
    bounce = (Recipient(address="bounce+x@tinh.gov.vn", unit_id=None, dispatch_id=receipt.id),)
    desk.bring(b"bounce", reading_of(identity="i2"), recipients=bounce)
    desk.work()
    assert submissions_of(desk)[0].draft.state is SubmissionState.NOTED
    assert len(desk.hub.outbox.list_(desk.unit.id)) == 1


def test_every_decision_is_explained_by_running_it_again(desk):
    (view,) = desk.receive(b"mail one", reading_of())
    explanation = desk.hub.letters.explain(desk.unit.id, view.letter.id)
    assert explanation.reproduced
    assert explanation.again == explanation.record.decision
    assert [event.kind for event in explanation.history] == ["entry-filed"]


def test_the_log_of_a_day_verifies(desk):
    desk.receive(b"mail one", reading_of())
    desk.hub.audit.keep_head()
    report = desk.hub.audit.verify(desk.hub.audit.own_anchors())
    assert (report.faults, report.anchors) == ((), 1)


def test_the_search_for_secret_words_finds_those_of_an_ordinary_letter(desk):
    desk.receive(b"very secret words", reading_of())
    assert {"letters", "entries", "documents"} <= set(secret_words_left(desk))


def test_a_reader_s_last_words_reach_neither_log_nor_events(desk, caplog):
    caplog.set_level("DEBUG")
    last_words = "ValueError: very secret words"
    desk.bring(b"poison", ReaderDiedError(last_words, Evidence(exit_status=1, last_line=last_words)))
    desk.work()
    assert submissions_of(desk)[0].draft.state is SubmissionState.UNREADABLE
    assert b"very secret words" not in b"".join(event.body for event in desk.hub.audit.show())
    assert "very secret words" not in caplog.text
    assert all("very secret words" not in str(vars(record)) for record in caplog.records)
