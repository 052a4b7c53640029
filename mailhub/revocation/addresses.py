"""Where a certificate says that revocation data are, and whether the operator lets us ask there."""

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from mailhub.errors import MailhubError
from mailhub.language import Text
from mailhub.revocation.authorities import CERTIFICATE_FAULTS

HTTP_PORT: Final = 80
MOST_ADDRESS: Final = 1000
MOST_OF_ONE: Final = 5
"""Addresses of one kind that are read out of one certificate."""

NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


class FetchFailedError(MailhubError):
    """Nothing usable came from an address; the sentence says why, without secrets."""


@dataclass(frozen=True, slots=True)
class HttpAddress:
    """An address as it is asked: plain HTTP, because what comes is signed."""

    host: str
    port: int
    path: str

    @property
    def name(self) -> str:
        """Host and port as a setting names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == HTTP_PORT else f"{host}:{self.port}"


def http_address(address: str) -> HttpAddress:
    """Read an address; raises FetchFailedError for anything but plain HTTP without user and password."""
    try:
        parts = urlsplit(address)
        port = parts.port or HTTP_PORT
    except ValueError as error:
        raise failed(f"địa chỉ sai: {address[:100]!r}", f"no address: {address[:100]!r}") from error
    host = (parts.hostname or "").lower().rstrip(".")
    if parts.scheme.lower() != "http" or not host or parts.username is not None or not is_plain(address):
        raise failed(f"chỉ tải qua http: {address[:100]!r}", f"only plain http is fetched: {address[:100]!r}")
    return HttpAddress(host=host, port=port, path=path_of(parts))


def path_of(parts: SplitResult) -> str:
    """What is asked of the host."""
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def is_plain(address: str) -> bool:
    """Whether an address can stand in a request line: no blanks, no line ends, nothing beyond ASCII, not too long."""
    return len(address) <= MOST_ADDRESS and address.isascii() and address.isprintable() and " " not in address


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What the operator allows: hosts by name, with a port where it is not 80, and networks that are not public."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[IpNetwork, ...] = ()

    @classmethod
    def of(cls, hosts: Iterable[str], networks: Iterable[str] = ()) -> "Permission":
        """Read the settings."""
        names = frozenset(host.strip().lower().removesuffix(f":{HTTP_PORT}") for host in hosts)
        return cls(hosts=names, networks=tuple(ipaddress.ip_network(network) for network in networks))

    def require_host(self, address: HttpAddress) -> None:
        """Raise FetchFailedError for a host that is not listed."""
        if address.name not in self.hosts:
            raise failed(
                f"máy chủ {address.name} không có trong revocation.hosts", f"host {address.name} is not in revocation.hosts"
            )

    def require_address(self, found: str) -> None:
        """Raise FetchFailedError for an address that is not public, unless a setting names its network."""
        address = ipaddress.ip_address(found.partition("%")[0])
        if any(address in network for network in self.networks):
            return
        if not all(one.is_global and not one.is_multicast for one in meant_by(address)):
            raise failed(f"địa chỉ {found} không công khai", f"address {found} is not public")


def meant_by(address: IpAddress) -> Iterator[IpAddress]:
    """An address, and the IPv4 address that it stands for inside IPv6."""
    yield address
    if isinstance(address, ipaddress.IPv6Address):
        inside = (address.ipv4_mapped, address.sixtofour)
        yield from (one for one in inside if one is not None)
        if address in NAT64:
            yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def list_addresses(certificate: x509.Certificate) -> tuple[str, ...]:
    """Where the list that would name this certificate is (RFC 5280, 4.2.1.13); points of another authority are left out."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, *CERTIFICATE_FAULTS):
        return ()
    own = (point for point in points if point.crl_issuer is None and point.reasons is None)
    return uris(name for point in own for name in point.full_name or ())


def responder_addresses(certificate: x509.Certificate) -> tuple[str, ...]:
    """Where a responder answers about this certificate (RFC 5280, 4.2.2.1)."""
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, *CERTIFICATE_FAULTS):
        return ()
    return uris(item.access_location for item in access if item.access_method == AuthorityInformationAccessOID.OCSP)


def uris(names: Iterable[x509.GeneralName]) -> tuple[str, ...]:
    """The addresses among some names that can be asked at all; directories (LDAP) cannot."""
    found = (name.value for name in names if isinstance(name, x509.UniformResourceIdentifier))
    return tuple(dict.fromkeys(address for address in found if can_be_asked(address)))[:MOST_OF_ONE]


def can_be_asked(address: str) -> bool:
    """Whether this is an address of plain HTTP."""
    try:
        http_address(address)
    except FetchFailedError:
        return False
    return True


def failed(vi: str, en: str) -> FetchFailedError:
    """The failure in both languages."""
    return FetchFailedError(Text(vi=vi, en=en))
