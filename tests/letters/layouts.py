"""The ways in which sample letters come, by name: none of them is the demo's."""

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from parsers.files.containers import ContainedFile, FileKind
from tests.letters import drawing, typeset
from tests.letters.drawing import Stroke, Style
from tests.letters.sample import Sample

WORD = FileKind.WORD
WIDE = Style()
NARROW = Style(left=170, right=420, head_size=11, size=12, leading=16, hanging=True)
TIGHT = Style(left=150, right=412, head_size=13, size=14, leading=18)


def stacked(sample: Sample) -> bytes:
    """A firm's letter: the state's header in the middle, the firm below it with its address, one column."""
    composer = drawing.Composer(sample, WIDE)
    for line in drawing.STATE if sample.header == "state" else drawing.PARTY:
        composer.centred(line, drawing.WIDTH / 2, bold=True)
        composer.down()
    composer.down(0.5)
    for line in (*sample.parent, *sample.issuer):
        composer.put(line, drawing.LEFT, bold=line in sample.issuer)
        composer.down()
    composer.put("Địa chỉ: 12 Nguyễn Huệ, phường Mỹ Long. ĐT: 0296.3841.222", drawing.LEFT, size=10)
    composer.down()
    composer.put(sample.number, drawing.LEFT)
    composer.down()
    composer.put(sample.date, 330)
    composer.down(1.4)
    for line in sample.subject if sample.untyped else ():
        composer.put(line, drawing.LEFT)
        composer.down()
    for mark in sample.stamps:
        composer.put(mark, drawing.LEFT, bold=True)
        composer.down()
    composer.down(0.5)
    for step in (composer.title, composer.addressees, composer.body, composer.end, composer.annex):
        step()
    return drawing.drawn(composer.strokes, drawing.paint)


def filled_in(sample: Sample) -> bytes:
    """The registry added number and day as notes on the finished PDF, and a seal's picture lies in the corner."""
    digits = re.search(r"\d+", sample.number)
    day = re.search(r"ngày (\d+) tháng (\d+)", sample.date)
    if not digits or not day:
        return drawing.drawn(drawing.composed(sample, WIDE), drawing.paint)
    notes: list[Stroke] = []
    strokes = []
    for stroke in drawing.composed(sample, WIDE):
        spans = {"number": [digits.span()], "date": [day.span(1), day.span(2)]}.get(stroke.part, [])
        text = stroke.text
        for start, end in spans:
            x = stroke.x + drawing.text_width(stroke.text[:start], stroke.size, bold=False)
            notes.append(replace(stroke, text=stroke.text[start:end], x=x))
        for start, end in reversed(spans):
            # Blanks as wide as the digits, as a typist leaves them.
            gap = drawing.text_width(text[start:end], stroke.size, bold=False)
            blanks = round(gap / drawing.text_width(" ", stroke.size, bold=False))
            text = text[:start] + " " * blanks + text[end:]
        strokes.append(replace(stroke, text=text))
    return _with_notes(
        drawing.drawn(strokes, drawing.paint),
        notes,
        ("Ký bởi: Văn thư", "Email: vanthu@example.vn", "Thời gian ký: 19.07.2024 09:12:13"),
    )


def _with_notes(pdf: bytes, notes: list[Stroke], seal: tuple[str, ...]) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    annotations = generic.ArrayObject()
    font = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Font"),
            pdf_name("/Subtype"): pdf_name("/Type1"),
            pdf_name("/BaseFont"): pdf_name("/Helvetica"),
        }
    )
    for note in notes:
        annotations.append(_annotation(writer, font, [note.text], (note.x, note.y - 2, 60, 16), ("/FreeText", note.size)))
    annotations.append(
        _annotation(writer, font, [_ascii(line) for line in seal], (300, drawing.HEIGHT - 60, 150, 40), ("/Widget", 8))
    )
    page[pdf_name("/Annots")] = annotations
    writer.update_container(page)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _ascii(text: str) -> str:
    return text.replace("Ký bởi", "Signed by").replace("Văn thư", "Van thu").replace("Thời gian ký", "Signing time")


def _annotation(
    writer: IncrementalPdfFileWriter,
    font: generic.DictionaryObject,
    lines: list[str],
    box: tuple[float, ...],
    kind: tuple[str, float],
) -> generic.IndirectObject:
    x, y, width, height = box
    shown = " ".join(f"BT /F0 {kind[1]} Tf 0 {2 + (len(lines) - 1 - i) * 10} Td ({line}) Tj ET" for i, line in enumerate(lines))
    appearance = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): generic.ArrayObject([generic.FloatObject(v) for v in (0, 0, width, height)]),
            pdf_name("/Resources"): generic.DictionaryObject(
                {pdf_name("/Font"): generic.DictionaryObject({pdf_name("/F0"): font})}
            ),
        },
        stream_data=shown.encode(),
    )
    entries = {
        pdf_name("/Type"): pdf_name("/Annot"),
        pdf_name("/Subtype"): pdf_name(kind[0]),
        pdf_name("/F"): generic.NumberObject(4),
        pdf_name("/Rect"): generic.ArrayObject([generic.FloatObject(v) for v in (x, y, x + width, y + height)]),
        pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): writer.add_object(appearance)}),
    }
    return writer.add_object(generic.DictionaryObject(entries))


LAYOUTS: dict[str, tuple[FileKind, Callable[[Sample], bytes]]] = {
    "table": (FileKind.PDF, typeset.tables),
    "typst": (FileKind.PDF, typeset.typst_page),
    "mono": (FileKind.PDF, typeset.typewriter_pdf),
    "text": (FileKind.TEXT, lambda sample: typeset.typed(sample).encode()),
    "flowing": (FileKind.TEXT, lambda sample: typeset.flowing(sample).encode()),
    "docx": (WORD, typeset.word),
    "docx_tabs": (WORD, typeset.word_with_tabs),
    "scrambled": (FileKind.PDF, lambda sample: drawing.drawn(drawing.composed(sample, TIGHT), drawing.paint, shuffled=True)),
    "words": (FileKind.PDF, lambda sample: drawing.drawn(drawing.composed(sample, NARROW), drawing.paint_words)),
    "nfd": (FileKind.PDF, lambda sample: drawing.drawn(drawing.composed(sample, WIDE), drawing.paint_decomposed)),
    "marks_last": (FileKind.PDF, lambda sample: drawing.drawn(drawing.composed(sample, NARROW), drawing.paint_marks_last)),
    "ocr": (FileKind.PDF, lambda sample: drawing.drawn(drawing.composed(sample, WIDE), drawing.paint_invisibly)),
    "party": (FileKind.PDF, lambda sample: drawing.drawn(drawing.composed(sample, NARROW), drawing.paint)),
    "stacked": (FileKind.PDF, stacked),
    "stamped": (FileKind.PDF, filled_in),
}


def rendered(sample: Sample, layout: str | None = None) -> ContainedFile:
    kind, render = LAYOUTS[layout or sample.layout]
    ending = {FileKind.PDF: "pdf", WORD: "docx", FileKind.TEXT: "txt"}[kind]
    name = f"{sample.name}.{ending}"
    return ContainedFile(
        path="2", name=name, kind=kind, media_type="", declared_type="", content=render(sample), sha256="", inline=False
    )
