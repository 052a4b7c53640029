"""The supervisor of the reader children: one job per child at a time, killed at the wall clock, replaced after a failure.

ProcessPoolExecutor was refused: one child that aborts breaks the pool and fails every job in flight, so that no mail
can be blamed alone.
"""

import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Final, Self

from mailhub.checking.failures import (
    ReaderDiedError,
    ReaderFailedError,
    ReaderMemoryError,
    ReaderRefusedError,
    ReadersUnavailableError,
    ReaderTimeoutError,
)
from mailhub.checking.process import ReaderLimits, ReaderProcess
from mailhub.checking.protocol import ReadJob

__all__ = [
    "ReadJob",
    "ReaderDiedError",
    "ReaderFailedError",
    "ReaderLimits",
    "ReaderMemoryError",
    "ReaderPool",
    "ReaderRefusedError",
    "ReaderTimeoutError",
    "ReadersUnavailableError",
]

JOBS_MODULE: Final = "mailhub.checking.reader"


class ReaderPool:
    """At most `size` children, started when first needed. Any thread may read; it waits while all children are busy."""

    def __init__(self, size: int, limits: ReaderLimits | None = None, *, jobs_module: str = JOBS_MODULE) -> None:
        self._limits = limits or ReaderLimits()
        self._jobs_module = jobs_module
        self._seats: queue.LifoQueue[ReaderProcess | None] = queue.LifoQueue()
        self._size = size
        self._closed = threading.Event()
        # PR_SET_PDEATHSIG fires when the *thread* that forked the child ends, so all children are born of one that stays.
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader-starter")
        for _ in range(size):
            self._seats.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def busy(self) -> int:
        """How many children read something now."""
        return self._size - self._seats.qsize()

    def read(self, job: ReadJob) -> bytes:
        """Run one job in a child and give back its result; raises a ReaderFailedError that blames this job only."""
        reader = self._seats.get()
        fit = False
        try:
            reader = self._living(reader)
            result = reader.run(job)
            fit = True
        except ReaderRefusedError:
            fit = True
            raise
        finally:
            if not fit or reader is None or reader.jobs_done >= self._limits.jobs_per_child:
                _ended(reader)
                reader = None
            self._seats.put(reader)
        return result

    def close(self) -> None:
        """Wait for the jobs that run, then end all children."""
        if self._closed.is_set():
            return
        self._closed.set()
        for _ in range(self._size):
            _ended(self._seats.get())
        for _ in range(self._size):
            # Whoever still waits for a seat gets an empty one and is told that the readers are closed.
            self._seats.put(None)
        self._starter.shutdown()

    def _living(self, reader: ReaderProcess | None) -> ReaderProcess:
        """The child of this seat; a new one where there is none or where it died while nobody needed it."""
        if self._closed.is_set():
            raise ReadersUnavailableError("the readers are closed")
        if reader is not None and reader.is_alive():
            return reader
        _ended(reader)
        return self._starter.submit(ReaderProcess.start, self._limits, self._jobs_module).result()


def _ended(reader: ReaderProcess | None) -> None:
    """End a child and leave its seat empty."""
    if reader is not None:
        reader.end()
