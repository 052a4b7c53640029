"""The smarthost relay: what became of a mail, whatever the server does."""

import asyncio
import smtplib
import ssl
import threading
import time
from datetime import timedelta

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mailhub.relays import OutcomeKind
from mailhub.relays.smtp import SmtpRelay, SmtpRelaySettings, StartTls
from tests.doors.fakes import NOON
from tests.relays.server import DROP, SILENCE, ScriptedServer
from tests.servers.waiting import until

DATA = b"Subject: x\r\n\r\n.dot\r\n"


RELAYS = []


@pytest.fixture(autouse=True)
def closed_relays():
    yield
    while RELAYS:
        RELAYS.pop().close()


def relay_to(port, **settings):
    values = {"host": "127.0.0.1", "hello": "hub.tinh.example", "starttls": StartTls.NEVER, "seconds": 20.0}
    RELAYS.append(SmtpRelay(SmtpRelaySettings(port=port, **{**values, **settings})))
    return RELAYS[-1]


def send(relay, data=DATA, recipient="vanthu@so.example", mail_from="notice-1@tinh.example"):
    return relay.send(mail_from, recipient, data)


def test_a_mail_is_handed_over_unchanged_with_its_envelope():
    with ScriptedServer() as server:
        relay = relay_to(server.port)
        outcome = send(relay)
        relay.close()
    assert (outcome.kind, outcome.reply) == (OutcomeKind.SENT, "250 2.0.0 queued as 4711")
    assert server.mails == [b"Subject: x\r\n\r\n..dot\r\n"]
    assert server.commands == [
        "ehlo hub.tinh.example",
        "MAIL FROM:<notice-1@tinh.example> SIZE=20",
        "RCPT TO:<vanthu@so.example>",
        "DATA",
        "quit",
    ]


def test_the_null_reverse_path_goes_out_as_such():
    with ScriptedServer() as server:
        relay = relay_to(server.port)
        assert send(relay, mail_from="").kind == OutcomeKind.SENT
        relay.close()
    assert "MAIL FROM:<> SIZE=20" in server.commands


def test_the_connection_is_kept_for_the_next_mail():
    with ScriptedServer() as server:
        relay = relay_to(server.port)
        assert [send(relay).kind for _ in range(3)] == [OutcomeKind.SENT] * 3
        relay.close()
    assert (server.connections, len(server.mails)) == (1, 3)


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "."])
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("450 4.2.1 greylisted", OutcomeKind.TEMPORARY),
        ("550 5.1.1 no such user", OutcomeKind.PERMANENT),
        ("530 5.7.0 log in first", OutcomeKind.TEMPORARY),
        ("421 4.3.2 leaving", OutcomeKind.TEMPORARY),
    ],
)
def test_a_refusal_at_any_step_is_what_its_code_says_and_the_next_mail_goes(step, reply, kind):
    with ScriptedServer({step: reply}, {}) as server:
        relay = relay_to(server.port)
        outcome = send(relay)
        assert (outcome.kind, outcome.reply) == (kind, reply)
        relay.close()
        assert send(relay).kind == OutcomeKind.SENT


def test_after_a_refused_recipient_the_same_connection_takes_the_next_mail():
    with ScriptedServer({"RCPT": "550 no"}) as server:
        relay = relay_to(server.port)
        assert [send(relay).kind for _ in range(3)] == [OutcomeKind.PERMANENT] * 3
        relay.close()
    assert server.connections == 1


@pytest.mark.parametrize("step", ["connect", "EHLO", "MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_message_is_temporary(step):
    with ScriptedServer({step: DROP, "HELO": DROP}, {}) as server:
        relay = relay_to(server.port)
        assert send(relay).kind == OutcomeKind.TEMPORARY
        assert send(relay).kind == OutcomeKind.SENT
        relay.close()


def test_a_connection_lost_in_the_middle_of_the_message_is_temporary():
    with ScriptedServer({"half": 100, "EHLO": "250 mx.example"}) as server:
        relay = relay_to(server.port)
        assert send(relay, b"Subject: x\r\n\r\n" + b"x\r\n" * 5_000_000).kind == OutcomeKind.TEMPORARY
        assert server.mails == []


@pytest.mark.parametrize("end", [DROP, SILENCE])
def test_no_answer_after_the_final_dot_is_uncertain(end, monkeypatch):
    with ScriptedServer({".": end}, {}) as server:
        relay, sending = relay_to(server.port), smtplib.SMTP.send

        def then_wait_no_longer(client, octets):
            sending(client, octets)
            if end is SILENCE and octets[-5:] == b"\r\n.\r\n":
                relay._deadline = time.monotonic() + 0.3

        monkeypatch.setattr(smtplib.SMTP, "send", then_wait_no_longer)
        outcome = send(relay)
        assert outcome.kind == OutcomeKind.UNCERTAIN
        until(lambda: len(server.mails) == 1, "the mail to be read")
        assert "after the final dot" in outcome.reply


@pytest.mark.parametrize("step", ["connect", "MAIL", "DATA"])
def test_a_server_that_says_nothing_costs_no_more_than_the_attempt_may(step):
    with ScriptedServer({step: SILENCE}) as server:
        assert send(relay_to(server.port, seconds=0.3)).kind == OutcomeKind.TEMPORARY


@pytest.mark.parametrize("end", [{"MAIL": DROP}, {"MAIL": "421 idle for too long"}])
def test_a_kept_connection_that_has_gone_is_replaced_without_a_failed_attempt(end):
    with ScriptedServer({}, {}) as server:
        relay = relay_to(server.port)
        assert send(relay).kind == OutcomeKind.SENT
        server.now.update(end)
        assert send(relay).kind == OutcomeKind.SENT
    assert (server.connections, len(server.mails)) == (2, 2)


def test_nobody_listening_is_temporary():
    with ScriptedServer() as server:
        port = server.port
    assert send(relay_to(port)).kind == OutcomeKind.TEMPORARY


@pytest.mark.parametrize("data", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\n\r\n"])
def test_a_mail_that_others_could_split_in_two_is_not_sent(data):
    with ScriptedServer() as server:
        assert send(relay_to(server.port), data).kind == OutcomeKind.PERMANENT
    assert server.connections == 0


@pytest.mark.parametrize("address", ["a@so.example>\r\nDATA", "a\r\nRSET@so.example", "a>@so.example", "a\x00@so.example"])
def test_an_address_that_could_end_the_command_is_not_sent(address):
    with ScriptedServer() as server:
        assert send(relay_to(server.port), recipient=address).kind == OutcomeKind.PERMANENT
        assert send(relay_to(server.port), mail_from=address).kind == OutcomeKind.PERMANENT
    assert server.connections == 0


def test_what_the_server_announced_that_it_cannot_take_is_not_sent():
    with ScriptedServer({"EHLO": "250-mx\r\n250 SIZE 1000"}) as server:
        relay = relay_to(server.port)
        too_long, eight_bit, utf8 = (
            send(relay, b"x" * 998 + b"\r\n" + b"y\r\n"),
            send(relay, "đ\r\n".encode()),
            send(relay, recipient="lê@so.example"),
        )
        relay.close()
    assert {too_long.kind, eight_bit.kind, utf8.kind} == {OutcomeKind.PERMANENT}
    assert ("1000" in too_long.reply, "8BITMIME" in eight_bit.reply, "SMTPUTF8" in utf8.reply) == (True, True, True)
    assert server.mails == []


def test_a_report_is_asked_for_that_names_our_recipient_and_sends_no_papers_back():
    with ScriptedServer({"EHLO": "250-mx\r\n250 DSN"}) as server:
        relay = relay_to(server.port)
        assert send(relay, recipient="van+thu=1@so.example").kind == OutcomeKind.SENT
        relay.close()
    mail, recipient = (next(line for line in server.commands if line.startswith(verb)) for verb in ("MAIL", "RCPT"))
    assert mail.endswith(" RET=HDRS")
    assert recipient.endswith(" NOTIFY=FAILURE,DELAY ORCPT=rfc822;van+2Bthu+3D1@so.example")


def test_utf8_addresses_go_out_where_they_are_taken_and_domains_as_a_labels():
    with ScriptedServer({"EHLO": "250-mx\r\n250 SMTPUTF8"}) as server:
        relay = relay_to(server.port)
        assert send(relay, recipient="lê@sở.example").kind == OutcomeKind.SENT
        assert send(relay, recipient="le@sở.example").kind == OutcomeKind.SENT
        relay.close()
    recipients = [command for command in server.commands if command.startswith("RCPT")]
    assert recipients == ["RCPT TO:<lê@xn--s-lym.example>", "RCPT TO:<le@xn--s-lym.example>"]
    assert [command.endswith(" SMTPUTF8") for command in server.commands if command.startswith("MAIL")] == [True, False]


# --- encryption and login --------------------------------------------------------------------------------------------


class MailServer:
    """Stock aiosmtpd with STARTTLS and one account."""

    def __init__(self, folder):
        self.certificate = folder / "certificate.pem"
        self.mails = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_certificate(self.certificate, folder / "key.pem"), folder / "key.pem")
        self._context = context
        self._opened = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        self._opened.wait(20)

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((session.ssl is not None, session.authenticated, envelope.content))
        return "250 OK"

    def _authenticate(self, server, session, envelope, mechanism, login):
        return AuthResult(success=tuple(login) == (b"hub", b"secret"), handled=False)

    async def _run(self):
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._session, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._loop, self._end = loop, asyncio.Event()
        self._opened.set()
        await self._end.wait()
        server.close()

    def _session(self):
        return SMTP(self, hostname="mx", tls_context=self._context, authenticator=self._authenticate, loop=self._loop)

    def close(self):
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()


def _certificate(path, key_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key(), serial_number=1)
        .not_valid_before(NOON - timedelta(days=365))
        .not_valid_after(NOON + timedelta(days=36500))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    key_path.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    path.write_bytes(certificate.public_bytes(pem))
    return path


@pytest.fixture
def mail_server(tmp_path):
    server = MailServer(tmp_path)
    yield server
    server.close()


@pytest.mark.parametrize("starttls", [StartTls.REQUIRED, StartTls.IF_OFFERED])
def test_the_way_is_encrypted_and_the_login_made(mail_server, starttls):
    login = {"user": "hub", "password": "secret", "ca_file": mail_server.certificate}
    relay = relay_to(mail_server.port, host="localhost", starttls=starttls, **login)
    assert send(relay).kind == OutcomeKind.SENT
    relay.close()
    assert mail_server.mails == [(True, True, DATA)]


def test_a_wrong_password_is_our_fault_and_does_not_show(mail_server):
    login = {"user": "hub", "password": "wrong-secret", "ca_file": mail_server.certificate}
    outcome = send(relay_to(mail_server.port, host="localhost", starttls=StartTls.REQUIRED, **login))
    assert (outcome.kind, outcome.reply[:3]) == (OutcomeKind.TEMPORARY, "535")
    assert "wrong-secret" not in outcome.reply
    assert "wrong-secret" not in repr(SmtpRelaySettings(host="h", port=25, hello="x", password="wrong-secret"))


def test_a_certificate_that_nobody_vouches_for_gets_no_mail(mail_server):
    outcome = send(relay_to(mail_server.port, host="localhost", starttls=StartTls.REQUIRED))
    assert (outcome.kind, mail_server.mails) == (OutcomeKind.TEMPORARY, [])
    assert "certificate" in outcome.reply.lower()


def test_required_encryption_that_is_not_offered_sends_nothing():
    with ScriptedServer() as server:
        outcome = send(relay_to(server.port, starttls=StartTls.REQUIRED))
        assert (outcome.kind, server.mails) == (OutcomeKind.TEMPORARY, [])
        assert send(relay_to(server.port, starttls=StartTls.IF_OFFERED)).kind == OutcomeKind.SENT
