"""Serving: doors, workers and the dispatcher in one process; drains when told to stop, starts clean after a crash."""

import logging
import signal
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from mailhub.doors.addresses import UnitAddressBook
from mailhub.doors.folder import FolderDoor
from mailhub.doors.smtp import SmtpDoor, SmtpDoorSettings
from mailhub.hub import Hub
from mailhub.intake import Intake
from mailhub.notices import return_path
from mailhub.presence import Presence, bury_dead
from mailhub.readiness import mute
from mailhub.worker import Worker
from storage import captures, directory, outbox
from storage.records import Actor

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.2
"""How long a loop rests when it found nothing to do."""

HOUSEKEEPING_SECONDS = 2.0
"""How often the doors learn new addresses and the audit's head is kept."""

AFTER_ERROR_SECONDS = 1.0

PRESENCE_FOLDER = "serving"
"""Where in the home those that serve it say that they live."""


@dataclass(frozen=True, slots=True)
class Loop:
    """One piece of work over and over, on a thread of its own. The only place that catches broadly."""

    name: str
    work: Callable[[], bool]
    rest: float
    stopping: threading.Event

    def run(self) -> None:
        """Work until told to stop; what fails is logged and tried again after a rest."""
        while not self.stopping.is_set():
            try:
                busy = self.work()
            except Exception:
                log.exception("loop failed", extra={"loop": self.name})
                self.stopping.wait(AFTER_ERROR_SECONDS)
                continue
            if not busy:
                self.stopping.wait(self.rest)


@dataclass
class Server:
    """Everything that runs while a hub is served."""

    hub: Hub
    stopping: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)
    calendar_watched: date | None = None

    def start(self) -> None:
        """Open the doors and start the loops; raises OSError when a port is taken."""
        self.presence = Presence.begin(self.hub.home / PRESENCE_FOLDER)
        self._release_dead()
        self.hub.sealing.shred()
        self.intake = Intake(self.hub.blobs, self.hub.database)
        self.book = address_book(self.hub)
        self.smtp = smtp_door(self.hub, self.book, self.intake)
        self.smtp.start()
        for number in range(self.hub.settings.worker.threads):
            worker = new_worker(self.hub, self.presence.owner(f"worker-{number}"))
            self._run(Loop(f"worker-{number}", worker.run_once, IDLE_SECONDS, self.stopping))
        self.dispatcher = self.hub.dispatcher(self.presence.owner("dispatcher"))
        self._run(Loop("dispatcher", self.dispatcher.run_once, IDLE_SECONDS, self.stopping))
        self._start_texting()
        digesting = self.hub.digesting(self.presence.owner("digesting"))
        self._run(Loop("digesting", digesting.run_once, HOUSEKEEPING_SECONDS, self.stopping))
        self._run(Loop("counter", self._act_on_paper, HOUSEKEEPING_SECONDS, self.stopping))
        self._run(Loop("housekeeping", self._keep_house, HOUSEKEEPING_SECONDS, self.stopping))
        self._start_folder_door()
        if mute(self.hub):
            log.warning("every notice will fail: contact.name or contact.phone is empty")
        log.info("serving", extra={"port": self.smtp.port})

    def stop(self, drain_seconds: float = 30.0) -> None:
        """Let mails that are being taken, read or sent come to their end, then let go."""
        self.smtp.stop(drain_seconds)
        self.stopping.set()
        for thread in self.threads:
            thread.join(drain_seconds)
        self.intake.close()
        self.dispatcher.relay.close()
        self.hub.audit.keep_head()
        if not any(thread.is_alive() for thread in self.threads):
            self.presence.end()
        log.info("stopped")

    def _start_texting(self) -> None:
        gateway = self.hub.sms_gateway
        if gateway is not None:
            texting = self.hub.texting(self.presence.owner("texting"), gateway)
            self._run(Loop("texting", texting.run_once, IDLE_SECONDS, self.stopping))
            following = self.hub.following(self.presence.owner("following"), gateway)
            self._run(Loop("following", following.run_once, HOUSEKEEPING_SECONDS, self.stopping))

    def _start_folder_door(self) -> None:
        folder = self.hub.settings.folder
        if folder.path is not None:
            door = FolderDoor(folder.path, folder.recipient, self.book, self.intake, self.hub.clock)
            self._run(Loop("folder", door.run_once, IDLE_SECONDS * 5, self.stopping))

    def _run(self, loop: Loop) -> None:
        thread = threading.Thread(target=loop.run, name=loop.name, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _release_dead(self) -> None:
        def release(holder: str) -> None:
            with self.hub.database.transaction() as tx:
                freed = captures.release_dead(tx, holder) + outbox.release_dead(tx, holder)
            log.warning("claims of a dead process released", extra={"holder": holder, "claims": freed})

        bury_dead(self.presence.file.parent, release)

    def _act_on_paper(self) -> bool:
        actor = Actor(unit_id=None, name="mailhub", via=self.presence.owner("counter"))
        return self.hub.counter.act_on_due(actor)

    def _watch_calendar(self) -> None:
        """Say once a day that the days off of a year that matters now may still change."""
        now = self.hub.clock()
        if self.calendar_watched == now.date():
            return
        self.calendar_watched = now.date()
        zones = {unit.time_zone for unit in self.hub.directory.units()}
        years = {year for zone in zones for year in self.hub.working_days(zone).unsettled_years(now)}
        if years:
            log.warning("days off not confirmed", extra={"years": sorted(years)})

    def _keep_house(self) -> bool:
        self._release_dead()
        self.book.replace(unit_addresses(self.hub))
        self.hub.audit.keep_head()
        self.hub.sealing.shred()
        self._watch_calendar()
        return False


def unit_addresses(hub: Hub) -> dict[str, int]:
    """Every address of the units, for the doors."""
    with hub.database.reading() as tx:
        return directory.recipients(tx)


def address_book(hub: Hub) -> UnitAddressBook:
    """The doors' address book; mail to postmaster and abuse goes to the first unit."""
    units = hub.directory.units()
    key, domain = hub.return_path_key, hub.settings.mail.domain
    return UnitAddressBook(
        unit_addresses(hub),
        return_path=lambda address: return_path.verify(address, key=key, domain=domain),
        role_unit=units[0].id if units else None,
    )


def smtp_door(hub: Hub, book: UnitAddressBook, intake: Intake) -> SmtpDoor:
    """The SMTP door as the settings want it."""
    smtp = hub.settings.smtp
    door = SmtpDoorSettings(
        hostname=smtp.hostname or hub.settings.mail.domain,
        host=smtp.listen,
        port=smtp.port,
        message_octets=smtp.size_limit,
        recipients=smtp.max_recipients,
        connections=smtp.max_sessions,
        connections_per_peer=smtp.max_sessions_per_address,
        command_seconds=float(smtp.timeout_seconds),
    )
    return SmtpDoor(door, book, intake, hub.clock, tls=tls_context(smtp.tls_certificate, smtp.tls_key))


def tls_context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """STARTTLS with the office's certificate, where it has one."""
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


def new_worker(hub: Hub, name: str) -> Worker:
    """A worker over the hub's services."""
    return Worker(
        name=name,
        database=hub.database,
        blobs=hub.blobs,
        pool=hub.readers,
        trust=hub.trust,
        reception=hub.reception,
        deciding=hub.deciding,
        returning=hub.returning,
        sealing=hub.sealing,
        clock=hub.clock,
        lease=timedelta(seconds=hub.settings.worker.lease_seconds),
        revocation_required=hub.revocation_required,
    )


def serve(hub: Hub) -> None:
    """Serve until SIGTERM or SIGINT, then drain."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    server = Server(hub)
    server.start()
    # In short waits: Python runs a signal's handler in this thread, which the kernel need not have woken for it.
    while not told.wait(IDLE_SECONDS):
        pass
    server.stop()
