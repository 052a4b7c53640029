"""The kinds of opaque documents that the hub stores, with the version that this program writes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind and its current version; the pair chooses the type that `codec.decode` reads."""

    kind: str
    version: int


READING = DocumentKind("reading", 1)
FACTS = DocumentKind("facts", 1)
DECISION = DocumentKind("decision", 1)
NOTICE = DocumentKind("notice", 1)
SMS = DocumentKind("sms", 1)
SHEET = DocumentKind("sheet", 1)
MEETING = DocumentKind("meeting", 1)
