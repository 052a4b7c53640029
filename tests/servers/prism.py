"""Prism (a Node program) on loopback: it plays the API that Twilio publishes, and refuses what does not fit it."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.waiting import free_port, until

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".venv" / "prism"
PROGRAM = FOLDER / "node_modules" / ".bin" / "prism"


def missing() -> str:
    """Why Prism cannot run here; empty when it can."""
    if shutil.which("node") is None:
        return "there is no Node.js here to run Prism with: install Node.js 18.20 or newer with npm, then run make system"
    if not PROGRAM.exists():
        return f"Prism is not installed in {FOLDER}: run make system, which needs npm and a package registry"
    return ""


@contextmanager
def running_prism(specification: Path, log_file: Path) -> Iterator[str]:
    """Gives the URL of an API that answers as the specification says, until the block ends."""
    port = free_port()
    command = ["node", str(PROGRAM), "mock", "-h", "127.0.0.1", "-p", str(port), str(specification)]
    with log_file.open("wb") as log:
        # Started without npx, whose child would outlive it; the group ends whatever Prism itself has started.
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=FOLDER, start_new_session=True)

    def said() -> str:
        return log_file.read_text(errors="replace")

    try:
        until(lambda: process.poll() is not None or "is listening on" in said(), "Prism to listen", said=said)
        assert process.poll() is None, said()
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
