"""Any octets as a client's side of an SMTP session, against the door's protocol in this process: no socket, no thread."""

import asyncio
import random
import re
from concurrent.futures import Future

import atheris

from tests.fuzz.harness import ROOT, run

with atheris.instrument_imports(include=["mailhub.doors"]):
    from mailhub.doors.attendance import Attendance
    from mailhub.doors.budget import InFlightBudget
    from mailhub.doors.doorway import Doorway
    from mailhub.doors.smtp_body import Room
    from mailhub.doors.smtp_protocol import SmtpSession
    from mailhub.doors.smtp_settings import SmtpDoorSettings

from mailhub.intake import Accepted, IncomingMail
from storage.bodies import chunks_of, size_of
from tests.doors.dialog import octets
from tests.doors.fakes import NOON, FakeRefusals, address_book

SETTINGS = SmtpDoorSettings(hostname="hub.tinh.example", message_octets=5_000, command_seconds=5, session_seconds=20)
REPLY = re.compile(rb"(?:[2-5][0-9]{2}-[^\r\n]*\r\n)*[2-5][0-9]{2}(?: [^\r\n]*)?\r\n")
BEGINNING = b"EHLO c\r\nMAIL FROM:<a@so.example>\r\nRCPT TO:<vanthu@tinh.example>\r\nDATA\r\n"
CHUNKS = (1, 3, 40, 100_000)


class Wire(asyncio.Transport):
    """A connection that keeps what is written, and tells its protocol when it has ended."""

    protocol: asyncio.Protocol

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.7", 4321), "sockname": ("192.0.2.1", 25)})
        self.written = bytearray()
        self._closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self._closing:
            self.written += data

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            LOOP.call_soon(self.protocol.connection_lost, None)

    def abort(self) -> None:
        self.close()

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        pass


class Taken:
    """Takes every mail at once."""

    def __init__(self) -> None:
        self.mails: list[tuple[IncomingMail, bytes]] = []

    def submit(self, mail: IncomingMail) -> "Future[Accepted]":
        assert size_of(mail.raw) <= SETTINGS.message_octets
        self.mails.append((mail, b"".join(chunks_of(mail.raw))))
        done: Future[Accepted] = Future()
        done.set_result(Accepted(capture_id=len(self.mails), repeated=False))
        return done


LOOP = asyncio.new_event_loop()


def talk(data: bytes) -> None:
    """The session ends, every reply is one, nothing raises, and what was stored was asked for."""
    LOOP.run_until_complete(asyncio.wait_for(session(data), 8))


async def session(data: bytes) -> None:
    """One client: the first octet says how its words are cut, and whether it begins with a mail."""
    errors: list[object] = []
    LOOP.set_exception_handler(lambda _, context: errors.append(context))
    wire, taken, refusals, budget = Wire(), Taken(), FakeRefusals(), InFlightBudget(1 << 20)
    doorway = Doorway(
        settings=SETTINGS,
        book=address_book(),
        intake=taken,
        clock=lambda: NOON,
        attendance=Attendance(SETTINGS),
        room=Room(budget=budget),
        refusals=refusals,
    )
    protocol = SmtpSession(doorway, LOOP)
    wire.protocol = protocol
    protocol.connection_made(wire)
    choice = data[0] if data else 0
    words = (BEGINNING if choice & 0x80 else b"") + data[1:]
    step = CHUNKS[choice % len(CHUNKS)]
    for at in range(0, len(words), step):
        if wire.is_closing():
            break
        protocol.data_received(words[at : at + step])
        await asyncio.sleep(0)
    if not wire.is_closing():
        protocol.eof_received()
    await settle(protocol)
    wire.close()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not errors, errors
    assert budget_is_whole(budget), "octets of the budget were not given back"
    check(bytes(wire.written), taken)


async def settle(protocol: SmtpSession) -> None:
    """Wait until the session has answered everything."""
    handler = protocol._handler_coroutine
    if handler is not None:
        await asyncio.wait([handler])
        if not handler.cancelled() and handler.exception() is not None:
            raise handler.exception()


def budget_is_whole(budget: InFlightBudget) -> bool:
    """Whether everything that was reserved was released."""
    whole = budget.reserve(1 << 20)
    if whole:
        budget.release(1 << 20)
    return whole


def check(written: bytes, taken: Taken) -> None:
    """Replies are whole and well formed; there are as many stored mails as replies that say so; no secret of ours is told."""
    replies = REPLY.findall(written)
    assert b"".join(match[0] for match in REPLY.finditer(written)) == written, written
    assert b"Traceback" not in written
    assert b"Error: (" not in written
    assert len(taken.mails) <= len(replies)
    for mail, _ in taken.mails:
        assert mail.recipients


def seeds() -> list[bytes]:
    """The dialogs of the door's tests, and some of chance."""
    found = []
    for path in sorted((ROOT / "tests" / "dialogs").glob("*.smtp")):
        lines = [line for line in path.read_text("utf-8").splitlines() if re.match(r"C(?:\*\d+)?[:-] ?", line)]
        said = b"".join(
            octets(re.sub(r"^C(?:\*\d+)?[:-] ?", "", line)) + (b"" if line.startswith("C-") else b"\r\n") for line in lines
        )
        found += [bytes([2]) + said, bytes([3]) + said]
    chance = random.Random(7)
    verbs = ["EHLO c", "HELO c", "MAIL FROM:<a@b.example> SIZE=10", "RCPT TO:<vanthu@tinh.example>", "DATA", ".", "RSET", "NOOP",
             "QUIT", "VRFY a", "HELP", "STARTTLS", "AUTH PLAIN AGEAYg==", "BDAT 5 LAST", "text", "..", ""]  # fmt: skip
    found += [b"\x03" + "\r\n".join(chance.choices(verbs, k=12)).encode() + b"\r\n" for _ in range(60)]
    return [*found, b"\x83body\r\n.\r\nQUIT\r\n"]


if __name__ == "__main__":
    run("smtp", talk, seeds(), longest=4000)
