"""Clients of the SMTP door, and what tests look at while they talk to it."""

import asyncio
import socket
import struct

from tests.doors.fakes import wait_until

HANG_UP_HARD = struct.pack("ii", 1, 0)


class Client:
    """A client that counts replies, one line each."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.lines = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lines.close()
        self.socket.close()

    def say(self, *lines):
        self.socket.sendall(b"".join(line.encode() + b"\r\n" for line in lines))

    def hear(self, count=1):
        return [self.lines.readline().decode().rstrip("\r\n") for _ in range(count)]

    def open_transaction(self):
        self.say("HELO c", "MAIL FROM:<a@so.example>", "RCPT TO:<vanthu@tinh.example>", "DATA")
        assert [line[:3] for line in self.hear(5)] == ["220", "250", "250", "250", "354"]

    def send(self, *body):
        self.open_transaction()
        self.say(*body, ".")

    def vanish(self):
        """A reset, as from a host that crashed."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HANG_UP_HARD)
        self.__exit__()


def reserved(door):
    return door._doorway.room.budget.used


def sessions(door):
    return len(door._count.sessions)


def received(door):
    """Octets of the messages that are being taken now, as far as they have come."""
    taken = [(session._taking, session._reader) for session in list(door._count.sessions)]
    return sum(taking.octets + len(reader._buffer) for taking, reader in taken if taking is not None)


class StoppedTime:
    """Within the block the time of a door's event loop stands still until a test lets it pass, however busy the machine."""

    def __init__(self, door):
        self._loop = door._loop
        self._now = self._loop.time()

    def __enter__(self):
        self._loop.time = lambda: self._now
        return self

    def __exit__(self, *_):
        del self._loop.time

    def pass_(self, seconds):
        """Let so much time pass, and the door do what is due then."""
        asyncio.run_coroutine_threadsafe(self._pass(seconds), self._loop).result(20)

    async def _pass(self, seconds):
        self._now += seconds
        # What is due runs in the next turn of the loop, and what that asks for in the one after it.
        for _ in range(3):
            await asyncio.sleep(0)


def last(refusals):
    """The last refusal, which is noted after its reply."""
    wait_until(lambda: refusals.noted)
    return refusals.noted[-1]


def greet(client):
    client.say("HELO c")
    assert [line[:3] for line in client.hear(2)] == ["220", "250"]


def ask(client, line):
    client.say(line)
    return client.hear()[0]
