import pytest

from mailhub.profiles.vn.letter_rules import LETTER_RULES
from parsers.letters.mail_text import own_text
from parsers.letters.phrases import find_phrase, opens_with


@pytest.mark.parametrize(
    "text", ["----- Original Message -----", "--Original message--", "Original Message", "– Original Message"]
)
def test_dashes_of_a_phrase_may_be_few_or_many(text):
    assert opens_with(("-----Original Message-----",), text)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("mark", ["\ufffd", "-", ".", "_ ", "- "])
def test_a_row_of_marks_is_looked_at_once(mark):
    row = mark * 5_000
    assert own_text(row, LETTER_RULES).strip() in {row.strip(), ""}
    assert find_phrase(("-----Original Message-----",), row) is None
