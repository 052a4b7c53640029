"""Certificates of the trust set in lines: what they name, until when, and whether their fingerprint was published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from mailhub.cli.output import NOTHING, Column, Fit
from mailhub.cli.words import TRUST_PURPOSES
from mailhub.language import Text
from mailhub.profiles.vn.pins import Pin, pins
from storage.records import TrustCertificate, TrustPurpose

if TYPE_CHECKING:
    from cryptography import x509

    from mailhub.trust.changes import Change
    from mailhub.trust.review import Remark

CHANGES: dict[str, Text] = {
    "added": Text(vi="thêm", en="added"),
    "removed": Text(vi="bỏ", en="removed"),
    "same": Text(vi="đã có", en="there already"),
}
WEIGHTS: dict[str, Text] = {"problem": Text(vi="LỖI", en="PROBLEM"), "warning": Text(vi="lưu ý", en="warning")}


@dataclass(frozen=True)
class Shown:
    """A certificate on its way to the screen; what cannot be read of it is empty."""

    sha256: str
    der: bytes
    purpose: TrustPurpose
    source: str
    added_at: datetime | None = None
    change: str = ""

    @cached_property
    def certificate(self) -> "x509.Certificate | None":
        """The certificate, None where it cannot be read."""
        from cryptography import x509

        try:
            return x509.load_der_x509_certificate(self.der)
        except ValueError:
            return None

    @property
    def subject(self) -> str:
        """Whom it names."""
        return self.certificate.subject.rfc4514_string() if self.certificate else ""

    @property
    def issuer(self) -> str:
        """Who issued it."""
        return self.certificate.issuer.rfc4514_string() if self.certificate else ""

    @property
    def not_before(self) -> datetime | None:
        """From when it is valid."""
        return self.certificate.not_valid_before_utc if self.certificate else None

    @property
    def not_after(self) -> datetime | None:
        """Until when it is valid."""
        return self.certificate.not_valid_after_utc if self.certificate else None

    @property
    def pin(self) -> Pin | None:
        """What was published with its fingerprint."""
        return pins().get(self.sha256)


def shown(record: TrustCertificate) -> Shown:
    """A certificate of the registry."""
    return Shown(record.sha256, record.der, record.purpose, record.source, record.added_at)


def shown_change(change: "Change") -> Shown:
    """A certificate that comes, goes or stays."""
    return Shown(change.sha256, change.der, change.purpose, change.source, change=change.kind.value)


def fingerprint(sha256: str) -> str:
    """In groups of four, as people compare it."""
    return " ".join(sha256[i : i + 4] for i in range(0, 64, 4))


PURPOSE: Column[Shown] = Column(
    key="purpose",
    heading=Text(vi="Dùng cho", en="For"),
    value=lambda item: item.purpose,
    show=lambda item: TRUST_PURPOSES[item.purpose],
)
CERTIFICATE: Sequence[Column[Shown]] = (
    Column(key="subject", heading=Text(vi="Chủ thể", en="Subject"), value=lambda item: item.subject, fit=Fit.FOLD),
    Column(key="issuer", value=lambda item: item.issuer),
    Column(key="not_before", value=lambda item: item.not_before),
    Column(key="not_after", heading=Text(vi="Đến", en="Until"), value=lambda item: item.not_after),
    Column(
        key="sha256",
        heading=Text(vi="Vân tay SHA-256", en="SHA-256 fingerprint"),
        value=lambda item: item.sha256,
        show=lambda item: fingerprint(item.sha256),
        fit=Fit.FOLD,
    ),
    Column(
        key="published_as",
        heading=Text(vi="Vân tay đã công bố của", en="Published as"),
        value=lambda item: item.pin.name if item.pin else None,
        show=lambda item: item.pin.name if item.pin else NOTHING,
        fit=Fit.FOLD,
    ),
    Column(key="source", heading=Text(vi="Nguồn", en="Source"), value=lambda item: item.source),
)
CERTIFICATE_LINE: Sequence[Column[Shown]] = (
    PURPOSE,
    *CERTIFICATE,
    Column(key="added_at", heading=Text(vi="Thêm lúc", en="Added"), value=lambda item: item.added_at),
)
CHANGE_LINE: Sequence[Column[Shown]] = (
    Column(
        key="change", heading=Text(vi="Việc", en="Change"), value=lambda item: item.change, show=lambda item: CHANGES[item.change]
    ),
    PURPOSE,
    *CERTIFICATE,
)
REMARK_LINE: "Sequence[Column[Remark]]" = (
    Column(
        key="weight",
        heading=Text(vi="Mức", en="Weight"),
        value=lambda remark: remark.weight.value,
        show=lambda remark: WEIGHTS[remark.weight.value],
    ),
    Column(key="code", value=lambda remark: remark.code),
    Column(
        key="text",
        heading=Text(vi="Nội dung", en="Remark"),
        value=lambda remark: remark.text.en,
        show=lambda remark: remark.text,
        fit=Fit.FOLD,
    ),
    Column(key="sha256", value=lambda remark: remark.sha256),
)
