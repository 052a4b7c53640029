"""The inputs and the outcome of a decision; all of it is stored, so that the decision can be explained and run again."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailhub.checking.reading import MailFacts, ReadFile
from mailhub.policy.agencies import AgencyKind, Mode
from mailhub.policy.reasons import ReasonCode
from parsers.finding import Finding
from parsers.letter import ReadLetter
from parsers.mail.authentication import Proof
from parsers.signatures.model import SignerKind


class Action(StrEnum):
    """What is to be done with a letter. `wait` leaves it waiting for pending checks."""

    FILE = "file"
    RETURN = "return"
    HOLD = "hold"
    REPEAT = "repeat"
    SEAL = "seal"
    WAIT = "wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAgency:
    """An agency of the directory as a decision sees it.

    `matched_by` says how the agency was recognised. A sender is by its `login` at our door, its `address`, or its `domain`
    (never a public one); an issuer is by the letter (`issuer`), and one that is imitated by its `name` or `look`.
    `proof` is what is proved of the mail's sender.
    """

    id: int
    code: str
    name: str
    kind: AgencyKind
    mode: Mode
    matched_by: str
    proof: Proof = Proof.UNCHECKED


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerTie:
    """A certificate of the letter and the agency it is tied to in the directory, None where a clerk has not tied it.

    `kind` is what the clerk said the certificate is, where the certificate itself does not tell. `resembles` names the agency
    that a certificate of the same holder is tied to: a suggestion for the clerk, which no rule reads.
    """

    certificate_sha256: str
    agency_id: int | None
    agency_name: str
    kind: SignerKind = SignerKind.UNKNOWN
    resembles: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryView:
    """What the directory knows about this letter's sender, issuer, signers and addressee.

    `imitated` is the agency that an unknown sender is made to be taken for, by display name or by domain.
    """

    unit_code: str
    unit_name: str
    unit_aliases: tuple[str, ...]
    register: str
    sender: KnownAgency | None
    issuer: KnownAgency | None
    signers: tuple[SignerTie, ...]
    imitated: KnownAgency | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """An entry already in the unit's registers."""

    letter_id: int
    number: int
    year: int
    register: str
    arrival_date: str
    content_digest: str
    sender_agency_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the registry already holds. `same_content` is an entry whose files are byte for byte these.

    `waiting_same_key` counts other letters of the unit with the same document key that are not decided yet, and
    `waiting_same_key_signed` those among them with two valid signatures: only they may keep a fully signed letter back, so
    that a forgery never blocks the letter it imitates. `waiting_same_key_proved` counts those whose sender is proved no
    weaker than this letter's, None in decisions of older versions. `sibling_letters` is how many letters the same mail holds.
    """

    same_content: KnownEntry | None = None
    same_key: KnownEntry | None = None
    waiting_same_key: int = 0
    waiting_same_key_signed: int = 0
    waiting_same_key_proved: int | None = None
    sibling_letters: int = 1


class SignatureScope(StrEnum):
    """What the signatures of a file are over, as far as a letter is concerned.

    `container` is an archive or an envelope around a file of the letter whose signed bytes are not the file's own, `nothing`
    means that what was signed did not come, `mail` that they are over the mail (S/MIME).
    """

    FILES = "files"
    CONTAINER = "container"
    NOTHING = "nothing"
    MAIL = "mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFile:
    """A file that signs others: what stands beside a document or around it. `over` are the SHA-256 of the letter's files."""

    file: ReadFile
    scope: SignatureScope
    over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """One letter with its own files, the mail it came in, and what is known about the round of checks.

    `files` are the letter's files only, main document first; `mail_findings` are those about the mail as a whole.
    `signature_files` sign files of the letter or the mail, or nothing that came. `attempt_failed` is set when the mail killed
    its reader, `secrecy_cleared` when a clerk has found the mark a false alarm.
    """

    letter: ReadLetter
    files: tuple[ReadFile, ...]
    mail: MailFacts
    received_at: datetime
    content_digest: str
    pending: tuple[str, ...] = ()
    pending_until: datetime | None = None
    trust_version: str = ""
    trust_configured: bool = True
    mail_findings: tuple[Finding, ...] = ()
    attempt_failed: bool = False
    secrecy_cleared: bool = False
    signature_files: tuple[SignatureFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to do and why. `automatic` is True when the machine may act without a clerk.

    `rule` names the rule of the table that decided. `reasons` is ordered, the deciding one first. `legal_value` is the
    value of the signatures (`full`, `copy`, `one-missing`, `undetermined`, `invalid`, `unsigned`). `missing` names declared
    enclosures that did not come.
    """

    action: Action
    reasons: tuple[ReasonCode, ...]
    automatic: bool
    legal_value: str
    register: str
    missing: tuple[str, ...]
    rule_set: int
    policy_version: str
    trust_version: str
    rule: str = ""
