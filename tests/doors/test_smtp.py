"""The SMTP door: what it promises about storing, failing, limits and stopping."""

import smtplib
import socket
import threading
from email.message import EmailMessage

import pytest

from mailhub.doors.networks import Networks
from mailhub.errors import RefusedError, TryLaterError
from tests.doors.clients import Client, StoppedTime
from tests.doors.fakes import LEAKY, NOON, FakeIntake, open_door, wait_until


@pytest.fixture
def intake():
    intake = FakeIntake()
    yield intake
    intake.gate.set()


@pytest.fixture
def door(intake):
    door = open_door(intake)
    yield door
    door.stop(5)


def test_smtplib_sends_a_mail_with_vietnamese_headers(door, intake):
    mail = EmailMessage()
    mail["Subject"] = "V/v họp giao ban"
    mail["From"] = "vanthu@so.example"
    mail.set_content("Kính gửi Ủy ban nhân dân tỉnh\n" * 1000)
    with smtplib.SMTP("127.0.0.1", door.port) as client:
        refused = client.send_message(mail, to_addrs=["vanthu@tinh.example", "nobody@tinh.example"])
    assert refused == {"nobody@tinh.example": (550, b"5.1.1 No such address here")}
    [stored] = intake.mails
    assert stored.raw == mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))
    assert (stored.door, stored.received_at, stored.auth, stored.tls) == ("smtp", NOON, "", "")


def test_every_transaction_has_a_door_key_of_its_own(door, intake):
    with smtplib.SMTP("127.0.0.1", door.port) as client:
        for _ in range(3):
            client.sendmail("a@so.example", "vanthu@tinh.example", b"the same\r\n")
    assert len({mail.door_key for mail in intake.mails}) == 3


def test_a_large_mail_is_stored_octet_by_octet(door, intake):
    body = b"".join(b"%d %s\r\n" % (n, b"x" * (n % 900)) for n in range(20_000))
    with smtplib.SMTP("127.0.0.1", door.port) as client:
        client.sendmail("a@so.example", "vanthu@tinh.example", body)
    assert intake.mails[0].raw == body


@pytest.mark.parametrize(("octets", "reply"), [(65_536, "250 2.6.0"), (65_537, "554 5.6.0")])
def test_lines_are_taken_up_to_64_kb(door, intake, octets, reply):
    with Client(door.port) as client:
        client.send("short", "x" * octets, "short")
        assert client.hear()[0].startswith(reply)


@pytest.mark.parametrize("failure", [LEAKY, TryLaterError("10.0.0.7 is stopping"), ZeroDivisionError("10.0.0.7")])
def test_a_failing_store_is_temporary_and_says_nothing_about_us(door, intake, failure):
    intake.failure = failure
    with Client(door.port) as client:
        client.send("one")
        assert client.hear() == ["451 4.3.0 Local error, your mail is not taken yet, try again later"]
        intake.failure = None
        client.say("MAIL FROM:<a@so.example>", "RCPT TO:<vanthu@tinh.example>", "DATA", "two", ".", "QUIT")
        assert [line[:9] for line in client.hear(5)][3] == "250 2.6.0"
    assert [mail.raw for mail in intake.mails] == [b"two\r\n"]


class BrokenBook:
    """An address book with a fault."""

    def resolve(self, address):
        raise LEAKY


def test_a_failing_address_book_is_temporary_and_says_nothing_about_us(intake):
    door = open_door(intake, book=BrokenBook())
    with Client(door.port) as client:
        client.say("HELO c", "MAIL FROM:<a@so.example>", "RCPT TO:<vanthu@tinh.example>", "NOOP")
        assert client.hear(5)[3:] == ["451 4.3.0 Local error, your mail is not taken yet, try again later", "250 2.0.0 OK"]
    door.stop(5)


def test_there_is_no_250_before_the_store_has_ended(door, intake):
    intake.gate.clear()
    with Client(door.port) as client:
        client.send("one")
        assert intake.waiting.acquire(timeout=20)
        client.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.socket.recv(1)
        intake.gate.set()
        client.socket.settimeout(20)
        assert client.socket.recv(100).startswith(b"250 2.6.0")


def test_a_stuck_store_is_answered_in_time_and_may_still_succeed(intake):
    door = open_door(intake, store_seconds=0.1)
    intake.gate.clear()
    with Client(door.port) as client:
        client.send("one")
        assert client.hear() == ["451 4.3.0 Storing takes too long, try again later"]
    intake.gate.set()
    wait_until(lambda: len(intake.mails) == 1)
    door.stop(5)


@pytest.mark.parametrize("leave", [Client.vanish, lambda client: client.socket.shutdown(socket.SHUT_RDWR)])
def test_a_client_that_vanishes_after_the_final_dot_does_not_undo_the_store(door, intake, leave):
    intake.gate.clear()
    with Client(door.port) as client:
        client.send("one")
        assert intake.waiting.acquire(timeout=20)
        leave(client)
        with Client(door.port) as other:
            # An answer proves that the door has lived through the first client's end.
            assert other.hear()[0].startswith("220")
    intake.gate.set()
    wait_until(lambda: [mail.raw for mail in intake.mails] == [b"one\r\n"])


def test_the_name_of_the_host_is_never_looked_up(monkeypatch, door):
    monkeypatch.setattr(socket, "getfqdn", lambda *_: pytest.fail("asked the DNS"))
    with Client(door.port) as client:
        assert client.hear() == ["220 hub.tinh.example ESMTP mailhub"]


# --- limits ----------------------------------------------------------------------------------------------------------


def test_connections_of_one_peer_are_limited_and_given_back(intake):
    door = open_door(intake, connections_per_network=2, exempt_networks=Networks())
    with Client(door.port) as one, Client(door.port) as two:
        assert one.hear()[0][:3] == two.hear()[0][:3] == "220"
        with Client(door.port) as three:
            assert three.hear(2) == ["421 4.7.0 Too many connections from your network, try again later", ""]
        one.vanish()

        def admitted():
            with Client(door.port) as again:
                return again.hear()[0][:3] == "220"

        wait_until(admitted)
    door.stop(5)


def test_loopback_may_be_exempt_from_the_limit_per_peer(intake):
    door = open_door(intake, connections_per_network=1)
    with Client(door.port) as one, Client(door.port) as two:
        assert one.hear()[0][:3] == two.hear()[0][:3] == "220"
    door.stop(5)


@pytest.mark.parametrize(
    ("setting", "reply"), [("command_seconds", "421 4.4.2 Nothing"), ("session_seconds", "421 4.4.2 This session")]
)
def test_a_client_that_stays_too_long_is_told_so(intake, setting, reply):
    door = open_door(intake, **{setting: 0.2})
    with Client(door.port) as client:
        greeting, farewell, end = client.hear(3)
        assert (greeting[:3], farewell[: len(reply)], end) == ("220", reply, "")
    door.stop(5)


def test_the_end_of_a_session_waits_for_the_message_that_is_being_taken(intake):
    door = open_door(intake, session_seconds=0.3)
    intake.gate.clear()
    with StoppedTime(door) as time, Client(door.port) as client:
        client.send("one")
        assert intake.waiting.acquire(timeout=20)
        time.pass_(0.6)
        intake.gate.set()
        assert [line[:9] for line in client.hear(3)] == ["250 2.6.0", "421 4.4.2", ""]
    door.stop(5)


# --- start and stop --------------------------------------------------------------------------------------------------


def test_a_port_in_use_is_refused_with_a_sentence(door, intake):
    with pytest.raises(RefusedError, match=r"mailhub\.toml"):
        open_door(intake, port=door.port)


def test_stopping_sends_idle_clients_away_and_closes_the_port(intake):
    door = open_door(intake)
    with Client(door.port) as client:
        client.say("HELO c")
        client.hear(2)
        door.stop(20)
        assert client.hear(2) == ["421 4.3.2 The hub is stopping, try again later", ""]
    with pytest.raises(ConnectionRefusedError):
        Client(door.port)


def test_stopping_waits_for_a_message_that_is_being_taken(intake):
    door = open_door(intake)
    intake.gate.clear()
    with Client(door.port) as client:
        client.send("one")
        assert intake.waiting.acquire(timeout=20)
        stopping = threading.Thread(target=door.stop, args=(30,))
        stopping.start()
        stopping.join(0.2)
        assert stopping.is_alive()
        intake.gate.set()
        assert [line[:9] for line in client.hear(3)] == ["250 2.6.0", "421 4.3.2", ""]
        stopping.join()


def test_stopping_does_not_wait_for_ever(intake):
    door = open_door(intake)
    with Client(door.port) as client:
        client.open_transaction()
        door.stop(0.1)
        assert client.hear() == [""]


def test_a_door_that_never_opened_can_be_stopped(intake, door):
    other = open_door(intake)
    other.stop(1)
    other.stop(1)
