"""The lattice: what is known of one signature to one indication (EN 319 102-1, 5.1.3, with our guards in front).

The first row that matches decides. TOTAL-PASSED is the last row and asks for every single thing again, positively, so that
a row forgotten above cannot let a signature through.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from parsers.signatures.limits import RevocationPolicy
from parsers.signatures.model import Coverage, Indication, Modification, Reason, SubIndication
from parsers.signatures.revocation import RevocationStatus


class Period(StrEnum):
    """Where the proven time lies against the signer certificate's validity."""

    WITHIN = "within"
    BEFORE = "before"
    AFTER = "after"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything the verdict rests on; the defaults are those of a signature of which nothing is known.

    `obstacle` says why a signature was not evaluated. `stamped` means that a trusted timestamp, not only the hub's own
    reception, proves the time; `stamp_broken` that the signature bears a timestamp that was made for other bytes or was
    altered. `sealed` means that a later valid organisation signature covers the whole file.
    """

    obstacle: Reason | None = None
    malformed: bool = False
    gap_ok: bool = False
    tail_ok: bool = False
    intact: bool | None = None
    valid: bool | None = None
    coverage: Coverage = Coverage.UNCLEAR
    modification: Modification = Modification.UNKNOWN
    change_reason: Reason | None = None
    permitted: bool = True
    sealed: bool = False
    chain_problem: SubIndication | None = SubIndication.NO_CERTIFICATE_CHAIN_FOUND
    usage_ok: bool = False
    period: Period = Period.UNKNOWN
    stamped: bool = False
    stamp_broken: bool = False
    revocation: RevocationStatus = RevocationStatus.NOT_CHECKED
    revocation_policy: RevocationPolicy = RevocationPolicy.REQUIRED
    warnings: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An indication with its sub-indication and reasons; warnings stand among the reasons."""

    indication: Indication
    sub_indication: SubIndication | None
    reasons: tuple[Reason, ...]


FAILED, OPEN = Indication.TOTAL_FAILED, Indication.INDETERMINATE
NO_SIGNER = SubIndication.NO_SIGNING_CERTIFICATE_FOUND
KNOWN_CHANGES = frozenset({Modification.NONE, Modification.LTA, Modification.SIGNATURES})
CURABLE_CHANGES = frozenset({Modification.VISIBLE, Modification.FORM})
UNPROVEN = frozenset(
    {
        SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
        SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
        SubIndication.CHAIN_CONSTRAINTS_FAILURE,
        SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
    }
)
"""Without an authentic path the dates in a certificate are only a claim."""
WHOLE = frozenset({Coverage.ENTIRE_FILE, Coverage.ENTIRE_REVISION})
REVOKED = frozenset({RevocationStatus.REVOKED, RevocationStatus.REVOKED_CA})


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the lattice. A sub-indication or reason of None is taken from the facts."""

    matches: Callable[[Facts], bool]
    indication: Indication
    sub_indication: SubIndication | None
    reason: Reason | None = None


def curable(facts: Facts) -> bool:
    """Whether the later seal vouches for what changed: the registry adds number and date, then seals."""
    return facts.sealed and (facts.modification in CURABLE_CHANGES or not facts.permitted or is_of_a_part(facts))


def is_of_a_part(facts: Facts) -> bool:
    """Whether the signature is over named parts of a document, and others stand beside them."""
    return facts.coverage is Coverage.PARTIAL and facts.change_reason is Reason.PARTLY_SIGNED


def harmless(facts: Facts) -> bool:
    """Everything there is to ask, asked positively."""
    return (
        facts.obstacle is None
        and not facts.malformed
        and facts.gap_ok
        and facts.tail_ok
        and facts.intact is True
        and facts.valid is True
        and facts.coverage in WHOLE
        and facts.modification in KNOWN_CHANGES
        and facts.permitted
        and facts.chain_problem is None
        and facts.usage_ok
        and facts.period is Period.WITHIN
        and not facts.stamp_broken
        and settled(facts)
    )


def settled(facts: Facts) -> bool:
    """Whether revocation does not stand in the way."""
    if facts.revocation is RevocationStatus.GOOD:
        return True
    return facts.revocation is RevocationStatus.UNKNOWN and facts.revocation_policy is RevocationPolicy.IF_AVAILABLE


ROWS: tuple[Row, ...] = (
    Row(lambda f: f.obstacle is Reason.SUBFILTER, OPEN, SubIndication.FORMAT_FAILURE, Reason.SUBFILTER),
    Row(lambda f: f.malformed, FAILED, SubIndication.FORMAT_FAILURE, Reason.UNREADABLE),
    # Nothing is known against a signature whose document is not at hand, or whose algorithm nobody here can compute.
    Row(lambda f: f.obstacle is Reason.CONTENT_MISSING, OPEN, SubIndication.SIGNED_DATA_NOT_FOUND, Reason.CONTENT_MISSING),
    Row(lambda f: f.obstacle is Reason.ALGORITHM, OPEN, SubIndication.CRYPTO_CONSTRAINTS_FAILURE, Reason.ALGORITHM),
    Row(lambda f: f.obstacle is not None, OPEN, SubIndication.GENERIC),
    Row(lambda f: not f.gap_ok, FAILED, SubIndication.FORMAT_FAILURE, Reason.GAP),
    Row(lambda f: f.intact is False, FAILED, SubIndication.HASH_FAILURE),
    Row(lambda f: f.valid is False, FAILED, SubIndication.SIG_CRYPTO_FAILURE),
    # Without a key there is nothing to compute: what the signature is over is right, and nobody has signed it.
    Row(lambda f: f.intact is True and f.valid is None and f.chain_problem is NO_SIGNER, OPEN, NO_SIGNER),
    Row(lambda f: f.intact is None or f.valid is None, OPEN, None, Reason.UNREADABLE),
    Row(lambda f: not f.tail_ok, FAILED, SubIndication.FORMAT_FAILURE, Reason.TRAILING_DATA),
    Row(
        lambda f: f.modification is Modification.VISIBLE and not curable(f),
        FAILED,
        SubIndication.FORMAT_FAILURE,
        Reason.VISIBLE_CHANGE,
    ),
    Row(lambda f: f.modification is Modification.UNKNOWN, OPEN, SubIndication.GENERIC),
    Row(lambda f: is_of_a_part(f) and not curable(f), OPEN, SubIndication.GENERIC, Reason.PARTLY_SIGNED),
    Row(lambda f: f.coverage not in WHOLE and not is_of_a_part(f), OPEN, SubIndication.GENERIC, Reason.UNEXPLAINED_UPDATE),
    Row(lambda f: f.modification is Modification.FORM and not curable(f), OPEN, SubIndication.GENERIC, Reason.FORM_CHANGE),
    Row(lambda f: not f.permitted and not curable(f), OPEN, SubIndication.GENERIC, Reason.DOCMDP_CONFLICT),
    Row(lambda f: f.chain_problem is SubIndication.CHAIN_CONSTRAINTS_FAILURE and not f.usage_ok, OPEN, None, Reason.KEY_USAGE),
    # No path says nothing against the document: real files carry only the leaf, so a person has to look, not a machine.
    Row(lambda f: f.chain_problem in UNPROVEN, OPEN, None),
    # A signature cannot be made after it was seen: received before the certificate began is proof enough.
    Row(lambda f: f.period is Period.BEFORE, FAILED, SubIndication.NOT_YET_VALID, Reason.CERTIFICATE_NOT_YET_VALID),
    Row(lambda f: f.period is Period.AFTER and f.stamped, FAILED, SubIndication.EXPIRED, Reason.CERTIFICATE_EXPIRED),
    # Received after the end proves nothing about the signing: the letter may have been signed in time and sent late.
    Row(lambda f: f.period is Period.AFTER, OPEN, SubIndication.OUT_OF_BOUNDS_NO_POE, Reason.CERTIFICATE_EXPIRED),
    Row(lambda f: f.chain_problem is not None, OPEN, None),
    Row(lambda f: not f.usage_ok, OPEN, SubIndication.CHAIN_CONSTRAINTS_FAILURE, Reason.KEY_USAGE),
    Row(lambda f: f.revocation is RevocationStatus.REVOKED and f.stamped, FAILED, SubIndication.REVOKED),
    Row(lambda f: f.revocation in REVOKED, OPEN, SubIndication.REVOKED_NO_POE),
    # Either it is given back, or it turns out to be revoked: a later word tells which.
    Row(lambda f: f.revocation is RevocationStatus.ON_HOLD, OPEN, SubIndication.TRY_LATER),
    Row(lambda f: not settled(f), OPEN, SubIndication.TRY_LATER, Reason.NO_REVOCATION_DATA),
    # The signature holds, but somebody has laid hands on what hangs on it.
    Row(lambda f: f.stamp_broken, OPEN, SubIndication.GENERIC, Reason.TIMESTAMP_UNTRUSTED),
    Row(curable, OPEN, SubIndication.CHANGED_BEFORE_SEAL),
    Row(harmless, Indication.TOTAL_PASSED, None),
)


def decide(facts: Facts) -> Verdict:
    """The verdict of the first matching row; what no row foresees is open."""
    for row in ROWS:
        if row.matches(facts):
            return verdict_of(row, facts)
    return Verdict(indication=OPEN, sub_indication=SubIndication.GENERIC, reasons=facts.warnings)


def verdict_of(row: Row, facts: Facts) -> Verdict:
    """Fill in what the row leaves to the facts, and put the warnings behind the reason."""
    sub = row.sub_indication
    if sub is None and row.indication is not Indication.TOTAL_PASSED:
        sub = facts.chain_problem or SubIndication.GENERIC
    changes = change_reasons(facts) if facts.gap_ok and facts.intact and facts.valid else ()
    reasons = (row.reason, facts.obstacle, *changes, *facts.warnings)
    kept = tuple(dict.fromkeys(reason for reason in reasons if reason is not None))
    return Verdict(indication=row.indication, sub_indication=sub, reasons=kept)


def change_reasons(facts: Facts) -> tuple[Reason | None, ...]:
    """What happened to the file after the signature, said whatever the verdict is."""
    named = {Modification.VISIBLE: Reason.VISIBLE_CHANGE, Modification.FORM: Reason.FORM_CHANGE}
    return (named.get(facts.modification), facts.change_reason, None if facts.permitted else Reason.DOCMDP_CONFLICT)
