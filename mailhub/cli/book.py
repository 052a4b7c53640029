"""The register on paper and in spreadsheets: the ten columns of the law, and all fields."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mailhub.cli.exports import Layout, open_tables
from mailhub.cli.lines import ENTRY_SHEET
from mailhub.cli.output import Column, Export, Output
from mailhub.cli.words import CHANNELS, ENTRY_STATES
from mailhub.language import Text
from storage.records import Entry, EntryState

if TYPE_CHECKING:
    from mailhub.book import Volume

PROGRESS = Text(vi="Xuất sổ", en="Exporting")


def title_of(entry: Entry) -> str:
    """Type and subject in one column, as the book has them."""
    kind, subject = entry.draft.document_type, entry.draft.subject
    return f"{kind[:1].upper()}{kind[1:]} {subject}".strip()


def note_of(entry: Entry) -> Text:
    """What the last column says: a number that was voided, recalled or replaced, and how the document came."""
    parts: list[Text] = []
    if entry.state in {EntryState.VOIDED, EntryState.RECALLED, EntryState.REPLACED}:
        parts.append(ENTRY_STATES[entry.state])
    if entry.draft.channel == "paper":
        parts.append(CHANNELS["paper"])
    elif entry.draft.paper_at:
        parts.append(Text(vi="có bản giấy", en="paper came too"))
    return Text(vi="; ".join(part.vi for part in parts), en="; ".join(part.en for part in parts))


def blank(_entry: Entry) -> str:
    """A column that is filled in by hand."""
    return ""


# Decree 30/2020, appendix IV: the ten columns of the register of incoming documents, in their order.
BOOK_LINE: Sequence[Column[Entry]] = (
    Column(key="arrival_date", heading=Text(vi="Ngày đến", en="Arrival date"), value=lambda entry: entry.arrival_date),
    Column(key="number", heading=Text(vi="Số đến", en="Number"), value=lambda entry: entry.number),
    Column(key="issuer", heading=Text(vi="Tác giả", en="Issuer"), value=lambda entry: entry.draft.issuer),
    Column(key="reference", heading=Text(vi="Số, ký hiệu", en="Reference"), value=lambda entry: entry.draft.reference),
    Column(key="issued_on", heading=Text(vi="Ngày tháng văn bản", en="Issued"), value=lambda entry: entry.draft.issued_on),
    Column(key="title", heading=Text(vi="Tên loại và trích yếu", en="Type and subject"), value=title_of),
    Column(key="recipient", heading=Text(vi="Đơn vị hoặc người nhận", en="Handled by"), value=blank),
    Column(key="handed_on", heading=Text(vi="Ngày chuyển", en="Handed on"), value=blank),
    Column(key="signature", heading=Text(vi="Ký nhận", en="Signature"), value=blank),
    Column(key="note", heading=Text(vi="Ghi chú", en="Note"), value=lambda entry: note_of(entry).en, show=note_of),
)
BOOK_TITLE = Text(vi="Sổ đăng ký văn bản đến", en="Register of incoming documents")
FIELDS_TITLE = Text(vi="Tất cả các trường", en="All fields")
COLUMNS: dict[str, Sequence[Column[Entry]]] = {"all": ENTRY_SHEET, "book": BOOK_LINE}


def write_book(output: Output, export: Export, volume: "Volume", columns: str) -> None:
    """The lines of a book as a file: a workbook has the ten columns and all fields, CSV those that were asked for."""
    book = Layout(title=output.words(BOOK_TITLE))
    with open_tables(output, export) as tables:
        if not export.workbook:
            with tables.table(COLUMNS[columns], book) as add:
                copy(output, volume, add)
            return
        fields = Layout(title=output.words(FIELDS_TITLE))
        with tables.table(BOOK_LINE, book) as add_line, tables.table(ENTRY_SHEET, fields) as add_fields:
            copy(output, volume, add_line, add_fields)


def copy(output: Output, volume: "Volume", *adds: Callable[[Entry], None]) -> None:
    """Every line into each table, with a bar where a person watches."""
    for entry in output.progress(volume, len(volume), PROGRESS):
        for add in adds:
            add(entry)
