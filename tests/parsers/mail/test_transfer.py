import base64
import binascii
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail.transfer import decode_transfer, find_written_files


@pytest.mark.parametrize(
    ("data", "content"),
    [
        (b"aGVsbG8=", b"hello"),
        (b"aGVs\r\nbG8=\r\n", b"hello"),
        (b"aGVsbG8", b"hello"),
        (b"aG Vs-bG8=", b"hello"),
        (b"aGVsbG8= trailing words", b"hello"),
        (b"aGVsbG8==", b"hello"),
        (b"aGVsb", b"hel"),
        (b"aGU=bGxv", b"hello"),
        (b"?garbage", b"?garbage"),
        (
            b"S8OtbmggZ+G7rWkgcXXDvSBjxqE=\r\n\r\n_____________________\r\nvan-thu mailing list\r\n(https://lists.example)\r\n",
            "Kính gửi quý cơ".encode(),
        ),
        (b"Dear\r\n\r\nThis was never encoded, whatever is said of it.\r\n", None),
        (b"=", b""),
        (b"", b""),
    ],
)
def test_base64_is_read_tolerantly(data, content):
    assert decode_transfer(data, "base64").content == (data if content is None else content)


@pytest.mark.parametrize("data", [b"aGVsbG8", b"aG!VsbG8=", b"aGVsbG8= x", b"aGU=bGxv"])
def test_damaged_base64_is_named(data):
    assert decode_transfer(data, "base64").fault


@pytest.mark.parametrize(
    ("data", "content"),
    [
        (b"S=E1=BB=9F", "Sở".encode()),
        (b"a=\r\nb", b"ab"),
        (b"a =\r\nb", b"a b"),
        (b"a=", b"a"),
        (b"a=zz", b"a=zz"),
        (b"a=3d=3D", b"a=="),
    ],
)
def test_quoted_printable_is_read_tolerantly(data, content):
    assert decode_transfer(data, "quoted-printable").content == content


def test_stray_equals_sign_is_named():
    assert decode_transfer(b"http://x?a=zz", "quoted-printable").fault
    assert not decode_transfer(b"a=\r\nb=3D=", "quoted-printable").fault


@given(st.binary(max_size=300))
def test_what_was_encoded_comes_back(content):
    assert decode_transfer(base64.encodebytes(content), "base64").content == content
    assert decode_transfer(quopri.encodestring(content, quotetabs=True), "quoted-printable").content == content
    assert decode_transfer(uuencoded(content), "x-uuencode").content == content


@given(st.binary(max_size=300), st.sampled_from(["base64", "quoted-printable", "x-uuencode", "8bit", "x-none", ""]))
def test_decoding_never_raises(data, encoding):
    assert len(decode_transfer(data, encoding).content) <= len(data) + 45


def test_unknown_encoding_leaves_the_bytes_and_is_named():
    decoded = decode_transfer(b"abc", "x-none")
    assert (decoded.content, decoded.fault) == (b"abc", "unknown encoding")


def test_short_uuencoded_lines_cannot_multiply():
    assert len(decode_transfer(b"begin 644 a\n" + b"M\n" * 100_000, "x-uuencode").content) <= 200_100


def test_uuencoded_files_in_a_text_are_found():
    words = b"Kinh gui\n" + uuencoded(b"one", b"a.txt") + b"and\n" + uuencoded(b"two" * 50, b"b.txt")
    assert list(find_written_files(words)) == [("a.txt", b"one"), ("b.txt", b"two" * 50)]


def test_lines_that_only_look_like_beginnings_are_passed_over_up_to_a_bound():
    file = b"\n" + uuencoded(b"one", b"a.txt")
    assert [name for name, _ in find_written_files(b"\nbegin 644 x\n\xff\xff" * 100 + file)] == ["a.txt"]
    assert not list(find_written_files(b"\nbegin 644 x\n\xff\xff" * 10_000 + file))


def test_a_text_that_only_says_begin_holds_no_file():
    assert not list(find_written_files(b"We shall\nbegin 644 times\nwith our work\n"))


def uuencoded(content, name=b"a.bin"):
    lines = [binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45)]
    return b"begin 644 " + name + b"\n" + b"".join(lines) + b"`\nend\n"


def test_two_lines_that_begin_a_file_one_after_the_other_hide_no_file():
    assert [name for name, _ in find_written_files(b"begin 644 draft.txt\n" + uuencoded(b"one", b"a.txt"))] == ["a.txt"]


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_come_out_of_yenc_as_they_went_in(content):
    written = b"".join(
        b"=%c" % ((byte + 106) & 0xFF) if (byte + 42) & 0xFF in b"\0\n\r=" else b"%c" % ((byte + 42) & 0xFF) for byte in content
    )
    text = b"Xin gui:\r\n=ybegin line=128 size=%d name=a.bin\r\n%s\r\n=yend size=%d\r\n" % (len(content), written, len(content))
    assert list(find_written_files(text)) == [("a.bin", content)]


def test_a_footer_behind_base64_is_no_part_of_the_file():
    content = bytes(range(120))
    written = base64.encodebytes(content).replace(b"\n", b"\r\n") + b"\r\n-- \r\nScanned by X"
    assert decode_transfer(written, "base64").content == content
    damaged = base64.encodebytes(content).replace(b"\n", b"\n!\n", 1)
    assert decode_transfer(damaged, "base64").content == content


def test_a_file_written_as_begin_base64_is_read():
    written = (
        b"Gui:\r\nbegin-base64 644 C\xc3\xb4ng.txt\r\n" + base64.encodebytes(b"abc" * 40).replace(b"\n", b"\r\n") + b"====\r\n"
    )
    assert list(find_written_files(written)) == [("Công.txt", b"abc" * 40)]
