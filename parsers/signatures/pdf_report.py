"""One PDF signature with all that was found out about it: the facts for the verdict and the report for people."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from asn1crypto import x509

from parsers.signatures.certificates import subject_names, summary, usable_for_signing
from parsers.signatures.chain import Judgement
from parsers.signatures.engine import ENGINE_FAULTS
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.model import (
    CertificateSummary,
    Indication,
    Reason,
    SignatureReport,
    SignerKind,
    TimestampSummary,
)
from parsers.signatures.names import signer_kind
from parsers.signatures.pdf_changes import Aftermath
from parsers.signatures.pdf_fields import FieldSignature
from parsers.signatures.revocation import RevocationStatus
from parsers.signatures.verdict import Facts, Period, Verdict

SKEW = timedelta(minutes=10)
LOCAL_OFFSET = timedelta(hours=7)
"""Viet Nam's zone: some tools write local time and mark it as UTC."""


@dataclass(slots=True, kw_only=True)
class Checked:
    """A signature on its way through the checks. `proofs` are trusted document timestamps that cover it."""

    signature: FieldSignature
    received_at: datetime
    proofs: list[TimestampSummary]
    timestamp: TimestampSummary | None = None
    judgement: Judgement = field(default_factory=Judgement)
    after: Aftermath = field(default_factory=Aftermath)
    tail_ok: bool = False
    verdict: Verdict | None = None
    detail: str = ""

    @property
    def intact(self) -> bool:
        """Whether the signed bytes are those signed, and the signature value is right."""
        return self.signature.gap_ok and self.judgement.intact is True and self.judgement.valid is True

    @property
    def proved_times(self) -> list[datetime]:
        """Trusted times by which this signature existed. A document timestamp does not prove its own age."""
        found = [proof.generated_at for proof in self.proofs]
        if self.timestamp is not None and self.timestamp.trusted and not self.signature.is_timestamp:
            found.append(self.timestamp.generated_at)
        return found

    @property
    def best_time(self) -> datetime:
        """The earliest proof of existence: a trusted timestamp or the hub's reception."""
        return min([self.received_at, *self.proved_times])

    @property
    def certificate(self) -> x509.Certificate | None:
        """The signer's certificate, also where the signature could not be judged."""
        if self.judgement.certificate is not None or self.signature.embedded is None:
            return self.judgement.certificate
        try:
            return self.signature.embedded.signer_cert
        except ENGINE_FAULTS:
            return None

    def kind(self, limits: SignatureLimits) -> SignerKind:
        """Person or organisation; a timestamping authority is neither."""
        certificate = self.certificate
        if certificate is None or self.signature.is_timestamp:
            return SignerKind.UNKNOWN
        try:
            return signer_kind(subject_names(certificate), limits.organisation_words)
        except ENGINE_FAULTS:
            return SignerKind.UNKNOWN

    def facts(self, limits: SignatureLimits, *, trust_empty: bool) -> Facts:
        """Everything the verdict asks for, except whether a later seal covers the file."""
        judgement, after = self.judgement, self.after
        certificate = judgement.certificate
        period = Period.UNKNOWN if certificate is None else period_of(certificate, self.best_time)
        return Facts(
            obstacle=self.signature.obstacle,
            malformed=self.signature.malformed,
            gap_ok=self.signature.gap_ok,
            tail_ok=self.tail_ok,
            intact=judgement.intact,
            valid=judgement.valid,
            coverage=after.coverage,
            modification=after.modification,
            change_reason=after.reason,
            permitted=after.permitted,
            chain_problem=judgement.problem,
            usage_ok=certificate is not None and (self.signature.is_timestamp or usable_for_signing(certificate)),
            period=period,
            stamped=self.best_time < self.received_at,
            revocation=judgement.revocation.status,
            revocation_policy=limits.revocation,
            warnings=self.warnings(trust_empty=trust_empty),
        )

    def warnings(self, *, trust_empty: bool) -> tuple[Reason, ...]:
        """What a person should know beside the verdict."""
        found: list[Reason] = []
        if trust_empty and not self.signature.is_timestamp:
            found.append(Reason.EMPTY_TRUST)
        if self.judgement.revocation.status is RevocationStatus.UNKNOWN:
            found.append(Reason.NO_REVOCATION_DATA)
        if self.signature.is_timestamp or self.signature.embedded is None:
            return tuple(found)
        if self.timestamp is not None and not self.timestamp.trusted:
            found.append(Reason.TIMESTAMP_UNTRUSTED)
        elif self.timestamp is None and not self.proofs:
            found.append(Reason.NO_TIMESTAMP)
        if is_shifted(self.claimed_time, self.best_time, exact=self.best_time < self.received_at):
            found.append(Reason.SIGNING_TIME_SHIFTED)
        return tuple(found)

    @property
    def claimed_time(self) -> datetime | None:
        """The signing time as the signer's own clock had it; None also where it names no zone."""
        if self.signature.embedded is None or self.signature.is_timestamp:
            return None
        try:
            claimed = self.signature.embedded.self_reported_timestamp
        except ENGINE_FAULTS:
            return None
        return claimed if isinstance(claimed, datetime) and claimed.tzinfo is not None else None


def period_of(certificate: x509.Certificate, moment: datetime) -> Period:
    """Where a moment lies against the validity; the engine lets an expired certificate pass where a timestamp exists."""
    validity = certificate["tbs_certificate"]["validity"]
    if moment < validity["not_before"].native:
        return Period.BEFORE
    return Period.AFTER if moment > validity["not_after"].native else Period.WITHIN


def is_shifted(claimed: datetime | None, proved: datetime, *, exact: bool) -> bool:
    """Whether the claimed time looks like local time marked as UTC.

    Against a timestamp the difference is seven hours; against the mere reception it lies in the future, by seven at most.
    """
    if claimed is None:
        return False
    ahead = claimed - proved
    return (not exact and SKEW < ahead <= LOCAL_OFFSET + SKEW) or abs(ahead - LOCAL_OFFSET) <= SKEW


def level_of(item: Checked, *, has_store: bool) -> str:
    """Baseline level by what is there, trusted or not (EN 319 142-1): B, T, LT or LTA; none for a timestamp."""
    if item.signature.is_timestamp:
        return ""
    if item.timestamp is None and not item.proofs:
        return "B"
    if not has_store:
        return "T"
    return "LTA" if item.proofs else "LT"


def report_of(item: Checked, limits: SignatureLimits, *, has_store: bool) -> SignatureReport:
    """The report of one signature; parts that the engine cannot read are left empty."""
    digest, algorithm, bits = algorithms(item)
    verdict = item.verdict or Verdict(indication=Indication.INDETERMINATE, sub_indication=None, reasons=())
    return SignatureReport(
        format=item.signature.format,
        field=item.signature.field,
        signer=safe_summary(item.certificate),
        signer_kind=item.kind(limits),
        claimed_signing_time=item.claimed_time,
        timestamp=item.timestamp,
        best_signature_time=item.best_time,
        digest_algorithm=digest,
        signature_algorithm=algorithm,
        key_bits=bits,
        coverage=item.after.coverage,
        gap_ok=item.signature.gap_ok,
        tail_ok=item.tail_ok,
        modification=item.after.modification,
        changed_pages=item.after.pages,
        changed_fields=item.after.fields,
        trust_path=trust_path(item.judgement),
        revocation_status=item.judgement.revocation.status.value,
        revocation_source=item.judgement.revocation.source,
        level=level_of(item, has_store=has_store),
        indication=verdict.indication,
        sub_indication=verdict.sub_indication,
        reasons=verdict.reasons,
        detail="; ".join(part for part in (item.signature.detail, item.judgement.detail, item.after.detail, item.detail) if part),
    )


def trust_path(judgement: Judgement) -> tuple[CertificateSummary, ...]:
    """Anchor first, signer last; only of a path that held."""
    if judgement.path is None or judgement.problem is not None:
        return ()
    found = (safe_summary(certificate) for certificate in judgement.path.iter_certs(include_root=True))
    return tuple(certificate for certificate in found if certificate is not None)


def safe_summary(certificate: x509.Certificate | None) -> CertificateSummary | None:
    """The summary, or None for a certificate whose names cannot be read."""
    if certificate is None:
        return None
    try:
        return summary(certificate)
    except ENGINE_FAULTS:
        return None


def algorithms(item: Checked) -> tuple[str, str, int]:
    """Digest, signature algorithm and key size in bits, as far as they can be read."""
    embedded, certificate = item.signature.embedded, item.certificate
    if embedded is None or certificate is None:
        return "", "", 0
    try:
        algorithm = str(embedded.signer_info["signature_algorithm"]["algorithm"].native)
        return str(embedded.md_algorithm), algorithm, int(certificate.public_key.bit_size)
    except ENGINE_FAULTS:
        return "", "", 0
