"""The table of cases, and what holds for every decision."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mailhub.codec import decode, encode
from mailhub.policy.case import Action, Decision
from mailhub.policy.decide import RULE_SET, decide
from mailhub.policy.reasons import ReasonCode
from mailhub.policy.record import DecisionRecord
from mailhub.policy.rules import OBJECTIONS
from mailhub.policy.settings import Handling, PolicySettings, policy_version
from parsers.files.containers import ContainerCode, FileKind
from tests.policy import builders as b
from tests.policy.cases_accepted import FILED, KNOWN_ALREADY, PENDING, SEALED
from tests.policy.cases_held import HELD
from tests.policy.cases_returned import RETURNED
from tests.policy.cases_sender import SENDERS
from tests.policy.cases_signing import SIGNED_BESIDE, SIGNED_BY_OTHERS, SIGNED_MAILS
from tests.policy.variants import TWO_OF_THREE, Row

R, A = ReasonCode, Action

CASES = (*FILED, *KNOWN_ALREADY, *SEALED, *PENDING, *RETURNED, *HELD, *SENDERS)
TABLE = (*CASES, *SIGNED_BESIDE, *SIGNED_BY_OTHERS, *SIGNED_MAILS)


def decided(row: Row) -> Decision:
    return decide(row.facts, row.known, row.directory, row.settings, b.NOW)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.about)
def test_the_table_of_cases(row):
    decision = decided(row)
    assert (decision.action, decision.reasons, decision.automatic) == (row.action, row.reasons, row.automatic)
    if row.legal is not None:
        assert decision.legal_value == row.legal


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.about)
def test_a_stored_case_is_decided_the_same_again(row):
    inputs = [decode(encode(value), type(value)) for value in (row.facts, row.known, row.directory, row.settings)]
    assert decide(*inputs, b.NOW) == decided(row)


def test_every_reason_of_the_machine_is_reached_by_the_table():
    reached = {reason for row in TABLE for reason in decided(row).reasons}
    assert set(ReasonCode) - reached == {R.HELD_BY_CLERK}


def test_every_rule_decides_a_case_of_the_table():
    deciding = {decided(row).rule for row in TABLE}
    assert {rule.__name__.replace("_", "-") for rule in OBJECTIONS} <= deciding


def test_a_decision_names_rule_versions_register_and_what_is_missing():
    decision = decided(Row("", A.HOLD, (), facts=b.facts(letter=TWO_OF_THREE)))
    assert decision.rule == "enclosures-missing"
    assert decision.missing == ("Phụ lục 2",)
    assert (decision.rule_set, decision.register, decision.trust_version) == (RULE_SET, "UBND", "t1")
    assert decision.policy_version == policy_version(b.SETTINGS)


def test_an_enclosure_that_came_empty_is_missing():
    empty = b.a_file("3", findings=(b.finding(ContainerCode.EMPTY_FILE),))
    decision = decide(b.facts(files=(empty,)), b.KNOWN, b.DIRECTORY, b.SETTINGS, b.NOW)
    assert (decision.action, decision.missing) == (A.HOLD, ("file-3.pdf",))


def test_a_sealed_decision_shows_nothing_of_the_content():
    marked = replace(TWO_OF_THREE, secrecy=(b.finding("secrecy-mark"),))
    decision = decide(b.facts(letter=marked), b.KNOWN, b.DIRECTORY, b.SETTINGS, b.NOW)
    assert (decision.missing, decision.legal_value) == ((), "")


def test_the_policy_version_changes_with_every_setting():
    versions = {
        policy_version(settings)
        for settings in (
            b.SETTINGS,
            replace(b.SETTINGS, one_signature=Handling.FILE),
            replace(b.SETTINGS, automatic_returns=False),
            replace(b.SETTINGS, allowed_types=(FileKind.PDF,)),
            replace(b.SETTINGS, changed_before_seal=Handling.FILE),
        )
    }
    assert len(versions) == 5
    assert policy_version(replace(b.SETTINGS)) in versions


def test_a_policy_keeps_the_version_that_it_had_before_a_setting_came():
    assert policy_version(PolicySettings()) == "3beea021a7c8e45e"


OLD_DECISIONS = json.loads((Path(__file__).parent / "decisions_of_rule_set_2.json").read_text("utf-8"))


@pytest.mark.parametrize("stored", OLD_DECISIONS, ids=lambda stored: stored["decision"]["rule"])
def test_a_decision_of_an_older_rule_set_is_still_reproduced(stored):
    record = decode(json.dumps(stored).encode(), DecisionRecord)
    assert record.decision.rule_set == 2
    assert replace(record.again(), rule_set=2) == record.decision
