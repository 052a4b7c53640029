"""Whether the certificates of a path were revoked at a proven moment, by local data only (RFC 5280, 6.3; RFC 6960)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from asn1crypto import x509
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import OCSPValidationIndeterminateError, RevokedError
from pyhanko_certvalidator.ltv.poe import POEManager
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, CertRevTrustPolicy, FreshnessReqType
from pyhanko_certvalidator.registry import CertificateRegistry, SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer
from pyhanko_certvalidator.revinfo.manager import RevinfoManager
from pyhanko_certvalidator.revinfo.validate_crl import verify_crl
from pyhanko_certvalidator.revinfo.validate_ocsp import verify_ocsp_response

from parsers.signatures.engine import ENGINE_FAULTS, Evidence, PreparedTrust
from parsers.signatures.plain_lists import Word
from parsers.signatures.revoked_entries import RevokedEntry, entry_on

RevocationData = CRLContainer | OCSPContainer

WEAK = frozenset({"md2", "md5", "sha1"})

SKEW = timedelta(minutes=5)
"""How far another clock may be ahead of ours."""

EVER = timedelta(days=200 * 365)
"""Old lists are looked at too: what they name as revoked is revoked; what they do not name proves nothing."""


class RevocationStatus(StrEnum):
    """What local data say of a whole path; `unknown` where data are missing, stale or unusable for one certificate.

    A certificate on hold may be revoked or given back (RFC 5280, 5.3.1): that is known only later.
    """

    GOOD = "good"
    REVOKED = "revoked"
    REVOKED_CA = "revoked-ca"
    ON_HOLD = "on-hold"
    UNKNOWN = "unknown"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationFinding:
    """`source` is `crl`, `ocsp` or both; `revoked_at` is set for the revoked states.

    `used` are the data that decided, `updated_at` is when the oldest of them was issued.
    """

    status: RevocationStatus
    source: str = ""
    revoked_at: datetime | None = None
    updated_at: datetime | None = None
    used: tuple[RevocationData, ...] = ()


NOT_CHECKED = RevocationFinding(status=RevocationStatus.NOT_CHECKED)


async def path_revocation(path: ValidationPath, evidence: Evidence, moment: datetime) -> RevocationFinding:
    """Judge every certificate of the path but the anchor; a revoked one anywhere decides."""
    certificates = tuple(path.iter_certs(include_root=False))
    findings = [await certificate_revocation(certificate, path, evidence, moment) for certificate in certificates]
    for position, finding in enumerate(findings):
        if finding.status is RevocationStatus.REVOKED:
            is_leaf = position == len(findings) - 1
            return replace(finding, status=RevocationStatus.REVOKED if is_leaf else RevocationStatus.REVOKED_CA)
    held = [finding for finding in findings if finding.status is RevocationStatus.ON_HOLD]
    if held:
        return held[0]
    known = all(finding.status is RevocationStatus.GOOD for finding in findings)
    return RevocationFinding(
        status=RevocationStatus.GOOD if known else RevocationStatus.UNKNOWN,
        source=", ".join(sorted({finding.source for finding in findings if finding.source})),
        updated_at=min((finding.updated_at for finding in findings if finding.updated_at), default=None),
        used=tuple(item for finding in findings for item in finding.used),
    )


async def certificate_revocation(
    certificate: x509.Certificate, path: ValidationPath, evidence: Evidence, moment: datetime
) -> RevocationFinding:
    """Any authentic word of a revocation before the moment decides; else the newest usable word that the certificate was good.

    A hold ends with a newer word that does not name the certificate any more, for whatever is signed after that.
    """
    asked = Asked(certificate=certificate, path=path, evidence=evidence, moment=moment)
    items: tuple[RevocationData, ...] = (*evidence.crls, *answers_for(certificate, evidence.ocsps))
    cleared: list[RevocationData] = []
    held: list[RevocationFinding] = []
    for item in items:
        entry, clears = await heard(item, asked)
        if entry is not None and not entry.on_hold:
            return decided_by(item, RevocationStatus.REVOKED, entry.revoked_at)
        if entry is not None:
            held.append(decided_by(item, RevocationStatus.ON_HOLD, entry.revoked_at))
        elif clears:
            cleared.append(item)
    newest = max(cleared, key=issued_at, default=None)
    for finding in held:
        if newest is None or finding.updated_at is None or not finding.updated_at < issued_at(newest) <= moment:
            return finding
    return RevocationFinding(status=RevocationStatus.UNKNOWN) if newest is None else decided_by(newest, RevocationStatus.GOOD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whether one certificate of a path was revoked at a moment."""

    certificate: x509.Certificate
    path: ValidationPath
    evidence: Evidence
    moment: datetime


async def heard(item: RevocationData, asked: Asked) -> tuple[RevokedEntry | None, bool]:
    """What one list or answer says: since when the certificate is revoked, else whether it clears the certificate.

    What cannot be read says nothing, and does not keep the others from speaking.
    """
    try:
        if await says_good(item, asked):
            return None, can_clear(item, asked.certificate, asked.moment, asked.evidence.trust)
        issuer = issuer_in(asked.path, asked.certificate)
        if isinstance(item, CRLContainer) and issuer is not None:
            entry = entry_on(item.crl_data, asked.certificate, issuer)
            return (entry if entry is not None and entry.revoked_at <= asked.moment else None), False
    except RevokedError as error:
        return RevokedEntry(revoked_at=error.revocation_dt, on_hold=error.reason.native == "certificate_hold"), False
    except ENGINE_FAULTS:
        return None, False
    return None, False


async def says_good(item: RevocationData, asked: Asked) -> bool:
    """Whether one list or answer is authentic and does not name the certificate; RevokedError if it names it in time."""
    if not isinstance(item, CRLContainer):
        context = context_for(asked.evidence, asked.path, asked.moment, ocsps=(item,))
        return await cleared_by_answer(item, asked, context)
    word = asked.evidence.trust.index.word(item, asked.certificate, issuer_in(asked.path, asked.certificate))
    if word is not Word.UNCLEAR:
        return word is Word.NOT_NAMED
    if not speaks_of(item, asked.certificate):
        return False
    context = context_for(asked.evidence, asked.path, asked.moment, crls=(item,))
    return await cleared_by_lists(asked.certificate, asked.path, context)


def decided_by(item: RevocationData, status: RevocationStatus, revoked_at: datetime | None = None) -> RevocationFinding:
    """What one list or answer decided."""
    source = "crl" if isinstance(item, CRLContainer) else "ocsp"
    return RevocationFinding(status=status, source=source, revoked_at=revoked_at, updated_at=issued_at(item), used=(item,))


def issued_at(item: RevocationData) -> datetime:
    """When a list or an answer that was believed was issued."""
    times = times_of(item)
    if times is None:
        raise ValueError("what was believed bears no date")
    return times[0]


def times_of(item: RevocationData) -> tuple[datetime, datetime | None] | None:
    """When a list or an answer was issued, and when the next is due; None where it cannot be read."""
    source = item.crl_data["tbs_cert_list"] if isinstance(item, CRLContainer) else item.extract_single_response()
    return None if source is None else (source["this_update"].native, source["next_update"].native)


def speaks_of(item: CRLContainer, certificate: x509.Certificate) -> bool:
    """Whether a list may be about the certificate: of its issuer, or of several issuers (RFC 5280, 5.2.5)."""
    return item.crl_data.issuer == certificate.issuer or is_indirect(item)


def is_indirect(item: CRLContainer) -> bool:
    """Whether a list is about certificates of other issuers."""
    point = item.crl_data.issuing_distribution_point_value
    return bool(point is not None and point["indirect_crl"].native)


def issuer_in(path: ValidationPath, certificate: x509.Certificate) -> x509.Certificate | None:
    """The certificate of whoever issued this one; None where the path begins with a bare key."""
    chain = tuple(path.iter_certs(include_root=True))
    for issuer, issued in pairwise(chain):
        if issued is certificate:
            return issuer
    return None


async def cleared_by_lists(certificate: x509.Certificate, path: ValidationPath, context: ValidationContext) -> bool:
    """Whether authentic lists cover the certificate and do not name it; RevokedError if one names it in time."""
    try:
        await verify_crl(certificate, path, context)
    except RevokedError:
        raise
    except ENGINE_FAULTS:
        # A list that cannot be used, or was made to break the engine, says nothing.
        return False
    return True


async def cleared_by_answer(item: OCSPContainer, asked: Asked, context: ValidationContext) -> bool:
    """Whether one authentic answer says good, or revoked only after the moment; RevokedError if revoked in time."""
    try:
        await verify_ocsp_response(asked.certificate, asked.path, context)
    except RevokedError:
        raise
    except OCSPValidationIndeterminateError as error:
        # The engine says "cannot determine" without naming a failure if the revocation is later than the moment, and if the
        # responder knows nothing of the certificate.
        answer = item.extract_single_response()
        return not error.failures and answer is not None and answer["cert_status"].name == "revoked"
    except ENGINE_FAULTS:
        return False
    return True


def can_clear(item: RevocationData, certificate: x509.Certificate, moment: datetime, trust: PreparedTrust) -> bool:
    """Whether silence of these data means "not revoked at the moment".

    They must reach up to the moment, by the date they bear or because they are fresh, must not come from the future, and must
    not be younger than the certificate's end: an issuer may drop expired certificates from its lists (RFC 5280, 3.3). A list of
    changes or of other issuers' certificates clears nobody.
    """
    times = times_of(item)
    if times is None or is_forgeable(item) or (isinstance(item, CRLContainer) and (is_indirect(item) or is_delta(item))):
        return False
    this_update, next_update = times
    ends = certificate["tbs_certificate"]["validity"]["not_after"].native
    until = max(next_update or this_update, this_update + trust.freshness)
    in_time = trust.now is None or this_update <= trust.now + SKEW
    return bool(this_update <= ends and in_time and until >= moment)


def is_forgeable(item: RevocationData) -> bool:
    """Whether the signature is over a digest for which a second text can be made."""
    signed = item.crl_data if isinstance(item, CRLContainer) else item.ocsp_response_data.basic_ocsp_response
    return signed["signature_algorithm"].hash_algo in WEAK


def is_delta(item: CRLContainer) -> bool:
    """Whether a list names changes only (RFC 5280, 5.2.4)."""
    return item.crl_data.delta_crl_indicator_value is not None


def answers_for(certificate: x509.Certificate, ocsps: Iterable[OCSPContainer]) -> list[OCSPContainer]:
    """The answers that speak of this serial number; whether issuer and signature fit is for the engine to say."""
    found = []
    for item in ocsps:
        response = item.extract_single_response()
        if response is not None and response["cert_id"]["serial_number"].native == certificate.serial_number:
            found.append(item)
    return found


def context_for(
    evidence: Evidence,
    path: ValidationPath,
    moment: datetime,
    *,
    crls: tuple[CRLContainer, ...] = (),
    ocsps: tuple[OCSPContainer, ...] = (),
) -> ValidationContext:
    """A fresh context over just these data; nothing one file brings is remembered for the next."""
    registry = CertificateRegistry()
    registry.register_multiple([*path.iter_certs(include_root=True), *evidence.trust.intermediates, *evidence.certificates])
    manager = RevinfoManager(certificate_registry=registry, poe_manager=POEManager(), crls=crls, ocsps=ocsps)
    return ValidationContext(
        trust_manager=SimpleTrustManager.build(trust_roots=[]),
        certificate_registry=registry,
        revinfo_manager=manager,
        revinfo_policy=CertRevTrustPolicy(
            NO_REVOCATION, freshness=EVER, freshness_req_type=FreshnessReqType.MAX_DIFF_REVOCATION_VALIDATION
        ),
        moment=moment,
        allow_fetching=False,
    )
