"""From the settings to keys and to the timestamping authority."""

from collections.abc import Callable

from mailhub.clock import Clock
from mailhub.language import Text
from mailhub.settings.signing import SigningSettings
from mailhub.signing.errors import KeyUnusableError
from mailhub.signing.keys import KeyPurpose, OpenKey, SigningKey
from mailhub.signing.pkcs11 import TokenKey
from mailhub.signing.pkcs12 import FileKey
from mailhub.signing.timestamps import Timestamping, TsaAddress
from parsers.signatures.trust import TrustSnapshot


def system_key(settings: SigningSettings) -> SigningKey | None:
    """The system certificate; None where there is none."""
    purpose = KeyPurpose.SYSTEM
    if settings.system_file is not None:
        return FileKey(purpose=purpose, path=settings.system_file, password=settings.system_password)
    if settings.system_module is not None:
        place = (settings.system_token, settings.system_label)
        return TokenKey(purpose=purpose, module=settings.system_module, token=place[0], label=place[1], pin=settings.system_pin)
    return None


def seal_key(settings: SigningSettings) -> SigningKey | None:
    """The unit's seal; None where it is not on this machine."""
    purpose = KeyPurpose.SEAL
    if settings.seal_file is not None:
        return FileKey(purpose=purpose, path=settings.seal_file, password=settings.seal_password)
    if settings.seal_module is not None:
        place = (settings.seal_token, settings.seal_label)
        return TokenKey(purpose=purpose, module=settings.seal_module, token=place[0], label=place[1], pin=settings.seal_pin)
    return None


def timestamping(
    settings: SigningSettings, trust: Callable[[], TrustSnapshot], clock: Clock, *, seconds: int
) -> Timestamping | None:
    """The authority, asked for at most so long; None where none is configured."""
    if not settings.tsa_url:
        return None
    address = TsaAddress(url=settings.tsa_url, seconds=float(seconds), user=settings.tsa_user, password=settings.tsa_password)
    return Timestamping(address=address, trust=trust, clock=clock)


def require_other_key(seal: OpenKey, system: SigningKey | None) -> None:
    """Refuse a seal that is the system certificate under another name: same public key, other file or token."""
    if system is None:
        return
    try:
        with system.opened() as other:
            same = other.certificate.public_key.dump() == seal.certificate.public_key.dump()
    except KeyUnusableError:
        # A system certificate that cannot be read cannot be used either.
        return
    if same:
        raise KeyUnusableError(
            Text(
                vi="con dấu số và chứng thư hệ thống là cùng một khóa; dùng hai khóa riêng trong [signing]",
                en="the unit's seal and the system certificate are the same key; set two different ones in [signing]",
            )
        )
