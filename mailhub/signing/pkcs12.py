"""A key in a PKCS#12 file (RFC 7292), as authorities hand it out: `.p12` or `.pfx`, with a password."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from asn1crypto import keys, x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12KeyAndCertificates, load_pkcs12
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from mailhub.language import Text
from mailhub.signing.errors import KeyUnusableError
from mailhub.signing.keys import PURPOSES, KeyPurpose, OpenKey

MOST_OCTETS = 1 << 20
"""A key with a chain takes some kilobytes."""


@dataclass(kw_only=True)
class FileKey:
    """A PKCS#12 file, read again only when it has changed: deriving its password takes long on purpose."""

    purpose: KeyPurpose
    path: Path
    password: str = field(repr=False)
    _kept: tuple[tuple[int, int], OpenKey] | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def place(self) -> str:
        """The file."""
        return str(self.path)

    @contextmanager
    def opened(self) -> Iterator[OpenKey]:
        """The key, from memory while the file stays as it is."""
        with self._lock:
            try:
                state = self.path.stat()
                mark = (state.st_mtime_ns, state.st_size)
                if self._kept is None or self._kept[0] != mark:
                    self._kept = (mark, self._read())
            except OSError as error:
                raise self._unusable(
                    Text(
                        vi=f"không đọc được ({error.strerror}); đặt tệp vào đó hoặc sửa {self._key('file')}",
                        en=f"cannot be read ({error.strerror}); put the file there or change {self._key('file')}",
                    )
                ) from error
            kept = self._kept[1]
        yield kept

    def _read(self) -> OpenKey:
        if self.path.stat().st_size > MOST_OCTETS:
            raise self._unusable(Text(vi="quá lớn, không phải tệp PKCS#12", en="is too large for a PKCS#12 file"))
        found = self._decrypted(self.path.read_bytes())
        if found.key is None or (found.cert is None and not found.additional_certs):
            raise self._unusable(
                Text(
                    vi="không có đủ khóa riêng và chứng thư; xuất lại tệp kèm khóa riêng",
                    en="does not hold both a private key and its certificate; export it again with the private key",
                )
            )
        certificates = [item.certificate for item in (found.cert, *found.additional_certs) if item is not None]
        mine = next((item for item in certificates if spki(item) == public_octets(found.key)), None)
        if mine is None:
            raise self._unusable(
                Text(
                    vi="khóa riêng không khớp chứng thư nào trong tệp; xuất lại tệp từ nơi cấp",
                    en="the private key belongs to none of its certificates; export the file again",
                )
            )
        chain = tuple(as_asn1(item) for item in certificates if item is not mine)
        store = SimpleCertificateStore()
        store.register_multiple(chain)
        signer = SimpleSigner(as_asn1(mine), private_info(found.key), store, embed_roots=False)
        return OpenKey(purpose=self.purpose, signer=signer, certificate=as_asn1(mine), chain=chain)

    def _decrypted(self, content: bytes) -> PKCS12KeyAndCertificates:
        try:
            return load_pkcs12(content, self.password.encode() or None)
        except ValueError as error:
            # OpenSSL says the same of a wrong password and of some damage; a file that is no ASN.1 sequence is told apart.
            if not content.startswith(b"\x30"):
                raise self._unusable(
                    Text(vi="không phải tệp PKCS#12 (.p12, .pfx)", en="is no PKCS#12 file (.p12, .pfx)")
                ) from error
            variable = f"MAILHUB_SIGNING__{self.purpose.value.upper()}_PASSWORD"
            raise self._unusable(
                Text(
                    vi=f"sai mật khẩu, hoặc tệp hỏng; đặt mật khẩu bằng biến {variable}",
                    en=f"wrong password, or a damaged file; set the password by {variable}",
                )
            ) from error

    def _key(self, name: str) -> str:
        return f"signing.{self.purpose.value}_{name}"

    def _unusable(self, what: Text) -> KeyUnusableError:
        word = PURPOSES[self.purpose]
        return KeyUnusableError(Text(vi=f"{word.vi} {self.path}: {what.vi}", en=f"{word.en} {self.path}: {what.en}"))


def as_asn1(certificate: pyca.Certificate) -> x509.Certificate:
    """The certificate as the signing engine wants it."""
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def spki(certificate: pyca.Certificate) -> bytes:
    """The public key of a certificate."""
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def public_octets(key: PrivateKeyTypes) -> bytes:
    """The public key of a private one."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def private_info(key: PrivateKeyTypes) -> keys.PrivateKeyInfo:
    """The private key as the signing engine wants it."""
    return keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
