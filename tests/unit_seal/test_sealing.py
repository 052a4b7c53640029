"""The unit's seal: by a clerk's act only, after the competent person only, checked again before anything is given out."""

import hashlib
import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from pyhanko.sign.fields import MDPPerm

from mailhub.directory.holders import NamedCertificate
from mailhub.errors import RefusedError, TryLaterError
from mailhub.language import Language
from mailhub.meetings.signed import LetterFile
from mailhub.signing.timestamps import Timestamping, TsaAddress
from mailhub.unit_seal.orders import SealForm, Spot
from parsers.signatures.check import check
from parsers.signatures.model import Indication, SignerKind
from parsers.signatures.trust import TrustSnapshot
from storage.records import AgencyCode, AgencyDraft
from tests.pki.authority import DAY, NOW, Wish
from tests.pki.documents import letter, replace_page, sign, update
from tests.pki.services import ARCHITECTURE
from tests.unit_seal.conftest import CLERK, SEALED_AT, SETTINGS, UNIT

COPIES = (SealForm.TRUE_COPY, SealForm.COPY_OF_COPY, SealForm.EXTRACT)


def reports(content, pki):
    return check(content, "x.pdf", pki.trust, received_at=NOW + DAY, now=NOW + DAY).signatures


def refused(office, content, **order):
    """The sentence of a refusal, after which nothing was written and nothing noted."""
    with pytest.raises(RefusedError) as caught:
        office.seal(content, **order)
    assert office.files() == []
    assert office.events() == []
    return caught.value.in_(Language.EN)


def test_a_letter_signed_by_the_competent_person_is_sealed_and_both_signatures_hold(office, signed, pki):
    made = office.seal(signed, reason="phát hành")
    content = (office.folder / "out.pdf").read_bytes()
    person, unit = reports(content, pki)
    assert [report.indication for report in (person, unit)] == [Indication.TOTAL_PASSED] * 2
    assert [report.signer_kind for report in (person, unit)] == [SignerKind.PERSON, SignerKind.ORGANISATION]
    assert content.startswith(signed)
    assert (made.level, made.persons, made.page) == ("B-B", ("Nguyễn Văn Mẫu",), 1)
    assert made.sha256 == hashlib.sha256(content).hexdigest()
    assert unit.claimed_signing_time == SEALED_AT


def test_pdfsig_says_that_both_signatures_are_valid_and_the_seal_is_over_the_whole_document(office, signed):
    office.seal(signed)
    command = ["pdfsig", "-nocert", office.folder / "out.pdf"]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200).stdout
    assert said.count("Signature is Valid") == 2
    assert said.rindex("Total document signed") > said.index("Not total document signed")


def test_the_seal_stands_over_the_left_third_of_the_person_s_signature(make_office, signed):
    office = make_office(SETTINGS + "seal_caption = false\n")
    left, bottom, right, top = office.seal(signed).box
    assert right == pytest.approx(350, abs=1.5)
    assert right - left == pytest.approx(36 * 72 / 25.4, abs=1.5)
    assert (bottom + top) / 2 == pytest.approx(125, abs=1)


def test_the_log_says_who_sealed_what_after_whom_and_at_which_level(office, signed, pki):
    made = office.seal(signed, reason="phát hành")
    [event] = office.events()
    assert event["actor"]["name"] == "lan"
    assert event["reason"] == "phát hành"
    data = event["data"]
    assert (data["from"], data["sha256"]) == (hashlib.sha256(signed).hexdigest(), made.sha256)
    assert (data["form"], data["level"]) == ("document", "B-B")
    assert data["persons"] == [hashlib.sha256(pki.person.der).hexdigest()]
    assert data["certificate"] == hashlib.sha256(pki.organisation.der).hexdigest()


def test_nothing_is_sealed_before_the_person_has_signed(office, signed, pki, leader, stranger):
    assert "who must sign before" in refused(office, letter())
    only_unit = sign(letter(), replace(leader, identity=pki.organisation))
    assert "competent person is missing" in refused(office, only_unit)
    assert "not settled" in refused(office, sign(letter(), replace(leader, identity=stranger)))


def test_what_was_changed_after_the_person_signed_is_not_sealed(office, signed):
    assert "changed after signing" in refused(office, update(signed, replace_page))
    broken = bytearray(signed)
    broken[broken.index(b"/Contents") - 300] ^= 1
    assert refused(office, bytes(broken))


def test_an_expired_or_wrongly_issued_person_s_certificate_is_no_reason_to_seal(office, pki, leader):
    old = pki.issuing.issue(Wish(common_name="Nguyễn Văn Cũ", years=(NOW - 90 * DAY, NOW - DAY)))
    assert "was not valid" in refused(office, sign(letter(), replace(leader, identity=old)))
    server = pki.issuing.issue(Wish(common_name="Nguyễn Văn Máy", usage=frozenset({"key_encipherment"})))
    assert refused(office, sign(letter(), replace(leader, identity=server)))


def test_a_signature_that_allows_no_changes_is_named_before_anything_is_done(office, leader):
    locked = sign(letter(), replace(leader, certify=MDPPerm.NO_CHANGES))
    assert "DocMDP" in refused(office, locked)


def test_a_certified_letter_that_allows_signatures_is_sealed(office, leader, pki):
    office.seal(sign(letter(), replace(leader, certify=MDPPerm.FILL_FORMS)))
    found = reports((office.folder / "out.pdf").read_bytes(), pki)
    assert {report.indication for report in found} == {Indication.TOTAL_PASSED}


def test_the_seal_is_put_on_once(office, signed):
    office.seal(signed)
    with pytest.raises(RefusedError, match="already"):
        office.seal((office.folder / "out.pdf").read_bytes(), out="again.pdf")
    assert office.files() == ["out.pdf"]


def test_several_persons_sign_and_the_seal_goes_to_the_last(make_office, signed, pki, leader):
    office = make_office(SETTINGS + "seal_caption = false\n")
    second = pki.issuing.issue(Wish(common_name="Trần Thị Mẫu", key=5))
    both = sign(signed, replace(leader, identity=second, field="Deputy", box=(300, 400, 450, 450)))
    made = office.seal(both)
    assert made.persons == ("Nguyễn Văn Mẫu", "Trần Thị Mẫu")
    assert made.box[2] == pytest.approx(350, abs=1.5)
    assert (made.box[1] + made.box[3]) / 2 == pytest.approx(425, abs=1)


def test_an_invisible_signature_needs_a_place_from_the_clerk(office, leader):
    invisible = sign(letter(2), replace(leader, box=None))
    assert "--at" in refused(office, invisible)
    assert "no page 3" in refused(office, invisible, spot=Spot(page=3, left_mm=100, bottom_mm=50))
    assert office.seal(invisible, spot=Spot(page=2, left_mm=100, bottom_mm=50)).page == 2


def test_secret_documents_and_other_files_are_not_sealed(office, signed):
    assert "no PDF" in refused(office, b"just words", name="thu.txt")
    assert refused(office, b"%PDF-1.7 broken")


# --- whose signature --------------------------------------------------------------------------------------------------


def add_agency(office, name, code):
    office.hub.directory.add_agency(
        CLERK, office.unit.id, AgencyDraft(codes=(AgencyCode(code=code),), name=name, kind="state", mode="propose")
    )


def tie(office, identity, code, kind=SignerKind.PERSON):
    named = NamedCertificate(sha256=hashlib.sha256(identity.der).hexdigest())
    office.hub.directory.tie_certificate(CLERK, office.unit.id, named, code, kind=kind, reason="checked")


def test_while_nobody_is_tied_the_clerk_is_told_to_look(office, signed):
    [warning] = office.seal(signed).warnings
    assert "Nguyễn Văn Mẫu" in warning.vi


def test_a_person_tied_to_the_unit_is_taken_without_a_word(office, signed, pki):
    add_agency(office, UNIT, "H01.11")
    tie(office, pki.person, "H01.11")
    assert office.seal(signed).warnings == ()


def test_a_person_of_another_agency_does_not_bring_our_seal(office, signed, pki):
    add_agency(office, "Sở Nội vụ", "H01.12")
    tie(office, pki.person, "H01.12")
    assert "belongs to Sở Nội vụ" in refused(office, signed)


def test_once_the_unit_s_persons_are_known_an_unknown_one_is_refused(office, signed, pki):
    add_agency(office, UNIT, "H01.11")
    tie(office, pki.issuing.issue(Wish(common_name="Lê Thị Mẫu", key=5)), "H01.11")
    assert "agency tie" in refused(office, signed)


# --- annexes and copies -----------------------------------------------------------------------------------------------


def test_an_annex_shows_number_and_time_of_the_document_it_belongs_to(office, numbered, pki):
    main = LetterFile(name="van-ban.pdf", content=numbered)
    made = office.seal(letter(), form=SealForm.ANNEX, main=main)
    assert (made.reference, made.page, made.form) == ("226/STC-NS", 1, SealForm.ANNEX)
    [report] = reports((office.folder / "out.pdf").read_bytes(), pki)
    assert report.indication is Indication.TOTAL_PASSED


def test_an_annex_needs_a_document_that_the_person_has_signed_and_a_number(office, signed):
    unsigned = LetterFile(name="van-ban.pdf", content=letter())
    assert "who must sign before" in refused(office, letter(), form=SealForm.ANNEX, main=unsigned)
    bare = LetterFile(name="van-ban.pdf", content=signed)
    assert "--reference" in refused(office, letter(), form=SealForm.ANNEX, main=bare)
    assert "--annex-of" in refused(office, letter(), form=SealForm.ANNEX)
    assert office.seal(letter(), form=SealForm.ANNEX, main=bare, reference="12/STC-NS").reference == "12/STC-NS"


@pytest.mark.parametrize("form", COPIES)
def test_a_copy_that_the_unit_made_needs_no_person(office, pki, form):
    made = office.seal(letter(), form=form)
    [report] = reports((office.folder / "out.pdf").read_bytes(), pki)
    assert report.indication is Indication.TOTAL_PASSED
    assert report.signer_kind is SignerKind.ORGANISATION
    assert (made.form, office.events()[0]["data"]["form"]) == (form, form.value)


def test_a_copy_whose_signature_is_broken_is_not_sealed(office, signed):
    assert refused(office, update(signed, replace_page), form=SealForm.TRUE_COPY)


# --- the key ----------------------------------------------------------------------------------------------------------


def test_without_a_seal_on_this_machine_nothing_is_sealed(make_office, signed):
    office = make_office(SETTINGS.replace('seal_file = "seal.p12"', ""))
    assert "not on this machine" in refused(office, signed)


def test_a_seal_that_names_a_person_is_refused(make_office, signed, pki):
    office = make_office(seal=pki.issuing.issue(Wish(common_name="Lê Văn Dấu", key=4)))
    assert "names a person" in refused(office, signed)


def test_a_clerk_s_word_that_a_certificate_is_the_organisation_s_goes_before_its_names(make_office, signed, pki):
    seal = pki.issuing.issue(Wish(common_name="Lê Lợi", key=4))
    office = make_office(seal=seal)
    add_agency(office, UNIT, "H01.11")
    tie(office, seal, "H01.11", SignerKind.ORGANISATION)
    tie(office, pki.person, "H01.11")
    assert office.seal(signed).warnings == ()


def test_a_seal_whose_names_say_nothing_is_used_with_a_warning(make_office, signed, pki):
    office = make_office(seal=pki.issuing.issue(Wish(common_name="VPX-01", organisation=None, key=4)))
    assert any("--kind organisation" in warning.en for warning in office.seal(signed).warnings)


def test_the_system_certificate_under_another_name_is_refused_as_seal(make_office, signed):
    office = make_office(SETTINGS + 'system_file = "copy.p12"\n')
    home = office.hub.home
    (home / "copy.p12").write_bytes((home / "seal.p12").read_bytes())
    office.hub.system_key.password = office.hub.seal_key.password
    assert "same key" in refused(office, signed)


def test_an_expired_seal_is_refused(make_office, signed, pki):
    old = pki.issuing.issue(Wish(common_name="Sở Tài chính", key=4, years=(NOW - 90 * DAY, NOW - DAY)))
    assert "expired" in refused(make_office(seal=old), signed)


def test_a_seal_that_our_own_check_does_not_believe_is_not_given_out(make_office, signed, pki):
    from tests.pki.authority import Authority

    usage = frozenset({"key_cert_sign", "crl_sign"})
    root = Authority.self_signed(Wish(common_name="Root khác", usage=usage, purposes=None, authority=True, key=6))
    office = make_office(seal=root.issue(Wish(common_name="Sở Tài chính tỉnh Mẫu", key=4)))
    assert "checked again" in refused(office, signed)


def test_without_a_picture_a_document_is_not_sealed_but_a_copy_is(make_office, signed):
    office = make_office(SETTINGS.replace('seal_picture = "seal.png"', ""))
    assert "signing.seal_picture" in refused(office, signed)
    office.seal(letter(), form=SealForm.TRUE_COPY)


# --- the file ---------------------------------------------------------------------------------------------------------


def test_a_file_that_exists_is_never_overwritten(office, signed):
    (office.folder / "out.pdf").write_bytes(b"mine")
    with pytest.raises(RefusedError, match="exists already"):
        office.seal(signed)
    assert (office.folder / "out.pdf").read_bytes() == b"mine"
    assert office.events() == []


def test_a_seal_is_in_the_log_before_its_file_has_a_name(office, signed, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    # The registry flushes in its own library; only the result's file meets this.
    monkeypatch.setattr("mailhub.unit_seal.writing.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        office.seal(signed)
    assert office.files() == []
    assert len(office.events()) == 1


def test_a_folder_that_does_not_exist_is_named(office, signed):
    assert "there is no folder" in refused(office, signed, out="nowhere/out.pdf")


# --- timestamps -------------------------------------------------------------------------------------------------------


@pytest.fixture
def stamped(office, laboratory):
    """An office that asks the living authority, whose clock shows the time of sealing."""
    laboratory.now = SEALED_AT + timedelta(seconds=2)
    trust = TrustSnapshot(tsa_anchors=laboratory.trust.tsa_anchors)
    address = TsaAddress(url=laboratory.tsa_url, seconds=3)
    timestamping = Timestamping(address=address, trust=lambda: trust, clock=office.clock)
    vars(office.hub)["unit_seal"] = replace(office.hub.unit_seal, timestamping=timestamping)
    return office


def test_with_an_authority_the_seal_is_of_level_b_t(stamped, signed, pki):
    assert stamped.seal(signed).level == "B-T"
    unit = reports((stamped.folder / "out.pdf").read_bytes(), pki)[1]
    assert (unit.level, unit.indication) == ("T", Indication.TOTAL_PASSED)


def test_an_authority_that_fails_is_a_reason_to_try_later_unless_the_clerk_does_without(stamped, signed, laboratory):
    with laboratory.answering(f"/{ARCHITECTURE}/tsa/tsa", laboratory.manners.says(b"", status=503)):
        with pytest.raises(TryLaterError, match="--without-timestamp"):
            stamped.seal(signed)
        assert stamped.files() == []
        assert stamped.events() == []
        assert stamped.seal(signed, without_timestamp=True).level == "B-B"
