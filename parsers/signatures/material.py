"""What a verdict rests on beside the file itself: certificates of the path, revocation data, timestamp tokens.

Whoever keeps a verdict keeps these with it, so that it can be gone through again years later (EN 319 102-1, 5.1.4.2.1).
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from asn1crypto import cms, parser
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

from parsers.signatures.chain import Judgement
from parsers.signatures.engine import ENGINE_FAULTS, StoredList
from parsers.signatures.model import Material, MaterialKind, MaterialReference, Origin

SIGNED_DATA = cms.ContentType("signed_data").dump()


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One piece of material, known by the SHA-256 (hex) of its DER bytes; they are left out of what the snapshot has."""

    kind: MaterialKind
    sha256: str
    der: bytes = field(compare=False, default=b"")


def exhibit(kind: MaterialKind, der: bytes) -> Exhibit:
    """A piece with its bytes."""
    return Exhibit(kind, hashlib.sha256(der).hexdigest(), der)


def exhibits_of(judgements: Iterable[Judgement], tokens: Iterable[cms.SignedData]) -> tuple[Exhibit, ...]:
    """Everything that some judgements used, each piece once; a piece that cannot be written again is left out."""
    found: list[Exhibit] = [exhibit(MaterialKind.TIMESTAMP, dumped) for dumped in map(token_bytes, tokens) if dumped]
    for judgement in judgements:
        try:
            found.extend(used_by(judgement))
        except ENGINE_FAULTS:
            continue
    return tuple(dict.fromkeys(found))


def used_by(judgement: Judgement) -> Iterator[Exhibit]:
    """The path from the anchor down, or the signer's certificate where there is none, then the revocation data."""
    if judgement.path is not None:
        for certificate in judgement.path.iter_certs(include_root=True):
            yield exhibit(MaterialKind.CERTIFICATE, certificate.dump())
    elif judgement.certificate is not None:
        yield exhibit(MaterialKind.CERTIFICATE, judgement.certificate.dump())
    for item in judgement.revocation.used:
        yield revocation_exhibit(item)


def revocation_exhibit(item: CRLContainer | OCSPContainer) -> Exhibit:
    """A list, or an answer as the whole response in which it came."""
    if isinstance(item, StoredList):
        return Exhibit(MaterialKind.CRL, item.sha256)
    if isinstance(item, CRLContainer):
        return exhibit(MaterialKind.CRL, item.crl_data.dump())
    return exhibit(MaterialKind.OCSP, item.ocsp_response_data.dump())


def token_bytes(token: cms.SignedData) -> bytes:
    """A timestamp token as the message that an authority sends (RFC 3161, 2.4.2); nothing if it cannot be written.

    What is inside goes in byte for byte: written anew, the signature might no longer fit.
    """
    try:
        signed = parser.emit(0, 1, 16, token.contents)
        return bytes(parser.emit(0, 1, 16, SIGNED_DATA + parser.emit(2, 1, 0, signed)))
    except ENGINE_FAULTS:
        return b""


def references(exhibits: Iterable[Exhibit], stored: frozenset[str]) -> tuple[MaterialReference, ...]:
    """The pieces by digest; `stored` are the digests of what the trust snapshot holds."""
    return tuple(
        MaterialReference(kind=item.kind, sha256=digest, origin=Origin.STORE if digest in stored else Origin.FILE)
        for item, digest in ((item, item.sha256) for item in exhibits)
    )


def brought(exhibits: Iterable[Exhibit], stored: frozenset[str]) -> tuple[Material, ...]:
    """The pieces that the file brought, with their bytes."""
    found = (Material(kind=item.kind, sha256=item.sha256, der=item.der) for item in exhibits)
    return tuple(item for item in found if item.der and item.sha256 not in stored)


def capped(material: Iterable[Material], limit: int) -> tuple[Material, ...]:
    """Each piece once, in order, as far as their bytes fit the limit; a smaller one may follow one that does not."""
    kept: dict[str, Material] = {}
    room = limit
    for item in material:
        if item.sha256 not in kept and len(item.der) <= room:
            kept[item.sha256] = item
            room -= len(item.der)
    return tuple(kept.values())
