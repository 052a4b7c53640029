"""Official letters and their annexes as PDF/A, in the layout of Decree 30/2020/NĐ-CP."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

import typst

from mailhub.demo.signing import Placement

_TEMPLATES = Path(__file__).parent / "templates"
_PAGE_HEIGHT = 841.89
_HAND = (130, 57)
_SEAL = 97
_NOTICE = (176, 43)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterText:
    """What stands in a letter. A công văn has an empty `type`; `marks` are the red stamps of urgency or secrecy."""

    parent: str
    authority: str
    issuer: str
    reference: str
    subject: str
    place_and_date: str
    body: tuple[str, ...]
    signing_as: tuple[str, ...]
    signer: str
    copies: tuple[str, ...]
    type: str = ""
    self_name: str = "Công văn"
    addressees: tuple[str, ...] = ()
    enclosures: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexText:
    """A table that goes with a letter; `belongs_to` is the line in brackets that names the letter."""

    label: str
    title: str
    belongs_to: str
    issuer: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedLetter:
    """A letter before it is signed, with the place of the signature block: page from 0, points from the page's top left."""

    pdf: bytes
    page: int
    across: float
    down: float
    text: LetterText = field(repr=False)

    def hand(self, name: str) -> Placement:
        """Where the leader signs: in the middle of the signature block."""
        width, height = _HAND
        box = self._box(self.across - width / 2 + 8, self.down + 26, width, height)
        return Placement(page=self.page, box=box, picture=_picture("hand.typ", "name", name))

    def seal(self, name: str) -> Placement:
        """Where the agency seals: over the left third of the leader's signature."""
        box = self._box(self.across - _HAND[0] / 2 + _HAND[0] / 3 - _SEAL + 8, self.down + 1, _SEAL, _SEAL)
        return Placement(page=self.page, box=box, picture=_picture("seal.typ", "name", name))

    def _box(self, left: float, top: float, width: float, height: float) -> tuple[int, int, int, int]:
        upper = _PAGE_HEIGHT - top
        return (round(left), round(upper - height), round(left + width), round(upper))


def compose_letter(text: LetterText, created: datetime) -> ComposedLetter:
    """Set a letter; `created` goes into the file's properties."""
    inputs = {"letter": json.dumps(asdict(text), ensure_ascii=False)}
    pdf = _compile("letter.typ", inputs, created)
    place = json.loads(_compiler("letter.typ").query("<signature>", field="value", one=True))
    return ComposedLetter(pdf=pdf, page=place["page"] - 1, across=place["x"], down=place["y"], text=text)


def compose_annex(text: AnnexText, created: datetime) -> bytes:
    """Set an annex as a file of its own."""
    return _compile("annex.typ", {"annex": json.dumps(asdict(text), ensure_ascii=False)}, created)


def notice_of_signing(name: str, reference: str, moment: datetime) -> Placement:
    """What an agency's signature shows on an annex: name, number and time at the top right of the first page."""
    notice = {"name": name, "reference": reference, "moment": moment.isoformat(sep=" ", timespec="seconds")}
    picture = _picture("notice.typ", "notice", json.dumps(notice, ensure_ascii=False))
    width, height = _NOTICE
    right, upper = 575, 828
    return Placement(page=0, box=(right - width, upper - height, right, upper), picture=picture)


@cache
def _picture(template: str, key: str, value: str) -> bytes:
    """A drawing as a one-page PDF without any text in it."""
    drawing = _compiler(template).compile(format="svg", sys_inputs={key: value})
    if not isinstance(drawing, bytes):
        raise TypeError(f"one picture was expected from {template}, not {type(drawing).__name__}")
    return _compile("picture.typ", {"svg": drawing.decode()})


def _compile(template: str, inputs: dict[str, str], created: datetime | None = None) -> bytes:
    pdf = _compiler(template).compile(
        format="pdf", sys_inputs=inputs, pdf_standards=["a-2b"], timestamp=created and int(created.timestamp()), pdf_tags=False
    )
    if not isinstance(pdf, bytes):
        raise TypeError(f"one PDF was expected from {template}, not {type(pdf).__name__}")
    return pdf


@cache
def _compiler(template: str) -> typst.Compiler:
    # Only the fonts inside the wheel: the same letter everywhere, with every Vietnamese sign.
    return typst.Compiler(_TEMPLATES / template, root=_TEMPLATES, ignore_system_fonts=True)
