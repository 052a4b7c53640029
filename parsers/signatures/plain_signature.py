"""CMS signatures in the shape that nearly all have, checked without the engine's many detours.

The engine parses and compares the same names and attributes several times for one signature. Here a signature that is plain
in every respect is checked once (RFC 5652, 5.4 and 5.6; RFC 5035, 5.4): one signer whose certificate it carries, each signed
attribute once, strong algorithms, the right digest and the right value. Anything else gives None and is left to the engine,
above all everything that is wrong, so that a fault is always named by the engine.
"""

import hashlib
from typing import Any

from asn1crypto import cms, tsp, x509
from asn1crypto.core import ParsableOctetString, Void
from asn1crypto.parser import emit

from parsers.signatures.engine import ENGINE_FAULTS, Imprint
from parsers.signatures.plain_lists import STRONG_HASHES, is_signed

PLAIN_ATTRIBUTES = frozenset(
    {
        *("content_type", "message_digest", "signing_time", "signing_certificate", "signing_certificate_v2"),
        *("adobe_revocation_info_archival", "signature_policy_identifier", "commitment_type", "signer_location"),
    }
)
"""Signed attributes that speak neither for nor against the signature, beside the digest and the certificate."""


def plain_signer(signed: cms.SignedData, digest: bytes) -> x509.Certificate | None:
    """The signer of a detached signature over content of this digest, if the signature is plain and right."""
    try:
        copied = copy_of(signed)
        if not isinstance(copied["encap_content_info"]["content"], Void):
            return None
        return right_signer(copied, digest)
    except ENGINE_FAULTS:
        return None


def plain_stamper(token: cms.SignedData, imprint: Imprint) -> x509.Certificate | None:
    """The authority of a timestamp token over an imprint, if the token is plain and right (RFC 3161, 2.4.2)."""
    try:
        copied = copy_of(token)
        content = copied["encap_content_info"]["content"]
        if not isinstance(content, ParsableOctetString) or not isinstance(content.parsed, tsp.TSTInfo):
            return None
        stamped = content.parsed["message_imprint"]
        algorithm = stamped["hash_algorithm"]["algorithm"].native
        if algorithm not in STRONG_HASHES or imprint(algorithm) != stamped["hashed_message"].native:
            return None
        name = digest_of(copied)
        return None if name is None else right_signer(copied, hashlib.new(name, bytes(content)).digest())
    except ENGINE_FAULTS:
        return None


def copy_of(signed: cms.SignedData) -> cms.SignedData:
    """The same message as an object of its own: looking at some parts makes the library spell them anew, for the engine too."""
    return cms.SignedData.load(emit(0, 1, cms.SignedData.tag, signed.contents))


def digest_of(signed: cms.SignedData) -> str | None:
    """The digest algorithm of the only signer, if it is a strong one."""
    infos = signed["signer_infos"]
    name = str(infos[0]["digest_algorithm"]["algorithm"].native) if len(infos) == 1 else ""
    return name if name in STRONG_HASHES else None


def right_signer(signed: cms.SignedData, digest: bytes) -> x509.Certificate | None:
    """The certificate of the only signer, where everything about the signature is plain and right."""
    name = digest_of(signed)
    if name is None:
        return None
    signer = signed["signer_infos"][0]
    # Signed attributes are signed as a SET OF, whatever their tag is in the message.
    data = emit(0, 1, cms.CMSAttributes.tag, signer["signed_attrs"].contents)
    attributes = plain_attributes(signer)
    certificate = certificate_of(signed, signer)
    if attributes is None or certificate is None or not names_certificate(attributes, certificate):
        return None
    content_type = signed["encap_content_info"]["content_type"].native
    if attributes["content_type"].native != content_type or attributes["message_digest"].native != digest:
        return None
    algorithm = signer["signature_algorithm"]["algorithm"].native
    if algorithm == "rsassa_pkcs1v15":
        algorithm = f"{name}_rsa"
    right = algorithm.startswith(f"{name}_") and is_signed(certificate.public_key, algorithm, signer["signature"].native, data)
    return certificate if right else None


def plain_attributes(signer: cms.SignerInfo) -> dict[str, Any] | None:
    """The signed attributes by type; None where one is unknown, repeated or has not exactly one value."""
    found: dict[str, Any] = {}
    for attribute in signer["signed_attrs"]:
        kind = attribute["type"].native
        if kind not in PLAIN_ATTRIBUTES or kind in found or len(attribute["values"]) != 1:
            return None
        found[kind] = attribute["values"][0]
    return found if {"content_type", "message_digest"} <= found.keys() else None


def certificate_of(signed: cms.SignedData, signer: cms.SignerInfo) -> x509.Certificate | None:
    """The one certificate that the signer names by issuer and serial number, among plain certificates only."""
    wanted = signer["sid"]
    if wanted.name != "issuer_and_serial_number":
        return None
    issuer, serial = wanted.chosen["issuer"].dump(), wanted.chosen["serial_number"].native
    found = []
    for choice in signed["certificates"]:
        if choice.name != "certificate":
            return None
        if choice.chosen.serial_number == serial and choice.chosen.issuer.dump() == issuer:
            found.append(choice.chosen)
    return found[0] if len(found) == 1 else None


def names_certificate(attributes: dict[str, Any], certificate: x509.Certificate) -> bool:
    """Whether the signing certificate attribute, where there is one, names this certificate."""
    second, first = attributes.get("signing_certificate_v2"), attributes.get("signing_certificate")
    value = second if second is not None else first
    if value is None:
        return True
    named = value["certs"][0]
    algorithm = "sha1" if second is None else named["hash_algorithm"]["algorithm"].native
    if hashlib.new(algorithm, certificate.dump()).digest() != named["cert_hash"].native:
        return False
    place = named["issuer_serial"]
    if isinstance(place, Void):
        return True
    names = place["issuer"]
    same_issuer = (
        len(names) == 1
        and names[0].name == "directory_name"
        and names[0].chosen.chosen.dump() == certificate.issuer.chosen.dump()
    )
    return same_issuer and place["serial_number"].native == certificate.serial_number
