"""The SMTP door as the settings want it."""

import gc
import ssl
from math import ceil
from pathlib import Path

from mailhub.doors.addresses import UnitAddressBook
from mailhub.doors.free_space import FreeSpace
from mailhub.doors.listening import Listening
from mailhub.doors.networks import Networks
from mailhub.doors.smtp import DoorMeans, SmtpDoor, SmtpDoorSettings
from mailhub.errors import RefusedError
from mailhub.hub import Hub
from mailhub.intake import Intake
from mailhub.language import Text
from mailhub.serving import descriptors

INCOMING_FOLDER = "incoming"
"""Where in the home large mails lie while they come, in files without names."""

COLLECT_AFTER = 5_000
"""New objects before Python looks for rubbish, not 700: a session makes some dozens, and none of them is large."""


def smtp_door(hub: Hub, book: UnitAddressBook, intake: Intake, listening: Listening | None = None) -> SmtpDoor:
    """The SMTP door, not yet open, with this process's share of the limits; `listening` is what another has bound already."""
    smtp = hub.settings.smtp
    door = SmtpDoorSettings(
        hostname=smtp.hostname or hub.settings.mail.domain,
        processes=smtp.processes,
        host=smtp.listen,
        port=smtp.port,
        implicit_tls_port=smtp.implicit_tls_port or None,
        proxy_networks=Networks.of(smtp.proxy_networks),
        exempt_networks=Networks.of(smtp.exempt_networks),
        message_octets=smtp.size_limit,
        in_flight_octets=(smtp.in_flight_mib << 20) // smtp.processes,
        recipients=smtp.max_recipients,
        connections=ceil(smtp.max_sessions / smtp.processes),
        connections_per_network=ceil(smtp.max_sessions_per_network / smtp.processes),
        command_seconds=float(smtp.timeout_seconds),
        session_seconds=smtp.session_minutes * 60.0,
        data_octets_per_second=smtp.least_bytes_per_second,
        data_window_seconds=float(smtp.data_window_seconds),
        errors=smtp.max_errors,
        idle_commands=smtp.max_idle_commands,
        login_failures=ceil(smtp.login_failures / smtp.processes),
        login_window_seconds=smtp.login_window_minutes * 60.0,
    )
    descriptors.allow(door.connections)
    gc.set_threshold(max(COLLECT_AFTER, gc.get_threshold()[0]), *gc.get_threshold()[1:])
    folders = (hub.home, hub.settings.storage.blobs)
    means = DoorMeans(
        tls=tls_context(smtp.tls_certificate, smtp.tls_key),
        refusals=hub.refusal_book,
        listening=listening,
        logins=hub.logins,
        space=FreeSpace(folders, smtp.free_disk_mib << 20),
        folder=hub.home / INCOMING_FOLDER,
    )
    return SmtpDoor(door, book, intake, hub.clock, means)


def tls_context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """TLS with the office's certificate, where it has one; raises RefusedError where the files are none."""
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:
        files = f"smtp.tls_certificate = {certificate}, smtp.tls_key = {key}"
        raise RefusedError(
            Text(
                vi=f"không mở được TLS ({files}): {error}; cần chứng thư và khóa riêng dạng PEM khớp nhau",
                en=f"TLS cannot be set up ({files}): {error}; expected a certificate and its private key in PEM form",
            )
        ) from error
    return context
