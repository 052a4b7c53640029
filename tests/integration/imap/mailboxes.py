"""A hub's side of a real mailbox: registry and blobs on disk, real intake, and what the door said of refusals and faults."""

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from mailhub.doors.addresses import UnitAddressBook
from mailhub.doors.imap import Encryption, ImapAccount, ImapDoor
from mailhub.doors.imap.credentials import Credentials
from mailhub.doors.imap.hub_side import HubSide
from mailhub.intake import Intake
from mailhub.language import Language
from storage import captures, directory
from storage.blobs import SegmentStore
from storage.database import Database
from storage.records import Capture, UnitDraft
from storage.tables import captures as capture_rows
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.waiting import PATIENCE_SECONDS

ADDRESS = "vanthu@tinh.example"
NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
TAKEN, REJECTED = "Đã tiếp nhận", "Không tiếp nhận"


def mail(number: int, *, octets: int = 0, head: str = "") -> bytes:
    """A mail that no other one is equal to."""
    body = "x" * 70 + "\r\n"
    text = (
        f"Return-Path: <so{number}@stc.example>\r\n{head}From: so{number}@stc.example\r\nTo: {ADDRESS}\r\n"
        f"Message-ID: <{number}@stc.example>\r\nSubject: =?utf-8?q?C=C3=B4ng_v=C4=83n?= {number}\r\n\r\nthư {number}\r\n"
    )
    return text.encode() + body.encode() * (octets // 72)


@dataclass
class Told:
    """Keeps what a door says."""

    refused: list = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    successes: int = 0

    def note(self, refused) -> None:
        self.refused.append(refused)

    def opened(self, door: str, account: str = "") -> None:
        pass

    def succeeded(self, door: str, account: str = "") -> None:
        self.successes += 1

    def failed(self, door: str, account: str, error_text: str) -> None:
        self.faults.append(error_text)


@dataclass
class HubMailbox:
    """One hub and one account of it."""

    database: Database
    blobs: SegmentStore
    intake: object
    side: HubSide
    account: ImapAccount
    told: Told
    stopping: threading.Event = field(default_factory=threading.Event)

    def door(self, *, owner: str = "imap@one", stopping: threading.Event | None = None, **changes: object) -> ImapDoor:
        return ImapDoor(replace(self.account, **changes), replace(self.side, owner=owner), stopping or self.stopping)

    def poll(self, **changes: object) -> None:
        """One whole visit: look until there is nothing to do, then hang up."""
        door = self.door(**changes)
        assert door._lease.hold()
        try:
            rounds = 0
            while door.look():
                rounds += 1
                assert rounds < 50, "the door finds no end"
        finally:
            door.close()

    def captures(self) -> list[Capture]:
        with self.database.reading() as tx:
            ids = tx.connection.execute(sa.select(capture_rows.c.id).order_by(capture_rows.c.id)).scalars().all()
            return [captures.get(tx, id_) for id_ in ids]

    def stored(self) -> list[bytes]:
        """The octets of every capture."""
        return [self.blobs.get(capture.draft.blob) for capture in self.captures()]


def open_hub_mailbox(url: str, folder: Path, server: Dovecot, user: str, **changes: object) -> HubMailbox:
    """A hub whose unit has ADDRESS, and the account of a user there."""
    database = Database.open(url, lock_file=None)
    with database.transaction() as tx:
        units = directory.units(tx)
        unit = units[0] if units else directory.add_unit(tx, UNIT)
    told = Told()
    blobs = SegmentStore(folder / "blobs")
    intake = Intake(blobs, database)
    book = UnitAddressBook({ADDRESS: unit.id})
    side = HubSide(
        database=database,
        intake=intake,
        book=book,
        refusals=told,
        health=told,
        clock=lambda: NOON,
        owner="imap@one",
        language=Language.EN,
    )
    account = ImapAccount(
        name="vanthu",
        host="127.0.0.1",
        port=server.port,
        encryption=Encryption.NONE,
        user=user,
        credentials=Credentials(value=PASSWORD),
        recipient=ADDRESS,
        poll_seconds=5.0,
        seconds=PATIENCE_SECONDS,
    )
    return HubMailbox(database, blobs, intake, side, replace(account, **changes), told)


UNIT = UnitDraft(
    code="VPUB",
    name="Văn phòng UBND tỉnh",
    time_zone="Asia/Ho_Chi_Minh",
    register="UBND",
    addresses=(ADDRESS,),
)
