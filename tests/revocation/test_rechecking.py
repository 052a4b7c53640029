"""Letters that were decided are looked at again when a certificate turns out to have been revoked before it signed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailhub.errors import RefusedError
from storage import cases, events, letters, validation_material
from storage.records import CaseState, LetterState
from tests.pki.authority import NOW
from tests.pki.services import REVOKED_AT, REVOKED_LATER_AT
from tests.revocation.conftest import CLERK, Office
from tests.revocation.test_store import write

DAY = timedelta(days=1)


@pytest.fixture
def lenient(office: Office) -> Office:
    """Revocation is judged when data are there; a letter is filed before any were."""
    settings = office.hub.settings
    trust = settings.trust.model_copy(update={"revocation": "if-available"})
    object.__setattr__(office.hub, "settings", settings.model_copy(update={"trust": trust}))
    return office


def filed(office: Office, label: str) -> int:
    found = office.bring(label)
    office.file(found)
    return found.id


def told(office: Office, number: int) -> list[str]:
    with office.hub.database.reading() as tx:
        return [event.kind for event in events.list_(tx, subject=f"letter/{number}", limit=100)]


def test_a_revocation_before_the_signing_that_is_found_later_raises_a_case(lenient: Office, tmp_path: Path):
    number = filed(lenient, "revoked")
    lenient.recheck()
    assert lenient.hub.cases.list_(lenient.unit.id) == ()

    lenient.hub.revocation.import_(CLERK, write(tmp_path, lenient.laboratory, "issuing"))
    lenient.recheck()
    (case,) = lenient.hub.cases.list_(lenient.unit.id)
    assert (case.draft.letter_id, case.draft.signer, case.state) == (number, "Lê Văn Mất Thẻ", CaseState.OPEN)
    assert (case.draft.revoked_at, case.draft.proved_at) == (REVOKED_AT, NOW)
    assert "case-raised" in told(lenient, number)
    mail = lenient.letter(number).draft.submission_id
    with lenient.hub.database.reading() as tx:
        kept = validation_material.read(tx, validation_material.of_submission(tx, mail))
    assert lenient.laboratory.revocation_list() in {item.der for item in kept if item.kind == "crl"}


def test_nothing_is_done_about_the_letter_by_machine(lenient: Office, tmp_path: Path):
    number = filed(lenient, "revoked")
    before = lenient.letter(number)
    lenient.hub.revocation.import_(CLERK, write(tmp_path, lenient.laboratory, "issuing"))
    lenient.recheck()
    lenient.work()

    assert lenient.letter(number) == before
    assert before.draft.state is LetterState.FILED


def test_a_case_is_raised_once_however_often_data_come(lenient: Office, tmp_path: Path):
    number = filed(lenient, "revoked")
    for _ in range(3):
        lenient.hub.revocation.import_(CLERK, write(tmp_path, lenient.laboratory, "issuing"))
        lenient.recheck()
        lenient.hub.revocation.review()
        lenient.recheck()
        lenient.move(days=1)

    assert told(lenient, number).count("case-raised") == 1


def test_a_revocation_after_the_signing_raises_none(lenient: Office, tmp_path: Path):
    number = filed(lenient, "leaving")
    lenient.move(days=6)
    assert lenient.clock() > REVOKED_LATER_AT
    lenient.hub.revocation.import_(CLERK, write(tmp_path, lenient.laboratory, "issuing"))
    with lenient.hub.database.reading() as tx:
        assert [order.letter_id for order in cases.due(tx, 10)] == [number]
    lenient.recheck()

    assert lenient.hub.cases.list_(lenient.unit.id) == ()
    with lenient.hub.database.reading() as tx:
        assert cases.due(tx, 10) == []


def test_letters_of_certificates_that_nobody_revoked_are_not_read_again(lenient: Office, tmp_path: Path):
    filed(lenient, "person")
    read = lenient.readers.read_mails
    lenient.hub.revocation.import_(CLERK, write(tmp_path, lenient.laboratory, "issuing", "root"))
    lenient.recheck()

    assert lenient.readers.read_mails == read


def test_an_authority_that_was_revoked_raises_a_case_for_what_it_certified(lenient: Office, tmp_path: Path):
    filed(lenient, "orphan")
    lenient.hub.revocation.import_(CLERK, write(tmp_path, lenient.laboratory, "root"))
    lenient.recheck()

    assert [case.draft.signer for case in lenient.hub.cases.list_(lenient.unit.id)] == ["Đỗ Văn Cấp Sai"]


def test_what_was_known_when_the_letter_was_decided_raises_none(lenient: Office, tmp_path: Path):
    lenient.hub.revocation.import_(CLERK, write(tmp_path, lenient.laboratory, "issuing"))
    filed(lenient, "revoked")
    lenient.recheck()

    assert lenient.hub.cases.list_(lenient.unit.id) == ()


def test_only_so_many_letters_are_checked_in_one_go(lenient: Office, tmp_path: Path):
    from tests.revocation.conftest import signed_by

    for text in ("một", "hai", "ba"):
        lenient.file(lenient.bring(signed=signed_by(lenient.laboratory, "revoked", text=text)))
    revocation = lenient.hub.settings.revocation.model_copy(update={"rechecks_at_once": 2})
    settings = lenient.hub.settings.model_copy(update={"revocation": revocation})
    object.__setattr__(lenient.hub, "settings", settings)
    lenient.hub.revocation.import_(CLERK, write(tmp_path, lenient.laboratory, "issuing"))
    counts = []
    for _ in range(3):
        lenient.recheck()
        counts.append(len(lenient.hub.cases.list_(lenient.unit.id)))

    assert counts == [2, 3, 3]


def test_a_mail_whose_reader_fails_is_tried_again_later(lenient: Office, tmp_path: Path):
    number = filed(lenient, "revoked")
    lenient.hub.revocation.import_(CLERK, write(tmp_path, lenient.laboratory, "issuing"))
    read, lenient.readers.read = lenient.readers.read, failing
    lenient.recheck()
    lenient.readers.read = read
    lenient.recheck()
    assert lenient.hub.cases.list_(lenient.unit.id) == ()
    lenient.move(hours=1)
    lenient.recheck()
    assert [case.draft.letter_id for case in lenient.hub.cases.list_(lenient.unit.id)] == [number]


def test_a_letter_that_cannot_be_looked_at_keeps_no_other_from_being_checked(lenient: Office, tmp_path: Path):
    from tests.revocation.conftest import signed_by

    lost, good = filed(lenient, "revoked"), lenient.bring(signed=signed_by(lenient.laboratory, "revoked", text="hai"))
    lenient.file(good)
    letter = lenient.letter(lost)
    with lenient.hub.database.transaction() as tx:
        letters.update(tx, letter, replace(letter.draft, facts_id=None), decided_by="lan")
    lenient.hub.revocation.import_(CLERK, write(tmp_path, lenient.laboratory, "issuing"))
    for _ in range(2):
        lenient.recheck()
    assert [case.draft.letter_id for case in lenient.hub.cases.list_(lenient.unit.id)] == [good.id]
    with lenient.hub.database.transaction() as tx:
        assert not cases.hold(tx, lost)


def failing(_: object) -> bytes:
    from mailhub.checking.failures import Evidence, ReaderDiedError

    raise ReaderDiedError("the reader died", Evidence(exit_status=-9, last_line=""))


def test_a_clerk_settles_a_case_and_takes_that_back(lenient: Office, tmp_path: Path):
    number = filed(lenient, "revoked")
    lenient.hub.revocation.import_(CLERK, write(tmp_path, lenient.laboratory, "issuing"))
    lenient.recheck()
    (case,) = lenient.hub.cases.list_(lenient.unit.id)
    unit, service = lenient.unit.id, lenient.hub.cases
    assert lenient.hub.status.of(lenient.unit).cases == 1
    assert [item.id for item in lenient.hub.desk.look(lenient.unit).cases] == [case.id]
    assert lenient.hub.letters.show(unit, number).open_cases == 1

    settled = service.settle(CLERK, unit, case.id, reason="bên gửi ký lại")
    assert (settled.state, settled.decided_by, settled.reason) == (CaseState.SETTLED, "lan", "bên gửi ký lại")
    assert lenient.hub.status.of(lenient.unit).cases == 0
    with pytest.raises(RefusedError):
        service.settle(CLERK, unit, case.id, reason="lần nữa")
    assert service.reopen(CLERK, unit, case.id, reason="nhầm").state is CaseState.OPEN
    assert [kind for kind in told(lenient, number) if kind.startswith("case-")] == [
        *("case-raised", "case-settled", "case-reopened")
    ]
    with pytest.raises(RefusedError):
        service.settle(CLERK, unit, 999, reason="không có")


def test_a_secret_takes_its_cases_along(lenient: Office, tmp_path: Path):
    found = lenient.bring("revoked")
    lenient.hub.revocation.import_(CLERK, write(tmp_path, lenient.laboratory, "issuing"))
    lenient.recheck()
    assert lenient.hub.cases.list_(lenient.unit.id)
    lenient.hub.secrecy.seal(CLERK, lenient.unit.id, found.id, reason="mật")
    assert lenient.hub.cases.list_(lenient.unit.id) == ()


def test_a_letter_that_becomes_secret_while_it_is_checked_gets_no_case(lenient: Office, tmp_path: Path):
    found = lenient.bring("revoked")
    lenient.hub.revocation.import_(CLERK, write(tmp_path, lenient.laboratory, "issuing"))
    read = lenient.readers.read

    def sealed_meanwhile(order: object) -> bytes:
        answer = read(order)
        lenient.hub.secrecy.seal(CLERK, lenient.unit.id, found.id, reason="mật")
        return answer

    lenient.readers.read = sealed_meanwhile
    lenient.recheck()
    lenient.readers.read = read
    assert lenient.hub.cases.list_(lenient.unit.id) == ()


def test_what_a_case_rests_on_is_kept_with_the_letter(lenient: Office, tmp_path: Path):
    number = filed(lenient, "revoked")
    before = {item.kind for item in lenient.hub.verification.evidence(lenient.unit.id, number).material}
    lenient.hub.revocation.import_(CLERK, write(tmp_path, lenient.laboratory, "issuing"))
    lenient.recheck()

    evidence = lenient.hub.verification.evidence(lenient.unit.id, number)
    assert "crl" not in before
    assert "crl" in {item.kind for item in evidence.material}
    assert len(evidence.cases) == 1
