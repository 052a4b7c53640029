"""The workers of a served hub: captures read and decided."""

from datetime import timedelta

from mailhub.courtesy import Courtesy
from mailhub.doors.waits import DoorWaits
from mailhub.hub import Hub
from mailhub.presence import Presence
from mailhub.serving.loops import Loops
from mailhub.worker import Worker


def start_workers(hub: Hub, presence: Presence, loops: Loops, waits: DoorWaits) -> None:
    """Start as many workers as the settings want; they give way while senders wait at the doors."""
    for number in range(hub.settings.worker.threads):
        worker = new_worker(hub, presence.owner(f"worker-{number}"), Courtesy(waits.longest))
        loops.run_eagerly(f"worker-{number}", worker.run_once)


def new_worker(hub: Hub, name: str, courtesy: Courtesy | None = None) -> Worker:
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
        signatures=hub.signature_limits,
        limits=hub.settings.reader.limits,
        courtesy=courtesy,
        senders=hub.senders,
    )
