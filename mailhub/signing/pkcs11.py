"""A key in a PKCS#11 token (OASIS PKCS #11 3.0): the key never leaves it, the token signs.

A login holds for all sessions of one process with a token, so one signature at a time opens, signs and closes.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from asn1crypto import x509

from mailhub.language import Text
from mailhub.signing.errors import KeyUnusableError
from mailhub.signing.keys import PURPOSES, KeyPurpose, OpenKey
from mailhub.signing.proof import proves
from parsers.signatures.engine import ENGINE_FAULTS

if TYPE_CHECKING:
    from pkcs11 import Session, Token

_ONE_AT_A_TIME = threading.RLock()


@dataclass(kw_only=True)
class TokenKey:
    """A key in a token: the vendor's library, the token's label, and the key's where there are several."""

    purpose: KeyPurpose
    module: Path
    token: str
    label: str = ""
    pin: str = field(repr=False)
    _proved: set[str] = field(default_factory=set, repr=False)
    _pin_refused: bool = False

    @property
    def place(self) -> str:
        """Library and labels."""
        return "/".join(filter(None, (str(self.module), self.token, self.label)))

    @contextmanager
    def opened(self) -> Iterator[OpenKey]:
        """The key, while a session of its token is open."""
        with _ONE_AT_A_TIME:
            errors = _exceptions()
            session = self._session()
            try:
                try:
                    key = self._key_in(session)
                except ENGINE_FAULTS as error:
                    raise self._unusable(fault(error)) from error
                yield key
            finally:
                # A token that was pulled out cannot be closed either.
                with suppress(errors.PKCS11Error):
                    session.close()

    def _session(self) -> "Session":
        errors = _exceptions()
        if self._pin_refused:
            # A token counts wrong PINs and locks itself; a PIN that was wrong once is never tried again by this process.
            raise self._wrong_pin()
        token = self._token()
        try:
            return token.open(user_pin=self.pin)
        except errors.UserAlreadyLoggedIn:
            # The other purpose's key lies in the same token and is open just now.
            return token.open()
        except (errors.PinIncorrect, errors.PinInvalid, errors.PinLenRange, errors.ArgumentsBad) as error:
            self._pin_refused = True
            raise self._wrong_pin() from error
        except (errors.PinLocked, errors.PinExpired) as error:
            raise self._unusable(
                Text(
                    vi="token đã khóa mã PIN; mở khóa bằng công cụ của nhà cung cấp",
                    en="its PIN is locked; unlock it with the vendor's tool",
                )
            ) from error
        except errors.PKCS11Error as error:
            raise self._unusable(fault(error)) from error

    def _wrong_pin(self) -> KeyUnusableError:
        variable = f"MAILHUB_SIGNING__{self.purpose.value.upper()}_PIN"
        return self._unusable(
            Text(
                vi=f"sai mã PIN; đặt bằng biến {variable} rồi khởi động lại. Nhập sai nhiều lần token sẽ tự khóa",
                en=f"wrong PIN; set it by {variable} and start again. A token locks itself after some wrong ones",
            )
        )

    def _token(self) -> "Token":
        import pkcs11  # noqa: PLC0415  an extra, only where a token is configured

        errors = _exceptions()
        if not self.module.is_file():
            raise self._unusable(
                Text(
                    vi=f"không có thư viện này; cài trình điều khiển token hoặc sửa signing.{self.purpose.value}_module",
                    en=f"there is no such library; install the token's driver or change signing.{self.purpose.value}_module",
                )
            )
        try:
            library = pkcs11.lib(str(self.module))
            try:
                return library.get_token(token_label=self.token)
            except errors.NoSuchToken:
                # A token that was put in after the start is seen only by a library that looks again.
                library.reinitialize()
                return library.get_token(token_label=self.token)
        except errors.MultipleTokensReturned as error:
            raise self._unusable(
                Text(
                    vi=f"có nhiều token nhãn {self.token!r}; rút bớt", en=f"several tokens are labelled {self.token!r}; leave one"
                )
            ) from error
        except errors.NoSuchToken as error:
            raise self._unusable(
                Text(
                    vi=f"không thấy token {self.token!r}; cắm token vào máy, hoặc sửa signing.{self.purpose.value}_token",
                    en=f"there is no token {self.token!r}; plug it in, or change signing.{self.purpose.value}_token",
                )
            ) from error
        except (errors.PKCS11Error, RuntimeError) as error:
            raise self._unusable(fault(error)) from error

    def _key_in(self, session: "Session") -> OpenKey:
        from pkcs11 import Attribute, ObjectClass  # noqa: PLC0415  an extra, only where a token is configured
        from pyhanko.sign.pkcs11 import PKCS11Signer  # noqa: PLC0415

        named = {Attribute.LABEL: self.label} if self.label else {}
        found = list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.SIGN: True, **named}))
        if len(found) != 1:
            raise self._unusable(
                Text(
                    vi=f"token có {len(found)} khóa ký được với nhãn {self.label!r}; nêu đúng signing.{self.purpose.value}_label",
                    en=f"the token has {len(found)} signing keys labelled {self.label!r}; set signing.{self.purpose.value}_label",
                )
            )
        identifier = found[0][Attribute.ID]
        certificates: list[tuple[bytes, x509.Certificate]] = [
            (item[Attribute.ID], x509.Certificate.load(item[Attribute.VALUE]))
            for item in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
        ]
        mine = next((certificate for id_, certificate in certificates if id_ == identifier), None)
        if mine is None:
            raise self._unusable(
                Text(
                    vi="token không có chứng thư của khóa ấy (cùng ID); nạp chứng thư vào token",
                    en="the token holds no certificate with that key's ID; load the certificate into it",
                )
            )
        chain = tuple(certificate for _, certificate in certificates if certificate is not mine and certificate.ca)
        signer = PKCS11Signer(session, signing_cert=mine, key_id=identifier, ca_chain=chain, embed_roots=False)
        faults = (_exceptions().PKCS11Error,)
        key = OpenKey(purpose=self.purpose, signer=signer, certificate=mine, chain=chain, faults=faults)
        self._prove(key)
        return key

    def _prove(self, key: OpenKey) -> None:
        """Make sure, once in a process, that the key is that of the certificate: objects of a token are paired by hand."""
        digest = sha256(key.certificate.dump()).hexdigest()
        if digest in self._proved:
            return
        if not proves(key):
            raise self._unusable(
                Text(
                    vi="khóa trong token không khớp chứng thư của nó; nạp lại chứng thư đúng",
                    en="the key in the token is not that of its certificate; load the right certificate",
                )
            )
        self._proved.add(digest)

    def _unusable(self, what: Text) -> KeyUnusableError:
        word = PURPOSES[self.purpose]
        return KeyUnusableError(Text(vi=f"{word.vi} {self.place}: {what.vi}", en=f"{word.en} {self.place}: {what.en}"))


def fault(error: Exception) -> Text:
    """What the library says: a name, for its words are empty."""
    said = f"{type(error).__name__} {error}".strip()
    return Text(vi=f"token không trả lời đúng ({said}); rút ra cắm lại", en=f"the token failed ({said}); plug it in again")


def _exceptions() -> ModuleType:
    """The library's errors; without the library, what to install."""
    try:
        from pkcs11 import exceptions  # noqa: PLC0415  an extra, only where a token is configured
    except ImportError as error:
        raise KeyUnusableError(
            Text(
                vi="khóa trong token cần thêm thư viện: pip install 'mailhub[pkcs11]'",
                en="a key in a token needs one more library: pip install 'mailhub[pkcs11]'",
            )
        ) from error
    return exceptions
