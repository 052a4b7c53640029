"""The lattice: first match wins, and no path leads around the guards."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.signatures.limits import RevocationPolicy
from parsers.signatures.model import Coverage, Indication, Modification, Reason, SubIndication
from parsers.signatures.revocation import RevocationStatus
from parsers.signatures.verdict import Facts, Period, decide

FINE = Facts(
    gap_ok=True,
    tail_ok=True,
    intact=True,
    valid=True,
    coverage=Coverage.ENTIRE_FILE,
    modification=Modification.NONE,
    chain_problem=None,
    usage_ok=True,
    period=Period.WITHIN,
    stamped=True,
    revocation=RevocationStatus.GOOD,
)
FAILED, OPEN = Indication.TOTAL_FAILED, Indication.INDETERMINATE

ANY_FACTS = st.builds(
    Facts,
    obstacle=st.none() | st.sampled_from(Reason),
    malformed=st.booleans(),
    gap_ok=st.booleans(),
    tail_ok=st.booleans(),
    intact=st.sampled_from([None, True, False]),
    valid=st.sampled_from([None, True, False]),
    coverage=st.sampled_from(Coverage),
    modification=st.sampled_from(Modification),
    change_reason=st.none() | st.sampled_from(Reason),
    permitted=st.booleans(),
    sealed=st.booleans(),
    chain_problem=st.none() | st.sampled_from(SubIndication),
    usage_ok=st.booleans(),
    period=st.sampled_from(Period),
    stamped=st.booleans(),
    stamp_broken=st.booleans(),
    revocation=st.sampled_from(RevocationStatus),
    revocation_policy=st.sampled_from(RevocationPolicy),
)


def test_everything_fine_passes():
    assert decide(FINE).indication is Indication.TOTAL_PASSED


def test_nothing_known_is_not_passed():
    assert decide(Facts()).indication is not Indication.TOTAL_PASSED


ONE_THING_WRONG = [
    ({"obstacle": Reason.SUBFILTER}, OPEN, SubIndication.FORMAT_FAILURE),
    ({"obstacle": Reason.UNREADABLE}, OPEN, SubIndication.GENERIC),
    ({"obstacle": Reason.CONTENT_MISSING}, OPEN, SubIndication.SIGNED_DATA_NOT_FOUND),
    ({"obstacle": Reason.ALGORITHM}, OPEN, SubIndication.CRYPTO_CONSTRAINTS_FAILURE),
    ({"stamp_broken": True}, OPEN, SubIndication.GENERIC),
    ({"malformed": True}, FAILED, SubIndication.FORMAT_FAILURE),
    ({"gap_ok": False}, FAILED, SubIndication.FORMAT_FAILURE),
    ({"intact": False}, FAILED, SubIndication.HASH_FAILURE),
    ({"valid": False}, FAILED, SubIndication.SIG_CRYPTO_FAILURE),
    ({"intact": None}, OPEN, SubIndication.GENERIC),
    ({"valid": None}, OPEN, SubIndication.GENERIC),
    ({"tail_ok": False}, FAILED, SubIndication.FORMAT_FAILURE),
    ({"modification": Modification.VISIBLE}, FAILED, SubIndication.FORMAT_FAILURE),
    ({"modification": Modification.FORM}, OPEN, SubIndication.GENERIC),
    ({"modification": Modification.UNKNOWN}, OPEN, SubIndication.GENERIC),
    ({"coverage": Coverage.PARTIAL}, OPEN, SubIndication.GENERIC),
    ({"coverage": Coverage.UNCLEAR}, OPEN, SubIndication.GENERIC),
    ({"permitted": False}, OPEN, SubIndication.GENERIC),
    ({"chain_problem": SubIndication.NO_CERTIFICATE_CHAIN_FOUND}, OPEN, SubIndication.NO_CERTIFICATE_CHAIN_FOUND),
    ({"chain_problem": SubIndication.CRYPTO_CONSTRAINTS_FAILURE}, OPEN, SubIndication.CRYPTO_CONSTRAINTS_FAILURE),
    ({"usage_ok": False}, OPEN, SubIndication.CHAIN_CONSTRAINTS_FAILURE),
    ({"period": Period.BEFORE}, FAILED, SubIndication.NOT_YET_VALID),
    ({"period": Period.AFTER}, FAILED, SubIndication.EXPIRED),
    ({"period": Period.AFTER, "stamped": False}, OPEN, SubIndication.OUT_OF_BOUNDS_NO_POE),
    ({"period": Period.UNKNOWN}, OPEN, SubIndication.GENERIC),
    ({"revocation": RevocationStatus.REVOKED}, FAILED, SubIndication.REVOKED),
    ({"revocation": RevocationStatus.REVOKED, "stamped": False}, OPEN, SubIndication.REVOKED_NO_POE),
    ({"revocation": RevocationStatus.REVOKED_CA}, OPEN, SubIndication.REVOKED_NO_POE),
    ({"revocation": RevocationStatus.UNKNOWN}, OPEN, SubIndication.TRY_LATER),
    ({"revocation": RevocationStatus.NOT_CHECKED}, OPEN, SubIndication.TRY_LATER),
]


@pytest.mark.parametrize(("change", "indication", "sub_indication"), ONE_THING_WRONG, ids=str)
def test_one_thing_wrong_decides(change, indication, sub_indication):
    verdict = decide(replace(FINE, **change))

    assert (verdict.indication, verdict.sub_indication) == (indication, sub_indication)


def test_every_fact_that_may_stand_in_the_way_has_a_row():
    told = {name for change, _indication, _sub in ONE_THING_WRONG for name in change}

    assert {field.name for field in fields(Facts)} - told == {"change_reason", "sealed", "revocation_policy", "warnings"}


@given(ANY_FACTS)
def test_nothing_passes_around_a_guard(facts):
    if decide(facts).indication is not Indication.TOTAL_PASSED:
        return
    assert facts.gap_ok
    assert facts.tail_ok
    assert (facts.intact, facts.valid) == (True, True)
    assert facts.period is Period.WITHIN
    assert facts.modification in {Modification.NONE, Modification.LTA, Modification.SIGNATURES}
    assert facts.coverage in {Coverage.ENTIRE_FILE, Coverage.ENTIRE_REVISION}
    assert facts.chain_problem is None
    assert facts.usage_ok
    assert facts.obstacle is None
    assert not facts.malformed
    assert facts.permitted


@given(ANY_FACTS)
def test_every_open_or_failed_verdict_names_its_sub_indication(facts):
    verdict = decide(facts)

    assert (verdict.sub_indication is None) is (verdict.indication is Indication.TOTAL_PASSED)


GUARDS = ("gap_ok", "tail_ok", "intact", "valid", "coverage", "modification", "chain_problem", "usage_ok", "period")


@pytest.mark.parametrize("name", GUARDS)
def test_not_knowing_is_not_passing(name):
    assert decide(replace(FINE, **{name: getattr(Facts(), name)})).indication is not Indication.TOTAL_PASSED


@given(ANY_FACTS)
def test_a_seal_never_turns_a_signature_into_a_passed_one(facts):
    without, sealed = decide(replace(facts, sealed=False)), decide(replace(facts, sealed=True))

    assert (sealed.indication is Indication.TOTAL_PASSED) is (without.indication is Indication.TOTAL_PASSED)


def test_a_change_before_a_seal_is_told_with_what_changed():
    verdict = decide(replace(FINE, modification=Modification.VISIBLE, sealed=True, warnings=(Reason.NO_TIMESTAMP,)))

    assert (verdict.indication, verdict.sub_indication) == (OPEN, SubIndication.CHANGED_BEFORE_SEAL)
    assert verdict.reasons == (Reason.VISIBLE_CHANGE, Reason.NO_TIMESTAMP)


def test_missing_revocation_data_are_a_warning_only_where_the_office_says_so():
    unknown = replace(FINE, revocation=RevocationStatus.UNKNOWN, warnings=(Reason.NO_REVOCATION_DATA,))

    lenient = decide(replace(unknown, revocation_policy=RevocationPolicy.IF_AVAILABLE))
    assert (lenient.indication, lenient.reasons) == (Indication.TOTAL_PASSED, (Reason.NO_REVOCATION_DATA,))
    assert decide(unknown).sub_indication is SubIndication.TRY_LATER


PART = replace(FINE, coverage=Coverage.PARTIAL, change_reason=Reason.PARTLY_SIGNED)


def test_a_signature_over_a_part_of_a_document_is_open():
    verdict = decide(PART)

    assert (verdict.indication, verdict.sub_indication) == (Indication.INDETERMINATE, SubIndication.GENERIC)
    assert verdict.reasons == (Reason.PARTLY_SIGNED,)


def test_a_seal_over_the_rest_says_what_was_added_to_a_part():
    assert decide(replace(PART, sealed=True)).sub_indication is SubIndication.CHANGED_BEFORE_SEAL


def test_a_seal_cures_no_bad_path_of_a_signature_over_a_part():
    verdict = decide(replace(PART, sealed=True, chain_problem=SubIndication.NO_CERTIFICATE_CHAIN_FOUND))

    assert verdict.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


def test_a_value_that_no_key_can_be_tried_on_has_no_signer():
    facts = replace(FINE, valid=None, chain_problem=SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
    verdict = decide(facts)

    assert (verdict.indication, verdict.sub_indication, verdict.reasons) == (
        Indication.INDETERMINATE,
        SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
        (),
    )
