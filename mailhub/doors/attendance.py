"""Who is connected to a door, counted in total and by network. Touched only from the door's loop."""

from collections import Counter
from typing import TYPE_CHECKING

from mailhub.doors import smtp_replies as replies
from mailhub.doors.networks import network_of
from mailhub.doors.smtp_replies import Reply
from mailhub.doors.smtp_settings import SmtpDoorSettings

if TYPE_CHECKING:
    from mailhub.doors.smtp_connection import SmtpConnection


class Attendance:
    """Counts sessions in and out."""

    def __init__(self, settings: SmtpDoorSettings) -> None:
        self._settings = settings
        self._networks: Counter[str] = Counter()
        self.sessions: dict[SmtpConnection, str] = {}

    def admit(self, session: "SmtpConnection") -> Reply | None:
        """Count a session in, or say why not."""
        if len(self.sessions) >= self._settings.connections:
            return replies.TOO_MANY_CONNECTIONS
        self.sessions[session] = ""
        return None

    def place(self, session: "SmtpConnection", peer: str) -> Reply | None:
        """Count an admitted session for the network of its client, or say why that has too many."""
        if self._settings.exempt_networks.holds(peer):
            return None
        network = network_of(peer)
        if self._networks[network] >= self._settings.connections_per_network:
            return replies.TOO_MANY_FROM_NETWORK
        self._networks[network] += 1
        self.sessions[session] = network
        return None

    def dismiss(self, session: "SmtpConnection") -> None:
        """Count a session out; harmless when repeated."""
        network = self.sessions.pop(session, "")
        if network:
            self._networks[network] -= 1
            if not self._networks[network]:
                del self._networks[network]
