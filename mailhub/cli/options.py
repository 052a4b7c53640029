"""Options that commands of several nouns take in the same way."""

import sys
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import click
from click.core import ParameterSource

from mailhub.cli.bilingual import Callback, option
from mailhub.cli.session import Session
from mailhub.cli.values import Day, Number, choice_of
from mailhub.errors import RefusedError
from mailhub.language import Text

Item = TypeVar("Item")

EVERYTHING = 1 << 62
PAGE = 500
_REASON = Text(vi="Lý do, ghi vào nhật ký.", en="The reason, for the log.")

reason_option = option("--reason", required=True, metavar="TEXT", about=_REASON)
optional_reason_option = option("--reason", default="", metavar="TEXT", about=_REASON)

register_option = option("--register", metavar="CODE", default=None, about=Text(vi="Chỉ sổ này.", en="This register only."))
from_option = option(
    "--from", "first", type=Day(), default=None, about=Text(vi="Vào sổ từ ngày này.", en="Filed from this day on.")
)
to_option = option(
    "--to", "last", type=Day(), default=None, about=Text(vi="Vào sổ đến hết ngày này.", en="Filed until the end of this day.")
)
yes_option = option("--yes", is_flag=True, about=Text(vi="Không hỏi lại (dùng trong kịch bản).", en="Do not ask (for scripts)."))
all_option = option("--all", "everything", is_flag=True, about=Text(vi="Mọi trạng thái.", en="In every state."))
dry_run_option = option("--dry-run", is_flag=True, about=Text(vi="Chỉ kiểm tra, không nhập.", en="Check only, import nothing."))


def confirm(session: Session, question: Text, *, yes: bool) -> None:
    """Ask before something that cannot be undone; a script has to say --yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise RefusedError(Text(vi=f"{question.vi} Thêm --yes.", en=f"{question.en} Add --yes."))
    click.confirm(question.in_(session.language), abort=True, err=True)


def save_option(about: Text) -> Callable[[Callback], Callback]:
    """The folder into which files are written."""
    return option("--save", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", default=None, about=about)


def limit_option(default: int) -> Callable[[Callback], Callback]:
    """How many lines a list shows at most; into a file goes everything, unless a limit is given."""

    def chosen(ctx: click.Context, parameter: click.Parameter, value: int) -> int:
        session = ctx.find_object(Session)
        given = ctx.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
        return EVERYTHING if session and session.export and not given else value

    about = Text(
        vi=f"Nhiều nhất bấy nhiêu dòng ({default}; ra tệp thì tất cả).", en=f"At most so many lines ({default}; all into a file)."
    )
    return option("--limit", type=Number(), default=default, callback=chosen, about=about)


def pages(fetch: Callable[[int, int | None], Sequence[Item]], id_of: Callable[[Item], int], limit: int) -> Iterator[Item]:
    """The lines of a list, fetched as they are asked for: `fetch` takes how many, and the id that the last page ended with."""
    last_id: int | None = None
    while limit > 0:
        asked = min(limit, PAGE)
        page = fetch(asked, last_id)
        yield from page
        if len(page) < asked:
            return
        limit -= asked
        last_id = id_of(page[-1])


def states_option(states: type[StrEnum]) -> Callable[[Callback], Callback]:
    """Only records in these states."""
    about = Text(vi="Chỉ trạng thái này; nêu được nhiều lần.", en="Only this state; may be repeated.")
    return option("--state", "states", type=choice_of(states), multiple=True, about=about)


def repeated_option(name: str, attribute: str, about: Text) -> Callable[[Callback], Callback]:
    """An option that may be given several times."""
    repeat = Text(vi=f"{about.vi}; nêu được nhiều lần.", en=f"{about.en}; may be repeated.")
    return option(name, attribute, multiple=True, metavar="TEXT", about=repeat)
