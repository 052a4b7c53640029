"""The SMTP door as the settings want it."""

import ssl
from pathlib import Path

from mailhub.doors.addresses import UnitAddressBook
from mailhub.doors.smtp import DoorMeans, SmtpDoor, SmtpDoorSettings
from mailhub.hub import Hub
from mailhub.intake import Intake


def smtp_door(hub: Hub, book: UnitAddressBook, intake: Intake) -> SmtpDoor:
    """The SMTP door, not yet open."""
    smtp = hub.settings.smtp
    door = SmtpDoorSettings(
        hostname=smtp.hostname or hub.settings.mail.domain,
        host=smtp.listen,
        port=smtp.port,
        message_octets=smtp.size_limit,
        recipients=smtp.max_recipients,
        connections=smtp.max_sessions,
        connections_per_network=smtp.max_sessions_per_address,
        command_seconds=float(smtp.timeout_seconds),
    )
    return SmtpDoor(door, book, intake, hub.clock, DoorMeans(tls=tls_context(smtp.tls_certificate, smtp.tls_key)))


def tls_context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """STARTTLS with the office's certificate, where it has one."""
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context
