"""Keys as offices hold them: PKCS#12 files, and a token that SoftHSM plays."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from tests.pki.authority import Identity

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PASSWORD, PIN = "chữ-ký-7", "482913"


def write_p12(path: Path, identity: Identity, *chain: Identity, password: str = PASSWORD, key=None) -> Path:
    """A PKCS#12 file; with `key` its private key is another one than the certificate's."""
    # The slow derivation of the default is for real keys.
    encryption = (
        serialization.PrivateFormat.PKCS12.encryption_builder().kdf_rounds(1).build(password.encode())
        if password
        else serialization.NoEncryption()
    )
    others = [link.certificate for link in chain]
    own = identity.certificate if key is None else None
    if key is not None:
        others.insert(0, identity.certificate)
    path.write_bytes(serialize_key_and_certificates(b"mailhub", key or identity.key, own, others or None, encryption))
    return path


@dataclass
class SoftToken:
    """A token in a folder. The library reads SOFTHSM2_CONF when it is initialised, once in a process."""

    label: str

    def store(self, name: str, identity: Identity, number: int, *, certificate: Identity | None = None) -> None:
        """Put a key with its certificate into the token, or with another's."""
        import pkcs11
        from pkcs11.util import rsa, x509

        token = pkcs11.lib(str(MODULE)).get_token(token_label=self.label)
        session = token.open(rw=True, user_pin=PIN)
        try:
            der = identity.key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
            )
            identifier = bytes([number])
            named = {pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: name, pkcs11.Attribute.ID: identifier}
            session.create_object({**rsa.decode_rsa_private_key(der), **named, pkcs11.Attribute.SIGN: True})
            session.create_object({**x509.decode_x509_certificate((certificate or identity).der), **named})
        finally:
            session.close()


@contextmanager
def soft_token(folder: Path, label: str = "mailhub") -> Iterator[SoftToken]:
    """Make an empty token; ends with the run, because the library keeps its folder."""
    configuration = folder / "softhsm2.conf"
    tokens = folder / "tokens"
    tokens.mkdir()
    configuration.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    try:
        command = ["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "12345678", "--pin", PIN]
        subprocess.run(command, check=True, capture_output=True, timeout=200)
        yield SoftToken(label)
    finally:
        os.environ.pop("SOFTHSM2_CONF") if before is None else os.environ.update(SOFTHSM2_CONF=before)
