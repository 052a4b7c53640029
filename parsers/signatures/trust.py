"""The trust snapshot: anchors, intermediates and revocation data as plain bytes, with a version and an identity."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustSnapshot:
    """Everything a check may believe: DER certificates and revocation lists; nothing else is fetched.

    `signer_anchors` are roots for document signers, `tsa_anchors` for timestamping authorities. An empty set of signer
    anchors is legal: integrity is still reported, and every chain is NO_CERTIFICATE_CHAIN_FOUND.
    """

    signer_anchors: tuple[bytes, ...] = ()
    tsa_anchors: tuple[bytes, ...] = ()
    intermediates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsp_responses: tuple[bytes, ...] = ()

    @property
    def version(self) -> str:
        """SHA-256 (hex) over the sorted digests of the anchors, signers' then TSAs'; equal sets have equal versions."""
        total = hashlib.sha256()
        for group in (self.signer_anchors, self.tsa_anchors):
            for digest in sorted(hashlib.sha256(der).digest() for der in group):
                total.update(digest)
            total.update(b"|")
        return total.hexdigest()

    @property
    def identity(self) -> str:
        """SHA-256 (hex) over all parts: snapshots of one identity judge alike. Taken once for the same snapshot."""
        return _identity(self)


@lru_cache(maxsize=8)
def _identity(snapshot: TrustSnapshot) -> str:
    groups = (
        *(snapshot.signer_anchors, snapshot.tsa_anchors, snapshot.intermediates),
        *(snapshot.crls, snapshot.ocsp_responses),
    )
    total = hashlib.sha256()
    for group in groups:
        # The number of parts is hashed too, so that no part can pass for one of the next group.
        total.update(len(group).to_bytes(8))
        for digest in sorted(hashlib.sha256(part).digest() for part in group):
            total.update(digest)
    return total.hexdigest()
