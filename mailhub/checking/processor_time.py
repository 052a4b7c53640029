"""Keeps one piece of work within a bound of processor time.

The parent ends a reader that takes too long, and with it everything that was read of a mail; this bound ends one file's part
of it, so that a file made to be slow is a finding of that file. Processor time, not the clock on the wall: a busy machine must
not change a verdict. Only a process's main thread can be interrupted so, and a call into a library ends before it is.
"""

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

Result = TypeVar("Result")


class OutOfTimeError(BaseException):
    """The time is over. No `Exception`: checks of files catch those, to go on with the next signature."""


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """The result of the work; OutOfTimeError when it has used so much processor time. In other threads there is no bound."""
    if threading.current_thread() is not threading.main_thread():
        return work()
    before = signal.signal(signal.SIGVTALRM, interrupt)
    # Again each second: what is raised inside a destructor or a callback of a library may be lost.
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1.0)
    try:
        return work()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Signal handler: end the work where it stands."""
    raise OutOfTimeError
