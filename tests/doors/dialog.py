r"""Runs SMTP dialogs kept in files.

# a comment
SET name value      a setting of the door (numbers, networks, TLS no); before anything else
TLS-PORT            begin anew at the port that begins with TLS; STARTTLS shakes hands there
C: text             send a line and CRLF; \r \n \t \\ and \xNN are escapes, other text goes out as UTF-8
C*9: text           send it nine times, {n} being 1 to 9
C- text             send it without CRLF
S: 250 2.1.0        read one reply, whose last line must begin so
S*9: 250            read nine such replies
S+ 250-SIZE         the reply just read has a line that begins so
S! AUTH             no line of the reply just read holds this
STARTTLS            shake hands
HALF-CLOSE, CLOSE   no more from us; hang up
CLOSED              the door hangs up
STORED 1            the door has stored so many mails by now
MAIL name text      the last stored mail has this mail_from, content (escapes apply), units, helo, peer or auth
REFUSED text        the last refusal that was noted: reason, peer, sender and recipients, as far as given
"""

import re
import socket
import ssl
from pathlib import Path

from mailhub.doors.networks import Networks
from tests.doors.fakes import wait_until

STEP = re.compile(r"(?P<verb>[A-Z]+(?:-[A-Z]+)?)(?:\*(?P<times>\d+))?(?P<sign>[:+!-])?(?: (?P<text>.*))?")


def settings_of(path: Path) -> dict[str, object]:
    words = [line.split() for line in path.read_text().splitlines() if line.startswith("SET ")]
    return {
        name: Networks.of(value.split(",")) if "networks" in name else int(value) for _, name, value in words if name != "TLS"
    }


def has_tls(path: Path) -> bool:
    return "SET TLS no" not in path.read_text()


def octets(text: str) -> bytes:
    def escaped(match):
        word = match.group(0)[1:]
        return {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"\\": b"\\"}.get(word) or bytes([int(word[1:], 16)])

    return re.sub(rb"\\(?:x[0-9a-fA-F]{2}|.)", escaped, text.encode())


class Dialog:
    """One client at one door."""

    def __init__(self, door, intake, refusals):
        self.door = door
        self.intake = intake
        self.refusals = refusals
        self.reply = []
        self.connect(door.port)

    def connect(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.replies = self.socket.makefile("rb")

    def close(self):
        self.replies.close()
        self.socket.close()

    def run(self, path: Path) -> None:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line.strip() and not line.startswith(("#", "SET ")):
                match = STEP.fullmatch(line)
                assert match, f"{path.name}:{number}: no step: {line!r}"
                self.step(f"{path.name}:{number}: {line}", match)

    def step(self, where, match):
        verb, sign, text = match["verb"], match["sign"], match["text"] or ""
        times = int(match["times"] or 1)
        if verb == "C":
            self.send(text, times, b"" if sign == "-" else b"\r\n")
        elif verb == "S" and sign == ":":
            self.expect(where, text, times)
        elif verb == "S" and sign == "+":
            assert any(line.startswith(text) for line in self.reply), f"{where}: got {self.reply}"
        elif verb == "S":
            assert not any(text in line for line in self.reply), f"{where}: got {self.reply}"
        else:
            getattr(self, "do_" + verb.lower().replace("-", "_"))(where, text)

    def send(self, text, times, end):
        self.socket.sendall(b"".join(octets(text.replace("{n}", str(n))) + end for n in range(1, times + 1)))

    def expect(self, where, text, times):
        for _ in range(times):
            self.reply = self.read_reply()
            assert self.reply[-1].startswith(text), f"{where}: got {self.reply}"

    def read_reply(self):
        lines = []
        while not lines or lines[-1][3:4] == "-":
            line = self.replies.readline()
            assert line.endswith(b"\r\n"), f"half a reply: {line!r} after {lines}"
            lines.append(line[:-2].decode())
        return lines

    def do_starttls(self, where, text):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.replies.close()
        self.socket = context.wrap_socket(self.socket)
        self.replies = self.socket.makefile("rb")

    def do_tls_port(self, where, text):
        self.close()
        self.connect(self.door.implicit_tls_port)

    def do_refused(self, where, text):
        expected, found = text.split(), []

        def told():
            # A refusal is noted after its reply: an earlier one may still be the last.
            if self.refusals.noted:
                last = self.refusals.noted[-1]
                found[:] = [last.reason.value, last.peer, last.sender, *last.recipients]
            return found[: len(expected)] == expected

        wait_until(told, what=lambda: f"{where}: got {found}")

    def do_half_close(self, where, text):
        self.socket.shutdown(socket.SHUT_WR)

    def do_close(self, where, text):
        self.close()

    def do_closed(self, where, text):
        assert self.replies.read() == b"", where

    def do_stored(self, where, text):
        wait_until(lambda: len(self.intake.mails) >= int(text))
        assert len(self.intake.mails) == int(text), where

    def do_mail(self, where, text):
        name, _, expected = text.partition(" ")
        mail = self.intake.mails[-1]
        if name == "content":
            assert mail.raw == octets(expected), f"{where}: got {mail.raw!r}"
        elif name == "units":
            found = [str(recipient.unit_id or f"dispatch-{recipient.dispatch_id}") for recipient in mail.recipients]
            assert found == expected.split(), f"{where}: got {found}"
        else:
            assert getattr(mail, name) == expected, f"{where}: got {getattr(mail, name)!r}"
