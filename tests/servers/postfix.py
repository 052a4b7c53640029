"""A private Postfix: own configuration, own queue, one loopback port, and a next hop for each domain."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.memory import memory_folder
from tests.servers.waiting import PATIENCE_SECONDS, free_port, until

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log/maillog
maillog_file_prefixes = {folder}/log
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.tayninh.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
transport_maps = texthash:{folder}/etc/transport
default_transport = {default_transport}
disable_dns_lookups = yes
in_flow_delay = 0
smtp_host_lookup = native
smtp_tls_security_level = none
message_size_limit = 60000000
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
"""

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

QUEUES = ("deferred", "maildrop", "incoming", "active", "deferred")
"""Where mails wait; one that is put off goes from active to deferred and back."""


class Postfix:
    """A running instance; `port` takes mail, `pid` is its first process, `log()` is what it said."""

    def __init__(self, folder: Path, port: int, pid: int) -> None:
        self.port = port
        self.pid = pid
        self._log = folder / "log" / "maillog"
        self._queue = folder / "queue"
        self._forgotten = 0

    def log(self) -> str:
        """What this instance has logged since it was last told to forget."""
        return self._log.read_bytes()[self._forgotten :].decode(errors="replace") if self._log.exists() else ""

    def waiting(self) -> set[str]:
        """Mails that it still has: those it has said yes to lie in its queue, whether or not its log tells of them yet."""
        # In the order in which a mail goes through them, so that none escapes from one that is still to be looked at.
        return {file.name for part in QUEUES for file in (self._queue / part).rglob("*") if file.is_file()}

    def forget(self) -> None:
        """Begin the log anew, as for the next test."""
        self._forgotten = self._log.stat().st_size if self._log.exists() else 0


@contextmanager
def running_postfix(
    routes: Mapping[str, int], *, default_transport: str = "error:5.4.4 no route in this test"
) -> Iterator[Postfix]:
    """Run Postfix; `routes` names the loopback port that takes a domain's mail, `.tayninh.example` for all below it."""
    if os.geteuid() != 0:
        pytest.fail("Postfix can only be started by root; run the tests as root, or leave tests/integration out")
    if shutil.which("postfix", path=_path()) is None:
        pytest.fail("Postfix is not installed; make test installs it, or: apt-get install postfix")
    folder = Path(tempfile.mkdtemp(prefix="mailhub-postfix-", dir=memory_folder()))
    process = None
    try:
        port = free_port()
        _configure(folder, port, routes, default_transport)
        process = subprocess.Popen(
            # It ends with the tests, also when they are killed.
            ["setpriv", "--pdeathsig=TERM", "postfix", "-c", str(folder / "etc"), "start-fg"],
            env={"PATH": _path()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        server = Postfix(folder, port, process.pid)
        until(lambda: _answers(port), f"Postfix to answer on port {port}", said=server.log)
        yield server
    finally:
        if process is not None:
            subprocess.run(
                ["postfix", "-c", str(folder / "etc"), "stop"], env={"PATH": _path()}, capture_output=True, check=False
            )
            process.wait(timeout=PATIENCE_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _configure(folder: Path, port: int, routes: Mapping[str, int], default_transport: str) -> None:
    # Postfix's own user must reach its queue, so the folder lies outside pytest's, which only root may enter.
    folder.chmod(0o755)
    for name in ("etc", "queue", "data", "log"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    (folder / "etc" / "main.cf").write_text(MAIN.format(folder=folder, default_transport=default_transport))
    lines = [f"{domain} smtp:[127.0.0.1]:{next_hop}\n" for domain, next_hop in routes.items()]
    (folder / "etc" / "transport").write_text("".join(lines))
    (folder / "etc" / "master.cf").write_text(MASTER.format(port=port))


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            return connection.recv(3) == b"220"
    except OSError:
        return False


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
