"""Small mails that broke something once, or nearly did: each is read whole, and reads as the table says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailhub import codec
from mailhub.checking.jobs import MailJob
from mailhub.checking.reader import read_mail
from mailhub.checking.reading import Reading
from parsers.mail.message import MessageCode, leaves, parse_message
from parsers.signatures.trust import TrustSnapshot
from tests.parsers.mails import codes

CASES = {path.stem: path.read_bytes() for path in sorted(Path(__file__).with_name("cases").glob("*.eml"))}
NOW = datetime(2026, 3, 2, tzinfo=UTC)
NAMES = {
    "an-outlook-name-in-many-words": ["Công văn số.pdf"],
    "three-names-that-contradict": ["a.pdf"],
    "a-boundary-of-dashes": [None, None],
}


@pytest.mark.timeout(180)
@pytest.mark.parametrize("case", CASES)
def test_a_found_case_is_read_whole(case):
    job = MailJob(return_path="", received_at=NOW, now=NOW, trust=TrustSnapshot())
    reading = read_mail(CASES[case], job)
    assert codec.decode(codec.encode(reading), Reading) == reading


@pytest.mark.parametrize("case", NAMES)
def test_a_found_case_has_the_names_that_were_meant(case):
    assert [part.filename for part in leaves(parse_message(CASES[case]).root)] == NAMES[case]


def test_names_that_contradict_are_told():
    assert MessageCode.FILENAME_AMBIGUOUS in codes(parse_message(CASES["three-names-that-contradict"]).findings)
