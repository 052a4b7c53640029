"""Certificates of a file that lead nowhere, left out before the engine looks for paths among many.

It tries every order of certificates that name one another, whoever signed them: forty that any stranger can make are more
than it would ever be done with. What a known authority has signed, directly or below, nobody can make.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import islice

from asn1crypto import cms, x509
from asn1crypto.parser import emit
from pyhanko_certvalidator.sig_validate import DEFAULT_SIGNATURE_VALIDATOR

from parsers.signatures.cms_message import elements
from parsers.signatures.engine import ENGINE_FAULTS, PreparedTrust

CERTIFICATES = b"\xa0"
"""The tag of the certificates in a SignedData (RFC 5652, 5.1)."""

FEW = 6
"""Certificates whose every order is tried in no time."""


def leading(certificates: tuple[x509.Certificate, ...], trust: PreparedTrust) -> tuple[x509.Certificate, ...]:
    """Of many certificates those that an anchor or a known intermediate has signed, or one of them; all of few."""
    if len(certificates) <= FEW:
        return certificates
    authorities: dict[str, list[x509.Certificate]] = defaultdict(list)
    for known in (*trust.signers.iter_certs(), *trust.authorities.iter_certs(), *trust.intermediates):
        authorities[known.subject.hashable].append(known)
    kept: set[int] = set()
    asked: set[tuple[int, bytes]] = set()
    while True:
        found = [
            place
            for place, certificate in enumerate(certificates)
            if place not in kept and is_issued(place, certificate, authorities, asked)
        ]
        for place in found:
            authorities[certificates[place].subject.hashable].append(certificates[place])
        kept.update(found)
        if not found:
            return tuple(certificates[place] for place in sorted(kept))


def is_issued(
    place: int, certificate: x509.Certificate, authorities: dict[str, list[x509.Certificate]], asked: set[tuple[int, bytes]]
) -> bool:
    """Whether one of the authorities of the issuer's name has signed a certificate; each is asked once."""
    for authority in authorities.get(certificate.issuer.hashable, ()):
        question = (place, authority.sha256)
        if question not in asked and has_signed(authority, certificate):
            return True
        asked.add(question)
    return False


def has_signed(authority: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether the authority's key made the certificate's signature; False for what cannot be computed."""
    try:
        DEFAULT_SIGNATURE_VALIDATOR.validate_signature(
            certificate["signature_value"].native,
            certificate["tbs_certificate"].dump(),
            authority.public_key,
            certificate["signature_algorithm"],
        )
    except ENGINE_FAULTS:
        return False
    return True


def without_strays(signed: cms.SignedData, trust: PreparedTrust) -> cms.SignedData:
    """A message without the certificates that lead nowhere and are not its signer's; the same object where it has few."""
    try:
        if len(signed["certificates"] or ()) <= FEW:
            return signed
        # Asked for once: the engine may spell all of a message anew, and take seconds, where it has been read in part.
        contents = signed.contents
        copied = cms.SignedData.load(emit(0, 1, cms.SignedData.tag, contents))
        brought = tuple(choice.chosen for choice in copied["certificates"] if choice.name == "certificate")
        kept = {certificate.dump(): certificate for certificate in (*signers(copied, brought), *leading(brought, trust))}
        return with_certificates(contents, kept)
    except ENGINE_FAULTS:
        return signed


def with_certificates(contents: bytes, certificates: Iterable[bytes]) -> cms.SignedData:
    """A message of these contents, with these certificates in place of its own and every other field as it stands."""
    given = emit(2, 1, 0, b"".join(certificates))
    fields = (given if field[:1] == CERTIFICATES else field for field in elements(contents))
    return cms.SignedData.load(emit(0, 1, cms.SignedData.tag, b"".join(fields)))


def signers(signed: cms.SignedData, certificates: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """The certificates that the only signer may mean, a few of them."""
    wanted = signed["signer_infos"][0]["sid"]
    if wanted.name == "issuer_and_serial_number":
        number = wanted.chosen["serial_number"].native
        return list(islice((one for one in certificates if one.serial_number == number), FEW))
    return list(islice((one for one in certificates if one.key_identifier == wanted.chosen.native), FEW))
