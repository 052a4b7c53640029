"""How fast mail is taken in, as a ratio to a real Postfix (queue on the disk, discard transport) on the same machine.

Postfix's own `smtp-source` sends, ten sessions at once, in rounds that take turns; what is printed is the median of the
rounds' ratios, and the CPU time that a mail costs. A mail counts when it is durable: bytes and capture row before the 250.
The aim, door alone on SQLite: 1.0 with one process, 1.3 with `smtp.processes = 2`. No ratio is promised with the workers
running, on PostgreSQL and with a bucket, which are printed with `--all`, nor for large mails.
"""

import argparse
import statistics
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests.bench.intake_subjects import Postfix, Running, Subject

POSTFIX = Postfix("Postfix")
ONE = Subject("door, 1 process")
TWO = Subject("door, 2 processes", processes=2)
OTHERS = (
    Subject("served hub with workers", workers=True),
    Subject("door on PostgreSQL", database="postgresql"),
    Subject("door with a bucket (moto)", bucket=True),
)


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent: mails of so many octets; `reuse` sends a session's mails over one connection."""

    name: str
    mails: int
    octets: int = 100_000
    reuse: bool = False


@dataclass(slots=True)
class Figures:
    """What one subject did in the rounds of one load."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def take(self, load: Load, subject: Running) -> None:
        """One round."""
        used = subject.cpu_seconds()
        seconds = subject.take(mails=load.mails, octets=load.octets, reuse=load.reuse)
        self.rates.append(load.mails / seconds)
        self.cpu.append((subject.cpu_seconds() - used) / load.mails)

    def line(self, load: Load, name: str, norm: "Figures") -> str:
        """The medians, and the ratio to the norm."""
        ratio = statistics.median(mine / other for mine, other in zip(self.rates, norm.rates, strict=True))
        rate = statistics.median(self.rates)
        return (
            f"  {name:<26} {rate:7.0f} mails/s {rate * load.octets / 1e6:6.0f} MB/s  "
            f"{statistics.median(self.cpu) * 1000:6.2f} ms CPU a mail   ratio {ratio:.2f}"
        )


def compare(load: Load, subjects: list[Subject], rounds: int) -> None:
    """Let the subjects take turns, each on a folder that is new at the load's beginning."""
    figures = {subject.name: Figures() for subject in subjects}
    with ExitStack() as stack:
        running = {subject.name: stack.enter_context(subject.running()) for subject in subjects}
        for server in running.values():
            server.take(mails=max(10, load.mails // 20), octets=load.octets)
        for number in range(rounds):
            # Whoever comes first in a round is the first in none of the next.
            turns = subjects[number % len(subjects) :] + subjects[: number % len(subjects)]
            for subject in turns:
                figures[subject.name].take(load, running[subject.name])
    print(f"{load.name} ({load.mails} mails a round, {rounds} rounds)", flush=True)
    for subject in subjects:
        print(figures[subject.name].line(load, subject.name, figures[POSTFIX.name]), flush=True)


def main() -> None:
    """Print each load's figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--all", action="store_true", help="also workers, PostgreSQL and a bucket")
    options = parser.parse_args()
    loads = [
        Load("a connection for each mail", options.mails),
        Load("connections kept (-d)", options.mails, reuse=True),
    ]
    for load in loads:
        compare(load, [POSTFIX, ONE, TWO], options.rounds)
    if options.all:
        compare(Load("with company", options.mails // 4), [POSTFIX, ONE, *OTHERS], options.rounds)
    compare(Load("mails of 25 MB", 40, 25_000_000), [POSTFIX, ONE, TWO], 1)


if __name__ == "__main__":
    main()
