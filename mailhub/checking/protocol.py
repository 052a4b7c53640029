"""What passes between the hub and a reader child over pipes: length-prefixed frames of JSON and raw bytes.

The hub believes nothing that a child sends: a child has read hostile bytes, so every length is bounded here.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

PREFIX: Final = struct.Struct(">4sII")
MAGIC: Final = b"MHR1"


class Outcome(StrEnum):
    """What a child says about a job. A child that says nothing has died."""

    READY = "ready"
    DONE = "done"
    REFUSED = "refused"
    OUT_OF_MEMORY = "out-of-memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What many jobs need and a child keeps between them; `content` is asked for only where it must be sent."""

    identity: str
    content: Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadJob:
    """One job: the name of a function ending in `_job` in the child's jobs module, an encoded header and raw bytes."""

    function: str
    header: bytes
    body: bytes
    holding: Holding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobHead:
    """The JSON part of a request; what follows are the job's header, what is to be held, and the raw bytes.

    `holding` names what the job needs held; with no octets of it the child holds it already.
    """

    function: str
    header_octets: int
    holding: str = ""
    holding_octets: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerHead:
    """The JSON part of an answer; the result follows as raw bytes."""

    outcome: Outcome
    reason: str = ""


class FrameError(Exception):
    """The bytes are no frame, or a frame larger than agreed."""


def frame(head: JobHead | AnswerHead, *parts: bytes) -> bytes:
    """Prefix, JSON and body in one piece."""
    encoded = msgspec.json.encode(head)
    return b"".join((PREFIX.pack(MAGIC, len(encoded), sum(map(len, parts))), encoded, *parts))


def job_frame(job: ReadJob, *, held: str = "") -> bytes:
    """The request for a job to a child that holds what `held` names."""
    identity, content = "", b""
    if job.holding is not None:
        identity = job.holding.identity
        content = b"" if identity == held else job.holding.content()
    head = JobHead(function=job.function, header_octets=len(job.header), holding=identity, holding_octets=len(content))
    return frame(head, job.header, content, job.body)


def frame_lengths(prefix: bytes, limit: int) -> tuple[int, int]:
    """Octets of JSON and of body; raises FrameError where the peer asks for more than `limit`."""
    magic, head, body = PREFIX.unpack(prefix)
    if magic != MAGIC or head + body > limit:
        raise FrameError(f"no frame within {limit} octets: {prefix!r}")
    return head, body


def parse_answer(head: bytes) -> AnswerHead:
    """Read the JSON part of an answer."""
    try:
        return msgspec.json.decode(head, type=AnswerHead)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FrameError(f"no answer: {head[:80]!r}") from error


def parse_job(head: bytes, body: bytes) -> ReadJob:
    """Read a request."""
    job = msgspec.json.decode(head, type=JobHead)
    header_end = job.header_octets
    held_end = header_end + job.holding_octets
    content = body[header_end:held_end]
    holding = Holding(identity=job.holding, content=lambda: content) if job.holding else None
    return ReadJob(function=job.function, header=body[:header_end], body=body[held_end:], holding=holding)
