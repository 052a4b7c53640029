"""Delivery receipts as they come in, until somebody asks for them. They may come before the answer to the submission."""

import threading
from collections import OrderedDict
from dataclasses import replace

from sms.gateway import Delivery, DeliveryState
from sms.smpp_pdu import Receipt

MOST_KEPT = 20_000


class Receipts:
    """The latest receipts and what was submitted, by the carrier's message ids; for several threads."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._receipts: OrderedDict[str, Receipt] = OrderedDict()
        self._numbers: OrderedDict[str, str] = OrderedDict()

    def take(self, receipt: Receipt) -> None:
        """Keep a receipt; one that repeats or comes late never leads back."""
        with self._lock:
            known = self._receipts.get(receipt.message_id)
            if known is not None:
                further = Delivery(state=known.state, detail=known.error).or_later(
                    Delivery(state=receipt.state, detail=receipt.error)
                )
                receipt = replace(receipt, state=further.state, error=further.detail)
            self._keep(self._receipts, receipt.message_id, receipt)

    def submitted(self, message_id: str, number: str) -> None:
        """Keep whom a message went to (digits)."""
        with self._lock:
            self._keep(self._numbers, message_id, number)

    def delivery(self, message_id: str) -> Delivery:
        """What became of a message; PENDING while no receipt has come."""
        with self._lock:
            receipt = self._receipts.get(message_id) or self._in_other_notation(message_id)
        if receipt is None:
            return Delivery(state=DeliveryState.PENDING)
        return Delivery(state=receipt.state, detail=f"error {receipt.error}" if receipt.error else "")

    def _in_other_notation(self, message_id: str) -> Receipt | None:
        """Some carriers answer in hexadecimal and write receipts in decimal, or the other way round.

        Two numbers that read alike are not the same message: the phone has to be the same too.
        """
        number = self._numbers.get(message_id)
        found = (self._receipts.get(other) for other in other_notations(message_id))
        return next((receipt for receipt in found if receipt and number and receipt.number == number), None)

    def _keep(self, kept: "OrderedDict[str, Receipt] | OrderedDict[str, str]", key: str, value: "Receipt | str") -> None:
        kept[key] = value  # type: ignore[assignment]  # each of the two holds one kind of value
        kept.move_to_end(key)
        while len(kept) > self._most:
            kept.popitem(last=False)


def other_notations(message_id: str) -> list[str]:
    """The same number as other carriers' systems write it: in hexadecimal, in decimal, with and without zeros before it."""
    try:
        as_hex = int(message_id, 16)
    except ValueError:
        return []
    others = [str(as_hex)]
    if message_id.isdecimal():
        decimal = int(message_id)
        others += [str(decimal), *(f"{decimal:{form}}" for form in ("x", "X", "08x", "08X"))]
    others += [f"{as_hex:{form}}" for form in ("x", "X", "08x", "08X")]
    return [other for other in dict.fromkeys(others) if other != message_id]
