"""What a text says, as stored with its dispatch, and what the office allows texts to be."""

from dataclasses import dataclass

from mailhub.errors import RefusedError
from mailhub.language import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsContext:
    """A text, word for word as it is sent: it is fixed when it is intended."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a text takes: the alphabet's name, units in it, and segments."""

    text: str
    alphabet: str
    units: int
    segments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRules:
    """Which texts may leave, and to whom.

    `ask_above` is the number of recipients above which a clerk confirms the count; `countries` are ISO 3166 codes.
    """

    diacritics: bool
    max_segments: int
    ask_above: int
    countries: tuple[str, ...]

    def fit(self, accented: str, plain: str = "") -> Cost:
        """The text as it leaves; `plain` is the wording for phones without diacritics. Raises RefusedError when too long."""
        # The SMS package is imported where a text is made; most commands make none.
        from sms.errors import TextTooLongError  # noqa: PLC0415
        from sms.text import fitting  # noqa: PLC0415

        try:
            fitted = fitting(accented, plain, diacritics=self.diacritics, most=self.max_segments)
        except TextTooLongError as error:
            raise RefusedError(
                Text(
                    vi=f"tin nhắn dài {error.segments} phần, chỉ được {error.most}; rút ngắn lại hoặc nâng sms.max_segments",
                    en=f"the text takes {error.segments} segments of {error.most} allowed; shorten it or raise sms.max_segments",
                )
            ) from error
        return Cost(text=fitted.text, alphabet=fitted.alphabet.value, units=fitted.units, segments=fitted.segments)

    def number(self, text: str) -> str:
        """The number as E.164; raises RefusedError when it may get no text."""
        from sms.errors import InvalidNumberError, NumberFault  # noqa: PLC0415
        from sms.numbers import parse_number  # noqa: PLC0415

        faults = {
            NumberFault.UNREADABLE: Text(vi="không phải một số điện thoại", en="is no telephone number"),
            NumberFault.SEVERAL: Text(vi="có nhiều số; ghi mỗi số một ô", en="holds several numbers; give each its own field"),
            NumberFault.INVALID: Text(vi="không phải số đang dùng; kiểm tra lại", en="is no number in use; check it"),
            NumberFault.NOT_MOBILE: Text(vi="không phải số di động", en="is no mobile number"),
            NumberFault.COUNTRY: Text(
                vi=f"là số nước ngoài; chỉ nhắn tới: {', '.join(self.countries)} (sms.countries)",
                en=f"is a foreign number; texts go to {', '.join(self.countries)} only (sms.countries)",
            ),
        }
        try:
            return parse_number(text, countries=self.countries)
        except InvalidNumberError as error:
            fault = faults[error.fault]
            raise RefusedError(Text(vi=f"{text!r} {fault.vi}", en=f"{text!r} {fault.en}")) from error
