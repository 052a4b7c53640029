"""The mail server that a hub hands its mail to."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session

from tests.servers.waiting import PATIENCE_SECONDS, free_port

LOOK_SECONDS = 0.02


class Receiver:
    """What it took is what went out, and how often. A listener hears each word of a mail, and may lose it by its answer."""

    def __init__(self, listener: Callable[[str], bool] = lambda _: True) -> None:
        self.took: list[bytes] = []
        self.patience: float = inf
        """How many mails it takes before it keeps its clients waiting."""
        self._listener = listener
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port(), ready_timeout=PATIENCE_SECONDS)

    async def handle_MAIL(self, server: object, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        envelope.mail_from = address
        return self._reply("MAIL")

    async def handle_RCPT(self, server: object, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        envelope.rcpt_tos.append(address)
        return self._reply("RCPT")

    async def handle_DATA(self, server: object, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        while len(self.took) >= self.patience:  # noqa: ASYNC110  the one who waits for mails is on another thread
            await asyncio.sleep(LOOK_SECONDS)
        if self._listener("the mail"):
            self.took.append(envelope.content)
            return self._reply("the mail, taken")
        return "451 4.3.0 Lost"

    def _reply(self, word: str) -> str:
        return "250 2.0.0 OK" if self._listener(word) else "451 4.3.0 Lost"

    @contextmanager
    def running(self) -> Iterator[dict[str, str]]:
        """Gives the settings of a hub that sends through it."""
        self._controller.start()
        try:
            yield {
                "outbox.relay": '"smtp"',
                "outbox.host": '"127.0.0.1"',
                "outbox.port": str(self._controller.port),
                "outbox.starttls": '"never"',
            }
        finally:
            self._controller.stop()
