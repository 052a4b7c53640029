"""The letters in a mail: which files belong together and what each letter says about itself.

`LetterRules` is what an office's profile fills in (types, patterns, marks); the algorithms here know no country.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from parsers.finding import Confidence, Finding, Source
from parsers.folding import fold


class Urgency(StrEnum):
    """Rising urgency; `flash` asks for immediate handling."""

    NORMAL = "normal"
    URGENT = "urgent"
    VERY_URGENT = "very-urgent"
    FLASH = "flash"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField:
    """One value read from a letter, with where it stood and how far it may be relied on."""

    value: str
    source: Source
    place: str
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class DateField:
    """A date read from a letter."""

    value: date
    source: Source
    place: str
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFields:
    """What a letter says about itself. Absent fields are None or empty, never a guess.

    `number` is the digits before the first slash (`226`), `symbol` all after it (`STC-NS`, `45-CV/VPTU` has number `45`
    and symbol `CV/VPTU`); `reference` is the number and symbol as printed (`226/STC-NS`).
    """

    number: TextField | None = None
    symbol: TextField | None = None
    reference: TextField | None = None
    issued_on: DateField | None = None
    issuer: TextField | None = None
    parent_issuer: TextField | None = None
    document_type: TextField | None = None
    subject: TextField | None = None
    addressees: tuple[TextField, ...] = ()
    copies_to: tuple[TextField, ...] = ()
    signer: TextField | None = None
    signer_position: TextField | None = None
    copy_form: TextField | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredEnclosure:
    """An enclosure that the letter announces, with the file that answers it, if one was recognised."""

    title: str
    place: str
    file: str | None


class LetterCode(StrEnum):
    """Findings about a letter as a whole."""

    SECRECY_MARK = "secrecy-mark"
    URGENCY_MARK = "urgency-mark"
    NO_TEXT_LAYER = "no-text-layer"
    ENCLOSURE_MISSING = "enclosure-missing"
    FIELDS_DISAGREE = "fields-disagree"
    UNREADABLE_DOCUMENT = "unreadable-document"
    PAPER_ANNOUNCED = "paper-announced"
    EXTERNAL_LINK = "external-link"
    GROUPING_DOUBTFUL = "grouping-doubtful"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLetter:
    """One letter of a mail. `main` and `enclosures` are file paths of the same reading.

    `main` is None where a letter is announced but no document is attached.
    """

    main: str | None
    enclosures: tuple[str, ...]
    fields: LetterFields
    declared_enclosures: tuple[DeclaredEnclosure, ...]
    urgency: Urgency
    secrecy: tuple[Finding, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRules:
    """What differs between administrations; an office's profile fills it from its tables.

    Patterns are regular expressions over NFC text: references with the groups `number` and `symbol`, dates with `day`,
    `month`, `year` and where printed `place`. Every other phrase is compared in folded form (lower case, no marks).
    `document_types` maps an abbreviation to the type's name, `titled_types` are types without one,
    `further_types` second meanings of an abbreviation. `marks_of_secrecy`
    and `marks_of_urgency` map a printed mark to its level, the longer mark before the shorter one it contains.
    """

    reference_patterns: tuple[str, ...]
    document_types: Mapping[str, str]
    untyped_document: str
    date_patterns: tuple[str, ...]
    addressee_labels: tuple[str, ...]
    copies_labels: tuple[str, ...]
    subject_labels: tuple[str, ...]
    enclosure_labels: tuple[str, ...]
    state_header: tuple[str, ...]
    party_header: tuple[str, ...]
    number_labels: tuple[str, ...]
    signing_prefixes: tuple[str, ...]
    copy_forms: tuple[str, ...]
    marks_of_secrecy: Mapping[str, str]
    marks_of_urgency: Mapping[str, Urgency]
    false_secrecy_contexts: tuple[str, ...]
    paper_announcements: tuple[str, ...]
    enclosure_file_hints: tuple[str, ...] = ()
    titled_types: tuple[str, ...] = ()
    further_types: Mapping[str, str] = field(default_factory=dict)
    title_exceptions: tuple[str, ...] = ()
    urgent_types: Mapping[str, Urgency] = field(default_factory=dict)
    secrecy_labels: tuple[str, ...] = ()
    secrecy_openers: tuple[str, ...] = ()
    joining_words: tuple[str, ...] = ()
    stopped_abbreviations: tuple[str, ...] = ()
    request_words: tuple[str, ...] = ()
    older_subject_labels: tuple[str, ...] = ()
    archive_openings: tuple[str, ...] = ()
    body_openings: tuple[str, ...] = ()
    agency_openings: tuple[str, ...] = ()
    agency_fragments: tuple[str, ...] = ()
    position_openings: tuple[str, ...] = ()
    name_titles: tuple[str, ...] = ()
    signature_notes: tuple[str, ...] = ()
    letterhead_notes: tuple[str, ...] = ()
    incoming_stamps: tuple[str, ...] = ()
    enclosure_phrases: tuple[str, ...] = ()
    enclosure_exceptions: tuple[str, ...] = ()
    enclosure_fillers: tuple[str, ...] = ()
    list_leads: tuple[str, ...] = ()
    ordinal_labels: tuple[str, ...] = ()
    enclosure_nouns: tuple[str, ...] = ()
    counted_nouns: tuple[str, ...] = ()
    self_references: tuple[str, ...] = ()
    annex_headings: tuple[str, ...] = ()
    name_abbreviations: Mapping[str, str] = field(default_factory=dict)
    number_words: Mapping[str, int] = field(default_factory=dict)
    file_sharing_hosts: tuple[str, ...] = ()
    reference_openers: tuple[str, ...] = ()
    reply_prefixes: tuple[str, ...] = ()
    quotation_openings: tuple[str, ...] = ()
    quotation_endings: tuple[str, ...] = ()
    thanks: tuple[str, ...] = ()


def issuer_names(fields: LetterFields) -> tuple[str, ...]:
    """Names under which a directory may know the issuer: as printed, and with the parent body behind it.

    A box that reads "TỈNH ỦY TÂY NINH / VĂN PHÒNG" names the "VĂN PHÒNG TỈNH ỦY TÂY NINH".
    """
    if fields.issuer is None:
        return ()
    parent = f"{fields.issuer.value} {fields.parent_issuer.value}" if fields.parent_issuer else None
    return (fields.issuer.value, parent) if parent else (fields.issuer.value,)


def document_key(issuer: str, reference: str, year: int) -> str:
    """The key under which one document is known in a unit: issuer, number and symbol, year of issue.

    Decree 30/2020/NĐ-CP, 15.1: number and symbol are unique within an issuer's year. Marks, case, blanks and the kind
    of dash never tell two documents apart, a leading zero neither.
    """
    folded = re.sub(r"[\u2010-\u2015\u2212]", "-", fold(reference)).replace(" ", "")
    return f"{fold(issuer)}|{folded.lstrip('0')}|{year}"
