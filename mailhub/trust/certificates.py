"""Certificates in files, before anybody trusts them: folders are only where the trust set is imported from."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from mailhub.errors import RefusedError
from mailhub.language import Text
from parsers.signatures.trust import TrustSnapshot

CERTIFICATE_SUFFIXES = frozenset({".pem", ".crt", ".cer", ".der", ".p7b", ".p7c"})

SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
"""pkcs7-signedData (RFC 5652, 5.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFile:
    """A certificate as it was read from a file, before anybody trusts it."""

    certificate: x509.Certificate
    source: str

    @property
    def sha256(self) -> str:
        """Fingerprint (hex) that the operator compares with the authority's."""
        return self.certificate.fingerprint(SHA256()).hex()

    @property
    def der(self) -> bytes:
        """The certificate's DER bytes."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def is_root(self) -> bool:
        """Whether it names itself as its issuer, and its own key has signed it."""
        try:
            self.certificate.verify_directly_issued_by(self.certificate)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            return False
        return True


def read_certificates(path: Path) -> tuple[CertificateFile, ...]:
    """The certificates of one file: PEM, also several, DER, or PKCS #7 as authorities publish; RefusedError for anything else."""
    try:
        found = certificates_of(path.read_bytes())
    except OSError as error:
        raise RefusedError(
            Text(vi=f"không đọc được {path}: {error.strerror}", en=f"{path} cannot be read: {error.strerror}")
        ) from error
    except ValueError as error:
        raise RefusedError(
            Text(
                vi=f"{path} không phải chứng thư X.509 dạng PEM, DER hay PKCS #7",
                en=f"{path} is not an X.509 certificate in PEM, DER or PKCS #7 form",
            )
        ) from error
    return tuple(CertificateFile(certificate=certificate, source=path.name) for certificate in found)


def certificates_of(content: bytes) -> list[x509.Certificate]:
    """Certificates by the form that the bytes have; raises ValueError where it is none of them."""
    if b"-----BEGIN CERTIFICATE-----" in content:
        return x509.load_pem_x509_certificates(content)
    if b"-----BEGIN PKCS7-----" in content:
        return pkcs7.load_pem_pkcs7_certificates(content)
    if SIGNED_DATA in content[:32]:
        return pkcs7.load_der_pkcs7_certificates(content)
    return [x509.load_der_x509_certificate(content)]


def read_folder(folder: Path) -> tuple[CertificateFile, ...]:
    """Every certificate of a folder, by file name; raises RefusedError for a missing folder or a damaged file."""
    if not folder.is_dir():
        raise RefusedError(Text(vi=f"không có thư mục {folder}", en=f"there is no folder {folder}"))
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in CERTIFICATE_SUFFIXES)
    return tuple(certificate for path in files for certificate in read_certificates(path))


def snapshot_of(certificates: Iterable[CertificateFile]) -> TrustSnapshot:
    """A trust set of loose files: self-issued certificates are anchors for signers and TSAs, the others intermediates."""
    found = tuple(certificates)
    roots = tuple(item.der for item in found if item.is_root)
    return TrustSnapshot(
        signer_anchors=roots, tsa_anchors=roots, intermediates=tuple(item.der for item in found if not item.is_root)
    )
