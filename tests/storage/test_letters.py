"""Letters: urgent ones first, and found by how a clerk begins to type their reference."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storage import letters, submissions
from storage.database import Database
from storage.records import LetterState
from tests.storage.builders import MOMENT, SteppingClock, add_capture, add_letter, add_submission, add_unit, submission_draft


def test_urgent_letters_are_due_before_older_ones(open_database):
    clock = SteppingClock()
    with open_database(clock).transaction() as tx:
        unit = add_unit(tx)
        due_at = {"state": LetterState.WAITING, "due_at": MOMENT}
        old = add_letter(tx, unit, **due_at | {"due_at": MOMENT - timedelta(days=1)})
        urgent = add_letter(tx, unit, **due_at, priority=2)
        later = add_letter(tx, unit, **due_at)
        add_letter(tx, unit, **due_at | {"due_at": MOMENT + timedelta(days=1)}, priority=3)
        assert letters.due(tx, states=[LetterState.WAITING], limit=9) == [(unit.id, id_) for id_ in (urgent, old, later)]
        assert letters.due(tx, states=[LetterState.WAITING], limit=1) == [(unit.id, urgent)]


def test_a_letter_that_no_mail_brought_is_no_rival(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        add_letter(tx, unit, document_key="k")
        copy = add_letter(tx, unit, submission_id=add_submission(tx, unit), document_key="k")
        assert [letter.id for letter in letters.with_key(tx, unit.id, "k")] == [copy]
        assert letters.with_key(tx, unit.id, "k", exclude_id=copy) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("226/stc", {"226/STC-NS", "226/STC-TH"}),
        ("226/stc-n", {"226/STC-NS"}),
        ("22", {"226/STC-NS", "226/STC-TH", "22%_/QĐ"}),
        ("22%_/qd", {"22%_/QĐ"}),
        ("2", {"226/STC-NS", "226/STC-TH", "22%_/QĐ", "2\U0010fffd"}),
        ("stc", set()),
        ("", set()),
    ],
)
def test_letters_are_found_by_how_their_reference_begins(database, asked, found):
    references = ["226/STC-NS", "226/STC-TH", "22%_/QĐ", "2\U0010fffd", "1226/STC", "3/STC", ""]
    with database.transaction() as tx:
        unit = add_unit(tx)
        for reference in references:
            add_letter(tx, unit, reference=reference)
        add_letter(tx, unit, reference="226/STC-KH", state=LetterState.FILED)
        add_letter(tx, add_unit(tx, "H62"), reference="226/STC-KH")
        letters_ = letters.find_by_reference(tx, unit.id, asked, [LetterState.PROPOSED], 9)
        assert {letter.draft.reference for letter in letters_} == found


def test_a_corrected_reference_is_found_and_the_newest_letters_come_first(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        _, second, third = (add_letter(tx, unit, reference=f"{number}/STC") for number in (226, 226, 227))
        read = letters.get(tx, unit.id, third)
        letters.update(tx, read, replace(read.draft, reference="226/STC"), decided_by="lan")
        states = [LetterState.PROPOSED]
        assert [letter.id for letter in letters.find_by_reference(tx, unit.id, "226", states, 2)] == [third, second]
        assert letters.find_by_reference(tx, unit.id, "227", states, 9) == []
        assert letters.find_by_reference(tx, unit.id, "226", [], 9) == []


def test_beginnings_are_found_whatever_order_the_database_sorts_words_in(postgresql_cluster):
    # In this order a hyphen and a stroke count for little, and `~` stands before every letter.
    name = postgresql_cluster.create(locale="vi-VN")
    database = Database.open(postgresql_cluster.url(name), lock_file=None)
    database.upgrade()
    with database.transaction() as tx:
        unit = add_unit(tx)
        wanted = add_letter(tx, unit, reference="226/STC-NS")
        add_letter(tx, unit, reference="226STC")
        mail = submissions.add(tx, replace(submission_draft(unit, add_capture(tx, unit)), tracking_code="K7M4-Q2XD"))
        found = letters.find_by_reference(tx, unit.id, "226/", [LetterState.PROPOSED], 9)
        assert [letter.id for letter in found] == [wanted]
        assert [submission.id for submission in submissions.by_code_beginning(tx, unit.id, "K7M4-", 9)] == [mail]
    database.close()
    postgresql_cluster.drop(name)
