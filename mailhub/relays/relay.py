"""What every way out promises."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

MAY_HAVE_ARRIVED = "may have arrived; "
"""How the last error of a mail begins after an attempt that nobody answered, whatever later attempts bring."""


class OutcomeKind(StrEnum):
    """What became of one attempt."""

    SENT = "sent"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`reply` is what the other side said, or what kept us from asking it; one line, without secrets.

    UNCERTAIN: every octet went out and no answer came back, so the mail may have been sent.
    """

    kind: OutcomeKind
    reply: str


class Relay(Protocol):
    """Sends finished bytes to one recipient. A failure is an outcome, never an exception. Any thread may call it."""

    def send(self, mail_from: str, recipient: str, data: bytes, /) -> Outcome:
        """Make one attempt; `mail_from` is empty for the null reverse-path, `data` has CRLF line ends."""
        ...

    def close(self) -> None:
        """Let go of what is kept between attempts; sending again is allowed and starts anew."""
        ...
