"""What a reader child returns for one mail: pure data, stored as an opaque document and never edited afterwards."""

from dataclasses import dataclass
from datetime import datetime

from parsers.files.model import FileKind
from parsers.finding import Finding
from parsers.letter import ReadLetter
from parsers.mail.answers import AutomaticMail
from parsers.mail.authentication import NOT_CHECKED, SenderAuthentication
from parsers.mail.message import Mailbox
from parsers.signatures.model import DocumentSignatures


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFacts:
    """The headers and the text of the mail, as far as decisions and notices need them."""

    from_: tuple[Mailbox, ...]
    reply_to: tuple[Mailbox, ...]
    return_path: str
    subject: str
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sent_at: datetime | None
    automatic: tuple[str, ...]
    junk: bool
    text: str
    loop_marks: tuple[str, ...] = ()
    notice: AutomaticMail | None = None
    """What the mail answers and how: a delivery report, a receipt, an absence, a calendar's answer. None for a person's mail."""
    authentication: SenderAuthentication = NOT_CHECKED
    """What SPF, DKIM, ARC and DMARC prove of the address in From; `off` where senders are not checked."""


NO_MAIL = MailFacts(
    from_=(),
    reply_to=(),
    return_path="",
    subject="",
    message_id="",
    in_reply_to=(),
    references=(),
    sent_at=None,
    automatic=(),
    junk=False,
    text="",
)
"""What is known of a mail that there is not: a file that stands alone, or content that was sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """One file of the mail without its bytes; `path` as in parsers.files.containers.ContainedFile."""

    path: str
    name: str
    kind: FileKind
    media_type: str
    declared_type: str
    size: int
    sha256: str
    inline: bool
    pages: int
    signatures: DocumentSignatures | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything one reading established about one mail.

    `identity` is the submission's identity: hex SHA-256 over the ordered decoded leaf parts, From and Message-ID.
    `pending` names checks that could not be finished now (`revocation`, `sender`, `ocr`) and are worth another round.
    """

    identity: str
    mail: MailFacts
    files: tuple[ReadFile, ...]
    letters: tuple[ReadLetter, ...]
    findings: tuple[Finding, ...]
    pending: tuple[str, ...]
    trust_version: str
    engine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedReading:
    """A reading and what it took, in milliseconds by the wall clock of the child; kept apart, for readings are compared."""

    reading: Reading
    elapsed_ms: int
