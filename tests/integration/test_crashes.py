"""Promises 1 to 6 hold when the hub dies at any flush, any answer, any renaming, any word that one mail causes.

Judged from outside: the 250s that the client was given, the relay's folder, the register and the log by the command line.
"""

import re
from collections.abc import Sequence

import pytest

from tests.integration.crashing import BY_THE_CLOCK, Crashes, Word
from tests.integration.judging import judge_folder, judge_receiver
from tests.integration.points import taken
from tests.integration.tracing import Point
from tests.integration.worlds import on

pytestmark = pytest.mark.timeout(900)

FLUSHES = frozenset({"fdatasync", "fsync", "rename"})

CERTAIN = {("intake", "fdatasync"), ("intake", "fsync"), ("dispatcher", "fsync"), ("dispatcher", "rename")}
"""Where every mail that a hub takes first is flushed and renamed, whatever the database."""

TALKERS = {"smtp-door", "dispatcher"}

DECISIVE = frozenset({"committed", "MAIL", "RCPT", "the"})
"""Words after which the world is another one."""


@on(("sqlite", "folder"), ("postgresql", "folder"))
def test_a_crash_at_any_flush_or_renaming_loses_nothing_and_numbers_nothing_twice(crashes):
    points = [call.point for call in crashes.calls(["fdatasync", "fsync", "rename"])]
    assert {(point.thread, point.call) for point in points} >= CERTAIN
    die_at(crashes, taken(points, call_of, often=FLUSHES))
    judge_folder(crashes)


@on(("sqlite", "smtp"))
def test_a_crash_at_any_word_to_client_or_relay_loses_nothing_and_numbers_nothing_twice(crashes, receiver):
    points = [call.point for call in crashes.calls(["sendto", "fdatasync"])]
    said = [point for point in points if point.call == "sendto" and point.thread in TALKERS]
    assert {point.thread for point in said} == TALKERS
    flushed = [point for point in points if point.call == "fdatasync" and point.thread == "dispatcher"]
    assert len(flushed) >= 3
    die_at(crashes, [*taken(said, call_of, often=frozenset({"sendto"})), *flushed])
    judge_receiver(crashes, receiver)
    # The last flush comes after the relay's 250: what it took goes out again, and is counted.
    assert len(receiver.took) > len(crashes.acknowledged)


@on(("postgresql", "smtp"))
def test_a_crash_at_any_answer_to_the_client_loses_nothing_and_numbers_nothing_twice(crashes, receiver):
    replies = [call.point for call in crashes.calls(["sendto"]) if re.search(r'"\d{3}[ -]', call.said)]
    assert len(replies) >= 5
    die_at(crashes, taken(replies, call_of, often=frozenset({"sendto"})))
    judge_receiver(crashes, receiver)


@on(("wire", "smtp"))
def test_a_crash_at_any_word_to_postgresql_or_relay_loses_nothing_and_numbers_nothing_twice(crashes, receiver, ear):
    words = [word for word in crashes.words(ear) if not BY_THE_CLOCK.search(word.text)]
    assert {"INSERT", "UPDATE", "COMMIT", "committed", "MAIL", "RCPT", "the"} <= {verb(word) for word in words}
    deadly = taken(words, verb, often=DECISIVE)
    unsaid = [word for word in deadly if not crashes.at_word(ear, word)]
    print(f"{len(words)} words, {len(deadly)} deadly; not said again: {unsaid}")
    judge_receiver(crashes, receiver)
    # What is said at the first filing only is never decisive.
    assert not DECISIVE.intersection(map(verb, unsaid)), unsaid
    assert len(unsaid) <= len(deadly) // 2, unsaid


def call_of(point: Point) -> str:
    return point.call


def verb(word: Word) -> str:
    return word.text.split()[0]


def die_at(crashes: Crashes, points: Sequence[Point]) -> None:
    """Kill at every point, each time with a new mail."""
    alive = [point for point in points if not crashes.at(point)]
    assert not alive
