"""The signed giấy mời: nothing is sent in the office's name without both signatures (desk, check 7)."""

import shutil
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from mailhub.demo.letters import LetterText, compose_letter
from mailhub.demo.pki import Holder, Pki
from mailhub.demo.signing import Signing, flip_byte, sign
from mailhub.errors import RefusedError
from mailhub.meetings.orders import Moving
from mailhub.meetings.signed import LetterFile
from mailhub.registers import RegisterOrder
from mailhub.trust.certificates import CertificateFile
from storage import registry
from storage.records import RegisterMode, TrustPurpose
from tests.meetings.conftest import CLERK, NINTH, NOW, TWELFTH

MOVE = Moving(reason="chủ trì bận")
SIGNED_AT = NOW - timedelta(hours=1)
TEXT = LetterText(
    parent="UBND TỈNH TÂY NINH",
    authority="VĂN PHÒNG UBND TỈNH",
    issuer="Văn phòng UBND tỉnh",
    reference="226/GM-VPUB",
    subject="Họp triển khai văn bản điện tử",
    place_and_date="Tây Ninh, ngày 01 tháng 8 năm 2024",
    body=(
        "Văn phòng UBND tỉnh trân trọng kính mời Giám đốc Sở Y tế, Giám đốc Sở Tài chính tới dự họp.",
        "Thời gian: 8 giờ 00, ngày 09 tháng 8 năm 2024.",
    ),
    signing_as=("CHÁNH VĂN PHÒNG",),
    signer="Trần Văn Lâm",
    copies=("Như trên;",),
    type="GIẤY MỜI",
    self_name="Giấy mời",
)


@dataclass(frozen=True)
class Seals:
    """Who signs for the office."""

    pki: Pki
    leader: object
    office: object

    def letter(self, text=TEXT, *, leader=True, office=True):
        composed = compose_letter(text, SIGNED_AT)
        signings = []
        if leader:
            signings.append(Signing(identity=self.leader, field="NguoiKy", moment=SIGNED_AT))
        if office:
            signings.append(Signing(identity=self.office, field="CoQuan", moment=SIGNED_AT + timedelta(minutes=5)))
        return LetterFile(name="GM 226.pdf", content=sign(composed.pdf, self.pki, signings))


@pytest.fixture(scope="module")
def seals():
    pki = Pki.make(SIGNED_AT - timedelta(days=1))
    leader = pki.person(Holder(name="Trần Văn Lâm", organisation="Văn phòng UBND tỉnh", email="lamtv@vpub.example"))
    office = pki.organisation(Holder(name="Văn phòng UBND tỉnh", organisation="UBND tỉnh", email="vpub@vpub.example"))
    return Seals(pki=pki, leader=leader, office=office)


@pytest.fixture
def office(make_office, sqlite_template, tmp_path):
    """What a letter says does not depend on the database; numbers are proved on both elsewhere."""
    shutil.copy(sqlite_template, tmp_path / "letters.db")
    return make_office(f"sqlite:///{tmp_path / 'letters.db'}")


def trusted(office, pki):
    roots = [CertificateFile(certificate=pki.root.certificate, source="root")]
    hub = office.hub
    hub.trust.add(CLERK, roots, TrustPurpose.SIGNER)
    hub.trust.add(CLERK, roots, TrustPurpose.TSA)
    between = [CertificateFile(certificate=pki.issuing.certificate, source="issuing")]
    hub.trust.add(CLERK, between, TrustPurpose.INTERMEDIATE)
    return office


@pytest.fixture
def sealed(office, seals):
    return trusted(office, seals.pki)


def numbers(office):
    with office.hub.database.reading() as tx:
        return [entry.number for entry in registry.list_(tx, office.unit.id, direction="out", limit=9)]


def test_the_signed_letter_is_sent_as_it_is_and_its_number_is_taken(sealed, seals):
    letter = seals.letter()
    meeting = sealed.convene(title="", letter=letter)
    assert meeting.draft.title == "Họp triển khai văn bản điện tử"
    assert numbers(sealed) == [226]
    sealed.wait()
    mails, texts = sealed.send()
    (_, pdf) = mails[0].message.iter_attachments()
    assert pdf.get_content() == letter.content
    assert pdf.get_filename() == "GM 226.pdf"
    assert "đã ký số" in mails[0].text
    assert all("GM 226" in text for _, text in texts)


@pytest.mark.parametrize(
    ("signed_by", "missing"),
    [
        ({"leader": False, "office": False}, "no digital signature"),
        ({"office": False}, "signature of the organisation is missing"),
        ({"leader": False}, "signature of the competent person is missing"),
    ],
)
def test_a_letter_without_both_signatures_is_refused_and_takes_no_number(sealed, seals, signed_by, missing):
    with pytest.raises(RefusedError, match=missing):
        sealed.convene(letter=seals.letter(**signed_by))
    assert numbers(sealed) == []
    assert sealed.hub.reaching.list_(sealed.unit.id) == ()


def test_a_letter_changed_after_signing_is_refused(sealed, seals):
    letter = seals.letter()
    broken = replace(letter, content=flip_byte(letter.content, b"stream\n"))
    with pytest.raises(RefusedError, match=r"changed after signing|not valid"):
        sealed.convene(letter=broken)


def test_without_a_trusted_root_nothing_is_taken_on_trust(office, seals):
    with pytest.raises(RefusedError, match="mailhub trust add"):
        office.convene(letter=seals.letter())


def test_a_root_without_what_lies_between_is_refused_with_what_is_missing(office, seals):
    office.hub.trust.add(CLERK, [CertificateFile(certificate=seals.pki.root.certificate, source="root")], TrustPurpose.SIGNER)
    with pytest.raises(RefusedError, match="the trust set lacks"):
        office.convene(letter=seals.letter())


def test_a_number_out_of_turn_is_refused_with_what_to_do(sealed, seals):
    with pytest.raises(RefusedError, match=r"number 230 is not the next one \(226\)"):
        sealed.convene(letter=seals.letter(replace(TEXT, reference="230/GM-VPUB")))


def test_a_register_of_another_system_takes_the_letter_s_number_once(make_office, database_url, seals):
    office = trusted(make_office(database_url), seals.pki)
    order = RegisterOrder(code="GM", direction="out", kind="GM", mode=RegisterMode.EXTERNAL, next_number=1)
    office.hub.registers.open(CLERK, office.unit.id, order)
    letter = seals.letter(replace(TEXT, reference="731/GM-VPUB"))
    office.convene(letter=letter)
    assert numbers(office) == [731]
    with pytest.raises(RefusedError, match="another document's already"):
        office.convene(letter=letter)
    with pytest.raises(RefusedError, match="--number"):
        office.convene()
    assert office.done(office.hub.secretary.convene(office.unit, office.order(number=732))).plan.content.invitation.number == 732


def test_another_day_in_the_letter_is_warned_of_and_the_clerk_s_word_counts(sealed, seals):
    proposal = sealed.hub.secretary.convene(sealed.unit, sealed.order(starts_at=TWELFTH, letter=seals.letter()))
    done = sealed.done(proposal)
    assert "does not name 2024-08-12" in done.plan.warnings[0].en
    assert done.meeting.starts_at == TWELFTH
    same = sealed.hub.secretary.convene(
        sealed.unit, sealed.order(starts_at=NINTH, letter=seals.letter(replace(TEXT, reference="227/GM-VPUB")))
    )
    assert [warning for warning in sealed.hub.convening.foresee(same).warnings if "does not name" in warning.en] == []


def test_the_signed_letter_takes_the_place_of_its_draft(sealed, seals):
    meeting = sealed.convene()
    sealed.wait()
    first = sealed.send()[0][0]
    sealed.papers(meeting, letter=seals.letter())
    sealed.wait()
    mails, texts = sealed.send()
    assert texts == []
    assert (mails[0].event["SEQUENCE"], mails[0].method) == (first.event["SEQUENCE"], "REQUEST")
    assert mails[0].files == ["invite.ics", "GM 226.pdf"]
    assert numbers(sealed) == [226]


def test_a_letter_with_another_number_is_not_this_meeting_s(sealed, seals):
    meeting = sealed.convene()
    with pytest.raises(RefusedError, match="this meeting's invitation is 226/GM-VPUB"):
        sealed.papers(meeting, letter=seals.letter(replace(TEXT, reference="227/GM-VPUB")))


def test_a_moved_meeting_no_longer_sends_the_letter_with_the_old_time(sealed, seals):
    meeting = sealed.convene(letter=seals.letter())
    sealed.wait()
    sealed.send()
    done = sealed.done(sealed.hub.secretary.move(sealed.unit, meeting.id, replace(MOVE, starts_at=TWELFTH)))
    assert any("old time" in warning.en for warning in done.plan.warnings)
    sealed.wait()
    mails, _ = sealed.send()
    assert mails[0].files == ["invite.ics"]
    assert "226/GM-VPUB" in mails[0].text


def test_a_secret_letter_or_paper_never_leaves(sealed, seals):
    secret = replace(TEXT, marks=("MẬT",))
    with pytest.raises(RefusedError, match="secrecy mark"):
        sealed.convene(letter=seals.letter(secret))
    paper = LetterFile(name="mat.pdf", content=compose_letter(secret, SIGNED_AT).pdf)
    with pytest.raises(RefusedError, match=r"mat\.pdf bears a secrecy mark"):
        sealed.convene(papers=(paper,))


def test_what_is_no_document_is_refused(sealed):
    with pytest.raises(RefusedError, match="no readable PDF"):
        sealed.convene(letter=LetterFile(name="x.pdf", content=b"%PDF-1.4 nothing"))
