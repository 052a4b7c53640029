"""What the rules read and what they say: the case with its derived facts, and the verdict of one rule."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailhub.checking.reading import ReadFile
from mailhub.policy.case import Action, AgencyKind, DirectoryView, Known, KnownAgency, LetterFacts
from mailhub.policy.reasons import ReasonCode
from mailhub.policy.settings import Handling, PolicySettings
from mailhub.policy.signing import Signing, main_signing
from parsers.finding import Confidence
from parsers.letter import LetterCode
from parsers.mail.authentication import Proof

EXEMPT = frozenset({AgencyKind.CITIZEN, AgencyKind.ENTERPRISE})
SENDER_MATCHES = frozenset({"login", "address", "domain"})


STRENGTHS = {Proof.FAILED: 0, Proof.PENDING: 1, Proof.UNPROVED: 1, Proof.UNCHECKED: 2, Proof.PROVED: 3}
STRONGEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything a rule may read: the inputs of the decision and what the signatures amount to."""

    facts: LetterFacts
    known: Known
    directory: DirectoryView
    settings: PolicySettings
    now: datetime
    main: ReadFile | None
    signing: Signing

    @property
    def codes(self) -> frozenset[str]:
        """Codes of all findings about the letter, its files and its mail."""
        findings = (
            *self.facts.letter.findings,
            *self.facts.mail_findings,
            *(f for file in self.facts.files for f in file.findings),
        )
        return frozenset(finding.code for finding in findings)

    def likely(self, code: LetterCode) -> bool:
        """Whether the letter has this finding and it is not doubtful."""
        found = (finding for finding in self.facts.letter.findings if finding.code == code)
        return any(finding.confidence is not Confidence.DOUBTFUL for finding in found)

    @property
    def enclosures(self) -> tuple[ReadFile, ...]:
        """The letter's files beside its main document."""
        return tuple(file for file in self.facts.files if file is not self.main)

    @property
    def sender_known(self) -> bool:
        """Whether the mail bears a registered address or domain; a name in the letter is no sender."""
        sender = self.directory.sender
        return sender is not None and sender.matched_by in SENDER_MATCHES and len(self.facts.mail.from_) == 1

    @property
    def proof(self) -> Proof:
        """What is proved of the sender: by its login where it has one, else of the address in From."""
        sender = self.directory.sender
        return sender.proof if sender is not None else self.facts.mail.authentication.proof

    @property
    def sender_proved(self) -> bool:
        """Whether the mail came from a registered sender, as far as senders are checked."""
        accepted = self.settings.accept_unproved and self.proof is Proof.UNPROVED
        return self.sender_known and (accepted or self.proof in {Proof.PROVED, Proof.UNCHECKED})

    @property
    def exempt(self) -> bool:
        """Citizens and enterprises need neither signature nor e-copy, but only for letters of their own."""
        sender, issuer = self.directory.sender, self.directory.issuer
        if sender is None or sender.kind not in EXEMPT:
            return False
        return issuer.kind in EXEMPT if issuer else self.facts.letter.fields.issuer is None

    @property
    def own_agencies(self) -> frozenset[int]:
        """The agencies whose certificates may stand under this letter: its sender, which by now is its issuer."""
        return frozenset(agency.id for agency in (self.directory.sender, self.directory.issuer) if agency)

    @property
    def is_copy(self) -> bool:
        """Whether it is an electronic copy (SAO Y, SAO LỤC, TRÍCH SAO): one organisation's valid signature, no person's."""
        return self.facts.letter.fields.copy_form is not None and only_organisation(self.signing)

    @property
    def trusted(self) -> bool:
        """Whether a trust set stood behind the checks and still does."""
        return self.facts.trust_configured and self.settings.trust_configured

    @property
    def waiting_open(self) -> bool:
        """Whether unfinished checks may still keep the letter waiting."""
        deadline = self.facts.pending_until or self.facts.received_at + timedelta(minutes=self.settings.pending_minutes)
        return bool(self.facts.pending) and self.now < deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one rule says. `proved` is True where the facts come from cryptography, containers or the directory alone."""

    action: Action
    reasons: tuple[ReasonCode, ...]
    proved: bool = False


Rule = Callable[[Case], Verdict | None]


def build_case(facts: LetterFacts, known: Known, directory: DirectoryView, settings: PolicySettings, now: datetime) -> Case:
    """Put the inputs together with what the main document's signatures amount to."""
    main = next((file for file in facts.files if file.path == facts.letter.main), None)
    others = tuple(file for file in facts.files if file is not main)
    signing = main_signing(main, others, directory.signers)
    return Case(facts=facts, known=known, directory=directory, settings=settings, now=now, main=main, signing=signing)


def strength(sender: KnownAgency | None) -> int:
    """How strongly a letter's sender is proved, for letters that claim one number: a weaker one keeps no stronger one back."""
    if sender is None:
        return 0
    if sender.matched_by == "login":
        return STRONGEST
    return STRENGTHS[sender.proof]


def only_organisation(signing: Signing) -> bool:
    """Whether every signature is valid and an organisation's."""
    return signing.passed and signing.has_organisation and not (signing.has_person or signing.of_unknown_kind)


def hold(*reasons: ReasonCode) -> Verdict:
    """Keep it for a clerk."""
    return Verdict(action=Action.HOLD, reasons=reasons)


def send_back(*reasons: ReasonCode, proved: bool = False) -> Verdict:
    """Send it back; whoever may not be sent a letter back is left to a clerk later on."""
    return Verdict(action=Action.RETURN, reasons=reasons, proved=proved)


def as_configured(handling: Handling, *reasons: ReasonCode, proved: bool = False) -> Verdict | None:
    """What the office has chosen for an incomplete signature; None where it files such letters."""
    match handling:
        case Handling.FILE:
            return None
        case Handling.HOLD:
            return hold(*reasons)
        case Handling.RETURN:
            return send_back(*reasons, proved=proved)
