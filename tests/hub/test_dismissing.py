"""Junk is put aside without an answer, and a mistake about it is taken back."""

from dataclasses import replace

import pytest

from mailhub.errors import RefusedError
from mailhub.policy.case import Mode
from storage.records import LetterState, SubmissionState
from tests.hub.conftest import CLERK, reading_of
from tests.policy import builders


@pytest.fixture
def proposing(desk):
    """A desk where every letter waits for a clerk."""
    desk.hub.directory.set_mode(CLERK, desk.unit.id, "H29.11", Mode.PROPOSE)
    return desk


def states(desk):
    mail, *_ = desk.hub.submissions.list_(desk.unit.id)
    return mail.draft.state, [view.letter.draft.state for view in desk.hub.letters.list_(desk.unit.id)]


def dismiss(desk, *numbers):
    desk.hub.submissions.dismiss(CLERK, desk.unit.id, numbers, reason="junk")


def restore(desk, *numbers):
    desk.hub.submissions.restore(CLERK, desk.unit.id, numbers, reason="a mistake")


def test_what_was_dismissed_is_decided_anew_when_it_is_restored(proposing):
    proposing.receive(b"mail", reading_of())
    before = states(proposing)
    dismiss(proposing, 1)
    assert states(proposing) == (SubmissionState.DISMISSED, [LetterState.DISMISSED])
    restore(proposing, 1)
    proposing.work()
    assert states(proposing) == before == (SubmissionState.READ, [LetterState.PROPOSED])


def test_a_restored_letter_can_be_filed_and_settles_its_mail(proposing):
    (view,) = proposing.receive(b"mail", reading_of())
    dismiss(proposing, 1)
    restore(proposing, 1)
    proposing.work()
    assert proposing.hub.letters.file(CLERK, proposing.unit.id, view.letter.id).number == 1
    assert states(proposing) == (SubmissionState.SETTLED, [LetterState.FILED])


def test_what_is_not_dismissed_is_not_restored(proposing):
    proposing.receive(b"mail", reading_of())
    with pytest.raises(RefusedError, match="was not dismissed"):
        restore(proposing, 1)
    dismiss(proposing, 1)
    restore(proposing, 1)
    with pytest.raises(RefusedError, match="was not dismissed"):
        restore(proposing, 1)


def test_of_several_one_that_cannot_be_restored_leaves_all_as_they_are(proposing):
    proposing.receive(b"mail", reading_of())
    proposing.receive(b"other", reading_of(identity="i2"))
    dismiss(proposing, 1)
    with pytest.raises(RefusedError):
        restore(proposing, 1, 2)
    assert proposing.hub.submissions.show(proposing.unit.id, 1).submission.draft.state is SubmissionState.DISMISSED


def test_what_the_machine_took_for_junk_becomes_work(desk):
    junk = replace(reading_of(mail=replace(builders.MAIL, junk=True)), letters=())
    desk.receive(b"junk", junk)
    assert states(desk) == (SubmissionState.DISMISSED, [])
    restore(desk, 1)
    assert states(desk) == (SubmissionState.READ, [])


def test_an_unreadable_mail_is_unreadable_again(desk):
    from mailhub.checking.failures import Evidence
    from mailhub.checking.pool import ReaderDiedError

    desk.receive(b"poison", ReaderDiedError("died", Evidence(exit_status=-9, last_line="")))
    assert states(desk)[0] is SubmissionState.UNREADABLE
    dismiss(desk, 1)
    restore(desk, 1)
    assert states(desk)[0] is SubmissionState.UNREADABLE


def test_a_letter_that_was_dismissed_twice_comes_back_twice(proposing):
    proposing.receive(b"mail", reading_of())
    for _ in range(2):
        dismiss(proposing, 1)
        restore(proposing, 1)
        proposing.work()
    assert states(proposing) == (SubmissionState.READ, [LetterState.PROPOSED])
