"""What every SMS gateway promises."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class SendState(StrEnum):
    """What became of one attempt. UNCERTAIN: the request went out and no answer came back, so it may have been sent."""

    ACCEPTED = "accepted"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMessage:
    """One text to one number (E.164). `reference` is ours and stays the same when the same text is sent again."""

    to: str
    text: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOutcome:
    """`sid` is the gateway's name for the message, empty where it gave none; `detail` is one line without secrets."""

    state: SendState
    sid: str
    detail: str


class SmsGateway(Protocol):
    """Sends texts. A failure is an outcome, never an exception."""

    def send(self, message: TextMessage, /) -> SendOutcome:
        """Make one attempt."""
        ...
