import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail.parameters import extended_texts, plain_values, read_field_value


@pytest.mark.parametrize(
    ("written", "value", "charset"),
    [
        (b"text/plain; charset=utf-8", "text/plain", "utf-8"),
        (b'Text/Plain; Charset="UTF-8"', "text/plain", "utf-8"),
        (b"text/plain; charset=us-ascii (Plain text)", "text/plain", "us-ascii"),
        (b"text/plain; charset='utf-8'", "text/plain", "utf-8"),
        (b"text/plain charset=utf-8", "text/plain", "utf-8"),
        (b"text/plain;;; charset = utf-8;", "text/plain", "utf-8"),
        (b"text/plain; junk; charset=utf-8; format=flowed", "text/plain", "utf-8"),
        (b"text/plain; charset=utf-8; charset=x", "text/plain", "utf-8"),
        (b"text/plain; charset*=us-ascii''utf-8", "text/plain", "utf-8"),
        (b"; charset=utf-8", "", "utf-8"),
        (b"text/plain", "text/plain", ""),
        (b"", "", ""),
    ],
)
def test_value_and_token_are_read(written, value, charset):
    found = read_field_value(written)
    assert (found.value, found.token("charset")) == (value, charset)


@pytest.mark.parametrize(
    ("written", "names"),
    [
        (b'x; name="a;b.pdf"', [b"a;b.pdf"]),
        (b'x; name="a\\"b\\\\c"', [b'a"b\\c']),
        (b'x; name="C:\\dir\\a.pdf"', [b"C:\\dir\\a.pdf"]),
        (b'x; name="a" "b"', [b"ab"]),
        (b'x; name="never closed; size=1', [b"never closed"]),
        (b'x; name="never closed; a.pdf', [b"never closed; a.pdf"]),
        (b'x; name=""twice""; size=1', [b"twice"]),
        (b"x; name=a.pdf,", [b"a.pdf"]),
        (b"x; name=a b;c.pdf; size=1", [b"a b;c.pdf"]),
        (b"x; name=a; name=b", [b"a", b"b"]),
        (b"x; name*0=a; name*1=b", [b"ab"]),
        (b"x; name*0*=a; name*1=b", []),
        (b"x; name*x*=a", []),
    ],
)
def test_plain_values_are_read(written, names):
    assert list(plain_values(read_field_value(written).parameters, "name")) == names


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (b"x; name*=utf-8''S%E1%BB%9F", "Sở"),
        (b"x; name*=S%E1%BB%9F", "Sở"),
        (b"x; name*=utf-8''100%", "100%"),
        (b"x; name*1*=%9F; name*0*=utf-8''S%E1%BB", "Sở"),
        (b"x; name*0*=utf-8''a; name*1=%41; name*2*=%42", "a%41B"),
        (b"x; name*0*=utf-8''a; name*0*=utf-8''b", "a"),
        (b"x; name=a", None),
    ],
)
def test_extended_values_are_read(written, text):
    found = extended_texts(read_field_value(written).parameters, "name")
    assert [decoded.text for decoded in found] == ([text] if text else [])


@pytest.mark.parametrize(
    "written", [b"x; a=" + b";b" * 30_000, b"x" + b'; b="' * 15_000, b"x; a=" + b'\\"' * 30_000, b";" * 60_000]
)
def test_hostile_parameters_are_read_in_bounded_number(written):
    assert len(read_field_value(written).parameters) <= 1000


@given(
    st.binary(max_size=200)
    | st.lists(st.sampled_from([b";", b"=", b'"', b"*", b"name", b"0", b"'", b"%", b"\\", b" "])).map(b"".join)
)
def test_reading_never_raises(written):
    parameters = read_field_value(written).parameters
    plain_values(parameters, "name")
    extended_texts(parameters, "name")
