"""What grows in a file costs in proportion, and beyond a limit it is counted and held. Counts of work, never times."""

from collections import Counter
from dataclasses import replace

import pytest

from parsers.signatures import chain, judged, pdf_changes, pdf_pages
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.model import Indication, Reason
from parsers.signatures.pdf_reader import BoundedReader, History
from parsers.signatures.pdf_rules import RULES
from tests.pki.authority import NOW
from tests.pki.documents import Signing, add_document_timestamp, letter, sign, update

PASSED, OPEN = Indication.TOTAL_PASSED, Indication.INDETERMINATE

MANY = 34


@pytest.fixture(scope="module")
def signed_often(pki) -> bytes:
    content = letter(compressed=False)
    for number in range(MANY):
        content = sign(content, Signing(identity=pki.person, field=f"S{number}", box=None))
    return content


class Counted:
    """Counts calls of some functions while they go on working."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.calls: Counter[str] = Counter()

    def watch(self, owner: object, name: str) -> None:
        original = getattr(owner, name)

        def counting(*arguments, **options):
            self.calls[name] += 1
            return original(*arguments, **options)

        self.monkeypatch.setattr(owner, name, counting)


@pytest.fixture
def counted(monkeypatch) -> Counted:
    return Counted(monkeypatch)


def test_signatures_beyond_the_cap_are_counted_and_the_file_is_held(verify, signed_often, counted):
    counted.watch(judged, "judge_signature")
    counted.watch(RULES, "apply")
    found = verify(signed_often)

    assert (found.indication, found.reasons) == (OPEN, (Reason.LIMIT,))
    assert (len(found.signatures), found.seen) == (32, MANY)
    assert found.unchecked[0] == f"{MANY - 32} more signatures"
    # The file is held anyway, so nobody compares every pair of revisions.
    assert counted.calls == {"judge_signature": 32}


def test_each_document_timestamp_is_judged_once(verify, pki, counted):
    content = sign(letter(), Signing(identity=pki.person, tsa=pki.tsa))
    for number in range(6):
        content = add_document_timestamp(content, pki.tsa, NOW, f"T{number}")
    counted.watch(chain, "plain_stamper")
    found = verify(content)

    assert (found.indication, found.seen) == (PASSED, 7)
    assert counted.calls == {"plain_stamper": 7}


@pytest.mark.parametrize("pages", [10, 40])
def test_pages_that_a_seal_does_not_touch_are_digested_in_no_revision(verify, leader, seal, counted, pages):
    content = sign(sign(letter(pages), leader), seal)
    counted.watch(pdf_changes.Fingerprints, "of")

    counted.watch(pdf_pages, "page_print")

    assert verify(content).indication is PASSED
    # One page bears the stamps, in the two revisions that are compared.
    assert counted.calls == {"of": 2, "page_print": 2}


def reads(verify, content: bytes, counted: Counted) -> int:
    before = counted.calls["_read_object"]
    verify(content)
    return counted.calls["_read_object"] - before


def test_objects_are_read_once_each_and_not_once_a_signature(verify, leader, seal, counted):
    counted.watch(BoundedReader, "_read_object")
    small = reads(verify, sign(sign(letter(10), leader), seal), counted)
    large = reads(verify, sign(sign(letter(40), leader), seal), counted)

    # A page is two objects: itself and what is drawn on it.
    assert large - small == 2 * 30


def test_ways_to_changed_objects_are_not_looked_for_in_other_pages(verify, leader, seal, counted):
    content = sign(sign(letter(40), leader), seal)
    counted.watch(History, "_subsume_object")
    verify(content)
    many = counted.calls["_subsume_object"]
    verify(sign(sign(letter(10), leader), seal))
    few = counted.calls["_subsume_object"] - many

    # Only the list of pages is longer.
    assert many - few <= 4 * 30


@pytest.mark.parametrize(("revisions", "expected"), [(3, PASSED), (100, OPEN)])
def test_more_revisions_than_are_explained_are_held(verify, one_signature, revisions, expected):
    content = one_signature
    for _ in range(revisions):
        content = update(content, lambda writer: writer.update_root())
    found = verify(content)

    assert found.indication is expected
    assert (Reason.LIMIT in found.reasons) is (expected is OPEN)


@pytest.mark.parametrize("limit", [{"file_bytes": 100}, {"signatures": 1}, {"pages": 1}], ids=str)
def test_a_file_beyond_a_limit_is_held_and_not_called_unsigned(verify, two_signatures, limit):
    found = verify(two_signatures, limits=replace(SignatureLimits(), **limit))
    said = {*found.reasons, *(reason for report in found.signatures for reason in report.reasons)}

    assert found.indication is OPEN
    assert Reason.LIMIT in said
