"""Variants of the right letter that several cases share, and the shape of a case."""

from dataclasses import dataclass, field, replace

from mailhub.policy.case import Action, AgencyKind, DirectoryView, Known, LetterFacts, Mode
from mailhub.policy.reasons import ReasonCode
from mailhub.policy.settings import PolicySettings
from mailhub.policy.signing import LegalValue
from parsers.finding import Confidence, Source
from parsers.letter import DeclaredEnclosure, LetterCode
from parsers.signatures.model import Indication, SubIndication
from tests.policy import builders as b


@dataclass(frozen=True)
class Row:
    """One case and what must come out of it; the reasons in their order."""

    about: str
    action: Action
    reasons: tuple[ReasonCode, ...]
    automatic: bool = field(default=False, kw_only=True)
    legal: LegalValue | None = field(default=None, kw_only=True)
    facts: LetterFacts = field(default=b.FACTS, kw_only=True)
    known: Known = field(default=b.KNOWN, kw_only=True)
    directory: DirectoryView = field(default=b.DIRECTORY, kw_only=True)
    settings: PolicySettings = field(default=b.SETTINGS, kw_only=True)


SUPERIOR = replace(b.FINANCE, kind=AgencyKind.SUPERIOR)
PARTY = replace(b.FINANCE, kind=AgencyKind.PARTY)
CITIZEN = replace(b.FINANCE, kind=AgencyKind.CITIZEN)
FIRM = replace(b.FINANCE, kind=AgencyKind.ENTERPRISE)
PROPOSING = replace(b.FINANCE, mode=Mode.PROPOSE)

UNSIGNED = b.a_file(signed=b.signatures())
ONLY_PERSON = b.signed_by(b.by_person())
ONLY_SEAL = b.signed_by(b.by_organisation())
BROKEN = b.signed_by(b.by_person(*b.BROKEN), b.by_organisation(*b.BROKEN))
CHANGED = b.signed_by(b.by_person(*b.CHANGED), b.by_organisation(*b.CHANGED))
TRY_LATER = b.signed_by(b.by_person(*b.TRY_LATER), b.by_organisation())
REVOKED = b.signed_by(b.by_person(Indication.TOTAL_FAILED, SubIndication.REVOKED), b.by_organisation())
UNTIED = b.directory(signers=())
TIED_ELSEWHERE = b.directory(signers=tuple(replace(tie, agency_id=8) for tie in b.DIRECTORY.signers))
PAPER = b.letter(main=None, findings=(b.finding(LetterCode.PAPER_ANNOUNCED, Source.TEXT_LAYER),))
MAYBE_PAPER = replace(PAPER, findings=tuple(replace(found, confidence=Confidence.DOUBTFUL) for found in PAPER.findings))
NO_FILE = replace(b.FACTS, files=(), content_digest="")
TWO_OF_THREE = b.letter(
    declared_enclosures=(
        DeclaredEnclosure(title="Phụ lục 1", place="part 2/page 2", file="3"),
        DeclaredEnclosure(title="Phụ lục 2", place="part 2/page 2", file=None),
    )
)
