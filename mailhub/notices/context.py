"""What a notice says, as stored with its dispatch; composing the same context again gives the same mail.

A field without a default must not be empty: composing refuses then, and nobody gets a notice with a hole in it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from mailhub.language import Text
from mailhub.policy.reasons import ReasonCode
from storage.records import ChainHead


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The clerk whom the sender may call."""

    name: str
    phone: str

    @property
    def complete(self) -> bool:
        """Whether anybody can be called."""
        return bool(self.name.strip() and self.phone.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The mail that is answered; without a Message-ID the notice starts a thread of its own."""

    message_id: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Who gets the notice. An agency is spoken to through its registry, a person by name."""

    address: str
    name: str
    agency: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What every notice about a submission tells: whom to call, how to find it again, and the audit chain's head.

    `unit_name` is how the office calls itself, `unit_address` where it takes letters, `time_zone` an IANA name.
    """

    addressee: Addressee
    unit_name: str
    unit_address: str
    time_zone: str
    contact: Contact
    original: Original
    tracking_code: str
    received_at: datetime
    chain: ChainHead


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterName:
    """How a letter is called; all of it may be unknown."""

    reference: str = ""
    issued_on: date | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """One file as the hub received it: size in bytes, hex SHA-256, and what its signatures amount to."""

    name: str
    size: int
    sha256: str
    verdict: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonLine:
    """One reason as the sender is told it; the remedy is empty where nothing is asked for."""

    code: ReasonCode
    sentence: Text
    remedy: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryName:
    """A line of the register: number, register's code, and the arrival date in the unit's zone."""

    number: int
    register: str
    arrival_date: date
    filed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptContext:
    """A letter was filed. `statement` says as what; `files_expected` counts the letter and its declared enclosures.

    `paper_at` is when its paper was handed in, where it was.
    """

    about: Circumstances
    letter: LetterName
    entry: EntryName
    statement: Text
    files: tuple[FileLine, ...] = ()
    files_expected: int = 0
    paper_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatContext:
    """The same content came again; `entry` is the first filing."""

    about: Circumstances
    letter: LetterName
    entry: EntryName
    files: tuple[FileLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnContext:
    """A letter is sent back: why, and what is asked for. `legal_basis` is the office's own regulation."""

    about: Circumstances
    letter: LetterName
    reasons: tuple[ReasonLine, ...]
    legal_basis: str = ""
    missing: tuple[str, ...] = ()
    note: str = ""
    files: tuple[FileLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldContext:
    """A letter has arrived and a clerk has to look at it before it is taken in."""

    about: Circumstances
    letter: LetterName
    reasons: tuple[ReasonLine, ...] = ()
    missing: tuple[str, ...] = ()
    files: tuple[FileLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApologyContext:
    """A letter was sent back by mistake and is open again."""

    about: Circumstances
    letter: LetterName


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidContext:
    """A number that was told was given by mistake; the letter is open again."""

    about: Circumstances
    letter: LetterName
    entry: EntryName


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperReturnContext:
    """Paper came without its e-copy and waits to be fetched. Its code stands as the tracking code, no mail is answered.

    `received_on` is the day at the counter in the unit's zone, `waited_until` when the wait for the e-copy was over.
    """

    about: Circumstances
    letter: LetterName
    received_on: date
    waited_until: datetime
    pick_up_before: date
    legal_basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """One answer that the daily cap has gathered; `outcome` is the sentence it would have said."""

    tracking_code: str
    outcome: Text
    letter: LetterName
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestContext:
    """What became of the letters beyond the daily cap, in one mail."""

    addressee: Addressee
    unit_name: str
    unit_address: str
    time_zone: str
    contact: Contact
    day: date
    lines: tuple[DigestLine, ...]
    chain: ChainHead
