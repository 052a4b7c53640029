"""DATA in bulk against stock aiosmtpd, which reads line by line: the same replies and the same content.

Whatever the chunks in which the octets come, these are all the differences there may be, each with a test of its own elsewhere:

- a line may have 64 kB; stock answers 500 to one over 1,001 octets;
- texts and enhanced status codes of replies;
- a message whose client is gone after the final dot is stored; stock drops it.

No difference, but worth knowing: bare LF, bare CR and NUL end nothing and are stored as they came, here and in stock. What is
stored is never relayed, so nobody can smuggle a second message through us; reading makes a finding of them.
"""

import asyncio
import random
import socket
import threading
from contextlib import suppress
from itertools import pairwise

import pytest
from aiosmtpd.smtp import SMTP
from hypothesis import given
from hypothesis import strategies as st

from mailhub.doors import smtp_body, smtp_data
from mailhub.doors.budget import InFlightBudget, Reservation
from mailhub.doors.smtp_body import BodyTaking, Room
from mailhub.doors.smtp_data import Content
from storage.bodies import chunks_of
from tests.doors.fakes import FakeIntake, open_door

LIMIT = 600
PIECES = [
    b"\r\n",
    b".",
    b"..",
    b"\n",
    b"\r",
    b"\x00",
    b"\xc4\x91",
    b"text",
    b"x" * 90,
    b"\r\n.\r\n",
    b"\r\n.",
    b".\r\n",
    b"QUIT\r\n",
    b"RSET\r\n",
]
BODIES = st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=40).map(b"".join)


class StockDoor:
    """Stock aiosmtpd on a loop of its own, keeping what it was given."""

    def __init__(self):
        self.contents = []
        self._opened = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        self._opened.wait(20)

    async def handle_DATA(self, server, session, envelope):
        self.contents.append(envelope.content)
        return "250 OK"

    async def _run(self):
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(self, data_size_limit=LIMIT, enable_SMTPUTF8=True, hostname="stock", loop=loop), "127.0.0.1", 0
        )
        self.port = server.sockets[0].getsockname()[1]
        self._end = asyncio.Event()
        self._loop = loop
        self._opened.set()
        await self._end.wait()
        server.close()

    def close(self):
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()


@pytest.fixture(scope="module")
def stock():
    stock = StockDoor()
    yield stock
    stock.close()


@pytest.fixture(scope="module")
def ours():
    intake = FakeIntake()
    door = open_door(intake, message_octets=LIMIT)
    yield door, intake
    door.stop(5)


def converse(port, body, seed):
    """Send a mail with this body in chunks; gives the codes of all replies up to the end.

    After a QUIT inside the body the server closes; whether what it leaves unread makes that a reset is a matter of moments.
    """
    chunks = random.Random(seed)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client, client.makefile("rb") as replies:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(b"HELO c\r\nMAIL FROM:<a@so.example>\r\nRCPT TO:<vanthu@tinh.example>\r\nDATA\r\n")
        assert [replies.readline()[:3] for _ in range(5)] == [b"220", b"250", b"250", b"250", b"354"]
        rest = body + b"\r\n.\r\nQUIT\r\n"
        with suppress(ConnectionError):
            while rest:
                size = chunks.choice([1, 2, 3, 5, 100, 10_000])
                client.sendall(rest[:size])
                rest = rest[size:]
        codes = []
        with suppress(ConnectionError):
            codes.extend(line[:3] for line in replies)
        return codes


@given(body=BODIES, seed=st.integers(0, 1000))
def test_replies_and_content_are_those_of_stock_aiosmtpd(stock, ours, body, seed):
    door, intake = ours
    stock.contents.clear()
    intake.mails.clear()
    expected = converse(stock.port, body, seed)
    assert converse(door.port, body, seed) == expected
    assert [mail.raw for mail in intake.mails] == stock.contents


def reference(wire):
    """RFC 5321 4.5.2, as literally as can be: the content, what follows, and the content as it was stuffed."""
    lines = wire.split(b"\r\n")
    content = []
    for number, line in enumerate(lines):
        if line == b".":
            stuffed = b"\r\n".join(lines[:number]) + b"\r\n" if number else b""
            return b"".join(content), b"\r\n".join(lines[number + 1 :]), stuffed
        content.append(line.removeprefix(b".") + b"\r\n")
    raise AssertionError("no final dot")


def whole(wire):
    """What the pieces must come to: the message un-stuffed as one buffer, and whether a line is too long."""
    content = wire[:-3].replace(b"\r\n.", b"\r\n")[2:]
    return content, any(len(line) > smtp_data.LINE_LIMIT for line in content.split(b"\r\n"))


@given(body=BODIES, cuts=st.lists(st.integers(0, 500), max_size=12))
def test_content_is_the_same_however_the_wire_is_cut(body, cuts):
    wire = b"\r\n" + reference(body + b"\r\n.\r\n")[2] + b".\r\n"
    places = sorted({min(cut, len(wire) - 5) for cut in cuts} | {0, len(wire)})
    content = Content()
    *pieces, last = [wire[start:end] for start, end in pairwise(places)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smtp_data, "LINE_LIMIT", 7)
        taken = b"".join([*map(content.take, pieces), content.end(last)])
        assert (taken, content.line_too_long) == whole(wire)


def taking(limit, reservation=None):
    budget = InFlightBudget(1 << 30)
    return BodyTaking(Room(budget=budget), limit, reservation or Reservation(budget))


@given(body=BODIES, cuts=st.lists(st.integers(0, 500), max_size=12), limit=st.integers(5, 80), spill=st.integers(0, 60))
def test_reading_in_steps_finds_the_same_end_however_the_octets_arrive(body, cuts, limit, spill):
    wire = body + b"\r\n.\r\nNOOP\r\n"
    content, rest, _ = reference(wire)

    async def read():
        reader = asyncio.StreamReader(limit=limit)
        reading = asyncio.ensure_future(taking(10_000).read(reader))
        places = sorted({min(cut, len(wire)) for cut in cuts} | {0, len(wire)})
        for start, end in pairwise(places):
            reader.feed_data(wire[start:end])
            await asyncio.sleep(0)
        reader.feed_eof()
        return b"".join(chunks_of(await reading)), await reader.read()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smtp_body, "SPILL_OCTETS", spill)
        assert asyncio.run(read()) == (content, rest)


@pytest.mark.parametrize(("octets", "kept"), [(998, True), (999, False), (50_000, False)])
def test_a_body_over_the_limit_is_counted_and_not_kept(octets, kept):
    async def read():
        reader = asyncio.StreamReader(limit=100)
        reader.feed_data(b"x" * octets + b"\r\n.\r\nNOOP\r\n")
        reader.feed_eof()
        body = taking(1000)
        return await body.read(reader), body.refusal, await reader.read()

    body, refusal, rest = asyncio.run(read())
    assert (body is not None, rest) == (kept, b"NOOP\r\n")
    assert refusal == (None if kept else f"552 5.3.4 Message of {octets + 2} octets exceeds the limit of 1000 octets")
