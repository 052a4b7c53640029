"""Texts as SMPP 3.4 carries them, and what its delivery receipts say."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from sms.alphabet import Alphabet, alphabet_of, octets
from sms.gateway import DeliveryState, SendState
from sms.text import split

PLAIN, WITH_HEADER = 0x00, 0x40
"""esm_class (5.2.12): the octets begin with the text, or with a user data header."""

_CODING = {Alphabet.GSM7: 0x00, Alphabet.UCS2: 0x08}
_TYPE_OF_MESSAGE = 0x3C
_RECEIPTS = frozenset({0x04, 0x20})

RECEIPTED_MESSAGE_ID, MESSAGE_PAYLOAD, MESSAGE_STATE = 0x001E, 0x0424, 0x0427
"""Tags of optional parameters (5.3.2)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One submit_sm's worth of a text; as `payload` it stands in the optional parameter, which has no limit."""

    octets: bytes
    data_coding: int
    esm_class: int = PLAIN
    payload: bool = False


def segments(text: str, reference: int) -> tuple[Part, ...]:
    """The text in segments; those of a long one carry `reference` (0–255), their count and place (TS 23.040, 9.2.3.24.1)."""
    pieces = split(text)
    alphabet = alphabet_of("".join(pieces))
    coding = _CODING[alphabet]
    if len(pieces) == 1:
        return (Part(octets(pieces[0], alphabet), coding),)
    header = bytes((0x05, 0x00, 0x03, reference & 0xFF, len(pieces)))
    return tuple(
        Part(header + bytes((place,)) + octets(piece, alphabet), coding, WITH_HEADER)
        for place, piece in enumerate(pieces, start=1)
    )


def whole(text: str) -> Part:
    """The text in one piece; a long one is cut by the carrier."""
    pieces = split(text)
    alphabet = alphabet_of("".join(pieces))
    return Part(octets("".join(pieces), alphabet), _CODING[alphabet], payload=len(pieces) > 1)


_PERMANENT = {
    0x01: "the text is too long",
    0x0A: "the sender's address is not valid",
    0x0B: "the receiver's address is not valid",
    0x33: "the number of destinations is not valid",
    0x48: "the sender's type of number is not valid",
    0x49: "the sender's numbering plan is not valid",
    0x50: "the receiver's type of number is not valid",
    0x51: "the receiver's numbering plan is not valid",
    0x62: "the validity period is not valid",
}
_THROTTLED = {0x14: "the message queue is full", 0x58: "throttled"}


def outcome_of(status: int) -> SendState:
    """What a command_status (5.1.3) says about the text. It was refused, so sending it again repeats nothing."""
    if status == 0:
        return SendState.ACCEPTED
    if status in _THROTTLED:
        return SendState.THROTTLED
    return SendState.PERMANENT if status in _PERMANENT else SendState.TEMPORARY


def reason_of(status: int) -> str:
    """A refusal in one line."""
    return f"0x{status:02X}: {(_PERMANENT | _THROTTLED).get(status, 'refused')}"


class Parameter(Protocol):
    """An optional parameter of a PDU."""

    @property
    def tag(self) -> int:
        """Its tag (5.3.2)."""
        ...

    @property
    def value(self) -> bytes:
        """Its octets."""
        ...


class Delivered(Protocol):
    """A deliver_sm: a delivery receipt, or a text from a phone."""

    @property
    def esm_class(self) -> int:
        """What it is."""
        ...

    @property
    def source_addr(self) -> str:
        """The phone it is about, or from."""
        ...

    @property
    def short_message(self) -> bytes:
        """What it says."""
        ...

    @property
    def tlvs(self) -> Iterable[Parameter]:
        """What it says besides."""
        ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one segment. `number` is the phone in digits; `error` is the carrier's code, empty without one."""

    message_id: str
    number: str
    state: DeliveryState
    error: str = ""


_STATES_BY_NUMBER = {
    1: DeliveryState.PENDING,
    2: DeliveryState.DELIVERED,
    3: DeliveryState.UNDELIVERED,
    4: DeliveryState.UNDELIVERED,
    5: DeliveryState.UNDELIVERED,
    6: DeliveryState.SENT,
    7: DeliveryState.UNKNOWN,
    8: DeliveryState.UNDELIVERED,
}
_STATES_BY_WORD = {
    "ENROUTE": DeliveryState.PENDING,
    "DELIVRD": DeliveryState.DELIVERED,
    "EXPIRED": DeliveryState.UNDELIVERED,
    "DELETED": DeliveryState.UNDELIVERED,
    "UNDELIV": DeliveryState.UNDELIVERED,
    "ACCEPTD": DeliveryState.SENT,
    "UNKNOWN": DeliveryState.UNKNOWN,
    "REJECTD": DeliveryState.UNDELIVERED,
}
_FIELD = re.compile(r"\b(id|stat|err):\s*(\S+)", re.IGNORECASE)


def read_receipt(event: Delivered) -> Receipt | None:
    """The receipt in a deliver_sm; None for a text from a phone and for what names no message.

    The optional parameters go before the text, whose form (appendix B) is each carrier's own.
    """
    if event.esm_class & _TYPE_OF_MESSAGE not in _RECEIPTS:
        return None
    said = {name.lower(): value for name, value in _FIELD.findall(event.short_message.decode("latin-1"))}
    more = {parameter.tag: parameter.value for parameter in event.tlvs}
    named = more.get(RECEIPTED_MESSAGE_ID, b"").rstrip(b"\0").decode("latin-1") or said.get("id", "")
    if not named:
        return None
    state = _STATES_BY_WORD.get(said.get("stat", "").upper(), DeliveryState.UNKNOWN)
    if number := more.get(MESSAGE_STATE):
        state = _STATES_BY_NUMBER.get(number[0], state)
    error = said.get("err", "").strip("0")
    return Receipt(message_id=named, number=digits_of(event.source_addr), state=state, error=error and said["err"])


def digits_of(number: str) -> str:
    """A number as SMPP writes it: international, digits only."""
    return "".join(letter for letter in number if letter.isdigit() and letter.isascii())
