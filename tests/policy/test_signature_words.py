from dataclasses import replace
from importlib.resources import files
from itertools import product

import pytest

from mailhub.profiles.vn.signature_words import read_words, signature_words
from parsers.signatures.model import Indication, Reason, SubIndication
from parsers.signatures.verdict import Facts, decide

WORDS = signature_words()
EVERY = [WORDS.passed, WORDS.unsigned, *WORDS.sub_indications.values(), *WORDS.reasons.values()]
NEVER = ("từ chối", "lỗi", "vi phạm", "giả mạo", "không chấp nhận", "rejected", "your fault", "error")


def test_every_sub_indication_and_every_reason_has_its_words():
    assert set(WORDS.sub_indications) == set(SubIndication)
    assert set(WORDS.reasons) == set(Reason)


@pytest.mark.parametrize("words", EVERY, ids=lambda words: words.clerk.en)
def test_the_sender_is_told_what_to_do_and_never_blamed(words):
    told = f"{words.told.vi} {words.told.en}".lower()
    assert [word for word in NEVER if word in told] == []
    if words.remedy.vi:
        assert words.remedy.vi.startswith("Đề nghị Quý cơ quan")
        assert words.remedy.en.startswith("Please")
    else:
        assert words is WORDS.passed or "Quý cơ quan chưa cần làm gì" in words.sender.vi


@pytest.mark.parametrize("words", EVERY, ids=lambda words: words.clerk.en)
def test_a_sentence_is_one_to_three_lines_long(words):
    for text in (words.clerk, words.told):
        for said in (text.vi, text.en):
            assert said[0].isupper()
            assert said.endswith(".")
            assert len(said) < 260


def test_each_verdict_has_words_whatever_stands_beside_it():
    for indication, sub, reason in product(
        (None, Indication.TOTAL_FAILED, Indication.INDETERMINATE), [None, *SubIndication], [None, *Reason]
    ):
        assert WORDS.of(indication, sub, (reason,) if reason else ()) in EVERY
    assert WORDS.of(Indication.TOTAL_PASSED, None, (Reason.NO_TIMESTAMP,)) is WORDS.passed


@pytest.mark.parametrize("doubt", [Reason.PART_OF_MESSAGE, Reason.FROM_MISMATCH])
def test_the_clerk_reads_what_a_valid_signature_of_a_mail_does_not_say(doubt):
    words = WORDS.of(Indication.TOTAL_PASSED, None, (Reason.NO_TIMESTAMP, doubt))

    assert words.clerk.vi == f"{WORDS.passed.clerk.vi} {WORDS.reasons[doubt].clerk.vi}"
    assert words.told == WORDS.passed.told


@pytest.mark.parametrize(
    ("sub", "reasons", "speaks"),
    [
        (SubIndication.FORMAT_FAILURE, (Reason.GAP, Reason.VISIBLE_CHANGE), WORDS.reasons[Reason.GAP]),
        (SubIndication.HASH_FAILURE, (Reason.NO_TIMESTAMP,), WORDS.sub_indications[SubIndication.HASH_FAILURE]),
        (SubIndication.GENERIC, (Reason.NO_TIMESTAMP,), WORDS.sub_indications[SubIndication.GENERIC]),
        (SubIndication.NO_CERTIFICATE_CHAIN_FOUND, (Reason.EMPTY_TRUST,), WORDS.reasons[Reason.EMPTY_TRUST]),
        (
            SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
            (Reason.VISIBLE_CHANGE,),
            WORDS.sub_indications[SubIndication.NO_CERTIFICATE_CHAIN_FOUND],
        ),
    ],
)
def test_the_deciding_reason_speaks_where_it_says_more(sub, reasons, speaks):
    assert WORDS.of(Indication.INDETERMINATE, sub, reasons) is speaks


def test_what_the_lattice_says_of_a_signature_of_which_nothing_is_known_has_words():
    for obstacle in (None, *Reason):
        found = decide(replace(Facts(), obstacle=obstacle, gap_ok=True))
        assert WORDS.of(found.indication, found.sub_indication, found.reasons) in EVERY


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[reason.gap]", "[reason.gup]"),
        ("[sub.EXPIRED]", "[sub.EXPIRE]"),
        ('"algorithm"', '"algorism"'),
        ("sender = { vi", "sender = { v"),
    ],
)
def test_a_damaged_table_is_refused(old, new):
    document = (files("mailhub.profiles.vn") / "signature_words.toml").read_text("utf-8")
    with pytest.raises(ValueError):
        read_words(document.replace(old, new, 1))
