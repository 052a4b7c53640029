"""The codes of paper deposits as clerks see, say and scan them: G7-0312, a check digit before the number.

A mistyped digit gives no other deposit's code, nor do nearly all exchanges of neighbours (ISO/IEC 7064, MOD 11,10).
"""

import re

FORM = re.compile(r"g(\d)[\s.–-]?(\d{4,18})", re.IGNORECASE)
IN_TEXT = re.compile(r"(?<!\w)g\d[\s.–-]?\d{4,18}(?!\w)", re.IGNORECASE)
SHORTEST = 4
MAX_ID = 10**18 - 1


def deposit_code(deposit_id: int) -> str:
    """The code of a deposit; its number has at least four digits."""
    if not 0 < deposit_id <= MAX_ID:
        raise ValueError(f"no deposit number: {deposit_id}")
    serial = f"{deposit_id:0{SHORTEST}}"
    return f"G{check_digit(serial)}-{serial}"


def parse_deposit_code(text: str) -> int | None:
    """The deposit that a code names; None for anything that is no code, a mistyped one included."""
    match = FORM.fullmatch(text.strip())
    if match is None or not match[2].isascii() or not match[1].isascii():
        return None
    deposit_id = int(match[2])
    return deposit_id if deposit_id and deposit_code(deposit_id) == f"G{match[1]}-{match[2]}" else None


def looks_like_deposit_code(text: str) -> bool:
    """Whether somebody meant a deposit, even where the check digit does not agree."""
    return FORM.fullmatch(text.strip()) is not None


def deposits_named(text: str) -> frozenset[int]:
    """The deposits whose codes stand in a text, such as the subject of a mail."""
    found = (parse_deposit_code(match) for match in IN_TEXT.findall(text))
    return frozenset(deposit_id for deposit_id in found if deposit_id is not None)


def check_digit(digits: str) -> int:
    """The ISO/IEC 7064 MOD 11,10 check digit of a decimal number."""
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (11 - product) % 10
