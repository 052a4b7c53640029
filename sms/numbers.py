"""Telephone numbers: what people write, to E.164."""

import phonenumbers

from sms.errors import InvalidNumberError

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


def parse_number(text: str, region: str = "VN") -> str:
    """One telephone number as E.164 (`+84912345678`).

    `region` (ISO 3166) is assumed for national notation. Raises InvalidNumberError for anything but one number that can
    take an SMS: two numbers in one field, fixed lines, premium numbers.
    """
    try:
        number = phonenumbers.parse(renumbered(text) if region == "VN" else text, region)
    except phonenumbers.NumberParseException as error:
        raise InvalidNumberError(f"{text!r} is not one telephone number") from error
    if not phonenumbers.is_valid_number(number):
        raise InvalidNumberError(f"{text!r} is not a valid telephone number")
    if phonenumbers.number_type(number) not in SMS_CAPABLE:
        raise InvalidNumberError(f"{text!r} is not a mobile number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def renumbered(text: str) -> str:
    """An old Vietnamese mobile number with its new prefix; anything else as it is."""
    digits = phonenumbers.normalize_digits_only(text)
    national = digits.removeprefix("00").removeprefix("84") if not digits.startswith("0") or digits.startswith("00") else digits
    national = national if national.startswith("0") else f"0{national}"
    if len(national) == OLD_LENGTH and national[:4] in RENUMBERED_2018:
        return RENUMBERED_2018[national[:4]] + national[4:]
    return text
