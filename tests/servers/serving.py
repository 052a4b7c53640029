"""`mailhub serve` as a process of its own, started and ended as an operator does it."""

import json
import os
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.waiting import until

START_SECONDS = 60
STOP_SECONDS = 60


@dataclass(frozen=True)
class ServedHub:
    """A served hub: its home, its SMTP port on loopback, its process."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]
    log_file: Path

    def log(self) -> str:
        """What the process said on stderr."""
        return self.log_file.read_text(errors="replace")

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> int:
        """SIGTERM, as a service manager stops it; gives the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=STOP_SECONDS)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=STOP_SECONDS)


def start_hub(home: Path, port: int, log_file: Path) -> ServedHub:
    """Start serving; returns when the door answers."""
    command = [sys.executable, "-m", "mailhub", "--home", str(home), "--lang", "en", "serve"]
    with log_file.open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment())
    served = ServedHub(home=home, port=port, process=process, log_file=log_file)
    try:
        until(lambda: not served.alive or answers(port), "the hub to take mail", seconds=START_SECONDS, said=served.log)
        assert served.alive, served.log()
    except BaseException:
        process.kill()
        process.wait()
        raise
    return served


@contextmanager
def running_hub(home: Path, port: int) -> Iterator[ServedHub]:
    """Serve the hub in this folder, whose settings name this port, until the block ends."""
    served = start_hub(home, port, home.with_name(f"{home.name}.log"))
    try:
        yield served
        assert served.stop() == 0, served.log()
    finally:
        if served.alive:
            served.kill()


def answers(port: int) -> bool:
    """Whether an SMTP server greets on this port."""
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            return client.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def told(home: Path, *arguments: str) -> object:
    """What a command of the clerk says about the hub, as JSON."""
    command = [sys.executable, "-m", "mailhub", "--home", str(home), *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def environment() -> dict[str, str]:
    """This process's environment without what would change the hub's language or home."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAILHUB_", "LC_", "LANG"))}
