"""Whether the certificates of a path were revoked at a proven moment, by local data only (RFC 5280, 6.3; RFC 6960)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

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

from parsers.signatures.engine import ENGINE_FAULTS, Evidence
from parsers.signatures.plain_lists import Word

Container = TypeVar("Container", CRLContainer, OCSPContainer)

EVER = timedelta(days=200 * 365)
"""Old lists are looked at too: what they name as revoked is revoked; what they do not name proves nothing."""


class RevocationStatus(StrEnum):
    """What local data say of a whole path; `unknown` where data are missing, stale or unusable for one certificate."""

    GOOD = "good"
    REVOKED = "revoked"
    REVOKED_CA = "revoked-ca"
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
    used: tuple[CRLContainer | OCSPContainer, ...] = ()


NOT_CHECKED = RevocationFinding(status=RevocationStatus.NOT_CHECKED)


async def path_revocation(path: ValidationPath, evidence: Evidence, moment: datetime) -> RevocationFinding:
    """Judge every certificate of the path but the anchor; a revoked one anywhere decides."""
    certificates = tuple(path.iter_certs(include_root=False))
    findings = [await certificate_revocation(certificate, path, evidence, moment) for certificate in certificates]
    for position, finding in enumerate(findings):
        if finding.status is RevocationStatus.REVOKED:
            is_leaf = position == len(findings) - 1
            status = RevocationStatus.REVOKED if is_leaf else RevocationStatus.REVOKED_CA
            return RevocationFinding(status=status, source=finding.source, revoked_at=finding.revoked_at)
    sources = ", ".join(sorted({finding.source for finding in findings if finding.source}))
    known = all(finding.status is RevocationStatus.GOOD for finding in findings)
    return RevocationFinding(status=RevocationStatus.GOOD if known else RevocationStatus.UNKNOWN, source=sources)


async def certificate_revocation(
    certificate: x509.Certificate, path: ValidationPath, evidence: Evidence, moment: datetime
) -> RevocationFinding:
    """Any authentic word of a revocation before the moment decides; else any usable word that the certificate was good."""
    good: list[str] = []
    source = "crl"
    issuer = issuer_in(path, certificate)
    try:
        for usable, lists in by_use(evidence.crls, certificate, moment):
            words = [evidence.trust.index.word(item, certificate, issuer) for item in lists]
            unclear = tuple(item for item, word in zip(lists, words, strict=True) if word is Word.UNCLEAR)
            cleared = Word.NOT_NAMED in words
            if unclear:
                context = context_for(evidence, path, moment, crls=unclear)
                cleared = await cleared_by_lists(certificate, path, context) or cleared
            if cleared and usable:
                good.append("crl")
        source = "ocsp"
        for usable, answers in by_use(answers_for(certificate, evidence.ocsps), certificate, moment):
            for answer in answers:
                context = context_for(evidence, path, moment, ocsps=(answer,))
                if await cleared_by_answer(certificate, path, context) and usable:
                    good.append("ocsp")
    except RevokedError as error:
        return RevocationFinding(status=RevocationStatus.REVOKED, source=source, revoked_at=error.revocation_dt)
    status = RevocationStatus.GOOD if good else RevocationStatus.UNKNOWN
    return RevocationFinding(status=status, source=good[0] if good else "")


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


async def cleared_by_answer(certificate: x509.Certificate, path: ValidationPath, context: ValidationContext) -> bool:
    """Whether one authentic answer says good, or revoked only after the moment; RevokedError if revoked in time."""
    try:
        await verify_ocsp_response(certificate, path, context)
    except RevokedError:
        raise
    except OCSPValidationIndeterminateError as error:
        # The engine says "cannot determine" without naming a failure exactly if the revocation is later than the moment.
        return not error.failures
    except ENGINE_FAULTS:
        return False
    return True


def by_use(
    items: Iterable[Container], certificate: x509.Certificate, moment: datetime
) -> tuple[tuple[bool, tuple[Container, ...]], ...]:
    """The data in two groups: what can only convict, and what can clear as well."""
    groups: dict[bool, list[Container]] = {False: [], True: []}
    for item in items:
        groups[can_clear(item, certificate, moment)].append(item)
    return tuple((usable, tuple(group)) for usable, group in groups.items() if group)


def can_clear(item: CRLContainer | OCSPContainer, certificate: x509.Certificate, moment: datetime) -> bool:
    """Whether silence of these data means "not revoked at the moment".

    They must reach up to the moment, and must not be younger than the certificate's end: an issuer may drop expired
    certificates from its lists (RFC 5280, 3.3).
    """
    if isinstance(item, CRLContainer):
        source = item.crl_data["tbs_cert_list"]
    else:
        source = item.extract_single_response()
        if source is None:
            return False
    this_update, next_update = source["this_update"].native, source["next_update"].native
    ends = certificate["tbs_certificate"]["validity"]["not_after"].native
    return bool(this_update <= ends and (next_update or this_update) >= moment)


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
