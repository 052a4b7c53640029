"""Every combination of what a verdict rests on, by the classes that it tells apart: nothing leads around a guard."""

from dataclasses import fields, replace
from itertools import combinations, product

import pytest

from parsers.signatures import verdict
from parsers.signatures.limits import RevocationPolicy
from parsers.signatures.model import Coverage, Indication, Modification, Reason, SubIndication
from parsers.signatures.revocation import RevocationStatus
from parsers.signatures.verdict import ROWS, UNPROVEN, Facts, Period, decide, harmless
from tests.parsers.signatures.test_verdict import FINE

PASSED, OPEN, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED

GOOD = {
    "obstacle": (None,),
    "malformed": (False,),
    "gap_ok": (True,),
    "tail_ok": (True,),
    "intact": (True,),
    "valid": (True,),
    "coverage": (Coverage.ENTIRE_FILE, Coverage.ENTIRE_REVISION),
    "modification": (Modification.NONE, Modification.LTA, Modification.SIGNATURES),
    "permitted": (True,),
    "chain_problem": (None,),
    "usage_ok": (True,),
    "period": (Period.WITHIN,),
    "stamp_broken": (False,),
}
"""What each fact has to be for a signature to pass; revocation is told apart below."""

ALL = {
    "obstacle": (None, *Reason),
    "malformed": (False, True),
    "gap_ok": (False, True),
    "tail_ok": (False, True),
    "intact": (None, False, True),
    "valid": (None, False, True),
    "coverage": tuple(Coverage),
    "modification": tuple(Modification),
    "change_reason": (None, *Reason),
    "permitted": (False, True),
    "sealed": (False, True),
    "chain_problem": (None, *SubIndication),
    "usage_ok": (False, True),
    "period": tuple(Period),
    "stamped": (False, True),
    "stamp_broken": (False, True),
    "revocation": tuple(RevocationStatus),
    "revocation_policy": tuple(RevocationPolicy),
}


def is_settled(facts: Facts) -> bool:
    lenient = facts.revocation_policy is RevocationPolicy.IF_AVAILABLE and facts.revocation is RevocationStatus.UNKNOWN
    return facts.revocation is RevocationStatus.GOOD or lenient


def may_pass(facts: Facts) -> bool:
    """The same question as the last row's, written down a second time."""
    return all(getattr(facts, name) in good for name, good in GOOD.items()) and is_settled(facts)


def test_one_row_alone_passes_and_it_is_the_last():
    passing = [row for row in ROWS if row.indication is PASSED]

    assert passing == [ROWS[-1]]
    assert passing[0].matches is harmless
    assert decide.__module__ == verdict.__name__


def test_no_fact_is_forgotten():
    assert set(ALL) | {"warnings"} == {field.name for field in fields(Facts)}


@pytest.mark.parametrize("first", ALL)
def test_any_two_facts_changed_pass_only_where_each_may(first):
    for names in [names for names in combinations(ALL, 2) if names[0] == first]:
        compare_all(names)


def compare_all(names: tuple[str, str]) -> None:
    for values in product(*(ALL[name] for name in names)):
        facts = replace(FINE, **dict(zip(names, values, strict=True)))
        assert (decide(facts).indication is PASSED) is may_pass(facts), facts


CLASSES = {
    "obstacle": (None, Reason.SUBFILTER, Reason.LIMIT),
    "malformed": (False, True),
    "gap_ok": (True, False),
    "tail_ok": (True, False),
    "intact": (True, False, None),
    "valid": (True, False, None),
    "coverage": (Coverage.ENTIRE_REVISION, Coverage.PARTIAL),
    "modification": (Modification.SIGNATURES, Modification.VISIBLE, Modification.UNKNOWN),
    "permitted": (True, False),
    "sealed": (False, True),
    "chain_problem": (None, SubIndication.NO_CERTIFICATE_CHAIN_FOUND),
    "usage_ok": (True, False),
    "period": (Period.WITHIN, Period.AFTER),
    "stamp_broken": (False, True),
}


def test_all_combinations_of_the_classes_pass_only_where_every_guard_is_content():
    passed = 0
    for values in product(*CLASSES.values()):
        facts = replace(FINE, **dict(zip(CLASSES, values, strict=True)))
        if decide(facts).indication is PASSED:
            passed += 1
            assert may_pass(facts), facts
    # The good class of each fact, with and without a seal over the file.
    assert passed == 2


@pytest.mark.parametrize("problem", sorted(UNPROVEN))
def test_no_path_is_held_and_never_fails_by_itself(problem):
    for period, stamped, revocation, sealed in product(Period, (False, True), RevocationStatus, (False, True)):
        facts = replace(FINE, chain_problem=problem, period=period, stamped=stamped, revocation=revocation, sealed=sealed)
        assert decide(facts).indication is OPEN


@pytest.mark.parametrize("change", [Modification.VISIBLE, Modification.FORM])
def test_what_changed_before_a_good_seal_is_held_and_otherwise_not_cured(change):
    for permitted, stamped in product((False, True), (False, True)):
        facts = replace(FINE, modification=change, permitted=permitted, stamped=stamped)
        sealed = decide(replace(facts, sealed=True))
        assert (sealed.indication, sealed.sub_indication) == (OPEN, SubIndication.CHANGED_BEFORE_SEAL)
        assert decide(facts).indication is (FAILED if change is Modification.VISIBLE else OPEN)


def test_a_seal_cures_no_broken_signature():
    broken = ({"intact": False}, {"valid": False}, {"gap_ok": False}, {"malformed": True}, {"tail_ok": False})
    for fault in broken:
        facts = replace(FINE, modification=Modification.VISIBLE, sealed=True, **fault)
        assert decide(facts).indication is FAILED
