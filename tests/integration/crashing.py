"""A hub that is killed at a chosen system call of a chosen thread, again and again, and what outsiders see of it.

The killer is strace, attached to one thread of a running `mailhub serve`: it counts that thread's calls from then on and
sends SIGKILL to the process as the n-th begins. Nothing in the product knows of it.
"""

import json
import os
import re
import signal
import smtplib
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count
from pathlib import Path
from typing import IO

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session

from mailhub.demo.cast import FINANCE, OFFICE, Correspondent, Seals
from mailhub.demo.dossier import Content, Desk, reference
from mailhub.demo.pki import Holder, Pki
from mailhub.demo.signing import Signing, sign
from mailhub.hub import Hub
from storage import outbox
from storage.records import DispatchState, Unit
from tests.servers.serving import answers, environment
from tests.servers.waiting import free_port, until

PATIENCE_SECONDS = 60
ROOT = Path(__file__).resolve().parents[2]


def quick_seals(pki: Pki, correspondent: Correspondent) -> Seals:
    """Certificates on elliptic curves, also the agency's: a crash test signs a letter for every crash."""
    name, domain = correspondent.name, correspondent.domain
    leader = Holder(name=correspondent.leader, organisation="UBND tỉnh", units=(name,), email=f"{correspondent.mailbox}@{domain}")
    agency = Holder(name=name, organisation="UBND tỉnh", email=correspondent.address)
    return Seals(leader=pki.person(leader), agency=pki.person(agency))


@dataclass(frozen=True)
class Posted:
    """One letter on its way."""

    reference: str
    message_id: str
    raw: bytes


@dataclass(frozen=True)
class Post:
    """Letters without end, each with its own number, subject and Message-ID."""

    desk: Desk
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def next(self) -> Posted:
        """The next letter in its mail."""
        number = next(self.numbers)
        content = Content(number=number, unit="NS", subject=f"báo cáo số {number}", body=(f"Báo cáo kỳ {number}./.",))
        seals = self.desk.seals[FINANCE.code]
        signings = [
            Signing(identity=identity, field=name, moment=self.desk.now, timestamped=False)
            for identity, name in ((seals.leader, "NguoiKy"), (seals.agency, "CoQuan"))
        ]
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"], message["Subject"] = FINANCE.address, OFFICE.address, f"Gửi văn bản {number}"
        message["Message-ID"] = f"<{number}@{FINANCE.domain}>"
        message.set_content("Sở Tài chính gửi văn bản.", cte="base64")
        pdf = sign(self.desk.compose(FINANCE, content).pdf, self.desk.pki, signings)
        message.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"{number}.pdf")
        return Posted(reference=reference(FINANCE, content), message_id=message["Message-ID"], raw=message.as_bytes())


class Receiver:
    """The mail server that the hub hands its mail to; what it took is what went out, and how often."""

    def __init__(self) -> None:
        self.took: list[bytes] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())

    async def handle_DATA(self, server: object, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.took.append(envelope.content)
        return "250 2.0.0 OK"

    @contextmanager
    def running(self) -> Iterator[dict[str, str]]:
        """Gives the settings of a hub that sends through it."""
        self._controller.start()
        try:
            yield {
                "outbox.relay": '"smtp"',
                "outbox.host": '"127.0.0.1"',
                "outbox.port": str(self._controller.port),
                "outbox.starttls": '"never"',
            }
        finally:
            self._controller.stop()


class Starter:
    """Starts `mailhub serve` processes without paying for their imports each time."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def serve(self, home: Path, log: Path) -> int:
        """Start serving and give the process id."""
        said, heard = self._pipes()
        said.write(json.dumps([str(home), str(log)]) + "\n")
        said.flush()
        return int(heard.readline())

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        assert self._process.stdin
        assert self._process.stdout
        return self._process.stdin, self._process.stdout


@contextmanager
def running_starter() -> Iterator[Starter]:
    """The process that all servers of a test are forked from."""
    command = [sys.executable, "-m", "tests.servers.preloaded"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            yield Starter(process)
        finally:
            process.kill()


@dataclass(frozen=True)
class Point:
    """Where to kill: at the n-th call of this name in a thread, which is named by its place in the order of their starts.

    Calls are counted from before the mail is sent; `late` from when its receipt is due, so that an idle dispatcher does not
    count its looking around.
    """

    call: str
    thread: int
    number: int
    late: bool = False


@dataclass(frozen=True)
class Call:
    """A point, and what strace printed of the call's arguments."""

    point: Point
    said: str


def around_commits(calls: Sequence[Call]) -> list[Point]:
    """The calls that mean something to others: answers to the client, and the ends of transactions that wrote.

    A kill between two statements of a transaction is the same to the database as one before its COMMIT, and an idle loop
    asks for work many times a second; so of what is said to the database these are the COMMITs and whatever follows them.
    """
    chosen = []
    for thread in sorted({call.point.thread for call in calls}):
        writing = follows = False
        for call in (call for call in calls if call.point.thread == thread):
            commit = "COMMIT" in call.said
            if follows or (commit and writing) or re.search(r'"\d{3}[ -]', call.said):
                chosen.append(call.point)
            follows = commit and writing
            writing = not commit and (writing or re.search(r"INSERT|UPDATE [a-z]|DELETE", call.said) is not None)
    return chosen


@contextmanager
def strace(options: Sequence[str]) -> Iterator[None]:
    """Have strace attached while the block runs."""
    with subprocess.Popen(["strace", *options], stderr=subprocess.PIPE, text=True) as tracer:
        try:
            assert tracer.stderr
            assert "attached" in (said := tracer.stderr.readline()), said
            yield
        finally:
            # It lets go of what it traces when told to end.
            tracer.terminate()


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

    def start(self) -> None:
        self.pid = self.starter.serve(self.hub.home, self.log)
        self._until(lambda: answers(self.port), "the hub to take mail")

    def stop(self) -> None:
        os.kill(self.pid, signal.SIGTERM)
        self._until(lambda: not self.alive, "the hub to stop")

    def kill(self) -> None:
        if self.alive:
            os.kill(self.pid, signal.SIGKILL)
            self._until(lambda: not self.alive, "the hub to die")

    @property
    def alive(self) -> bool:
        return Path(f"/proc/{self.pid}").exists()

    def calls(self, names: Sequence[str]) -> list[Call]:
        """Every call of these names that the first mail after a crash causes, as strace lists it, thread by thread."""
        self.kill()
        self.start()
        threads = self._threads()
        listing = self.log.with_name("calls")
        with strace(["-f", "-s", "64", "-p", str(self.pid), "-e", f"trace={','.join(names)}", "-o", str(listing)]):
            self._deliver(self.post.next())
        seen: Counter[tuple[int, str]] = Counter()
        found = []
        for line in listing.read_text().splitlines():
            match = re.match(r"(\d+) +(\w+)\((.*)", line)
            if match is None or int(match[1]) not in threads:
                continue
            thread, name = threads.index(int(match[1])), match[2]
            seen[thread, name] += 1
            found.append(Call(Point(call=name, thread=thread, number=seen[thread, name]), said=match[3]))
        return sorted(found, key=lambda call: (call.point.thread, call.point.call, call.point.number))

    def at(self, point: Point) -> bool:
        """Send one mail to a hub that dies at this point; False when the mail came to its end before the call came."""
        letter, took = self.post.next(), False
        inject = f"inject={point.call}:signal=KILL:when={point.number}"
        victim = str(self._threads()[point.thread])
        if point.late:
            took = self._send(letter.raw)
            self._until(lambda: self._receipts() > len(self.acknowledged), "the receipt to be due")
        with strace(["-p", victim, "-e", f"trace={point.call}", "-e", inject, "-o", os.devnull]):
            took = took or self._send(letter.raw)
            self._until(lambda: not self.alive or (took and self._receipts_sent() > len(self.acknowledged)), "the mail's end")
        # A kill that came as strace let go may not have done its work yet; who answers afterwards lives.
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

    def _threads(self) -> list[int]:
        return sorted(int(task.name) for task in Path(f"/proc/{self.pid}/task").iterdir())

    def _receipts_sent(self) -> int:
        return self._dispatches().get(DispatchState.SENT, 0)

    def _receipts(self) -> int:
        return sum(self._dispatches().values())

    def _dispatches(self) -> dict[DispatchState, int]:
        with self.hub.database.reading() as tx:
            return outbox.counts(tx, self.unit.id)

    def _until(self, probe: Callable[[], bool], what: str) -> None:
        until(probe, what, seconds=PATIENCE_SECONDS, said=self._said)

    def _said(self) -> str:
        return self.log.read_text(errors="replace")

    def _send(self, raw: bytes) -> bool:
        """True for a 250 after the final dot, and for nothing else."""
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=PATIENCE_SECONDS) as client:
                client.sendmail(FINANCE.address, [OFFICE.address], raw)
                return True
        except (OSError, smtplib.SMTPException):
            return False
