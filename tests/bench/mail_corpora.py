"""Every mail of the third-party corpora through the whole way in: reader child under its limits, reception, decision.

Printed: the worst in time (aim at most 5 s) and in resident memory of the reader (aim at most 1 GB), what readers failed at
(aim nothing), how far the reading agrees with that of another parser, and how long reading takes as a ratio to
fast-mail-parser alone, which reads less: it keeps no spans, opens no container, and fails on damaged mails.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from parsers.errors import ParseError
from parsers.files.containers import open_files
from parsers.mail.message import parse_message
from parsers.mail.second_reading import disagreement, second_reading
from tests.conftest import CORPORA
from tests.corpus_mails import CorpusMail, Passage, corpus_hub, corpus_mails
from tests.parsers.mail.agreement import ASPECTS, agreement
from tests.parsers.mails import attachment, mixed, text

SECONDS = 5.0
OCTETS = 10**9
WORST = 5
LARGE = 25_000_000
ROUNDS = 5


def main() -> None:
    """Print the figures; end with an error where a mail went beyond an aim."""
    if not CORPORA.is_dir():
        sys.exit(f"third-party test data not found: expected a folder {CORPORA}")
    mails = list(corpus_mails(CORPORA))
    passages = take_in(mails)
    show_agreement(CORPORA)
    show_speed(mails)
    show_large_mail()
    beyond = [passage for passage in passages if passage.failure or passage.seconds > SECONDS or passage.memory > OCTETS]
    if beyond:
        sys.exit(f"{len(beyond)} mails beyond the aims: {', '.join(passage.name for passage in beyond)}")


def take_in(mails: list[CorpusMail]) -> list[Passage]:
    """Send every mail through a hub of its own and print the worst."""
    with tempfile.TemporaryDirectory() as folder, corpus_hub(Path(folder) / "hub") as hub:
        hub.take(mails[0])
        passages = [hub.take(mail) for mail in mails]
    total = sum(passage.seconds for passage in passages)
    median = statistics.median(passage.seconds for passage in passages)
    print(f"{len(passages)} mails taken in and decided in {total:.1f} s, median {median * 1000:.0f} ms")
    for passage in sorted(passages, key=lambda passage: passage.seconds, reverse=True)[:WORST]:
        print(f"  slowest: {passage.name}: {passage.seconds:.2f} s (aim {SECONDS:.0f})")
    for passage in sorted(passages, key=lambda passage: passage.memory, reverse=True)[:WORST]:
        print(f"  largest: {passage.name}: reader's peak {passage.memory / 10**6:.0f} MB (aim {OCTETS / 10**6:.0f})")
    failures = [passage for passage in passages if passage.failure]
    print(f"  readers failed at {len(failures)} mails (aim 0)")
    for passage in failures:
        print(f"    {passage.name}: {passage.failure}")
    return passages


def show_agreement(corpora: Path) -> None:
    """Print how far the reading agrees with that of another parser; the differences stand beside the tests."""
    for aspect in ASPECTS:
        print(agreement(corpora, aspect).line())


def show_speed(mails: list[CorpusMail]) -> None:
    """Print our reading as a ratio to the floor, over the mails that the floor can read."""
    readable = [mail.raw for mail in mails if is_readable(mail.raw)]
    floor = seconds(lambda: [second_reading(raw) for raw in readable])
    message = seconds(lambda: [parse_message(raw) for raw in readable])
    whole = seconds(lambda: [read_wholly(raw) for raw in readable])
    print(
        f"{len(readable)} mails of {len(mails)} that fast-mail-parser reads, it alone {floor * 1000:.0f} ms; "
        f"message and names {message * 1000:.0f} ms, ratio {message / floor:.1f}; "
        f"with files, containers and the second reader {whole * 1000:.0f} ms, ratio {whole / floor:.1f}"
    )


def show_large_mail() -> None:
    """Print the same for one mail of 25 MB, where bytes cost more than fields."""
    content = random.Random(1).randbytes(LARGE // 4 * 3)
    raw = mixed(text("Kính gửi"), attachment(content, "a.bin", "application/octet-stream"))
    floor, whole = seconds(lambda: second_reading(raw)), seconds(lambda: read_wholly(raw))
    times = f"fast-mail-parser alone {floor * 1000:.0f} ms, we {whole * 1000:.0f} ms, ratio {whole / floor:.1f}"
    print(f"a mail of {len(raw) / 10**6:.0f} MB: {times}")


def read_wholly(raw: bytes) -> None:
    """Everything that reading does before documents are looked at."""
    message = parse_message(raw)
    open_files(raw, message)
    disagreement(raw, message)


def is_readable(raw: bytes) -> bool:
    """Whether fast-mail-parser reads the mail."""
    try:
        second_reading(raw)
    except ParseError:
        return False
    return True


def seconds(act: Callable[[], object]) -> float:
    """The best CPU time of an act: other work on the machine does not count."""

    def once() -> float:
        started = time.process_time()
        act()
        return time.process_time() - started

    return min(once() for _ in range(ROUNDS))


if __name__ == "__main__":
    main()
