"""`mailhub paper`: the counter."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailhub.cli.bilingual import Group, option
from mailhub.cli.options import (
    all_option,
    confirm,
    limit_option,
    optional_reason_option,
    pages,
    reason_option,
    states_option,
    yes_option,
)
from mailhub.cli.paper.lines import DEPOSIT_LINE
from mailhub.cli.paper.receiving import receive
from mailhub.cli.paper.slips import refuse_existing, save_slip, slip, slip_option
from mailhub.cli.paper.views import about, show_view
from mailhub.cli.references import deposit_id, letter_id
from mailhub.cli.session import Session, pass_session
from mailhub.deposit_codes import deposit_code
from mailhub.errors import RefusedError
from mailhub.language import Text
from storage.records import DepositState

if TYPE_CHECKING:
    from mailhub.counter.counter import DepositView

IN_THE_TRAY = (DepositState.WAITING, DepositState.OVERDUE, DepositState.RETURN_DUE, DepositState.ANNOUNCED)
NO_PAPER = Text(vi="Không có bản giấy nào.", en="There is no paper.")


@click.group(cls=Group, about=Text(vi="Bản giấy nộp tại quầy văn thư.", en="Paper that is handed in at the counter."))
def paper() -> None:
    """The noun alone; its verbs follow."""


paper.add_command(receive)


@paper.command(
    "list",
    about=Text(
        vi="Giấy trong khay: chờ bản điện tử, quá hạn, sắp báo trả, chờ nhận lại. --all: cả giấy đã xong.",
        en="Paper in the tray: waiting for its e-copy, overdue, return due, to be fetched. With --all also what is done.",
    ),
    examples=("mailhub paper list", "mailhub paper list --state overdue", "mailhub paper list --all --xlsx giay.xlsx"),
    needs="home unit table",
)
@states_option(DepositState)
@all_option
@limit_option(100)
@pass_session
def list_(session: Session, states: tuple[str, ...], everything: bool, limit: int) -> None:  # noqa: FBT001  a flag
    chosen = tuple(DepositState(state) for state in states) or (None if everything else IN_THE_TRAY)

    def fetch(count: int, before_id: int | None) -> Sequence["DepositView"]:
        return session.hub.counter.list_(session.unit.id, states=chosen, limit=count, before_id=before_id)

    views = pages(fetch, lambda view: view.deposit.id, limit)
    session.unit_output.table(DEPOSIT_LINE, views, empty=NO_PAPER)


@paper.command(
    "show",
    about=about("Một bản giấy: bản điện tử, hạn, các thông báo.", "One deposit: its e-copy, deadline and notices."),
    examples=("mailhub paper show G7-0312", "mailhub paper show 540/snv --json"),
    needs="home unit json",
)
@click.argument("paper", metavar="PAPER")
@pass_session
def show(session: Session, paper: str) -> None:
    show_view(session, session.hub.counter.show(session.unit.id, deposit_id(session, paper)))


@paper.command(
    "pair",
    about=about(
        "Ghép bản giấy với bản điện tử; không nêu văn bản thì ghép với văn bản duy nhất cùng số.",
        "Pair paper with its e-copy; without a letter, with the only one that bears its number.",
    ),
    examples=("mailhub paper pair G7-0312", "mailhub paper pair G7-0312 h128", "mailhub paper pair G7-0312 4818"),
    needs="home unit clerk json",
)
@click.argument("paper", metavar="PAPER")
@click.argument("letter", required=False, default="")
@optional_reason_option
@pass_session
def pair(session: Session, paper: str, letter: str, reason: str) -> None:
    chosen = letter_id(session, letter) if letter else None
    found = deposit_id(session, paper)
    show_view(session, session.hub.counter.pair(session.actor, session.unit.id, found, chosen, reason=reason))


@paper.command(
    "unpair",
    about=about("Bỏ ghép: bản giấy chờ lại từ đầu.", "Undo a pairing: the paper waits anew."),
    examples=('mailhub paper unpair G7-0312 --reason "nhầm công văn"',),
    needs="home unit clerk json",
)
@click.argument("paper", metavar="PAPER")
@reason_option
@pass_session
def unpair(session: Session, paper: str, reason: str) -> None:
    found = deposit_id(session, paper)
    show_view(session, session.hub.counter.unpair(session.actor, session.unit.id, found, reason=reason))


@paper.command(
    "return",
    about=about(
        "Trả bản giấy vì thiếu bản điện tử. Thông báo chờ ít phút rồi mới đi; trong lúc đó paper withdraw rút lại.",
        "Return paper for want of its e-copy. The notice leaves after some minutes; paper withdraw takes it back until then.",
    ),
    examples=("mailhub paper return G7-0312", "mailhub paper return 540/snv --slip phieu-tra.pdf"),
    needs="home unit clerk json",
)
@click.argument("paper", metavar="PAPER")
@optional_reason_option
@slip_option
@pass_session
def return_(session: Session, paper: str, reason: str, slip: Path | None) -> None:
    refuse_existing(slip)
    found = deposit_id(session, paper)
    view = session.hub.counter.return_(session.actor, session.unit.id, found, reason=reason)
    show_view(session, view)
    save_slip(session, view, slip)


@paper.command(
    "withdraw",
    about=about(
        "Rút lại việc trả; nếu thông báo đã đi thì cơ quan gửi nhận thư xin lỗi.",
        "Take a return back; where the notice has left, the sender gets an apology.",
    ),
    examples=('mailhub paper withdraw G7-0312 --reason "luật buộc bản giấy"',),
    needs="home unit clerk json",
)
@click.argument("paper", metavar="PAPER")
@reason_option
@pass_session
def withdraw(session: Session, paper: str, reason: str) -> None:
    found = deposit_id(session, paper)
    show_view(session, session.hub.counter.withdraw(session.actor, session.unit.id, found, reason=reason))


@paper.command(
    "hand-over",
    about=about(
        "Ghi người đã ký nhận lại bản giấy (hoặc bì đích danh); chỉ khi đó mới là đã trả. --undo: ghi nhầm.",
        "Note who signed for the paper (or an envelope); only then it is returned. --undo takes a wrong note back.",
    ),
    examples=(
        'mailhub paper hand-over G7-0312 --to "Trần Văn B, Sở Nội vụ"',
        'mailhub paper hand-over G7-0312 --undo --reason "nhầm hồ sơ"',
    ),
    needs="home unit clerk json",
)
@click.argument("paper", metavar="PAPER")
@option("--to", default="", metavar="NAME", about=Text(vi="Người ký nhận.", en="Who signed."))
@option("--undo", is_flag=True, about=Text(vi="Bỏ lần giao đã ghi.", en="Take the note back."))
@optional_reason_option
@pass_session
def hand_over(session: Session, paper: str, to: str, undo: bool, reason: str) -> None:  # noqa: FBT001  a flag
    if undo == bool(to.strip()) or (undo and not reason.strip()):
        raise RefusedError(
            Text(
                vi="nêu người ký nhận: --to TÊN; hoặc bỏ lần giao: --undo --reason LÝ DO",
                en="say who signed: --to NAME; or take a note back: --undo --reason TEXT",
            )
        )
    found, counter = deposit_id(session, paper), session.hub.counter
    if undo:
        view = counter.take_back(session.actor, session.unit.id, found, reason=reason)
    else:
        view = counter.hand_over(session.actor, session.unit.id, found, to=to.strip(), reason=reason)
    show_view(session, view)


@paper.command(
    "cancel",
    about=about(
        "Hủy lượt nhận đã nhập nhầm; số đến của bản giấy đã vào sổ bị hủy và giữ chỗ.",
        "Cancel what was entered by mistake; the number of paper that was filed is void and keeps its place.",
    ),
    examples=('mailhub paper cancel G7-0312 --reason "nhập nhầm số"',),
    needs="home unit clerk json",
)
@click.argument("paper", metavar="PAPER")
@reason_option
@pass_session
def cancel(session: Session, paper: str, reason: str) -> None:
    found = deposit_id(session, paper)
    show_view(session, session.hub.counter.cancel(session.actor, session.unit.id, found, reason=reason))


@paper.command(
    "seal",
    about=about(
        "Chuyển thành giấy mật: số, trích yếu đã nhập bị ghi đè, không khôi phục được; chỉ còn đếm. Số đến đã cấp giữ chỗ.",
        "Make secret paper of it: what was entered is overwritten for good and only counted. A number keeps its place.",
    ),
    examples=('mailhub paper seal G7-0312 --reason "dấu mật trên bản giấy" --yes',),
    needs="home unit clerk json",
)
@click.argument("paper", metavar="PAPER")
@yes_option
@reason_option
@pass_session
def seal(session: Session, paper: str, yes: bool, reason: str) -> None:  # noqa: FBT001  a flag of the command line
    found = deposit_id(session, paper)
    code = deposit_code(found)
    confirm(
        session,
        Text(
            vi=f"Ghi đè những gì đã nhập về {code}, không khôi phục được?", en=f"Overwrite what was entered of {code} for good?"
        ),
        yes=yes,
    )
    show_view(session, session.hub.counter.seal(session.actor, session.unit.id, found, reason=reason))


paper.add_command(slip)
