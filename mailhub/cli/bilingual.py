"""Commands of click whose help is written in both languages where the command is declared, and chosen when it is shown."""

# ruff: noqa: ANN401  these subclasses pass on the library's own open signatures

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from mailhub.cli.session import Session
from mailhub.language import Language, Text

USAGE = Text(vi="Cách dùng: ", en="Usage: ")
OPTIONS = Text(vi="Tùy chọn", en="Options")
SHARED_OPTIONS = Text(vi="Tùy chọn chung", en="Common options")
COMMANDS = Text(vi="Lệnh", en="Commands")
EXAMPLES = Text(vi="Ví dụ", en="Examples")
HELP = Text(vi="Hiện trợ giúp này.", en="Show this help.")

Callback = TypeVar("Callback", bound=Callable[..., Any])


def language_of(ctx: click.Context) -> Language:
    """The language of this run."""
    session = ctx.find_object(Session)
    return session.language if session else Language.VI


class Option(click.Option):
    """An option described in both languages; shared ones stand apart in the help."""

    def __init__(self, *args: Any, about: Text, shared: bool = False, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.about = about
        self.shared = shared

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option and what it means, in the language of this run."""
        return None if self.hidden else (self.get_help_spec(ctx), self.about.in_(language_of(ctx)))


def option(*names: str, about: Text, **attributes: Any) -> Callable[[Callback], Callback]:
    """Declare an option of a command."""
    return click.option(*names, cls=Option, about=about, **attributes)


def shared_option(name: str, attribute: str, about: Text, **attributes: Any) -> Option:
    """An option that sets an attribute of the session instead of reaching the command."""

    def keep(ctx: click.Context, _parameter: click.Parameter, value: object) -> None:
        session = ctx.find_object(Session)
        if session and value:
            setattr(session, attribute, value)

    return Option([name], about=about, shared=True, expose_value=False, callback=keep, **attributes)


def home_option() -> Option:
    """Which hub."""
    about = Text(vi="Thư mục của hệ thống (hoặc biến MAILHUB_HOME).", en="The hub's folder (or MAILHUB_HOME).")
    return shared_option("--home", "home_given", about, metavar="DIR", type=click.Path(path_type=Path, file_okay=False))


def unit_option() -> Option:
    """For which unit."""
    about = Text(
        vi="Mã đơn vị (hoặc biến MAILHUB_UNIT); không cần khi chỉ có một.",
        en="Code of the unit (or MAILHUB_UNIT); not needed while there is only one.",
    )
    return shared_option("--unit", "unit_given", about, metavar="CODE")


def clerk_option() -> Option:
    """Who acts."""
    about = Text(
        vi="Tên văn thư ghi vào nhật ký (hoặc biến MAILHUB_CLERK); mặc định là tên đăng nhập.",
        en="The clerk's name for the log (or MAILHUB_CLERK); the login name by default.",
    )
    return shared_option("--clerk", "clerk_given", about, metavar="NAME")


def json_option() -> Option:
    """Data for programs."""
    about = Text(vi="In dữ liệu dạng JSON.", en="Print the data as JSON.")
    return shared_option("--json", "json", about, is_flag=True)


def csv_option() -> Option:
    """The table as CSV."""
    about = Text(
        vi="Ghi bảng ra tệp CSV (UTF-8), - là stdout; khóa và giá trị như --json.",
        en="Write the table to a CSV file (UTF-8), - is stdout; keys and values as in --json.",
    )
    return shared_option("--csv", "csv", about, metavar="FILE", type=click.Path(dir_okay=False, allow_dash=True))


def xlsx_option() -> Option:
    """The table as a workbook."""
    about = Text(vi="Ghi bảng ra tệp Excel (XLSX).", en="Write the table to an Excel workbook (XLSX).")
    return shared_option("--xlsx", "xlsx", about, metavar="FILE", type=click.Path(dir_okay=False))


def language_option() -> Option:
    """The value is taken from the whole line before it is parsed (session.chosen_language); here it is only checked."""
    about = Text(vi="Ngôn ngữ: vi hoặc en (hoặc biến LANG).", en="Language: vi or en (or LANG).")
    choice = click.Choice([language.value for language in Language])
    return Option(["--lang"], about=about, shared=True, expose_value=False, type=choice)


class Described(click.Command):
    """What commands and groups show in the same way: usage, purpose, examples, own and shared options."""

    def __init__(self, *args: Any, about: Text, examples: tuple[str, ...] = (), **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.about = about
        self.examples = examples
        self.params.append(language_option())

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """`Usage: mailhub ...`."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=USAGE.in_(language_of(ctx)))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the command does, and examples."""
        language = language_of(ctx)
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.about.in_(language))
        if self.examples:
            with formatter.section(EXAMPLES.in_(language)):
                formatter.write("".join(f"{' ' * formatter.current_indent}{example}\n" for example in self.examples))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The command's own options, then those that many commands share."""
        language = language_of(ctx)
        own: list[tuple[str, str]] = []
        shared: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if isinstance(parameter, Option) and record:
                (shared if parameter.shared else own).append(record)
            elif isinstance(parameter, click.Option) and record:
                # The only option that is not ours is the --help that click adds.
                shared.append((record[0], HELP.in_(language)))
        for heading, records in ((OPTIONS, own), (SHARED_OPTIONS, shared)):
            if records:
                with formatter.section(heading.in_(language)):
                    formatter.write_dl(records)


class Command(Described):
    """A command; `needs` names the shared options that it reads: any of `home unit clerk json file table`.

    `table` is for commands that show one table: it can be had as JSON, CSV and XLSX too; `file` for CSV and XLSX alone.
    """

    def __init__(self, *args: Any, about: Text, examples: tuple[str, ...], needs: str = "home", **attributes: Any) -> None:
        super().__init__(*args, about=about, examples=examples, **attributes)
        self.params[-1:-1] = [make() for name in needs.split() for make in SHARED[name]]


SHARED: dict[str, tuple[Callable[[], Option], ...]] = {
    "home": (home_option,),
    "unit": (unit_option,),
    "clerk": (clerk_option,),
    "json": (json_option,),
    "file": (csv_option, xlsx_option),
    "table": (json_option, csv_option, xlsx_option),
}


class Group(Described, click.Group):
    """The commands of one noun."""

    command_class = Command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Commands first: they are what one looks for."""
        self.format_commands(ctx, formatter)
        super().format_options(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with the first sentence of what it does."""
        language = language_of(ctx)
        commands = [command for command in self.commands.values() if isinstance(command, Described)]
        with formatter.section(COMMANDS.in_(language)):
            formatter.write_dl([(command.name or "", first_sentence(command.about.in_(language))) for command in commands])

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of declaration, which follows the work."""
        return list(self.commands)


def first_sentence(text: str) -> str:
    """The first sentence of a description."""
    head, separator, _ = text.partition(". ")
    return f"{head}{separator.strip()}"
