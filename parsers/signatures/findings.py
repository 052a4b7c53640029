"""What the check of one format is asked, and what it answers."""

from dataclasses import dataclass
from datetime import datetime

from parsers.signatures.beside import Beside
from parsers.signatures.engine import PreparedTrust
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.model import Material, Reason, SignatureReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a caller wants to know of a file; `received_at` is proof that it existed then. `beside` are the other files."""

    name: str
    trust: PreparedTrust
    received_at: datetime
    limits: SignatureLimits
    beside: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a file holds. `problem` says why it could not be checked as a whole.

    `seen` counts signatures, evaluated or not. `covers` are SHA-256 (hex) of other contents that the signatures are over,
    `material` is what the file brought of the material for the verdicts, uncapped. `unchecked` names what was recognised
    beside the signatures and does not weigh on the verdict.
    """

    reports: tuple[SignatureReport, ...] = ()
    seen: int = 0
    problem: Reason | None = None
    detail: str = ""
    covers: tuple[str, ...] = ()
    material: tuple[Material, ...] = ()
    unchecked: tuple[str, ...] = ()


def fault(error: Exception) -> str:
    """A short word on what an engine or a library stumbled over, for people."""
    return f"{type(error).__name__}: {error}"[:200]
