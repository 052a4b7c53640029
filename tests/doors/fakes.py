"""Fakes for the doors' tests: an intake in memory, an address book, a clock that stands still."""

import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime

from mailhub.doors.addresses import UnitAddressBook
from mailhub.doors.smtp import SmtpDoor, SmtpDoorSettings
from mailhub.errors import TryLaterError
from mailhub.intake import Accepted
from storage.bodies import chunks_of
from storage.errors import StorageUnavailableError

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
UNITS = {"vanthu@tinh.example": 1, "UBND@Tinh.Example": 2, "vanthu@hà-nội.example": 3}
RETURN_PATHS = {"notice-7-a1b2c3@tinh.example": 7}


class FakeIntake:
    """Keeps mails in memory, with the real rule that a known door key is a repetition.

    `failure` is raised instead of storing; while `gate` is clear, nothing is decided. Unlike the real one it lets a mail be
    cancelled while it waits: a door must not do that.
    """

    def __init__(self):
        self.mails = []
        self.failure = None
        self.gate = threading.Event()
        self.gate.set()
        self.waiting = threading.Semaphore(0)

    def submit(self, mail):
        if isinstance(self.failure, TryLaterError):
            raise self.failure
        future = Future()
        threading.Thread(target=self._decide, args=(mail, future), daemon=True).start()
        self.waiting.release()
        return future

    def accept(self, mail):
        return self.submit(mail).result()

    def _decide(self, mail, future):
        self.gate.wait()
        if not future.set_running_or_notify_cancel():
            return
        if self.failure is not None:
            future.set_exception(self.failure)
            return
        known = [stored.door_key for stored in self.mails]
        if mail.door_key in known:
            future.set_result(Accepted(capture_id=known.index(mail.door_key) + 1, repeated=True))
            return
        # Read here: what was spilled belongs to the intake, which closes it.
        self.mails.append(replace(mail, raw=b"".join(chunks_of(mail.raw))))
        future.set_result(Accepted(capture_id=len(self.mails), repeated=False))


class FakeRefusals:
    """Keeps refusals in memory."""

    def __init__(self):
        self.noted = []

    def note(self, refused):
        self.noted.append(refused)


class FakeLogins:
    """Knows one login, and counts who asks."""

    def __init__(self, failure=None):
        self.asked = []
        self.failure = failure

    def check(self, name, password):
        self.asked.append(name)
        if self.failure is not None:
            raise self.failure
        return "so-tai-chinh" if (name.lower(), password) == ("so-tai-chinh", "đúng rồi") else None


LEAKY = StorageUnavailableError("db at 10.0.0.7 down: password=hunter2")


def address_book():
    return UnitAddressBook(UNITS, return_path=lambda address: RETURN_PATHS.get(address.lower()), role_unit=1)


def open_door(intake, *, book=None, means=None, **settings):
    settings = SmtpDoorSettings(hostname="hub.tinh.example", **settings)
    door = SmtpDoor(settings, book or address_book(), intake, lambda: NOON, means)
    door.start()
    return door


def wait_until(condition, seconds=20.0, what=lambda: "it did not happen in time"):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.005)
