"""Whose words are used, and what happens with a template that asks for what is not there."""

from email import message_from_bytes
from email.policy import default
from importlib.resources import files

import pytest

from mailhub.language import Language
from mailhub.notices.errors import MissingFieldError, NoticeError, TemplateError
from mailhub.notices.kinds import CONTEXTS
from mailhub.notices.templates import Templates, one_line, tidy
from tests.notices.contexts import ALL, RECEIPT, composed


def own(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")
    return Templates(folder)


def subject(raw):
    return message_from_bytes(raw, policy=default)["Subject"]


def test_every_kind_of_notice_has_a_template_in_every_language():
    builtin = {item.name for item in (files("mailhub.profiles.vn") / "notices").iterdir()}
    assert {f"{kind}.{language.value}.j2" for kind in CONTEXTS for language in Language} <= builtin
    assert set(ALL) == set(CONTEXTS)


def test_the_office_s_own_template_is_used_and_the_others_stay(tmp_path):
    templates = own(tmp_path, "receipt.vi.j2", "Số đến {{ entry.number }}\n\nĐã nhận <b>{{ letter.reference }}</b>.\n")
    raw = composed(RECEIPT, templates)
    assert subject(raw) == "Số đến 4818"
    assert "Đã nhận &lt;b&gt;226/STC-NS&lt;/b&gt;." in message_from_bytes(raw, policy=default).get_body(("html",)).get_content()
    assert subject(composed(ALL["repeat"], templates)).startswith("Đã tiếp nhận từ trước")


def test_an_own_template_may_include_the_built_in_parts(tmp_path):
    templates = own(tmp_path, "receipt.vi.j2", 'Số đến {{ entry.number }}\n\n{% include "name.vi.j2" %}\n')
    assert "văn bản số 226/STC-NS" in templates.section(RECEIPT, Language.VI).body


def test_without_a_folder_the_built_in_words_are_used(tmp_path):
    assert composed(RECEIPT, Templates(tmp_path / "none")) == composed(RECEIPT)


@pytest.mark.parametrize(
    ("asked", "field"),
    [("{{ fax }}", "fax"), ("{{ about.contact.fax }}", "fax"), ("{{ entry.filed_at | iso }}{{ nothing }}", "nothing")],
)
def test_a_template_that_asks_for_an_unknown_field_refuses(tmp_path, asked, field):
    templates = own(tmp_path, "receipt.vi.j2", f"Tiêu đề\n\n{asked}\n")
    with pytest.raises(MissingFieldError) as missing:
        composed(RECEIPT, templates)
    assert (missing.value.field, missing.value.template) == (field, "receipt.vi.j2")


@pytest.mark.parametrize(
    "text",
    [
        "only a subject",
        "",
        "a\n\n{% if %}",
        "a\n\n{{ about | nofilter }}",
        'a\n\n{% include "none.j2" %}',
        "a\n\n{{ 1 // 0 }}",
        'a\n\n{% include "receipt.vi.j2" %}',
        "a\n\n{{ entry.number + letter.reference }}",
        "a\n\n{{ about.__class__.__mro__ }}",
    ],
)
def test_a_faulty_template_is_named(tmp_path, text):
    with pytest.raises(NoticeError, match=r"receipt\.vi\.j2"):
        composed(RECEIPT, own(tmp_path, "receipt.vi.j2", text))


def test_a_template_cannot_be_reached_outside_its_folder(tmp_path):
    (tmp_path / "secret").write_text("geheim", encoding="utf-8")
    inner = tmp_path / "templates"
    inner.mkdir()
    with pytest.raises(TemplateError):
        composed(RECEIPT, own(inner, "receipt.vi.j2", 'a\n\n{% include "../secret" %}'))


@pytest.mark.parametrize(
    ("given", "expected"),
    [("a\r\nb", "a b"), ("a\u2028b\u202ec\x00", "a b c"), ("  a   b ", "a b"), (7, 7), ("a\ud800b", "a b")],
)
def test_a_value_stands_on_one_line(given, expected):
    assert one_line(given) == expected


def test_paragraphs_are_divided_by_one_empty_line():
    assert tidy("\n a  \n\n\n\nb \n") == "a\n\nb"
