"""Submissions, their letters and documents: one row per content, and nothing left of what is sealed."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from storage import documents, hub, letters, submissions, trust
from storage.database import Database
from storage.errors import ConflictError, NotFoundError
from storage.records import FileDraft, LetterState, SubmissionState, TrustCertificate, TrustPurpose
from tests.storage.builders import (
    MOMENT,
    SteppingClock,
    add_capture,
    add_letter,
    add_submission,
    add_unit,
    in_threads,
    letter_draft,
    submission_draft,
)


def file_draft(path="1.2", name="Báo cáo.pdf"):
    return FileDraft(path=path, name=name, kind="pdf", media_type="application/pdf", size=3, sha256="ab")


def test_a_submission_is_one_per_unit_and_content(database):
    with database.transaction() as tx:
        unit, other = add_unit(tx), add_unit(tx, "H62")
        first, second = add_capture(tx, unit, "1"), add_capture(tx, unit, "2")
        draft = submission_draft(unit, first)
        new = submissions.add(tx, draft)
        with pytest.raises(ConflictError, match="content-1"):
            submissions.add(tx, replace(draft, tracking_code="other"))
        submissions.add(tx, submission_draft(other, first, tracking_code="of-other"))
        submissions.link_capture(tx, new, second)
        submissions.link_capture(tx, new, second)
        found = submissions.find_by_identity(tx, unit.id, "content-1")
        assert (found.id, found.draft, found.capture_ids) == (new, draft, (first, second))
        assert submissions.get(tx, unit.id, new) == found
        assert submissions.tracking_code(tx, new) == draft.tracking_code
        with pytest.raises(NotFoundError):
            submissions.get(tx, other.id, new)


def test_two_workers_with_the_same_content_make_one_submission(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        captures = [add_capture(tx, unit, str(n)) for n in range(6)]
    made: list[int] = []

    def store(capture_id: int) -> None:
        try:
            with database.transaction() as tx:
                made.append(submissions.add(tx, submission_draft(unit, capture_id, tracking_code=f"T{capture_id}")))
        except ConflictError:
            with database.transaction() as tx:
                known = submissions.find_by_identity(tx, unit.id, "content-1")
                submissions.link_capture(tx, known.id, capture_id)

    assert in_threads(captures, store) == []
    with database.reading() as tx:
        (only,) = submissions.list_(tx, unit.id, limit=9)
    assert made == [only.id]
    assert only.capture_ids == tuple(captures)


def test_submissions_are_listed_newest_first(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        ids = [add_submission(tx, unit, f"c{n}") for n in range(3)]
        submissions.set_state(tx, ids[1], SubmissionState.NOTED)
        assert [row.id for row in submissions.list_(tx, unit.id, limit=2)] == [ids[2], ids[1]]
        assert [row.id for row in submissions.list_(tx, unit.id, limit=9, before_id=ids[1])] == [ids[0]]
        noted = submissions.list_(tx, unit.id, states=[SubmissionState.NOTED], limit=9)
        assert [row.id for row in noted] == [ids[1]]
        with pytest.raises(NotFoundError):
            submissions.set_state(tx, 999, SubmissionState.NOTED)


def test_a_sealed_submission_keeps_no_word_of_its_mail(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        new = add_submission(tx, unit)
        submissions.add_files(tx, new, [file_draft()])
        submissions.blank(tx, new)
        row = submissions.get(tx, unit.id, new).draft
        assert (row.state, row.subject, row.sender_name, row.sender_address) == (SubmissionState.SEALED, "", "", "")
        (file,) = submissions.files(tx, new)
        assert (file.name, file.size, file.sha256) == ("", 3, "ab")


def test_a_document_is_kept_until_it_is_destroyed(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        submission_id = add_submission(tx, unit)
        reading = documents.add(tx, "reading", 3, b"\x00\xff", submission_id=submission_id)
        other = documents.add(tx, "facts", 1, b"{}")
        submissions.set_reading(tx, submission_id, reading)
        found = documents.get(tx, reading)
        assert (found.kind, found.version, found.body) == ("reading", 3, b"\x00\xff")
        documents.destroy_of_submission(tx, submission_id)
        for document_id in (reading, 999):
            with pytest.raises(NotFoundError):
                documents.get(tx, document_id)
        assert documents.get(tx, other).body == b"{}"
        assert submissions.get(tx, unit.id, submission_id).draft.reading_id == reading


def test_destroyed_bytes_leave_every_sqlite_file(sqlite_template, tmp_path):
    shutil.copy(sqlite_template, tmp_path / "mailhub.db")
    database = Database.open(f"sqlite:///{tmp_path / 'mailhub.db'}", lock_file=None)
    with database.transaction() as tx:
        submission_id = add_submission(tx, add_unit(tx))
        documents.add(tx, "reading", 1, b"state secret " * 2000, submission_id=submission_id)
    assert b"state secret" in _bytes_in(tmp_path)
    with database.transaction() as tx:
        documents.destroy_of_submission(tx, submission_id)
    database.scrub()
    assert b"state secret" not in _bytes_in(tmp_path)
    with database.transaction() as tx:
        assert documents.get(tx, documents.add(tx, "reading", 1, b"x")).body == b"x"
    database.close()


def _bytes_in(folder):
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_scrubbing_leaves_what_is_there(database):
    with database.transaction() as tx:
        kept = documents.add(tx, "reading", 1, b"kept")
    database.scrub()
    with database.reading() as tx:
        assert documents.get(tx, kept).body == b"kept"


def test_a_file_that_signs_others_is_none_of_the_letters_files_to_count(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        submission_id = add_submission(tx, unit)
        first, second = submissions.add_files(tx, submission_id, [file_draft("1"), file_draft("2", "Báo cáo.pdf.p7s")])
        letter_id = letters.add(tx, letter_draft(unit, submission_id=submission_id), [(first, "main"), (second, "signature")])
        assert letters.file_counts(tx, [letter_id]) == {letter_id: 1}
        assert len(letters.files(tx, letter_id)) == 2


def test_a_letter_keeps_its_files_in_order(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        submission_id = add_submission(tx, unit)
        first, second = submissions.add_files(tx, submission_id, [file_draft("1"), file_draft("2", "PL1.xlsx")])
        letter_id = letters.add(tx, letter_draft(unit, submission_id=submission_id), [(second, "main"), (first, "enclosure")])
        assert [(file.file.id, file.role) for file in letters.files(tx, letter_id)] == [(second, "main"), (first, "enclosure")]
        letters.set_files(tx, letter_id, [(first, "main")])
        assert [(file.file.name, file.role) for file in letters.files(tx, letter_id)] == [("Báo cáo.pdf", "main")]
        assert [letter.id for letter in letters.of_submission(tx, submission_id)] == [letter_id]


def test_a_letter_is_changed_by_who_saw_its_latest_version(open_database):
    clock = SteppingClock()
    with open_database(clock).transaction() as tx:
        unit = add_unit(tx)
        draft = letter_draft(unit, reasons=("unsigned", "no-ecopy"), enclosures_declared=10**12, issued_on=MOMENT.date())
        seen = letters.get(tx, unit.id, letters.add(tx, draft, []))
        assert seen.draft == replace(draft, enclosures_declared=2**31 - 1)
        clock.step(hours=1)
        changed = letters.update(tx, seen, replace(draft, state=LetterState.HELD), decided_by="lan")
        assert (changed.version, changed.decided_by, changed.decided_at) == (2, "lan", clock.moment)
        assert letters.get(tx, unit.id, seen.id) == changed
        with pytest.raises(ConflictError):
            letters.update(tx, seen, draft, decided_by="mai")


def test_letters_are_found_by_what_is_due_by_key_and_by_content(open_database):
    clock = SteppingClock()
    with open_database(clock).transaction() as tx:
        unit, other = add_unit(tx), add_unit(tx, "H62")
        mails = [add_submission(tx, unit, identity) for identity in ("1", "2")]
        about = {"submission_id": mails[0], "document_key": "k"}
        late = add_letter(tx, unit, state=LetterState.RETURN_DUE, due_at=MOMENT + timedelta(minutes=10), **about)
        soon = add_letter(tx, other, state=LetterState.WAITING, due_at=MOMENT, content_digest="d")
        same = add_letter(tx, unit, submission_id=mails[1], document_key="k", content_digest="d")
        states = (LetterState.WAITING, LetterState.RETURN_DUE)
        assert letters.due(tx, states=states, limit=9) == [(other.id, soon)]
        clock.step(minutes=10)
        assert letters.due(tx, states=states, limit=9) == [(other.id, soon), (unit.id, late)]
        assert letters.due(tx, states=[LetterState.WAITING], limit=9) == [(other.id, soon)]
        assert [letter.id for letter in letters.with_key(tx, unit.id, "k")] == [late, same]
        assert [letter.id for letter in letters.with_key(tx, unit.id, "k", exclude_id=same)] == [late]
        assert letters.with_key(tx, unit.id, "") == []
        assert letters.counts(tx, unit.id) == {LetterState.RETURN_DUE: 1, LetterState.PROPOSED: 1}
        assert [letter.id for letter in letters.list_(tx, unit.id, limit=9)] == [same, late]
        proposed = letters.list_(tx, unit.id, states=[LetterState.PROPOSED], limit=9, before_id=same + 1)
        assert [letter.id for letter in proposed] == [same]
        with pytest.raises(NotFoundError):
            letters.get(tx, unit.id, soon)


def test_the_trust_set_counts_its_changes(database):
    root = TrustCertificate(sha256="aa", der=b"\x30", purpose=TrustPurpose.SIGNER, source="root.pem", added_at=MOMENT)
    with database.transaction() as tx:
        assert trust.set_version(tx) == 0
        assert trust.add(tx, [root, replace(root, purpose=TrustPurpose.TSA), root]) == 2
        assert trust.add(tx, [root]) == 0
        assert trust.set_version(tx) == 1
        assert trust.list_(tx) == [root, replace(root, purpose=TrustPurpose.TSA)]
        trust.remove(tx, "aa", TrustPurpose.TSA)
        assert trust.set_version(tx) == 2
        with pytest.raises(NotFoundError):
            trust.remove(tx, "aa", TrustPurpose.TSA)


def test_every_version_of_the_trust_set_can_be_listed_and_what_went_out_can_come_back(database):
    root = TrustCertificate(sha256="aa", der=b"\x30", purpose=TrustPurpose.SIGNER, source="root.pem", added_at=MOMENT)
    other = replace(root, sha256="bb")
    with database.transaction() as tx:
        assert trust.change(tx, add=[root]) == 1
        assert trust.change(tx, add=[other], remove=[("aa", TrustPurpose.SIGNER)]) == 2
        assert trust.change(tx, add=[other]) == 2
        assert trust.change(tx, add=[root]) == 3
    with database.reading() as tx:
        sets = [[item.sha256 for item in trust.list_(tx, version)] for version in range(4)]
        assert sets == [[], ["aa"], ["bb"], ["aa", "bb"]]
        assert trust.list_(tx) == [root, other]


def test_a_hub_has_an_id_and_keeps_one_secret_of_a_name(database):
    with database.transaction() as tx:
        assert len(hub.hub_id(tx)) == 36
        assert hub.keep_secret(tx, "return-path", b"first") == b"first"
        assert hub.keep_secret(tx, "return-path", b"second") == b"first"
