"""The one resolver: questions to a name server within a time limit, with a bounded memory for what it said.

A server that answers nothing at all is left alone for a moment, so that an outage costs one wait and not one for each mail. That
one name is not answered says nothing of the server: whoever sends mail could else choose such a name and silence it for all.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from parsers.mail.authentication import Lookup, TxtAnswer

if TYPE_CHECKING:
    from dns.rdata import Rdata
    from dns.resolver import Answer, Resolver

DNS_PORT: Final = 53
MOST_REMEMBERED: Final = 10_000
MOST_RECORDS: Final = 50
MOST_OCTETS: Final = 8192
"""Octets of one TXT record; a key of 4,096 bits takes 800."""
MOST_QUESTIONS: Final = 150
"""Questions about one mail: SPF alone may ask for ten names with ten hosts each (RFC 7208, 4.6.4)."""
REMEMBER_FAILURE: Final = 30.0
QUESTION_SECONDS: Final = 4.0
"""What one question may take of the time for a mail."""
PROBE_SECONDS: Final = 1.0
SILENCE: Final = 15.0
"""Seconds in which a server that did not answer is not asked again."""

Value = bytes | str | tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolverSettings:
    """Where to ask and how long: `seconds` for all questions about one mail, `longest` and `absent` to remember answers."""

    address: str
    port: int = DNS_PORT
    seconds: float = 10.0
    longest: float = 3600.0
    absent: float = 300.0


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """What was said: octets of TXT records, addresses, (preference, host) of MX, names of PTR."""

    lookup: Lookup
    values: tuple[Value, ...] = ()


ABSENT: Final = DnsAnswer(Lookup.ABSENT)
UNAVAILABLE: Final = DnsAnswer(Lookup.UNAVAILABLE)


class Dns:
    """Asks and remembers; any thread may use it."""

    def __init__(self, settings: ResolverSettings, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], tuple[float, DnsAnswer]] = OrderedDict()
        self._silent_until = 0.0

    def asking(self) -> "Asking":
        """The questions about one mail, which share a time limit."""
        return Asking(self, self._monotonic() + self.settings.seconds)

    def seconds_left(self, deadline: float) -> float:
        """Seconds until a moment of the monotonic clock."""
        return deadline - self._monotonic()

    def ask(self, name: str, kind: str, seconds: float) -> DnsAnswer:
        """One question; a name that cannot be asked for does not exist. Never raises."""
        key = (name.rstrip(".").lower(), kind)
        known = self._remembered(key)
        if known is not None:
            return known
        if seconds <= 0:
            return UNAVAILABLE
        answer, remember = self._fetch(*key, seconds)
        with self._lock:
            self._known[key] = (self._monotonic() + remember, answer)
            self._known.move_to_end(key)
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        return answer

    def _remembered(self, key: tuple[str, str]) -> DnsAnswer | None:
        with self._lock:
            until, answer = self._known.get(key, (0.0, None))
            now = self._monotonic()
            if answer is not None and now < until:
                return answer
            return UNAVAILABLE if now < self._silent_until else None

    def _fetch(self, name: str, kind: str, seconds: float) -> tuple[DnsAnswer, float]:
        """The answer and the seconds to remember it."""
        from dns.exception import DNSException, Timeout  # noqa: PLC0415  only where senders are checked
        from dns.name import Name  # noqa: PLC0415
        from dns.resolver import NXDOMAIN  # noqa: PLC0415

        try:
            # From labels, not from text: a local part that SPF puts into a name may hold what text escapes.
            asked = Name([*(label.encode("ascii") for label in name.split(".")), b""])
        except (DNSException, UnicodeEncodeError):
            return ABSENT, self.settings.absent
        try:
            lifetime = min(seconds, QUESTION_SECONDS)
            found = self._resolver().resolve(asked, kind, lifetime=lifetime, raise_on_no_answer=False, search=False)
            return _answer(found, self.settings)
        except NXDOMAIN:
            return ABSENT, self.settings.absent
        except Timeout:
            if not self._lives():
                with self._lock:
                    self._silent_until = self._monotonic() + SILENCE
            return UNAVAILABLE, REMEMBER_FAILURE
        except (DNSException, OSError):
            return UNAVAILABLE, REMEMBER_FAILURE

    def _lives(self) -> bool:
        """Whether the server answers what every one knows: who serves the root."""
        from dns.exception import DNSException, Timeout  # noqa: PLC0415
        from dns.name import root  # noqa: PLC0415

        try:
            self._resolver().resolve(root, "NS", lifetime=PROBE_SECONDS, raise_on_no_answer=False, search=False)
        except (Timeout, OSError):
            return False
        except DNSException:
            return True
        return True

    def _resolver(self) -> "Resolver":
        from dns.resolver import Resolver  # noqa: PLC0415

        resolver = Resolver(configure=False)
        resolver.nameservers = [self.settings.address]
        resolver.port = self.settings.port
        resolver.timeout = min(3.0, self.settings.seconds)
        return resolver


@dataclass(slots=True)
class Asking:
    """Questions about one mail, until its time or their number is used up; what is asked twice is answered as before."""

    dns: Dns
    deadline: float
    _told: dict[tuple[str, str], DnsAnswer] = field(default_factory=dict)

    def ask(self, name: str, kind: str) -> DnsAnswer:
        """One question."""
        key = (name.rstrip(".").lower(), kind)
        if key not in self._told:
            if len(self._told) >= MOST_QUESTIONS:
                return UNAVAILABLE
            self._told[key] = self.dns.ask(name, kind, self.dns.seconds_left(self.deadline))
        return self._told[key]

    def txt(self, name: str) -> TxtAnswer:
        """The TXT records of a name as text."""
        answer = self.ask(name, "TXT")
        records = tuple(value.decode("latin_1") for value in answer.values if isinstance(value, bytes))
        return TxtAnswer(name=name, lookup=answer.lookup, records=records)

    def exists(self, domain: str) -> bool | None:
        """Whether a domain has an address or a mail exchanger (RFC 9091, 2.7); None where DNS did not tell."""
        answers = [self.ask(domain, kind) for kind in ("A", "AAAA", "MX")]
        if any(answer.lookup is Lookup.FOUND for answer in answers):
            return True
        return None if UNAVAILABLE in answers else False


def _answer(found: "Answer", settings: ResolverSettings) -> tuple[DnsAnswer, float]:
    """The records in a bounded number and size."""
    if found.rrset is None:
        return ABSENT, settings.absent
    values = [value for value in map(_value, list(found.rrset)[:MOST_RECORDS]) if value is not None]
    answer = DnsAnswer(Lookup.FOUND, tuple(values)) if values else ABSENT
    return answer, min(float(found.rrset.ttl), settings.longest)


def _value(record: "Rdata") -> Value | None:
    from dns.rdtypes.ANY.MX import MX  # noqa: PLC0415
    from dns.rdtypes.ANY.PTR import PTR  # noqa: PLC0415
    from dns.rdtypes.ANY.TXT import TXT  # noqa: PLC0415
    from dns.rdtypes.IN.A import A  # noqa: PLC0415
    from dns.rdtypes.IN.AAAA import AAAA  # noqa: PLC0415

    match record:
        case TXT():
            joined = b"".join(record.strings)
            return joined if len(joined) <= MOST_OCTETS else None
        case MX():
            return record.preference, record.exchange.to_text(omit_final_dot=True)
        case PTR():
            return record.target.to_text(omit_final_dot=True)
        case A() | AAAA():
            return str(record.address)
        case _:
            return None
