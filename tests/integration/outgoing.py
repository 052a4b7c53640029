"""A hub and a clerk that die again and again while something goes out, and the two who see what arrives."""

import json
import os
import re
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from mailhub.hub import Hub
from storage.records import Dispatch, DispatchState, Unit
from tests.integration.crashing import BY_THE_CLOCK, Ear, Word
from tests.integration.receiving import Receiver
from tests.integration.tracing import Point, killing_at, listing
from tests.servers.hurried import Hurried
from tests.servers.processes import exists, signal_to, state_of
from tests.servers.serving import answers
from tests.servers.twilio import RESET_BEFORE, Answer, ScriptedTwilio
from tests.servers.waiting import until

NEWEST = 12
LOOKING_SECONDS = 0.1
ENDS = {"mail": {DispatchState.SENT, DispatchState.CANCELLED}, "sms": {DispatchState.DELIVERED, DispatchState.CANCELLED}}
WRITING = ("fsync", "fdatasync", "rename")
COMMITS = ("COMMIT", "committed")
PEERS = ("MAIL", "RCPT", "the mail", "Twilio")


class HeardTwilio(ScriptedTwilio):
    """A Twilio that tells an ear of every request, before it does anything and again before it answers."""

    def __init__(self, ear: Ear) -> None:
        super().__init__()
        self._ear = ear

    def answer(self, method, path, query, form):  # type: ignore[no-untyped-def]
        what = {"POST": "a text", "GET": "a look-up"}[method]
        # One who dies in the middle of a request has not asked.
        cut_short = method == "POST" and "Body" not in form
        if cut_short or not self._ear(f"Twilio, {what}"):
            return RESET_BEFORE, None
        answered = super().answer(method, path, query, form)  # type: ignore[no-untyped-call]
        return answered if self._ear(f"Twilio, {what}, done") else (Answer(way="reset"), None)


@dataclass(frozen=True)
class Act:
    """What the clerk types, the command whose answer shows whether it is on record, and how many messages it sends."""

    typed: tuple[str, ...]
    asked: tuple[str, ...]
    recorded: Callable[[list[dict[str, object]]], bool]
    sends: int


@dataclass
class Outgoing:
    """One served hub on one database, its clerk, its relay and its Twilio."""

    hurried: Hurried
    hub: Hub
    unit: Unit
    port: int
    folder: Path
    ear: Ear
    receiver: Receiver
    twilio: ScriptedTwilio
    by_words: bool
    pid: int = 0
    served: int = 0
    crashes: int = 0
    died: list[str] = field(default_factory=list)
    known: int = 0

    # --- the hub ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Serve; returns when every thread runs."""
        self.pid = self._start("serve", said="served")
        self.served += 1
        self._until(lambda: self._log().count("INFO serving ") == self.served, "the hub to serve")

    def stop(self) -> None:
        os.kill(self.pid, signal.SIGTERM)
        self._until(lambda: not self.alive, "the hub to stop")

    def kill(self) -> None:
        if self.alive:
            signal_to(self.pid, signal.SIGKILL)
            self._until(lambda: not self.alive, "the hub to die")

    @property
    def alive(self) -> bool:
        return self.pid > 0 and exists(self.pid)

    def points(self, act: Act) -> list[Point | Word]:
        """Where the hub can die over what the first such act after its start sends."""
        self.kill()
        self.start()
        self._begin()
        if self.by_words:
            self.ear.listen()
            self._act(act)
            self.settle(act)
            heard = [word for word in self.ear.heard if not BY_THE_CLOCK.search(word.text)]
            # The clerk's own end comes first.
            return [word for word in heard if word.text.startswith((*COMMITS, *PEERS))][2:]
        with listing(self.pid, (*WRITING, "sendto"), self.folder / "calls") as calls:
            self._act(act)
            self.settle(act)
        return [call.point for call in calls if not re.search(r'"\d{3}[ -]', call.said)]

    def dying(self, act: Act, point: Point | Word) -> None:
        """Let the clerk act, and the hub die at this point of what follows, if the point comes."""
        self._begin()
        with self._killing(self.pid, point):
            self._act(act)
            self._until(lambda: not self.alive or self.quiet(act), "what follows")
        # A kill that came as the killer let go may not have done its work yet; who answers afterwards lives.
        self._until(lambda: not self.alive or answers(self.port), "life or death")
        if self.alive:
            # The next point counts from a start, as this one did.
            self.kill()
        else:
            self.crashes += 1
            self.died.append(name_of(point))

    def settle(self, act: Act) -> None:
        """Until all that follows from the act has come to its end; a dead hub is started."""
        if not self.alive:
            self.start()
        self._until(lambda: self.quiet(act), "the end of all that goes out")

    def quiet(self, act: Act) -> bool:
        """Whether all that the act sends is intended, and nothing has further to go."""
        # Looking more often would take the hub's time.
        time.sleep(LOOKING_SECONDS)
        newest = self.hub.outbox.list_(self.unit.id, limit=NEWEST)
        new = sum(item.id > self.known for item in newest)
        return new >= act.sends and all(item.state in ENDS[item.draft.channel] for item in newest)

    def dispatches(self) -> list[Dispatch]:
        """All that was ever intended, in this order."""
        return sorted(self.hub.outbox.list_(self.unit.id, limit=10_000), key=lambda item: item.id)

    # --- the clerk ----------------------------------------------------------------------------------------------------

    def act(self, act: Act) -> None:
        """Type it."""
        self._begin()
        self._act(act)

    def typing(self, act: Act) -> list[Point | Word]:
        """Where the clerk's process can die over this."""
        self._begin()
        pid = self._start(*act.typed, halted=True)
        if self.by_words:
            self.ear.listen()
            self._go_on(pid)
            heard = [word for word in self.ear.heard if not BY_THE_CLOCK.search(word.text)]
            return [word for word in heard if word.text.startswith(COMMITS)][:2]
        with listing(pid, (*WRITING, "pwrite64"), self.folder / "calls") as calls:
            self._go_on(pid)
        points = [call.point for call in calls]
        pages = [point for point in points if point.call == "pwrite64"]
        # Of the pages that a transaction writes the first and the last.
        return [point for point in points if point not in pages[1:-1]]

    def typing_dies(self, act: Act, point: Point | Word) -> None:
        """Type it and die at this point; then look, and type it again where it is not on record."""
        self._begin()
        pid = self._start(*act.typed, halted=True)
        with self._killing(pid, point):
            code = self._go_on(pid)
        self.died.append(f"clerk, {'not at all' if code == 0 else name_of(point)}")
        if code != 0:
            self._unless_recorded(act)

    def told(self, *typed: str) -> list[dict[str, object]]:
        """The rows that a command answers."""
        code = self._go_on(self._start(*typed, "--json"))
        assert code == 0, self._said()
        rows: list[dict[str, object]] = json.loads(self._typed().rpartition("\n")[0])
        return rows

    def _begin(self) -> None:
        newest = self.hub.outbox.list_(self.unit.id, limit=1)
        self.known = newest[0].id if newest else 0

    def _act(self, act: Act) -> None:
        if self._go_on(self._start(*act.typed)) != 0:
            self._unless_recorded(act)

    def _unless_recorded(self, act: Act) -> None:
        """As a clerk does whose command ended without a word."""
        if not act.recorded(self.told(*act.asked)):
            assert self._go_on(self._start(*act.typed)) == 0, self._said()

    def _start(self, *typed: str, halted: bool = False, said: str = "typed") -> int:
        arguments = ["--home", str(self.hub.home), "--lang", "en", *typed]
        pid = self.hurried.start(arguments, self.folder / said, self.folder / "log", halted=halted)
        if halted:
            self._until(lambda: state_of(pid) == "T", "the command to halt")
        return pid

    def _go_on(self, pid: int) -> int | None:
        """Let a command come to its end; gives its exit code, None where it was killed."""
        signal_to(pid, signal.SIGCONT)
        self._until(lambda: not exists(pid), "the command's end")
        code = self._typed().rpartition("\n")[2]
        return int(code) if code else None

    def _typed(self) -> str:
        return (self.folder / "typed").read_text().removesuffix("\n")

    # --- waiting ------------------------------------------------------------------------------------------------------

    def _killing(self, pid: int, point: Point | Word) -> AbstractContextManager[None]:
        if isinstance(point, Point):
            return killing_at(pid, point)
        return self.ear.killing(pid, point)

    def _until(self, probe: Callable[[], bool], what: str) -> None:
        until(probe, what, said=self._said)

    def _log(self) -> str:
        file = self.folder / "log"
        return file.read_text(errors="replace") if file.exists() else ""

    def _said(self) -> str:
        newest = self.hub.outbox.list_(self.unit.id, limit=NEWEST)
        states = [f"{item.id} {item.draft.kind} by {item.draft.channel}: {item.state}" for item in newest]
        return f"{self._log()[-6000:]}\n{states}\n{self.died}"


def name_of(point: Point | Word) -> str:
    """The class of a point; of a COMMIT whatever was committed."""
    return point.call if isinstance(point, Point) else point.text.partition(" after ")[0]
