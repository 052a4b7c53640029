"""Letters signed by files beside them and around them, and mails that are signed themselves: real files, the real reader."""

import hashlib
import json
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from mailhub import codec
from mailhub.checking.reading import Reading
from mailhub.demo.cast import CORRESPONDENTS, FINANCE, JUSTICE, OFFICE
from mailhub.demo.dossier import Content
from mailhub.demo.dossier import Desk as Writers
from mailhub.demo.home import fill
from mailhub.demo.pki import Holder, Identity, Pki
from mailhub.demo.signing import Signing, replace_page, sign
from mailhub.directory.holders import named
from mailhub.hub import create_home, open_hub
from mailhub.policy.reasons import ReasonCode
from parsers.signatures.certificates import summary
from storage import documents, submissions, validation_material
from storage.records import LetterState
from tests.hub.conftest import CLERK, FixedClock
from tests.hub.test_regrouping import Office, ReadersInPlace
from tests.pki.xml_documents import Ref, XmlSigning
from tests.pki.xml_documents import sign as sign_xml

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
BUDGET = Content(
    number=226,
    unit="NS",
    subject="báo cáo quyết toán ngân sách",
    body=("Sở Tài chính báo cáo quyết toán ngân sách 6 tháng đầu năm.",),
)


@pytest.fixture(scope="module")
def writers() -> Writers:
    return Writers.furnish(Pki.make(NOW), CORRESPONDENTS, NOW)


@pytest.fixture(scope="module")
def letter(writers: Writers) -> bytes:
    """A letter that nobody has signed yet."""
    return writers.compose(FINANCE, BUDGET).pdf


@pytest.fixture(scope="module")
def signed_letter(writers: Writers) -> bytes:
    return writers.letter(FINANCE, BUDGET).content


@pytest.fixture(scope="module")
def furnished(tmp_path_factory, writers) -> Path:
    """The home of a furnished office; made once and copied."""
    home = tmp_path_factory.mktemp("furnished") / "hub"
    create_home(home, {})
    hub = open_hub(home, {}, FixedClock(NOW))
    fill(hub, writers.pki, writers.seals)
    hub.close()
    return home


def opened(home: Path, environ: dict[str, str]) -> Office:
    hub = open_hub(home, environ, FixedClock(NOW))
    readers = ReadersInPlace()
    readers.readings = {}
    vars(hub)["readers"] = readers
    return Office(hub=hub, clock=hub.clock, readers=readers, unit=hub.directory.unit())


@pytest.fixture
def office(furnished, tmp_path) -> Iterator[Office]:
    made = opened(shutil.copytree(furnished, tmp_path / "hub"), {})
    yield made
    made.hub.close()


@pytest.fixture
def any_office(database_url, tmp_path, writers) -> Iterator[Office]:
    """The same on either database, for what is stored in a new way."""
    home, environ = tmp_path / "hub", {"MAILHUB_STORAGE__DATABASE": database_url}
    create_home(home, environ)
    hub = open_hub(home, environ, FixedClock(NOW))
    fill(hub, writers.pki, writers.seals)
    hub.close()
    made = opened(home, environ)
    yield made
    made.hub.close()


def cms(content: bytes, *signers: Identity, detached: bool = True) -> bytes:
    """A CMS signature over a content, which is inside or beside it."""
    builder = PKCS7SignatureBuilder().set_data(content)
    for signer in signers:
        builder = builder.add_signer(signer.certificate, signer.key, hashes.SHA256())
    options = [PKCS7Options.Binary, PKCS7Options.NoCapabilities]
    return builder.sign(Encoding.DER, [*options, PKCS7Options.DetachedSignature] if detached else options)


def a_mail(*files: tuple[str, bytes], sender=FINANCE, subject="Báo cáo quyết toán") -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender.address, OFFICE.address, subject
    message["Message-ID"] = f"<{subject.encode().hex()}@{sender.domain}>"
    message.set_content("Sở Tài chính gửi báo cáo.", cte="base64")
    for name, content in files:
        subtype = "pdf" if name.endswith(".pdf") else "octet-stream"
        message.add_attachment(content, maintype="application", subtype=subtype, filename=name)
    return message


def mailed(message: EmailMessage, signer: Identity, alter=lambda entity: entity) -> bytes:
    """The mail with an S/MIME signature over all that it shows (multipart/signed)."""
    header = {name: message[name] for name in ("From", "To", "Subject", "Message-ID")}
    for name in (*header, "MIME-Version"):
        del message[name]
    entity = message.as_bytes()
    signature = cms(entity, signer)
    outer = EmailMessage(policy=SMTP)
    outer.set_content(signature, maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    head = "".join(f"{name}: {value}\r\n" for name, value in header.items()).encode()
    kind = b'MIME-Version: 1.0\r\nContent-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary="=sig"\r\n\r\n'
    return head + kind + b"--=sig\r\n" + alter(entity) + b"\r\n--=sig\r\n" + outer.as_bytes() + b"\r\n--=sig--\r\n"


def only_letter(office: Office):
    (view,) = office.hub.letters.list_(office.unit.id)
    return view


def record_of(office: Office, view):
    return office.hub.letters.explain(office.unit.id, view.letter.id).record


def both(writers: Writers) -> tuple[Identity, Identity]:
    seals = writers.seals[FINANCE.code]
    return seals.leader, seals.agency


def test_signatures_beside_a_letter_make_it_complete(any_office, writers, letter):
    leader, agency = both(writers)
    files = (("226.pdf", letter), ("226.pdf.p7s", cms(letter, leader)), ("dau.p7s", cms(letter, agency)))
    any_office.take(a_mail(*files).as_bytes())
    view = only_letter(any_office)
    assert (view.letter.draft.state, view.entry.draft.legal_value) == (LetterState.FILED, "full")
    assert [item.role for item in any_office.hub.letters.show(any_office.unit.id, view.letter.id).files] == [
        "main",
        "signature",
        "signature",
    ]
    assert (view.letter.draft.signatures_seen, view.letter.draft.signatures_valid) == (2, 2)


def test_a_letter_out_of_a_signed_envelope_is_filed_with_both_names(office, writers, letter):
    office.take(a_mail(("226.pdf.p7m", cms(letter, *both(writers), detached=False))).as_bytes())
    view = only_letter(office)
    assert (view.letter.draft.state, view.entry.draft.legal_value) == (LetterState.FILED, "full")
    files = office.hub.letters.show(office.unit.id, view.letter.id).files
    assert {(item.file.name, item.role) for item in files} == {("226.pdf", "main"), ("226.pdf.p7m", "signature")}


def test_an_xml_signature_beside_a_letter_is_one_of_the_two(office, writers, letter):
    leader, agency = both(writers)
    over_letter = Ref(uri="226.pdf", transforms=(), content=letter)
    sealed = sign_xml(b"", XmlSigning(identity=agency, place=None, references=(over_letter,)))
    office.take(a_mail(("226.pdf", letter), ("226.pdf.p7s", cms(letter, leader)), ("226.xml", sealed)).as_bytes())
    view = only_letter(office)
    assert (view.letter.draft.state, view.entry.draft.legal_value) == (LetterState.FILED, "full")


def test_one_of_the_two_beside_the_letter_is_held_as_one(office, writers, letter):
    office.take(a_mail(("226.pdf", letter), ("226.pdf.p7s", cms(letter, both(writers)[1]))).as_bytes())
    decision = record_of(office, only_letter(office)).decision
    assert decision.reasons == (ReasonCode.ONE_SIGNATURE_MISSING, ReasonCode.PERSON_SIGNATURE_MISSING)
    assert decision.legal_value == "one-missing"


def test_a_letter_altered_beside_its_signature_is_left_to_a_clerk_to_return(office, writers, letter):
    signature = cms(letter, *both(writers))
    office.take(a_mail(("226.pdf", letter + b"% more\n"), ("226.pdf.p7s", signature)).as_bytes())
    decision = record_of(office, only_letter(office)).decision
    assert (decision.reasons, decision.automatic, decision.legal_value) == ((ReasonCode.SIGNATURE_BROKEN,), False, "invalid")


def test_a_signature_whose_document_did_not_come_is_never_unsigned(office, writers, letter):
    office.take(a_mail(("226.pdf", letter), ("khac.pdf.p7s", cms(b"another document", *both(writers)))).as_bytes())
    decision = record_of(office, only_letter(office)).decision
    assert decision.reasons == (ReasonCode.SIGNATURE_NOT_CHECKED,)


def test_the_same_letter_with_new_signatures_is_not_the_same_content(office, writers, letter):
    leader, agency = both(writers)
    office.take(a_mail(("226.pdf", letter), ("226.p7s", cms(letter, leader, agency))).as_bytes())
    office.take(a_mail(("226.pdf", letter), subject="lại").as_bytes())
    second, first = office.hub.letters.list_(office.unit.id)
    assert first.letter.draft.state is LetterState.FILED
    assert ReasonCode.UNSIGNED in record_of(office, second).decision.reasons


def test_a_signed_mail_makes_no_letter_signed(office, writers, letter):
    office.take(mailed(a_mail(("226.pdf", letter)), both(writers)[1]))
    view = only_letter(office)
    decision = record_of(office, view).decision
    assert (decision.reasons, decision.legal_value) == ((ReasonCode.UNSIGNED,), "unsigned")
    assert [item.role for item in office.hub.letters.show(office.unit.id, view.letter.id).files] == ["main"]


def test_a_signed_mail_with_a_signed_letter_is_filed_and_shows_both(office, writers, signed_letter):
    office.take(mailed(a_mail(("226.pdf", signed_letter)), both(writers)[1]))
    view = only_letter(office)
    assert view.letter.draft.state is LetterState.FILED
    (mail,) = record_of(office, view).facts.signature_files
    (report,) = mail.file.signatures.signatures
    assert (report.format, report.indication, report.whole_message, report.from_matches) == ("S/MIME", "TOTAL-PASSED", True, True)


def test_a_mail_altered_after_it_was_signed_is_held(office, writers, signed_letter):
    def alter(entity):
        return entity.replace(
            b"Content-Transfer-Encoding: base64\r\n\r\n", b"Content-Transfer-Encoding: base64\r\n\r\nQUJD\r\n", 1
        )

    office.take(mailed(a_mail(("226.pdf", signed_letter)), both(writers)[1], alter))
    decision = record_of(office, only_letter(office)).decision
    assert decision.reasons == (ReasonCode.MAIL_SIGNATURE_BROKEN,)
    assert decision.legal_value == "full"


def test_a_renewed_certificate_is_suggested_and_not_taken(office, writers, signed_letter):
    before = writers.pki.organisation(
        Holder(name="So Tai chinh", organisation="UBND tinh Tay Ninh", email=FINANCE.address.upper())
    )
    certificate = named(summary(x509.Certificate.load(before.der)))
    office.hub.directory.tie_certificate(CLERK, office.unit.id, certificate, FINANCE.code, reason="công văn 12")
    seals = writers.seals[FINANCE.code]
    office.hub.correspondents.untie(CLERK, office.unit.id, seals.agency.sha256, reason="gia hạn")
    office.take(a_mail(("226.pdf", signed_letter)).as_bytes())
    record = record_of(office, only_letter(office))
    assert record.decision.reasons == (ReasonCode.SIGNER_UNCONFIRMED,)
    (new,) = [tie for tie in record.directory.signers if tie.agency_id is None]
    assert (new.certificate_sha256, new.resembles) == (seals.agency.sha256, FINANCE.name)


def test_signatures_go_with_the_files_they_sign_when_a_letter_is_split(office, writers, letter):
    leader, agency = both(writers)
    other = writers.compose(FINANCE, replace(BUDGET, number=227)).pdf
    files = (
        ("226.pdf", letter),
        ("226.pdf.p7s", cms(letter, leader, agency)),
        ("227.pdf", other),
        ("227.pdf.p7s", cms(other, leader, agency)),
    )
    office.take(a_mail(*files).as_bytes())
    found = office.hub.letters.list_(office.unit.id)
    roles = sorted(
        tuple((item.file.name, item.role) for item in office.hub.letters.show(office.unit.id, view.letter.id).files)
        for view in found
    )
    assert roles == [
        (("226.pdf", "main"), ("226.pdf.p7s", "signature")),
        (("227.pdf", "main"), ("227.pdf.p7s", "signature")),
    ]


@pytest.mark.parametrize(
    ("handling", "state", "value"), [("hold", LetterState.HELD, "undetermined"), ("file", LetterState.FILED, "full")]
)
def test_a_page_with_its_number_added_before_the_seal_goes_as_the_office_has_chosen(
    office, writers, letter, handling, state, value
):
    settings = office.hub.settings
    policy = settings.policy.model_copy(update={"changed_before_seal": handling})
    object.__setattr__(office.hub, "settings", settings.model_copy(update={"policy": policy}))
    leader, agency = both(writers)
    unnumbered = writers.compose(FINANCE, replace(BUDGET, number=1)).pdf
    signed = sign(unnumbered, writers.pki, [Signing(identity=leader, field="NguoiKy", moment=NOW)])
    sealed = sign(replace_page(signed, 0, letter), writers.pki, [Signing(identity=agency, field="CoQuan", moment=NOW)])
    office.take(a_mail(("226.pdf", sealed)).as_bytes())
    view = only_letter(office)
    record = record_of(office, view)
    assert (view.letter.draft.state, record.decision.legal_value) == (state, value)
    assert {ReasonCode.CHANGED_BEFORE_SEAL, ReasonCode.CHANGED_BEFORE_SEAL_ACCEPTED} & set(record.decision.reasons)
    assert office.hub.letters.explain(office.unit.id, view.letter.id).same


def test_what_the_verdicts_rest_on_is_kept_once_beside_the_documents(any_office, writers, letter):
    any_office.take(a_mail(("226.pdf", letter), ("226.pdf.p7s", cms(letter, *both(writers)))).as_bytes())
    view = only_letter(any_office)
    record = record_of(any_office, view)
    reports = record.facts.signature_files[0].file.signatures.signatures
    wanted = {item.sha256 for report in reports for item in report.material}
    pki, seals = writers.pki, writers.seals[FINANCE.code]
    assert {identity.sha256 for identity in (pki.root, pki.issuing, seals.leader, seals.agency)} <= wanted
    with any_office.hub.database.reading() as tx:
        mail = submissions.get(tx, any_office.unit.id, view.letter.draft.submission_id)
        assert set(validation_material.of_submission(tx, mail.id)) == wanted
        assert pki.root.der in {item.der for item in validation_material.read(tx, wanted)}
        for number in (mail.draft.reading_id, view.letter.draft.facts_id, view.letter.draft.decision_id):
            stored = json.loads(documents.get(tx, number).body)
            assert all(item["signatures"]["material"] == [] for item in files_in(stored))


def files_in(value):
    """Every file in a stored document."""
    if isinstance(value, dict):
        if "signatures" in value and "sha256" in value:
            yield value
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from files_in(item)


def test_bytes_that_are_not_those_of_their_digest_are_not_kept(office, writers, signed_letter):
    class Forging(ReadersInPlace):
        """Readers that a hostile file has taken over: they give other bytes for what a verdict rests on."""

        def read(self, job):
            reading = codec.decode(super().read(job), Reading)
            files = tuple(
                replace(file, signatures=replace(file.signatures, material=tuple(map(forged, file.signatures.material))))
                for file in reading.files
            )
            return codec.encode(replace(reading, files=files))

    def forged(item):
        return replace(item, der=b"forged")

    office.readers = vars(office.hub)["readers"] = Forging()
    office.readers.readings = {}
    office.take(a_mail(("226.pdf", signed_letter)).as_bytes())
    with office.hub.database.reading() as tx:
        kept = validation_material.of_submission(tx, only_letter(office).letter.draft.submission_id)
        assert all(hashlib.sha256(item.der).hexdigest() == item.sha256 for item in validation_material.read(tx, kept))
        assert writers.seals[FINANCE.code].agency.sha256 not in kept


def test_a_sealed_mail_keeps_nothing_of_who_signed_it_but_what_others_need(any_office, writers):
    half_signed = writers.letter(FINANCE, BUDGET, sealed=False).content
    other = writers.letter(JUSTICE, replace(BUDGET, number=9, unit="HC")).content
    any_office.take(
        a_mail(
            (
                "226.pdf",
                half_signed,
            )
        ).as_bytes()
    )
    any_office.take(a_mail(("9.pdf", other), sender=JUSTICE, subject="khác").as_bytes())
    views = {view.letter.draft.reference: view.letter for view in any_office.hub.letters.list_(any_office.unit.id)}
    held = next(letter for letter in views.values() if letter.draft.state is not LetterState.FILED)
    filed = next(letter for letter in views.values() if letter.draft.state is LetterState.FILED)
    seals = writers.seals
    any_office.hub.secrecy.seal(CLERK, any_office.unit.id, held.id, reason="dấu mật trang 1")
    with any_office.hub.database.reading() as tx:
        assert validation_material.of_submission(tx, held.draft.submission_id) == []
        kept = validation_material.of_submission(tx, filed.draft.submission_id)
        secret, public = seals[FINANCE.code].leader.sha256, seals[JUSTICE.code].agency.sha256
        assert validation_material.read(tx, [secret]) == []
        assert {item.sha256 for item in validation_material.read(tx, [public, writers.pki.root.sha256])} <= set(kept)
        assert len(validation_material.read(tx, [public, writers.pki.root.sha256])) == 2


def test_the_folder_of_evidence_satisfies_openssl_without_the_hub(office, writers, letter, tmp_path):
    files = (("Báo cáo '226'.pdf", letter), ("226.pdf.p7s", cms(letter, *both(writers))))
    office.take(a_mail(*files).as_bytes())
    folder = tmp_path / "evidence"
    for name, content in office.hub.verification.folder(CLERK, office.unit.id, only_letter(office).letter.id, NOW):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    report = json.loads((folder / "report.json").read_text("utf-8"))
    assert report["legal_value"] == "full"
    assert all((folder / item["saved_as"]).is_file() for item in report["material"])
    assert {item["sha256"] for item in report["files"]} == {
        hashlib.sha256(one.read_bytes()).hexdigest() for one in (folder / "files").iterdir()
    }
    lines = [line for line in (folder / "README.txt").read_text("utf-8").splitlines() if line.startswith("openssl ")]
    assert len(lines) == 4
    for line in lines:
        done = subprocess.run(shlex.split(line), cwd=folder, capture_output=True, check=False)
        assert done.returncode == 0, (line, done.stderr)
