"""Limits of the SMTP door."""

from dataclasses import dataclass

from mailhub.doors.networks import LOOPBACK, NOWHERE, Networks


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpDoorSettings:
    """Times are seconds, sizes octets; port 0 takes any free port, and `implicit_tls_port` None opens none.

    `hostname` is the name in the greeting; `message_octets` is what SIZE announces. Networks of `exempt_networks` are not held
    to the limits per network: a border server there is the peer of everybody. A client of `proxy_networks` must begin with
    a PROXY header, and what that says is the peer. `processes` share the ports; each holds to the limits given to it.
    """

    hostname: str
    processes: int = 1
    host: str = "127.0.0.1"
    port: int = 0
    implicit_tls_port: int | None = None
    proxy_networks: Networks = NOWHERE
    exempt_networks: Networks = LOOPBACK
    message_octets: int = 50 * 1024 * 1024
    in_flight_octets: int = 1024 * 1024 * 1024
    recipients: int = 100
    connections: int = 200
    connections_per_network: int = 20
    command_seconds: float = 300.0
    store_seconds: float = 60.0
    session_seconds: float = 4 * 3600.0
    data_octets_per_second: int = 4096
    data_window_seconds: float = 180.0
    errors: int = 20
    idle_commands: int = 100
    login_failures: int = 10
    login_window_seconds: float = 900.0
    login_delay_seconds: float = 1.0
