"""What a reader child is asked to do; values only, so that asking costs no heavy import."""

from dataclasses import dataclass
from datetime import datetime

from parsers.files.model import DEFAULT_LIMITS, ContainerLimits
from parsers.mail.authentication import NOTHING_ASKED, SenderEvidence
from parsers.signatures.beside import Beside
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.trust import TrustSnapshot

DEFAULT_SIGNATURE_LIMITS = SignatureLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailJob:
    """Read one mail. With `groups`, each group of file paths is one letter, its first file the main document."""

    return_path: str
    received_at: datetime
    now: datetime
    trust: TrustSnapshot
    signatures: SignatureLimits = DEFAULT_SIGNATURE_LIMITS
    groups: tuple[tuple[str, ...], ...] = ()
    limits: ContainerLimits = DEFAULT_LIMITS
    sender: SenderEvidence = NOTHING_ASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsJob:
    """Say what must be asked of DNS about the sender of a mail, from its header."""

    evidence: SenderEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class FileJob:
    """Check one file, or one mail, that stands alone; `beside` are files of the same call that it may be a signature over.

    `received_at` is somebody's word that the file existed then; without it that is known of `now` alone.
    """

    name: str
    is_mail: bool
    now: datetime
    trust: TrustSnapshot
    signatures: SignatureLimits = DEFAULT_SIGNATURE_LIMITS
    beside: tuple[Beside, ...] = ()
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionJob:
    """Give back what the signature in a field of one PDF was made over; `path` is the PDF's place in the file."""

    name: str
    is_mail: bool
    path: str
    field: str
    signatures: SignatureLimits = DEFAULT_SIGNATURE_LIMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractJob:
    """Take one file out of a mail, opened under the limits under which it was read."""

    path: str
    limits: ContainerLimits = DEFAULT_LIMITS
