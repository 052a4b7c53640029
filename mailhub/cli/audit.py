"""`mailhub audit`: the log, and the proof that it is whole."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailhub.cli.bilingual import Group, option
from mailhub.cli.failures import REFUSED
from mailhub.cli.options import limit_option, pages
from mailhub.cli.output import Column, Fit
from mailhub.cli.session import Session, pass_session
from mailhub.cli.values import Number
from mailhub.language import Text, word
from storage.records import Event

if TYPE_CHECKING:
    from storage.chain import ChainFault

FAULTS: dict[str, Text] = {
    "altered": Text(vi="bị sửa", en="altered"),
    "removed": Text(vi="bị xóa", en="removed"),
    "reordered": Text(vi="bị đổi thứ tự", en="reordered"),
    "cut-tail": Text(vi="mất phần cuối", en="cut tail"),
    "rewritten": Text(vi="bị viết lại", en="rewritten"),
}

NO_FAULT = Text(vi="không có chỗ sai", en="no fault")
FAULT_LINE: Sequence[Column["ChainFault"]] = (
    Column(key="number", heading=Text(vi="Số", en="No."), value=lambda fault: fault.number, right=True),
    Column(
        key="fault",
        heading=Text(vi="Lỗi", en="Fault"),
        value=lambda fault: fault.fault,
        show=lambda fault: word(FAULTS, fault.fault),
    ),
    Column(key="detail", heading=Text(vi="Chi tiết", en="Detail"), value=lambda fault: fault.detail, fit=Fit.FOLD),
)


def body_of(event: Event) -> dict[str, object]:
    """The event as it was hashed."""
    body = json.loads(event.body)
    return body if isinstance(body, dict) else {}


def actor_of(event: Event) -> str:
    """Who did it."""
    actor = body_of(event).get("actor")
    return str(actor.get("name", "")) if isinstance(actor, dict) else ""


EVENT_LINE: Sequence[Column[Event]] = (
    Column(key="number", heading=Text(vi="Số", en="No."), value=lambda event: event.number, right=True),
    Column(key="at", heading=Text(vi="Lúc", en="At"), value=lambda event: event.at),
    Column(key="kind", heading=Text(vi="Việc", en="What"), value=lambda event: event.kind),
    Column(key="subject", heading=Text(vi="Với", en="On"), value=lambda event: event.subject),
    Column(key="actor", heading=Text(vi="Người làm", en="Who"), value=actor_of),
    Column(
        key="reason",
        heading=Text(vi="Lý do", en="Reason"),
        value=lambda event: str(body_of(event).get("reason", "")),
        fit=Fit.FOLD,
    ),
    Column(key="body", value=body_of),
    Column(key="hash", value=lambda event: event.hash),
)


@click.group(cls=Group, about=Text(vi="Nhật ký, và chứng minh nó còn nguyên.", en="The log, and the proof that it is whole."))
def audit() -> None:
    """The noun alone; its verbs follow."""


@audit.command(
    "verify",
    about=Text(
        vi="Chứng minh nhật ký còn nguyên: không dòng nào bị sửa, xóa hay đổi chỗ. Với --anchor, cả phần cuối và toàn bộ chuỗi.",
        en="Prove that the log is whole: nothing altered, removed or reordered. With --anchor also its tail and the whole chain.",
    ),
    examples=("mailhub audit verify", "mailhub audit verify --anchor bao-nhan.eml --anchor /media/usb/audit.anchors"),
    needs="home json",
)
@option(
    "--anchor",
    "anchors",
    type=click.Path(path_type=Path),
    metavar="FILE",
    multiple=True,
    about=Text(
        vi="Mốc giữ ở nơi khác: tệp mốc, hoặc một thư báo nhận (.eml). Mốc cạnh cơ sở dữ liệu luôn được xét.",
        en="Anchors kept elsewhere: a file of anchors, or a receipt (.eml). Those beside the database always count.",
    ),
)
@click.pass_context
def verify(ctx: click.Context, anchors: tuple[Path, ...]) -> None:
    from mailhub.audit import read_anchors

    session = ctx.ensure_object(Session)
    given = [head for path in anchors for head in read_anchors(path)]
    report = session.hub.audit.verify([*session.hub.audit.own_anchors(), *given])
    output = session.hub_output
    if output.json:
        part = output.part("faults", NO_FAULT, FAULT_LINE, report.faults)
        output.raw({"head": report.head, "anchors": report.anchors, "intact": not report.faults, "faults": part.values})
    elif report.faults:
        output.table(FAULT_LINE, report.faults, empty=NO_FAULT)
    head = report.head
    if not report.faults:
        output.say(
            Text(
                vi=f"Nhật ký còn nguyên: {head.number} sự kiện, khớp {report.anchors} mốc. Mốc cuối: {head.number} {head.hash}",
                en=f"The log is whole: {head.number} events, {report.anchors} anchors agree. Head: {head.number} {head.hash}",
            )
        )
    else:
        output.say(Text(vi=f"Nhật ký có {len(report.faults)} chỗ sai.", en=f"The log has {len(report.faults)} faults."))
        ctx.exit(REFUSED)


@audit.command(
    "show",
    about=Text(vi="Các sự kiện theo thứ tự.", en="The events in their order."),
    examples=("mailhub audit show", "mailhub audit show --subject letter/128", "mailhub audit show --after 100 --json"),
    needs="home table",
)
@option(
    "--subject",
    default=None,
    metavar="NAME",
    about=Text(vi="Chỉ về hồ sơ này, ví dụ letter/128.", en="Only on this record, as letter/128."),
)
@option("--after", type=Number(0), default=0, about=Text(vi="Chỉ sau sự kiện số này.", en="Only after this event."))
@limit_option(100)
@pass_session
def show(session: Session, subject: str | None, after: int, limit: int) -> None:

    def fetch(count: int, last: int | None) -> Sequence[Event]:
        return session.hub.audit.show(subject=subject, after=after if last is None else last, limit=count)

    events = pages(fetch, lambda event: event.number, limit)
    session.hub_output.table(EVENT_LINE, events, empty=Text(vi="Không có sự kiện nào.", en="There is no event."))
