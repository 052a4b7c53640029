"""Options that commands of several nouns take in the same way."""

from collections.abc import Callable
from enum import StrEnum

from mailhub.cli.bilingual import Callback, option
from mailhub.cli.values import Day, Number, choice_of
from mailhub.language import Text

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
dry_run_option = option("--dry-run", is_flag=True, about=Text(vi="Chỉ kiểm tra, không nhập.", en="Check only, import nothing."))


def limit_option(default: int) -> Callable[[Callback], Callback]:
    """How many lines a list shows at most."""
    about = Text(vi=f"Nhiều nhất bấy nhiêu dòng ({default}).", en=f"At most so many lines ({default}).")
    return option("--limit", type=Number(), default=default, about=about)


def states_option(states: type[StrEnum]) -> Callable[[Callback], Callback]:
    """Only records in these states."""
    about = Text(vi="Chỉ trạng thái này; nêu được nhiều lần.", en="Only this state; may be repeated.")
    return option("--state", "states", type=choice_of(states), multiple=True, about=about)


def repeated_option(name: str, attribute: str, about: Text) -> Callable[[Callback], Callback]:
    """An option that may be given several times."""
    repeat = Text(vi=f"{about.vi}; nêu được nhiều lần.", en=f"{about.en}; may be repeated.")
    return option(name, attribute, multiple=True, metavar="TEXT", about=repeat)
