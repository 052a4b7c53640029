"""What intake answers, brought to the event loop of a door: all answers that are there with one wake-up."""

import asyncio
from collections import deque
from concurrent.futures import Future
from contextlib import suppress

from mailhub.intake import Accepted
from mailhub.wakeups import wake_once


class Answers:
    """Answers on their way to one event loop, which is that of whoever asks for one first."""

    def __init__(self) -> None:
        self._come: deque[tuple[asyncio.Future[Accepted], Future[Accepted]]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None

    def of(self, stored: "Future[Accepted]") -> "asyncio.Future[Accepted]":
        """Give a future of the running loop for one of intake; cancelling it cancels nothing of intake's."""
        self._loop = loop = asyncio.get_running_loop()
        answer: asyncio.Future[Accepted] = loop.create_future()

        def come(stored: "Future[Accepted]") -> None:
            self._come.append((answer, stored))
            wake_once(self._wake)

        stored.add_done_callback(come)
        return answer

    def _wake(self) -> None:
        # A loop that is closed has nobody any more who waits; the mail is stored all the same.
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        while self._come:
            answer, stored = self._come.popleft()
            if answer.done():
                continue
            error = stored.exception()
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(stored.result())
