"""`mailhub verify`: the checks on any file or mail, without a hub."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from pathlib import Path

import click

from mailhub.cli.bilingual import Command, option
from mailhub.cli.failures import REFUSED, TRY_LATER
from mailhub.cli.session import Session
from mailhub.language import Text


@click.command(
    "verify",
    cls=Command,
    about=Text(
        vi="Kiểm tra chữ ký số của tệp hay thư (.eml) bất kỳ, không cần hệ thống. Mã thoát: 0 khi có chữ ký và mọi chữ ký "
        "hợp lệ, 75 khi chỉ còn chờ dữ liệu thu hồi, ngoài ra là 1.",
        en="Check the signatures of any file or mail (.eml); no hub needed. Exit code: 0 when there are signatures and all are "
        "valid, 75 when only revocation data is waited for, else 1.",
    ),
    examples=(
        "mailhub verify cong-van.pdf --trust ./goc",
        "mailhub verify thu.eml --json | jq '.[].signatures[].indication'",
    ),
    needs="json",
)
@click.argument("paths", metavar="FILE...", nargs=-1, required=True)
@option(
    "--trust",
    type=click.Path(path_type=Path),
    metavar="DIR",
    default=None,
    about=Text(
        vi="Thư mục (hoặc tệp) chứng thư gốc PEM, DER; không có thì chỉ xét tính toàn vẹn.",
        en="Folder (or file) of trusted roots, PEM or DER; without it integrity alone is judged.",
    ),
)
@click.pass_context
def verify(ctx: click.Context, paths: tuple[str, ...], trust: Path | None) -> None:
    from mailhub.cli.verdicts import Outcome, check_files, print_verdict, verdict_values  # noqa: PLC0415  heavy

    output = ctx.ensure_object(Session).output
    verdicts = list(output.progress(check_files(paths, trust), len(paths), Text(vi="Kiểm tra", en="Checking")))
    if trust is None:
        output.say(Text(vi="Không có --trust: chỉ xét tính toàn vẹn.", en="Without --trust integrity alone is judged."))
    if output.json:
        output.raw([verdict_values(verdict) for verdict in verdicts])
    else:
        for verdict in verdicts:
            print_verdict(output, verdict)
    outcomes = {verdict.outcome for verdict in verdicts}
    if outcomes != {Outcome.PASSED}:
        ctx.exit(TRY_LATER if outcomes <= {Outcome.PASSED, Outcome.TRY_LATER} else REFUSED)
