"""Mails that nobody here wrote: every one is read, and the reading agrees with another parser's where that one is right."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from parsers.files.containers import open_files
from parsers.mail.identity import content_identity
from parsers.mail.message import Message, body_text, parse_message
from parsers.mail.second_reading import disagreement
from tests.parsers.mail.agreement import ASPECTS, agreement, known


def mails(corpora: Path) -> Iterator[Path]:
    for folder in ("stalwart", "mikel", "bounces", "tnef"):
        yield from sorted(path for path in (corpora / "mail" / folder).rglob("*.eml"))


def read_wholly(raw: bytes) -> Message:
    message = parse_message(raw)
    open_files(raw, message)
    content_identity(raw, message)
    body_text(raw, message, 20_000)
    disagreement(raw, message)
    return message


@pytest.mark.timeout(300)
def test_every_mail_of_the_corpora_is_read(corpora):
    read = [read_wholly(path.read_bytes()) for path in mails(corpora)]
    assert len(read) > 500
    assert sum(1 for message in read if message.headers.from_) > 450


@pytest.mark.timeout(300)
def test_truncated_and_changed_mails_are_read(corpora):
    chance = random.Random(20260302)
    for path in chance.sample(list(mails(corpora)), 60):
        raw = path.read_bytes()
        read_wholly(raw[: chance.randrange(len(raw))])
        changed = bytearray(raw)
        for _ in range(20):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        read_wholly(bytes(changed))


@pytest.mark.parametrize("aspect", ASPECTS)
def test_reading_agrees_with_another_parser_but_for_explained_mails(corpora, aspect):
    found = agreement(corpora, aspect)
    print(found.line())
    assert set(found.differing) == known(aspect).keys()
    assert all(difference["right"] in {"ours", "theirs", "open"} and difference["why"] for difference in known(aspect).values())
