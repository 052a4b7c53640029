"""Postfix, which nobody here wrote, hands mail to the hub and takes the hub's mail from it."""

import os
import re
import signal
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from mailhub.demo.cast import FINANCE, OFFICE
from mailhub.demo.correspondence import Correspondence, Mail
from mailhub.demo.dossier import Desk
from mailhub.demo.home import furnish, set_values
from mailhub.hub import open_hub
from storage.records import Actor
from tests.servers.postfix import Postfix, running_postfix
from tests.servers.processes import exists, signal_to
from tests.servers.serving import answers, told
from tests.servers.starter import Starter
from tests.servers.waiting import PATIENCE_SECONDS, free_port, until

pytestmark = pytest.mark.timeout(300)

CLERK = Actor(unit_id=None, name="test", via="test")


@dataclass
class Agencies:
    """The mail server of all agencies: keeps what it is sent, refuses recipients that it was told to refuse."""

    got: list[Envelope] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if address in self.refused:
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.got.append(envelope)
        return "250 2.0.0 OK"

    def to(self, recipient: str) -> list[Envelope]:
        return [envelope for envelope in self.got if recipient in envelope.rcpt_tos]


@dataclass(frozen=True)
class World:
    """Agencies, Postfix between, and the hub's home with its settings pointing at Postfix."""

    home: Path
    hub_port: int
    postfix: Postfix
    agencies: Agencies
    correspondence: Correspondence

    starter: Starter

    @contextmanager
    def serving(self) -> Iterator[Path]:
        """Serve the hub until the block ends; gives the log."""
        log = self.home.with_name("log")
        pid = self.starter.serve(self.home, log)
        try:
            until(lambda: answers(self.hub_port), "the hub to take mail")
            yield log
            os.kill(pid, signal.SIGTERM)
            until(lambda: not exists(pid), "the hub to stop", said=log.read_text)
        finally:
            signal_to(pid, signal.SIGKILL)

    def send(self, mail: Mail, recipient: str = OFFICE.address) -> None:
        with smtplib.SMTP("127.0.0.1", self.postfix.port, timeout=PATIENCE_SECONDS) as client:
            client.sendmail(mail.sender, [recipient], mail.raw)

    def receipts(self) -> list[Envelope]:
        return until(lambda: self.agencies.to(FINANCE.address), "a receipt", said=self.postfix.log)


@dataclass(frozen=True)
class Town:
    """What all tests share: Postfix, the agencies' mail server, and the port that the hub of each test takes."""

    postfix: Postfix
    agencies: Agencies
    hub_port: int


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    receiving, hub_port = Agencies(), free_port()
    server = Controller(receiving, hostname="127.0.0.1", port=free_port(), ready_timeout=PATIENCE_SECONDS)
    server.start()
    try:
        routes = {OFFICE.domain: hub_port, ".tayninh.example": server.port}
        with running_postfix(routes) as postfix:
            yield Town(postfix, receiving, hub_port)
    finally:
        server.stop()


@pytest.fixture
def world(tmp_path, agencies, town, starter) -> World:
    until(lambda: not town.postfix.waiting(), "the mail of the last test to be gone", said=town.postfix.log)
    town.agencies.got.clear()
    town.agencies.refused.clear()
    town.postfix.forget()
    make_home(tmp_path / "hub", agencies, town.hub_port, town.postfix.port)
    return World(
        home=tmp_path / "hub",
        hub_port=town.hub_port,
        postfix=town.postfix,
        agencies=town.agencies,
        correspondence=Correspondence(agencies),
        starter=starter,
    )


def make_home(home: Path, desk: Desk, hub_port: int, postfix_port: int) -> None:
    hub, _ = furnish(home, desk.pki, desk.seals)
    hub.close()
    values = {
        "smtp.port": str(hub_port),
        "outbox.relay": '"smtp"',
        "outbox.host": '"127.0.0.1"',
        "outbox.port": str(postfix_port),
        "outbox.starttls": '"never"',
    }
    set_values(home, values)


def raw_of(home: Path, submission_id: int) -> bytes:
    hub = open_hub(home, environ={})
    try:
        return hub.submissions.raw(CLERK, hub.directory.unit().id, submission_id)
    finally:
        hub.close()


def entries(world: World) -> list[object]:
    return [entry["number"] for entry in told(world.home, "register", "list")]


def test_a_letter_comes_through_postfix_and_its_receipt_goes_back_through_postfix(world):
    mail = world.correspondence.correct()
    with world.serving():
        world.send(mail)
        (envelope,) = world.receipts()
    assert entries(world) == [OFFICE.first_number]

    receipt = message_from_bytes(envelope.content, policy=policy.default)
    assert str(OFFICE.first_number) in receipt["Subject"]
    assert receipt["In-Reply-To"] == mail.message_id
    assert "(Postfix)" in receipt["Received"]
    # The return path is signed and of this dispatch alone; a person's address would get every bounce.
    assert envelope.mail_from.endswith(f"@{OFFICE.domain}")
    assert envelope.mail_from != OFFICE.address


def test_the_raw_bytes_are_kept_as_postfix_handed_them_over(world):
    mail = world.correspondence.correct()
    with world.serving():
        world.send(mail)
        world.receipts()
    raw = raw_of(world.home, 1)
    trace, _, body = raw.partition(b"From: ")
    assert trace.startswith(b"Received: from ")
    assert b"From: " + body == mail.raw


def test_an_unknown_address_is_refused_and_postfix_tells_the_sender(world):
    mail = world.correspondence.correct()
    with world.serving():
        world.send(mail, recipient=f"khongco@{OFFICE.domain}")
        (bounce,) = world.receipts()
    assert bounce.mail_from in {"", "<>"}
    assert b"550 5.1.1" in bounce.content
    assert entries(world) == []


def test_postfix_keeps_mail_while_the_hub_is_down(world):
    world.send(world.correspondence.correct())
    until(lambda: "status=deferred" in world.postfix.log(), "Postfix to keep the mail", said=world.postfix.log)
    with world.serving():
        world.receipts()
    assert entries(world) == [OFFICE.first_number]


def test_a_bounce_of_a_receipt_finds_its_way_back_to_the_hub(world):
    world.agencies.refused.add(FINANCE.address)
    with world.serving() as log:
        world.send(world.correspondence.correct())
        bounced = until(lambda: bounces(world.postfix.log()), "the bounce at the hub", said=world.postfix.log)
        until(lambda: len(told(world.home, "submission", "list")) == 2, "the bounce to be read", said=log.read_text)
    assert all(f"@{OFFICE.domain}" in line for line in bounced)
    (receipt,) = told(world.home, "outbox", "list")
    assert receipt["state"] == "failed", "a bounce is never answered, and says what became of the receipt"
    (noted,) = told(world.home, "outbox", "show", str(receipt["id"]))["came_back"]
    assert (noted["noted_as"], noted["tied_by"], noted["effect"]) == ("delivery-report", "return-path", "failed")
    assert noted["recipient"] == FINANCE.address
    (bounce,) = told(world.home, "submission", "show", str(noted["submission"]))["noted"]
    assert bounce["dispatch"] == receipt["id"]


def bounces(log: str) -> list[str]:
    """Deliveries of the null sender that the hub took."""
    null = re.findall(r"qmgr\[\d+\]: (\w+): from=<>", log)
    return [line for line in log.splitlines() if "status=sent (250" in line and any(f"{id_}: to=" in line for id_ in null)]


def test_a_mail_of_ten_megabytes_comes_through_whole(world):
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = FINANCE.address, OFFICE.address, "Hồ sơ lớn"
    # Postfix adds a date where there is none.
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=FINANCE.domain)
    message.set_content("Xem tệp gửi kèm.", cte="base64")
    message.add_attachment(b"\x00\x01" * (5 << 20), maintype="application", subtype="octet-stream", filename="lon.bin")
    mail = Mail(sender=FINANCE.address, message_id=message["Message-ID"], raw=message.as_bytes())
    with world.serving() as log:
        world.send(mail)
        until(lambda: told(world.home, "submission", "list"), "the mail to be read", said=log.read_text)
    assert raw_of(world.home, 1).endswith(mail.raw)
