"""What the sessions of a door share, and what they need of the rest of the hub."""

import ssl
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

from mailhub.clock import Clock
from mailhub.doors.addresses import AddressBook
from mailhub.doors.answers import Answers
from mailhub.doors.attendance import Attendance
from mailhub.doors.door_keys import DoorKeys
from mailhub.doors.smtp_auth import LoginDesk
from mailhub.doors.smtp_body import Room
from mailhub.doors.smtp_settings import SmtpDoorSettings
from mailhub.intake import Accepted, IncomingMail
from mailhub.refusals import RefusalNoter


class MailTaker(Protocol):
    """The part of intake that a door needs."""

    def submit(self, mail: IncomingMail, /) -> "Future[Accepted]":
        """Queue a mail; the future resolves once it is durable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorway:
    """What every session of a door shares. Without `logins` AUTH is not offered."""

    settings: SmtpDoorSettings
    book: AddressBook
    intake: MailTaker
    clock: Clock
    attendance: Attendance
    room: Room
    refusals: RefusalNoter
    answers: Answers = field(default_factory=Answers)
    keys: DoorKeys = field(default_factory=DoorKeys)
    tls: ssl.SSLContext | None = None
    logins: LoginDesk | None = None
