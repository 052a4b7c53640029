"""Clients of the SMTP door that leave in any state, or never say who they are: nothing stays behind."""

import logging
import socket
import time
from contextlib import suppress
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.doors.networks import LOOPBACK
from mailhub.doors.smtp_protocol import SmtpSession
from mailhub.refusals import RefusedBecause
from tests.doors.clients import Client, last, reserved, sessions
from tests.doors.fakes import FakeIntake, open_door, wait_until

STATES = {
    "greeted": (),
    "half a command": ("HEL",),
    "helo": ("HELO c\r\n",),
    "mail": ("HELO c\r\n", "MAIL FROM:<a@so.example> SIZE=5000\r\n"),
    "rcpt": ("HELO c\r\n", "MAIL FROM:<a@so.example> SIZE=5000\r\n", "RCPT TO:<vanthu@tinh.example>\r\n"),
    "data": ("HELO c\r\nMAIL FROM:<a@so.example>\r\nRCPT TO:<vanthu@tinh.example>\r\nDATA\r\n",),
    "half a mail": ("HELO c\r\nMAIL FROM:<a@so.example>\r\nRCPT TO:<vanthu@tinh.example>\r\nDATA\r\none\r\ntw",),
    "half a large mail": (
        "HELO c\r\nMAIL FROM:<a@so.example>\r\nRCPT TO:<vanthu@tinh.example>\r\nDATA\r\n",
        ("x" * 998 + "\r\n") * 2000,
    ),
    "before the last line end": ("HELO c\r\nMAIL FROM:<a@so.example>\r\nRCPT TO:<vanthu@tinh.example>\r\nDATA\r\none\r\n.",),
    "starttls": ("EHLO c\r\n", "STARTTLS\r\n"),
    "half a handshake": ("EHLO c\r\n", "STARTTLS\r\n", "\x16\x03\x01\x00\xa5\x01"),
}
LEAVING = {
    "reset": Client.vanish,
    "shutdown": lambda client: client.socket.shutdown(socket.SHUT_RDWR),
    "half-close": lambda client: client.socket.shutdown(socket.SHUT_WR),
}


@pytest.mark.parametrize(("state", "way"), list(product(STATES, LEAVING)))
def test_a_client_may_leave_in_any_state(opened, intake, tls_context, caplog, state, way):
    door = opened(means={"tls": tls_context})
    with Client(door.port) as client:
        client.hear()
        for octets in STATES[state]:
            client.socket.sendall(octets.encode("latin-1"))
            time.sleep(0.01)
        LEAVING[way](client)
        wait_until(lambda: sessions(door) == 0)
    wait_until(lambda: reserved(door) == 0)
    with Client(door.port) as other:
        other.send("still here")
        assert other.hear()[0].startswith("250")
    assert [mail.raw for mail in intake.mails] == [b"still here\r\n"]
    assert [record for record in caplog.records if record.name == "asyncio" or record.exc_info] == []


def test_a_mail_that_never_ended_is_noted(opened, refusals):
    with Client(opened().port) as client:
        client.open_transaction()
        client.say("half a mail")
        client.vanish()
    noted = last(refusals)
    assert (noted.reason, noted.sender, noted.reply) == (RefusedBecause.INTERRUPTED, "a@so.example", "")


@pytest.mark.parametrize("way", LEAVING)
@pytest.mark.parametrize("said", [b"", b"\x16\x03\x01\x00\xa5\x01"])
def test_a_client_may_leave_before_tls_has_begun(opened, tls_context, caplog, way, said):
    door = opened(means={"tls": tls_context}, implicit_tls_port=0)
    with Client(door.implicit_tls_port) as client:
        client.socket.sendall(said)
        wait_until(lambda: sessions(door) == 1)
        LEAVING[way](client)
        wait_until(lambda: sessions(door) == 0)
    assert [record for record in caplog.records if record.name == "asyncio" or record.exc_info] == []


def test_a_client_that_never_begins_tls_is_sent_away(opened, tls_context):
    door = opened(means={"tls": tls_context}, implicit_tls_port=0, command_seconds=0.2)
    with Client(door.implicit_tls_port) as client:
        assert client.hear() == [""]
    wait_until(lambda: sessions(door) == 0)


def test_a_proxy_that_never_says_who_is_there_is_sent_away(opened):
    door = opened(proxy_networks=LOOPBACK, command_seconds=0.2)
    with Client(door.port) as client:
        client.socket.sendall(b"PROXY TCP4 203.")
        assert client.hear(2) == ["421 4.4.2 Nothing came for too long, come again", ""]
    wait_until(lambda: sessions(door) == 0)


V2 = b"\r\n\r\n\x00\r\nQUIT\n"
HEADERS = [b"", b"PROXY ", b"PROXY TCP4 ", V2, V2 + b"\x21\x11\x00\x0c", V2 + b"\x21\x31\x00\xd8"]


@given(octets=st.binary(max_size=60), begin=st.sampled_from(HEADERS))
def test_no_header_of_a_proxy_makes_trouble(proxied, octets, begin):
    with socket.create_connection(("127.0.0.1", proxied.port), timeout=20) as client:
        client.sendall(begin + octets)
        client.shutdown(socket.SHUT_WR)
        try:
            while client.recv(4096):
                pass
        except ConnectionError:
            pass


@pytest.fixture(scope="module")
def proxied():
    door = open_door(FakeIntake(), proxy_networks=LOOPBACK)
    troubles = []
    asyncio_log = logging.getLogger("asyncio")
    handler = logging.Handler()
    handler.emit = troubles.append
    asyncio_log.addHandler(handler)
    yield door
    wait_until(lambda: sessions(door) == 0)
    door.stop(5)
    asyncio_log.removeHandler(handler)
    assert troubles == []


def test_a_client_that_reads_nothing_loses_its_place(opened, monkeypatch):
    monkeypatch.setattr("mailhub.doors.smtp_connection.LINGER_SECONDS", 0.1)
    begun = SmtpSession.connection_made

    def with_little_room(session, transport):
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        begun(session, transport)

    monkeypatch.setattr(SmtpSession, "connection_made", with_little_room)
    door = opened(command_seconds=0.3, idle_commands=1_000_000)
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        deaf.settimeout(0.5)
        deaf.connect(("127.0.0.1", door.port))
        with suppress(OSError):
            while True:
                deaf.sendall(b"HELP\r\n" * 1000)
        wait_until(lambda: sessions(door) == 0)
