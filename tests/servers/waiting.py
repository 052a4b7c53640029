"""Waiting for a state, always with a deadline and never for a guessed time."""

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

PATIENCE_SECONDS: Final = 120.0
"""What a busy machine may take for what takes a second; every limit of a test is this one, or shorter where it is the subject."""

EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
PORTS = range(10_000, 1 << 16)

Value = TypeVar("Value")

_reserved: dict[int, int] = {}
"""Ports, and the descriptor of the sign that keeps each of them."""


def until(probe: Callable[[], Value], what: str, *, seconds: float = PATIENCE_SECONDS, said: Callable[[], str] = str) -> Value:
    """Poll until the probe gives something true, and give that; at the deadline fail with `what` and what was `said`."""
    deadline = time.monotonic() + seconds
    while not (value := probe()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s for {what}\n{said()}")
        time.sleep(0.02)
    return value


def free_port() -> int:
    """A loopback port that nobody listens on, and that no other test run gets while this process lives.

    It is none of those that the system gives to clients and for port 0, where that leaves any: one of them could be taken
    before it is bound, or between two lives of a server.
    """
    lowest, highest = map(int, EPHEMERAL.read_text().split())
    ours = [port for port in PORTS if not lowest <= port <= highest] or PORTS
    return next(port for port in ours if port not in _reserved and _reserve(port))


def _reserve(port: int) -> bool:
    # An abstract name belongs to one socket at a time, and the kernel forgets it with that socket.
    sign = socket.socket(socket.AF_UNIX)
    try:
        sign.bind(f"\0mailhub-tests-port-{port}")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
    except OSError:
        sign.close()
        return False
    _reserved[port] = sign.detach()
    return True
