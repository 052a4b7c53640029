"""Starts `mailhub serve` processes without paying for their imports each time."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.servers.serving import environment

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Starter:
    """A process that all servers of a test are forked from."""

    process: "subprocess.Popen[str]"
    warmed: set[str] = field(default_factory=set)

    @contextmanager
    def warming(self, home: Path) -> Iterator[None]:
        """Serve this home in the process itself while the block runs: what then happens, later servers do faster."""
        self._tell([str(home), None], "warming")
        yield
        self._tell(None, "warm")

    def serve(self, home: Path, log: Path) -> int:
        """Start serving and give the process id."""
        return int(self._tell([str(home), str(log)]))

    def _tell(self, order: object, expected: str = "") -> str:
        said, heard = self._pipes()
        said.write(json.dumps(order) + "\n")
        said.flush()
        answer = heard.readline().strip()
        assert not expected or answer == expected, answer
        return answer

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        assert self.process.stdin
        assert self.process.stdout
        return self.process.stdin, self.process.stdout


@contextmanager
def running_starter() -> Iterator[Starter]:
    """While the block runs, servers can be started; they end with it."""
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
