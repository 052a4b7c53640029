"""The text of one file of a mail with its places, by kind of file."""

from collections.abc import Callable
from dataclasses import dataclass

from parsers.errors import ParseError
from parsers.files.containers import ContainedFile, FileKind
from parsers.finding import Confidence, Finding, Source
from parsers.folding import clean
from parsers.letter import LetterCode
from parsers.text.lines import TextPage
from parsers.text.office_text import docx_pages, xlsx_pages
from parsers.text.pdf_text import TextLimits, pdf_text
from parsers.text.plain_text import plain_pages
from parsers.text.rich_text import SIGNATURE, rich_text

_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentText:
    """One file as the reader of letters sees it. `page_count` counts all pages, also those without text.

    `signed` says that the file bears an electronic signature, valid or not; whoever has looked sets it.
    """

    path: str
    name: str
    kind: FileKind
    inline: bool = False
    signed: bool = False
    pages: tuple[TextPage, ...] = ()
    page_count: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def has_text(self) -> bool:
        """Whether any page has a text layer."""
        return any(page.lines for page in self.pages)

    def text(self, pages: int = 20) -> str:
        """The lines of the first pages in reading order."""
        return "\n".join(line.text for page in self.pages[:pages] for line in page.lines)


def document_text(file: ContainedFile, *, signed: bool = False, limits: TextLimits | None = None) -> DocumentText:
    """Read the text of a file; what cannot be read is a finding, never an exception."""
    try:
        pages, page_count = _read(file, limits or TextLimits())
    except ParseError as error:
        return _document(file, (), 0, signed=signed, findings=(_finding(file, LetterCode.UNREADABLE_DOCUMENT, str(error)),))
    scanned = file.kind is FileKind.PDF and not any(page.lines for page in pages)
    findings = (_finding(file, LetterCode.NO_TEXT_LAYER, f"{page_count} pages"),) if scanned else ()
    return _document(file, pages, page_count, signed=signed, findings=findings)


def _document(
    file: ContainedFile, pages: tuple[TextPage, ...], page_count: int, *, signed: bool, findings: tuple[Finding, ...]
) -> DocumentText:
    return DocumentText(
        path=file.path,
        name=file.name,
        kind=file.kind,
        inline=file.inline,
        signed=signed,
        pages=pages,
        page_count=page_count,
        findings=findings,
    )


def _finding(file: ContainedFile, code: LetterCode, evidence: str) -> Finding:
    return Finding(code=code, source=Source.CONTAINER, place=file.path, confidence=Confidence.CERTAIN, evidence=evidence[:200])


def _read(file: ContainedFile, limits: TextLimits) -> tuple[tuple[TextPage, ...], int]:
    match file.kind:
        case FileKind.PDF:
            text = pdf_text(file.content, limits)
            return text.pages, text.page_count
        case FileKind.WORD if file.content.startswith(SIGNATURE):
            return _counted(plain_pages(clean_text(rich_text(file.content)[: limits.letters].encode("utf_8", "replace"))))
        case FileKind.WORD:
            return _counted(_package(docx_pages, file, limits))
        case FileKind.SHEET:
            return _counted(_package(xlsx_pages, file, limits))
        case FileKind.TEXT:
            return _counted(plain_pages(clean_text(file.content[: 4 * limits.letters])))
        case _:
            return (), 0


def _counted(pages: tuple[TextPage, ...]) -> tuple[tuple[TextPage, ...], int]:
    return pages, len(pages)


def _package(
    reader: Callable[[bytes, TextLimits], tuple[TextPage, ...]], file: ContainedFile, limits: TextLimits
) -> tuple[TextPage, ...]:
    if not file.content.startswith(_ZIP):
        raise ParseError(f"{file.kind} of before 2007 or not an office package at all: its text is not read")
    return reader(file.content, limits)


def clean_text(content: bytes) -> str:
    """Typed text in UTF-8 or UTF-16 with a mark; other bytes become replacement characters."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    decoded = content.decode(encoding, "replace")
    return "\n".join(line if line.isascii() else _keeping_blanks(line) for line in decoded.splitlines())


def _keeping_blanks(line: str) -> str:
    return clean(line.replace("\f", " ").expandtabs())
