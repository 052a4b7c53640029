"""An SMTP session in this process: the door's protocol over a connection that only remembers, without socket or thread."""

import asyncio
import re
from concurrent.futures import Future

from mailhub.doors.attendance import Attendance
from mailhub.doors.budget import InFlightBudget
from mailhub.doors.doorway import Doorway
from mailhub.doors.smtp_body import Room
from mailhub.doors.smtp_protocol import SmtpSession
from mailhub.doors.smtp_settings import SmtpDoorSettings
from mailhub.intake import Accepted, IncomingMail
from storage.bodies import chunks_of, size_of
from tests.doors.fakes import NOON, FakeRefusals, address_book

SETTINGS = SmtpDoorSettings(hostname="hub.tinh.example", message_octets=5_000, command_seconds=5, session_seconds=20)
REPLY = re.compile(rb"(?:[2-5][0-9]{2}-[^\r\n]*\r\n)*[2-5][0-9]{2}(?: [^\r\n]*)?\r\n")
BUDGET = 1 << 20


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
            asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)

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


async def talk(pieces: list[bytes]) -> tuple[bytes, list[tuple[IncomingMail, bytes]]]:
    """One client that sends these pieces and then ends: what the door said, and what it stored.

    Asserts what holds for any client: the session ends, nothing raises, and what was reserved is given back.
    """
    errors: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: errors.append(context))
    wire, taken, budget = Wire(), Taken(), InFlightBudget(BUDGET)
    doorway = Doorway(
        settings=SETTINGS,
        book=address_book(),
        intake=taken,
        clock=lambda: NOON,
        attendance=Attendance(SETTINGS),
        room=Room(budget=budget),
        refusals=FakeRefusals(),
    )
    protocol = SmtpSession(doorway, loop)
    wire.protocol = protocol
    protocol.connection_made(wire)
    for piece in pieces:
        if wire.is_closing():
            break
        protocol.data_received(piece)
        await asyncio.sleep(0)
    if not wire.is_closing():
        protocol.eof_received()
    await settle(protocol)
    wire.close()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not errors, errors
    assert budget.reserve(BUDGET), "octets of the budget were not given back"
    check(bytes(wire.written), taken)
    return bytes(wire.written), taken.mails


async def settle(protocol: SmtpSession) -> None:
    """Wait until the session has answered everything."""
    handler = protocol._handler_coroutine
    if handler is not None:
        await asyncio.wait([handler])
        if not handler.cancelled() and handler.exception() is not None:
            raise handler.exception()


def check(written: bytes, taken: Taken) -> None:
    """Replies are whole and well formed; there are as many stored mails as replies that say so; no secret of ours is told."""
    replies = REPLY.findall(written)
    assert b"".join(match[0] for match in REPLY.finditer(written)) == written, written
    assert b"Traceback" not in written
    assert b"Error: (" not in written
    assert len(taken.mails) <= len(replies)
    for mail, _ in taken.mails:
        assert mail.recipients
