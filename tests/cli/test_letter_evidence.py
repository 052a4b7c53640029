"""What a clerk sees of a letter's signatures, and takes away of them."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from mailhub.cli.signatures import REASONS
from mailhub.verification import plain_name
from parsers.signatures.model import Material, MaterialKind, MaterialReference, Origin, Reason, TimestampSummary
from tests.hub.conftest import reading_of
from tests.policy import builders as b

LEAF, LIST = b"leaf certificate", b"revocation list"


def material(der, kind):
    return Material(kind=kind, sha256=hashlib.sha256(der).hexdigest(), der=der)


def reference(item):
    return MaterialReference(kind=item.kind, sha256=item.sha256, origin=Origin.FILE)


@pytest.fixture
def signed(office, bring):
    """A letter whose seal rests on a certificate and a list, signed seven hours ahead of its timestamp."""
    pieces = (material(LEAF, MaterialKind.CERTIFICATE), material(LIST, MaterialKind.CRL))
    seal = replace(
        b.by_organisation(),
        material=tuple(map(reference, pieces)),
        trust_path=(b.certificate(b.OTHER, "RootCA"), b.certificate(b.SEAL, "Sở Tài chính")),
        timestamp=TimestampSummary(generated_at=b.RECEIVED, authority="TSA", trusted=True),
        claimed_signing_time=b.RECEIVED + timedelta(hours=7),
        reasons=(Reason.SIGNING_TIME_SHIFTED,),
        revocation_updated_at=b.RECEIVED,
        level="T",
    )
    content = b"%PDF-1.7 letter"
    main = replace(
        b.a_file(signed=replace(b.signatures(b.by_person(), seal), material=pieces)), size=len(content), name="226.pdf"
    )
    message = EmailMessage()
    message["From"] = "vanthu@stc.tinh.gov.vn"
    message.set_content("Kính gửi")
    message.add_attachment(content, maintype="application", subtype="pdf", filename="226.pdf")
    mail = (replace(b.of_mail(whole=False), over=()),)
    files = (main, mail[0].file)
    bring((message.as_bytes(), reading_of(files=files)))
    return "h1"


def test_what_a_letter_rests_on_is_listed(office, signed):
    listed = {(item["kind"], item["size"]) for item in office.json("letter", "evidence", signed)}
    assert listed == {("certificate", len(LEAF)), ("crl", len(LIST))}


def test_the_folder_holds_pieces_report_readme_and_files(office, signed, tmp_path):
    folder = tmp_path / "evidence"
    told = office.done("letter", "evidence", signed, "--save", folder)
    assert "report.json" in told
    assert (folder / "certificates" / f"{hashlib.sha256(LEAF).hexdigest()}.cer").read_bytes() == LEAF
    assert (folder / "crls" / f"{hashlib.sha256(LIST).hexdigest()}.crl").read_bytes() == LIST
    assert [path.read_bytes() for path in (folder / "files").iterdir()] == [b"%PDF-1.7 letter"]
    report = json.loads((folder / "report.json").read_text("utf-8"))
    assert (report["letter"], report["legal_value"], report["versions"]["engine"]) == ("h1", "full", ["test"])
    readme = (folder / "README.txt").read_text("utf-8")
    assert "openssl crl -inform DER" in readme
    assert "evidence-saved" in office.done("audit", "show", "--subject", "letter/1")


def test_a_folder_with_something_in_it_is_not_written_into(office, signed, tmp_path):
    (tmp_path / "something").write_text("here")
    assert "is not empty" in office.refused("letter", "evidence", signed, "--save", tmp_path)


def test_explaining_a_letter_shows_each_signature_whole(office, signed):
    said = office.done("letter", "explain", signed)
    for words in (
        "RootCA → Sở Tài chính",
        "an organisation's · Sở Tài chính",
        "timestamp 2024-08-09",
        "not revoked · crl",
        "the whole file",
    ):
        assert words in " ".join(said.split()), words
    assert REASONS[Reason.SIGNING_TIME_SHIFTED].en in " ".join(said.split())
    assert "the signer's clock said 2024-08-09T14:10:00+07:00" in " ".join(said.split())
    assert "A PART of the mail ONLY" in " ".join(said.split())


def test_a_certificate_that_signed_the_mail_alone_is_tied_only_by_name(office, signed):
    assert "give a certificate" in office.refused("agency", "tie", "H29.11", "--letter", signed, "--reason", "by telephone")
    office.done("agency", "tie", "H29.11", b.OTHER, "--reason", "by telephone")


@pytest.mark.parametrize("name", ["Quyết định " * 40 + ".pdf", "🖂" * 200, "../../" + "ữ" * 300, "…/..", "a'\"`$b.pdf"])
def test_a_name_from_a_mail_fits_a_file_system_and_stays_in_its_folder(name, tmp_path):
    plain = plain_name(name)
    (tmp_path / f"1234567-{plain}").write_bytes(b"")
    assert "/" not in plain
    assert not set("'\"`$") & set(plain)
