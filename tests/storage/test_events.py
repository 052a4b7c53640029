"""The chain of events: sound as it was written, and every change of it named."""

import hashlib
import json
import shutil
from functools import partial

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from storage import events
from storage.chain import faults
from storage.database import Database
from storage.events import Fault
from storage.records import Actor, ChainHead, Event, EventDraft
from storage.tables import chain_head
from storage.tables import events as rows
from tests.storage.builders import MOMENT, in_threads

ACTOR = Actor(unit_id=7, name="lan", via="cli")
ZEROS = "0" * 64


def draft(n: int = 0, **changes) -> EventDraft:
    return EventDraft(kind="letter-filed", subject=f"letter/{n}", actor=ACTOR, data={"số": n, "a": [1, None]}, **changes)


@pytest.fixture
def chain(database):
    """A registry whose chain holds nine events."""
    with database.transaction() as tx:
        events.append(tx, [draft(n) for n in range(4)])
    with database.transaction() as tx:
        events.append(tx, [draft(n) for n in range(4, 9)])
    return database


def found(database, *anchors: ChainHead) -> list[tuple[int, Fault]]:
    with database.reading() as tx:
        return [(fault.number, fault.fault) for fault in events.verify(tx, anchors)]


def change(database, at: int, **values) -> None:
    with database.transaction() as tx:
        tx.execute(sa.update(rows).where(rows.c.number == at).values(**values))


def remove(database, *numbers: int) -> None:
    with database.transaction() as tx:
        tx.execute(sa.delete(rows).where(rows.c.number.in_(numbers)))


def head(database) -> ChainHead:
    with database.reading() as tx:
        return events.head(tx)


def test_an_empty_chain_has_a_head_of_zeros(database):
    assert head(database) == ChainHead(number=0, hash=ZEROS)
    assert found(database) == []


def test_an_event_keeps_the_bytes_that_were_hashed(database):
    with database.transaction() as tx:
        (event,) = events.append(tx, [draft(3, reason="vì thế")])
        assert events.append(tx, []) == []
    with database.reading() as tx:
        assert events.list_(tx, limit=5) == [event]
    assert event.hash == hashlib.sha256(ZEROS.encode() + event.body).hexdigest()
    assert event.body == (
        b'{"actor":{"name":"lan","unit_id":7,"via":"cli"},"at":"' + event.at.isoformat().encode() + b'",'
        b'"data":{"a":[1,null],"s\xe1\xbb\x91":3},"kind":"letter-filed","number":1,"reason":"v\xc3\xac th\xe1\xba\xbf",'
        b'"subject":"letter/3"}'
    )


@pytest.mark.parametrize("text", ["\0", "\ud800", "x" * 5000, "\u202e", '"\\'])
def test_any_text_can_be_part_of_an_event(database, text):
    with database.transaction() as tx:
        events.append(tx, [EventDraft(kind="k", subject=text, actor=ACTOR, data={"t": text}, reason=text)])
    assert found(database) == []
    with database.reading() as tx:
        assert len(events.list_(tx, subject=text, limit=5)) == 1


def test_events_are_listed_by_subject_and_in_pages(chain):
    with chain.reading() as tx:
        assert [event.number for event in events.list_(tx, after=7, limit=9)] == [8, 9]
        assert [event.number for event in events.list_(tx, subject="letter/4", limit=9)] == [5]


def test_writers_at_once_make_one_chain(database):
    def append(n: int) -> None:
        for _ in range(5):
            with database.transaction() as tx:
                events.append(tx, [draft(n), draft(n)])

    assert in_threads(range(8), append) == []
    assert head(database).number == 80
    assert found(database) == []


def test_a_sound_chain_agrees_with_every_head_it_ever_had(chain):
    with chain.reading() as tx:
        anchors = [ChainHead(number=event.number, hash=event.hash) for event in events.list_(tx, limit=9)]
    assert found(chain, *anchors, ChainHead(number=0, hash=ZEROS)) == []


@pytest.mark.parametrize("values", [{"body": b"{}"}, {"body": b"\xff"}, {"hash": "f" * 64}, {"previous_hash": "f" * 64}])
def test_an_altered_row_is_named(chain, values):
    change(chain, 4, **values)
    assert (4, Fault.ALTERED) in found(chain)


@pytest.mark.parametrize("values", [{"kind": "other"}, {"subject": "letter/99"}])
def test_a_column_that_contradicts_the_body_is_named(chain, values):
    change(chain, 4, **values)
    assert found(chain) == [(4, Fault.ALTERED)]


def test_an_altered_body_with_a_new_hash_is_named(chain):
    with chain.reading() as tx:
        event = events.list_(tx, after=3, limit=1)[0]
    body = event.body.replace(b"lan", b"mai")
    change(chain, 4, body=body, hash=hashlib.sha256(event.previous_hash.encode() + body).hexdigest())
    assert found(chain) == [(4, Fault.ALTERED)]


def test_removed_rows_are_named_once(chain):
    remove(chain, 3, 4, 5)
    assert found(chain) == [(3, Fault.REMOVED)]


def test_a_removed_first_row_is_named(chain):
    remove(chain, 1)
    assert found(chain) == [(1, Fault.REMOVED)]


def test_reordered_rows_are_named(chain):
    for old, new in ((3, 100), (6, 3), (100, 6)):
        change(chain, old, number=new)
    assert found(chain) == [(3, Fault.REORDERED), (6, Fault.REORDERED)]


def test_a_removed_row_whose_followers_moved_up_is_named(chain):
    remove(chain, 3)
    for number in range(4, 10):
        change(chain, number, number=number - 1)
    named = found(chain)
    assert (3, Fault.REORDERED) in named
    assert (9, Fault.CUT_TAIL) in named


def cut_tail(database, last: int) -> None:
    remove(database, *range(last + 1, 10))
    with database.transaction() as tx:
        event = events.list_(tx, after=last - 1, limit=1)[0]
        tx.execute(sa.update(chain_head).values(number=event.number, hash=event.hash))


def test_a_cut_tail_contradicts_the_head_row(chain):
    remove(chain, 8, 9)
    assert found(chain) == [(8, Fault.CUT_TAIL)]


def test_a_tail_cut_with_its_head_is_found_by_an_anchor_only(chain):
    anchor = head(chain)
    cut_tail(chain, 7)
    assert found(chain) == []
    assert found(chain, anchor) == [(8, Fault.CUT_TAIL)]


def test_a_rewritten_chain_is_found_by_an_anchor_only(chain):
    anchor = head(chain)
    cut_tail(chain, 5)
    with chain.transaction() as tx:
        events.append(tx, [draft(90 + n) for n in range(6)])
    assert found(chain) == []
    assert found(chain, anchor) == [(9, Fault.REWRITTEN)]


def test_a_head_that_names_another_hash_is_named(chain):
    with chain.transaction() as tx:
        tx.execute(sa.update(chain_head).values(hash="f" * 64))
    assert found(chain) == [(9, Fault.REWRITTEN)]


def test_every_fault_says_itself_in_words(chain):
    remove(chain, 3)
    with chain.reading() as tx:
        assert [fault.detail for fault in events.verify(tx)] == ["event 3 is missing"]


@given(st.binary(max_size=40) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps).map(str.encode))
def test_any_body_is_judged_and_none_breaks_the_judge(body):
    made = partial(Event, kind="k", subject="s", at=MOMENT, previous_hash=ZEROS)
    event = made(number=1, body=body, hash=hashlib.sha256(ZEROS.encode() + body).hexdigest())
    named = list(faults([event], ChainHead(number=1, hash=event.hash), []))
    assert [fault.fault for fault in named] == [Fault.ALTERED]


@pytest.mark.parametrize(
    "change", ["body = CAST(body AS TEXT) || ' '", "body = 7", "at = 'yesterday'", "at = 5", "kind = x'00ff'", "hash = 3.5"]
)
def test_a_value_of_another_type_in_a_row_is_an_alteration_and_no_crash(sqlite_template, tmp_path, change):
    path = tmp_path / "mailhub.db"
    shutil.copy(sqlite_template, path)
    database = Database.open(f"sqlite:///{path}", lock_file=None)
    with database.transaction() as tx:
        events.append(tx, [EventDraft(kind="k", subject="s", actor=Actor(unit_id=None, name="a", via="t"), data={})])
        tx.connection.exec_driver_sql(f"UPDATE events SET {change}")
    with database.reading() as tx:
        found = list(events.verify(tx))
    database.close()
    assert found


def test_the_latest_events_come_first_and_page_by_page(chain):
    with chain.reading() as tx:
        first = events.latest(tx, limit=2)
        rest = events.latest(tx, before=first[-1].number, limit=99)
        assert [*first, *rest] == events.list_(tx, limit=99)[::-1]
