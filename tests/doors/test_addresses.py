"""Envelope addresses: which are ours, in which spellings."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.doors import smtp_replies as replies
from mailhub.doors.addresses import UnitAddressBook, canonical_domain
from mailhub.doors.smtp_paths import BadAddressError, PathArgument, PathSyntaxError, parse_path, split_address
from mailhub.doors.smtp_replies import Reply, with_status
from storage.records import Recipient
from tests.doors.fakes import address_book

ALPHABET = ["<", ">", '"', "\\", "@", ":", ",", " ", "=", ".", "+", "a", "đ", "\x00", "\udc80", "FROM:", "so.example", "SIZE=1"]


@given(st.text() | st.lists(st.sampled_from(ALPHABET), max_size=30).map("".join))
def test_parse_path_raises_nothing_but_its_two_errors(text):
    for argument in (text, "FROM:" + text, f"FROM:<{text}>"):
        try:
            path = parse_path("FROM:", argument)
        except (PathSyntaxError, BadAddressError):
            continue
        assert path.address.isprintable()


@given(st.text())
def test_the_book_answers_about_any_text(text):
    recipient = address_book().resolve(text)
    assert recipient is None or recipient.address == text


def test_a_path_keeps_its_spelling_and_its_parameters():
    expected = PathArgument(address='"le  van"@So.Example', parameters={"SIZE": "10", "SMTPUTF8": None})
    assert parse_path("FROM:", 'from: <"le  van"@So.Example> size=10 SmtpUtf8') == expected


def test_a_quoted_local_part_is_split_at_the_right_place():
    assert split_address(r'"a@b\"c"@so.example') == ('a@b"c', "so.example")


def test_a_recipient_keeps_the_address_that_the_client_gave():
    assert address_book().resolve("VanThu+khan@tinh.example") == Recipient(address="VanThu+khan@tinh.example", unit_id=1)


def test_a_unit_may_have_an_address_with_a_plus_of_its_own():
    book = UnitAddressBook({"vanthu@tinh.example": 1, "vanthu+mat@tinh.example": 2})
    assert book.resolve("vanthu+MAT@tinh.example").unit_id == 2


def test_a_unit_may_have_the_address_postmaster():
    book = UnitAddressBook({"postmaster@tinh.example": 4, "vanthu@tinh.example": 1}, role_unit=1)
    assert book.resolve("Postmaster@tinh.example").unit_id == 4


def test_role_mail_of_a_hub_without_a_role_unit_belongs_to_no_unit():
    assert UnitAddressBook({"vanthu@tinh.example": 1}).resolve("abuse") == Recipient(address="abuse", unit_id=None)


def test_a_new_edition_of_the_book_replaces_the_old_one_whole():
    book = address_book()
    book.replace({"moi@xa.example": 9})
    assert (book.resolve("moi@xa.example").unit_id, book.resolve("vanthu@tinh.example")) == (9, None)


@pytest.mark.parametrize("domain", ["sở-nội-vụ.example", "SỞ-NỘI-VỤ.example.", "xn--s-ni-v-wbu60ai9j.example"])
def test_one_domain_has_one_canonical_form(domain):
    assert canonical_domain(domain).startswith("xn--")
    assert canonical_domain(canonical_domain(domain)) == canonical_domain(domain)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("250 OK", "250 2.0.0 OK"),
        ("221 Bye", "221 2.0.0 Bye"),
        ("500 Error: bad syntax", "500 5.5.1 Error: bad syntax"),
        ("502 5.5.1 Too many", "502 5.5.1 Too many"),
        ("354 End data", "354 End data"),
        ("220 hub ESMTP", "220 hub ESMTP"),
    ],
)
def test_replies_of_aiosmtpd_get_an_enhanced_status_code(line, expected):
    assert with_status(line) == expected


def test_every_reply_of_ours_has_an_enhanced_status_code_of_its_class():
    known = [reply for reply in vars(replies).values() if isinstance(reply, Reply) and reply is not replies.SEND]
    assert len(known) > 40
    assert [reply for reply in known if not re.match(r"([245])\d\d \1\.\d\.\d{1,2} \w", reply)] == []
