"""A hub that dies again and again, each time at a point of its own, and what outsiders see of it."""

import os
import re
import signal
import smtplib
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from mailhub.demo.cast import FINANCE, OFFICE
from mailhub.hub import Hub
from storage import outbox
from storage.records import DispatchState, Unit
from tests.integration.posting import Post, Posted
from tests.integration.tracing import Call, Point, killing_at, listing
from tests.servers.processes import exists, signal_to
from tests.servers.serving import answers
from tests.servers.starter import Starter
from tests.servers.waiting import PATIENCE_SECONDS, until

BY_THE_CLOCK = re.compile(
    "^BEGIN|clock_timestamp|serving_processes|door_states|door_hours|refusals|watched_certificates|revocation_data|after nothing"
)
"""What is said of any transaction, and what processes note of themselves by the clock, and no mail causes."""


@dataclass(frozen=True)
class Word:
    """What a hub says to others, and how often it has said just this because of one mail."""

    text: str
    times: int


class Ear:
    """Hears what a hub says to others, and kills it as the word comes at which it is to die: that word is lost."""

    def __init__(self) -> None:
        self.heard: list[Word] = []
        self._times: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._pid, self._fatal = 0, Word("", 0)

    def listen(self, pid: int = 0, fatal: Word = Word("", 0)) -> None:
        """Forget what was heard; kill this process at this word."""
        with self._lock:
            self._pid, self._fatal = pid, fatal
            self.heard, self._times = [], Counter()

    @contextmanager
    def killing(self, pid: int, fatal: Word) -> Iterator[None]:
        """Kill this process at this word while the block runs: the next process may say it too, and live."""
        self.listen(pid, fatal)
        try:
            yield
        finally:
            self.listen()

    def __call__(self, text: str) -> bool:
        with self._lock:
            self._times[text] += 1
            self.heard.append(word := Word(text, self._times[text]))
            if word == self._fatal:
                os.kill(self._pid, signal.SIGKILL)
            return word != self._fatal


@dataclass
class Crashes:
    """One hub and the mails that it acknowledged."""

    starter: Starter
    hub: Hub
    unit: Unit
    port: int
    post: Post
    log: Path
    acknowledged: list[Posted] = field(default_factory=list)
    pid: int = 0
    served: int = 0

    def start(self) -> None:
        """Serve; returns when every thread runs."""
        self.pid = self.starter.serve(self.hub.home, self.log)
        self.served += 1
        self._until(lambda: self._said().count("INFO serving ") == self.served, "the hub to serve")

    def warm(self, database: str) -> None:
        """Let the starter take one mail itself, once for each kind of database."""
        if database not in self.starter.warmed:
            self.starter.warmed.add(database)
            with self.starter.warming(self.hub.home):
                self._deliver(self.post.next())

    def stop(self) -> None:
        os.kill(self.pid, signal.SIGTERM)
        self._until(lambda: not self.alive, "the hub to stop")

    def kill(self) -> None:
        if self.alive:
            signal_to(self.pid, signal.SIGKILL)
            self._until(lambda: not self.alive, "the hub to die")

    def restart(self) -> None:
        self.kill()
        self.start()

    @property
    def alive(self) -> bool:
        return self.pid > 0 and exists(self.pid)

    def calls(self, names: Sequence[str]) -> list[Call]:
        """Every call of these names that the first mail after a crash causes on its way, thread by thread."""
        self.restart()
        with listing(self.pid, names, self.log.with_name("calls")) as calls:
            self._deliver(self.post.next())
        return calls

    def words(self, ear: Ear) -> list[Word]:
        """Every word that the first mail after a crash causes."""
        self.restart()
        ear.listen()
        self._deliver(self.post.next())
        return ear.heard

    def at(self, point: Point) -> bool:
        """Send mails until the hub has died over one at this call; False when they came to their ends and it had not.

        Some calls come with the first mail after a start only, and some that SQLite makes now and then do not come again: a
        further mail is such a first one, and with each further one an earlier call of the kind will do.
        """
        if self._die(killing_at(self.pid, point)):
            return True
        for number in range(point.number, 0, -1):
            self.restart()
            if self._die(killing_at(self.pid, replace(point, number=number))):
                return True
        return False

    def at_word(self, ear: Ear, word: Word) -> bool:
        """Send mails until the hub has died over one as it says this; False when two came to their ends and it had not."""
        if self._die(ear.killing(self.pid, word)):
            return True
        self.restart()
        return self._die(ear.killing(self.pid, word))

    def _die(self, killing: AbstractContextManager[None]) -> bool:
        letter = self.post.next()
        with killing:
            took = self._send(letter.raw)
            self._until(lambda: not self.alive or (took and self._receipts_sent() > len(self.acknowledged)), "the mail's end")
        # A kill that came as the killer let go may not have done its work yet; who answers afterwards lives.
        self._until(lambda: answers(self.port) or not self.alive, "life or death")
        if crashed := not self.alive:
            self.start()
        self._deliver(letter, took=took)
        return crashed

    def _deliver(self, letter: Posted, *, took: bool = False) -> None:
        """As a mail server does: again until a 250, and never again after it. Returns when the receipt has left."""
        while not took:
            took = self._send(letter.raw)
        self.acknowledged.append(letter)
        self._until(lambda: self._receipts_sent() == len(self.acknowledged), f"the receipt of {letter.reference}")

    def _receipts_sent(self) -> int:
        with self.hub.database.reading() as tx:
            return outbox.counts(tx, self.unit.id).get(DispatchState.SENT, 0)

    def _until(self, probe: Callable[[], bool], what: str) -> None:
        until(probe, what, said=self._said)

    def _said(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _send(self, raw: bytes) -> bool:
        """True for a 250 after the final dot, and for nothing else."""
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=PATIENCE_SECONDS) as client:
                client.sendmail(FINANCE.address, [OFFICE.address], raw)
                return True
        except (OSError, smtplib.SMTPException):
            return False
