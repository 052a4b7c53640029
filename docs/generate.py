"""Writes the pages that are made from the source: `python docs/generate.py`. A test says when they are out of date."""

# ruff: noqa: INP001  a script, no package

from collections.abc import Iterator
from pathlib import Path

import click

from mailhub.cli.app import CHAPTERS, mailhub
from mailhub.cli.bilingual import Described
from mailhub.cli.finding_words import FILE_FINDINGS
from mailhub.cli.session import Session
from mailhub.language import Language, Text
from mailhub.policy.reasons import ReasonCode
from mailhub.policy.rules import LOCKED, NOT_OPENED, UNSAFE_ARCHIVE
from mailhub.profiles.vn.reasons import ReasonText, reason_text, reason_texts
from mailhub.settings import reference
from parsers.files.model import ContainerCode

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

FILES = Text(
    vi="""# Tệp nào được mở

Bảng cuối trang này được sinh ra từ mã nguồn. Mọi thứ gửi kèm thư được mở thành cây, trong bộ nhớ của một tiến trình con bị
giới hạn; không tệp nào được ghi ra đường dẫn lấy từ thư, không tệp nào được chạy. `mailhub verify TỆP` và việc đọc thư dùng
cùng một cách mở; `mailhub submission files SỐ --save THƯ-MỤC` lấy ra được mọi tệp ở mọi lớp.

| định dạng | được mở |
|---|---|
| ZIP | có (deflate, không nén); tên tệp UTF-8, Unicode Path, Windows-1258, TCVN3, VNI, VISCII, mã trang 437 |
| 7z | có (LZMA, LZMA2, bzip2, kể cả nén liền khối); Deflate, PPMd, zstd, BCJ2 thì chưa |
| winmail.dat (TNEF) | có: tệp kèm từng byte, thư lồng trong, lời thư (văn bản, HTML, RTF) |
| thư kèm thư (message/rfc822, .eml), .msg của Outlook | có: lời thư, tệp kèm, thư lồng trong |
| .p7m | nội dung bên trong chữ ký; phần mã hóa thì không |
| TAR, gzip, bzip2, xz | có |
| ASiC (.asice, .asics) | có, như ZIP |
| đối tượng OLE chèn trong thư Outlook | có: tệp bên trong |
| RAR | tệp lưu không nén thì lấy ra; tệp nén thì chỉ kể tên |
| CAB, WIM, zstd, LZMA (.lzma), ARJ, LZH, ACE, BinHex, tệp nén chia nhiều phần (.001, .z01, .part1.rar) | không |
| tệp tự giải nén (.exe) | không: là tệp chương trình |

Giới hạn cho một thư nằm ở `[reader]`: `archive_depth`, `archive_files`, `archive_mib`, `archive_file_mib`, `archive_ratio`.
Tệp nén giải ra quá giới hạn thì dừng ở đó; những gì đã lấy ra vẫn được xem.

## Kết quả kiểm tra tệp và lý do kèm theo
""",
    en="""# What is opened

The table at the end is made from the source. Everything that comes with a mail is opened as a tree, in the memory of a child
process with limits; no file is ever written to a path taken from a mail, and none is run. `mailhub verify FILE` and the reading
of mails open files in the same way; `mailhub submission files NUMBER --save DIR` takes out every file at every depth.

| format | opened |
|---|---|
| ZIP | yes (deflated, stored); names in UTF-8, Unicode Path, Windows-1258, TCVN3, VNI, VISCII, code page 437 |
| 7z | yes (LZMA, LZMA2, bzip2, solid ones too); not Deflate, PPMd, zstd, BCJ2 |
| winmail.dat (TNEF) | yes: attachments byte for byte, messages in it, bodies (text, HTML, RTF) |
| attached mails (message/rfc822, .eml), Outlook's .msg | yes: bodies, attachments, messages in them |
| .p7m | what the signature wraps; nothing that is encrypted |
| TAR, gzip, bzip2, xz | yes |
| ASiC (.asice, .asics) | yes, as ZIP |
| OLE objects inserted into an Outlook mail | yes: the file in them |
| RAR | files stored in it are taken out; packed ones are only named |
| CAB, WIM, zstd, LZMA (.lzma), ARJ, LZH, ACE, BinHex, archives in parts (.001, .z01, .part1.rar) | no |
| self-extracting archives (.exe) | no: they are programs |

The limits for one mail are in `[reader]`: `archive_depth`, `archive_files`, `archive_mib`, `archive_file_mib`, `archive_ratio`.
An archive that unpacks beyond them is left there; what came out before is looked at.

## Findings about files and the reasons they give
""",
)
FILE_COLUMNS = Text(
    vi="| kết quả | gọi là | mã lý do | cách khắc phục |", en="| finding | called | reason code | what the sender can do |"
)
REASON_OF_FINDING: dict[ContainerCode, ReasonCode] = {
    **dict.fromkeys(LOCKED, ReasonCode.ARCHIVE_ENCRYPTED),
    **dict.fromkeys(NOT_OPENED, ReasonCode.ARCHIVE_NOT_OPENED),
    **dict.fromkeys(UNSAFE_ARCHIVE, ReasonCode.ARCHIVE_UNSAFE),
    ContainerCode.ARCHIVE_BOMB: ReasonCode.ARCHIVE_BOMB,
    ContainerCode.EXECUTABLE: ReasonCode.EXECUTABLE,
    ContainerCode.MACRO: ReasonCode.MACRO_DOCUMENT,
}


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


def files_page(language: Language) -> str:
    """What is opened, and what follows from what was found."""
    rows = [_finding_row(code, words, language) for code, words in FILE_FINDINGS.items()]
    return "\n".join([FILES.in_(language), FILE_COLUMNS.in_(language), "|---|---|---|---|", *rows, ""])


def _finding_row(code: str, words: Text, language: Language) -> str:
    reason = REASON_OF_FINDING.get(ContainerCode(code))
    follows = [f"`{reason}`", reason_text(reason).remedy.in_(language)] if reason else ["", ""]
    return f"| {' | '.join([f'`{code}`', words.in_(language), *follows])} |"


def pages() -> dict[Path, str]:
    """Every generated page with its text."""
    made = {"settings.md": reference, "commands.md": commands_page, "reasons.md": reasons_page, "files.md": files_page}
    folders = {Language.EN: DOCS, Language.VI: DOCS / "vi"}
    return {folder / name: make(language) for language, folder in folders.items() for name, make in made.items()}


def main() -> None:
    """Write every page."""
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
