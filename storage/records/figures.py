"""Records of counting: what a report asks, and the counts that it gets."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Moment(StrEnum):
    """The moment that decides whether an entry lies in a span: when it was filed, or when it was received."""

    FILED = "filed"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A unit's half-open interval: from `from_` on and before `to`, both aware."""

    unit_id: int
    from_: datetime
    to: datetime
    moment: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Incoming entries that stand, by the way they came, and those that were voided."""

    electronic: int = 0
    paper: int = 0
    voided: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyTally:
    """What came from one agency; `agency_id` is None for all senders that the directory does not know."""

    agency_id: int | None
    name: str
    electronic: int
    paper: int
    returned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesTally:
    """The numbers of one series in a span: the first and the last, how many stand and which were voided.

    `voids` holds the first hundred voided numbers.
    """

    register: str
    direction: str
    kind: str
    year: int
    first: int
    last: int
    standing: int
    voided: int
    voids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTally:
    """What happened at the counter: returns that were announced, papers handed back, secret paper, unopened envelopes.

    `waiting` is what lies there now without an e-copy and was handed in before the span's end.
    """

    announced: int = 0
    handed_back: int = 0
    waiting: int = 0
    secret: int = 0
    envelopes: int = 0
