"""Limits of the SMTP door."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpDoorSettings:
    """Times are seconds, `message_octets` is what SIZE announces; port 0 takes any free port.

    `hostname` is the name in the greeting. `connections_per_peer` does not count loopback where `loopback_exempt`: there a
    border server stands in front of us and is the peer of everybody.
    """

    hostname: str
    host: str = "127.0.0.1"
    port: int = 0
    message_octets: int = 50 * 1024 * 1024
    recipients: int = 100
    connections: int = 200
    connections_per_peer: int = 20
    loopback_exempt: bool = True
    command_seconds: float = 300.0
    data_seconds: float = 3600.0
    store_seconds: float = 60.0
    session_seconds: float = 4 * 3600.0
