"""Reader children that outlive their pool.

A child takes a second to load its libraries, and a hub keeps it for hundreds of mails; a test that opens a hub for one mail would
wait longer for the child than for everything else. The children are real, and a child that failed is not kept.
"""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import pytest

from mailhub.checking import pool
from mailhub.checking.failures import ReaderRefusedError
from mailhub.checking.process import ReaderProcess


class KeptReader(ReaderProcess):
    """A child that goes back to the others when its pool is closed."""

    _idle: ClassVar = defaultdict(list)
    # A child dies with the thread that started it.
    _starter: ClassVar = ThreadPoolExecutor(1, "kept-readers")

    @classmethod
    def start(cls, limits, jobs_module):
        idle = cls._idle[limits, jobs_module]
        while idle:
            if (reader := idle.pop()).is_alive():
                return reader
            ReaderProcess.end(reader)
        reader = cls._starter.submit(super().start, limits, jobs_module).result()
        reader._home, reader._sound = idle, True
        return reader

    def run(self, job):
        self._sound = False
        try:
            result = super().run(job)
        except ReaderRefusedError:
            self._sound = True
            raise
        self._sound = True
        return result

    def end(self):
        if self._sound and self.is_alive() and self.jobs_done < self._limits.jobs_per_child:
            self._home.append(self)
        else:
            super().end()

    @classmethod
    def end_all(cls):
        for idle in cls._idle.values():
            while idle:
                ReaderProcess.end(idle.pop())
        cls._starter.shutdown()


@pytest.fixture(scope="session")
def _kept_readers():
    yield
    KeptReader.end_all()


@pytest.fixture
def kept_readers(_kept_readers, monkeypatch):
    """Children of the pools of this test are kept for the next test."""
    monkeypatch.setattr(pool, "ReaderProcess", KeptReader)
