"""A file that is made to be slow is a finding of that file; the rest of the mail is read."""

import threading
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from mailhub.checking import reader
from mailhub.checking.jobs import MailJob
from mailhub.checking.processor_time import OutOfTimeError, within
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.model import Indication, Reason
from parsers.signatures.trust import TrustSnapshot
from tests.pki.documents import letter

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def work(turns: int) -> int:
    return sum(number % 7 for number in range(turns))


def busy() -> None:
    while True:
        try:
            work(1000)
        except Exception:  # noqa: BLE001 - a check goes on after whatever a library raises.
            continue


def test_work_that_ends_in_time_gives_its_result():
    assert within(5, lambda: work(100)) == work(100)


def test_work_without_end_is_ended():
    with pytest.raises(OutOfTimeError):
        within(0.05, busy)
    # Nothing is left behind that could end other work.
    assert work(500_000)


def test_in_another_thread_nothing_is_interrupted():
    results = []
    thread = threading.Thread(target=lambda: results.append(within(0.001, lambda: work(300_000))))
    thread.start()
    thread.join()

    assert results == [work(300_000)]


def mail(*files: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@mau.example", "b@mau.example", "CV 12"
    message.set_content("Kính gửi")
    for number, content in enumerate(files):
        message.add_attachment(content, maintype="application", subtype="pdf", filename=f"{number}.pdf")
    return message.as_bytes()


def test_a_slow_file_is_held_and_the_others_are_judged(monkeypatch):
    slow = letter(1) + b"% /ByteRange"

    def check(content: bytes, *arguments: object, **options: object):
        return busy() if content == slow else original(content, *arguments, **options)

    original = reader.check
    monkeypatch.setattr(reader, "check", check)
    job = MailJob(return_path="", received_at=NOW, now=NOW, trust=TrustSnapshot(), signatures=SignatureLimits(seconds=1))
    found = {file.name: file.signatures for file in reader.read_mail(mail(slow, letter(1)), job).files}

    assert (found["0.pdf"].indication, found["0.pdf"].reasons) == (Indication.INDETERMINATE, (Reason.LIMIT,))
    assert found["1.pdf"].indication is None
