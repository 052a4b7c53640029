"""`mailhub undo`: the clerk's last act, taken back."""

import click

from mailhub.cli.bilingual import Command
from mailhub.cli.options import confirm, optional_reason_option, yes_option
from mailhub.cli.session import Session, pass_session
from mailhub.language import Text

DEFAULT_REASON = Text(vi="hoàn tác", en="undone")


@click.command(
    "undo",
    cls=Command,
    about=Text(
        vi="Hoàn tác việc gần nhất hôm nay của chính bạn: rút thư trả, thôi giữ, mở lại, hủy số đến.",
        en="Take back your own last act of today: withdraw a return, stop holding, reopen, void a number.",
    ),
    examples=("mailhub undo", 'mailhub undo --reason "bấm nhầm" --yes'),
    needs="home unit clerk json",
)
@yes_option
@optional_reason_option
@pass_session
def undo(session: Session, yes: bool, reason: str) -> None:  # noqa: FBT001  a flag of the command line
    """The command; what it does stands in its `about`."""
    from mailhub.undoing import nothing_to_undo

    act = session.hub.undoing.last(session.actor, session.unit.id)
    if act is None:
        raise nothing_to_undo()
    if act.asks:
        confirm(session, Text(vi=f"Hoàn tác: {act.words.vi}?", en=f"Undo: {act.words.en}?"), yes=yes)
    done = session.hub.undoing.undo(session.actor, act, reason=reason or DEFAULT_REASON.in_(session.language))
    if session.json:
        session.output.raw({"undo": act.undo, "name": act.name, "event": act.event.number})
    else:
        session.output.say(done)
