"""What an attack is: a file made at test time, where it comes from in the list of attacks, and what must be said of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from parsers.signatures.beside import Beside
from parsers.signatures.check import check
from parsers.signatures.model import DocumentSignatures, Indication, Reason, SubIndication
from parsers.signatures.trust import TrustSnapshot
from tests.pki.authority import DAY, NOW, make_pki

RECEIVED = NOW + DAY

Expected = tuple[Indication | None, SubIndication | None]

PASSED: Expected = (Indication.TOTAL_PASSED, None)
UNSIGNED: Expected = (None, None)


def is_open(sub_indication: SubIndication) -> Expected:
    return Indication.INDETERMINATE, sub_indication


def has_failed(sub_indication: SubIndication) -> Expected:
    return Indication.TOTAL_FAILED, sub_indication


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One file. `rows` are those of the measured list of attacks ("1" to "30"), or of the engine's defects ("D1" to "D15").

    An attack never passes. What must pass beside it, so that the guard is no wall, is in `CONTROLS` of its module.
    """

    what: str
    make: Callable[[], bytes]
    expected: Expected
    reason: Reason | None = None
    rows: tuple[str, ...] = ()
    trust: Callable[[], TrustSnapshot] | None = None
    received_at: datetime = RECEIVED
    beside: Callable[[], tuple[Beside, ...]] = tuple
    name: str = "letter.pdf"


def judge(attack: Attack) -> DocumentSignatures:
    """The report with every anchor that the attacker could wish for: those of the test PKI."""
    trust = attack.trust() if attack.trust else make_pki().trust
    return check(
        attack.make(),
        attack.name,
        trust,
        received_at=attack.received_at,
        now=attack.received_at + DAY,
        beside=attack.beside(),
    )
