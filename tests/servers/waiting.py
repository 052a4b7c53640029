"""Waiting for a state, always with a deadline and never for a guessed time."""

import socket
import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


def until(probe: Callable[[], Value], what: str, *, seconds: float = 60, said: Callable[[], str] = str) -> Value:
    """Poll until the probe gives something true, and give that; at the deadline fail with `what` and what was `said`."""
    deadline = time.monotonic() + seconds
    while not (value := probe()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s for {what}\n{said()}")
        time.sleep(0.02)
    return value


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
