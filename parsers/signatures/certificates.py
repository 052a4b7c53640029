"""Certificates as the engine holds them, read into the words of the report."""

import hashlib
from functools import lru_cache

from asn1crypto import x509

from parsers.signatures.model import CertificateSummary
from parsers.signatures.names import SubjectNames

SIGNER_KEY_USAGE = frozenset({"non_repudiation", "digital_signature"})

MACHINE_PURPOSES = frozenset({"server_auth", "ocsp_signing", "time_stamping", "code_signing"})
"""Extended key usages that speak for a machine or another service; a certificate with nothing else signs no letters."""

SMALLEST_CURVE = 224
"""Bits of a curve that is as strong as RSA with 2048 bits."""

MOST_REMEMBERED = 8192
"""Bytes of a certificate whose names are remembered: no file may fill the memory with its own."""


def summary(certificate: x509.Certificate) -> CertificateSummary:
    """The fields that people and the directory compare; read once for the same bytes."""
    der = certificate.dump()
    return summary_of(der) if len(der) <= MOST_REMEMBERED else summary_of.__wrapped__(der)


@lru_cache(maxsize=1024)
def summary_of(der: bytes) -> CertificateSummary:
    """The summary of a certificate in DER."""
    certificate = x509.Certificate.load(der)
    subject = certificate.subject.native
    validity = certificate["tbs_certificate"]["validity"]
    return CertificateSummary(
        der_sha256=hashlib.sha256(certificate.dump()).hexdigest(),
        subject=certificate.subject.human_friendly,
        common_name=text_of(subject.get("common_name")),
        organisation=text_of(subject.get("organization_name")),
        emails=emails_of(certificate),
        issuer=certificate.issuer.human_friendly,
        serial=f"{certificate.serial_number:x}",
        not_before=validity["not_before"].native,
        not_after=validity["not_after"].native,
    )


def emails_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """Addresses in the subject and its alternative names, each once."""
    found = values_of(certificate.subject.native.get("email_address"))
    alternative = certificate.subject_alt_name_value
    for general in alternative or ():
        if general.name == "rfc822_name":
            found = (*found, str(general.native))
    return tuple(dict.fromkeys(found))


def subject_names(certificate: x509.Certificate) -> SubjectNames:
    """What `names.signer_kind` looks at; read once for the same bytes."""
    der = certificate.dump()
    return names_in(der) if len(der) <= MOST_REMEMBERED else names_in.__wrapped__(der)


@lru_cache(maxsize=1024)
def names_in(der: bytes) -> SubjectNames:
    """The names in a certificate in DER."""
    certificate = x509.Certificate.load(der)
    subject = certificate.subject.native
    return SubjectNames(
        common_name=text_of(subject.get("common_name")),
        organisation=text_of(subject.get("organization_name")),
        issuer_organisation=text_of(certificate.issuer.native.get("organization_name")),
        user_ids=values_of(subject.get("user_id")),
        personal=any(key in subject for key in ("given_name", "surname", "pseudonym")),
        organisation_identifier="organization_identifier" in subject,
    )


def usable_for_signing(certificate: x509.Certificate, *, is_anchor: bool = False) -> bool:
    """Whether key usage allows signing documents; an authority issues certificates, whatever else its own allows it.

    No usage at all leaves all open (RFC 8550, 4.4.2), for an authority only where the operator trusts it by itself: many
    self-signed certificates of persons are such. No extended key usage is asked for: VGCA certificates carry none for
    documents (RFC 5280, 4.2.1.12, leaves it open).
    """
    usage = certificate.key_usage_value
    if usage is not None and (certificate.ca or not SIGNER_KEY_USAGE & set(usage.native)):
        return False
    if usage is None and certificate.ca and not is_anchor:
        return False
    purposes = certificate.extended_key_usage_value
    if purposes is None:
        return True
    # A web server's certificate is often a client's, too; a client's alone may be a person's.
    named = set(purposes.native)
    return not named - {"client_auth"} <= MACHINE_PURPOSES or named <= {"client_auth"}


def has_weak_key(certificate: x509.Certificate) -> bool:
    """Whether the key lies on a curve that is too small (SP 800-131A, 3); the engine measures other keys, but no curves."""
    key = certificate.public_key
    return bool(key.algorithm == "ec" and key.bit_size < SMALLEST_CURVE)


def values_of(value: object) -> tuple[str, ...]:
    """A name attribute as a tuple: absent, one or several values."""
    if value is None:
        return ()
    return tuple(str(item) for item in value) if isinstance(value, list) else (str(value),)


def text_of(value: object) -> str:
    """A name attribute as one text."""
    return ", ".join(values_of(value))
