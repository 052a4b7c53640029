"""A hub whose raw mails lie in a bucket: 250 follows the PUT, and a crash between PUT and row leaves litter only."""

import secrets
import shutil
from contextlib import contextmanager
from datetime import timedelta

import pytest

from mailhub.clock import system_clock
from mailhub.hub import open_hub
from mailhub.intake import IncomingMail, Intake
from storage import captures
from storage.bodies import BodyWriter
from storage.errors import StorageUnavailableError
from storage.records import Recipient
from tests.servers.bucket import new_bucket, running_s3


@pytest.fixture(scope="module")
def s3():
    with running_s3() as endpoint:
        yield endpoint


@pytest.fixture
def hub(s3, bare_home, tmp_path):
    bucket = new_bucket(s3, f"hub-{secrets.token_hex(8)}")
    environ = {"MAILHUB_BUCKET__KEY_ID": "test", "MAILHUB_BUCKET__SECRET": "hush"}
    home = shutil.copytree(bare_home, tmp_path / "hub")
    (home / "mailhub.toml").write_text(f'[bucket]\nurl = "{bucket.url}"\nendpoint = "{bucket.endpoint}"\n', encoding="utf-8")
    opened = open_hub(home, environ)
    yield opened
    opened.blobs.close()
    opened.close()


def mail(raw, key):
    return IncomingMail(
        raw=raw,
        door="smtp",
        door_key=key,
        peer="203.0.113.7",
        helo="mail.so.example",
        tls="",
        auth="",
        mail_from="a@so.example",
        recipients=(Recipient(address="vpub@hub.example", unit_id=None),),
        received_at=system_clock(),
    )


def stored(hub):
    return [blob.ref for blob in hub.blobs.stored(system_clock() + timedelta(minutes=1))]


def test_mails_go_into_the_bucket_and_come_back(hub, tmp_path):
    intake = Intake(hub.blobs, hub.database)
    writer = BodyWriter(tmp_path, spill_at=1000)
    large = secrets.token_bytes(6_000_000)
    writer.write(large)
    accepted = [intake.submit(mail(raw, str(number))) for number, raw in enumerate([b"small", writer.finish()])]
    capture_ids = [future.result(30).capture_id for future in accepted]
    # Not before both are there: a transaction reads what there was when it began.
    with hub.database.reading() as tx:
        refs = [captures.get(tx, capture_id).draft.blob for capture_id in capture_ids]
    assert [hub.blobs.get(ref) for ref in refs] == [b"small", large]
    assert sorted(stored(hub)) == sorted(refs)
    assert list(hub.settings.storage.blobs.glob("*")) == []
    intake.close()


def test_a_crash_between_put_and_row_leaves_litter_and_no_loss(hub):
    class Crashed:
        @contextmanager
        def transaction(self):
            raise StorageUnavailableError("the process died here")
            yield

    intake = Intake(hub.blobs, Crashed())
    with pytest.raises(StorageUnavailableError):
        intake.accept(mail(b"again", "1"))
    intake.close()
    (litter,) = stored(hub)
    intake = Intake(hub.blobs, hub.database)
    accepted = intake.accept(mail(b"again", "1"))
    intake.close()
    with hub.database.reading() as tx:
        kept = captures.get(tx, accepted.capture_id).draft.blob
    assert sorted(stored(hub)) == sorted([litter, kept])
    assert hub.blobs.get(kept) == b"again"


def test_the_secret_shows_nowhere(hub):
    assert "hush" not in repr(hub.settings)
    assert "hush" not in repr(hub.settings.bucket)
