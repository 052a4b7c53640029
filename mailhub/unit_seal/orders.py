"""What a clerk asks for when the seal is to be used, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from mailhub.language import Text
from mailhub.meetings.signed import LetterFile
from mailhub.signing.look import Box


class SealForm(StrEnum):
    """On what the seal is put; the electronic copies are those of Decree 30/2020/NĐ-CP, article 25."""

    DOCUMENT = "document"
    ANNEX = "annex"
    TRUE_COPY = "sao-y"
    COPY_OF_COPY = "sao-luc"
    EXTRACT = "trich-sao"

    @property
    def is_copy(self) -> bool:
        """Whether it is an electronic copy that the unit itself has made."""
        return self in COPY_WORDS


COPY_WORDS = {SealForm.TRUE_COPY: "Sao y", SealForm.COPY_OF_COPY: "Sao lục", SealForm.EXTRACT: "Trích sao"}
"""How the form of copy is shown: upright and not in capitals (appendix I)."""

FORMS = {
    SealForm.DOCUMENT: Text(vi="văn bản", en="document"),
    SealForm.ANNEX: Text(vi="phụ lục ở tệp riêng", en="annex in a file of its own"),
    SealForm.TRUE_COPY: Text(vi="sao y", en="true copy (sao y)"),
    SealForm.COPY_OF_COPY: Text(vi="sao lục", en="copy of a copy (sao lục)"),
    SealForm.EXTRACT: Text(vi="trích sao", en="extract (trích sao)"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where the seal's lower left corner goes when the person's signature is invisible: page from 1, millimetres."""

    page: int
    left_mm: float
    bottom_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SealOrder:
    """One act. `main` is the document that an annex belongs to; `reference` its number and symbol where they cannot be read."""

    file: LetterFile
    out: Path
    form: SealForm = SealForm.DOCUMENT
    main: LetterFile | None = None
    reference: str = ""
    spot: Spot | None = None
    without_timestamp: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """The result: the file, what it shows and where (page from 1, box in points), and the level of the signature."""

    out: Path
    sha256: str
    form: SealForm
    signed_at: datetime
    level: str
    certificate_sha256: str
    signer: str
    persons: tuple[str, ...]
    reference: str
    page: int
    box: Box
    warnings: tuple[Text, ...] = ()
