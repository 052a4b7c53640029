"""`mailhub submission`: what came in, and its files."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import click

from mailhub.cli.bilingual import Group, option
from mailhub.cli.lines import FILE_LINE
from mailhub.cli.noted import noted_part
from mailhub.cli.options import limit_option, optional_reason_option, pages, reason_option, save_option, states_option
from mailhub.cli.output import printable
from mailhub.cli.references import submission_id
from mailhub.cli.refused import refused
from mailhub.cli.session import Session, pass_session
from mailhub.cli.submission_lines import CAPTURE_LINE, LETTER_LINE, SUBMISSION_LINE, SUBMISSION_SHEET
from mailhub.errors import RefusedError
from mailhub.language import Text
from storage.records import FileRecord, Submission, SubmissionState

WHICH = Text(
    vi="Thư nêu bằng số (57) hoặc mã tra cứu (K7M4-Q2XD-…).",
    en="A submission is named by number (57) or tracking code (K7M4-Q2XD-...).",
)


@click.group(cls=Group, about=Text(vi="Thư gửi đến và các tệp trong đó.", en="Mails that came in, and their files."))
def submission() -> None:
    """The noun alone; its verbs follow."""


@submission.command(
    "list",
    about=Text(vi="Thư gửi đến, mới nhất trước.", en="What came in, newest first."),
    examples=("mailhub submission list", "mailhub submission list --state unreadable", "mailhub submission list --csv thu.csv"),
    needs="home unit table",
)
@states_option(SubmissionState)
@limit_option(100)
@pass_session
def list_(session: Session, states: tuple[str, ...], limit: int) -> None:
    chosen = tuple(SubmissionState(state) for state in states) or None

    def fetch(count: int, before_id: int | None) -> Sequence[Submission]:
        return session.hub.submission_views.list_(session.unit.id, states=chosen, limit=count, before_id=before_id)

    found = pages(fetch, lambda item: item.id, limit)
    session.unit_output.table(SUBMISSION_LINE, found, empty=Text(vi="Không có thư nào.", en="There is no submission."))


@submission.command(
    "show",
    about=Text(
        vi="Một thư, với các lượt tiếp nhận, văn bản và tệp của nó. " + WHICH.vi,
        en="One mail with its captures, letters and files. " + WHICH.en,
    ),
    examples=("mailhub submission show 57", "mailhub submission show K7M4-Q2XD-8TNA --json"),
    needs="home unit json",
)
@click.argument("number")
@option(
    "--mail",
    is_flag=True,
    about=Text(vi="In nguyên thư đã nhận; ghi một dòng nhật ký.", en="Print the mail as it came; that is an event."),
)
@pass_session
def show(session: Session, number: str, mail: bool) -> None:  # noqa: FBT001  a flag of the command line
    found = submission_id(session, number)
    if mail:
        click.echo(session.hub.submissions.raw(session.actor, session.unit.id, found), nl=False)
        return
    view, output = session.hub.submissions.show(session.unit.id, found), session.unit_output
    parts = (
        noted_part(output, view.noted),
        output.part("letters", Text(vi="Văn bản", en="Letters"), LETTER_LINE, view.letters),
        output.part("files", Text(vi="Tệp", en="Files"), FILE_LINE, view.files),
        output.part("captures", Text(vi="Lượt tiếp nhận", en="Captures"), CAPTURE_LINE, view.captures),
    )
    output.record(SUBMISSION_SHEET, view.submission, parts)


@submission.command(
    "explain",
    about=Text(
        vi=(
            "Cả câu chuyện của một thư: vào từ cửa nào, ai gửi và được chứng minh ra sao, đọc được gì, kết quả kiểm tra, văn bản "
            "và quyết định với lý do, thông báo đã gửi, nhật ký. "
        )
        + WHICH.vi,
        en=(
            "The whole story of a mail: the doors it came through, who sent it and how that is proved, what was read, findings, "
            "letters and decisions with their reasons, notices sent, the log. "
        )
        + WHICH.en,
    ),
    examples=("mailhub submission explain 57", "mailhub submission explain 57 --json"),
    needs="home unit json",
)
@click.argument("number")
@pass_session
def explain(session: Session, number: str) -> None:
    from mailhub.cli.stories import show_story

    found = submission_id(session, number)
    show_story(session.unit_output, session.hub.stories.tell(session.unit.id, found))


@submission.command(
    "files",
    about=Text(
        vi="Các tệp của một thư; --save lấy chúng ra, mỗi tệp một dòng nhật ký. " + WHICH.vi,
        en="The files of a mail; --save takes them out, an event each. " + WHICH.en,
    ),
    examples=("mailhub submission files 57", "mailhub submission files 57 --save ./57"),
    needs="home unit clerk json",
)
@click.argument("number")
@save_option(
    Text(
        vi="Ghi các tệp vào thư mục này; không ghi đè tệp đã có.", en="Write the files into this folder; nothing is overwritten."
    )
)
@pass_session
def files(session: Session, number: str, save: Path | None) -> None:
    found = submission_id(session, number)
    listed = session.hub.submissions.show(session.unit.id, found).files
    output = session.unit_output
    if save is None:
        output.table(FILE_LINE, listed, empty=Text(vi="Thư này không có tệp nào.", en="This mail has no files."))
        return
    save.mkdir(parents=True, exist_ok=True)
    for file in output.progress(listed, len(listed), Text(vi="Lấy tệp", en="Taking files out")):
        path = save / safe_name(file)
        content = session.hub.submissions.file_bytes(session.actor, session.unit.id, found, file.id)
        write_new(path, content)
        output.line(Text(vi=str(path), en=str(path)))


@submission.command(
    "retry",
    about=Text(
        vi="Đọc lại một thư không đọc được hoặc không có văn bản, ví dụ sau khi nâng cấp. " + WHICH.vi,
        en="Read a mail once more that was unreadable or held no letter, as after an upgrade. " + WHICH.en,
    ),
    examples=('mailhub submission retry 57 --reason "đã nâng cấp"',),
    needs="home unit clerk",
)
@click.argument("number")
@optional_reason_option
@pass_session
def retry(session: Session, number: str, reason: str) -> None:
    found = submission_id(session, number)
    session.hub.submissions.retry(session.actor, session.unit.id, found, reason=reason)
    session.output.say(Text(vi=f"Thư {found} sẽ được đọc lại ngay.", en=f"Submission {found} will be read again at once."))


@submission.command(
    "dismiss",
    about=Text(
        vi="Bỏ qua thư rác, không trả lời; thư vẫn được giữ. Nêu được nhiều thư một lần. " + WHICH.vi,
        en="Put junk aside without an answer; the mails stay. Several may be given. " + WHICH.en,
    ),
    examples=('mailhub submission dismiss 61 62 63 --reason "quảng cáo"',),
    needs="home unit clerk",
)
@click.argument("numbers", nargs=-1, required=True)
@reason_option
@pass_session
def dismiss(session: Session, numbers: tuple[str, ...], reason: str) -> None:
    found = tuple(submission_id(session, number) for number in numbers)
    session.hub.submissions.dismiss(session.actor, session.unit.id, found, reason=reason)
    listed = ", ".join(str(item) for item in found)
    session.output.say(Text(vi=f"Đã bỏ qua thư {listed}; không gửi trả lời.", en=f"Dismissed {listed}; no answer is sent."))


@submission.command(
    "restore",
    about=Text(
        vi="Khôi phục thư đã bỏ qua hoặc chỉ ghi nhận nhầm: thư là việc phải xem, văn bản trong đó được xét lại. " + WHICH.vi,
        en="Take a mistaken dismissal or note back: the mail is work and its letters are decided. " + WHICH.en,
    ),
    examples=('mailhub submission restore 61 --reason "bỏ qua nhầm"',),
    needs="home unit clerk",
)
@click.argument("numbers", nargs=-1, required=True)
@reason_option
@pass_session
def restore(session: Session, numbers: tuple[str, ...], reason: str) -> None:
    found = tuple(submission_id(session, number) for number in numbers)
    session.hub.submissions.restore(session.actor, session.unit.id, found, reason=reason)
    listed = ", ".join(str(item) for item in found)
    session.output.say(
        Text(vi=f"Đã khôi phục thư {listed}; sẽ được xét lại ngay.", en=f"Restored {listed}; decided anew at once.")
    )


submission.add_command(refused)


def safe_name(file: FileRecord) -> str:
    """A file name from a mail that stays inside its folder; the file's number keeps equal names apart."""
    name = printable(PurePosixPath(file.name.replace("\\", "/")).name).strip(". ")
    return f"{file.id}-{name[:150]}" if name else str(file.id)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that does not exist yet."""
    try:
        with path.open("xb") as target:
            target.write(content)
    except FileExistsError as error:
        text = Text(vi=f"{path} đã có; chọn thư mục khác", en=f"{path} exists already; choose another folder")
        raise RefusedError(text) from error
