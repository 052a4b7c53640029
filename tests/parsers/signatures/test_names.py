"""Person or organisation: by the names in the certificate alone."""

import pytest

from parsers.signatures.model import SignerKind
from parsers.signatures.names import SubjectNames, fold, signer_kind
from parsers.signatures.organisation_words import ORGANISATION_WORDS

PERSON, ORGANISATION, UNKNOWN = SignerKind.PERSON, SignerKind.ORGANISATION, SignerKind.UNKNOWN


def kind(common_name: str, organisation: str = "UBND tỉnh Mẫu", issuer: str = "Công ty VNPT", **more) -> SignerKind:
    names = SubjectNames(common_name=common_name, organisation=organisation, issuer_organisation=issuer, **more)
    return signer_kind(names, ORGANISATION_WORDS)


@pytest.mark.parametrize(
    "name",
    [
        *("Sở Tài chính tỉnh Quảng Nam", "Ủy ban nhân dân tỉnh Bắc Ninh", "UBND huyện Ba Vì", "Văn phòng Chính phủ"),
        *("Bộ Nội vụ", "Cục Thuế tỉnh Hà Giang", "Vụ Pháp chế", "Trường Đại học Bách khoa", "Chi cục Thuế quận 1"),
        *("So Tai chinh", "Van phong Tinh uy Quang Ngai", "CONG TY TNHH ABC", "Ministry of Finance", "Example Office"),
        *("Kho bạc Nhà nước", "Công ty Cổ phần FPT", "Ban Quản lý Khu kinh tế", "Hội Nông dân xã Mẫu"),
    ],
)
def test_names_of_organisations_are_known_by_their_words(name):
    assert kind(name) is ORGANISATION


@pytest.mark.parametrize("name", ["Lê Phòng", "Nguyễn Văn Viện", "Phạm Trường Sở", "Doan Thi Diem", "Vu Thi Bo"])
def test_words_of_offices_inside_a_personal_name_do_not_count(name):
    assert kind(name) is PERSON


@pytest.mark.parametrize("name", ["Nguyễn Văn An", "Vũ Đức Đam", "Vu Duc Dam", "Đoàn Hồng Phong", "Trương Hòa Bình"])
def test_a_vietnamese_family_name_marks_a_person(name):
    assert kind(name) is PERSON


def test_a_name_equal_to_the_organisation_is_the_organisations():
    assert kind("Trung tam X", "TRUNG TÂM X") is ORGANISATION
    assert kind("Alpha Beta", "alpha  beta") is ORGANISATION


def test_a_certificate_for_state_bodies_with_another_name_beside_the_organisation_is_a_persons():
    assert kind("Y Blur Adrong", issuer="Ban Cơ yếu Chính phủ") is PERSON
    assert kind("Y Blur Adrong") is UNKNOWN


def test_papers_beside_the_name_tell_where_the_name_does_not():
    assert kind("Alpha 24", user_ids=("MST:0100109106",)) is ORGANISATION
    assert kind("Alpha 24", user_ids=("CCCD:001099000001",)) is PERSON
    assert kind("Alpha 24", user_ids=("MST:0100109106", "CMND:012345678")) is UNKNOWN


def test_a_given_name_or_an_organisation_identifier_decides():
    assert kind("Sở Tài chính", personal=True) is PERSON
    assert kind("Alpha 24", organisation_identifier=True) is ORGANISATION


def test_a_name_that_says_nothing_stays_unknown():
    assert kind("Alice Example") is UNKNOWN
    assert kind("") is UNKNOWN


def test_the_words_are_the_callers():
    names = SubjectNames(common_name="Ratusha Kyiv", organisation="Kyiv", issuer_organisation="CA")

    assert signer_kind(names, ("ratusha",)) is ORGANISATION
    assert signer_kind(names, ()) is UNKNOWN


def test_folding_ignores_case_marks_and_spaces():
    assert fold("  Ban  CƠ YẾU Chính phủ ") == "ban co yeu chinh phu"
    assert fold("Đà Nẵng") == fold("đà nẵng") == "da nang"
