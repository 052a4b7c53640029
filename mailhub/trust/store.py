"""The trust set as the registry keeps it: read by everybody, changed by clerks, each change a version and an event."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.trust.certificates import CertificateFile
from mailhub.trust.changes import Change, ChangeKind, require_anchors, require_place
from parsers.signatures.trust import TrustSnapshot
from storage import events, revocation, trust
from storage.database import Database, Transaction
from storage.errors import NotFoundError
from storage.records import Actor, EventDraft, RevocationKind, TrustCertificate, TrustPurpose


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

    def certificates(self) -> TrustSnapshot:
        """The set without revocation data: for whoever only asks which authorities are believed."""
        with self.database.reading() as tx:
            return certificates_in(tx)

    def has_anchors(self) -> bool:
        """Whether any signature could be believed; asked for every letter, so no certificate and no list is read."""
        with self.database.reading() as tx:
            return trust.is_any(tx, TrustPurpose.SIGNER)

    def version(self) -> int:
        """The number of the set's version in use."""
        with self.database.reading() as tx:
            return trust.set_version(tx)

    def listed(self, version: int) -> tuple[TrustCertificate, ...]:
        """The set as it was in a version; raises RefusedError for one that there never was."""
        with self.database.reading() as tx:
            if not 0 <= version <= (last := trust.set_version(tx)):
                raise RefusedError(
                    Text(
                        vi=f"không có bản {version}; bản mới nhất là {last}",
                        en=f"there is no version {version}; the last is {last}",
                    )
                )
            return tuple(trust.list_(tx, version))

    def add(
        self, actor: Actor, certificates: Iterable[CertificateFile], purpose: TrustPurpose, reason: str = ""
    ) -> tuple[TrustCertificate, ...]:
        """Trust certificates for one purpose; a certificate that is not self-issued may only be an intermediate.

        What is trusted already stays as it is, and where nothing is new there is neither a version nor an event.
        """
        found = tuple(certificates)
        if not found:
            raise RefusedError(Text(vi="không có chứng thư nào để thêm", en="there is no certificate to add"))
        with self.database.transaction() as tx:
            records = [record_of(item, purpose, tx.now()) for item in found]
            there = {item.sha256 for item in trust.list_(tx) if item.purpose is purpose}
            version = trust.change(tx, add=records)
            new = [item.sha256 for item in found if item.sha256 not in there]
            if new:
                data: dict[str, object] = {"purpose": purpose.value, "certificates": new, "version": version}
                events.append(tx, [EventDraft(kind="trust-added", subject="trust", actor=actor, data=data, reason=reason)])
        return tuple(records)

    def remove(self, actor: Actor, sha256: str, purpose: TrustPurpose, reason: str) -> None:
        """Stop trusting a certificate; what was decided with it stays as it is. The last anchor for signers stays."""
        with self.database.transaction() as tx:
            before = trust.list_(tx)
            try:
                version = trust.change(tx, remove=[(sha256, purpose)])
            except NotFoundError as error:
                raise RefusedError(
                    Text(
                        vi=f"không có chứng thư {sha256} cho mục đích {purpose.value}; xem `mailhub trust list`",
                        en=f"there is no certificate {sha256} for purpose {purpose.value}; see `mailhub trust list`",
                    )
                ) from error
            require_anchors(before, trust.list_(tx))
            data: dict[str, object] = {"purpose": purpose.value, "certificates": [sha256], "version": version}
            events.append(tx, [EventDraft(kind="trust-removed", subject="trust", actor=actor, data=data, reason=reason)])

    def apply(self, actor: Actor, changes: Iterable[Change], reason: str) -> int:
        """Make one new version of the set out of changes; gives its number. Raises RefusedError where no anchor would be left."""
        wanted = tuple(changes)
        gone = [change for change in wanted if change.kind is ChangeKind.REMOVED]
        new = [change for change in wanted if change.kind is ChangeKind.ADDED]
        with self.database.transaction() as tx:
            before = trust.list_(tx)
            records = [record_of(item, change.purpose, tx.now()) for change in new for item in change.file]
            try:
                version = trust.change(tx, add=records, remove=[(change.sha256, change.purpose) for change in gone])
            except NotFoundError as error:
                raise RefusedError(
                    Text(
                        vi="danh sách tin cậy vừa được người khác sửa; hãy làm lại",
                        en="somebody changed the set meanwhile; try again",
                    )
                ) from error
            require_anchors(before, trust.list_(tx))
            if new or gone:
                data: dict[str, object] = {
                    "added": [f"{change.purpose.value} {change.sha256}" for change in new],
                    "removed": [f"{change.purpose.value} {change.sha256}" for change in gone],
                    "version": version,
                }
                events.append(tx, [EventDraft(kind="trust-imported", subject="trust", actor=actor, data=data, reason=reason)])
        return version


def record_of(item: CertificateFile, purpose: TrustPurpose, at: datetime) -> TrustCertificate:
    """A certificate as the registry keeps it; raises RefusedError for an anchor that is no root."""
    require_place(item, purpose)
    return TrustCertificate(sha256=item.sha256, der=item.der, purpose=purpose, source=item.source, added_at=at)
