"""Letters in layouts that no template of the product made are read as a clerk reads them."""

import pytest

from mailhub.profiles.vn.letter_rules import LETTER_RULES
from parsers.letter import ReadLetter
from parsers.letters.grouping import document_text, read_letters
from tests.letters.layouts import LAYOUTS, rendered
from tests.letters.sample import Sample, load_all
from tests.letters.scoring import Score

SAMPLES = load_all()
# Layouts without a place for a part cannot show it: only drawn pages have a corner for the form of copy, and a text file
# without a number is no letter.
CORNERLESS = frozenset(LAYOUTS) - {"scrambled", "words", "nfd", "marks_last", "ocr", "party", "stamped"}
# Where the agency's name and the state's header are drawn over each other no reader can part them.
OVERPRINTED = {("07-doanh-nghiep", "scrambled")}


def read(sample: Sample, layout: str) -> ReadLetter | None:
    letters = read_letters([document_text(rendered(sample, layout))], subject="", body="", rules=LETTER_RULES)
    return letters[0] if len(letters) == 1 else None


def test_there_are_thirty_letters_in_eight_layouts() -> None:
    assert len(SAMPLES) >= 30
    assert len({sample.layout for sample in SAMPLES}) >= 8


def test_fields_are_right_in_the_layout_in_which_each_letter_came(capsys: pytest.CaptureFixture[str]) -> None:
    score = Score()
    for sample in SAMPLES:
        score.add(sample, read(sample, sample.layout), f"{sample.name}/{sample.layout}")
    with capsys.disabled():
        print(f"\n{len(SAMPLES)} letters, each in its own layout\n{score.table()}")
    assert score.rate(score.right) >= 0.97
    assert score.rate(score.wrong) <= 0.01
    for name in ("reference", "issued_on", "issuer", "document_type", "urgency", "secrecy"):
        assert score.rate(score.right, [name]) >= 0.95, name


@pytest.mark.parametrize("layout", LAYOUTS)
def test_fields_are_right_in_every_other_layout_too(layout: str, capsys: pytest.CaptureFixture[str]) -> None:
    score = Score()
    # Every layout meets half of the letters, neighbouring ones the other half.
    for sample in SAMPLES[list(LAYOUTS).index(layout) % 2 :: 2]:
        impossible = (sample.corner and layout in CORNERLESS) or (layout in {"text", "flowing"} and not sample.truth.reference)
        if not impossible and (sample.name, layout) not in OVERPRINTED:
            score.add(sample, read(sample, layout), f"{sample.name}/{layout}")
    with capsys.disabled():
        print(f"\n{layout}: right {score.rate(score.right):.1%}, wrong {score.rate(score.wrong):.2%}", *score.faults, sep="\n")
    assert score.rate(score.right) >= 0.97
    assert score.rate(score.wrong) <= 0.01
