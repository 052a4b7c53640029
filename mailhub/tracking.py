"""Tracking codes: what a sender reads out on the telephone to find a submission, such as K7M4-Q2XD-90TS.

Eleven random characters (55 bits: nobody guesses another's code) and a check character over GF(32), which finds every
single wrong character and every pair of exchanged ones.
"""

import secrets
import unicodedata
from collections.abc import Callable, Iterable

from mailhub.errors import RefusedError
from mailhub.language import Text

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: without I, L, O and U, which are misread."""

MISREAD = str.maketrans("OIL", "011")
RANDOM_CHARACTERS = 11
LENGTH = RANDOM_CHARACTERS + 1
GROUP = 4
RANDOM_OCTETS = 7
FIELD_POLYNOMIAL = 0b100101
"""x^5 + x^2 + 1, primitive over GF(2)."""


def new_tracking_code(random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Make a code from 55 bits of the given source."""
    number = int.from_bytes(random_bytes(RANDOM_OCTETS), "big")
    digits = [number >> (5 * position) & 31 for position in range(RANDOM_CHARACTERS)]
    return grouped("".join(ALPHABET[digit] for digit in (*digits, check_digit(digits))))


def normalise(text: str) -> str:
    """Bring a code into its one form, however it was typed; raises RefusedError where it cannot be one."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(MISREAD)
    characters = "".join(character for character in plain if not is_separator(character))
    if len(characters) != LENGTH or any(character not in ALPHABET for character in characters):
        raise RefusedError(
            Text(
                vi=f"{text!r} không phải mã tra cứu: mã có {LENGTH} chữ, số, ví dụ K7M4-Q2XD-90TS",
                en=f"{text!r} is no tracking code: expected {LENGTH} letters and digits such as K7M4-Q2XD-90TS",
            )
        )
    if remainder(ALPHABET.index(character) for character in characters):
        raise RefusedError(
            Text(
                vi=f"mã tra cứu {text!r} sai một ký tự hoặc đảo ký tự; xin đọc lại mã trong báo nhận",
                en=f"tracking code {text!r} has a wrong or exchanged character; read it again from the receipt",
            )
        )
    return grouped(characters)


def beginning(text: str) -> str | None:
    """The first characters of a code, at least one group, in its one form; None where no code begins so."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(MISREAD)
    characters = "".join(character for character in plain if not is_separator(character))
    known = all(character in ALPHABET for character in characters)
    return grouped(characters) if known and GROUP <= len(characters) <= LENGTH else None


def grouped(characters: str) -> str:
    """Show a code in groups of four."""
    return "-".join(characters[start : start + GROUP] for start in range(0, len(characters), GROUP))


def is_separator(character: str) -> bool:
    """Whether people put the character between groups: any space or dash."""
    return character.isspace() or unicodedata.category(character) == "Pd"


def check_digit(digits: Iterable[int]) -> int:
    """The digit that makes the whole code's remainder zero."""
    return times_x(remainder(digits))


def remainder(digits: Iterable[int]) -> int:
    """The code as a polynomial over GF(32), evaluated at the primitive element."""
    value = 0
    for digit in digits:
        value = times_x(value) ^ digit
    return value


def times_x(value: int) -> int:
    """Multiply by the primitive element."""
    shifted = value << 1
    return shifted ^ FIELD_POLYNOMIAL if shifted & 32 else shifted
