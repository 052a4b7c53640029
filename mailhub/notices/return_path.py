"""Signed return paths: every mail leaves with an envelope sender of its own, so that what comes back names its dispatch.

The address holds the dispatch's number and a truncated HMAC-SHA-256, no address of a person. Local parts may be lower-cased
on their way through old relays; the signature survives it.
"""

import base64
import binascii
import hashlib
import hmac

PREFIX = "bounce"
MAC_OCTETS = 15
"""120 bits: longer than the 80 that RFC 2104, 5 asks for at least, and without padding in base 32."""

MAX_DISPATCH_ID = 2**63 - 1


def sign(dispatch_id: int, *, key: bytes, domain: str, prefix: str = PREFIX) -> str:
    """The return path of one dispatch."""
    if not 0 < dispatch_id <= MAX_DISPATCH_ID:
        raise ValueError(f"no dispatch number: {dispatch_id}")
    return f"{prefix}+{local_part(dispatch_id, key, domain)}@{domain}"


def verify(address: str, *, key: bytes, domain: str, prefix: str = PREFIX) -> int | None:
    """The dispatch that an address is the return path of; None for any other address, forged ones included."""
    local, _, host = address.strip("<>").lower().rpartition("@")
    head, plus, tail = local.partition("+")
    if not plus or head != prefix.lower() or host.rstrip(".") != domain.lower().rstrip("."):
        return None
    dispatch_id = number_of(tail.partition(".")[0])
    if dispatch_id is None:
        return None
    # The whole tail is compared, so that there is one address for a dispatch and no second spelling of its number.
    expected = local_part(dispatch_id, key, domain)
    return dispatch_id if hmac.compare_digest(expected.encode(), tail.encode(errors="surrogatepass")) else None


def local_part(dispatch_id: int, key: bytes, domain: str) -> str:
    """What stands after the plus sign: the number and its signature."""
    number = dispatch_id.to_bytes((dispatch_id.bit_length() + 7) // 8, "big")
    message = b"return-path\0" + domain.lower().rstrip(".").encode() + b"\0" + number
    return f"{base32(number)}.{base32(hmac.digest(key, message, hashlib.sha256)[:MAC_OCTETS])}"


def number_of(text: str) -> int | None:
    """The dispatch number in base 32, None where it is none."""
    try:
        octets = base64.b32decode(text.upper().encode("ascii") + b"=" * (-len(text) % 8))
    except (binascii.Error, UnicodeEncodeError):
        return None
    number = int.from_bytes(octets, "big")
    return number if 0 < number <= MAX_DISPATCH_ID else None


def base32(octets: bytes) -> str:
    """Lower case base 32 without padding (RFC 4648, 6): letters and digits only."""
    return base64.b32encode(octets).decode("ascii").rstrip("=").lower()
