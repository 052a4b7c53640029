"""Writes the pages that are made from the source: `python docs/generate.py`. A test says when they are out of date."""

# ruff: noqa: INP001  a script, no package

from collections.abc import Iterator
from pathlib import Path

import click

from mailhub.cli.app import CHAPTERS, mailhub
from mailhub.cli.bilingual import Described
from mailhub.cli.session import Session
from mailhub.language import Language, Text
from mailhub.profiles.vn.reasons import ReasonText, reason_texts
from mailhub.settings import reference

DOCS = Path(__file__).parent
WIDTH = 100
COMMANDS = Text(
    vi="""# Lệnh

Trang này được sinh ra từ chính các lệnh. Dữ liệu in ra stdout, lời nói ra stderr; `--json` để chương trình đọc.
Mã thoát: 0 xong, 1 không làm được (câu báo nói vì sao và làm gì tiếp), 2 gõ sai, 75 thử lại sau.
`mh` là tên ngắn của `mailhub`.
""",
    en="""# Commands

This page is made from the commands themselves. Data goes to stdout, talk to stderr; `--json` is for programs.
Exit codes: 0 done, 1 refused (a sentence says why and what to do), 2 usage, 75 try later.
`mh` is short for `mailhub`.
""",
)
REASONS = Text(
    vi="""# Mã lý do

Trang này được sinh ra từ `mailhub/profiles/vn/reasons.toml`. Mỗi quyết định nêu một hay nhiều mã này; mã không
được dịch, không được dùng lại. Cột cuối là mã trạng thái của QCVN 102:2016 khi lý do này quyết định.
""",
    en="""# Reason codes

This page is made from `mailhub/profiles/vn/reasons.toml`. Every decision names one or more of these codes; they are
never translated and never used again. The last column is the status code of QCVN 102:2016 when the reason decides.
""",
)
REASON_COLUMNS = Text(
    vi="| mã | trên bàn | với văn thư | với cơ quan gửi | cách khắc phục | |",
    en="| code | on the desk | to the clerk | to the sender | remedy | |",
)


def commands_page(language: Language) -> str:
    """The help of every command, in the order of the root's chapters."""
    root = click.Context(
        mailhub, info_name="mailhub", obj=Session(environ={}, language=language), help_option_names=["-h", "--help"]
    )
    return "\n".join([COMMANDS.in_(language), *_command_sections(root, language)])


def _command_sections(root: click.Context, language: Language) -> Iterator[str]:
    for chapter in CHAPTERS:
        yield f"## {chapter.title.in_(language)}\n"
        for name in chapter.entries:
            command = mailhub.get_command(root, name)
            if isinstance(command, Described):
                yield from _help_of(command, root, name)


def _help_of(command: Described, parent: click.Context, name: str) -> Iterator[str]:
    ctx = click.Context(command, parent=parent, info_name=name, terminal_width=WIDTH)
    if isinstance(command, click.Group):
        for verb, child in command.commands.items():
            if isinstance(child, Described):
                yield from _help_of(child, ctx, verb)
        return
    yield f"### {ctx.command_path}\n\n```\n{command.get_help(ctx)}\n```\n"


def reasons_page(language: Language) -> str:
    """Every reason code with its words."""
    rows = [_reason_row(reason, language) for reason in reason_texts().values()]
    return "\n".join([REASONS.in_(language), REASON_COLUMNS.in_(language), "|---|---|---|---|---|---|", *rows, ""])


def _reason_row(reason: ReasonText, language: Language) -> str:
    texts = (reason.label, reason.clerk, reason.sender, reason.remedy)
    return f"| {' | '.join([f'`{reason.code}`', *(text.in_(language) for text in texts), reason.status])} |"


def pages() -> dict[Path, str]:
    """Every generated page with its text."""
    made = {"settings.md": reference, "commands.md": commands_page, "reasons.md": reasons_page}
    folders = {Language.EN: DOCS, Language.VI: DOCS / "vi"}
    return {folder / name: make(language) for language, folder in folders.items() for name, make in made.items()}


def main() -> None:
    """Write every page."""
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
