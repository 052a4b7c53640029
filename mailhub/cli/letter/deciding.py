"""`mailhub letter file, return, hold, withdraw, reopen`: a clerk decides."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

import click

from mailhub.cli.bilingual import Command, option
from mailhub.cli.letter.views import NO_LETTER, about, show_letter
from mailhub.cli.lines import ENTRY_LINE
from mailhub.cli.options import optional_reason_option, reason_option
from mailhub.cli.references import letter_id
from mailhub.cli.session import Session, pass_session
from mailhub.cli.values import choice_of
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.policy.reasons import ReasonCode
from storage.records import Entry


@click.command(
    "file",
    cls=Command,
    about=about(
        "Cho văn bản vào sổ: cấp số đến kế tiếp. Nêu được nhiều văn bản một lần.",
        "File letters: each gets the next arrival number. Several may be given.",
    ),
    examples=("mailhub letter file h128", "mailhub letter file h128 h129 --register UBND"),
    needs="home unit clerk json",
)
@click.argument("letters", metavar="LETTER...", nargs=-1, required=True)
@option("--register", default="", metavar="CODE", about=Text(vi="Vào sổ này thay cho sổ đề xuất.", en="File in this register."))
@option(
    "--number",
    type=click.IntRange(1),
    default=None,
    about=Text(
        vi="Số mà hệ thống khác đã cấp, khi sổ lấy số từ hệ thống ấy.",
        en="The number that another system gave, where the register takes its numbers from it.",
    ),
)
@optional_reason_option
@pass_session
def file(session: Session, letters: tuple[str, ...], register: str, number: int | None, reason: str) -> None:
    chosen = [letter_id(session, item) for item in letters]
    if number is not None and len(chosen) > 1:
        raise RefusedError(Text(vi="--number chỉ dùng cho một văn bản", en="--number goes with one letter"))
    filed: list[Entry] = []
    try:
        for item in chosen:
            entry = session.hub.letters.file(
                session.actor, session.unit.id, item, register=register, number=number, reason=reason
            )
            filed.append(entry)
            if entry.draft.letter_id != item:
                session.output.say(told_again(item, entry))
    finally:
        # Numbers that were given are told, even where the next letter is refused.
        if filed:
            session.unit_output.table(ENTRY_LINE, filed, empty=NO_LETTER)


@click.command(
    "return",
    cls=Command,
    about=about(
        "Trả lại văn bản với lý do và cách khắc phục. Thư trả chờ ít phút rồi mới đi; trong lúc đó letter withdraw rút lại.",
        "Return a letter with reason and remedy. It leaves after some minutes; letter withdraw takes it back until then.",
    ),
    examples=(
        "mailhub letter return h128",
        'mailhub letter return h128 --reason enclosures-missing --note "thiếu Phụ lục 2"',
    ),
    needs="home unit clerk json",
)
@click.argument("letter")
@option(
    "--reason",
    "reasons",
    type=choice_of(ReasonCode),
    metavar="CODE",
    multiple=True,
    about=Text(
        vi="Mã lý do (docs/reasons.md), nêu được nhiều lần; không nêu thì theo đề xuất.",
        en="Reason code (docs/reasons.md), may be repeated; without it the proposed ones.",
    ),
)
@option(
    "--note", default="", metavar="TEXT", about=Text(vi="Lời của văn thư, ghi vào nhật ký.", en="The clerk's words, for the log.")
)
@pass_session
def return_(session: Session, letter: str, reasons: tuple[str, ...], note: str) -> None:
    chosen = tuple(ReasonCode(code) for code in reasons)
    found = letter_id(session, letter)
    session.hub.letters.return_(session.actor, session.unit.id, found, reasons=chosen, note=note)
    show_letter(session, found)


@click.command(
    "hold",
    cls=Command,
    about=about(
        "Giữ lại trên bàn: máy không làm gì thêm với văn bản.", "Keep a letter on the desk: the machine leaves it alone."
    ),
    examples=('mailhub letter hold h128 --reason "chị Hoa gọi: khoan trình"',),
    needs="home unit clerk json",
)
@click.argument("letter")
@reason_option
@pass_session
def hold(session: Session, letter: str, reason: str) -> None:
    found = letter_id(session, letter)
    session.hub.letters.hold(session.actor, session.unit.id, found, reason=reason)
    show_letter(session, found)


@click.command(
    "withdraw",
    cls=Command,
    about=about("Rút một thư trả trước khi nó đi.", "Take a return back before it leaves."),
    examples=('mailhub letter withdraw h128 --reason "đã nhận đủ qua điện thoại"',),
    needs="home unit clerk json",
)
@click.argument("letter")
@reason_option
@pass_session
def withdraw(session: Session, letter: str, reason: str) -> None:
    found = letter_id(session, letter)
    session.hub.letters.withdraw(session.actor, session.unit.id, found, reason=reason)
    show_letter(session, found)


@click.command(
    "reopen",
    cls=Command,
    about=about(
        "Mở lại một văn bản đã trả nhầm; cơ quan gửi nhận thư xin lỗi.",
        "Hold a letter again that was returned by mistake; its sender gets an apology.",
    ),
    examples=('mailhub letter reopen h128 --reason "trả nhầm"',),
    needs="home unit clerk json",
)
@click.argument("letter")
@reason_option
@pass_session
def reopen(session: Session, letter: str, reason: str) -> None:
    found = letter_id(session, letter)
    session.hub.letters.reopen(session.actor, session.unit.id, found, reason=reason)
    show_letter(session, found)


def told_again(letter: int, entry: Entry) -> Text:
    """What filing a repeat did: it has no number of its own."""
    number, first = entry.number, entry.draft.letter_id
    return Text(
        vi=f"h{letter} trùng nội dung với h{first}: không cấp số mới, báo lại số đầu {number} cho bên gửi",
        en=f"h{letter} has the content of h{first}: no new number; the sender is told the first one, {number}, again",
    )
