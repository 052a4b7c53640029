"""What a line of each list shows: columns that more than one noun uses."""

from collections.abc import Sequence

from mailhub.cli.output import Column, Fit
from mailhub.cli.words import CHANNELS, ENTRY_STATES, FILE_KINDS, LEGAL_VALUES, NO_SUBJECT, URGENCIES
from mailhub.language import Text, word
from storage.records import Entry, FileRecord

# Decree 30/2020, appendix IV: the columns of the register of incoming documents, as far as they are known on arrival.
ENTRY_LINE: Sequence[Column[Entry]] = (
    Column(key="number", heading=Text(vi="Số đến", en="No."), value=lambda entry: entry.number, right=True),
    Column(key="year", value=lambda entry: entry.year),
    Column(key="register", value=lambda entry: entry.register),
    Column(key="arrival_date", heading=Text(vi="Ngày đến", en="Arrived"), value=lambda entry: entry.arrival_date),
    Column(key="issuer", heading=Text(vi="Tác giả", en="Issuer"), value=lambda entry: entry.draft.issuer, fit=Fit.CUT),
    Column(key="reference", heading=Text(vi="Số, ký hiệu", en="Reference"), value=lambda entry: entry.draft.reference),
    Column(key="issued_on", heading=Text(vi="Ngày VB", en="Issued"), value=lambda entry: entry.draft.issued_on),
    Column(
        key="subject",
        heading=Text(vi="Trích yếu", en="Subject"),
        value=lambda entry: entry.draft.subject,
        show=lambda entry: entry.draft.subject or NO_SUBJECT,
        fit=Fit.CUT,
    ),
    Column(
        key="state",
        heading=Text(vi="Trạng thái", en="State"),
        value=lambda entry: entry.state,
        show=lambda entry: ENTRY_STATES[entry.state],
    ),
    Column(key="letter", value=lambda entry: f"h{entry.draft.letter_id}"),
)

ENTRY_SHEET: Sequence[Column[Entry]] = (
    Column(key="number", heading=Text(vi="Số đến", en="Number"), value=lambda entry: entry.number),
    Column(key="year", heading=Text(vi="Năm", en="Year"), value=lambda entry: entry.year),
    Column(key="register", heading=Text(vi="Sổ", en="Register"), value=lambda entry: entry.register),
    Column(key="arrival_date", heading=Text(vi="Ngày đến", en="Arrival date"), value=lambda entry: entry.arrival_date),
    Column(key="received_at", heading=Text(vi="Hệ thống nhận", en="Received"), value=lambda entry: entry.draft.received_at),
    Column(key="filed_at", heading=Text(vi="Vào sổ lúc", en="Filed"), value=lambda entry: entry.filed_at),
    Column(key="issuer", heading=Text(vi="Tác giả", en="Issuer"), value=lambda entry: entry.draft.issuer),
    Column(key="reference", heading=Text(vi="Số, ký hiệu", en="Reference"), value=lambda entry: entry.draft.reference),
    Column(key="issued_on", heading=Text(vi="Ngày văn bản", en="Issued"), value=lambda entry: entry.draft.issued_on),
    Column(key="document_type", heading=Text(vi="Loại", en="Type"), value=lambda entry: entry.draft.document_type),
    Column(key="subject", heading=Text(vi="Trích yếu", en="Subject"), value=lambda entry: entry.draft.subject),
    Column(
        key="urgency",
        heading=Text(vi="Độ khẩn", en="Urgency"),
        value=lambda entry: entry.draft.urgency,
        show=lambda entry: word(URGENCIES, entry.draft.urgency),
    ),
    Column(
        key="legal_value",
        heading=Text(vi="Giá trị chữ ký", en="Signatures"),
        value=lambda entry: entry.draft.legal_value,
        show=lambda entry: word(LEGAL_VALUES, entry.draft.legal_value),
    ),
    Column(
        key="channel",
        heading=Text(vi="Đường đến", en="Channel"),
        value=lambda entry: entry.draft.channel,
        show=lambda entry: word(CHANNELS, entry.draft.channel),
    ),
    Column(key="paper_at", heading=Text(vi="Nhận bản giấy lúc", en="Paper handed in"), value=lambda entry: entry.draft.paper_at),
    Column(
        key="exception",
        heading=Text(vi="Nhận giấy vì", en="Taken on paper for"),
        value=lambda entry: entry.draft.exception,
        show=lambda entry: exception_words(entry.draft.exception),
    ),
    Column(key="tracking_code", heading=Text(vi="Mã tra cứu", en="Tracking code"), value=lambda entry: entry.draft.tracking_code),
    Column(
        key="state",
        heading=Text(vi="Trạng thái", en="State"),
        value=lambda entry: entry.state,
        show=lambda entry: ENTRY_STATES[entry.state],
    ),
    Column(key="letter", heading=Text(vi="Văn bản", en="Letter"), value=lambda entry: f"h{entry.draft.letter_id}"),
)

FILE_LINE: Sequence[Column[FileRecord]] = (
    Column(key="id", heading=Text(vi="Tệp", en="File"), value=lambda file: file.id, right=True),
    Column(key="name", heading=Text(vi="Tên", en="Name"), value=lambda file: file.name, fit=Fit.FOLD),
    Column(
        key="kind",
        heading=Text(vi="Loại", en="Kind"),
        value=lambda file: file.kind,
        show=lambda file: word(FILE_KINDS, file.kind),
    ),
    Column(
        key="size",
        heading=Text(vi="Cỡ", en="Size"),
        value=lambda file: file.size,
        show=lambda file: octets(file.size),
        right=True,
    ),
    Column(key="media_type", value=lambda file: file.media_type),
    Column(key="path", value=lambda file: file.path),
    Column(key="sha256", value=lambda file: file.sha256),
)


def exception_words(code: str) -> str | Text:
    """Why paper came alone, in words; a code of a newer version is shown as it is."""
    from mailhub.policy.paper import PaperException
    from mailhub.profiles.vn.paper import EXCEPTIONS

    return EXCEPTIONS[PaperException(code)] if code in set(PaperException) else code


def octets(size: int) -> str:
    """A size for people, in the binary units of file managers."""
    if size < 1 << 10:
        return f"{size} B"
    if size < 1 << 20:
        return f"{size / (1 << 10):.0f} KiB"
    return f"{size / (1 << 20):.1f} MiB"
