"""One signature of any format with all that was found out about it: the facts for the verdict and the report for people.

What a format has to say is how the signature stands in its container (`gap_ok`, `tail_ok`, `after`), what it claims and how it
was judged; from there on every signature goes one way: facts, `verdict.decide`, report.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from dataclasses import field as from_factory
from datetime import datetime, timedelta

from asn1crypto import cms, x509

from parsers.signatures.certificates import has_weak_key, subject_names, summary, usable_for_signing
from parsers.signatures.chain import Judgement, StampFinding, judge_signature, judge_token, signature_timestamp, token_summary
from parsers.signatures.engine import ENGINE_FAULTS, Evidence, Imprint
from parsers.signatures.findings import Request, fault
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.material import Exhibit, brought, exhibits_of, references
from parsers.signatures.model import (
    CertificateSummary,
    Coverage,
    Indication,
    Material,
    Modification,
    Reason,
    SignatureReport,
    SignerKind,
    SubIndication,
    TimestampSummary,
)
from parsers.signatures.names import signer_kind
from parsers.signatures.revocation import RevocationStatus
from parsers.signatures.verdict import Facts, Period, Verdict, decide

SKEW = timedelta(minutes=10)
LOCAL_OFFSET = timedelta(hours=7)
"""Viet Nam's zone: some tools write local time and mark it as UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """The state of the container behind one signature; the defaults are those of a signature that was not looked at.

    `permitted` is False where the signature itself forbids what was done.
    """

    coverage: Coverage = Coverage.UNCLEAR
    modification: Modification = Modification.UNKNOWN
    reason: Reason | None = Reason.DIFF_UNKNOWN
    permitted: bool = True
    pages: tuple[int, ...] = ()
    fields: tuple[str, ...] = ()
    detail: str = ""


WHOLE_CONTENT = Aftermath(coverage=Coverage.ENTIRE_FILE, modification=Modification.NONE, reason=None)
"""Behind a signature of a format that knows no revisions: it is over all of its content, or its digest is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a signature says of itself, without proof. `time` is by the signer's own clock, `key_bits` are the key's."""

    certificate: x509.Certificate | None = None
    time: datetime | None = None
    digest: str = ""
    algorithm: str = ""
    key_bits: int = 0


@dataclass(slots=True, kw_only=True)
class Judged:
    """A signature on its way through the checks; the defaults are those of one of which nothing is known.

    `obstacle` says why it cannot be evaluated and `malformed` that it is none; `claims` is None where it could not be read.
    `proofs` are trusted timestamps over the container that cover it, `timestamp` is the one over its own value.
    """

    format: str
    field: str
    received_at: datetime
    is_timestamp: bool = False
    obstacle: Reason | None = None
    malformed: bool = False
    detail: str = ""
    claims: Claims | None = None
    gap_ok: bool = False
    tail_ok: bool = False
    proofs: list[TimestampSummary] = from_factory(default_factory=list)
    timestamp: TimestampSummary | None = None
    stamp: StampFinding | None = None
    judgement: Judgement = from_factory(default_factory=Judgement)
    after: Aftermath = from_factory(default_factory=Aftermath)
    warned: tuple[Reason, ...] = ()
    verdict: Verdict | None = None

    @property
    def intact(self) -> bool:
        """Whether the signed bytes are those signed, and the signature value is right."""
        return self.gap_ok and self.judgement.intact is True and self.judgement.valid is True

    @property
    def proved_times(self) -> list[datetime]:
        """Trusted times by which this signature existed. A timestamp does not prove its own age."""
        found = [proof.generated_at for proof in self.proofs]
        if self.timestamp is not None and self.timestamp.trusted and not self.is_timestamp:
            found.append(self.timestamp.generated_at)
        return found

    @property
    def best_time(self) -> datetime:
        """The earliest proof of existence: a trusted timestamp or the hub's reception."""
        return min([self.received_at, *self.proved_times])

    @property
    def certificate(self) -> x509.Certificate | None:
        """The signer's certificate, also where the signature could not be judged."""
        if self.judgement.certificate is not None or self.claims is None:
            return self.judgement.certificate
        return self.claims.certificate

    @property
    def is_anchor(self) -> bool:
        """Whether the signer's certificate is itself one of our anchors."""
        path = self.judgement.path
        return self.judgement.problem is None and path is not None and path.pkix_len == 0

    def kind(self, limits: SignatureLimits) -> SignerKind:
        """Person or organisation; a timestamping authority is neither."""
        certificate = self.certificate
        if certificate is None or self.is_timestamp:
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
            obstacle=self.obstacle,
            malformed=self.malformed,
            gap_ok=self.gap_ok,
            tail_ok=self.tail_ok,
            intact=judgement.intact,
            valid=judgement.valid,
            coverage=after.coverage,
            modification=after.modification,
            change_reason=after.reason,
            permitted=after.permitted,
            chain_problem=judgement.problem or self.weakness(),
            usage_ok=certificate is not None and (self.is_timestamp or usable_for_signing(certificate, is_anchor=self.is_anchor)),
            period=period,
            stamped=self.best_time < self.received_at,
            stamp_broken=self.stamp is not None and self.stamp.is_broken,
            revocation=judgement.revocation.status,
            revocation_policy=limits.revocation,
            warnings=self.warnings(trust_empty=trust_empty),
        )

    def weakness(self) -> SubIndication | None:
        """What the engine's rules about keys leave out; a key that cannot be measured is no strong one."""
        certificate = self.judgement.certificate
        try:
            weak = certificate is not None and has_weak_key(certificate)
        except ENGINE_FAULTS:
            weak = True
        return SubIndication.CRYPTO_CONSTRAINTS_FAILURE if weak else None

    def warnings(self, *, trust_empty: bool) -> tuple[Reason, ...]:
        """What a person should know beside the verdict."""
        found: list[Reason] = []
        if trust_empty and not self.is_timestamp:
            found.append(Reason.EMPTY_TRUST)
        if self.judgement.revocation.status is RevocationStatus.UNKNOWN:
            found.append(Reason.NO_REVOCATION_DATA)
        if self.is_timestamp or self.claims is None:
            return tuple(found)
        if self.timestamp is not None and not self.timestamp.trusted:
            found.append(Reason.TIMESTAMP_UNTRUSTED)
        elif self.timestamp is None and not self.proofs:
            found.append(Reason.NO_TIMESTAMP)
        if is_shifted(self.claims.time, self.best_time, exact=self.best_time < self.received_at):
            found.append(Reason.SIGNING_TIME_SHIFTED)
        return (*found, *self.warned)


async def judge_cms(
    item: Judged, signed: cms.SignedData, info: cms.SignerInfo, digest: Callable[[], bytes], evidence: Evidence
) -> None:
    """Judge a CMS signature at the earliest time proved for it: its own timestamp first, then its signer.

    `info` is the signer with its unsigned attributes, which the signer in `signed` may lack; `digest` is of the content, by the
    signature's own algorithm. A fault of the engine leaves the signature unchecked.
    """
    try:
        await judge_own_stamp(item, info, evidence)
        item.judgement = await judge_signature(signed, digest(), evidence, item.best_time)
    except ENGINE_FAULTS as error:
        item.obstacle, item.detail, item.judgement = Reason.UNREADABLE, fault(error), Judgement()


async def judge_own_stamp(item: Judged, info: cms.SignerInfo, evidence: Evidence) -> None:
    """The timestamp over a signature's value, which needs no content."""
    item.stamp = await signature_timestamp(info, evidence, item.best_time)
    item.timestamp = item.stamp.summary


async def judge_stamp(item: Judged, token: cms.SignedData, imprint: Imprint, evidence: Evidence) -> None:
    """Judge a timestamp that is a signature of its own at the earliest time proved for it."""
    try:
        item.judgement = await judge_token(token, imprint, evidence, item.best_time)
        item.timestamp = token_summary(token, item.judgement)
        item.stamp = StampFinding(summary=item.timestamp, token=token)
    except ENGINE_FAULTS as error:
        item.obstacle, item.detail, item.judgement = Reason.UNREADABLE, fault(error), Judgement()


def settle(item: Judged, request: Request) -> None:
    """The verdict of a signature that no later one has a say in."""
    item.verdict = decide(item.facts(request.limits, trust_empty=request.trust.empty))


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


def level_of(item: Judged, *, has_store: bool) -> str:
    """Baseline level by what is there, trusted or not (EN 319 142-1): B, T, LT or LTA; none for a timestamp."""
    if item.is_timestamp:
        return ""
    if item.timestamp is None and not item.proofs:
        return "B"
    if not has_store:
        return "T"
    return "LTA" if item.proofs else "LT"


def report_of(item: Judged, request: Request, *, has_store: bool) -> SignatureReport:
    """The report of one signature; parts that the engine cannot read are left empty.

    `has_store` says whether the container brought validation data of its own.
    """
    claims = item.claims or Claims()
    revocation = item.judgement.revocation
    verdict = item.verdict or Verdict(indication=Indication.INDETERMINATE, sub_indication=None, reasons=())
    said = (item.detail, item.judgement.detail, item.after.detail, item.stamp.detail if item.stamp else "")
    return SignatureReport(
        format=item.format,
        field=item.field,
        signer=safe_summary(item.certificate),
        signer_kind=item.kind(request.limits),
        claimed_signing_time=claims.time,
        timestamp=item.timestamp,
        best_signature_time=item.best_time,
        digest_algorithm=claims.digest,
        signature_algorithm=claims.algorithm,
        key_bits=claims.key_bits,
        coverage=item.after.coverage,
        gap_ok=item.gap_ok,
        tail_ok=item.tail_ok,
        modification=item.after.modification,
        changed_pages=item.after.pages,
        changed_fields=item.after.fields,
        trust_path=trust_path(item.judgement),
        revocation_status=revocation.status.value,
        revocation_source=revocation.source,
        level=level_of(item, has_store=has_store),
        indication=verdict.indication,
        sub_indication=verdict.sub_indication,
        reasons=verdict.reasons,
        detail="; ".join(part for part in said if part),
        revoked_at=revocation.revoked_at,
        revocation_updated_at=revocation.updated_at,
        material=references(exhibits(item), request.trust.stored),
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


def material_of(items: Iterable[Judged], request: Request) -> tuple[Material, ...]:
    """The bytes of what the file brought for all its verdicts, uncapped."""
    return tuple(piece for item in items for piece in brought(exhibits(item), request.trust.stored))


def exhibits(item: Judged) -> tuple[Exhibit, ...]:
    """What the verdict on a signature rests on beside the file itself."""
    stamp = item.stamp or StampFinding()
    judgements = (item.judgement,) if stamp.judgement is None else (item.judgement, stamp.judgement)
    return exhibits_of(judgements, () if stamp.token is None else (stamp.token,))
