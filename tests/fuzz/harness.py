"""What the harnesses share: seeds from the corpora, a bounded run, and a named place for inputs that break something.

An input that raises, hangs for `HANG_SECONDS` or takes too much memory ends the run; libFuzzer writes it to
`.fuzz/NAME/found/`. What was learnt stays in `.fuzz/NAME/learnt/` and is where the next run goes on.
"""

import hashlib
import logging
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60
HANG_SECONDS = 10
MEMORY_MB = 2048
LARGEST_SEED = 30_000

HINT = """
{name}: {count} input(s) that break it lie in {folder}
  Run one again:   {python} -m tests.fuzz.{name} {folder}/FILE
  Make it a test:  shorten it by hand, keep it as tests/parsers/mail/cases/WHAT-IT-SHOWS.eml (any bytes will do; a dialog goes to
                   tests/dialogs), and the tests there read it from then on.
"""


def run(name: str, target: Callable[[bytes], None], seeds: Iterable[bytes], *, longest: int = LARGEST_SEED) -> None:
    """Fuzz a target for so many seconds as the command line says, or give it the files that stand there."""
    arguments = sys.argv[1:]
    if arguments and not arguments[0].isdigit():
        for argument in arguments:
            target(Path(argument).read_bytes())
        return
    folder = ROOT / ".fuzz" / name
    found, learnt, given = (folder / part for part in ("found", "learnt", "seeds"))
    for place in (found, learnt, given):
        place.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        if len(seed) <= longest:
            (given / hashlib.sha256(seed).hexdigest()[:20]).write_bytes(seed)
    # What readers and doors log about an input is no evidence here.
    logging.disable(logging.CRITICAL)
    options = [
        f"-max_total_time={arguments[0] if arguments else SECONDS}",
        f"-artifact_prefix={found}/",
        f"-timeout={HANG_SECONDS}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-max_len={longest}",
        "-print_final_stats=1",
    ]
    pid = os.fork()
    if pid == 0:
        # libFuzzer ends its process, whatever comes of it.
        atheris.Setup([name, *options, str(learnt), str(given)], target)
        atheris.Fuzz()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    broken = sorted(found.iterdir())
    if broken:
        print(HINT.format(name=name, count=len(broken), folder=found.relative_to(ROOT), python=sys.executable), file=sys.stderr)
    sys.exit(1 if broken else status)


def corpus(*patterns: str) -> Iterable[bytes]:
    """Files of the third-party corpora that stand beside the checkout; none where they are not there."""
    folder = ROOT.parent / "shared" / "corpora"
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            yield path.read_bytes()
