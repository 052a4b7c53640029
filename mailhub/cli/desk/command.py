"""`mailhub desk`: the clerk's day on one screen."""

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailhub.cli.bilingual import Command, option
from mailhub.cli.options import save_option
from mailhub.cli.session import Session, pass_session
from mailhub.language import Text

if TYPE_CHECKING:
    from mailhub.cli.desk.layout import Frame

PIPE_WIDTH = 120
NO_GATEWAY = Text(vi="chưa dùng", en="not used")


@click.command(
    "desk",
    cls=Command,
    about=Text(
        vi="Bàn làm việc của văn thư: mọi việc đang chờ trên một màn hình, quyết bằng một phím. Không ở trên terminal thì in ra.",
        en="The clerk's desk: all that waits on one screen, decided by one key. Away from a terminal it is printed.",
    ),
    examples=("mailhub desk", "mailhub desk --once", "mailhub desk --json"),
    needs="home unit clerk json",
)
@option("--once", is_flag=True, about=Text(vi="In màn hình một lần rồi thôi.", en="Print the screen once."))
@save_option(Text(vi="Phím o lưu tệp vào đây (~/mailhub).", en="Where the key o writes files (~/mailhub)."))
@pass_session
def desk(session: Session, once: bool, save: Path | None) -> None:  # noqa: FBT001  a flag of the command line
    """The command; what it does stands in its `about`."""
    # The first line of the desk shows who acts.
    session.tells_clerk = False
    if session.json:
        from mailhub.cli.desk.data import desk_data

        session.output.raw(desk_data(session.hub.desk.look(session.unit)))
    elif once or not is_screen():
        print_once(session)
    else:
        sit_down(session, save or Path.home() / "mailhub")


def is_screen() -> bool:
    """Whether a person sits at a terminal that can be drawn on."""
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def print_once(session: Session) -> None:
    """The screen as lines, all letters shown."""
    from mailhub.cli.desk.lines import body_lines, head_lines

    view = session.hub.desk.look(session.unit)
    frame = frame_of(session, shutil.get_terminal_size((PIPE_WIDTH, 24)).columns, expanded=True)
    for line in (*head_lines(view, frame), *body_lines(view, frame)):
        click.echo(line.text.rstrip())


def sit_down(session: Session, folder: Path) -> None:
    """The screen, until the clerk leaves it."""
    from mailhub.cli.desk.acts import Acts
    from mailhub.cli.desk.canvas import Canvas
    from mailhub.cli.desk.keys import Keyboard
    from mailhub.cli.desk.screen import DeskScreen

    unit, hub = session.unit, session.hub
    with Keyboard() as keyboard, Canvas(keyboard, session.language, colours=not session.environ.get("NO_COLOR")) as canvas:
        DeskScreen(
            acts=Acts(session),
            canvas=canvas,
            look=lambda: hub.desk.look(unit),
            frame=frame_of(session, canvas.size[0]),
            save_folder=folder,
        ).run()


def frame_of(session: Session, width: int, *, expanded: bool = False) -> "Frame":
    """What the lines are drawn for."""
    from mailhub.cli.desk.layout import Frame

    gateway = session.hub.settings.sms.gateway
    named = NO_GATEWAY.in_(session.language) if gateway == "none" else str(gateway)
    return Frame(clerk=session.clerk, gateway=named, language=session.language, width=width, expanded=expanded)
