"""Which certificates a stored list or answer speaks of, as far as its own words tell; the check itself decides anew.

The scope of a list (RFC 5280, 5.2.5) is kept as words: the addresses of its point, and whether it is about users or
authorities only. A list without any speaks of everything that its issuer's key has signed.
"""

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from cryptography import x509

from mailhub.revocation.addresses import list_addresses, responder_addresses
from mailhub.revocation.authorities import certificate_of
from storage.records import RevocationItem, RevocationKind, WatchedCertificate

USERS: Final = "users"
AUTHORITIES: Final = "authorities"
ONLY: Final = frozenset({USERS, AUTHORITIES})


def words_of(point: x509.IssuingDistributionPoint) -> str:
    """The scope that a list's point states; one without an address is known by its digest."""
    addresses = [name.value for name in point.full_name or () if isinstance(name, x509.UniformResourceIdentifier)]
    if not addresses and (point.full_name or point.relative_name):
        addresses = [hashlib.sha256(point.public_bytes()).hexdigest()]
    only = ((USERS, point.only_contains_user_certs), (AUTHORITIES, point.only_contains_ca_certs))
    return " ".join([*sorted(addresses), *(word for word, applies in only if applies)])


def covers(item: RevocationItem, certificate: WatchedCertificate) -> bool:
    """Whether data say of a certificate whether it is revoked."""
    if item.issuer_key != certificate.issuer_key:
        return False
    if item.kind is RevocationKind.OCSP:
        return item.serial == certificate.serial
    words = frozenset(item.scope.split())
    own = AUTHORITIES if certificate.is_authority else USERS
    points = words - ONLY
    return not (words & ONLY - {own}) and (not points or bool(points & frozenset(points_of(certificate))))


def points_of(certificate: WatchedCertificate) -> tuple[str, ...]:
    """Where the certificate says that the list which would name it is."""
    return addresses_in(certificate.der)[0]


@lru_cache(maxsize=10_000)
def addresses_in(der: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Where a certificate says that its list is, and who answers about it; read once, for all are gone through often."""
    parsed = certificate_of(der)
    return (list_addresses(parsed), responder_addresses(parsed)) if parsed is not None else ((), ())


def covering(items: Iterable[RevocationItem], certificate: WatchedCertificate) -> Iterator[RevocationItem]:
    """The data that speak of a certificate."""
    return (item for item in items if covers(item, certificate))
