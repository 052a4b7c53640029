"""Logins at the SMTP door: checked beside everything else, wrong ones slowly."""

import asyncio
import base64
import socket
import ssl
import threading
import time

from aiosmtpd.smtp import LoginPassword

from mailhub.doors.networks import Networks
from mailhub.doors.smtp_auth import AT_ONCE, LoginDesk, WrongLogins
from mailhub.doors.smtp_settings import SmtpDoorSettings
from storage.errors import StorageUnavailableError
from tests.doors.clients import Client, ask, sessions
from tests.doors.fakes import FakeLogins, wait_until


class TlsClient(Client):
    """A client at the port that begins with TLS."""

    def __init__(self, port):
        plain = socket.create_connection(("127.0.0.1", port), timeout=20)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.socket = context.wrap_socket(plain)
        self.lines = self.socket.makefile("rb")
        self.say("HELO c")
        self.hear(2)

    def log_in(self, password):
        return ask(self, "AUTH PLAIN " + base64.b64encode(b"\0so-tai-chinh\0" + password.encode()).decode())


def test_a_login_that_is_being_checked_holds_nobody_up(opened, tls_context):
    checking, go_on = threading.Event(), threading.Event()

    class Slow(FakeLogins):
        def check(self, name, password):
            checking.set()
            go_on.wait(20)
            return super().check(name, password)

    door = opened(means={"tls": tls_context, "logins": Slow()}, implicit_tls_port=0)
    with TlsClient(door.implicit_tls_port) as one, Client(door.port) as two:
        one.say("AUTH PLAIN " + base64.b64encode("\0so-tai-chinh\0đúng rồi".encode()).decode())
        assert checking.wait(20)
        two.send("mail")
        assert two.hear()[0].startswith("250")
        go_on.set()
        assert one.hear()[0].startswith("235")


def test_wrong_logins_are_answered_late_and_counted_also_of_clients_that_do_not_wait(opened, tls_context):
    logins = FakeLogins()
    door = opened(
        means={"tls": tls_context, "logins": logins},
        implicit_tls_port=0,
        login_delay_seconds=0.15,
        login_failures=2,
        exempt_networks=Networks(),
    )
    with TlsClient(door.implicit_tls_port) as client:
        begun = time.monotonic()
        assert client.log_in("sai").startswith("535")
        assert time.monotonic() - begun >= 0.15
        client.say("AUTH PLAIN " + base64.b64encode(b"\0so-tai-chinh\0sai").decode())
        wait_until(lambda: len(logins.asked) == 2)
        time.sleep(0.02)
    with TlsClient(door.implicit_tls_port) as client:
        assert client.log_in("đúng rồi").startswith("454 4.7.0 Too many wrong logins")
    assert len(logins.asked) == 2


def test_clients_that_do_not_wait_for_the_check_are_counted_too(opened, tls_context):
    checking, go_on = threading.Event(), threading.Event()

    class Slow(FakeLogins):
        def check(self, name, password):
            checking.set()
            go_on.wait(20)
            return super().check(name, password)

    means = {"tls": tls_context, "logins": Slow()}
    door = opened(means=means, implicit_tls_port=0, login_failures=1, exempt_networks=Networks())
    with TlsClient(door.implicit_tls_port) as client:
        client.say("AUTH PLAIN " + base64.b64encode(b"\0so-tai-chinh\0sai").decode())
        assert checking.wait(20)
    wait_until(lambda: sessions(door) == 0)
    go_on.set()
    with TlsClient(door.implicit_tls_port) as client:
        assert client.log_in("đúng rồi").startswith("454 4.7.0 Too many wrong logins")


def test_clients_that_leave_do_not_let_more_hashes_be_computed_at_once():
    go_on, running = threading.Event(), []

    class Slow(FakeLogins):
        def check(self, name, password):
            running.append(name)
            go_on.wait(20)
            return super().check(name, password)

    async def come_and_go():
        desk = LoginDesk(Slow(), SmtpDoorSettings(hostname="hub.example"))
        given = LoginPassword(b"so-tai-chinh", "đúng rồi".encode())
        gone = [asyncio.create_task(desk.log_in(given, "10.0.0.1")) for _ in range(AT_ONCE + 1)]
        await asyncio.to_thread(wait_until, lambda: len(running) == AT_ONCE)
        for task in gone:
            task.cancel()
        await asyncio.wait(gone)
        patient = asyncio.create_task(desk.log_in(given, "10.0.0.2"))
        await asyncio.sleep(0.1)
        assert len(running) == AT_ONCE
        go_on.set()
        return await patient

    assert asyncio.run(come_and_go())[0] == "so-tai-chinh"
    assert len(running) == AT_ONCE + 1


def test_logins_that_cannot_be_checked_are_no_wrong_logins(opened, tls_context):
    logins = FakeLogins(failure=StorageUnavailableError("10.0.0.7 is down"))
    door = opened(means={"tls": tls_context, "logins": logins}, implicit_tls_port=0, login_failures=1)
    with TlsClient(door.implicit_tls_port) as client:
        assert client.log_in("đúng rồi") == "454 4.7.0 Logins cannot be checked now, try again later"
        logins.failure = None
        assert client.log_in("đúng rồi").startswith("235")


def test_wrong_logins_are_forgotten_after_their_window(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    wrong = WrongLogins(60)
    assert [wrong.add("a"), wrong.add("a"), wrong.add("b"), wrong.count("a"), wrong.count("c")] == [1, 2, 1, 2, 0]
    now[0] += 60
    assert (wrong.count("a"), wrong.add("a")) == (0, 1)


def test_wrong_logins_of_very_many_networks_take_no_more_memory(monkeypatch):
    monkeypatch.setattr("mailhub.doors.smtp_auth.MOST_NETWORKS", 3)
    wrong = WrongLogins(60)
    for network in "abcde":
        wrong.add(network)
    assert [wrong.count(network) for network in "abcde"] == [0, 0, 1, 1, 1]
