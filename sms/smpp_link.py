"""One bound SMPP session that is bound again when it is lost. smpp34 keeps it alive with enquire_link every 30 seconds."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import smpp34

from sms.errors import SmsError
from sms.smpp_pdu import Receipt, digits_of, read_receipt

log = logging.getLogger(__name__)

WINDOW = 10
"""Most submissions without an answer at a time."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
"""Seconds between two attempts to bind."""

UNHEARD_PAUSE = 0.01

INTERNATIONAL, ISDN = 1, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SmppSettings:
    """The carrier's server, the account, and how the sender's name is written (`source_ton` 5: letters).

    `payload` sends long texts whole; `seconds` is waited for a link, and again for the answers to one text.
    """

    host: str
    port: int
    system_id: str
    password: str = field(repr=False)
    source: str
    source_ton: int = 5
    source_npi: int = 0
    tls: bool = False
    payload: bool = False
    seconds: float = 10.0


class NotBoundError(SmsError):
    """There is no link, so nothing was sent."""


@dataclass(frozen=True, slots=True)
class _Session:
    client: smpp34.Client
    smsc: smpp34.Smsc


class SmppLink:
    """Binds as a transceiver and stays bound; everything happens on one event loop."""

    def __init__(self, settings: SmppSettings, on_receipt: Callable[[Receipt], None]) -> None:
        self._settings = settings
        self._on_receipt = on_receipt
        self._bound = asyncio.Event()
        self._window = asyncio.Semaphore(WINDOW)
        self._session_now: _Session | None = None
        self._why = "no link yet"
        self._keeper = asyncio.create_task(self._keep())

    @asynccontextmanager
    async def place(self, seconds: float) -> AsyncIterator[smpp34.Smsc]:
        """A place in the window of a bound session; raises NotBoundError when there is none in time."""
        try:
            async with asyncio.timeout(seconds):
                await self._window.acquire()
        except TimeoutError as error:
            raise NotBoundError("the window is full") from error
        try:
            yield await self._session(seconds)
        finally:
            self._window.release()

    async def _session(self, seconds: float) -> smpp34.Smsc:
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self._bound.wait()
                    if self._session_now is not None and await self._session_now.client.is_alive():
                        return self._session_now.smsc
                    # The session has ended and its end has not been heard of yet.
                    await asyncio.sleep(UNHEARD_PAUSE)
        except TimeoutError as error:
            raise NotBoundError(self._why) from error

    async def close(self) -> None:
        """Let submissions come to their answers, unbind, let go."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.seconds):
                for _ in range(WINDOW):
                    await self._window.acquire()
        self._keeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._keeper

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while True:
            client = self._client()
            try:
                smsc = await client.connect()
            except smpp34.SmppError as error:
                self._why = f"no link: {error}"
                log.warning("smpp link refused", extra={"error": str(error)})
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            await self._serve(client, smsc)

    async def _serve(self, client: smpp34.Client, smsc: smpp34.Smsc) -> None:
        self._session_now = _Session(client, smsc)
        self._bound.set()
        log.info("smpp link bound")
        try:
            await self._listen(smsc)
        finally:
            self._bound.clear()
            self._session_now, self._why = None, "the link was lost"
            if await client.is_alive():
                with contextlib.suppress(smpp34.SmppError, TimeoutError):
                    await asyncio.wait_for(smsc.unbind(), self._settings.seconds)
            await client.stop()
        log.warning("smpp link lost")

    async def _listen(self, smsc: smpp34.Smsc) -> None:
        while not isinstance(event := await smsc.next(), smpp34.Disconnected):
            receipt = read_receipt(event)
            if receipt is None:
                log.info("a text from a phone is left unread", extra={"ending": digits_of(event.source_addr)[-2:]})
            else:
                self._on_receipt(receipt)

    def _client(self) -> smpp34.Client:
        settings = self._settings
        return smpp34.Client(
            settings.host,
            settings.port,
            settings.system_id,
            settings.password,
            bind_type="TRX",
            tls=settings.tls,
            window_size=WINDOW,
            connect_timeout_ms=int(settings.seconds * 1000),
        )
