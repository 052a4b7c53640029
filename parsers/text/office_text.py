"""Text of Word and Excel packages (ECMA-376), read as a stream: no tree in memory, no entities, nothing outside the package."""

import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from io import BytesIO
from xml.parsers import expat

from parsers.errors import LimitExceededError, ParseError
from parsers.text.lines import TextLine, TextPage, Word, columns_of
from parsers.text.pdf_text import TextLimits
from parsers.text.plain_text import CHARACTER_WIDTH, PAGE_HEIGHT, PAGE_WIDTH, typed_line, typed_words

_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OverflowError, OSError)
_MARGIN_LEFT, _MARGIN_RIGHT = 85.0, 540.0
_SHEET_ROWS = 60
_SHARED_STRINGS = 20_000


@dataclass(slots=True)
class _Paragraph:
    """Pieces of text with their weight; tabs and line breaks are kept as control characters."""

    pieces: list[tuple[str, bool]] = field(default_factory=list)
    alignment: str = ""
    page: int = 1

    def lines(self) -> list[tuple[tuple[str, bool], ...]]:
        rows: list[list[tuple[str, bool]]] = [[]]
        for text, bold in self.pieces:
            first, *others = text.split("\n")
            rows[-1].append((first, bold))
            rows += [[(other, bold)] for other in others]
        return [tuple(row) for row in rows]


def docx_pages(content: bytes, limits: TextLimits) -> tuple[TextPage, ...]:
    """Paragraphs and table cells of a Word document; cells of one row stand beside each other."""
    with _package(content) as package:
        reader = _WordReader(limits)
        _parse(_member(package, "word/document.xml", limits), reader.start, reader.end, reader.data)
    return reader.typesetter.pages()


def xlsx_pages(content: bytes, limits: TextLimits) -> tuple[TextPage, ...]:
    """The first rows of the first sheet, enough to see a heading and its marks."""
    with _package(content) as package:
        strings = _StringsReader()
        if "xl/sharedStrings.xml" in package.namelist():
            _parse(_member(package, "xl/sharedStrings.xml", limits), strings.start, strings.end, strings.data)
        sheet = _SheetReader(tuple(strings.strings))
        _parse(_member(package, _first_sheet(package), limits), sheet.start, sheet.end, sheet.data)
    lines = tuple(sheet.lines)
    width = max([PAGE_WIDTH, *(line.right for line in lines)])
    return (TextPage(number=1, width=width, height=PAGE_HEIGHT, lines=lines),)


def _package(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(BytesIO(content))
    except _ZIP_ERRORS as error:
        raise ParseError(f"not a readable office package: {error}") from error


def _member(package: zipfile.ZipFile, name: str, limits: TextLimits) -> bytes:
    try:
        with package.open(name) as stream:
            content = stream.read(limits.unpacked_bytes + 1)
    except (KeyError, *_ZIP_ERRORS) as error:
        raise ParseError(f"no readable {name!r} in the office package") from error
    if len(content) > limits.unpacked_bytes:
        raise LimitExceededError(f"{name!r} unpacks to more than {limits.unpacked_bytes} bytes")
    return content


def _first_sheet(package: zipfile.ZipFile) -> str:
    sheets = sorted(name for name in package.namelist() if name.startswith("xl/worksheets/sheet"))
    return sheets[0] if sheets else "xl/worksheets/sheet1.xml"


def _parse(
    content: bytes, start: Callable[[str, dict[str, str]], None], end: Callable[[str], None], data: Callable[[str], None]
) -> None:
    """Stream the XML through the handlers, which get element names without their namespace."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = lambda name, attributes: start(
        _local(name), {_local(key): value for key, value in attributes.items()}
    )
    parser.EndElementHandler = lambda name: end(_local(name))
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(content, True)  # noqa: FBT003 (expat takes the final flag by position only)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise ParseError(f"the office package holds broken XML: {error}") from error


def _refuse_doctype(*_: object) -> None:
    # ECMA-376 part 2, 8.3.5: packages hold no document type declarations; they are how entity bombs come in.
    raise ParseError("document type declaration in an office package")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


class _Typesetter:
    """Gives the paragraphs places: rows down the page, table cells side by side."""

    def __init__(self, limits: TextLimits) -> None:
        self._limits = limits
        self._letters = 0
        self._row = 0
        self._lines: dict[int, list[TextLine]] = {}
        self._page = 1

    def paragraph(self, paragraph: _Paragraph) -> None:
        self._turn_to(paragraph.page)
        self._row = max(self._set(paragraph, self._row, (_MARGIN_LEFT, _MARGIN_RIGHT)), self._row + 1)

    def table_row(self, cells: list[list[_Paragraph]]) -> None:
        pages = [paragraph.page for cell in cells for paragraph in cell]
        if pages:
            self._turn_to(min(pages))
        width = (_MARGIN_RIGHT - _MARGIN_LEFT) / max(len(cells), 1)
        ends = [self._row]
        for number, cell in enumerate(cells):
            row = self._row
            left = _MARGIN_LEFT + number * width
            for paragraph in cell:
                row = max(self._set(paragraph, row, (left, left + width)), row + 1)
            ends.append(row)
        self._row = max(ends)

    def pages(self) -> tuple[TextPage, ...]:
        return tuple(
            TextPage(number=number, width=PAGE_WIDTH, height=max(PAGE_HEIGHT, lines[-1].baseline), lines=tuple(lines))
            for number, lines in sorted(self._lines.items())
        )

    def _turn_to(self, page: int) -> None:
        if page > self._page:
            self._page, self._row = page, 0

    def _set(self, paragraph: _Paragraph, row: int, span: tuple[float, float]) -> int:
        """Set one paragraph; gives the row after its last line."""
        for pieces in paragraph.lines():
            row += 1
            words = _words(pieces, paragraph.alignment, span)
            self._letters += sum(len(text) for text, _ in pieces)
            if words and self._letters <= self._limits.letters and self._page <= self._limits.pages:
                self._lines.setdefault(self._page, []).extend(columns_of(typed_line(words, row, self._page)))
        return row


def _words(pieces: tuple[tuple[str, bool], ...], alignment: str, span: tuple[float, float]) -> tuple[Word, ...]:
    """The words of one line, aligned in their column; a paragraph longer than the column ends at its right edge."""
    text = "".join(piece for piece, _ in pieces)
    bold = 2 * sum(len(piece.strip()) for piece, heavy in pieces if heavy) > len(text.strip())
    words = typed_words(text, left=span[0], bold=bold)
    if not words:
        return ()
    room = max(span[1] - span[0] - (words[-1].right - words[0].left), 0.0)
    shift = {"center": room / 2, "right": room, "end": room}.get(alignment, words[0].left - span[0])
    shift -= words[0].left - span[0]
    moved = tuple(replace(word, left=word.left + shift, right=word.right + shift) for word in words)
    return moved if moved[-1].right <= span[1] else tuple(_squeezed(moved, span))


def _squeezed(words: tuple[Word, ...], span: tuple[float, float]) -> list[Word]:
    """Words of an overlong line, narrowed to end at the column's edge; a wrapped paragraph so stays one line."""
    start = min(max(words[0].left, span[0]), span[0] + 0.7 * (span[1] - span[0]))
    scale = (span[1] - start) / max(words[-1].right - words[0].left, 1.0)
    first = words[0].left
    return [replace(word, left=start + (word.left - first) * scale, right=start + (word.right - first) * scale) for word in words]


class _WordReader:
    """Handlers for WordprocessingML: paragraphs go to the typesetter, alone or as the cells of a table's row."""

    def __init__(self, limits: TextLimits) -> None:
        self.typesetter = _Typesetter(limits)
        self._open: list[_Paragraph] = []
        self._tables = 0
        self._cells: list[list[_Paragraph]] = []
        self._bold = False
        self._in_text = False
        self._in_run = False
        self._skipped = 0
        self._page = 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        # mc:Fallback repeats what mc:Choice has shown already (text boxes).
        if self._skipped or name == "Fallback":
            self._skipped += 1
            return
        match name:
            case "tbl":
                self._tables += 1
            case "tr" if self._tables == 1:
                self._cells = []
            case "tc" if self._tables == 1:
                self._cells.append([])
            case "p":
                self._open.append(_Paragraph(page=self._page))
            case "r":
                self._in_run, self._bold = True, False
            case _:
                self._start_in_paragraph(name, attributes)

    def _start_in_paragraph(self, name: str, attributes: dict[str, str]) -> None:
        if not self._open:
            return
        match name:
            case "b":
                self._bold = self._in_run and attributes.get("val", "1") not in {"0", "false", "off"}
            case "jc":
                self._open[-1].alignment = attributes.get("val", "")
            case "t":
                self._in_text = True
            case "tab" if self._in_run:
                self._add("\t")
            case "br" | "cr":
                self._add("\n")
                self._page += attributes.get("type") == "page"
            case "lastRenderedPageBreak":
                self._page += 1
                if not self._open[-1].pieces:
                    self._open[-1].page = self._page
            case "noBreakHyphen":
                self._add("-")
            case _:
                pass

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        match name:
            case "p" if self._open:
                self._finish(self._open.pop())
            case "r":
                self._in_run = False
            case "t":
                self._in_text = False
            case "tbl":
                self._tables -= 1
            case "tr" if self._tables == 1:
                self.typesetter.table_row(self._cells)
                self._cells = []
            case _:
                pass

    def data(self, text: str) -> None:
        if self._in_text and not self._skipped:
            self._add(text.replace("\n", " "))

    def _add(self, text: str) -> None:
        if self._open:
            self._open[-1].pieces.append((text, self._bold))

    def _finish(self, paragraph: _Paragraph) -> None:
        if self._tables and self._cells:
            self._cells[-1].append(paragraph)
        else:
            self.typesetter.paragraph(paragraph)


class _StringsReader:
    """Handlers for the shared strings of a workbook."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._parts: list[str] | None = None
        self._in_text = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si" and len(self.strings) < _SHARED_STRINGS:
            self._parts = []
        self._in_text = name == "t"

    def end(self, name: str) -> None:
        self._in_text = False
        if name == "si" and self._parts is not None:
            self.strings.append("".join(self._parts))
            self._parts = None

    def data(self, text: str) -> None:
        if self._in_text and self._parts is not None:
            self._parts.append(text)


class _SheetReader:
    """Handlers for one worksheet; each cell with text becomes a line of its own in its column."""

    def __init__(self, strings: tuple[str, ...]) -> None:
        self.lines: list[TextLine] = []
        self._strings = strings
        self._row = 0
        self._column = 0.0
        self._kind = ""
        self._value: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "row":
                self._row += 1
                self._column = 0.0
            case "c":
                self._kind = attributes.get("t", "")
            case "v" | "t":
                self._value = []
            case _:
                pass

    def end(self, name: str) -> None:
        if name not in {"v", "t"} or self._value is None:
            return
        text, self._value = "".join(self._value), None
        if self._kind == "s":
            text = self._strings[int(text)] if text.isdecimal() and int(text) < len(self._strings) else ""
        words = typed_words(text.replace("\n", " "), left=self._column)
        if words and self._row <= _SHEET_ROWS:
            self.lines.append(typed_line(words, self._row))
            self._column = words[-1].right + 4 * CHARACTER_WIDTH

    def data(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)
