"""What the engine leaves out when it judges a path: curves that are too small, and certificates that say two things at once."""

from asn1crypto import x509
from pyhanko_certvalidator.path import ValidationPath

from parsers.signatures.certificates import has_weak_key
from parsers.signatures.engine import ENGINE_FAULTS
from parsers.signatures.model import SubIndication


def fault_of_path(path: ValidationPath) -> SubIndication | None:
    """What stands against a path that the engine has found good; None where nothing does."""
    try:
        if any(map(has_weak_key, path.iter_certs(include_root=True))):
            return SubIndication.CRYPTO_CONSTRAINTS_FAILURE
        if any(map(has_repeated_extension, path.iter_certs(include_root=False))):
            return SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE
    except ENGINE_FAULTS:
        return SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE
    return None


def has_repeated_extension(certificate: x509.Certificate) -> bool:
    """Whether an extension stands twice (RFC 5280, 4.2, forbids it): which of them counts depends on who reads."""
    kinds = [extension["extn_id"].dotted for extension in certificate["tbs_certificate"]["extensions"] or ()]
    return len(kinds) != len(set(kinds))
