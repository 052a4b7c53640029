import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.charsets import codec_of, decode_text, nfc, printable


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("UTF-8", "utf_8"),
        ("utf8", "utf_8"),
        ("us-ascii", "cp1252"),
        ("ISO-8859-1", "cp1252"),
        ("iso8859-15", "iso8859_15"),
        ("windows-1258", "cp1258"),
        ("x-cp1258", "cp1258"),
        ("GB2312", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("Shift_JIS", "cp932"),
        ("iso-2022-jp", "iso2022_jp_ext"),
        ("koi8-r", "koi8_r"),
        ("TCVN-5712", "tcvn3"),
        ("x-viet-vni", "vni"),
        ("VISCII", "viscii"),
        ("rot13", None),
        ("idna", None),
        ("", None),
    ],
)
def test_label_names_a_codec(label, codec):
    assert codec_of(label) == codec


@pytest.mark.parametrize(
    ("data", "label", "text"),
    [
        ("Sở".encode(), "utf-8", "Sở"),
        ("Sở".encode(), "", "Sở"),
        ("Sở".encode(), "us-ascii", "Sở"),
        (b"\xe9", "iso-8859-1", "é"),
        (b"C\xabng v\xa8n s\xe8", "", "Công văn số"),
        (b"Quy\xd5t \xae\xdenh", "", "Quyết định"),
        (b"Quy\xd5t \xae\xdenh ban h\xb5nh", "iso-8859-1", "Quyết định ban hành"),
        (b"C\xe9ng h\xf2a x\xe3 h\xe9i", "x-none", "Cộng hũa xó hội"),
        (b"\xd1o\xe4c la\xe4p, Ha\xefnh phu\xf9c", "", "Độc lập, Hạnh phúc"),
        (b"C\xf4ng v\xe5n s\xaf", "", "Công văn số"),
        (b"C\xf4ng v\xe5n s\xaf", "viscii", "Công văn số"),
        (b"r\xe9sum\xe9 \xe0 la carte", "iso-8859-1", "résumé à la carte"),
        (b"n\xe3o s\xe3o na\xe7\xf5es", "iso-8859-1", "não são nações"),
        (b"C\xf4ng v\xe3n", "", "Công văn"),
        (b"C\xf4ng v\xe3n", "utf-8", "Công văn"),
        ("Sở Nội vụ".encode() + b"\xff", "utf-8", "Sở Nội vụ\ufffd"),
        (b"\x81", "windows-1252", "\x81"),
        (b"\xef\xbb\xbfa", "utf-8", "a"),
        (b"+2AA-", "utf-7", "\ufffd"),
        (unicodedata.normalize("NFD", "Sở").encode(), "utf-8", "Sở"),
    ],
)
def test_bytes_become_text(data, label, text):
    assert decode_text(data, label).text == text


def test_unknown_label_is_told():
    assert decode_text(b"a", "x-none").unknown_charsets == ("x-none",)


@given(
    st.binary(max_size=200), st.sampled_from(["", "utf-8", "utf-7", "utf-16", "hz", "iso-2022-jp", "cp1258", "gb18030", "none"])
)
def test_any_bytes_become_clean_nfc_text(data, label):
    text = decode_text(data, label).text
    assert text == unicodedata.normalize("NFC", text)
    text.encode("utf-8")


def test_long_run_of_combining_marks_is_normalised_in_pieces():
    assert len(nfc("\u0301\u0323" * 200_000)) == 400_000


def test_printable_is_one_short_line():
    assert printable("a\r\n\tb\x00" + "c" * 300, 10) == "a b?ccccc…"
