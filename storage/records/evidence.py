"""Records of validation material: certificates, revocation data and timestamp tokens on which verdicts rest."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationMaterial:
    """One piece by the SHA-256 (hex) of its DER bytes. `kind` is `certificate`, `crl`, `ocsp` or `timestamp`."""

    sha256: str
    kind: str
    der: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialUse:
    """A piece that signatures of a mail rest on."""

    sha256: str
    kind: str
