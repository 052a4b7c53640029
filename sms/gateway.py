"""What SMS gateways promise: an attempt has an outcome, a text that was taken can be followed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable


class SendState(StrEnum):
    """What became of one attempt.

    UNCERTAIN: the request went out and no answer came back, so the text may have been sent. THROTTLED: it was not sent, and
    the gateway wants less traffic.
    """

    ACCEPTED = "accepted"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    UNCERTAIN = "uncertain"
    THROTTLED = "throttled"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMessage:
    """One text to one number (E.164). `reference` is ours and stays the same when the same text is sent again.

    After `valid_for` the carrier may stop trying to deliver it.
    """

    to: str
    text: str
    reference: str
    valid_for: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOutcome:
    """`sid` is the gateway's name for the message, empty where it gave none; `detail` is one line without secrets.

    `wait` is how long a gateway that is THROTTLED wants to be left alone.
    """

    state: SendState
    sid: str = ""
    detail: str = ""
    wait: timedelta | None = None


class DeliveryState(StrEnum):
    """How far a text that the gateway has taken has come; UNKNOWN when the gateway cannot say now."""

    UNKNOWN = "unknown"
    PENDING = "pending"
    SENT = "sent"
    UNDELIVERED = "undelivered"
    DELIVERED = "delivered"


_RANK = {state: rank for rank, state in enumerate(DeliveryState)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery state, with one line of why where the text did not arrive."""

    state: DeliveryState
    detail: str = ""

    def or_later(self, news: "Delivery") -> "Delivery":
        """The further of two states: reports repeat and overtake each other, and nothing leads back from delivered."""
        return news if _RANK[news.state] > _RANK[self.state] else self


class SearchState(StrEnum):
    """What asking for a text by number and words came to. NO_LIST: this gateway keeps no list; FAILED: ask again later."""

    ASKED = "asked"
    FAILED = "failed"
    NO_LIST = "no-list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The texts that the gateway's list holds, as their sids, the oldest first."""

    state: SearchState
    sids: tuple[str, ...] = ()
    detail: str = ""


class SmsGateway(Protocol):
    """Sends texts. A failure is an outcome, never an exception."""

    @property
    def name(self) -> str:
        """Its name in settings and records."""
        ...

    def send(self, message: TextMessage, /) -> SendOutcome:
        """Make one attempt."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class SmsFollowing(SmsGateway, Protocol):
    """A gateway that tells what became of a text."""

    def status(self, sid: str, /) -> Delivery:
        """How far the text has come."""
        ...

    def find(self, message: TextMessage, since: datetime, /) -> Search:
        """The texts with these words to this number that the gateway has taken since then."""
        ...
