"""Every shortcut around the engine gives the report that the engine alone gives."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from asn1crypto import cms

from parsers.signatures import chain, pdf_changes, plain_lists
from parsers.signatures.check import check
from parsers.signatures.engine import prepare
from parsers.signatures.known_paths import KnownPath, Role
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.model import DocumentSignatures, Indication
from parsers.signatures.pdf_reader import BoundedReader
from parsers.signatures.pdf_references import page_tree, remote_pages
from parsers.signatures.plain_lists import ListIndex, Word, serials_in
from parsers.signatures.trust import TrustSnapshot
from tests.parsers.signatures.test_changes_after_signing import crop, remove_page, replace_font, swap_pages
from tests.parsers.signatures.test_corpora import found_in, pdfs, roots, signatures_of
from tests.pki.authority import DAY, NOW, YEARS, Authority, Wish, make_pki
from tests.pki.documents import Signing, add_annotation, letter, replace_page, sign, update

PKI = make_pki()
LISTS = (PKI.issuing.revocation_list(), PKI.root.revocation_list())
TRUST = replace(PKI.trust, crls=LISTS)


@contextmanager
def engine_alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No signature, path or list is judged by a shortcut, and every page is compared."""
    with monkeypatch.context() as patched:
        patched.setattr(chain, "plain_signer", lambda *_arguments: None)
        patched.setattr(chain, "plain_stamper", lambda *_arguments: None)
        patched.setattr(ListIndex, "word", lambda *_arguments: Word.UNCLEAR)
        patched.setattr(pdf_changes, "remote_pages", lambda *_arguments: frozenset())
        yield


@cache
def trust_of(path: Path) -> tuple[TrustSnapshot, datetime]:
    """Every root that the file itself brings, and an hour after its last claimed signing."""
    content = path.read_bytes()
    anchors = tuple(sorted({certificate.dump() for certificate in roots(content, signatures_of(content))}))
    times = [report.claimed_signing_time for report in found_in(path).signatures if report.claimed_signing_time]
    moment = max(times, default=datetime(2026, 3, 2, tzinfo=UTC)) + timedelta(hours=1)
    return TrustSnapshot(signer_anchors=anchors, tsa_anchors=anchors), moment


def report_on(path: Path) -> DocumentSignatures:
    trust, moment = trust_of(path)
    return check(path.read_bytes(), path.name, trust, received_at=moment, now=moment)


def test_the_corpora_are_judged_alike(corpora, monkeypatch):
    compared = passed = 0
    for path in [path for path in pdfs(corpora) if path.stat().st_size < 300_000][::5]:
        quick = report_on(path)
        with engine_alone(monkeypatch):
            assert report_on(path) == quick, path.name
        compared += len(quick.signatures)
        passed += quick.indication is Indication.TOTAL_PASSED
    assert compared >= 20
    assert passed >= 3


def test_what_is_done_to_many_pages_is_found_alike(monkeypatch):
    signed = sign(letter(6), signer())
    changes = {
        "nothing": signed,
        "seal": sign(signed, Signing(identity=PKI.organisation, field="Seal", page=3)),
        "page": update(signed, lambda writer: replace_page(writer, 4)),
        "note": update(signed, lambda writer: add_annotation(writer, 2)),
        "order": update(signed, swap_pages),
        "font": update(signed, replace_font),
        "crop": update(signed, crop),
        "removed": update(signed, remove_page),
    }
    for name, content in changes.items():
        quick = check(content, "a.pdf", TRUST, received_at=NOW + DAY, now=NOW + DAY)
        with engine_alone(monkeypatch):
            assert check(content, "a.pdf", TRUST, received_at=NOW + DAY, now=NOW + DAY) == quick, name


def test_pages_that_an_update_does_not_reach_are_not_read(monkeypatch):
    content = sign(sign(letter(6), signer()), Signing(identity=PKI.organisation, field="Seal"))
    reader = BoundedReader(content, SignatureLimits())
    pages, nodes = page_tree(reader)
    changed = frozenset(ref.idnum for ref in reader.xrefs.explicit_refs_in_revision(reader.total_revisions - 1))

    assert len(pages) == 6
    assert len(remote_pages(reader, changed)) == 5
    assert remote_pages(reader, changed | {number for number, _generation in nodes}) == frozenset()
    # A page that links to a changed one is compared.
    assert remote_pages(reader, changed | {number for number, _generation in pages}) == frozenset()


def signer(**wish) -> Signing:
    return Signing(identity=PKI.issuing.issue(Wish(**({"common_name": "Trần Thị Mẫu"} | wish))), tsa=PKI.tsa)


REVOKED = PKI.issuing.issue(Wish(common_name="Trần Thị Thu Hồi"))
CASES = {
    "good": signer(),
    "expired": signer(years=(YEARS[0], NOW - DAY)),
    "not yet valid": signer(years=(NOW + 5 * DAY, YEARS[1])),
    "wrong usage": signer(usage=frozenset({"key_encipherment"})),
    "short key": signer(bits=1024, key=20),
    "stranger": Signing(identity=Authority.self_signed(Wish(common_name="Lạ", key=5)).identity, tsa=PKI.tsa),
    "chain inside": replace(signer(), chain=(PKI.issuing.identity,)),
    "long digest": replace(signer(), digest="sha512"),
    "weak digest": replace(signer(), digest="sha1"),
    "revoked": Signing(identity=REVOKED, tsa=PKI.tsa),
    "stamped by a stranger": replace(signer(), tsa=PKI.person),
    "no timestamp": replace(signer(), tsa=None),
}
SNAPSHOTS = {
    "with lists": replace(TRUST, crls=(PKI.issuing.revocation_list({REVOKED: NOW - DAY}), LISTS[1])),
    "without lists": PKI.trust,
    "with old lists": replace(TRUST, crls=(PKI.issuing.revocation_list(at=NOW - 9 * DAY, until=NOW - 2 * DAY), LISTS[1])),
    "with another's list": replace(
        TRUST, crls=(LISTS[1], Authority.self_signed(Wish(common_name="CA Mẫu", key=6)).revocation_list())
    ),
    "without intermediates": replace(TRUST, intermediates=()),
    "with answers": replace(PKI.trust, ocsp_responses=(PKI.issuing.answer(REVOKED, revoked_at=NOW - DAY),)),
}


@pytest.mark.parametrize("case", CASES)
def test_the_test_pki_is_judged_alike(case, monkeypatch):
    signed = sign(letter(), CASES[case])
    for trust in SNAPSHOTS.values():
        for received_at in (NOW + DAY, NOW + 30 * DAY):
            quick = check(signed, "a.pdf", trust, received_at=received_at, now=received_at)
            with engine_alone(monkeypatch):
                assert check(signed, "a.pdf", trust, received_at=received_at, now=received_at) == quick


def test_a_path_is_remembered_by_the_whole_certificate_and_for_the_time_that_it_holds():
    trust = replace(TRUST, ocsp_responses=(b"a snapshot of its own",))
    first, last = NOW - 3 * DAY, NOW + 3 * DAY
    signed = sign(letter(), replace(signer(years=(first, last)), tsa=None))
    verdicts = [
        check(signed, "a.pdf", trust, received_at=moment, now=moment).indication for moment in (NOW, first - DAY, last + DAY, NOW)
    ]

    assert [verdict is Indication.TOTAL_PASSED for verdict in verdicts] == [True, False, False, True]
    (known,) = prepare(trust).paths.items()
    (role, digest), path = known
    assert (role, len(digest)) == (Role.SIGNER, 32)
    assert isinstance(path, KnownPath)
    assert (path.begin, path.end) == (first, last)


def test_a_certificate_with_known_names_and_number_is_not_taken_for_the_known_one():
    trust = replace(TRUST, ocsp_responses=(b"another snapshot of its own",))
    good = signer()
    forger = Authority.self_signed(Wish(common_name="CA Mẫu", organisation="Ban Cơ yếu Mẫu", key=7, authority=True))
    copied = forger.issue(Wish(common_name="Trần Thị Mẫu"))
    for identity, passes in ((good.identity, True), (copied, False)):
        found = check(sign(letter(), replace(good, identity=identity)), "a.pdf", trust, received_at=NOW + DAY, now=NOW + DAY)
        assert (found.indication is Indication.TOTAL_PASSED) is passes


def test_a_path_over_a_certificate_from_a_file_is_not_remembered():
    trust = replace(TRUST, intermediates=(), ocsp_responses=(b"a third snapshot",))
    signed = sign(letter(), CASES["chain inside"])

    assert check(signed, "a.pdf", trust, received_at=NOW + DAY, now=NOW + DAY).indication is Indication.TOTAL_PASSED
    assert [role for role, _digest in prepare(trust).paths] == [Role.AUTHORITY]


def test_a_list_is_read_once_however_many_documents_ask(monkeypatch):
    trust = replace(TRUST, ocsp_responses=(b"a fourth snapshot",))
    read = []
    original = plain_lists.read_list
    monkeypatch.setattr(plain_lists, "read_list", lambda container: read.append(1) or original(container))
    for number in range(3):
        signed = sign(letter(), signer(common_name=f"Người ký {number}"))
        assert check(signed, "a.pdf", trust, received_at=NOW + DAY, now=NOW + DAY).signatures[0].revocation_status == "good"

    assert len(read) == len(LISTS)


def test_serial_numbers_are_those_of_the_list():
    revoked = {PKI.issuing.issue(Wish(common_name=str(number))): NOW for number in range(20)}
    (container,) = prepare(replace(TRUST, crls=(PKI.issuing.revocation_list(revoked),))).crls
    entries = container.crl_data["tbs_cert_list"]["revoked_certificates"]

    assert set(serials_in(entries.contents)) == {identity.certificate.serial_number for identity in revoked}


@pytest.mark.parametrize(
    "damaged", [b"\x30", b"\x30\x03\x02\x01", b"\x31\x03\x02\x01\x01", b"\x30\x80\x02\x01\x01", b"\x30\x02\x02\x05\x01\x01"]
)
def test_damaged_entries_make_no_set(damaged):
    with pytest.raises(ValueError, match=r"element|entry"):
        list(serials_in(damaged))


def test_the_message_that_the_engine_sees_is_left_as_it_was():
    signed = sign(letter(), signer())
    digits = signed[signed.index(b"/Contents <") + 11 :]
    message = bytes.fromhex(digits[: digits.index(b">")].decode())
    content = cms.ContentInfo.load(message)["content"]
    before = content.dump()
    chain.plain_signer(content, b"")

    assert content.dump() == before
