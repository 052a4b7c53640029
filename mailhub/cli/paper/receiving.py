"""`mailhub paper receive`: what is handed in."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from mailhub.cli.bilingual import Command, option
from mailhub.cli.paper.slips import refuse_existing, save_slip, slip_option
from mailhub.cli.paper.views import show_view
from mailhub.cli.references import agency_code
from mailhub.cli.session import Session, pass_session
from mailhub.cli.values import Day, Moment, Number, When, choice_of
from mailhub.language import Text
from mailhub.policy.paper import PaperException
from storage.records import DepositKind


@click.command(
    "receive",
    cls=Command,
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
@option(
    "--sender",
    default="",
    metavar="NAME",
    about=Text(vi="Người nộp không có trong danh bạ.", en="Who hands it in, where the directory has nobody."),
)
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
@option(
    "--at",
    type=Moment(),
    default=None,
    about=Text(vi="Giờ nộp, nếu không phải bây giờ.", en="When it was handed in, if not now."),
)
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
