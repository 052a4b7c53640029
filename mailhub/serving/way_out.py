"""The way out of a served hub: the dispatcher, texts and what asks after them, and digests."""

from mailhub.hub import Hub
from mailhub.presence import Presence
from mailhub.relays import Relay
from mailhub.serving.loops import Loops


def start_way_out(hub: Hub, presence: Presence, loops: Loops) -> Relay:
    """Start whatever sends; gives the relay, to be closed when all loops have ended."""
    dispatcher = hub.dispatcher(presence.owner("dispatcher"))
    loops.run_eagerly("dispatcher", dispatcher.run_once)
    gateway = hub.sms_gateway
    if gateway is not None:
        loops.run_eagerly("texting", hub.texting(presence.owner("texting"), gateway).run_once)
        loops.run_now_and_then("following", hub.following(presence.owner("following"), gateway).run_once)
    loops.run_now_and_then("digesting", hub.digesting(presence.owner("digesting")).run_once)
    return dispatcher.relay
