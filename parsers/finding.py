"""A finding: one fact that a check established, with its source, place and confidence."""

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """Where a fact was read."""

    HEADER = "header"
    CONTAINER = "container"
    TEXT_LAYER = "text-layer"
    OCR = "ocr"
    SIGNATURE = "signature"
    EDXML = "edxml"
    DIRECTORY = "directory"
    CLERK = "clerk"


class Confidence(StrEnum):
    """How far a fact may be relied on.

    `certain` is a fact of cryptography, of a container or of the directory, or a clerk's word. What was read from text
    is `likely` at best, and `doubtful` where two readings compete.
    """

    CERTAIN = "certain"
    LIKELY = "likely"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fact. `code` is a member of the StrEnum beside the parser that found it.

    `place` names a part in a way a clerk can follow: `header Subject`, `part 2`, `part 2/page 1/top right`.
    """

    code: str
    source: Source
    place: str
    confidence: Confidence = Confidence.CERTAIN
    evidence: str = ""
