"""`mailhub letter`: look at letters and decide them."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from mailhub.cli.bilingual import Group, option
from mailhub.cli.case_words import cases_line
from mailhub.cli.letter_evidence import evidence
from mailhub.cli.letter_lines import LETTER_FILE_LINE, LETTER_LINE, LETTER_SHEET
from mailhub.cli.lines import ENTRY_LINE
from mailhub.cli.options import limit_option, optional_reason_option, pages, reason_option, states_option
from mailhub.cli.references import DESK, letter_id
from mailhub.cli.session import Session, pass_session
from mailhub.cli.values import choice_of
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.policy.reasons import ReasonCode
from storage.records import Entry, LetterState

if TYPE_CHECKING:
    from mailhub.letter_views import LetterView

NO_LETTER = Text(vi="Không có văn bản nào.", en="There is no letter.")
WHICH = Text(
    vi="Văn bản nêu bằng h128, số đến 4818, số ký hiệu 226/stc hoặc mã tra cứu.",
    en="A letter is named by h128, arrival number 4818, reference 226/stc or tracking code.",
)


def about(vi: str, en: str) -> Text:
    """What a command does, and how a letter is named."""
    return Text(vi=f"{vi} {WHICH.vi}", en=f"{en} {WHICH.en}")


@click.group(cls=Group, about=Text(vi="Văn bản: xem và quyết.", en="Letters: look at them and decide."))
def letter() -> None:
    """The noun alone; its verbs follow."""


@letter.command(
    "list",
    about=Text(
        vi="Văn bản trên bàn: đang kiểm tra, có đề xuất, chờ quyết, sắp trả, niêm phong. --all: cả văn bản đã xong.",
        en="Letters on the desk: being checked, proposed, held, return due, sealed. With --all also those that are done.",
    ),
    examples=("mailhub letter list", "mailhub letter list --state held", "mailhub letter list --all --xlsx van-ban.xlsx"),
    needs="home unit table",
)
@states_option(LetterState)
@option("--all", "everything", is_flag=True, about=Text(vi="Mọi trạng thái.", en="In every state."))
@limit_option(100)
@pass_session
def list_(session: Session, states: tuple[str, ...], everything: bool, limit: int) -> None:  # noqa: FBT001  a flag
    chosen = tuple(LetterState(state) for state in states) or (None if everything else (*DESK, LetterState.SEALED))

    def fetch(count: int, before_id: int | None) -> Sequence["LetterView"]:
        return session.hub.letter_views.list_(session.unit.id, states=chosen, limit=count, before_id=before_id)

    views = pages(fetch, lambda view: view.letter.id, limit)
    session.unit_output.table(LETTER_LINE, views, empty=NO_LETTER)
    if waiting := session.hub.cases.open_count(session.unit.id):
        session.unit_output.say(cases_line(waiting))


@letter.command(
    "show",
    about=about("Một văn bản với các tệp và lý do.", "One letter with its files and reasons."),
    examples=("mailhub letter show h128", "mailhub letter show 226/stc", "mailhub letter show 4818 --json"),
    needs="home unit json",
)
@click.argument("letter")
@pass_session
def show(session: Session, letter: str) -> None:
    show_letter(session, letter_id(session, letter))


@letter.command(
    "explain",
    about=about(
        "Vì sao máy đề xuất như vậy: quy tắc, lý do, phiên bản, chữ ký; rồi chạy lại quyết định từ dữ liệu đã lưu.",
        "Why it was decided so: rule, reasons, versions, signatures; then the decision run again from its stored inputs.",
    ),
    examples=("mailhub letter explain h128", "mailhub letter explain h128 --json"),
    needs="home unit json",
)
@click.argument("letter")
@pass_session
def explain(session: Session, letter: str) -> None:
    from mailhub.cli.explanation import show_explanation

    show_explanation(session.unit_output, session.hub.letters.explain(session.unit.id, letter_id(session, letter)))


letter.command(
    "evidence",
    about=about(
        "Chữ ký của văn bản dựa vào gì: chứng thư, dữ liệu thu hồi, dấu thời gian; --save ghi thành hồ sơ để nhiều năm sau "
        "kiểm chứng lại mà không cần hệ thống này.",
        "What a letter's signatures rest on: certificates, revocation data, timestamps; --save writes a folder with which they "
        "can be checked again years later, without this hub.",
    ),
    examples=("mailhub letter evidence h128", "mailhub letter evidence h128 --save ./h128"),
    needs="home unit clerk json",
)(evidence)


@letter.command(
    "file",
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


@letter.command(
    "return",
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


@letter.command(
    "hold",
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


@letter.command(
    "withdraw",
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


@letter.command(
    "reopen",
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


@letter.command(
    "split",
    about=about(
        "Tách một văn bản thành nhiều: mỗi --group nêu số các tệp của một văn bản, tệp đầu là văn bản chính.",
        "Make several letters of one: each --group names the files of one letter, its main document first.",
    ),
    examples=('mailhub letter split h128 --group 301,302 --group 303 --reason "hai công văn trong một thư"',),
    needs="home unit clerk json",
)
@click.argument("letter")
@option(
    "--group",
    "groups",
    required=True,
    multiple=True,
    metavar="FILES",
    about=Text(vi="Số tệp, cách nhau bằng dấu phẩy; nêu nhiều lần.", en="File numbers with commas between; repeat it."),
)
@reason_option
@pass_session
def split(session: Session, letter: str, groups: tuple[str, ...], reason: str) -> None:
    files = [file_numbers(group) for group in groups]
    found = letter_id(session, letter)
    made = session.hub.regrouping.split(session.actor, session.unit.id, found, files, reason=reason)
    show_letters(session, made)


@letter.command(
    "join",
    about=about(
        "Gộp nhiều văn bản thành một (hồ sơ gửi thành nhiều thư); văn bản đầu là văn bản chính.",
        "Make one letter of several (a dossier in several mails); the first is the main one.",
    ),
    examples=('mailhub letter join h128 h131 --reason "hồ sơ gửi thành hai thư"',),
    needs="home unit clerk json",
)
@click.argument("letters", metavar="LETTER...", nargs=-1, required=True)
@reason_option
@pass_session
def join(session: Session, letters: tuple[str, ...], reason: str) -> None:
    chosen = [letter_id(session, item) for item in letters]
    show_letter(session, session.hub.regrouping.join(session.actor, session.unit.id, chosen, reason=reason))


@letter.command(
    "seal",
    about=about(
        "Niêm phong cả thư có dấu hiệu mật mà máy bỏ sót: nội dung được mã hóa và biến khỏi mọi danh sách.",
        "Seal a mail with a secrecy mark that the machine missed: it is encrypted and leaves every list.",
    ),
    examples=('mailhub letter seal h128 --reason "dấu mật trên trang 1"',),
    needs="home unit clerk json",
)
@click.argument("letter")
@reason_option
@pass_session
def seal(session: Session, letter: str, reason: str) -> None:
    found = letter_id(session, letter)
    session.hub.secrecy.seal(session.actor, session.unit.id, found, reason=reason)
    show_letter(session, found)


@letter.command(
    "unseal",
    about=about(
        "Bỏ niêm phong vì báo nhầm: thư được đọc lại như mới đến.",
        "Lift a seal that was a false alarm: the mail is read again as if it had just come.",
    ),
    examples=('mailhub letter unseal h124 --reason "mật độ dân cư, không phải dấu mật"',),
    needs="home unit clerk",
)
@click.argument("letter")
@reason_option
@pass_session
def unseal(session: Session, letter: str, reason: str) -> None:
    found = letter_id(session, letter)
    session.hub.secrecy.unseal(session.actor, session.unit.id, found, reason=reason)
    session.output.say(Text(vi="Đã bỏ niêm phong; thư đang được đọc lại.", en="Unsealed; the mail is being read again."))


@letter.command(
    "purge",
    about=about(
        "Tiêu hủy nội dung một thư mật đã xác nhận: ghi đè, không khôi phục được. Còn lại mã băm, cỡ, giờ và lý do.",
        "Destroy the content of a confirmed secret: overwritten, for good. Digest, size, time and reason stay.",
    ),
    examples=('mailhub letter purge h124 --reason "văn bản mật, chuyển đường mật" --yes',),
    needs="home unit clerk",
)
@click.argument("letter")
@option("--yes", is_flag=True, about=Text(vi="Không hỏi lại.", en="Do not ask."))
@reason_option
@pass_session
def purge(session: Session, letter: str, yes: bool, reason: str) -> None:  # noqa: FBT001  a flag of the command line
    found = letter_id(session, letter)
    confirm(
        session, Text(vi=f"Tiêu hủy nội dung h{found}, không khôi phục được?", en=f"Destroy the content of h{found}?"), yes=yes
    )
    if session.hub.secrecy.purge(session.actor, session.unit.id, found, reason=reason):
        session.output.say(Text(vi=f"Đã tiêu hủy nội dung h{found}.", en=f"The content of h{found} is destroyed."))
    else:
        session.output.say(
            Text(
                vi=f"Đã ghi đề nghị, chưa hủy gì: cần một văn thư khác gõ lại `mailhub letter purge h{found}`.",
                en=f"Noted, and nothing is destroyed yet: another clerk has to type `mailhub letter purge h{found}`.",
            )
        )


def show_letter(session: Session, found: int) -> None:
    """One letter with its files."""
    view, output = session.hub.letter_views.show(session.unit.id, found), session.unit_output
    files = output.part("files", Text(vi="Tệp", en="Files"), LETTER_FILE_LINE, view.files)
    output.record(LETTER_SHEET, view, (files,))


def show_letters(session: Session, found: Sequence[int]) -> None:
    """Several letters after an act."""
    views = [session.hub.letter_views.show(session.unit.id, item) for item in found]
    session.unit_output.table(LETTER_LINE, views, empty=NO_LETTER)


def file_numbers(group: str) -> tuple[int, ...]:
    """The files of one group."""
    parts = [part.strip() for part in group.split(",")]
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise RefusedError(
            Text(vi=f"--group {group!r}: cần số tệp như 301,302", en=f"--group {group!r}: expected file numbers such as 301,302")
        )
    return tuple(int(part) for part in parts)


def confirm(session: Session, question: Text, *, yes: bool) -> None:
    """Ask before something that cannot be undone; a script has to say --yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise RefusedError(Text(vi=f"{question.vi} Thêm --yes.", en=f"{question.en} Add --yes."))
    click.confirm(question.in_(session.language), abort=True, err=True)


def told_again(letter: int, entry: Entry) -> Text:
    """What filing a repeat did: it has no number of its own."""
    number, first = entry.number, entry.draft.letter_id
    return Text(
        vi=f"h{letter} trùng nội dung với h{first}: không cấp số mới, báo lại số đầu {number} cho bên gửi",
        en=f"h{letter} has the content of h{first}: no new number; the sender is told the first one, {number}, again",
    )
