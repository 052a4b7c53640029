"""The words for the reasons: complete both ways, in both languages, and courteous."""

import tomllib
from importlib.resources import files

import pytest

from mailhub.policy.reasons import ReasonCode
from mailhub.profiles.vn.reasons import read_reasons, reason_text, reason_texts

DOCUMENT = (files("mailhub.profiles.vn") / "reasons.toml").read_text("utf-8")
DISCOURTEOUS = ("từ chối", "lỗi", "sai phạm", "vi phạm", "không hợp lệ", "reject", "refuse", "your fault", "error")
RETURNED = (
    "no-e-copy",
    "unsigned",
    "signature-broken",
    "changed-after-signing",
    "signer-of-another-agency",
    "executable",
    "type-not-allowed",
)


def test_every_code_has_words_and_every_row_is_a_code():
    assert list(tomllib.loads(DOCUMENT)) != []
    assert set(tomllib.loads(DOCUMENT)) == {code.value for code in ReasonCode}
    assert list(reason_texts()) == list(ReasonCode)


@pytest.mark.parametrize("code", ReasonCode)
def test_label_clerk_and_sender_speak_both_languages(code):
    words = reason_text(code)
    for text in (words.label, words.clerk, words.sender):
        assert text.vi
        assert text.en
    assert bool(words.remedy.vi) == bool(words.remedy.en)
    assert words.status in {"01", "02", "03"}


@pytest.mark.parametrize("code", ReasonCode)
def test_a_label_fits_the_desk(code):
    assert len(reason_text(code).label.vi) <= 28


@pytest.mark.parametrize("code", ReasonCode)
def test_the_sender_is_spoken_to_with_courtesy(code):
    words = reason_text(code)
    said = f"{words.sender.vi} {words.sender.en} {words.remedy.vi} {words.remedy.en}".casefold()
    assert [word for word in DISCOURTEOUS if word in said] == []


@pytest.mark.parametrize("code", RETURNED)
def test_a_return_says_what_is_asked_for(code):
    words = reason_text(ReasonCode(code))
    assert words.status == "02"
    assert words.remedy.vi.startswith("Đề nghị Quý cơ quan")
    assert words.remedy.en.startswith("Please")


def test_a_table_with_a_missing_code_is_refused():
    with pytest.raises(ValueError, match=r"missing codes.*unsigned"):
        read_reasons(DOCUMENT.replace("[unsigned]", "[not-a-code]"))


def test_a_sentence_in_one_language_only_is_refused():
    with pytest.raises(ValueError, match=r"complete\.label"):
        read_reasons(DOCUMENT.replace('label = { vi = "đủ điều kiện", en = "complete" }', 'label = { vi = "đủ điều kiện" }'))
