"""The trust set: which certificates signatures are believed by, its versions, and what there is to say about them."""

from mailhub.trust.certificates import CertificateFile, read_certificates, read_folder, snapshot_of
from mailhub.trust.store import TrustStore, certificates_in, snapshot_in

__all__ = [
    "CertificateFile",
    "TrustStore",
    "certificates_in",
    "read_certificates",
    "read_folder",
    "snapshot_in",
    "snapshot_of",
]
