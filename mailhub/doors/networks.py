"""Networks of clients: what is counted as one sender, and which addresses an operator has named."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Self

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

IPV4_BITS: Final = 24
IPV6_BITS: Final = 56
"""What one subscriber commonly gets, so that nobody evades a limit by taking the next address."""


def address_of(text: str) -> Address | None:
    """The address in a peer's name, without zone; an IPv4 client on a socket of both families is an IPv4 client."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


@lru_cache(maxsize=4096)
def network_of(peer: str) -> str:
    """The network whose clients count as one; a peer without an address is a network of its own."""
    address = address_of(peer)
    if address is None:
        return peer
    bits = IPV4_BITS if isinstance(address, ipaddress.IPv4Address) else IPV6_BITS
    return str(ipaddress.ip_network((address, bits), strict=False))


class Networks(frozenset[Network]):
    """Some networks, such as those whose PROXY headers are believed."""

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """Read `10.0.0.0/8`, `::1` and the like; raises ValueError."""
        return cls(ipaddress.ip_network(text.strip(), strict=False) for text in texts)

    def holds(self, peer: str) -> bool:
        """Whether a peer's address lies in one of them."""
        return bool(self) and _holds(self, peer)


@lru_cache(maxsize=4096)
def _holds(networks: Networks, peer: str) -> bool:
    address = address_of(peer)
    return address is not None and any(address in network for network in networks)


LOOPBACK: Final = Networks.of(("127.0.0.0/8", "::1/128"))
NOWHERE: Final = Networks()
