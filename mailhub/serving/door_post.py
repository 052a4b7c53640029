"""The post of a further process at the SMTP door: where it stands, and what it does until it is told to stop."""

import json
import os
import signal
import socket
import threading
from dataclasses import asdict, dataclass
from typing import Final, Self

from mailhub.doors.listening import Listening
from mailhub.doors.waits import DoorWaits
from mailhub.hub import Hub
from mailhub.serving.doors import Doors
from mailhub.serving.loops import IDLE_SECONDS, Loops
from mailhub.serving.watch import Watch

DRAIN_SECONDS: Final = 25.0
"""Less than the process that waits for us allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorPost:
    """What a door process is told by its parent: descriptors of the sockets and of the shared waits, and its slot there."""

    home: str
    parent: int
    slot: int
    waits: int
    sockets: list[int]

    def words(self) -> str:
        """As one argument of a command line."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, words: str) -> Self:
        """The reverse of `words`."""
        return cls(**json.loads(words))


def serve_door(hub: Hub, post: DoorPost) -> None:
    """Take mail until SIGTERM or SIGINT, or until the parent is gone: then at once, for the next hub needs the port."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    waits = DoorWaits(post.waits, post.slot)
    loops = Loops()
    doors = Doors.of(hub, waits, Listening.inherited(post.sockets))
    doors.open()
    loops.run_now_and_then("addresses", doors.renew)
    watch = Watch(hub, doors.intake.commit_wait_p99)
    watch.start(f"{socket.gethostname()}-{os.getpid()}-door-{post.slot}", loops)
    while os.getppid() == post.parent and not told.wait(IDLE_SECONDS):
        pass
    drain_seconds = DRAIN_SECONDS if os.getppid() == post.parent else 0.0
    doors.close(drain_seconds)
    loops.stop(drain_seconds)
    doors.intake.close()
    watch.close()
