"""Passwords: made, judged and hashed. Only the hash is kept (argon2id, OWASP's parameters for servers)."""

import secrets
from functools import cache
from typing import TYPE_CHECKING, Final

from mailhub.errors import RefusedError
from mailhub.language import Text

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LETTERS: Final = "abcdefghijkmnpqrstuvwxyz23456789"
"""No l, o, 0 or 1: passwords are read out over the telephone."""

GROUPS: Final = 5
GROUP_LETTERS: Final = 5
"""25 letters of 32 are 125 bits."""

LEAST_CHARACTERS: Final = 12
MOST_CHARACTERS: Final = 256


def new_password() -> str:
    """A password that nobody can guess."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP_LETTERS)) for _ in range(GROUPS))


def hashed(password: str) -> str:
    """The hash to keep; raises RefusedError for a password that is no good."""
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS or not password.isprintable():
        raise RefusedError(
            Text(
                vi=f"mật khẩu cần từ {LEAST_CHARACTERS} đến {MOST_CHARACTERS} ký tự in được",
                en=f"a password needs {LEAST_CHARACTERS} to {MOST_CHARACTERS} printable characters",
            )
        )
    return _hasher().hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Whether a password is the one whose hash was kept; takes as long where there is no hash."""
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415  only where somebody logs in

    try:
        _hasher().verify(_nobodys_hash() if kept is None else kept, password[: MOST_CHARACTERS + 1])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher  # noqa: PLC0415  only where somebody logs in

    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(new_password())
