"""How long `mailhub --help` takes, as a ratio to importing click; the aim is at most 3."""

import statistics
import subprocess
import sys
import time

ROUNDS = 15
AIM = 3.0


def seconds(*arguments: str) -> float:
    """The median wall time of a run of this Python."""
    return statistics.median(_once(arguments) for _ in range(ROUNDS))


def _once(arguments: tuple[str, ...]) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    """Print both times and their ratio."""
    base = seconds("-c", "import click")
    for name, arguments in {"mailhub --help": ("--help",), "mailhub letter --help": ("letter", "--help")}.items():
        taken = seconds("-m", "mailhub", *arguments)
        print(f"{name}: {taken * 1000:.0f} ms, import click: {base * 1000:.0f} ms, ratio {taken / base:.2f} (aim {AIM:.0f})")


if __name__ == "__main__":
    main()
