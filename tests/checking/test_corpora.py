"""Every mail of the third-party corpora in the real reader child under its limits, and some of them decided in a real hub.

`tests/bench/mail_corpora.py` sends them all through a hub and prints what each costs.
"""

import pytest

from mailhub import codec
from mailhub.checking.jobs import MailJob
from mailhub.checking.pool import ReaderLimits, ReaderPool, ReadJob
from mailhub.checking.reading import Reading
from parsers.signatures.trust import TrustSnapshot
from tests.corpus_mails import NOW, corpus_hub, corpus_mails, peak

JOB = codec.encode(MailJob(return_path="vt@snv.example", received_at=NOW, now=NOW, trust=TrustSnapshot()))
MEMORY = 10**9
EVERY = 16


@pytest.mark.timeout(300)
def test_every_mail_of_the_corpora_is_read_within_the_limits_of_a_reader(corpora):
    mails = list(corpus_mails(corpora))
    assert len(mails) > 500
    with ReaderPool(1, ReaderLimits(jobs_per_child=len(mails), memory_octets=MEMORY)) as pool:
        for mail in mails:
            reading = codec.decode(pool.read(ReadJob(function="read_mail_job", header=JOB, body=mail.raw)), Reading)
            assert reading.identity, mail.name
            assert len({file.path for file in reading.files}) == len(reading.files), mail.name
        assert peak() < MEMORY


@pytest.mark.timeout(300)
def test_mails_of_the_corpora_are_taken_in_and_decided(corpora, tmp_path):
    with corpus_hub(tmp_path / "hub") as hub:
        passages = [hub.take(mail) for mail in list(corpus_mails(corpora))[::EVERY]]
    assert [passage for passage in passages if passage.failure] == []
