"""Who is answered, at which address, and when answers are gathered (design, promise 10; RFC 3834)."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from mailhub.checking.reading import MailFacts
from mailhub.policy.case import KnownAgency
from parsers.mail.authentication import Proof
from parsers.mail.model import Mailbox

PROGRAMS = frozenset({"mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply", "bounce", "bounces"})
"""Local parts behind which nobody reads (RFC 3834, 2; RFC 2142)."""


class Unanswered(StrEnum):
    """Why a mail gets no answer."""

    AUTOMATIC = "automatic"
    NULL_RETURN_PATH = "null-return-path"
    OWN_ADDRESS = "own-address"
    OWN_LOOP = "own-loop"
    NO_ADDRESS = "no-address"
    JUNK = "junk"
    SENDER_FAILED = "sender-failed"
    UNKNOWN_SENDER = "unknown-sender"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The address that is answered, or why none is. Exactly one of the two is set."""

    address: str = ""
    name: str = ""
    refusal: Unanswered | None = None


def answer_to(
    mail: MailFacts,
    sender: KnownAgency | None,
    *,
    authenticated: bool,
    own_addresses: Collection[str],
    loop_marks: Collection[str] = (),
) -> Answer:
    """Where the answer to a mail goes.

    A registered agency is answered at the address that it wrote from and that the directory knows, never at a Reply-To that
    the mail may name freely. `loop_marks` are those that the mail carries; `own_addresses` are the units' and return paths.
    """
    author = mail.from_[0] if len(mail.from_) == 1 else Mailbox(name="", address="")
    refusal = unanswered(mail, author.address, own_addresses, loop_marks)
    if refusal is None and proof_of(mail, sender) is Proof.FAILED:
        # Whoever wrote that, it was not the one at this address.
        refusal = Unanswered.SENDER_FAILED
    if refusal is None and not authenticated and not registered(sender):
        refusal = Unanswered.UNKNOWN_SENDER
    if refusal is not None:
        return Answer(refusal=refusal)
    name = sender.name if sender is not None and registered(sender) else author.name
    return Answer(address=author.address, name=name or author.address)


def unanswered(mail: MailFacts, address: str, own_addresses: Collection[str], loop_marks: Collection[str]) -> Unanswered | None:
    """Why nobody who could send such a mail is answered, whoever it is."""
    own = {own.casefold() for own in own_addresses}
    local = address.partition("@")[0].casefold()
    reasons = (
        (bool(loop_marks), Unanswered.OWN_LOOP),
        (mail.return_path in {"", "<>"}, Unanswered.NULL_RETURN_PATH),
        (not local or "@" not in address, Unanswered.NO_ADDRESS),
        (address.casefold() in own or mail.return_path.strip("<>").casefold() in own, Unanswered.OWN_ADDRESS),
        (bool(mail.automatic) or speaks_for_program(local), Unanswered.AUTOMATIC),
        (mail.junk, Unanswered.JUNK),
    )
    return next((reason for holds, reason in reasons if holds), None)


def registered(sender: KnownAgency | None) -> bool:
    """Whether the directory knows the sender by the mail's own address, not by what a letter says."""
    return sender is not None and sender.matched_by in {"login", "address", "domain"}


def proof_of(mail: MailFacts, sender: KnownAgency | None) -> Proof:
    """What is proved of the sender: by its login where it has one, else of the address in From."""
    return sender.proof if sender is not None else mail.authentication.proof


def speaks_for_program(local: str) -> bool:
    """Whether a mailbox's name says that no person reads it (RFC 3834, 2)."""
    return local in PROGRAMS or local.startswith("owner-") or local.endswith("-request")


class Delivery(StrEnum):
    """Whether an answer goes at once or with the day's digest."""

    AT_ONCE = "at-once"
    DIGEST = "digest"


def delivery_of(sent_today: int, daily_cap: int) -> Delivery:
    """Beyond the cap answers are gathered into one digest: a sender is never left without one."""
    return Delivery.AT_ONCE if sent_today < daily_cap else Delivery.DIGEST
