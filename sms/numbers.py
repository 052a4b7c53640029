"""Telephone numbers: what people write, to E.164."""

import re
from collections.abc import Collection

import phonenumbers

from sms.errors import InvalidNumberError, NumberFault

RENUMBERED_2018 = {
    "0120": "070",
    "0121": "079",
    "0122": "077",
    "0126": "076",
    "0128": "078",
    "0123": "083",
    "0124": "084",
    "0125": "085",
    "0127": "081",
    "0129": "082",
    "0162": "032",
    "0163": "033",
    "0164": "034",
    "0165": "035",
    "0166": "036",
    "0167": "037",
    "0168": "038",
    "0169": "039",
    "0186": "056",
    "0188": "058",
    "0199": "059",
}
"""Old and new prefixes of Vietnamese mobiles, which went from eleven digits to ten in autumn 2018."""

OLD_LENGTH = 11

SMS_CAPABLE = frozenset({phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE})

VIETNAMESE_MOBILE = re.compile(r"\+84(3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])\d{7}", re.ASCII)
"""Mobile prefixes in use; the library's tables know some of them only in part (089, 099) or not yet (055)."""

_BETWEEN_NUMBERS = re.compile(r"[-–/;,|&\n]+")
_FEWEST_DIGITS = 9


def parse_number(text: str, region: str = "VN", countries: Collection[str] = ()) -> str:
    """One telephone number as E.164 (`+84912345678`).

    `region` (ISO 3166) is assumed for national notation; where `countries` are given, numbers of others are refused. Raises
    InvalidNumberError for anything but one number that can take an SMS: two numbers in one field, fixed lines, premium
    numbers.
    """
    if holds_several(text, region):
        raise InvalidNumberError(f"{text!r} holds more than one telephone number", NumberFault.SEVERAL)
    try:
        number = phonenumbers.parse(renumbered(text) if region == "VN" else text, region)
    except phonenumbers.NumberParseException as error:
        raise InvalidNumberError(f"{text!r} is not one telephone number", NumberFault.UNREADABLE) from error
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    vietnamese = VIETNAMESE_MOBILE.fullmatch(e164) is not None
    if not vietnamese and not phonenumbers.is_valid_number(number):
        raise InvalidNumberError(f"{text!r} is not a valid telephone number", NumberFault.INVALID)
    if not vietnamese and phonenumbers.number_type(number) not in SMS_CAPABLE:
        raise InvalidNumberError(f"{text!r} is not a mobile number", NumberFault.NOT_MOBILE)
    if countries and ("VN" if vietnamese else phonenumbers.region_code_for_number(number)) not in countries:
        raise InvalidNumberError(f"{text!r} is a number of a country that gets no SMS from here", NumberFault.COUNTRY)
    return e164


def holds_several(text: str, region: str = "VN") -> bool:
    """Whether more than one telephone number stands in the text.

    The number parser alone would take a second number for the extension of the first, or the two for one long number.
    """
    found = phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.POSSIBLE)
    pieces = [piece for piece in _BETWEEN_NUMBERS.split(text) if len(phonenumbers.normalize_digits_only(piece)) >= _FEWEST_DIGITS]
    return len(list(found)) > 1 or len(pieces) > 1


def renumbered(text: str) -> str:
    """An old Vietnamese mobile number with its new prefix; anything else as it is."""
    digits = phonenumbers.normalize_digits_only(text)
    national = digits.removeprefix("00").removeprefix("84") if not digits.startswith("0") or digits.startswith("00") else digits
    national = national if national.startswith("0") else f"0{national}"
    if len(national) == OLD_LENGTH and national[:4] in RENUMBERED_2018:
        return RENUMBERED_2018[national[:4]] + national[4:]
    return text
