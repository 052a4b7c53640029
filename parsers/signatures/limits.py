"""What one check may cost, and the two choices an office makes about it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from parsers.signatures.organisation_words import ORGANISATION_WORDS


class RevocationPolicy(StrEnum):
    """What a certification path without usable revocation data means."""

    IF_AVAILABLE = "if-available"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureLimits:
    """Bounds in bytes and counts. Beyond one of them a check ends in a finding, never in an exception.

    `seconds` of processor time may pass for one file; whoever runs a check keeps that limit.
    `cms_depth` counts envelopes inside one another, `unwrapped_bytes` all that they hold; `signers` are the SignerInfos of one
    envelope and the countersignatures of one file. `package_entries`, `package_bytes` in all and `package_ratio` of unpacked to
    packed bytes bound a package of Office. `material_bytes` of validation material are reported with their bytes.
    Revocation data count until the date that they bear, and for at least `revocation_freshness` after their issue.
    `organisation_words` tell an organisation's certificate from a person's, see `names.signer_kind`.
    """

    file_bytes: int = 50 << 20
    seconds: int = 15
    signatures: int = 32
    pages: int = 2000
    stream_bytes: int = 32 << 20
    document_bytes: int = 64 << 20
    expansion: int = 20
    cms_depth: int = 5
    signers: int = 32
    unwrapped_bytes: int = 64 << 20
    xml_bytes: int = 20 << 20
    xml_references: int = 100
    package_entries: int = 2000
    package_bytes: int = 200 << 20
    package_ratio: int = 200
    material_bytes: int = 4 << 20
    revocation: RevocationPolicy = RevocationPolicy.IF_AVAILABLE
    revocation_freshness: timedelta = timedelta(days=7)
    organisation_words: tuple[str, ...] = ORGANISATION_WORDS
