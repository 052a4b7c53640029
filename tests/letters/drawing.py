"""Letters drawn letter by letter on PDF pages, in orders and pieces in which real programs draw them."""

import random
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import files
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests.letters.sample import Sample

WIDTH, HEIGHT = A4
LEFT, RIGHT, BOTTOM = 85.0, 545.0, 60.0
STATE = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
PARTY = ("ĐẢNG CỘNG SẢN VIỆT NAM",)


@cache
def fonts() -> tuple[str, str]:
    """Register a serif with all Vietnamese letters, upright and bold."""
    for name in ("Regular", "Bold"):
        path = next(path for path in files("font-source-serif-pro") or () if path.name == f"SourceSerifPro-{name}.ttf")
        pdfmetrics.registerFont(TTFont(f"Serif{name}", str(path.locate())))
    return "SerifRegular", "SerifBold"


@dataclass(frozen=True)
class Stroke:
    """One piece of text: page, left end, baseline from the bottom, size, weight."""

    page: int
    text: str
    x: float
    y: float
    size: float = 13.0
    bold: bool = False
    part: str = ""


def text_width(text: str, size: float, *, bold: bool) -> float:
    return pdfmetrics.stringWidth(text, fonts()[bold], size)


@dataclass(frozen=True)
class Style:
    """What differs between offices: column centres, sizes, how addressees are set."""

    left: float = 160.0
    right: float = 405.0
    head_size: float = 12.0
    size: float = 13.0
    leading: float = 17.0
    hanging: bool = False
    ending: str = "/"


class Composer:
    """Sets a sample line by line."""

    def __init__(self, sample: Sample, style: Style) -> None:
        self.sample, self.style = sample, style
        self.strokes: list[Stroke] = []
        self.page, self.y = 1, HEIGHT - 60

    def put(
        self, text: str, x: float, *, size: float | None = None, bold: bool = False, part: str = "", y: float | None = None
    ) -> None:
        self.strokes.append(Stroke(self.page, text, x, self.y if y is None else y, size or self.style.size, bold, part))

    def centred(
        self, text: str, middle: float, *, size: float | None = None, bold: bool = False, part: str = "", y: float | None = None
    ) -> None:
        size = size or self.style.size
        self.put(text, middle - text_width(text, size, bold=bold) / 2, size=size, bold=bold, part=part, y=y)

    def down(self, lines: float = 1.0) -> None:
        self.y -= lines * self.style.leading
        if self.y < BOTTOM:
            self.page, self.y = self.page + 1, HEIGHT - 60
            self.centred(str(self.page), WIDTH / 2, y=HEIGHT - 35)

    def head(self) -> None:
        sample, style, top = self.sample, self.style, self.y
        size = style.head_size
        for line in sample.parent:
            self.centred(line, style.left, size=size)
            self.down()
        for line in sample.issuer:
            self.centred(line, style.left, size=size, bold=True)
            self.down()
        self.down(0.5)
        self.centred(sample.number, style.left, size=size + 1, part="number")
        number_y = self.y
        if sample.untyped:
            for line in sample.subject:
                self.down()
                self.centred(line, style.left, size=size)
        for mark in sample.stamps:
            self.down(1.4)
            self.centred(mark, style.left - 20, bold=True)
        left_end = self.y
        self.y = top
        for line in STATE if sample.header == "state" else PARTY:
            self.centred(line, style.right, size=size, bold=True)
            self.down()
        self.centred(sample.date, style.right, y=min(number_y, self.y - 4), part="date")
        if sample.corner:
            self.put(sample.corner, 300, size=8, y=HEIGHT - 30)
        self.y = min(left_end, self.y)
        self.down(1.6)

    def title(self) -> None:
        if self.sample.untyped:
            return
        self.centred(self.sample.title, WIDTH / 2, size=14, bold=True)
        for line in self.sample.subject:
            self.down()
            self.centred(line, WIDTH / 2, bold=True)
        for line in self.sample.authority:
            self.down(1.5 if line is self.sample.authority[0] else 1)
            self.centred(line, WIDTH / 2, bold=True)
        self.down(1.6)

    def addressees(self) -> None:
        names, label = self.sample.to, self.sample.to_label
        if len(names) == 1:
            self.put(f"{label} {names[0]}", 170)
            self.down(1.7)
        elif names and self.style.hanging:
            self.put(label, 120)
            for name in names:
                self.put(f"- {name}", 190)
                self.down()
            self.down(0.7)
        elif names:
            self.put(label, 150)
            for name in names:
                self.down()
                self.put(f"- {name}", 190)
            self.down(1.7)

    def body(self) -> None:
        for paragraph in self.sample.body:
            first = True
            for line in wrapped(paragraph, RIGHT - LEFT - 36, self.style.size):
                self.put(line, LEFT + (36 if first else 0), part="body")
                self.down()
                first = False
            self.down(0.35)

    def end(self) -> None:
        self.down(0.8)
        if self.y < BOTTOM + 130:
            self.down(100)
            self.down(1)
        top = self.y
        self.put("Nơi nhận:", LEFT, size=12, bold=True)
        for name in self.sample.copies:
            self.down(0.85)
            self.put(f"- {name}", LEFT, size=11)
        self.y = top
        for line in self.sample.capacity:
            self.centred(line, 430, bold=True)
            self.down()
        self.down(4)
        self.centred(self.sample.signer, 430, bold=True)

    def annex(self) -> None:
        if self.sample.annex:
            self.page, self.y = self.page + 1, HEIGHT - 70
            for line in self.sample.annex:
                for part in wrapped(line, RIGHT - LEFT, self.style.size):
                    self.centred(part, WIDTH / 2)
                    self.down()


def wrapped(text: str, width: float, size: float) -> list[str]:
    lines: list[str] = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer, size, bold=False) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def composed(sample: Sample, style: Style) -> list[Stroke]:
    composer = Composer(sample, style)
    for step in (composer.head, composer.title, composer.addressees, composer.body, composer.end, composer.annex):
        step()
    return composer.strokes


Painter = Callable[[Canvas, Stroke], None]


def paint(canvas: Canvas, stroke: Stroke) -> None:
    canvas.setFont(fonts()[stroke.bold], stroke.size)
    canvas.drawString(stroke.x, stroke.y, stroke.text)


def paint_words(canvas: Canvas, stroke: Stroke) -> None:
    """Every word is an object of its own and no blank is drawn, as justifying programs do it."""
    x = stroke.x
    canvas.setFont(fonts()[stroke.bold], stroke.size)
    for word in stroke.text.split():
        canvas.drawString(x, stroke.y, word)
        x += text_width(word + " ", stroke.size, bold=stroke.bold)


def paint_decomposed(canvas: Canvas, stroke: Stroke) -> None:
    """Marks are letters of their own behind the letter they belong to."""
    paint(canvas, replace(stroke, text=unicodedata.normalize("NFD", stroke.text)))


def paint_marks_last(canvas: Canvas, stroke: Stroke) -> None:
    """The letters first, then the accents in a second pass over the line."""
    bare = "".join(unicodedata.normalize("NFC", letter) for letter in _bare_letters(stroke.text))
    paint(canvas, replace(stroke, text=bare))
    for index, letter in enumerate(unicodedata.normalize("NFC", stroke.text)):
        marks = [mark for mark in unicodedata.normalize("NFD", letter)[1:] if mark in TONES]
        x = stroke.x + text_width(bare[: index + 1], stroke.size, bold=stroke.bold)
        for mark in marks:
            canvas.drawString(x, stroke.y, mark)


TONES = "\u0300\u0301\u0303\u0309\u0323"


def _bare_letters(text: str) -> list[str]:
    decomposed = [unicodedata.normalize("NFD", letter) for letter in unicodedata.normalize("NFC", text)]
    return [letters[0] + "".join(mark for mark in letters[1:] if mark not in TONES) for letters in decomposed]


def paint_invisibly(canvas: Canvas, stroke: Stroke) -> None:
    """The text layer of a recognised scan: unseen, word by word, a little off the line."""
    shaky = random.Random(stroke.text)
    x = stroke.x
    for word in stroke.text.split():
        text = canvas.beginText(x, stroke.y + shaky.uniform(-1.0, 1.0))
        text.setFont(fonts()[0], stroke.size * shaky.uniform(0.94, 1.0))
        text.setTextRenderMode(3)
        text.textOut(word)
        canvas.drawText(text)
        x += text_width(word + " ", stroke.size, bold=stroke.bold)


def drawn(strokes: Sequence[Stroke], painter: Painter, *, shuffled: bool = False) -> bytes:
    fonts()
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=True)
    for page in range(1, max(stroke.page for stroke in strokes) + 1):
        own = [stroke for stroke in strokes if stroke.page == page]
        if shuffled:
            random.Random(page).shuffle(own)
        for stroke in own:
            painter(canvas, stroke)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
