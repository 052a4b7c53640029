"""One process that serves a hub: its loops started in order, and stopped in order."""

import logging
import signal
import threading

from mailhub.doors.smtp import SmtpDoor
from mailhub.doors.waits import DoorWaits
from mailhub.hub import Hub
from mailhub.presence import Presence
from mailhub.readiness import mute
from mailhub.serving.door_processes import door_processes
from mailhub.serving.doors import Doors
from mailhub.serving.housekeeping import Housekeeping
from mailhub.serving.loops import IDLE_SECONDS, Loops
from mailhub.serving.revocation import start_revocation
from mailhub.serving.watch import Watch
from mailhub.serving.way_out import start_way_out
from mailhub.serving.workers import start_workers
from storage.errors import StorageError

log = logging.getLogger(__name__)

PRESENCE_FOLDER = "serving"
"""Where in the home those that serve it say that they live."""


class Server:
    """Everything that runs while a hub is served."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.loops = Loops()

    @property
    def smtp(self) -> SmtpDoor:
        """The SMTP door, open from the start on."""
        return self.doors.smtp

    def start(self) -> None:
        """Open the doors and start the loops; raises OSError when a port is taken."""
        self.presence = Presence.begin(self.hub.home / PRESENCE_FOLDER)
        self.house = house = Housekeeping(self.hub, self.presence)
        house.begin()
        self.waits = DoorWaits.for_processes(self.hub.settings.smtp.processes)
        self.doors = Doors.of(self.hub, self.waits)
        self.doors.open()
        self.door_processes = door_processes(self.hub, self.smtp.listening, self.waits)
        self.door_processes.start()
        self.loops.run_now_and_then("door-processes", self.door_processes.look)
        start_workers(self.hub, self.presence, self.loops, self.waits)
        self.relay = start_way_out(self.hub, self.presence, self.loops)
        start_revocation(self.hub, self.presence, self.loops)
        self.loops.run_now_and_then("counter", house.act_on_paper)
        self.loops.run_now_and_then("housekeeping", house.keep_house)
        self.doors.start(self.loops, self.presence.owner("imap"))
        self.watch = Watch(self.hub, self.doors.intake.commit_wait_p99)
        self.watch.start(self.presence.file.name, self.loops)
        log.info("serving", extra={"port": self.smtp.port})

    def stop(self, drain_seconds: float = 30.0) -> None:
        """Let mails that are being taken, read or sent come to their end, then let go."""
        dismissed = self.door_processes.dismiss()
        self.doors.close(drain_seconds)
        dismissed.wait(drain_seconds)
        all_ended = self.loops.stop(drain_seconds)
        self.doors.intake.close()
        self.watch.close()
        self.relay.close()
        if all_ended:
            self.waits.close()
        try:
            self.hub.audit.keep_head()
            if all_ended:
                self.house.end()
        except StorageError:
            log.exception("the registry does not answer; the next to serve this home lets go of what is claimed")
        log.info("stopped")


def serve(hub: Hub) -> None:
    """Serve until SIGTERM or SIGINT, then drain."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    server = Server(hub)
    server.start()
    _warn(hub)
    # In short waits: Python runs a signal's handler in this thread, which the kernel need not have woken for it.
    while not told.wait(IDLE_SECONDS):
        pass
    server.stop()


def _warn(hub: Hub) -> None:
    """Say what the hub does without because nobody has set it."""
    if mute(hub):
        log.warning("every notice will fail: contact.name or contact.phone is empty")
    if not hub.settings.senders.checked:
        log.warning("senders are not checked: senders.resolver and senders.border are empty")
