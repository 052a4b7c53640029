"""`mailhub paper slip`, and the slip that other verbs write: what the bearer takes along."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailhub.cli.bilingual import Command, option
from mailhub.cli.paper.views import about
from mailhub.cli.references import deposit_id
from mailhub.cli.session import Session, pass_session
from mailhub.cli.submission import write_new
from mailhub.cli.values import Choice
from mailhub.errors import RefusedError
from mailhub.language import Text

if TYPE_CHECKING:
    from mailhub.counter.counter import DepositView

SLIPS = {"receiving": "receiving-slip", "return": "return-slip"}


slip_option = option(
    "--slip",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    default=None,
    about=Text(vi="Ghi luôn phiếu (PDF) vào tệp này.", en="Write the slip (PDF) into this file."),
)


@click.command(
    "slip",
    cls=Command,
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
@option(
    "--which",
    type=Choice(SLIPS),
    default=None,
    about=Text(
        vi="receiving: phiếu nhận; return: phiếu trả; không nêu thì theo tình trạng của giấy.",
        en="receiving or return; the paper's state tells, where it is not said.",
    ),
)
@pass_session
def slip(session: Session, paper: str, save: Path, which: str | None) -> None:
    refuse_existing(save)
    view = session.hub.counter.show(session.unit.id, deposit_id(session, paper))
    save_slip(session, view, save, which)


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
