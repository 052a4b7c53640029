"""What a verdict on a signature means, to the clerk and to the sender: data of `signature_words.toml`, read once."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from mailhub.language import Text
from parsers.signatures.model import Indication, Reason, SubIndication

ANY = "*"

DOUBTS = frozenset({Reason.PART_OF_MESSAGE, Reason.FROM_MISMATCH})
"""What leaves a mail's signature valid and still makes less of it than its words promise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictWords:
    """A sentence for the clerk, one for the sender, and what is asked of the sender; empty where that is nothing."""

    clerk: Text
    sender: Text
    remedy: Text

    @property
    def told(self) -> Text:
        """All that the sender is told."""
        if not self.remedy.vi:
            return self.sender
        return Text(vi=f"{self.sender.vi} {self.remedy.vi}", en=f"{self.sender.en} {self.remedy.en}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureWords:
    """The words for every verdict.

    `decided_by` holds, for a sub-indication, the reasons that say more than it does; `notes` never decide.
    """

    passed: VerdictWords
    unsigned: VerdictWords
    sub_indications: Mapping[SubIndication, VerdictWords]
    reasons: Mapping[Reason, VerdictWords]
    decided_by: Mapping[SubIndication, frozenset[Reason]]
    notes: frozenset[Reason]

    def of(self, indication: Indication | None, sub: SubIndication | None, reasons: Sequence[Reason]) -> VerdictWords:
        """The words for one verdict; an indication of None is that of a file without a mark of a signature."""
        if indication is None:
            return self.unsigned
        if indication is Indication.TOTAL_PASSED:
            doubt = next((reason for reason in reasons if reason in DOUBTS), None)
            return self.passed if doubt is None else with_clerk(self.passed, self.reasons[doubt].clerk)
        decided = self.decided_by.get(sub, frozenset()) if sub else frozenset(self.reasons)
        speaking = next((reason for reason in reasons if reason in decided and reason not in self.notes), None)
        if speaking is not None:
            return self.reasons[speaking]
        return self.sub_indications[sub or SubIndication.GENERIC]


def with_clerk(words: VerdictWords, more: Text) -> VerdictWords:
    """Words with one more sentence for the clerk."""
    return replace(words, clerk=Text(vi=f"{words.clerk.vi} {more.vi}", en=f"{words.clerk.en} {more.en}"))


@cache
def signature_words() -> SignatureWords:
    """The words of this profile."""
    return read_words((files("mailhub.profiles.vn") / "signature_words.toml").read_text("utf-8"))


def read_words(document: str) -> SignatureWords:
    """Read a table of words; a missing or unknown code, or a sentence without both languages, raises ValueError."""
    table = tomllib.loads(document)
    subs, reasons = table.get("sub", {}), table.get("reason", {})
    for known, given in ((set(SubIndication), set(subs)), (set(Reason), set(reasons))):
        if known != given:
            raise ValueError(f"signature_words.toml: unknown {sorted(given - known)}, missing {sorted(known - given)}")
    return SignatureWords(
        passed=words_of("passed", table["passed"]),
        unsigned=words_of("unsigned", table["unsigned"]),
        sub_indications={sub: words_of(sub, subs[sub]) for sub in SubIndication},
        reasons={reason: words_of(reason, reasons[reason]) for reason in Reason},
        decided_by={sub: deciding(subs[sub].get("decided_by", [])) for sub in SubIndication},
        notes=frozenset(reason for reason in Reason if reasons[reason].get("note", False)),
    )


def deciding(names: Sequence[str]) -> frozenset[Reason]:
    """The reasons that are named; ValueError for an unknown one."""
    return frozenset(Reason) if ANY in names else frozenset(map(Reason, names))


def words_of(code: str, row: Mapping[str, object]) -> VerdictWords:
    """One row of the table."""
    clerk, sender = sentence(code, row, "clerk"), sentence(code, row, "sender")
    if not clerk.vi or not sender.vi:
        raise ValueError(f"signature_words.toml: {code} has no words")
    return VerdictWords(clerk=clerk, sender=sender, remedy=sentence(code, row, "remedy"))


def sentence(code: str, row: Mapping[str, object], field: str) -> Text:
    """One sentence in both languages."""
    match row.get(field):
        case {"vi": str(vi), "en": str(en)} if bool(vi) == bool(en):
            return Text(vi=vi, en=en)
        case found:
            raise ValueError(f"signature_words.toml: {code}.{field} is {found!r}, expected a sentence in vi and en")
