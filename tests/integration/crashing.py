"""A hub that is killed at a chosen system call of a chosen thread, again and again, and what outsiders see of it.

The killer is strace, attached to one thread of a running `mailhub serve`: it counts that thread's calls from then on and
sends SIGKILL to the process as the n-th begins. Nothing in the product knows of it.
"""

import json
import os
import signal
import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count
from pathlib import Path
from typing import IO

from mailhub.demo.cast import FINANCE, OFFICE, Correspondent, Seals
from mailhub.demo.dossier import Content, Desk, reference
from mailhub.demo.pki import Holder, Pki
from mailhub.demo.signing import Signing, sign
from mailhub.hub import Hub
from storage import outbox
from storage.records import DispatchState, Unit
from tests.servers.serving import answers, environment
from tests.servers.waiting import until

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


@dataclass
class Crashes:
    """One hub with its mail: what was acknowledged, and how often it was killed."""

    starter: Starter
    hub: Hub
    unit: Unit
    port: int
    post: Post
    log: Path
    acknowledged: list[Posted] = field(default_factory=list)
    killed: int = 0
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

    @property
    def alive(self) -> bool:
        return Path(f"/proc/{self.pid}").exists()

    def at_every(self, call: str) -> int:
        """Kill at every call of this name that one mail causes, thread by thread; gives the number of crashes."""
        before = self.killed
        for thread in range(len(self._threads())):
            for number in count(1):
                if not self.at(call, thread, number):
                    break
        return self.killed - before

    def at(self, call: str, thread: int, number: int) -> bool:
        """Send one mail while a thread is killed at its n-th call; False when the mail ended before that call came."""
        letter = self.post.next()
        with self._killer(call, self._threads()[thread], number):
            took = self._send(letter.raw)
            self._until(lambda: not self.alive or (took and self._receipts_sent() > len(self.acknowledged)), "the mail's end")
            crashed = not self.alive
        self.killed += crashed
        if crashed:
            self.start()
        # A mail server sends again what was not acknowledged, and only that.
        while not took:
            took = self._send(letter.raw)
        self.acknowledged.append(letter)
        self._until(lambda: self._receipts_sent() == len(self.acknowledged), f"the receipt of {letter.reference}")
        return crashed

    @contextmanager
    def _killer(self, call: str, thread: int, number: int) -> Iterator[None]:
        command = ["strace", "-p", str(thread), "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}"]
        with subprocess.Popen([*command, "-o", os.devnull], stderr=subprocess.PIPE, text=True) as strace:
            try:
                assert strace.stderr
                assert "attached" in (said := strace.stderr.readline()), said
                yield
            finally:
                # It lets go of the thread when told to end.
                strace.terminate()

    def _threads(self) -> list[int]:
        return sorted(int(task.name) for task in Path(f"/proc/{self.pid}/task").iterdir())

    def _receipts_sent(self) -> int:
        with self.hub.database.reading() as tx:
            return outbox.counts(tx, self.unit.id).get(DispatchState.SENT, 0)

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
