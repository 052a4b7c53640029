"""Public keys of mail signatures as they stand in DNS (RFC 6376, 3.6.1; RFC 8463), and what they verify."""

import base64
import binascii
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from parsers.mail.tag_lists import TagListError, parse_tags, without_blanks

MOST_BITS: Final = 8192
MOST_EXPONENT_BITS: Final = 33
ED25519_OCTETS: Final = 32
ED25519_BITS: Final = 256


class SigningKeyError(Exception):
    """The record is no key that may sign mail; the message says why."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that may sign mail; `exact_domain` forbids that a subdomain signs with it (`t=s`)."""

    key: rsa.RSAPublicKey | ed25519.Ed25519PublicKey
    exact_domain: bool = False

    @property
    def algorithm(self) -> str:
        """`rsa` or `ed25519`."""
        return "rsa" if isinstance(self.key, rsa.RSAPublicKey) else "ed25519"

    @property
    def bits(self) -> int:
        """Length of the key."""
        return self.key.key_size if isinstance(self.key, rsa.RSAPublicKey) else ED25519_BITS

    def verifies(self, signature: bytes, digest: bytes) -> bool:
        """Whether the signature is this key's over a SHA-256 digest."""
        try:
            if isinstance(self.key, rsa.RSAPublicKey):
                self.key.verify(signature, digest, padding.PKCS1v15(), Prehashed(SHA256()))
            else:
                # RFC 8463, 3: the hash is the message that is signed.
                self.key.verify(signature, digest)
        except InvalidSignature:
            return False
        return True


def read_signing_key(record: str) -> SigningKey:
    """A key record; raises SigningKeyError for a revoked, foreign, malformed or outsized one."""
    try:
        tags = parse_tags(record)
    except TagListError as error:
        raise SigningKeyError(f"key record: {error}") from error
    if tags.get("v", "DKIM1") != "DKIM1":
        raise SigningKeyError("key record of another version")
    if not _allows(tags.get("s", "*"), "email"):
        raise SigningKeyError("the key is not for mail")
    if not _allows(tags.get("h", "*"), "sha256"):
        raise SigningKeyError("the key is not for SHA-256")
    encoded = without_blanks(tags.get("p", ""))
    if not encoded:
        raise SigningKeyError("the key was revoked")
    try:
        octets = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise SigningKeyError("the key is no base64") from error
    key = _ed25519_key(octets) if tags.get("k", "rsa") == "ed25519" else _rsa_key(tags.get("k", "rsa"), octets)
    return SigningKey(key, exact_domain="s" in _names(tags.get("t", "")))


def _rsa_key(kind: str, octets: bytes) -> rsa.RSAPublicKey:
    if kind != "rsa":
        raise SigningKeyError(f"key of unknown kind {kind[:20]!r}")
    try:
        key = load_der_public_key(octets)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SigningKeyError("the key cannot be read") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise SigningKeyError("the key is of another kind than its record says")
    if key.key_size > MOST_BITS or key.public_numbers().e.bit_length() > MOST_EXPONENT_BITS:
        raise SigningKeyError(f"the key is larger than {MOST_BITS} bits")
    return key


def _ed25519_key(octets: bytes) -> ed25519.Ed25519PublicKey:
    if len(octets) != ED25519_OCTETS:
        raise SigningKeyError("the key cannot be read")
    return ed25519.Ed25519PublicKey.from_public_bytes(octets)


def _names(value: str) -> frozenset[str]:
    return frozenset(name.strip(" \t\r\n") for name in value.split(":"))


def _allows(value: str, wanted: str) -> bool:
    return bool(_names(value) & {"*", wanted})
