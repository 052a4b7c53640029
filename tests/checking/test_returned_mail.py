"""What comes back inside a report is nobody's letter to the office, but for a secret one, which is sealed wherever it stands."""

import pytest

from mailhub.checking.reader import read_mail
from tests.checking.test_extracting import JOB
from tests.parsers.mail.reports import dsn
from tests.parsers.mails import PDF, attachment, mixed, text


def returned(name):
    copy = mixed(text("Kính gửi"), attachment(PDF, name), head=b"From: a@so.example\r\nMessage-ID: <9@so.example>\r\n")
    return dsn(copy=b"Content-Type: message/rfc822\r\n\r\n" + copy)


@pytest.mark.parametrize(("name", "marks"), [("ke hoach.pdf", []), ("[MẬT] kế hoạch.pdf", [True])])
def test_a_letter_inside_a_report_is_none_unless_it_is_secret(name, marks):
    reading = read_mail(returned(name), JOB)
    assert reading.mail.notice.returned
    assert [bool(letter.secrecy) for letter in reading.letters] == marks
