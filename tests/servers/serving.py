"""`mailhub serve` as a process of its own, started and ended as an operator does it."""

import json
import os
import signal
import smtplib
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from mailhub.cli.app import mailhub
from tests.servers.waiting import PATIENCE_SECONDS, until


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
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=PATIENCE_SECONDS)


def start_hub(home: Path, port: int, log_file: Path) -> ServedHub:
    """Start serving; returns when the door answers."""
    command = [sys.executable, "-m", "mailhub", "--home", str(home), "--lang", "en", "serve"]
    with log_file.open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment())
    served = ServedHub(home=home, port=port, process=process, log_file=log_file)
    try:
        until(lambda: not served.alive or answers(port), "the hub to take mail", said=served.log)
        assert served.alive, served.log()
    except BaseException:
        process.kill()
        process.wait()
        raise
    return served


def answers(port: int) -> bool:
    """Whether an SMTP server greets on this port."""
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            return client.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def told(home: Path, *arguments: str) -> Any:
    """What a command of the clerk says about the hub, as parsed JSON."""
    with redirect_stdout(StringIO()) as said, redirect_stderr(StringIO()) as complained:
        code = mailhub.run(["--home", str(home), *arguments, "--json"], {})
    assert code == 0, complained.getvalue()
    return json.loads(said.getvalue())


def environment() -> dict[str, str]:
    """This process's environment without what would change the hub's language or home."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAILHUB_", "LC_", "LANG"))}
