"""Many `mailhub serve` processes from one that has imported the program: a crash test starts dozens of them.

Run as a program: each line on stdin is a JSON list of home and log file, answered by the process id of a fork that runs
`mailhub --home HOME serve` from its command line to its end. A home without a log file is served by this process itself until
the next line: what is loaded, compiled and remembered on a mail's way, its forks have from their beginning.
"""

import ctypes
import gc
import json
import os
import signal
import sys
import threading
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import mailhub
from mailhub.hub import open_hub
from mailhub.serving import Server, loops
from tests import compiled_statements  # noqa: F401  registers itself
from tests.servers.waiting import until

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
IDLE_SECONDS = 0.05
SPARE_READERS = 2
LATE = ("psycopg", "holidays.countries.vietnam", "twilio.rest")
"""Libraries that a hub imports only where they are used."""


def import_late() -> None:
    own = [found.name for found in walk_packages(mailhub.__path__, "mailhub.") if not found.name.endswith("__main__")]
    for name in (*LATE, *own):
        import_module(name)


def name_threads() -> None:
    """Tell the system the names of the threads that are started from now on: a killer chooses by them."""
    run = threading.Thread.run

    def run_named(thread: threading.Thread) -> None:
        ctypes.CDLL(None).prctl(PR_SET_NAME, thread.name.encode())
        run(thread)

    vars(threading)["Thread"].run = run_named


def main() -> None:
    name_threads()
    # What serving imports is imported here once; the fork runs the same code from the same first line.
    import_late()
    import mailhub.cli.logs
    import mailhub.cli.running  # noqa: F401

    # A mail's way through a hub of its own is mostly rest.
    loops.IDLE_SECONDS = IDLE_SECONDS

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for line in sys.stdin:
        home, log = json.loads(line)
        if log is None:
            warm(home)
            continue
        child = os.fork()
        if child == 0:
            serve(home, log)
        print(child, flush=True)


def warm(home: str) -> None:
    from tests.servers.forked_readers import fork_readers

    # Readers are told from other children by their ends.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    fork_readers(1)
    hub = open_hub(Path(home), {})
    server = Server(hub)
    server.start()
    print("warming", flush=True)
    sys.stdin.readline()
    server.stop()
    hub.close()
    # A fork from among threads may wait for a lock for ever.
    until(lambda: threading.active_count() == 1, "the threads to end")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    print("warm", flush=True)


def serve(home: str, log: str) -> None:
    from mailhub.cli.app import mailhub
    from tests.servers.forked_readers import fork_readers

    fork_readers(SPARE_READERS)
    # Ends with its parent, so that an aborted test leaves nothing behind.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for target, source in ((0, nothing), (1, said), (2, said)):
        os.dup2(source, target)
    os._exit(mailhub.run(["--home", home, "--lang", "en", "serve"], {}))


if __name__ == "__main__":
    main()
