"""Certification paths to our anchors, each built once for a certificate and a trust snapshot.

A path over certificates of the snapshot alone is the same for every document, so a process remembers it by the certificate's
whole SHA-256 (never by names or numbers, which anybody can copy). It is taken again only for moments at which every
certificate of it is valid. A path that needs a certificate which a file brought is never remembered.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from asn1crypto import x509
from pyhanko.sign.validation.generic_cms import validate_cert_usage
from pyhanko.sign.validation.policy_decl import bootstrap_validation_data_handlers
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator.path import ValidationPath

from parsers.signatures.engine import ENGINE_FAULTS, Evidence, specification, timing
from parsers.signatures.path_rules import fault_of_path

MOST_KEPT = 2000
"""Paths remembered for one snapshot."""


class Role(StrEnum):
    """Whose certificate it is; each role has anchors and key usages of its own."""

    SIGNER = "signer"
    AUTHORITY = "authority"


@dataclass(frozen=True, slots=True)
class KnownPath:
    """A path, and the times between which all of its certificates but the anchor are valid."""

    path: ValidationPath
    begin: datetime
    end: datetime

    def holds_at(self, moment: datetime) -> bool:
        """Whether the path may be taken for this moment."""
        return self.begin <= moment <= self.end


async def path_to_anchor(
    certificate: x509.Certificate, others: Iterable[x509.Certificate], evidence: Evidence, moment: datetime, role: Role
) -> ValidationPath | None:
    """The path of a certificate that is good at the moment; None where there is none or something stands against it.

    `others` came with the signature. The snapshot's own certificates are tried first, so that the path does not depend on
    what else a process has seen.
    """
    kept = evidence.trust.paths
    key = (role.value, certificate.sha256)
    known = kept.get(key)
    if known is not None and known.holds_at(moment):
        return known.path
    path = await built_path(certificate, replace(evidence, certificates=()), moment, role)
    if path is not None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = known_path(path)
        return path
    brought = (*evidence.certificates, *others)
    return await built_path(certificate, replace(evidence, certificates=brought), moment, role) if brought else None


def known_path(path: ValidationPath) -> KnownPath:
    """A path with the times between which it holds."""
    times = [certificate["tbs_certificate"]["validity"] for certificate in path.iter_certs(include_root=False)]
    return KnownPath(path, max(one["not_before"].native for one in times), min(one["not_after"].native for one in times))


async def built_path(certificate: x509.Certificate, evidence: Evidence, moment: datetime, role: Role) -> ValidationPath | None:
    """What the engine builds, judged by its rules for the role; None for anything but a good path with a certificate in it."""
    try:
        rules, when = specification(evidence), timing(moment)
        policy = rules.cert_validation_policy if role is Role.SIGNER else rules.ts_cert_validation_policy
        if policy is None:
            return None
        context = policy.build_validation_context(when, bootstrap_validation_data_handlers(rules, when))
        usage: KeyUsageConstraints = (
            rules.key_usage_settings if role is Role.SIGNER else TimestampSignatureStatus.default_usage_constraints()
        )
        found = await validate_cert_usage(certificate, context, usage, context.path_builder.async_build_paths_lazy(certificate))
    except ENGINE_FAULTS:
        return None
    path: ValidationPath | None = found.success_result
    is_good = found.error_subindic is None and path is not None and path.pkix_len > 0 and fault_of_path(path) is None
    return path if is_good else None
