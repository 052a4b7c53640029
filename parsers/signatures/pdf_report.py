"""One PDF signature on its way through the checks: what the field says, as every signature says it."""

from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from parsers.signatures.engine import ENGINE_FAULTS
from parsers.signatures.judged import Claims, Judged
from parsers.signatures.model import TimestampSummary
from parsers.signatures.pdf_fields import FieldSignature
from parsers.signatures.plain_signature import certificate_of


@dataclass(slots=True, kw_only=True)
class Checked(Judged):
    """A signature of a PDF. `proofs` are trusted document timestamps that cover it."""

    signature: FieldSignature


def checked_from(signature: FieldSignature, received_at: datetime, proofs: list[TimestampSummary]) -> Checked:
    """A signature as it was read, of which nothing is judged yet."""
    return Checked(
        signature=signature,
        format=signature.format,
        field=signature.field,
        received_at=received_at,
        is_timestamp=signature.is_timestamp,
        obstacle=signature.obstacle,
        malformed=signature.malformed,
        detail=signature.detail,
        claims=None if signature.embedded is None else claims_of(signature.embedded, is_timestamp=signature.is_timestamp),
        gap_ok=signature.gap_ok,
        proofs=proofs,
    )


def claims_of(embedded: EmbeddedPdfSignature, *, is_timestamp: bool) -> Claims:
    """What the signature says of itself, as far as it can be read."""
    certificate = signer_of(embedded)
    digest, algorithm, bits = ("", "", 0) if certificate is None else algorithms(embedded, certificate)
    time = None if is_timestamp else claimed_time(embedded)
    return Claims(certificate=certificate, time=time, digest=digest, algorithm=algorithm, key_bits=bits)


def signer_of(embedded: EmbeddedPdfSignature) -> x509.Certificate | None:
    """The certificate that the signature names as the signer's."""
    try:
        return certificate_of(embedded.signed_data, embedded.signer_info) or embedded.signer_cert
    except ENGINE_FAULTS:
        return None


def claimed_time(embedded: EmbeddedPdfSignature) -> datetime | None:
    """The signing time as the signer's own clock had it; None also where it names no zone."""
    try:
        claimed = embedded.self_reported_timestamp
    except ENGINE_FAULTS:
        return None
    return claimed if isinstance(claimed, datetime) and claimed.tzinfo is not None else None


def algorithms(embedded: EmbeddedPdfSignature, certificate: x509.Certificate) -> tuple[str, str, int]:
    """Digest, signature algorithm and key size in bits, as far as they can be read."""
    try:
        algorithm = str(embedded.signer_info["signature_algorithm"]["algorithm"].native)
        return str(embedded.md_algorithm), algorithm, int(certificate.public_key.bit_size)
    except ENGINE_FAULTS:
        return "", "", 0
