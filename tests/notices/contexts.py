"""One context of each kind, as the desk's examples tell them."""

from dataclasses import replace
from datetime import UTC, date, datetime

from mailhub.language import Text
from mailhub.notices.compose import Letterhead, compose
from mailhub.notices.context import (
    Addressee,
    ApologyContext,
    Circumstances,
    Contact,
    DigestContext,
    DigestLine,
    EntryName,
    FileLine,
    HeldContext,
    LetterName,
    Original,
    PaperReturnContext,
    ReceiptContext,
    RepeatContext,
    ReturnContext,
    VoidContext,
)
from mailhub.notices.templates import Templates
from mailhub.notices.wording import reason_line
from mailhub.policy.reasons import ReasonCode
from mailhub.profiles.vn.reasons import reason_text
from storage.records import ChainHead

FINANCE = Addressee(address="vanthu@stc.tinh.example", name="Sở Tài chính")
CONTACT = Contact(name="Nguyễn Thị Lan", phone="0123 456 789")
CHAIN = ChainHead(number=1234, hash="ab" * 32)
ABOUT = Circumstances(
    addressee=FINANCE,
    unit_name="Văn phòng UBND tỉnh",
    unit_address="vanthu@vpub.tinh.example",
    time_zone="Asia/Ho_Chi_Minh",
    contact=CONTACT,
    original=Original(message_id="<1@stc.tinh.example>", references=("<0@stc.tinh.example>",), subject="Gửi 226/STC-NS"),
    tracking_code="K7M4-Q2XD-90TS",
    received_at=datetime(2024, 8, 9, 0, 10, tzinfo=UTC),
    chain=CHAIN,
)
LETTER = LetterName(reference="226/STC-NS", issued_on=date(2024, 8, 8), subject="V/v quyết toán ngân sách 6 tháng")
ENTRY = EntryName(number=4818, register="UBND", arrival_date=date(2024, 8, 9), filed_at=datetime(2024, 8, 9, 0, 48, tzinfo=UTC))
FILES = tuple(
    FileLine(name=name, size=182345, sha256=digit * 64, verdict=Text(vi="2 chữ ký số hợp lệ", en="2 valid signatures"))
    for name, digit in (("226-STC-NS.pdf", "1"), ("PL1.pdf", "2"), ("PL2.xlsx", "3"))
)
RECEIPT = ReceiptContext(
    about=ABOUT, letter=LETTER, entry=ENTRY, statement=reason_text(ReasonCode.COMPLETE).sender, files=FILES, files_expected=3
)
REPEAT = RepeatContext(about=ABOUT, letter=LETTER, entry=ENTRY, files=FILES[:1])
RETURN = ReturnContext(
    about=ABOUT,
    letter=LETTER,
    reasons=(reason_line(ReasonCode.SIGNATURE_BROKEN),),
    legal_basis="Quy chế văn thư ban hành kèm Quyết định 12/QĐ-UBND",
    files=FILES[:1],
)
HELD = HeldContext(about=ABOUT, letter=LETTER, reasons=(reason_line(ReasonCode.ENCLOSURES_MISSING),), missing=("Phụ lục 2",))
APOLOGY = ApologyContext(about=ABOUT, letter=LETTER)
PAPER_RETURN = PaperReturnContext(
    about=replace(ABOUT, original=Original(), received_at=datetime(2024, 8, 7, 2, 20, tzinfo=UTC)),
    letter=replace(LETTER, subject=""),
    received_on=date(2024, 8, 7),
    waited_until=datetime(2024, 8, 8, 2, 20, tzinfo=UTC),
    pick_up_before=date(2024, 8, 16),
    legal_basis="Quy chế văn thư ban hành kèm Quyết định 12/QĐ-UBND",
)
VOID = VoidContext(about=ABOUT, letter=LETTER, entry=ENTRY)
DIGEST = DigestContext(
    addressee=FINANCE,
    unit_name=ABOUT.unit_name,
    unit_address=ABOUT.unit_address,
    time_zone=ABOUT.time_zone,
    contact=CONTACT,
    day=date(2024, 8, 9),
    lines=(
        DigestLine(
            tracking_code="K7M4-Q2XD-90TS",
            outcome=Text(vi="số đến 4818", en="arrival number 4818"),
            letter=LETTER,
            received_at=ABOUT.received_at,
        ),
    ),
    chain=CHAIN,
)
ALL = {
    "receipt": RECEIPT,
    "repeat": REPEAT,
    "return": RETURN,
    "held": HELD,
    "apology": APOLOGY,
    "void": VOID,
    "paper-return": PAPER_RETURN,
    "digest": DIGEST,
}

LETTERHEAD = Letterhead(name="Văn thư, Văn phòng UBND tỉnh", address="vanthu@vpub.tinh.example", loop_mark="hub-1")
MESSAGE_ID = "<receipt.7.abc@vpub.tinh.example>"
DATE = datetime(2024, 8, 9, 0, 49, tzinfo=UTC)


def composed(context, templates=None, **changes):
    """The mail's bytes, with the usual letterhead, date and Message-ID."""
    given = {"message_id": MESSAGE_ID, "letterhead": LETTERHEAD, "date": DATE, **changes}
    return compose(context, templates=templates or Templates(), **given)
