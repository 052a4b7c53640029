"""The sheet that goes with a receipt as a file: what was taken in, under which number, and what its files were.

A mail's text can be changed on its way; this sheet is there to be signed. It says nothing that the mail does not say.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from mailhub.notices.context import FileLine, LetterName, ReceiptContext, RepeatContext
from mailhub.notices.typesetting import set_pages, shortened
from mailhub.profiles.vn.printing import printed_date, printed_matter, printed_moment

MEDIA_TYPE = "application/pdf"
MOST_FILES = 60
LONGEST_LINE, LONGEST_NAME = 300, 140
RECEIVED, REPEATED = "PHIẾU TIẾP NHẬN VĂN BẢN ĐIỆN TỬ", "PHIẾU TIẾP NHẬN (VĂN BẢN ĐÃ NHẬN TỪ TRƯỚC)"

SheetContext = ReceiptContext | RepeatContext
"""The notices that have a sheet."""


def file_name(context: SheetContext) -> str:
    """How the sheet is called as a file."""
    return f"Phiếu tiếp nhận số {context.entry.number}.pdf"


def receipt_sheet(context: SheetContext, created: datetime) -> bytes:
    """The sheet as PDF/A-2b; equal arguments give equal bytes. `created` goes into the file's properties."""
    about, entry = context.about, context.entry
    repeated = isinstance(context, RepeatContext)
    more = len(context.files) - MOST_FILES
    sheet = {
        "title": REPEATED if repeated else RECEIVED,
        "unit_name": shortened(about.unit_name, LONGEST_NAME),
        "number": f"{entry.number}, sổ {shortened(entry.register, 40)}, ngày {printed_date(entry.arrival_date)}",
        "rows": rows(context),
        "statement": shortened(statement(context), LONGEST_LINE),
        "files": [file_row(line) for line in context.files[:MOST_FILES]],
        "more": f"và {more} tệp khác, ghi trong thư." if more > 0 else "",
        "footer": f"Phiếu này được ký số bằng chứng thư hệ thống. Mốc nhật ký: {about.chain.number}/{about.chain.hash}",
    }
    return set_pages("receipt", {"sheet": json.dumps(sheet, ensure_ascii=False)}, created)


def rows(context: SheetContext) -> Sequence[tuple[str, str]]:
    """What is known, a label and a value each; empty ones are left out by the print."""
    about, letter = context.about, context.letter
    zone = ZoneInfo(about.time_zone)
    expected = context.files_expected if isinstance(context, ReceiptContext) else 0
    paper = context.paper_at if isinstance(context, ReceiptContext) else None
    found = (
        ("Bên gửi", about.addressee.name or about.addressee.address),
        ("Văn bản", letter_line(letter)),
        ("Trích yếu", printed_matter(letter.subject)),
        ("Hệ thống nhận lúc", printed_moment(about.received_at.astimezone(zone))),
        ("Vào sổ lúc", printed_moment(context.entry.filed_at.astimezone(zone))),
        ("Số tệp đã nhận", f"{len(context.files)}/{expected}" if expected else ""),
        ("Bản giấy nhận lúc", printed_moment(paper.astimezone(zone)) if paper else ""),
        ("Mã tra cứu", about.tracking_code),
        ("Nơi nhận văn bản", about.unit_address),
        ("Văn thư", f"{about.contact.name}, {about.contact.phone}" if about.contact.complete else ""),
    )
    return [(label, shortened(value, LONGEST_LINE)) for label, value in found]


def letter_line(letter: LetterName) -> str:
    """Number, symbol and day of the letter."""
    day = f"ngày {printed_date(letter.issued_on)}" if letter.issued_on else ""
    return " ".join(filter(None, (f"số {letter.reference}" if letter.reference else "", day)))


def statement(context: SheetContext) -> str:
    """As what it was taken in."""
    closing = "Phiếu này xác nhận việc tiếp nhận, không thay cho ý kiến giải quyết."
    if isinstance(context, RepeatContext):
        return f"Nội dung giống hệt bản đã tiếp nhận nên số đến giữ nguyên. {closing}"
    return f"{context.statement.vi} {closing}"


def file_row(line: FileLine) -> dict[str, str]:
    """One file as it is printed."""
    return {
        "name": shortened(line.name, LONGEST_NAME),
        "verdict": shortened(line.verdict.vi, LONGEST_LINE),
        "sha256": line.sha256,
        "size": f"{line.size:,}".replace(",", "."),
    }
