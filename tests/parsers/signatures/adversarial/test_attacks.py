"""No path leads past a guard: every attack on the list and those we thought of, each with the verdict that it must get."""

from pathlib import Path

import pytest

from mailhub.checking.jobs import MailJob
from mailhub.checking.reader import read_mail
from parsers.signatures.model import Indication
from tests.parsers.signatures.adversarial import certificate_attacks, document_attacks, message_attacks, pdf_attacks
from tests.parsers.signatures.adversarial.attack import Attack, judge
from tests.parsers.signatures.adversarial.rows import ELSEWHERE, ROWS
from tests.pki.authority import make_pki

ATTACKS = (*pdf_attacks.ATTACKS, *certificate_attacks.ATTACKS, *message_attacks.ATTACKS, *document_attacks.ATTACKS)
CONTROLS = (*pdf_attacks.CONTROLS, *certificate_attacks.CONTROLS, *message_attacks.CONTROLS, *document_attacks.CONTROLS)
FORMATS = Path(__file__).parent.parent


def assert_verdict(attack: Attack) -> None:
    found = judge(attack)
    assert (found.indication, found.sub_indication) == attack.expected, (found.reasons, found.unchecked)
    assert attack.reason is None or attack.reason in found.reasons


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.what)
def test_no_attack_passes(attack):
    assert attack.expected[0] not in {Indication.TOTAL_PASSED, None}
    assert_verdict(attack)


@pytest.mark.parametrize("attack", message_attacks.SAID, ids=lambda attack: attack.what)
def test_a_mail_that_is_right_for_cryptography_alone_says_so(attack):
    job = MailJob(return_path="", received_at=attack.received_at, now=attack.received_at, trust=make_pki().trust)
    (report,) = (one for file in read_mail(attack.make(), job).files for one in file.signatures.signatures)
    assert (report.indication, report.sub_indication) == attack.expected
    assert attack.reason in report.reasons


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.what)
def test_what_the_attacks_start_from_passes(control):
    assert_verdict(control)


def test_every_attack_has_a_name_of_its_own():
    names = [attack.what for attack in (*ATTACKS, *CONTROLS, *message_attacks.SAID)]

    assert len(set(names)) == len(names)


def test_every_row_of_the_list_has_a_test():
    tabled = {row for attack in (*ATTACKS, *CONTROLS, *message_attacks.SAID) for row in attack.rows}

    assert tabled <= ROWS.keys()
    assert ROWS.keys() - tabled - ELSEWHERE.keys() == set()


@pytest.mark.parametrize(("file", "test"), sorted(set(ELSEWHERE.values())))
def test_a_test_that_stands_elsewhere_is_there(file, test):
    assert f"def {test}(" in (FORMATS / file).read_text()
