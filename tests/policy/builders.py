"""A letter that is right in every way; each test says only what is different in its own."""

from dataclasses import replace
from datetime import UTC, date, datetime

from mailhub.checking.reading import MailFacts, ReadFile
from mailhub.policy.case import (
    AgencyKind,
    DirectoryView,
    Known,
    KnownAgency,
    KnownEntry,
    LetterFacts,
    Mode,
    SignatureFile,
    SignatureScope,
    SignerTie,
)
from mailhub.profiles.vn.policy import default_policy
from parsers.files.containers import FileKind
from parsers.finding import Confidence, Finding, Source
from parsers.letter import DateField, LetterFields, ReadLetter, TextField, Urgency
from parsers.mail.model import Mailbox
from parsers.signatures.model import (
    CertificateSummary,
    Coverage,
    DocumentSignatures,
    Indication,
    Modification,
    Reason,
    SignatureReport,
    SignerKind,
    SubIndication,
)

NOW = datetime(2024, 8, 9, 0, 20, tzinfo=UTC)
RECEIVED = datetime(2024, 8, 9, 0, 10, tzinfo=UTC)
PERSON, SEAL, OTHER = "aa" * 32, "bb" * 32, "cc" * 32

FINANCE = KnownAgency(id=7, code="H29.11", name="Sở Tài chính", kind=AgencyKind.STATE, mode=Mode.AUTO, matched_by="address")
FINANCE_ISSUER = replace(FINANCE, matched_by="issuer")
HEALTH = replace(FINANCE, id=8, code="H29.15", name="Sở Y tế")


def text(value, confidence=Confidence.LIKELY):
    return TextField(value=value, source=Source.TEXT_LAYER, place="part 2/page 1", confidence=confidence)


def finding(code, source=Source.CONTAINER, evidence=""):
    return Finding(code=code, source=source, place="part 2", evidence=evidence)


def certificate(sha256, name):
    return CertificateSummary(
        der_sha256=sha256,
        subject=f"CN={name}",
        common_name=name,
        organisation="Sở Tài chính",
        emails=(),
        issuer="CN=CA phục vụ các cơ quan Nhà nước G2",
        serial="01",
        not_before=datetime(2023, 1, 1, tzinfo=UTC),
        not_after=datetime(2028, 1, 1, tzinfo=UTC),
    )


def report(kind, sha256, indication=Indication.TOTAL_PASSED, sub=None, reasons=(), form="PAdES"):
    return SignatureReport(
        format=form,
        field="Signature1",
        signer=certificate(sha256, "Nguyễn Văn A" if kind is SignerKind.PERSON else "Sở Tài chính"),
        signer_kind=kind,
        claimed_signing_time=RECEIVED,
        timestamp=None,
        best_signature_time=RECEIVED,
        digest_algorithm="sha256",
        signature_algorithm="rsa",
        key_bits=2048,
        coverage=Coverage.ENTIRE_FILE,
        gap_ok=True,
        tail_ok=True,
        modification=Modification.NONE,
        changed_pages=(),
        changed_fields=(),
        trust_path=(),
        revocation_status="good",
        revocation_source="crl",
        level="B",
        indication=indication,
        sub_indication=sub,
        reasons=tuple(reasons),
    )


def by_person(indication=Indication.TOTAL_PASSED, sub=None, reasons=()):
    return report(SignerKind.PERSON, PERSON, indication, sub, reasons)


def by_organisation(indication=Indication.TOTAL_PASSED, sub=None, reasons=()):
    return report(SignerKind.ORGANISATION, SEAL, indication, sub, reasons)


def timestamp(indication=Indication.TOTAL_PASSED, sub=None, reasons=()):
    return report(SignerKind.UNKNOWN, OTHER, indication, sub, reasons, form="DocTimeStamp")


def signatures(*reports, unchecked=(), seen=None, indication=None):
    order = (Indication.TOTAL_FAILED, Indication.INDETERMINATE, Indication.TOTAL_PASSED)
    found = {item.indication for item in reports}
    worst = next((item for item in order if item in found), indication)
    return DocumentSignatures(
        format="pdf",
        signatures=reports,
        seen=len(reports) if seen is None else seen,
        unchecked=unchecked,
        indication=worst,
        sub_indication=None,
        reasons=(),
        engine="test",
        trust_version="t1",
    )


def a_file(path="2", kind=FileKind.PDF, signed=None, findings=(), *, inline=False):
    return ReadFile(
        path=path,
        name=f"file-{path}.{kind.value}",
        kind=kind,
        media_type="application/octet-stream",
        declared_type="application/octet-stream",
        size=1000,
        sha256=path.zfill(64),
        inline=inline,
        pages=1,
        signatures=signed,
        findings=tuple(findings),
    )


DOCUMENT = "2".zfill(64)
"""The digest of the main document."""


def beside(path, *reports, kind=FileKind.SIGNATURE, scope=SignatureScope.FILES, over=(DOCUMENT,)):
    """A file that signs others; the main document where nothing else is said."""
    document = replace(signatures(*reports), covers=over)
    return SignatureFile(file=a_file(path, kind, signed=document), scope=scope, over=over)


def of_mail(indication=Indication.TOTAL_PASSED, sub=None, *, whole=True, matches=True, signer=OTHER):
    """The mail's own S/MIME signature."""
    made = report(SignerKind.PERSON, signer, indication, sub, form="S/MIME")
    return beside("4", replace(made, whole_message=whole, from_matches=matches), scope=SignatureScope.MAIL, over=())


def changed_before_seal(pages=(1,)):
    """A person's signature after which something was added before the seal."""
    made = by_person(Indication.INDETERMINATE, SubIndication.CHANGED_BEFORE_SEAL, (Reason.VISIBLE_CHANGE,))
    return replace(made, changed_pages=pages)


SIGNED = signatures(by_person(), by_organisation())
MAIN = a_file(signed=SIGNED)

FIELDS = LetterFields(
    number=text("226"),
    symbol=text("STC-NS"),
    reference=text("226/STC-NS"),
    issued_on=DateField(value=date(2024, 8, 8), source=Source.TEXT_LAYER, place="part 2/page 1", confidence=Confidence.LIKELY),
    issuer=text("Sở Tài chính"),
    subject=text("quyết toán ngân sách 6 tháng"),
    addressees=(text("Ủy ban nhân dân tỉnh"),),
)

LETTER = ReadLetter(
    main="2", enclosures=(), fields=FIELDS, declared_enclosures=(), urgency=Urgency.NORMAL, secrecy=(), findings=()
)

MAIL = MailFacts(
    from_=(Mailbox(name="Văn thư Sở Tài chính", address="vanthu@stc.tinh.gov.vn"),),
    reply_to=(),
    return_path="vanthu@stc.tinh.gov.vn",
    subject="226/STC-NS",
    message_id="<1@stc.tinh.gov.vn>",
    in_reply_to=(),
    references=(),
    sent_at=RECEIVED,
    automatic=(),
    junk=False,
    text="Kính gửi Văn phòng.",
)

FACTS = LetterFacts(letter=LETTER, files=(MAIN,), mail=MAIL, received_at=RECEIVED, content_digest="d1", trust_version="t1")

DIRECTORY = DirectoryView(
    unit_code="VPUB",
    unit_name="Ủy ban nhân dân tỉnh Hải Dương",
    unit_aliases=("UBND tỉnh", "Ủy ban nhân dân tỉnh", "Văn phòng UBND tỉnh"),
    register="UBND",
    sender=FINANCE,
    issuer=FINANCE_ISSUER,
    signers=(
        SignerTie(certificate_sha256=PERSON, agency_id=7, agency_name="Sở Tài chính"),
        SignerTie(certificate_sha256=SEAL, agency_id=7, agency_name="Sở Tài chính"),
    ),
)

ENTRY = KnownEntry(
    letter_id=4, number=4818, year=2024, register="UBND", arrival_date="2024-08-09", content_digest="d1", sender_agency_id=7
)

KNOWN = Known()
SETTINGS = replace(default_policy(), automatic_returns=True)

BROKEN = (Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE)
CHANGED = (Indication.TOTAL_FAILED, SubIndication.FORMAT_FAILURE, (Reason.VISIBLE_CHANGE,))
TRY_LATER = (Indication.INDETERMINATE, SubIndication.TRY_LATER, (Reason.NO_REVOCATION_DATA,))


def facts(*, letter=None, main=None, files=None, **changes):
    """The right letter with other fields, another main document, further files or other circumstances."""
    held = (main or MAIN, *(files or ()))
    return replace(FACTS, letter=letter or LETTER, files=held, **changes)


def letter(**changes):
    """The right letter with other properties; names of `LetterFields` go into its fields."""
    own = {name: changes.pop(name) for name in list(changes) if name in LetterFields.__slots__}
    return replace(LETTER, fields=replace(FIELDS, **own), **changes)


def signed_by(*reports, **changes):
    """The main document with these signatures."""
    return a_file(signed=signatures(*reports, **changes))


def directory(**changes):
    return replace(DIRECTORY, **changes)


def sent_by(agency, *, issuer=True):
    """The directory where this agency is the sender and, unless said otherwise, the issuer as well."""
    return directory(sender=agency, issuer=replace(agency, matched_by="issuer") if issuer else DIRECTORY.issuer)
