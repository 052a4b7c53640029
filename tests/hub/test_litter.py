"""Litter: what no record names is found, listed, and destroyed; whatever is named anywhere stays."""

import os
from datetime import timedelta

import pytest

from mailhub.errors import RefusedError
from storage import references
from storage.errors import NotFoundError
from tests.hub.conftest import CLERK, reading_of


def grow_old(desk):
    """Let a day pass: the segments were last written before it."""
    desk.hub.blobs.close()
    past = (desk.clock() - timedelta(hours=1)).timestamp()
    for segment in desk.hub.settings.storage.blobs.iterdir():
        os.utime(segment, (past, past))
    desk.clock.move(days=1)


@pytest.fixture
def litter(desk):
    return desk.hub.litter


def test_what_a_crash_left_behind_is_destroyed_and_every_mail_stays(desk, litter):
    desk.receive(b"mail", reading_of())
    (left,) = desk.hub.blobs.put_many([b"bytes without a row"])
    grow_old(desk)
    found = litter.look()
    assert [blob.ref for blob in found.litter] == [left]
    assert (found.octets, found.damaged) == (19, ())
    assert found.named >= 1
    litter.destroy(CLERK, most=10, reason="after a power cut")
    with pytest.raises(NotFoundError):
        desk.hub.blobs.get(left)
    assert desk.hub.submissions.raw(CLERK, desk.unit.id, 1) == b"mail"
    assert litter.look().litter == ()
    (event,) = desk.hub.audit.show(subject="blobs")
    assert event.kind == "litter-swept"


def test_what_is_younger_than_a_day_is_let_be(desk, litter):
    desk.hub.blobs.put_many([b"on its way"])
    assert litter.look().litter == ()


def test_more_litter_than_can_be_is_not_destroyed(desk, litter):
    refs = desk.hub.blobs.put_many([b"taken after the backup"] * 5)
    grow_old(desk)
    with pytest.raises(RefusedError, match="restore"):
        litter.destroy(CLERK, most=4, reason="")
    assert [desk.hub.blobs.get(ref) for ref in refs] == [b"taken after the backup"] * 5


def test_a_damaged_place_is_told_and_the_mails_behind_it_are_not_litter(desk, litter):
    for number in range(3):
        desk.bring(b"mail %d" % number, reading_of(identity=f"i{number}"))
    (segment,) = desk.hub.settings.storage.blobs.iterdir()
    content = bytearray(segment.read_bytes())
    content[80] ^= 1
    segment.write_bytes(content)
    grow_old(desk)
    found = litter.look()
    assert (found.litter, len(found.damaged), found.named) == ((), 1, 2)


def test_papers_of_meetings_and_what_left_are_named(desk):
    from storage import documents

    bucket_ref, segment_ref = f"b1.{'0' * 32}.{'a' * 64}.12", f"{'0' * 32}.0.12"
    with desk.hub.database.transaction() as tx:
        documents.add(tx, "meeting", 1, f'{{"papers":[{{"blob":"{bucket_ref}"}},{{"blob":"{segment_ref}"}}]}}'.encode())
        documents.add(tx, "reading", 1, f'"{"1" * 32}.0.12"'.encode())
    with desk.hub.database.reading() as tx:
        assert {bucket_ref, segment_ref} <= references.blobs(tx)
        assert f"{'1' * 32}.0.12" not in references.blobs(tx, without_kinds={"reading"})
