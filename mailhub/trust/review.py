"""What there is to say about a trust set: what is missing, runs out, leads nowhere, or differs from what was published."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa

from mailhub.language import Text
from mailhub.profiles.vn.pins import Pin, pins
from storage.records import TrustCertificate, TrustPurpose

SMALLEST_RSA = 2048
"""Bits below which the engine believes no key."""


class Weight(StrEnum):
    """How much a remark weighs: with a problem some signatures cannot be believed, a warning is for later."""

    PROBLEM = "problem"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing about the set, and what to do; `sha256` is empty where it is about the set as a whole."""

    weight: Weight
    code: str
    sha256: str
    text: Text


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate of the set, read."""

    record: TrustCertificate
    certificate: x509.Certificate

    @property
    def name(self) -> str:
        """Whom it names."""
        return self.certificate.subject.rfc4514_string()

    def is_issued_by(self, other: "Held") -> bool:
        """Whether the other one's key has signed this one."""
        try:
            self.certificate.verify_directly_issued_by(other.certificate)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            return False
        return True


def held(records: Iterable[TrustCertificate]) -> tuple[Held, ...]:
    """The certificates of a set that can be read."""
    found = []
    for record in records:
        try:
            found.append(Held(record, x509.load_der_x509_certificate(record.der)))
        except ValueError:
            continue
    return tuple(found)


def review(records: Sequence[TrustCertificate], now: datetime, ahead: timedelta) -> tuple[Remark, ...]:
    """Everything there is to say about a set; `ahead` is how long before its end a certificate is spoken of."""
    certificates = held(records)
    readable = {item.record.sha256 for item in certificates}
    unreadable = [record for record in records if record.sha256 not in readable]
    remarks = [*gaps(records), *(damaged(record) for record in unreadable)]
    for item in certificates:
        remarks += [*of_time(item, now, ahead), *of_form(item), *of_path(item, certificates)]
    return tuple(sorted(remarks, key=lambda remark: (remark.weight is not Weight.PROBLEM, remark.code, remark.sha256)))


def gaps(records: Sequence[TrustCertificate]) -> Iterator[Remark]:
    """What a set lacks as a whole."""
    purposes = {record.purpose for record in records}
    if TrustPurpose.SIGNER not in purposes:
        yield Remark(
            weight=Weight.PROBLEM,
            code="no-signer-anchor",
            sha256="",
            text=Text(
                vi="chưa có chứng thư gốc cho chữ ký: chỉ kiểm tra được tính toàn vẹn. Thêm: mailhub trust add TỆP",
                en="no root for signers: integrity alone is judged. Add one: mailhub trust add FILE",
            ),
        )
    if TrustPurpose.TSA not in purposes:
        yield Remark(
            weight=Weight.WARNING,
            code="no-tsa-anchor",
            sha256="",
            text=Text(
                vi="chưa có gốc cho dấu thời gian: không dấu nào được tin. Thêm: mailhub trust add TỆP --purpose tsa",
                en="no root for timestamps: none is believed. Add one: mailhub trust add FILE --purpose tsa",
            ),
        )
    if records and TrustPurpose.INTERMEDIATE not in purposes:
        yield Remark(
            weight=Weight.WARNING,
            code="no-intermediate",
            sha256="",
            text=Text(
                vi="chưa có chứng thư trung gian; tệp thật thường chỉ mang chứng thư người ký. Thêm với --purpose intermediate",
                en="no intermediate; real files often carry the signer's certificate alone. Add them with --purpose intermediate",
            ),
        )


def damaged(record: TrustCertificate) -> Remark:
    """A row that is no certificate."""
    text = Text(vi=f"{record.source}: không đọc được chứng thư", en=f"{record.source}: the certificate cannot be read")
    return Remark(weight=Weight.PROBLEM, code="unreadable", sha256=record.sha256, text=text)


def of_time(item: Held, now: datetime, ahead: timedelta) -> Iterator[Remark]:
    """Whether a certificate has ended, ends soon, or has not begun. What was signed in its time stays provable."""
    certificate, sha256 = item.certificate, item.record.sha256
    day = f"{certificate.not_valid_after_utc:%d/%m/%Y}"
    if certificate.not_valid_after_utc < now:
        text = Text(
            vi=f"{item.name}: đã hết hạn {day}; vẫn cần để kiểm tra văn bản ký trước ngày đó",
            en=f"{item.name}: ended {day}; still needed for what was signed before",
        )
        yield Remark(weight=Weight.WARNING, code="expired", sha256=sha256, text=text)
    elif certificate.not_valid_after_utc < now + ahead:
        text = Text(vi=f"{item.name}: sẽ hết hạn {day}", en=f"{item.name}: ends {day}")
        yield Remark(weight=Weight.WARNING, code="expires-soon", sha256=sha256, text=text)
    if certificate.not_valid_before_utc > now:
        day = f"{certificate.not_valid_before_utc:%d/%m/%Y}"
        text = Text(vi=f"{item.name}: chưa có hiệu lực, từ {day}", en=f"{item.name}: not valid before {day}")
        yield Remark(weight=Weight.WARNING, code="not-yet-valid", sha256=sha256, text=text)


def of_form(item: Held) -> Iterator[Remark]:
    """Whether the engine would let the certificate issue others."""
    key = item.certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < SMALLEST_RSA:
        text = Text(
            vi=f"{item.name}: khóa chỉ {key.key_size} bit, không được tin",
            en=f"{item.name}: a key of {key.key_size} bits is not believed",
        )
        yield Remark(weight=Weight.PROBLEM, code="weak-key", sha256=item.record.sha256, text=text)
    try:
        is_authority = item.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        is_authority = item.record.purpose is not TrustPurpose.INTERMEDIATE
    if not is_authority:
        text = Text(
            vi=f"{item.name}: không phải chứng thư của cơ quan cấp chứng thư; chữ ký không dẫn qua nó được",
            en=f"{item.name}: no authority's certificate; no signature leads through it",
        )
        yield Remark(weight=Weight.PROBLEM, code="no-authority", sha256=item.record.sha256, text=text)


def of_path(item: Held, certificates: Sequence[Held]) -> Iterator[Remark]:
    """Whether an intermediate leads to a root of the set."""
    if item.record.purpose is TrustPurpose.INTERMEDIATE and not leads(item, certificates, 0):
        issuer = item.certificate.issuer.rfc4514_string()
        text = Text(
            vi=f"{item.name}: không dẫn tới chứng thư gốc nào; cần chứng thư của {issuer}",
            en=f"{item.name}: leads to no root; the certificate of {issuer} is needed",
        )
        yield Remark(weight=Weight.PROBLEM, code="no-path", sha256=item.record.sha256, text=text)


def leads(item: Held, certificates: Sequence[Held], depth: int) -> bool:
    """Whether a path of signatures leads to an anchor."""
    if depth > len(certificates):
        return False
    named = [other for other in certificates if other.certificate.subject == item.certificate.issuer]
    for issuer in named:
        is_anchor = issuer.record.purpose is not TrustPurpose.INTERMEDIATE
        if item.is_issued_by(issuer) and (is_anchor or leads(issuer, certificates, depth + 1)):
            return True
    return False


def pin_of(sha256: str) -> Pin | None:
    """Whose fingerprint this is, by what was published; None where nothing was."""
    return pins().get(sha256)
