"""`mailhub paper`: the counter."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

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
from mailhub.cli.paper.lines import CANDIDATE_LINE, DEPOSIT_LINE, DEPOSIT_SHEET, NOTICE_LINE
from mailhub.cli.references import agency_code, deposit_id, letter_id
from mailhub.cli.session import Session, pass_session
from mailhub.cli.submission import write_new
from mailhub.cli.values import Choice, Day, Moment, Number, When, choice_of
from mailhub.deposit_codes import deposit_code
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.policy.paper import PaperException
from storage.records import DepositKind, DepositState

if TYPE_CHECKING:
    from mailhub.counter.counter import DepositView

IN_THE_TRAY = (DepositState.WAITING, DepositState.OVERDUE, DepositState.RETURN_DUE, DepositState.ANNOUNCED)
NO_PAPER = Text(vi="Không có bản giấy nào.", en="There is no paper.")
WHICH = Text(
    vi="Bản giấy nêu bằng mã G7-0312, số ký hiệu 540/snv hoặc h128.",
    en="Paper is named by its code G7-0312, reference 540/snv or h128.",
)
SLIPS = {"receiving": "receiving-slip", "return": "return-slip"}


def about(vi: str, en: str) -> Text:
    """What a command does, and how paper is named."""
    return Text(vi=f"{vi} {WHICH.vi}", en=f"{en} {WHICH.en}")


slip_option = option(
    "--slip",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    default=None,
    about=Text(vi="Ghi luôn phiếu (PDF) vào tệp này.", en="Write the slip (PDF) into this file."),
)


@click.group(cls=Group, about=Text(vi="Bản giấy nộp tại quầy văn thư.", en="Paper that is handed in at the counter."))
def paper() -> None:
    """The noun alone; its verbs follow."""


@paper.command(
    "receive",
    about=Text(
        vi="Nhận bản giấy. Có bản điện tử thì ghép cùng số đến; chưa có thì chờ; thuộc ngoại lệ thì vào sổ giấy ngay.",
        en="Take paper in. With its e-copy it gets that number; else it waits; under an exception it is filed at once.",
    ),
    examples=(
        'mailhub paper receive --agency G22 --reference 540/SNV-TC --date 06/8/2024 --subject "kiện toàn" --pages 12',
        "mailhub paper receive --agency G22 --reference 12/TTr-SXD --date 06/8/2024 --exception undigitised --slip phieu.pdf",
        'mailhub paper receive --agency G22 --kind envelope --note "gửi đích danh ông Hà"',
        "mailhub paper receive --agency G22 --kind secret",
        'mailhub paper receive --sender "Nguyễn Văn A" --exception exempt-sender --subject "đơn kiến nghị"',
    ),
    needs="home unit clerk json",
)
@option("--agency", default="", metavar="CODE", about=Text(vi="Mã hoặc tên cơ quan gửi.", en="Code or name of the agency."))
@option("--sender", default="", metavar="NAME", about=Text(vi="Người nộp không có trong danh bạ.", en="Who is in no directory."))
@option("--reference", default="", metavar="TEXT", about=Text(vi="Số, ký hiệu: 540/SNV-TC.", en="Number and symbol: 540/SNV-TC."))
@option("--date", "issued_on", type=Day(), default=None, about=Text(vi="Ngày văn bản.", en="Date of the document."))
@option("--type", "document_type", default="", metavar="TEXT", about=Text(vi="Loại văn bản.", en="Type of the document."))
@option("--subject", default="", metavar="TEXT", about=Text(vi="Trích yếu.", en="Subject."))
@option("--pages", type=Number(), default=None, about=Text(vi="Số trang.", en="Number of pages."))
@option(
    "--kind",
    type=choice_of(DepositKind),
    default=DepositKind.DOCUMENT.value,
    about=Text(
        vi="document; envelope: bì gửi đích danh, không mở; secret: văn bản mật, chỉ đếm.",
        en="document; envelope: addressed to a person, not opened; secret: only counted.",
    ),
)
@option(
    "--exception",
    type=choice_of(PaperException),
    default=None,
    metavar="CODE",
    about=Text(
        vi="Nhận giấy không cần bản điện tử vì: law (luật buộc giấy), undigitised (bản đồ, bản vẽ, ấn phẩm), "
        "organisation (quy hoạch, tổ chức, tài chính, nhân sự), exempt-sender (công dân, doanh nghiệp), secret.",
        en="Taken without an e-copy for: law (paper by law), undigitised (maps, drawings, publications), "
        "organisation (planning, organisation, finance, personnel), exempt-sender (citizen, enterprise), secret.",
    ),
)
@option("--at", type=Moment(), default=None, about=Text(vi="Giờ nộp, nếu không phải bây giờ.", en="When, if it was not now."))
@option("--note", default="", metavar="TEXT", about=Text(vi="Ghi chú, in trên phiếu.", en="A note, printed on the slip."))
@option("--register", default="", metavar="CODE", about=Text(vi="Sổ, khi vào sổ giấy ngay.", en="Register, when filed at once."))
@option(
    "--number",
    type=Number(),
    default=None,
    about=Text(vi="Số mà hệ thống khác đã cấp.", en="The number that another system gave."),
)
@slip_option
@pass_session
def receive(session: Session, /, slip: Path | None, **fields: str | int | date | When | None) -> None:
    from mailhub.counter.handing_in import DepositOrder

    refuse_existing(slip)
    when, exception = fields.pop("at"), fields.pop("exception")
    given = {key: value for key, value in fields.items() if value not in (None, "")}
    if fields["agency"]:
        given["agency"] = agency_code(session, str(fields["agency"]))
    order = DepositOrder(
        **given | {"kind": DepositKind(str(fields["kind"]))},  # type: ignore[arg-type]
        deposited_at=when.starts(ZoneInfo(session.unit.time_zone)) if isinstance(when, When) else None,
        exception=PaperException(str(exception)) if exception else None,
    )
    view = session.hub.counter.receive(session.actor, session.unit.id, order)
    show_view(session, view)
    save_slip(session, view, slip)


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


@paper.command(
    "slip",
    about=about(
        "In phiếu (PDF/A, hai liên): phiếu nhận, hoặc phiếu trả khi giấy được trả lại.",
        "Print the slip (PDF/A, two copies): of receiving, or of return when the paper goes back.",
    ),
    examples=("mailhub paper slip G7-0312 --save phieu.pdf", "mailhub paper slip G7-0312 --which receiving --save phieu.pdf"),
    needs="home unit clerk",
)
@click.argument("paper", metavar="PAPER")
@option(
    "--save",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    required=True,
    about=Text(vi="Ghi vào tệp này.", en="Write it into this file."),
)
@option("--which", type=Choice(SLIPS), default=None, about=Text(vi="Phiếu nhận hay phiếu trả.", en="Which slip."))
@pass_session
def slip(session: Session, paper: str, save: Path, which: str | None) -> None:
    refuse_existing(save)
    view = session.hub.counter.show(session.unit.id, deposit_id(session, paper))
    save_slip(session, view, save, which)


def show_view(session: Session, view: "DepositView") -> None:
    """One deposit with what might be its e-copy, and its notices."""
    output = session.unit_output
    found = (*view.candidates, *view.doubtful)
    parts = (
        output.part("candidates", Text(vi="Có thể là bản điện tử", en="May be its e-copy"), CANDIDATE_LINE, found),
        output.part("notices", Text(vi="Thông báo", en="Notices"), NOTICE_LINE, view.notices),
    )
    output.record(DEPOSIT_SHEET, view, parts)


def refuse_existing(path: Path | None) -> None:
    """Refuse a file that exists before anything is done: an act must not fail over its slip."""
    if path is not None and path.exists():
        raise RefusedError(Text(vi=f"{path} đã có; chọn tên khác", en=f"{path} exists already; choose another name"))


def save_slip(session: Session, view: "DepositView", path: Path | None, which: str | None = None) -> None:
    """Write the slip where one was asked for."""
    if path is None:
        return
    from mailhub.counter.printing import SlipKind

    kind = SlipKind(SLIPS[which]) if which else None
    slip = session.hub.paper_slips.print(view, session.unit, session.clerk, kind)
    write_new(path, slip.content)
    if slip.obstacle is not None:
        session.output.say(
            Text(
                vi=f"Chú ý: phiếu chưa được ký số: {slip.obstacle.vi}", en=f"Warning: the slip is not signed: {slip.obstacle.en}"
            )
        )
    level = f" ({slip.signature})" if slip.signature and slip.obstacle is None else ""
    session.output.say(Text(vi=f"Phiếu {view.code}: {path}{level}", en=f"Slip of {view.code}: {path}{level}"))
