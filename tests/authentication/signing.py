"""Senders that sign as real ones do: DKIM by dkimpy, ARC and what dkimpy cannot sign by our own canonical forms."""

import base64
from dataclasses import dataclass
from functools import cache

import dkim
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from parsers.mail.authentication import Lookup, TxtAnswer
from parsers.mail.canonical import SignedField, SignedMail, canonical_field, selected, signed_mail
from parsers.mail.dkim_signatures import signed_self
from parsers.mail.header_fields import read_header_block
from parsers.mail.model import MessageLimits, Span

LETTER = (
    "From: Văn thư Sở Nội vụ <vanthu@so-noi-vu.hanoi.gov.vn>\r\n"
    "To: vpub@tinh.gov.vn\r\n"
    "Subject: Cong van 12/SNV-VP\r\n"
    "Date: Fri, 09 Aug 2024 07:10:00 +0700\r\n"
    "Message-ID: <12@so-noi-vu.hanoi.gov.vn>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "\r\n"
    "Kinh gui Van phong,\r\n"
    "\r\n"
    "  Xin gui  van ban kem theo.   \r\n"
    "\r\n\r\n"
).encode()


@cache
def rsa_key(bits: int, domain: str) -> rsa.RSAPrivateKey:
    """A domain's key, made once for all tests."""
    assert domain
    return rsa.generate_private_key(65537, bits)


@dataclass(frozen=True)
class Signer:
    """A domain with a selector and its RSA key."""

    domain: str = "so-noi-vu.hanoi.gov.vn"
    selector: str = "s1"
    bits: int = 2048

    @property
    def key(self) -> rsa.RSAPrivateKey:
        return rsa_key(self.bits, self.domain)

    @property
    def name(self) -> str:
        """The key's name in DNS."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The key's record in DNS."""
        public = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"

    @property
    def answers(self) -> dict[str, TxtAnswer]:
        """What DNS says of the key."""
        return found(self.name, self.record)

    def sign(self, raw: bytes, **options) -> bytes:
        """The mail with a signature of dkimpy's in front."""
        pem = self.key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        return dkim.sign(raw, self.selector.encode(), self.domain.encode(), pem, **options) + raw

    def sign_with(self, raw: bytes, *tags: str, names: str = "from:to:subject:date") -> bytes:
        """The mail with a relaxed signature of exactly these further tags, which dkimpy would not make."""
        mail = opened(raw)
        digest, _ = mail.body_digest(relaxed=True)
        given = [f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={self.domain}; s={self.selector}; h={names}", *tags]
        if not any(tag.startswith("bh=") for tag in tags):
            given.append(f"bh={base64.b64encode(digest).decode()}")
        return self._signed("DKIM-Signature", "; ".join(given), selected(mail.fields, names.split(":"))) + raw

    def seal(self, raw: bytes, number: int, results: str, *, validity: str = "") -> bytes:
        """The mail with one more ARC set in front (RFC 8617), as a forwarder adds it."""
        mail = opened(raw)
        digest, _ = mail.body_digest(relaxed=True)
        tags = f"i={number}; a=rsa-sha256; d={self.domain}; s={self.selector}"
        saw = f"ARC-Authentication-Results: i={number}; {results}\r\n".encode()
        message = self._signed(
            "ARC-Message-Signature",
            f"{tags}; c=relaxed/relaxed; h=from:to:subject; bh={base64.b64encode(digest).decode()}",
            selected(mail.fields, ["from", "to", "subject"]),
        )
        chain = opened(message + saw + raw)
        order = ("arc-authentication-results", "arc-message-signature", "arc-seal")
        before = [item for item in chain.fields if item.key in order]
        before.sort(key=lambda item: (int(item.value.split(b"i=")[1].split(b";")[0]), order.index(item.key)))
        validity = validity or ("none" if number == 1 else "pass")
        return self._signed("ARC-Seal", f"{tags}; cv={validity}", before) + message + saw + raw

    def _signed(self, name: str, tags: str, fields: list[SignedField]) -> bytes:
        """The signature field over these fields in relaxed form."""
        unsigned = SignedField(name.encode(), f" {tags}; b=\r\n".encode())
        covered = b"".join(canonical_field(item, relaxed=True) for item in fields) + signed_self(unsigned, relaxed=True)
        signature = self.key.sign(covered, padding.PKCS1v15(), SHA256())
        return f"{name}: {tags}; b={base64.b64encode(signature).decode()}\r\n".encode()


def found(name: str, *records: str) -> dict[str, TxtAnswer]:
    """DNS has these records."""
    return {name: TxtAnswer(name=name, lookup=Lookup.FOUND if records else Lookup.ABSENT, records=records)}


def opened(raw: bytes) -> SignedMail:
    """The mail as signatures see it."""
    return signed_mail(raw, read_header_block(raw, Span(0, len(raw)), MessageLimits(), "message"))


def ed25519_signed(raw: bytes, domain: str, selector: str) -> tuple[bytes, str]:
    """The mail with an Ed25519 signature in front (RFC 8463), and its key's record."""
    key = ed25519.Ed25519PrivateKey.generate()
    mail = opened(raw)
    digest, _ = mail.body_digest(relaxed=True)
    tags = f"v=1; a=ed25519-sha256; c=relaxed/relaxed; d={domain}; s={selector}; h=from:subject"
    tags += f"; bh={base64.b64encode(digest).decode()}"
    field = SignedField(b"DKIM-Signature", f" {tags}; b=\r\n".encode())
    hashed = Hash(SHA256())
    for item in selected(mail.fields, ["from", "subject"]):
        hashed.update(canonical_field(item, relaxed=True))
    hashed.update(signed_self(field, relaxed=True))
    signature = base64.b64encode(key.sign(hashed.finalize())).decode()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    return f"DKIM-Signature: {tags}; b={signature}\r\n".encode() + raw, f"v=DKIM1; k=ed25519; p={public}"
