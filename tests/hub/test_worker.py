"""One bad letter or mail never stops the next, and nothing is blamed for what is not its fault (design, promises 1 and 5)."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from mailhub.checking.failures import Evidence, ReaderDiedError
from mailhub.checking.pool import ReadersUnavailableError
from mailhub.courtesy import Courtesy
from mailhub.errors import RefusedError
from mailhub.hub import create_home, open_hub
from mailhub.policy.case import Mode
from mailhub.presence import Presence
from mailhub.reception import Reception
from mailhub.registers import RegisterOrder
from mailhub.serving import new_worker
from mailhub.serving.housekeeping import Housekeeping
from mailhub.serving.loops import Loops
from storage import captures, letters
from storage.errors import ConflictError, NotFoundError, StorageUnavailableError
from storage.records import (
    CaptureState,
    LetterState,
    Recipient,
    RegisterMode,
    SubmissionState,
)
from tests.hub.conftest import CLERK, Desk, reading_of
from tests.policy import builders
from tests.storage.builders import destroy_document

WAITING_SIGNATURE = builders.signed_by(builders.by_person(*builders.TRY_LATER), builders.by_organisation())


def states(desk):
    return {view.letter.id: view.letter.draft.state for view in desk.hub.letters.list_(desk.unit.id)}


def test_where_another_system_numbers_an_automatic_filing_becomes_a_proposal(desk):
    desk.hub.registers.open(CLERK, desk.unit.id, RegisterOrder(code="UBND", mode=RegisterMode.EXTERNAL))
    (view,) = desk.receive(b"mail one", reading_of())
    assert (view.letter.draft.state, view.letter.draft.action) == (LetterState.PROPOSED, "file")
    assert desk.hub.letters.file(CLERK, desk.unit.id, view.letter.id, number=77).number == 77


def test_a_letter_that_cannot_be_decided_holds_up_no_other(desk):
    other = builders.a_file(path="5", signed=builders.SIGNED)
    second = replace(builders.letter(reference=builders.text("300/STC-NS")), main="5")
    desk.hub.directory.set_mode(CLERK, desk.unit.id, "H29.11", Mode.PROPOSE)
    desk.receive(b"mail one", reading_of())
    desk.receive(b"mail two", reading_of(second, identity="i2", files=(other,)))
    desk.hub.directory.set_mode(CLERK, desk.unit.id, "H29.11", Mode.AUTO)
    first, last = sorted(states(desk))
    with desk.hub.database.transaction() as tx:
        for letter in (letters.get(tx, desk.unit.id, first), letters.get(tx, desk.unit.id, last)):
            again = replace(letter.draft, state=LetterState.WAITING, action="", due_at=tx.now())
            letters.update(tx, letter, again, decided_by="")
        destroy_document(tx, letters.get(tx, desk.unit.id, first).draft.facts_id)
    worker = new_worker(desk.hub, "w")
    with pytest.raises(NotFoundError):
        worker.run_once()
    worker.run_once()
    assert states(desk) == {first: LetterState.WAITING, last: LetterState.FILED}
    assert not worker.run_once()


def test_mail_to_the_return_path_of_a_dispatch_that_is_gone_is_kept_as_a_note(desk):
    lost = (Recipient(address="bounce+x@tinh.gov.vn", unit_id=None, dispatch_id=4711),)
    desk.bring(b"bounce", reading_of(), recipients=lost)
    desk.work()
    assert [item.draft.state for item in desk.hub.submissions.list_(desk.unit.id)] == [SubmissionState.NOTED]


def test_mail_to_postmaster_that_no_unit_was_named_for_is_shown_to_the_first_unit(desk):
    desk.bring(b"mail one", reading_of(), recipients=(Recipient(address="postmaster", unit_id=None),))
    desk.work()
    assert [item.draft.state for item in desk.hub.submissions.list_(desk.unit.id)] == [SubmissionState.SETTLED]


def test_mail_waits_unread_while_the_hub_has_no_unit_yet(tmp_path, clock, database_url):
    environ = {"MAILHUB_STORAGE__DATABASE": database_url}
    create_home(tmp_path / "hub", environ)
    hub = open_hub(tmp_path / "hub", environ, clock)
    readers = type("Readers", (), {"readings": {}, "close": lambda self: None})()
    desk = Desk(hub=hub, clock=clock, readers=readers, unit=None)
    desk.bring(b"mail one", reading_of(), recipients=(Recipient(address="postmaster", unit_id=None),))
    worker = new_worker(hub, "w")
    for _ in range(10):
        worker.run_once()
        clock.move(minutes=10)
    with hub.database.reading() as tx:
        assert captures.get(tx, 1).state is CaptureState.RECEIVED
        assert captures.get(tx, 1).attempts <= 1
    hub.close()


def test_readers_that_cannot_be_started_blame_no_mail(desk):
    desk.bring(b"mail one", ReadersUnavailableError("no reader could be started"))
    worker = new_worker(desk.hub, "w")
    for _ in range(10):
        worker.run_once()
        desk.clock.move(minutes=6)
    desk.readers.readings[b"mail one"] = reading_of()
    desk.work()
    assert list(states(desk).values()) == [LetterState.FILED]


class SilentBucket:
    """A blob store that does not answer."""

    def get(self, ref):
        raise StorageUnavailableError(f"object {ref} cannot be read")


def test_a_bucket_that_does_not_answer_blames_no_mail(desk):
    capture_id = desk.bring(b"mail one", reading_of())
    worker = new_worker(desk.hub, "w")
    away = replace(worker, blobs=SilentBucket())
    for _ in range(10):
        assert not away.run_once()
        desk.clock.move(minutes=6)
    with desk.hub.database.reading() as tx:
        assert (captures.get(tx, capture_id).state, captures.get(tx, capture_id).attempts) == (CaptureState.RECEIVED, 0)
    desk.work()
    assert list(states(desk).values()) == [LetterState.FILED]


def test_a_hub_that_stops_in_order_lets_go_of_what_a_failed_loop_has_left_claimed(desk, tmp_path):
    presence = Presence.begin(tmp_path / "serving")
    desk.bring(b"mail one", reading_of())
    with desk.hub.database.transaction() as tx:
        captures.claim(tx, owner=presence.owner("worker-0"), lease=timedelta(minutes=5))
    Housekeeping(desk.hub, presence).end()
    assert list(presence.file.parent.iterdir()) == []
    desk.work()
    assert list(states(desk).values()) == [LetterState.FILED]


def test_loops_that_hang_hold_up_a_stop_once_and_not_one_after_the_other(monkeypatch):
    now, waited = [100.0], []

    def join(seconds):
        waited.append(seconds)
        now[0] += seconds

    hanging = SimpleNamespace(join=join, is_alive=lambda: True)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    assert not Loops(threads=[hanging, hanging, hanging]).stop(30.0)
    assert waited == [30.0, 0.0, 0.0]


def test_a_worker_claims_nothing_while_senders_wait_at_the_doors(desk):
    waits = [1.0]
    capture_id = desk.bring(b"mail one", reading_of())
    worker = new_worker(desk.hub, "w", Courtesy(lambda: waits[-1]))
    assert not worker.run_once()
    with desk.hub.database.reading() as tx:
        assert captures.get(tx, capture_id).attempts == 0
    waits.append(0.0)
    assert worker.run_once()
    assert list(states(desk).values()) == [LetterState.FILED]


@dataclass(frozen=True)
class OvertakenReception:
    """A reception before whose first transaction another worker stores the same mail, as only PostgreSQL lets it happen."""

    real: Reception
    overtake: Callable[[], None]
    losses: list[int]

    def is_for_somebody(self, capture):
        return self.real.is_for_somebody(capture)

    def receive(self, actor, claim, capture, raw, reading):
        if self.losses:
            self.losses.pop()
            self.overtake()
            raise ConflictError("the unit has this mail already")
        return self.real.receive(actor, claim, capture, raw, reading)


def test_a_worker_that_another_one_overtook_links_its_capture_at_once(desk):
    desk.bring(b"mail one", reading_of())
    second = desk.bring(b"mail one through another server", reading_of())
    winner, loser = new_worker(desk.hub, "winner"), new_worker(desk.hub, "loser")
    overtaken = OvertakenReception(loser.reception, winner.run_once, [1])
    assert replace(loser, reception=overtaken).run_once()
    (mail,) = desk.hub.submissions.list_(desk.unit.id)
    assert sorted(mail.capture_ids) == [1, second]
    assert list(states(desk).values()) == [LetterState.FILED]
    assert len(desk.readers.asked) == 2
    with desk.hub.database.reading() as tx:
        assert captures.pending_count(tx) == 0
        assert [captures.get(tx, mail_id).attempts for mail_id in mail.capture_ids] == [1, 1]


def test_a_mail_that_conflicts_with_itself_holds_up_no_other(desk):
    desk.bring(b"mail one", reading_of())
    desk.bring(b"mail two", reading_of(identity="i2"))
    worker = new_worker(desk.hub, "w")
    refused = OvertakenReception(worker.reception, lambda: None, [1, 2, 3])
    assert replace(worker, reception=refused).run_once()
    desk.work()
    assert [item.draft.identity for item in desk.hub.submissions.list_(desk.unit.id)] == ["i2"]
    desk.clock.move(minutes=10)
    desk.work()
    assert len(desk.hub.submissions.list_(desk.unit.id)) == 2


def test_a_repeat_from_somebody_else_is_confirmed_by_filing_it(desk):
    desk.receive(b"mail one", reading_of())
    stranger = replace(builders.MAIL, from_=(replace(builders.MAIL.from_[0], address="x@example.org"),))
    desk.receive(b"mail two", reading_of(identity="i2", mail=stranger))
    second = max(states(desk))
    assert states(desk)[second] is LetterState.PROPOSED
    assert desk.hub.letters.file(CLERK, desk.unit.id, second).number == 1
    assert states(desk)[second] is LetterState.REPEAT
    assert len(desk.hub.registers.list_(desk.unit.id)) == 1


def test_a_number_that_another_system_gave_before_is_refused_by_its_name(desk):
    desk.hub.registers.open(CLERK, desk.unit.id, RegisterOrder(code="UBND", mode=RegisterMode.EXTERNAL))
    other = builders.a_file(path="5", signed=builders.SIGNED)
    second = replace(builders.letter(reference=builders.text("300/STC-NS")), main="5")
    desk.receive(b"mail one", reading_of())
    desk.receive(b"mail two", reading_of(second, identity="i2", files=(other,)))
    first, last = sorted(states(desk))
    desk.hub.letters.file(CLERK, desk.unit.id, first, number=77)
    with pytest.raises(RefusedError, match="77"):
        desk.hub.letters.file(CLERK, desk.unit.id, last, number=77)


def test_a_register_that_was_never_suspended_is_not_resumed_at_another_number(desk):
    with pytest.raises(RefusedError):
        desk.hub.registers.resume(CLERK, desk.unit.id, "UBND", 100, "a gap")


def test_checks_done_again_are_counted_in_the_letter_s_row(desk):
    (view,) = desk.receive(b"mail one", reading_of(files=(WAITING_SIGNATURE,), pending=("revocation",)))
    assert view.letter.draft.signatures_valid == 1
    desk.readers.readings[b"mail one"] = reading_of()
    desk.clock.move(minutes=30)
    desk.work()
    (after,) = desk.hub.letters.list_(desk.unit.id)
    assert after.letter.draft.signatures_valid == 2


def test_what_nobody_could_read_and_what_holds_no_letter_is_counted(desk):
    desk.bring(b"poison", ReaderDiedError("killed", Evidence(exit_status=-9, last_line="")))
    stranger = replace(builders.MAIL, from_=(replace(builders.MAIL.from_[0], address="x@example.org"),))
    desk.bring(b"question", replace(reading_of(identity="i2", mail=stranger), letters=(), files=()))
    desk.work()
    status = desk.hub.status.of(desk.unit)
    assert (status.unreadable, status.letterless) == (1, 1)


def test_a_mail_that_was_unreadable_and_turns_out_to_be_known_stands_for_nothing_any_more(desk):
    desk.receive(b"mail one", reading_of())
    desk.bring(b"poison", ReaderDiedError("killed", Evidence(exit_status=-9, last_line="")))
    desk.work()
    desk.readers.readings[b"poison"] = reading_of()
    unread = desk.hub.submissions.list_(desk.unit.id)[0]
    desk.hub.submissions.retry(CLERK, desk.unit.id, unread.id)
    desk.work()
    found = {item.id: item for item in desk.hub.submissions.list_(desk.unit.id)}
    assert found.pop(unread.id).draft.state is SubmissionState.DISMISSED
    assert [len(item.capture_ids) for item in found.values()] == [2]


def test_an_anchor_line_that_a_crash_cut_short_spoils_no_other(desk):
    audit = desk.hub.audit
    audit.anchor_file.write_text("1", encoding="ascii")
    assert audit.keep_head()
    assert not audit.keep_head()
    assert audit.verify(audit.own_anchors()).faults == ()
    assert audit.own_anchors()[-1] == audit.verify().head


def test_a_mail_without_a_letter_is_read_again_and_stays_the_same_mail(desk):
    stranger = replace(builders.MAIL, from_=(replace(builders.MAIL.from_[0], address="x@example.org"),))
    desk.bring(b"question", replace(reading_of(identity="i2", mail=stranger), letters=(), files=()))
    desk.work()
    (before,) = desk.hub.submissions.list_(desk.unit.id)
    assert before.draft.state is SubmissionState.READ
    # The next version of the program finds the letter, and reads the mail's identity otherwise.
    desk.readers.readings[b"question"] = reading_of(identity="i3", mail=stranger)
    desk.hub.submissions.retry(CLERK, desk.unit.id, before.id, reason="upgraded")
    desk.work()
    (after,) = desk.hub.submissions.list_(desk.unit.id)
    assert (after.id, after.draft.tracking_code, after.draft.identity) == (before.id, before.draft.tracking_code, "i3")
    assert after.draft.state is SubmissionState.READ
    (view,) = desk.hub.letters.list_(desk.unit.id)
    assert view.letter.draft.submission_id == before.id
    with pytest.raises(RefusedError, match=f"h{view.letter.id}"):
        desk.hub.submissions.retry(CLERK, desk.unit.id, before.id)
