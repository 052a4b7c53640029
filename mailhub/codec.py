"""The one codec between values and the JSON of stored documents.

Frozen dataclasses go in and come out by their type annotations. Refused alternatives: pickle (runs code on reading), and
hand-written dictionaries (a second definition of every value).
"""

from typing import TypeVar

import msgspec

from mailhub.errors import DamagedDocumentError

Value = TypeVar("Value")


def encode(value: object) -> bytes:
    """Canonical JSON: equal values give equal bytes, whatever the order of keys, sets or declared fields."""
    return msgspec.json.encode(value, order="sorted")


def decode(body: bytes, kind: type[Value]) -> Value:
    """Read a document strictly: no conversion between types, missing fields refused.

    Fields that this version does not know are passed over, so that a newer program's document stays readable.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedDocumentError(f"stored document is no {kind.__name__}: {error}") from error
