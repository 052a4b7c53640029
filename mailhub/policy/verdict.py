"""What the rules read and what they say: the case with its derived facts, and the verdict of one rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailhub.checking.reading import ReadFile
from mailhub.policy.agencies import AgencyKind
from mailhub.policy.case import Action, DirectoryView, Known, KnownAgency, LetterFacts, SignatureFile, SignatureScope
from mailhub.policy.covering import by_document, covers
from mailhub.policy.mail_signing import MailSigning, mail_signing
from mailhub.policy.reasons import ReasonCode
from mailhub.policy.settings import Handling, PolicySettings
from mailhub.policy.signing import Signing, main_signing, vouched
from mailhub.policy.standing import Standing, beside_standings, file_standings
from parsers.files.model import FileKind
from parsers.finding import Confidence
from parsers.letter import LetterCode
from parsers.mail.authentication import Proof

EXEMPT = frozenset({AgencyKind.CITIZEN, AgencyKind.ENTERPRISE})
SENDER_MATCHES = frozenset({"login", "address", "domain"})


STRENGTHS = {Proof.FAILED: 0, Proof.PENDING: 1, Proof.UNPROVED: 1, Proof.UNCHECKED: 2, Proof.PROVED: 3}
STRONGEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything a rule may read: the inputs of the decision and what the signatures amount to.

    `signing` is about the main document, `mail_signing` about the mail (S/MIME), which makes no letter signed.
    `signing_files` sign others of the letter, or nothing that came; `signed_by` has them by the digest of what they sign.
    """

    facts: LetterFacts
    known: Known
    directory: DirectoryView
    settings: PolicySettings
    now: datetime
    main: ReadFile | None
    signing: Signing
    signing_files: tuple[SignatureFile, ...]
    signing_paths: frozenset[str]
    signed_by: Mapping[str, tuple[ReadFile, ...]]
    mail_signing: MailSigning

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

    def enclosure_standings(self, file: ReadFile) -> frozenset[Standing]:
        """How an enclosure's signatures stand, those beside it and around it among them; it may sign others itself."""
        own = frozenset() if file.path in self.signing_paths else file_standings(file)
        beside = (other for other in self.signed_by.get(file.sha256, ()) if other.path != file.path)
        return own.union(*(beside_standings(other, file) for other in beside))

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
    def sender_signed(self) -> bool:
        """Whether the mail bears the sender's own valid S/MIME signature over the whole of it."""
        sender = self.directory.sender
        return self.sender_known and sender is not None and self.mail_signing.by_agency(sender.id)

    @property
    def own_agencies(self) -> frozenset[int]:
        """The agencies whose certificates may stand under this letter: its issuer, or whoever made the copy and sent it."""
        sender, issuer = self.directory.sender, self.directory.issuer
        entitled = (sender, issuer) if self.is_copy else (issuer or sender,)
        return frozenset(agency.id for agency in entitled if agency)

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
    signing_files = signing_files_of(facts)
    signing = main_signing(main, signing_files, directory.signers)
    if settings.changed_before_seal is Handling.FILE and directory.issuer is not None:
        signing = vouched(signing, frozenset({directory.issuer.id}))
    return Case(
        facts=facts,
        known=known,
        directory=directory,
        settings=settings,
        now=now,
        main=main,
        signing=signing,
        signing_files=signing_files,
        signing_paths=frozenset(item.file.path for item in signing_files),
        signed_by=by_document(signing_files),
        mail_signing=mail_signing(facts.signature_files, directory.signers),
    )


def signing_files_of(facts: LetterFacts) -> tuple[SignatureFile, ...]:
    """The files that sign others of the letter, or nothing that came.

    A signature among the letter's files that was never joined to anything, as in facts of an older program, is over nothing.
    """
    found = tuple(item for item in facts.signature_files if item.scope is not SignatureScope.MAIL)
    joined = {item.file.path for item in facts.signature_files}
    alone = [file for file in facts.files if file.kind is FileKind.SIGNATURE and file.path not in joined and not covers(file)]
    return found + tuple(SignatureFile(file=file, scope=SignatureScope.NOTHING) for file in alone)


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
