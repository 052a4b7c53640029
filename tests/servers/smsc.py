"""A carrier's SMSC on loopback (smpp34's own server) that does what its script says and remembers what it was given."""

import asyncio
import threading
from collections import deque
from contextlib import suppress
from itertools import count

import smpp34

from tests.servers.waiting import PATIENCE_SECONDS, free_port

HOLD = "hold"
RECEIPT_FIRST = "receipt first"


class ScriptedSmsc:
    """Each submission follows the next step of `script`: a status to refuse it with, HOLD for no answer, RECEIPT_FIRST, or
    the message id to take it under; without a step it is taken under the next number.
    """

    def __init__(self):
        self.script = deque()
        self.submitted = []
        self.unbound = 0
        self.port = free_port()
        self._ids = count(1)
        self._sessions = {}
        self._held = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_SECONDS)
        self._loop.close()

    @property
    def bound(self):
        return len(self._sessions)

    @property
    def held(self):
        return len(self._held)

    def start(self):
        self._run(self._start())

    def stop(self):
        """End every session and listen no more."""
        self._run(self._stop())

    def receipt(self, to, text, *, esm_class=0x04, tlvs=()):
        """Tell every session what became of a message to this number."""
        for session in list(self._sessions.values()):
            self._run(self._deliver(session, text.encode(), source_addr=to, esm_class=esm_class, tlvs=list(tlvs)))

    def _run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_SECONDS)

    async def _deliver(self, session, octets, **options):
        await session.deliver_sm("VPUB", octets, **options)

    async def _start(self):
        self._server = smpp34.Server("127.0.0.1", self.port, system_id="smsc")
        await self._server.start()
        self._serving = asyncio.create_task(self._serve())

    async def _stop(self):
        # First the listener, so that nobody who is sent away comes back to a server that is ending.
        await self._server.stop()
        for session in list(self._sessions.values()):
            with suppress(smpp34.SmppError):
                await session.unbind()
        self._sessions.clear()
        self._serving.cancel()
        await asyncio.wait([self._serving])

    async def _serve(self):
        while True:
            event = await self._server.next()
            if isinstance(event, smpp34.Esme):
                self._sessions[event.session_id] = event
            elif isinstance(event, smpp34.Unbound):
                self._sessions.pop(event.session_id, None)
                self.unbound += 1
            else:
                await self._take(event)

    async def _take(self, event):
        self.submitted.append(event)
        step = self.script.popleft() if self.script else str(next(self._ids))
        if step == HOLD:
            self._held.append(event)
        elif isinstance(step, int):
            event.reject(step)
        elif step == RECEIPT_FIRST:
            session, name = self._sessions[event.session_id], str(next(self._ids))
            said = f"id:{name} sub:001 dlvrd:001 submit date:2408090810 done date:2408090811 stat:DELIVRD err:000 text:HOAN"
            await session.deliver_sm("VPUB", said.encode(), source_addr=event.destination_addr, esm_class=0x04)
            event.accept(name)
        else:
            event.accept(step)
