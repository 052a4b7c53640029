"""Answers of intake reach the event loop of their door, a group of them with one wake-up."""

import asyncio
import threading
from concurrent.futures import Future

import pytest

from mailhub.doors.answers import Answers
from mailhub.intake import Accepted
from mailhub.wakeups import together, wake_once


def in_thread(what):
    thread = threading.Thread(target=what)
    thread.start()
    thread.join()


def test_a_group_of_answers_is_one_wake_up():
    woken = []
    wake = lambda: woken.append("one")  # noqa: E731
    other = lambda: woken.append("other")  # noqa: E731

    def tell():
        with together():
            for _ in range(3):
                wake_once(wake)
                wake_once(other)
            assert woken == []

    in_thread(tell)
    assert woken == ["one", "other"]
    wake_once(wake)
    assert woken == ["one", "other", "one"]


def test_every_waiter_gets_the_answer_of_its_own_mail():
    async def wait():
        answers, stored = Answers(), [Future() for _ in range(4)]
        waiting = [answers.of(future) for future in stored]
        waiting[1].cancel()

        def tell():
            with together():
                for number, future in enumerate(stored[:3]):
                    future.set_result(Accepted(capture_id=number, repeated=False))
                stored[3].set_exception(OSError("disk"))

        in_thread(tell)
        assert [(await waiting[number]).capture_id for number in (0, 2)] == [0, 2]
        with pytest.raises(OSError, match="disk"):
            await waiting[3]

    asyncio.run(wait())


def test_an_answer_for_a_loop_that_is_closed_harms_nobody():
    stored = Future()

    async def ask():
        answers = Answers()
        answers.of(stored)
        return answers

    answers = asyncio.run(ask())
    stored.set_result(Accepted(capture_id=1, repeated=False))
    assert answers is not None
