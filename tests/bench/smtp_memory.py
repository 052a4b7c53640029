"""What the SMTP door takes of memory when a hundred clients send 25 MB each at once, and when 5,000 clients do nothing.

Printed are the peak of the serving process's resident memory, what became of the mails (taken, or asked to come again because
the budget for mail on its way in is spent), and how much longer an ordinary mail takes beside the others. The aim: below
400 MB, nothing dropped, and no harm from the idle ones.
"""

import argparse
import re
import resource
import signal
import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailhub.demo.home import set_values
from mailhub.hub import create_home, open_hub, upgrade_hub
from storage.records import Actor, UnitDraft
from tests.servers.serving import answers, start_hub
from tests.servers.waiting import free_port, until

RECIPIENT = "vanthu@tinh.example"
ORDINARY = b"Subject: x\r\n\r\n" + b"x" * 76 * 130 + b"\r\n"
MAILS = 100
AIM_MB = 400


@dataclass(frozen=True, slots=True)
class Door:
    """A door that is served by another process."""

    port: int
    pid: int

    def memory(self, field: str) -> float:
        """`VmRSS` or `VmHWM` (the peak) of the serving process, in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+) kB", status, re.MULTILINE)[1]) / 1000

    def forget_peak(self) -> None:
        """Let the peak begin anew."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def seconds_a_mail(self) -> float:
        """The median of what a client waits for an ordinary mail."""
        waits = []
        with smtplib.SMTP("127.0.0.1", self.port) as client:
            client.ehlo()
            for _ in range(MAILS):
                begun = time.perf_counter()
                client.sendmail("vanthu@so.example", RECIPIENT, ORDINARY)
                waits.append(time.perf_counter() - begun)
        return statistics.median(waits)


@contextmanager
def running(folder: Path, settings: dict[str, str], *, workers: bool) -> Iterator[Door]:
    """A new hub: served as a whole, or only its door."""
    port = free_port()
    home = folder / "hub"
    create_home(home)
    set_values(home, {"smtp.port": str(port), **settings})
    upgrade_hub(home, {})
    hub = open_hub(home, {})
    unit = UnitDraft(code="VP", name="VP", time_zone="Asia/Ho_Chi_Minh", register="UBND", addresses=(RECIPIENT,))
    hub.directory.add_unit(Actor(unit_id=None, name="bench", via="bench"), unit)
    hub.close()
    log = folder / "log"
    if workers:
        process = start_hub(home, port, log).process
    else:
        with log.open("wb") as file:
            process = subprocess.Popen([sys.executable, "-m", "tests.bench.intake_subjects", str(home)], stderr=file)
    try:
        until(lambda: answers(port), "the door to open", seconds=60, said=log.read_text)
        yield Door(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def send_large(door: Door, body: Path, begin: threading.Barrier, replies: Counter) -> None:
    """One client with one large mail; what it was told is counted."""
    with (
        socket.create_connection(("127.0.0.1", door.port), timeout=170) as client,
        client.makefile("rb") as answers,
        body.open("rb") as file,
    ):
        client.sendall(b"EHLO c\r\nMAIL FROM:<a@so.example>\r\nRCPT TO:<%s>\r\nDATA\r\n" % RECIPIENT.encode())
        while not answers.readline().startswith(b"354"):
            pass
        begin.wait()
        try:
            client.sendfile(file)
            replies[answers.readline()[:9].decode()] += 1
        except ConnectionError as error:
            replies[type(error).__name__] += 1


def large(door: Door, folder: Path, clients: int, octets: int) -> None:
    """Many large mails at once."""
    body = folder / "body"
    body.write_bytes((b"x" * 76 + b"\r\n") * (octets // 78) + b".\r\n")
    begin = threading.Barrier(clients)
    replies: Counter = Counter()
    door.forget_peak()
    before = door.memory("VmRSS")
    threads = [threading.Thread(target=send_large, args=(door, body, begin, replies)) for _ in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    told = ", ".join(f"{count} × {reply}" for reply, count in sorted(replies.items()))
    print(f"  {clients} × {octets / 1e6:.0f} MB at once: {told}; {clients * octets / seconds / 1e6:.0f} MB/s")
    print(f"  resident memory: {before:.0f} MB before, {door.memory('VmHWM'):.0f} MB at its peak (aim: below {AIM_MB})")


def idle(door: Door, clients: int) -> None:
    """Many clients that only stand in the door."""
    alone, before = door.seconds_a_mail(), door.memory("VmRSS")
    with ExitStack() as stack:
        for _ in range(clients):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", door.port), timeout=60))
            client.recv(1000)
            client.sendall(b"EHLO idle\r\n")
        beside, after = door.seconds_a_mail(), door.memory("VmRSS")
    print(f"  {clients} idle clients: {after - before:.0f} MB more, {(after - before) * 1000 / clients:.0f} kB each")
    print(f"  an ordinary mail: {alone * 1000:.1f} ms alone, {beside * 1000:.1f} ms beside them, ratio {beside / alone:.2f}")


def main() -> None:
    """Measure the door alone and a served hub."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=100, help="clients with a large mail")
    parser.add_argument("--megabytes", type=int, default=25, help="size of a large mail")
    parser.add_argument("--idle", type=int, default=5000, help="clients that do nothing")
    arguments = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, arguments.idle + 1000)), hard))
    for name, workers in (("door alone", False), ("served hub with workers", True)):
        print(name)
        settings = {"smtp.max_sessions": str(arguments.idle + 100)}
        with (
            tempfile.TemporaryDirectory(prefix="mailhub-bench-") as folder,
            running(Path(folder), settings, workers=workers) as door,
        ):
            idle(door, arguments.idle)
            large(door, Path(folder), arguments.clients, arguments.megabytes * 1_000_000)


if __name__ == "__main__":
    main()
