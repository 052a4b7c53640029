"""A key that signs, wherever it lies: what it is for, its certificate, and how it is opened for one signature."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from asn1crypto import x509
from pyhanko.sign.signers import Signer

from mailhub.language import Text
from mailhub.signing.errors import KeyUnusableError
from parsers.signatures.certificates import subject_names, summary, usable_for_signing
from parsers.signatures.model import CertificateSummary, SignerKind
from parsers.signatures.names import signer_kind
from parsers.signatures.organisation_words import ORGANISATION_WORDS


class KeyPurpose(StrEnum):
    """What a key is for. The seal signs nothing without a clerk's act, the system certificate no document of the unit."""

    SYSTEM = "system"
    SEAL = "seal"


PURPOSES = {
    KeyPurpose.SYSTEM: Text(vi="chứng thư hệ thống", en="the system certificate"),
    KeyPurpose.SEAL: Text(vi="con dấu số của cơ quan", en="the unit's seal"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenKey:
    """A key that is open now. `chain` are the authorities' certificates that came with it, the root perhaps among them.

    `faults` are the errors of the key's own device, so that they are not taken for the document's.
    """

    purpose: KeyPurpose
    signer: Signer
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    faults: tuple[type[Exception], ...] = ()

    @property
    def summary(self) -> CertificateSummary:
        """The certificate as people compare it."""
        return summary(self.certificate)

    @property
    def embedded_octets(self) -> int:
        """Size of the certificates that go into a signature."""
        return sum(len(item.dump()) for item in (self.certificate, *self.chain))

    @property
    def kind(self) -> SignerKind:
        """Whether the certificate names a person or an organisation."""
        return signer_kind(subject_names(self.certificate), ORGANISATION_WORDS)

    def require(self, purpose: KeyPurpose, moment: datetime) -> None:
        """Refuse the other purpose's key, and a certificate that must not sign at this moment."""
        if self.purpose is not purpose:
            raise KeyUnusableError(
                Text(
                    vi=f"khóa này là {PURPOSES[self.purpose].vi}, không dùng làm {PURPOSES[purpose].vi}",
                    en=f"this key is {PURPOSES[self.purpose].en} and must not serve as {PURPOSES[purpose].en}",
                )
            )
        for objection in objections(self.certificate, purpose, moment):
            raise KeyUnusableError(objection)


class SigningKey(Protocol):
    """A key in a file or in a token."""

    @property
    def purpose(self) -> KeyPurpose:
        """What it is for."""
        ...

    @property
    def place(self) -> str:
        """Where it lies, for people; never a secret."""
        ...

    def opened(self) -> AbstractContextManager[OpenKey]:
        """Open it for signing; raises KeyUnusableError that says what to do."""
        ...


def objections(certificate: x509.Certificate, purpose: KeyPurpose, moment: datetime) -> Iterator[Text]:
    """What speaks against signing with a certificate at a moment."""
    name, word = summary(certificate), PURPOSES[purpose]
    if not usable_for_signing(certificate):
        yield Text(
            vi=f"{word.vi}: chứng thư {name.common_name} không được cấp để ký (key usage); xin cấp chứng thư ký số",
            en=f"{word.en}: the certificate of {name.common_name} is not meant for signing (key usage); ask for one that is",
        )
    if moment > name.not_after:
        yield Text(
            vi=f"{word.vi}: chứng thư {name.common_name} hết hạn ngày {name.not_after:%d/%m/%Y}; gia hạn, rồi đổi tệp hoặc token",
            en=f"{word.en}: the certificate of {name.common_name} expired on {name.not_after:%Y-%m-%d}; renew it",
        )
    if moment < name.not_before:
        yield Text(
            vi=f"{word.vi}: chứng thư {name.common_name} có hiệu lực từ {name.not_before:%d/%m/%Y}; xem lại đồng hồ máy này",
            en=f"{word.en}: the certificate of {name.common_name} begins on {name.not_before:%Y-%m-%d}; is the clock right?",
        )
