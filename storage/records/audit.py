"""Records of who did what, and of what is trusted."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: a clerk of a unit through a channel (`cli`, `smtp`, `worker`). `unit_id` is None for the hub itself."""

    unit_id: int | None
    name: str
    via: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """One fact for the chain: what was done to which record, by whom. `data` is JSON-able and free of secrets."""

    kind: str
    subject: str
    actor: Actor
    data: dict[str, object]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A stored event. `body` is the exact byte string that was hashed; `hash` is hex SHA-256(previous hash + body)."""

    number: int
    kind: str
    subject: str
    at: datetime
    body: bytes
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """The last event's number and hash; (0, 64 zeros) for an empty chain."""

    number: int
    hash: str


class TrustPurpose(StrEnum):
    """What a certificate in the registry is trusted for; intermediates only help to build paths."""

    SIGNER = "signer"
    TSA = "tsa"
    INTERMEDIATE = "intermediate"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustCertificate:
    """A certificate of the trust set: its DER bytes, purpose, and where it came from."""

    sha256: str
    der: bytes
    purpose: TrustPurpose
    source: str
    added_at: datetime
