import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail.html_text import html_text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>Kính gửi</p><div>Sở<br>Nội vụ</div>", "Kính gửi\n\nSở\nNội vụ"),
        ("a &amp; b &lt;c&gt; &#7843;", "a & b <c> ả"),
        ("<style>p{}</style><script>x<y</script>seen<!-- <p>no</p> -->", "seen"),
        ("<head><title>no</title></head>seen", "seen"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1 2"),
        ("3 < 5 and a<b", "3 < 5 and a"),
        ("<script>never closed, so its text is shown", "never closed, so its text is shown"),
        ("seen<!-- never closed", "seen"),
        ("<A HREF='x'>link</A>", "link"),
        ("<header>seen</header>", "seen"),
    ],
)
def test_text_of_html_is_what_a_person_sees(source, text):
    assert html_text(source) == text


@pytest.mark.parametrize(
    "source", ["<script" * 100_000, "<!--" * 100_000, "<" * 500_000, "<b>" * 100_000, "<style><script>" * 50_000]
)
def test_hostile_markup_takes_one_pass(source):
    assert len(html_text(source)) <= len(source)


@given(
    st.text(max_size=200) | st.lists(st.sampled_from(["<", ">", "</", "<!--", "-->", "script", "p", "&lt;", " "])).map("".join)
)
def test_reading_never_raises(source):
    html_text(source)
