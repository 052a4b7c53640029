"""What the intake's bench compares: a real Postfix, the hub's door alone, and a served hub with its workers.

Run as a program it is the door alone: `python -m tests.bench.intake_subjects HOME`, until SIGTERM.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailhub.cli.logs import start_logging
from mailhub.demo.home import set_values
from mailhub.doors.waits import DoorWaits
from mailhub.hub import create_home, open_hub, upgrade_hub
from mailhub.serving.door_processes import door_processes
from mailhub.serving.doors import Doors
from storage.records import Actor, UnitDraft
from tests.servers.bucket import new_bucket, running_s3
from tests.servers.postfix import running_postfix
from tests.servers.postgresql import running_cluster
from tests.servers.serving import answers, start_hub
from tests.servers.waiting import free_port, until

RECIPIENT = "vanthu@tinh.example"
PROGRAM = "/usr/sbin/smtp-source"
START_SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Running:
    """A mail server under test."""

    port: int
    pid: int

    def take(self, *, mails: int, octets: int, reuse: bool = False) -> float:
        """Send mails of so many octets by ten sessions at once; gives the seconds it took."""
        command = [PROGRAM, *(["-d"] if reuse else []), "-s", "10", "-m", str(mails), "-l", str(octets)]
        started = time.perf_counter()
        subprocess.run([*command, "-f", "vanthu@so.example", "-t", RECIPIENT, f"127.0.0.1:{self.port}"], check=True)
        return time.perf_counter() - started

    def cpu_seconds(self) -> float:
        """What it and all its children have used so far, those that have ended too."""
        return sum(_cpu_seconds(pid) for pid in (self.pid, *_descendants(self.pid)))


@dataclass(frozen=True)
class Subject:
    """One candidate. `database` is `sqlite` or `postgresql`; a `bucket` is an S3 server of its own, moto's."""

    name: str
    processes: int = 1
    database: str = "sqlite"
    bucket: bool = False
    workers: bool = False

    @contextmanager
    def running(self) -> Iterator[Running]:
        """Start it on an empty folder; all is gone afterwards."""
        # Beside Postfix's queue: both on the same file system.
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailhub-bench-")))
            settings = {"smtp.port": str(free_port()), "smtp.processes": str(self.processes)}
            settings |= {"smtp.max_sessions": "1000", "smtp.in_flight_mib": "2048"}
            if self.database == "postgresql":
                cluster = stack.enter_context(running_cluster(durable=True))
                settings["storage.database"] = f'"{cluster.url(cluster.create())}"'
            if self.bucket:
                endpoint = stack.enter_context(running_s3())
                new_bucket(endpoint, "bench")
                settings |= {"bucket.url": '"s3://bench"', "bucket.endpoint": f'"{endpoint}"'}
                settings |= {"bucket.key_id": '"test"', "bucket.secret": '"test"'}
            home = _home(folder / "hub", settings)
            yield stack.enter_context(self._served(home, int(settings["smtp.port"])))

    @contextmanager
    def _served(self, home: Path, port: int) -> Iterator[Running]:
        if self.workers:
            served = start_hub(home, port, home.with_name("log"))
            process = served.process
        else:
            # Both log a line for each mail, into a file.
            with home.with_name("log").open("wb") as log:
                process = subprocess.Popen([sys.executable, "-m", "tests.bench.intake_subjects", str(home)], stderr=log)
        try:
            log = home.with_name("log")
            until(lambda: answers(port), f"{self.name} to take mail", seconds=START_SECONDS, said=log.read_text)
            running = Running(port, process.pid)
            until(lambda: self._all_take_mail(home, running), "all processes to take mail", seconds=START_SECONDS)
            yield running
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()

    def _all_take_mail(self, home: Path, running: Running) -> bool:
        """Each process writes a segment of its own from its first mail on."""
        running.take(mails=20, octets=100)
        return self.bucket or len(list((home / "blobs").glob("*.segment"))) >= self.processes


class Postfix(Subject):
    """Postfix with its queue on the disk and the `discard` transport: what it accepts it need not deliver."""

    @contextmanager
    def running(self) -> Iterator[Running]:
        """See `Subject.running`."""
        with running_postfix({}, default_transport="discard:") as server:
            yield Running(server.port, server.pid)


def _home(home: Path, settings: dict[str, str]) -> Path:
    create_home(home)
    set_values(home, settings)
    upgrade_hub(home, {})
    hub = open_hub(home, {})
    unit = UnitDraft(code="VP", name="VP", time_zone="Asia/Ho_Chi_Minh", register="UBND", addresses=(RECIPIENT,))
    hub.directory.add_unit(Actor(unit_id=None, name="bench", via="bench"), unit)
    hub.close()
    return home


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *_descendants(child)]
    return found


def _cpu_seconds(pid: int) -> float:
    try:
        values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(int(value) for value in values[11:15]) / TICKS


def main() -> None:
    """The doors of a hub with nothing behind them, as `mailhub serve` opens them."""
    start_logging()
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    hub = open_hub(Path(sys.argv[1]))
    waits = DoorWaits.for_processes(hub.settings.smtp.processes)
    doors = Doors.of(hub, waits)
    doors.open()
    others = door_processes(hub, doors.smtp.listening, waits)
    others.start()
    while not told.wait(0.2):
        pass
    dismissed = others.dismiss()
    doors.close(10)
    dismissed.wait(10)
    doors.intake.close()
    hub.close()


if __name__ == "__main__":
    main()
