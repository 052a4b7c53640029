"""The fetching job against a living authority: what it asks, when, and what it leaves alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailhub.revocation.addresses import Permission
from mailhub.revocation.downloads import Downloads
from mailhub.revocation.fetching import Fetching, pause
from storage import revocation
from storage.records import FetchSource, LetterState, RevocationKind, RevocationSource
from tests.pki.authority import NOW
from tests.pki.documents import Signing, letter, sign
from tests.pki.services import Laboratory, crl_path, ocsp_path
from tests.revocation.conftest import Office

DAY = timedelta(days=1)
ISSUING, ROOT, FALLEN = crl_path("issuing"), crl_path("root"), crl_path("fallen")


def lists_asked(laboratory: Laboratory) -> list[str]:
    return [asked.removeprefix("GET ") for asked in laboratory.asked if asked.startswith("GET")]


def issuing(office: Office) -> FetchSource:
    """The address of the issuing authority's list."""
    (source,) = [item for item in office.hub.revocation.sources() if item.address == office.laboratory.crl_url()]
    return source


def permitted(job: Fetching, *hosts: str) -> Fetching:
    job.downloads = replace(job.downloads, permission=Permission.of(hosts, ["127.0.0.0/8"]))
    return job


def test_lists_of_seen_certificates_are_fetched_and_a_waiting_letter_is_settled(office: Office):
    waiting = office.bring()
    assert waiting.draft.state is LetterState.WAITING

    assert office.fetch() == []
    office.work()
    assert office.letter(waiting.id).draft.state is not LetterState.WAITING
    assert office.letter(waiting.id).draft.signatures_valid == 1
    assert {item.source for item in office.hub.revocation.list_()} == {RevocationSource.FETCHED}
    assert set(lists_asked(office.laboratory)) == {ISSUING, ROOT}


def test_before_any_mail_only_the_list_about_the_trusted_intermediates_is_asked(office: Office):
    office.fetch()
    assert office.laboratory.asked == [f"GET {ROOT}"]
    with office.hub.database.reading() as tx:
        revoked = [item.subject.partition(",")[0] for item in revocation.watched(tx) if item.revoked_at is not None]
    assert revoked == ["CN=CA bị thu hồi"]


def test_an_address_that_works_is_not_asked_again_before_its_time(office: Office):
    office.bring()
    office.fetch()
    asked = len(office.laboratory.asked)
    office.move(hours=1)
    office.fetch()
    assert len(office.laboratory.asked) == asked
    office.move(hours=6)
    office.fetch()
    assert len(office.laboratory.asked) > asked


def test_a_list_is_fetched_before_it_runs_out(office: Office):
    office.bring()
    office.fetch()
    assert issuing(office).due_at < NOW + DAY


def test_a_host_that_is_not_listed_is_not_asked_whatever_a_certificate_says(office: Office):
    office.bring()
    job = permitted(office.hub.fetching(), "ca.gov.vn")
    assert not job.run_once()
    assert office.hub.revocation.sources() == ()
    assert office.laboratory.asked == []


def test_a_host_that_was_taken_off_the_list_is_forgotten(office: Office):
    office.bring()
    office.fetch()
    assert office.hub.revocation.sources()
    permitted(office.hub.fetching(), "ca.gov.vn").plan()
    assert office.hub.revocation.sources() == ()


def test_an_address_in_a_certificate_that_leads_to_no_anchor_is_never_asked(office: Office):
    """Whoever makes a certificate chooses its addresses, also those of a host that is listed."""
    from tests.pki.authority import Authority, Wish

    ca = {"usage": frozenset({"key_cert_sign", "crl_sign"}), "purposes": None, "authority": True}
    forged = Authority.self_signed(Wish(common_name="CA Phòng thí nghiệm", key=0, **ca))
    pointing = forged.issue(Wish(common_name="Kẻ lạ", pointer=f"{office.laboratory.address}/secret"))
    office.bring(signed=sign(letter(), Signing(identity=pointing, chain=(forged.identity,))))
    office.fetch()
    assert "GET /secret" not in office.laboratory.asked


def test_a_responder_is_asked_while_there_is_no_list(office: Office):
    office.bring("revoked")
    with office.laboratory.answering(ISSUING, office.laboratory.manners.says(b"", status=503)):
        office.fetch()
    answers = [item for item in office.hub.revocation.list_() if item.kind is RevocationKind.OCSP]
    assert len(answers) == 1
    assert f"POST {ocsp_path('issuing')}" in office.laboratory.asked
    with office.hub.database.reading() as tx:
        revoked = [item.subject for item in revocation.watched(tx) if item.revoked_at is not None]
    assert any("Lê Văn Mất Thẻ" in subject for subject in revoked)


def test_a_responder_is_left_alone_once_there_is_a_list(office: Office):
    office.bring()
    office.fetch()
    office.laboratory.asked.clear()
    office.move(minutes=1)
    office.fetch()
    assert office.laboratory.asked == []
    assert {item.kind for item in office.hub.revocation.sources()} == {RevocationKind.CRL}


def other_answer(office: Office):
    """The responder's genuine word about somebody else."""
    issuer, other = office.laboratory.identity("issuing"), office.laboratory.identity("organisation")
    from mailhub.revocation.asking import question

    request, _ = question(other.certificate, issuer.certificate)
    from urllib.request import Request, urlopen

    with urlopen(Request(office.laboratory.ocsp_url(), data=request), timeout=5) as answer:
        return answer.read()


def test_an_answer_about_another_certificate_is_not_taken(office: Office):
    office.bring()
    content = other_answer(office)
    manners = office.laboratory.manners
    with (
        office.laboratory.answering(ISSUING, manners.says(b"", status=503)),
        office.laboratory.answering(ocsp_path(), manners.says(content)),
    ):
        assert any("another certificate" in error for error in office.fetch())
    assert [item for item in office.hub.revocation.list_() if item.kind is RevocationKind.OCSP] == []


def test_an_old_answer_is_not_taken_for_a_new_one(office: Office):
    """It bears the nonce of another question."""
    office.bring()
    laboratory = office.laboratory
    kept = []

    def replayed(request):
        if not kept:
            kept.append(laboratory.animator.serve_ocsp_response(request, label="issuing", arch="lab").get_data())
        return laboratory.manners.says(kept[0])(request)

    with (
        laboratory.answering(ISSUING, laboratory.manners.says(b"", status=503)),
        laboratory.answering(ocsp_path(), replayed),
    ):
        assert not any("nonce" in error for error in office.fetch())
        office.move(hours=7)
        assert any("nonce" in error for error in office.fetch())


@pytest.mark.parametrize("what", ["a page", "huge", "silence", "a stranger's list"])
def test_what_is_no_list_of_the_issuer_is_not_stored_and_the_next_address_is_asked(
    office: Office, what: str, monkeypatch: pytest.MonkeyPatch
):
    from tests.pki.authority import make_pki

    laboratory, manners = office.laboratory, office.laboratory.manners
    answers = {
        "a page": manners.says(b"<html>Maintenance</html>"),
        "huge": manners.floods(3 << 20),
        "silence": manners.is_silent(),
        "a stranger's list": manners.says(make_pki().issuing.revocation_list()),
    }
    office.bring()
    office.bring("orphan")
    job = office.hub.fetching()
    exchange = Downloads._exchange

    def impatient(asking: Downloads, method: str, address: str, *request: object) -> bytes:
        odd = address.endswith((ISSUING, ocsp_path()))
        return exchange(replace(asking, seconds=0.5) if odd else asking, method, address, *request)

    monkeypatch.setattr(Downloads, "_exchange", impatient)
    job.downloads = replace(job.downloads, octets=1 << 20)
    with laboratory.answering(ISSUING, answers[what]), laboratory.answering(ocsp_path(), answers[what]):
        while job.run_once():
            pass
    failed = [source for source in office.hub.revocation.sources() if source.failures]
    assert {source.address for source in failed if source.kind is RevocationKind.CRL} == {laboratory.crl_url()}
    assert all(source.last_error for source in failed)
    stored = {item.issuer.partition(",")[0] for item in office.hub.revocation.list_()}
    assert stored == {"CN=CA bị thu hồi", "CN=Root Phòng thí nghiệm"}


def test_an_address_that_fails_is_left_alone_for_longer_each_time(office: Office):
    office.bring()
    waits = []
    with office.laboratory.answering(ISSUING, office.laboratory.manners.says(b"", status=500)):
        for _ in range(3):
            office.fetch()
            waits.append(issuing(office).due_at - office.clock())
            office.move(seconds=waits[-1].total_seconds())
    assert waits == [timedelta(minutes=minutes) for minutes in (2, 4, 8)]
    assert office.fetch() == []


def test_no_address_is_left_alone_for_longer_than_the_interval():
    assert pause(1000, timedelta(hours=6)) == timedelta(hours=6)


def test_a_letter_that_waits_lets_a_tired_address_be_tried_at_once(office: Office):
    office.bring()
    with office.laboratory.answering(ISSUING, office.laboratory.manners.says(b"", status=500)):
        for _ in range(3):
            office.move(minutes=30)
            office.fetch()
    office.move(minutes=6)
    office.bring("organisation")
    assert office.fetch() == []
    assert office.hub.revocation.list_()


def test_a_list_in_pem_is_taken_as_well(office: Office):
    from base64 import encodebytes

    office.bring()
    armour = b"-----BEGIN X509 CRL-----\n" + encodebytes(office.laboratory.revocation_list()) + b"-----END X509 CRL-----\n"
    with office.laboratory.answering(ISSUING, office.laboratory.manners.says(armour)):
        assert office.fetch() == []
    assert "CN=CA Phòng thí nghiệm" in {item.issuer.partition(",")[0] for item in office.hub.revocation.list_()}


def test_all_is_fetched_at_once_on_demand(office: Office):
    office.bring()
    told = office.hub.fetching().fetch_now()
    assert {(source.kind.value, error) for source, error in told} == {("crl", ""), ("ocsp", "")}


def test_two_processes_do_not_ask_the_same_address(office: Office):
    office.bring()
    first, second = office.hub.fetching(), office.hub.fetching()
    first.plan()
    claimed = [first._claimed(), second._claimed(), first._claimed()]
    assert len({source.id for source in claimed if source}) == len([source for source in claimed if source])
