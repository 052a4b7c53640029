"""The trust snapshot: anchors, intermediates and revocation data as plain bytes, with a version."""

import hashlib
from dataclasses import dataclass


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
