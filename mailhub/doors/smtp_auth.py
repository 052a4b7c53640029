"""AUTH at the SMTP door: wrong logins counted by network, hashes computed few at a time and off the event loop."""

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

from aiosmtpd.smtp import LoginPassword

from mailhub.doors import smtp_replies as replies
from mailhub.doors.networks import network_of
from mailhub.doors.smtp_replies import Reply
from mailhub.doors.smtp_settings import SmtpDoorSettings
from storage.errors import StorageError

logger = logging.getLogger(__name__)

AT_ONCE: Final = 2
"""Hashes computed at the same time: each takes tens of milliseconds and 19 MiB, by intention."""

WAITING: Final = 16
"""Logins that wait for one of those; further ones are asked to come again."""

PLAIN_PARTS: Final = 3
"""Whom to act for, name and password."""

LONGEST_DELAY: Final = 8.0
MOST_NETWORKS: Final = 10_000


class LoginCheck(Protocol):
    """Who knows the logins."""

    def check(self, name: str, password: str, /) -> str | None:
        """Give the login's name as it is registered, None where name or password is wrong. May block; raises StorageError."""
        ...


def plain_login(response: bytes) -> LoginPassword | None:
    """Name and password of a PLAIN response, None where it is none.

    A login acts for itself alone (RFC 4616, 2): whoever asks to act for another name has a name that nobody has.
    """
    parts = response.split(b"\0")
    if len(parts) != PLAIN_PARTS:
        return None
    acts_for, name, password = parts
    return LoginPassword(name if acts_for.lower() in {b"", name.lower()} else b"", password)


class WrongLogins:
    """Wrong logins by network over a window; the oldest networks are forgotten when there are too many."""

    def __init__(self, window_seconds: float) -> None:
        self._window = window_seconds
        self._counts: dict[str, tuple[float, int]] = {}

    def count(self, network: str) -> int:
        """How many there were since the network's window began."""
        began, count = self._counts.get(network, (0.0, 0))
        return count if time.monotonic() - began < self._window else 0

    def add(self, network: str) -> int:
        """Count one more; gives how many there are now."""
        count = self.count(network) + 1
        began = self._counts.pop(network)[0] if count > 1 else time.monotonic()
        self._counts.pop(network, None)
        self._counts[network] = (began, count)
        if len(self._counts) > MOST_NETWORKS:
            del self._counts[next(iter(self._counts))]
        return count


class LoginDesk:
    """Answers AUTH for all sessions of a door. Touched only from the door's loop, but for the check itself."""

    def __init__(self, check: LoginCheck, settings: SmtpDoorSettings) -> None:
        self._check = check
        self._settings = settings
        self._wrong = WrongLogins(settings.login_window_seconds)
        # Threads of its own: a client that leaves gives no second one a hash while the first is still computed.
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="smtp-login")
        self._waiting = 0

    async def log_in(self, given: LoginPassword, peer: str) -> tuple[str, Reply]:
        """The login's name (empty where it is refused), and the reply. A wrong one is answered late."""
        network = network_of(peer)
        if self._blocked(network, peer):
            return "", replies.TOO_MANY_LOGINS
        if self._waiting >= WAITING:
            return "", replies.LOGIN_LATER
        try:
            name = await self._checked(given)
        except StorageError as error:
            logger.error("logins cannot be checked", exc_info=error)  # noqa: TRY400  without the session's frames
            return "", replies.LOGIN_LATER
        except asyncio.CancelledError:
            # Who does not wait for the answer has cost a hash all the same.
            self._wrong.add(network)
            raise
        if name is not None:
            return name, replies.LOGGED_IN
        count = self._wrong.add(network)
        logger.warning("wrong login", extra={"peer": peer, "count": count})
        await asyncio.sleep(min(LONGEST_DELAY, self._settings.login_delay_seconds * count))
        return "", replies.WRONG_LOGIN

    def _blocked(self, network: str, peer: str) -> bool:
        return self._wrong.count(network) >= self._settings.login_failures and not self._settings.exempt_networks.holds(peer)

    async def _checked(self, given: LoginPassword) -> str | None:
        try:
            name, password = given.login.decode(), given.password.decode()
        except UnicodeDecodeError:
            return None
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._check.check, name, password)
        finally:
            self._waiting -= 1
