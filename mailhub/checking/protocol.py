"""What passes between the hub and a reader child over pipes: length-prefixed frames of JSON and raw bytes.

The hub believes nothing that a child sends: a child has read hostile bytes, so every length is bounded here.
"""

import struct
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
class ReadJob:
    """One job: the name of a function ending in `_job` in the child's jobs module, an encoded header and raw bytes."""

    function: str
    header: bytes
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class JobHead:
    """The JSON part of a request; the first `header_octets` of what follows are the job's header."""

    function: str
    header_octets: int


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


def job_frame(job: ReadJob) -> bytes:
    """The request for a job."""
    return frame(JobHead(function=job.function, header_octets=len(job.header)), job.header, job.body)


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
    return ReadJob(function=job.function, header=body[: job.header_octets], body=body[job.header_octets :])
