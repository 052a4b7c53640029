"""Texts through a carrier's SMSC (SMPP 3.4). It keeps no list that could be asked, and reports by receipts."""

import asyncio
import random
import threading
from collections import OrderedDict
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

import smpp34

from sms.gateway import Delivery, DeliveryState, Search, SearchState, SendOutcome, SendState, TextMessage
from sms.smpp_link import INTERNATIONAL, ISDN, NotBoundError, SmppLink, SmppSettings
from sms.smpp_pdu import MESSAGE_PAYLOAD, Part, digits_of, outcome_of, reason_of, segments, whole
from sms.smpp_receipts import Receipts

THROTTLED_FOR = timedelta(seconds=5)
"""SMPP has no word for how long to wait."""

BETWEEN_PARTS = 0.5
"""Seconds before a further part of a text that was begun is offered again."""

MOST_DESTINATIONS = 10_000
LONGEST_VALIDITY = timedelta(days=30)

Value = TypeVar("Value")


class SmppGateway:
    """Sends and follows texts over one link, which is made when it is first needed; for several threads."""

    name = "smpp"

    def __init__(self, settings: SmppSettings) -> None:
        self._settings = settings
        self._receipts = Receipts()
        self._references: OrderedDict[str, int] = OrderedDict()
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._link: SmppLink | None = None
        self._closed = False

    def send(self, message: TextMessage) -> SendOutcome:
        """Make one attempt; a long text goes out part by part, and all parts are taken or the outcome says otherwise."""
        if self._closed:
            return SendOutcome(state=SendState.TEMPORARY, detail="the gateway is closed")
        return self._run(self._send(message))

    def status(self, sid: str) -> Delivery:
        """What the receipts of all parts say; those that another process got are not known here."""
        if not self._closed:
            self._started()
        parts = [self._receipts.delivery(message_id) for message_id in sid.split()]
        lost = next((part for part in parts if part.state is DeliveryState.UNDELIVERED), None)
        if lost is not None:
            return lost
        if parts and all(part.state is DeliveryState.DELIVERED for part in parts):
            return Delivery(state=DeliveryState.DELIVERED)
        return Delivery(state=DeliveryState.PENDING)

    def find(self, message: TextMessage, since: datetime) -> Search:
        """An SMSC has no list."""
        return Search(state=SearchState.NO_LIST)

    def close(self) -> None:
        """Let what is on its way end, unbind, end the thread."""
        with self._starting:
            self._closed = True
            loop, thread = self._loop, self._thread
        if loop is not None and thread is not None and self._link is not None:
            asyncio.run_coroutine_threadsafe(self._link.close(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()
            self._loop = None

    def _run(self, work: Coroutine[Any, Any, Value]) -> Value:
        return asyncio.run_coroutine_threadsafe(work, self._started()).result()

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="smpp", daemon=True)
                self._thread.start()
                self._link = asyncio.run_coroutine_threadsafe(self._new_link(), self._loop).result()
            return self._loop

    async def _new_link(self) -> SmppLink:
        return SmppLink(self._settings, self._receipts.take)

    async def _send(self, message: TextMessage) -> SendOutcome:
        number = digits_of(message.to)
        parts = self._parts(message.text, number)
        deadline = asyncio.get_running_loop().time() + 2 * self._settings.seconds
        taken: list[str] = []
        for place, part in enumerate(parts, start=1):
            outcome = await self._offer(part, message, deadline)
            while taken and outcome.state in {SendState.THROTTLED, SendState.TEMPORARY} and _left(deadline) > BETWEEN_PARTS:
                # The phone shows nothing until it has all parts, so what was begun is finished here.
                await asyncio.sleep(BETWEEN_PARTS)
                outcome = await self._offer(part, message, deadline)
            if outcome.state is not SendState.ACCEPTED:
                return _in_part(outcome, place, len(parts))
            self._receipts.submitted(outcome.sid, number)
            taken.append(outcome.sid)
        return SendOutcome(state=SendState.ACCEPTED, sid=" ".join(taken))

    async def _offer(self, part: Part, message: TextMessage, deadline: float) -> SendOutcome:
        """Submit one part and wait for the answer."""
        try:
            async with self._required_link().place(min(self._settings.seconds, _left(deadline))) as smsc:
                answer = await asyncio.wait_for(self._submit(smsc, part, message), min(self._settings.seconds, _left(deadline)))
        except NotBoundError as error:
            return SendOutcome(state=SendState.TEMPORARY, detail=str(error))
        except TimeoutError:
            return SendOutcome(state=SendState.UNCERTAIN, detail="no answer in time")
        except smpp34.SmppError as error:
            return SendOutcome(state=SendState.UNCERTAIN, detail=f"the link was lost: {error}")
        state = outcome_of(answer.command_status)
        if state is SendState.ACCEPTED:
            return SendOutcome(state=state, sid=answer.message_id or "")
        wait = THROTTLED_FOR if state is SendState.THROTTLED else None
        return SendOutcome(state=state, detail=reason_of(answer.command_status), wait=wait)

    async def _submit(self, smsc: smpp34.Smsc, part: Part, message: TextMessage) -> smpp34.SubmitSmResp:
        settings = self._settings
        return await smsc.submit_sm(
            digits_of(message.to),
            b"" if part.payload else part.octets,
            source_addr=settings.source,
            source_addr_ton=settings.source_ton,
            source_addr_npi=settings.source_npi,
            dest_addr_ton=INTERNATIONAL,
            dest_addr_npi=ISDN,
            esm_class=part.esm_class,
            validity_period=_validity(message.valid_for),
            registered_delivery=1,
            data_coding=part.data_coding,
            tlvs=[smpp34.Tlv(MESSAGE_PAYLOAD, part.octets)] if part.payload else [],
        )

    def _parts(self, text: str, number: str) -> tuple[Part, ...]:
        return (whole(text),) if self._settings.payload else segments(text, self._reference(number))

    def _reference(self, number: str) -> int:
        """The next reference of long texts to this phone; the first is chance, so that a restart repeats no recent one."""
        last = self._references.pop(number, random.randrange(256))  # noqa: S311  no secret
        self._references[number] = (last + 1) % 256
        if len(self._references) > MOST_DESTINATIONS:
            self._references.popitem(last=False)
        return self._references[number]

    def _required_link(self) -> SmppLink:
        if self._link is None:
            raise NotBoundError("no link yet")
        return self._link


def _left(deadline: float) -> float:
    return max(0.0, deadline - asyncio.get_running_loop().time())


def _in_part(outcome: SendOutcome, place: int, parts: int) -> SendOutcome:
    """The outcome of a text that stopped at one of its parts: what had begun to go may arrive after all."""
    if parts == 1:
        return outcome
    refused = outcome.state is SendState.PERMANENT
    state = outcome.state if place == 1 or refused else SendState.UNCERTAIN
    wait = outcome.wait if state is SendState.THROTTLED else None
    return SendOutcome(state=state, detail=f"part {place} of {parts}: {outcome.detail}", wait=wait)


def _validity(length: timedelta | None) -> str:
    """A relative time (7.1.1): days, hours, minutes and seconds from now."""
    if length is None:
        return ""
    seconds = max(60, int(min(length, LONGEST_VALIDITY).total_seconds()))
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    # The days go up to 30 here; months and years stay zero.
    return f"0000{days:02}{hours:02}{minutes:02}{seconds:02}000R"
