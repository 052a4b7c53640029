"""What an anchor may vouch for: an authority for others, within the bounds of its own certificate; anybody else for himself.

A path ends at the name and the key of an anchor and looks at nothing else in its certificate (RFC 5280, 6.1.1). An operator who
trusts one person's certificate would then trust every certificate that this person issues.
"""

from asn1crypto import x509
from pyhanko_certvalidator.authority import CertTrustAnchor, TrustedServiceType, TrustQualifiers
from pyhanko_certvalidator.name_trees import (
    PKIXSubtrees,
    default_excluded_subtrees,
    default_permitted_subtrees,
    process_general_subtrees,
)
from pyhanko_certvalidator.policy_decl import PKIXValidationParams


def anchor_of(certificate: x509.Certificate) -> CertTrustAnchor:
    """An anchor that vouches for no more than its certificate allows; ValueError where that cannot be read."""
    service = TrustedServiceType.CERTIFICATE_AUTHORITY if may_issue(certificate) else TrustedServiceType.UNSUPPORTED
    bounds = TrustQualifiers(
        standard_parameters=name_bounds(certificate),
        max_path_length=certificate.max_path_length,
        trusted_service_type=service,
    )
    return CertTrustAnchor(certificate, bounds)


def may_issue(certificate: x509.Certificate) -> bool:
    """Whether a certificate is an authority's (RFC 5280, 4.2.1.9 and 4.2.1.3); version 1 has no way to say so."""
    constraints, usage = certificate.basic_constraints_value, certificate.key_usage_value
    if usage is not None and "key_cert_sign" not in usage.native:
        return False
    if constraints is not None:
        return bool(constraints["ca"].native)
    return usage is not None or certificate["tbs_certificate"]["version"].native == "v1"


def name_bounds(certificate: x509.Certificate) -> PKIXValidationParams | None:
    """The names for which an authority may issue (RFC 5280, 4.2.1.10), None where any."""
    constraints = certificate.name_constraints_value
    if constraints is None:
        return None
    permitted, excluded = default_permitted_subtrees(), default_excluded_subtrees()
    return PKIXValidationParams(
        initial_permitted_subtrees=permitted | subtrees(constraints["permitted_subtrees"]),
        initial_excluded_subtrees=excluded | subtrees(constraints["excluded_subtrees"]),
    )


def subtrees(value: object) -> PKIXSubtrees:
    """Names of one field by their kind; nothing is said of a kind that is absent."""
    return process_general_subtrees(value) if isinstance(value, x509.GeneralSubtrees) else {}
