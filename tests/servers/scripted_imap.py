"""An IMAP server that misbehaves as a test tells it to; whatever is not told goes as it should, for one mailbox."""

import base64
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.servers.waiting import PATIENCE_SECONDS

CAPABILITIES = "IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 IDLE MOVE UIDPLUS NAMESPACE LITERAL+"


class Hangup(Exception):  # noqa: N818  what a script does, no mistake
    """The script ends the connection."""


@dataclass
class ScriptedImap:
    """`mails` by UID; `answers` by command ("FETCH" for UID FETCH): a function of connection, tag and arguments.

    An answer gives the lines to be sent, or None where the server should behave after all.
    """

    mails: dict[int, bytes] = field(default_factory=dict)
    answers: dict[str, Callable[["Connection", str, str], str | bytes | None]] = field(default_factory=dict)
    greeting: str = "* OK ready"
    capabilities: str = CAPABILITIES
    tokens: set[str] = field(default_factory=lambda: {"fresh"})
    said: list[str] = field(default_factory=list)
    moved: dict[int, bytes] = field(default_factory=dict)
    connections: int = 0
    port: int = 0

    def commands(self) -> list[str]:
        """What clients said, without tags."""
        return [line.partition(" ")[2] for line in self.said]


class Connection:
    """One client."""

    def __init__(self, server: ScriptedImap, peer: socket.socket) -> None:
        self.server = server
        self.peer = peer
        self.file = peer.makefile("rb")

    def run(self) -> None:
        self.send(self.server.greeting)
        if self.server.greeting.startswith("* BYE"):
            return
        while True:
            text = self.line().decode("ascii", "replace").strip()
            self.server.said.append(text)
            tag, command, arguments = [*text.split(" ", 2), "", ""][:3]
            if command.upper() == "UID":
                command, _, arguments = arguments.partition(" ")
            answer = self.server.answers.get(command.upper(), lambda *_: None)(self, tag, arguments)
            if answer is None:
                answer = getattr(self, command.lower(), self.unknown)(tag, arguments)
            self.send(answer)

    def line(self) -> bytes:
        """What the client says next; one that says nothing more has hung up, wherever it was."""
        if not (line := self.file.readline()):
            raise Hangup
        return line

    def send(self, lines: str | bytes) -> None:
        octets = lines.encode() if isinstance(lines, str) else lines
        self.peer.sendall(octets if octets.endswith(b"\r\n") or not octets else octets + b"\r\n")

    # --- commands as they should go -----------------------------------------------------------------------------------

    def unknown(self, tag: str, _arguments: str) -> str:
        raise Hangup

    def capability(self, tag: str, _arguments: str) -> str:
        return f"* CAPABILITY {self.server.capabilities}\r\n{tag} OK done"

    def login(self, tag: str, _arguments: str) -> str:
        return f"{tag} OK in"

    def authenticate(self, tag: str, arguments: str) -> str:
        self.send("+ ")
        told = base64.b64decode(self.line()).decode()
        if not arguments.startswith("XOAUTH2"):
            return f"{tag} OK in"
        token = told.split("Bearer ")[1].rstrip("\1")
        if token in self.server.tokens:
            return f"{tag} OK in"
        self.send("+ " + base64.b64encode(b'{"status":"400","schemes":"Bearer"}').decode())
        assert self.line() == b"\r\n"
        return f"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"

    def namespace(self, tag: str, _arguments: str) -> str:
        return f'* NAMESPACE (("" "/")) NIL NIL\r\n{tag} OK done'

    def list(self, tag: str, _arguments: str) -> str:
        return f'* LIST () "/" "INBOX"\r\n* LIST () "/" "Taken"\r\n{tag} OK done'

    def select(self, tag: str, _arguments: str) -> str:
        lines = (
            f"* {len(self.server.mails)} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen)\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] yes\r\n"
        )
        return f"{lines}* OK [UIDVALIDITY 7] valid\r\n{tag} OK [READ-WRITE] done"

    examine = select

    def search(self, tag: str, _arguments: str) -> str:
        return f"* SEARCH {' '.join(map(str, self.server.mails))}\r\n{tag} OK done"

    def fetch(self, tag: str, arguments: str) -> bytes:
        uids, _, items = arguments.partition(" ")
        lines = b"".join(self.fetched(uid, items) for uid in self.chosen(uids))
        return lines + f"{tag} OK done".encode()

    def fetched(self, uid: int, items: str) -> bytes:
        raw = self.server.mails[uid]
        if "RFC822.SIZE" in items:
            return f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(raw)})\r\n".encode()
        name = "BODY[HEADER]<0>" if "HEADER" in items else "BODY[]"
        return f"* {uid} FETCH (UID {uid} {name} {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"

    def chosen(self, uids: str) -> Iterator[int]:
        for part in uids.split(","):
            low, _, high = part.partition(":")
            yield from (uid for uid in range(int(low), int(high or low) + 1) if uid in self.server.mails)

    def move(self, tag: str, arguments: str) -> str:
        for uid in list(self.chosen(arguments.partition(" ")[0])):
            self.server.moved[uid] = self.server.mails.pop(uid)
        return f"{tag} OK moved"

    def store(self, tag: str, _arguments: str) -> str:
        return f"{tag} OK stored"

    def idle(self, tag: str, _arguments: str) -> str:
        self.send("+ idling")
        assert re.match(rb"DONE\r\n", self.line())
        return f"{tag} OK done"

    def logout(self, tag: str, _arguments: str) -> str:
        self.send(f"* BYE\r\n{tag} OK bye")
        raise Hangup

    def noop(self, tag: str, _arguments: str) -> str:
        return f"{tag} OK done"

    create = subscribe = noop


@contextmanager
def running_scripted_imap(server: ScriptedImap) -> Iterator[ScriptedImap]:
    """Serve while the block runs, each client on a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    server.port = listener.getsockname()[1]
    threads: list[threading.Thread] = []

    def listen() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            server.connections += 1
            peer.settimeout(PATIENCE_SECONDS)
            threads.append(threading.Thread(target=_serve, args=(server, peer), daemon=True))
            threads[-1].start()

    accepting = threading.Thread(target=listen, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in (accepting, *threads):
            thread.join(20)


def _serve(server: ScriptedImap, peer: socket.socket) -> None:
    with peer:
        connection = Connection(server, peer)
        try:
            connection.run()
        except (Hangup, OSError):
            return
        finally:
            connection.file.close()
