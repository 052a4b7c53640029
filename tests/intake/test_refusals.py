"""Refusals: one line for each client, reason and minute; a flood costs a bounded number of lines."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from mailhub.refusals import EXAMPLES, MOST_WAITING, ROWS_A_MINUTE, RefusalBook, Refusals, Refused, RefusedBecause
from storage.errors import StorageUnavailableError
from storage.records import RefusalFilter
from tests.storage.builders import in_threads

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def refused(**changes):
    given = {
        "door": "smtp",
        "peer": "203.0.113.7",
        "sender": "a@tayninh.example",
        "recipients": ("vpub@hub.example",),
        "size": 1000,
        "reason": RefusedBecause.TOO_LARGE,
        "reply": "552 5.3.4 too large",
        "at": NOON,
    }
    return Refused(**(given | changes))


@pytest.fixture
def book(database):
    return RefusalBook(database)


@pytest.fixture
def listed(database):
    def ask(**chosen):
        refusals = Refusals(database, kept_days=60)
        return [refusal.draft for refusal in refusals.list_(RefusalFilter(**chosen), limit=5000)]

    return ask


def test_a_minute_of_one_client_and_reason_is_one_line_with_examples(book, listed):
    book.note(refused(size=None))
    book.note(refused(sender="b@tayninh.example", size=3000, at=NOON + timedelta(seconds=59)))
    book.write()
    book.note(refused(size=2000, reply="552 5.3.4 last", at=NOON + timedelta(seconds=30)))
    book.write()
    (line,) = listed()
    assert (line.count, line.size, line.reply) == (3, 3000, "552 5.3.4 last")
    assert line.senders == ("a@tayninh.example", "b@tayninh.example")
    assert line.recipients == ("vpub@hub.example",)
    assert (line.minute, line.last_at) == (NOON, NOON + timedelta(seconds=59))


def test_two_processes_count_on_the_same_line(database, book, listed):
    other = RefusalBook(database)
    for writer in (book, other, book):
        writer.note(refused())
        writer.write()
    assert [line.count for line in listed()] == [3]


def test_the_list_is_chosen_by_time_reason_and_client(book, listed):
    book.note(refused())
    book.note(refused(at=NOON + timedelta(hours=1), reason=RefusedBecause.UNKNOWN_ADDRESS))
    book.note(refused(at=NOON + timedelta(hours=2), peer="2001:db8::7"))
    book.write()
    assert len(listed()) == 3
    assert [line.peer for line in listed(since=NOON + timedelta(hours=2))] == ["2001:db8::7"]
    assert [line.minute for line in listed(until=NOON + timedelta(hours=1))] == [NOON]
    assert [line.reason for line in listed(reasons=(RefusedBecause.UNKNOWN_ADDRESS,))] == [RefusedBecause.UNKNOWN_ADDRESS]
    assert [line.minute for line in listed(peer="203.0.113.7", since=NOON + timedelta(minutes=1))] == [NOON + timedelta(hours=1)]


def test_a_flood_of_a_hundred_thousand_costs_bounded_memory_and_lines(book, listed):
    for number in range(100_000):
        book.note(refused(peer=f"203.0.{number >> 8 & 255}.{number & 255}", sender=f"{number}@flood.example"))
    assert book.waiting() == ROWS_A_MINUTE + 1
    book.write()
    lines = listed()
    assert len(lines) == ROWS_A_MINUTE + 1
    assert sum(line.count for line in lines) == 100_000
    (more,) = [line for line in lines if line.reason is RefusedBecause.MORE]
    assert (more.peer, len(more.senders)) == ("", EXAMPLES)


def test_memory_stays_bounded_while_nothing_can_be_written(book):
    for minute in range(100):
        for number in range(ROWS_A_MINUTE):
            book.note(refused(peer=f"203.0.113.{number}", at=NOON + timedelta(minutes=minute)))
    assert book.waiting() < MOST_WAITING + 100


def test_written_lines_are_let_go_after_their_minutes(book, listed):
    for minute in range(100):
        book.note(refused(at=NOON + timedelta(minutes=minute)))
        book.write()
    assert book.waiting() <= 4
    assert sum(line.count for line in listed()) == 100


def test_what_could_not_be_written_is_written_later():
    class Broken:
        @contextmanager
        def transaction(self):
            raise StorageUnavailableError("the disk does not answer")
            yield

    broken = RefusalBook(Broken())
    broken.note(refused())
    with pytest.raises(StorageUnavailableError):
        broken.write()
    assert sum(line.unwritten for line in broken._lines.values()) == 1


def test_what_clients_say_is_cut_and_made_printable(book, listed):
    book.note(refused(peer="x" * 5000, sender="\x1b[31m\n" + "y" * 5000, recipients=tuple(f"{n}@a" for n in range(5000))))
    book.write()
    (line,) = listed()
    assert line.senders[0].startswith("?[31m?y")
    assert max(map(len, (line.peer, *line.senders))) <= 400
    assert len(line.recipients) == EXAMPLES


def test_threads_lose_no_refusal(book, listed):
    def flood(number):
        for _ in range(500):
            book.note(refused(peer=f"203.0.113.{number}"))
            if number == 0:
                book.write()

    assert in_threads(range(4), flood) == []
    book.write()
    assert sum(line.count for line in listed()) == 2000


def test_old_lines_are_swept(open_database):
    database = open_database(lambda: NOON + timedelta(days=61))
    book = RefusalBook(database)
    book.note(refused())
    book.note(refused(at=NOON + timedelta(days=2)))
    book.write()
    assert Refusals(database, kept_days=60).sweep() == 1


def test_a_flood_of_weeks_is_kept_to_a_number_of_lines(database, book, listed, monkeypatch):
    for minute in range(50):
        book.note(refused(at=NOON + timedelta(minutes=minute)))
    book.write()
    monkeypatch.setattr("mailhub.refusals.MOST_KEPT", 20)
    refusals = Refusals(database, kept_days=36500)
    assert (refusals.sweep(), refusals.sweep()) == (30, 0)
    assert [line.minute for line in listed()][-1] == NOON + timedelta(minutes=30)
