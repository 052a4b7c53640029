"""How long common commands take from start to end, as ratios to a bare `python -c "import click"`; help aims at 3 at most.

The commands that need a hub run on an empty one, so that what is measured is the start and not the work. Rounds are
interleaved: a machine that is busy for a while slows all commands, and the ratios stay.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROUNDS = 5
AIM = 3.0
BARE = ("-c", "import click")
HELP = ("--help", "letter --help")
COMMON = ("status", "letter list", "submission list", "register list", "outbox list", "case list")


def seconds(arguments: Sequence[str]) -> float:
    """The wall time of one run of this Python; `verify` ends with 1 where a file has no signature."""
    started = time.perf_counter()
    ended = subprocess.run([sys.executable, *arguments], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    taken = time.perf_counter() - started
    if ended.returncode not in {0, 1}:
        raise SystemExit(f"{' '.join(arguments)} ended with {ended.returncode}")
    return taken


def ready_hub(home: str) -> None:
    """A new hub with one unit."""
    for line in (f"init {home}", f"--home {home} unit add VP --name VP --address vp@vp.example"):
        subprocess.run(
            [sys.executable, "-m", "mailhub", *line.split()], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


def main() -> None:
    """Print the median of each command's ratios to the bare import of its round."""
    with tempfile.TemporaryDirectory() as folder:
        home, unsigned = str(Path(folder, "hub")), Path(folder, "unsigned.txt")
        ready_hub(home)
        unsigned.write_text("no signature\n")
        lines = {line: ["-m", "mailhub", *line.split()] for line in HELP}
        lines |= {line: ["-m", "mailhub", "--home", home, *line.split()] for line in COMMON}
        lines["verify FILE"] = ["-m", "mailhub", "verify", str(unsigned)]
        ratios: dict[str, list[float]] = {line: [] for line in lines}
        bare: list[float] = []
        for _ in range(ROUNDS):
            bare.append(seconds(BARE))
            for line, arguments in lines.items():
                ratios[line].append(seconds(arguments) / bare[-1])
    print(f"import click: {statistics.median(bare) * 1000:.0f} ms")
    for line, found in ratios.items():
        aim = f" (aim {AIM:.0f})" if line in HELP else ""
        print(f"mailhub {line}: ratio {statistics.median(found):.1f}{aim}")


if __name__ == "__main__":
    main()
