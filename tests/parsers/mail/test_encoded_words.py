import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail.encoded_words import decode_tangled, decode_words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"plain", "plain"),
        (b"=?UTF-8?B?U+G7nw==?=", "Sở"),
        (b"=?utf-8?q?S=E1=BB=9F_N=E1=BB=99i?=", "Sở Nội"),
        (b"=?UTF-8*vi?Q?S=E1=BB=9F?=", "Sở"),
        (b"Re: =?UTF-8?Q?S=E1=BB=9F?= 12/CV", "Re: Sở 12/CV"),
        (b"=?UTF-8?Q?a?= =?UTF-8?Q?b?=", "ab"),
        (b"=?UTF-8?Q?a?= \t =?ISO-8859-1?Q?=E9?=", "aé"),
        (b"=?UTF-8?Q?S=E1=BB?= =?UTF-8?Q?=9F?=", "Sở"),
        (b"=?UTF-8?B?U+G7?= =?utf-8?B?nw==?=", "Sở"),
        (b"=?UTF-8?B?U+G7n?= =?UTF-8?B?w==?=", "Sở"),
        (b"=?UTF-8?B?U+G7?= =?UTF-8?Q?=9F?=", "Sở"),
        (b"=?UTF-8?B?YWI?= =?UTF-8?Q?c?=", "abc"),
        (b"=?windows-1258?Q?C=F4ng v=E3n?=", "Công văn"),
        ("Sở Nội vụ".encode(), "Sở Nội vụ"),
        (b"C\xf4ng v\xe3n", "Công văn"),
        (b"=?UTF-8?Q??=", ""),
        (b"=?UTF-8?X?abc?=", "=?UTF-8?X?abc?="),
        (b"=?UTF-8?Q?never closed", "=?UTF-8?Q?never closed"),
        (b"a =? b ?= c", "a =? b ?= c"),
    ],
)
def test_words_are_decoded(value, text):
    assert decode_words(value).text == text


def test_unknown_charset_is_named_and_guessed():
    decoded = decode_words(b"=?x-none?Q?S=E1=BB=9F?=")
    assert (decoded.text, decoded.unknown_charsets) == ("Sở", ("x-none",))


@pytest.mark.parametrize("charset", [b"zlib", b"punycode", b"idna", b"rot13", b"undefined", b"a\x00b", b"unicode_escape"])
def test_codecs_that_are_no_charsets_are_not_reached(charset):
    assert decode_words(b"=?" + charset + b"?B?eA==?=").text == "x"


@given(st.text(max_size=60), st.integers(min_value=1, max_value=9))
def test_text_cut_anywhere_into_words_is_put_together_again(text, width):
    data = text.encode("utf-8", "ignore")
    pieces = [data[at : at + width] for at in range(0, len(data), width)]
    value = b"\r\n ".join(b"=?utf-8?b?" + base64.b64encode(piece) + b"?=" for piece in pieces).replace(b"\r\n", b"")
    assert decode_words(value).text == decode_words(b"=?utf-8?b?" + base64.b64encode(data) + b"?=").text


@given(st.binary(max_size=300) | st.lists(st.sampled_from([b"=?", b"?=", b"utf-8", b"?q?", b"?B?", b"=E1", b" "])).map(b"".join))
def test_decoding_never_raises(value):
    decode_words(value).text.encode("utf-8")


@pytest.mark.parametrize("value", [b"=?" * 30_000 + b"?=", b"=?a?q?" * 10_000, b"=?a?q?" * 10_000 + b"?="])
def test_openings_without_ends_take_one_pass(value):
    assert len(decode_words(value).text) <= len(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"=?utf-8?B?PT9VVEYtOD9CP1UrRzdudz09Pz0=?=", "Sở"),
        ("Sá»Ÿ Ná»™i vá»¥".encode(), "Sở Nội vụ"),
        ("Sở Nội vụ".encode().decode("latin_1").encode(), "Sở Nội vụ"),
        ("MÃ¼ller".encode(), "MÃ¼ller"),
        ("résumé".encode(), "résumé"),
        (b"what =? is ?= this", "what =? is ?= this"),
    ],
)
def test_what_was_encoded_twice_is_decoded_twice(value, text):
    assert decode_tangled(value).text == text
