"""The trust set: what signatures may be believed, kept in the registry; folders are only where it is imported from."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from mailhub.errors import RefusedError
from mailhub.language import Text
from parsers.signatures.trust import TrustSnapshot
from storage import events, revocation, trust
from storage.database import Database, Transaction
from storage.errors import NotFoundError
from storage.records import Actor, EventDraft, RevocationKind, TrustCertificate, TrustPurpose

CERTIFICATE_SUFFIXES = frozenset({".pem", ".crt", ".cer", ".der"})


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
        """Whether it names itself as its issuer."""
        return self.certificate.issuer == self.certificate.subject


def read_certificates(path: Path) -> tuple[CertificateFile, ...]:
    """The certificates of one file (PEM, also several, or DER); raises RefusedError for anything else."""
    try:
        content = path.read_bytes()
        if b"-----BEGIN CERTIFICATE-----" in content:
            found = x509.load_pem_x509_certificates(content)
        else:
            found = [x509.load_der_x509_certificate(content)]
    except OSError as error:
        raise RefusedError(
            Text(vi=f"không đọc được {path}: {error.strerror}", en=f"{path} cannot be read: {error.strerror}")
        ) from error
    except ValueError as error:
        raise RefusedError(
            Text(
                vi=f"{path} không phải chứng thư X.509 dạng PEM hoặc DER",
                en=f"{path} is not an X.509 certificate in PEM or DER form",
            )
        ) from error
    return tuple(CertificateFile(certificate=certificate, source=path.name) for certificate in found)


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


def certificates_in(tx: Transaction) -> TrustSnapshot:
    """The trust set as it is kept now, without revocation data."""
    by_purpose: dict[TrustPurpose, list[bytes]] = {purpose: [] for purpose in TrustPurpose}
    for certificate in trust.list_(tx):
        by_purpose[certificate.purpose].append(certificate.der)
    return TrustSnapshot(
        signer_anchors=tuple(by_purpose[TrustPurpose.SIGNER]),
        tsa_anchors=tuple(by_purpose[TrustPurpose.TSA]),
        intermediates=tuple(by_purpose[TrustPurpose.INTERMEDIATE]),
    )


def snapshot_in(tx: Transaction) -> TrustSnapshot:
    """The trust set and the revocation data as they are kept now."""
    return replace(
        certificates_in(tx),
        crls=revocation.current_bytes(tx, RevocationKind.CRL),
        ocsp_responses=revocation.current_bytes(tx, RevocationKind.OCSP),
    )


@dataclass(frozen=True, slots=True)
class TrustStore:
    """Keeps the trust set of the hub."""

    database: Database
    _last: list[tuple[tuple[int, int], TrustSnapshot]] = field(default_factory=list, compare=False, repr=False)

    def list_(self) -> tuple[TrustCertificate, ...]:
        """Every certificate of the set."""
        with self.database.reading() as tx:
            return tuple(trust.list_(tx))

    def snapshot(self) -> TrustSnapshot:
        """The set with all revocation data, as a reader takes it; the same value until one of them changes.

        Every mail asks for it, and a revocation list may have tens of megabytes.
        """
        with self.database.reading() as tx:
            version = (trust.set_version(tx), revocation.version(tx))
            for known, snapshot in self._last:
                if known == version:
                    return snapshot
            snapshot = snapshot_in(tx)
        self._last[:] = [(version, snapshot)]
        return snapshot

    def add(
        self, actor: Actor, certificates: Iterable[CertificateFile], purpose: TrustPurpose, reason: str = ""
    ) -> tuple[TrustCertificate, ...]:
        """Trust certificates for one purpose; a certificate that is not self-issued may only be an intermediate."""
        found = tuple(certificates)
        for item in found:
            if purpose is not TrustPurpose.INTERMEDIATE and not item.is_root:
                raise RefusedError(
                    Text(
                        vi=f"{item.source}: chứng thư này không phải gốc (tự ký); thêm với --purpose intermediate",
                        en=f"{item.source}: this certificate is no root (not self-issued); add it with --purpose intermediate",
                    )
                )
        with self.database.transaction() as tx:
            records = [
                TrustCertificate(sha256=item.sha256, der=item.der, purpose=purpose, source=item.source, added_at=tx.now())
                for item in found
            ]
            trust.add(tx, records)
            data: dict[str, object] = {"purpose": purpose.value, "certificates": [item.sha256 for item in found]}
            events.append(tx, [EventDraft(kind="trust-added", subject="trust", actor=actor, data=data, reason=reason)])
        return tuple(records)

    def remove(self, actor: Actor, sha256: str, purpose: TrustPurpose, reason: str) -> None:
        """Stop trusting a certificate; what was decided with it stays as it is."""
        with self.database.transaction() as tx:
            try:
                trust.remove(tx, sha256, purpose)
            except NotFoundError as error:
                raise RefusedError(
                    Text(
                        vi=f"không có chứng thư {sha256} cho mục đích {purpose.value}; xem `mailhub trust list`",
                        en=f"there is no certificate {sha256} for purpose {purpose.value}; see `mailhub trust list`",
                    )
                ) from error
            data: dict[str, object] = {"purpose": purpose.value, "certificates": [sha256]}
            events.append(tx, [EventDraft(kind="trust-removed", subject="trust", actor=actor, data=data, reason=reason)])
