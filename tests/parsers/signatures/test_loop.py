"""Checks share a loop where that is safe, and one that was interrupted leaves nothing to the next."""

import asyncio
import threading

import pytest

from parsers.signatures.loop import kept_loop, run


class InterruptedCheckError(BaseException):
    """As when the time for a file is over."""


async def answer() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


async def interrupted() -> None:
    raise InterruptedCheckError


async def failing() -> None:
    raise ValueError("a file")


def test_checks_of_the_main_thread_share_a_loop():
    assert run(answer()) is run(answer()) is kept_loop()


def test_another_thread_has_a_loop_of_its_own():
    found = []
    thread = threading.Thread(target=lambda: found.append(run(answer())))
    thread.start()
    thread.join()

    assert found[0] is not kept_loop()
    assert found[0].is_closed()


def test_a_fault_of_a_file_does_not_cost_the_loop():
    before = kept_loop()
    with pytest.raises(ValueError, match="a file"):
        run(failing())

    assert kept_loop() is before


def test_an_interrupted_check_leaves_its_loop_behind():
    before = kept_loop()
    with pytest.raises(InterruptedCheckError):
        run(interrupted())

    assert before.is_closed()
    assert run(answer()) is not before
