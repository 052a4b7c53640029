"""The store in a hub: what waits for data is read again as soon as they are there."""

from datetime import timedelta
from pathlib import Path

import pytest

from parsers.signatures.model import SubIndication
from storage import events, revocation
from storage.records import LetterState, RevocationSource
from tests.parsers.signatures.test_revocation import bringing
from tests.pki.authority import NOW, make_pki
from tests.pki.documents import Signing, letter, sign
from tests.pki.services import Laboratory
from tests.revocation.conftest import CLERK, Office, signed_by

DAY = timedelta(days=1)


def write(folder: Path, laboratory: Laboratory, *issuers: str) -> list[Path]:
    paths = []
    for issuer in issuers:
        paths.append(folder / f"{issuer}.crl")
        paths[-1].write_bytes(laboratory.revocation_list(issuer))
    return paths


def sub_indication(office: Office, number: int) -> SubIndication | None:
    record = office.hub.letters.explain(office.unit.id, number).record
    return record.facts.files[0].signatures.sub_indication


def test_a_letter_waits_for_data_and_is_read_again_when_they_come(any_office: Office, tmp_path: Path):
    office = any_office
    waiting = office.bring()
    assert waiting.draft.state is LetterState.WAITING
    assert sub_indication(office, waiting.id) is SubIndication.TRY_LATER
    due = waiting.draft.due_at

    (imported, _) = office.hub.revocation.import_(CLERK, write(tmp_path, office.laboratory, "issuing", "root"))
    assert (imported.new, imported.refused) == (1, None)
    assert due is not None
    assert office.letter(waiting.id).draft.due_at == office.clock() < due
    office.work()
    assert office.letter(waiting.id).draft.state is not LetterState.WAITING
    assert sub_indication(office, waiting.id) is None
    assert office.letter(waiting.id).draft.signatures_valid == 1


def test_data_of_another_issuer_wake_nobody(office: Office, tmp_path: Path):
    waiting = office.bring()
    office.hub.revocation.import_(CLERK, write(tmp_path, office.laboratory, "fallen"))

    assert office.letter(waiting.id).draft.due_at == waiting.draft.due_at


def test_stale_data_leave_a_letter_waiting(office: Office, tmp_path: Path):
    paths = write(tmp_path, office.laboratory, "issuing", "root")
    office.hub.revocation.import_(CLERK, paths)
    office.move(days=9)
    signed = make_old(office)

    assert office.bring(signed=signed).draft.state is LetterState.WAITING
    office.hub.revocation.import_(CLERK, write(tmp_path, office.laboratory, "issuing", "root"))
    office.work()
    (view,) = office.hub.letters.list_(office.unit.id)
    assert view.letter.draft.state is not LetterState.WAITING


def make_old(office: Office) -> bytes:
    """Signed without a timestamp: what proves its time is that it came in now."""
    return sign(letter(text="no stamp"), Signing(identity=office.laboratory.identity("person"), at=office.clock()))


def test_what_was_imported_is_told_in_the_log_and_listed(office: Office, tmp_path: Path):
    office.hub.revocation.import_(CLERK, write(tmp_path, office.laboratory, "issuing"), "tải tay")
    with office.hub.database.reading() as tx:
        (event,) = [item for item in events.list_(tx, subject="trust", limit=50) if item.kind == "revocation-imported"]
    assert "tải tay" in event.body.decode()
    (item,) = office.hub.revocation.list_()
    assert (item.source, item.place, item.this_update) == (RevocationSource.FILE, "issuing.crl", NOW)


def test_a_folder_with_one_bad_file_is_imported_but_for_that(office: Office, tmp_path: Path):
    write(tmp_path, office.laboratory, "issuing", "root")
    (tmp_path / "bad.crl").write_bytes(b"nothing")
    (tmp_path / "notes.txt").write_text("not looked at")
    (tmp_path / "stranger.crl").write_bytes(make_pki().issuing.revocation_list())
    found = {Path(item.place).name: (item.new, bool(item.refused)) for item in office.hub.revocation.import_(CLERK, [tmp_path])}

    assert found == {"bad.crl": (0, True), "issuing.crl": (1, False), "root.crl": (1, False), "stranger.crl": (0, True)}
    again = office.hub.revocation.import_(CLERK, [tmp_path / "issuing.crl"])
    assert [(item.new, item.known) for item in again] == [(0, 1)]


def test_what_a_document_brings_along_never_enters_the_store(office: Office):
    content = bringing(signed_by(office.laboratory, "person"), lists=[office.laboratory.revocation_list()])
    office.bring(signed=content)

    assert office.hub.revocation.list_() == ()


def test_the_snapshot_is_the_same_value_until_something_changes(office: Office, tmp_path: Path):
    first = office.hub.trust.snapshot()
    assert office.hub.trust.snapshot() is first
    office.hub.revocation.import_(CLERK, write(tmp_path, office.laboratory, "issuing"))
    second = office.hub.trust.snapshot()
    assert (second.version, len(second.crls)) == (first.version, 1)
    assert second.identity != first.identity


def test_old_data_are_swept_after_their_time(office: Office, tmp_path: Path):
    office.hub.revocation.import_(CLERK, write(tmp_path, office.laboratory, "issuing"))
    office.move(days=1)
    office.hub.revocation.import_(CLERK, write(tmp_path, office.laboratory, "issuing"))
    assert office.hub.revocation.sweep() == 0
    office.move(days=31)
    assert office.hub.revocation.sweep() == 1
    assert len(office.hub.revocation.list_()) == 1


def test_certificates_of_mail_are_watched_and_forgotten_with_a_secret(office: Office):
    secret = office.bring()
    office.bring("organisation")
    with office.hub.database.reading() as tx:
        subjects = {item.subject.partition(",")[0] for item in revocation.watched(tx)}
    assert subjects == {"CN=Trần Thị Thí Nghiệm", "CN=Sở Tư pháp tỉnh Mẫu", "CN=CA Phòng thí nghiệm", "CN=TSA Phòng thí nghiệm"}

    office.hub.secrecy.seal(CLERK, office.unit.id, secret.id, reason="mật")
    with office.hub.database.reading() as tx:
        subjects = {item.subject.partition(",")[0] for item in revocation.watched(tx)}
    assert "CN=Trần Thị Thí Nghiệm" not in subjects


def test_a_certificate_that_leads_to_no_anchor_is_not_watched(office: Office):
    stranger = make_pki()
    signing = Signing(identity=stranger.person, tsa=stranger.tsa, chain=(stranger.issuing.identity,))
    office.bring(signed=sign(letter(), signing))
    with office.hub.database.reading() as tx:
        assert revocation.watched(tx) == []


@pytest.mark.parametrize("seen", [False, True])
def test_what_is_missing_is_told_by_issuer(office: Office, tmp_path: Path, *, seen: bool):
    if seen:
        office.bring()
    standing = office.hub.revocation_standing
    assert {item.supply.value for item in standing.lacking()} == ({"missing"} if seen else set())
    office.hub.revocation.import_(CLERK, write(tmp_path, office.laboratory, "issuing", "root"))
    assert standing.lacking() == ()
    office.move(days=8)
    assert {item.supply.value for item in standing.lacking()} == ({"stale"} if seen else set())
