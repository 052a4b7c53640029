"""`mailhub trust revocation`: what is known of revoked certificates, where it comes from, and what is missing."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from pathlib import Path

import click

from mailhub.cli.bilingual import Group, option
from mailhub.cli.failures import REFUSED, TRY_LATER
from mailhub.cli.options import optional_reason_option
from mailhub.cli.revocation_lines import IMPORT_LINE, ISSUER_LINE, ITEM_LINE, SOURCE_LINE
from mailhub.cli.session import Session, pass_session
from mailhub.errors import RefusedError
from mailhub.language import Text

NOTHING_STORED = Text(
    vi="Chưa có dữ liệu thu hồi nào. Nạp bằng: mailhub trust revocation import TỆP, hoặc điền revocation.hosts.",
    en="There are no revocation data yet. Import some: mailhub trust revocation import FILE, or fill in revocation.hosts.",
)


@click.group(cls=Group, about=Text(vi="Dữ liệu thu hồi chứng thư (CRL, OCSP).", en="Revocation data (CRL, OCSP)."))
def revocation() -> None:
    """The noun alone; its verbs follow."""


@revocation.command(
    "import",
    about=Text(
        vi=(
            "Nạp danh sách thu hồi (CRL, DER hoặc PEM) và trả lời OCSP từ tệp hay thư mục. Chỉ nhận dữ liệu do cơ quan cấp "
            "chứng thư được tin ký. Văn bản đang chờ dữ liệu này được kiểm tra lại ngay."
        ),
        en=(
            "Store lists (CRL, DER or PEM) and OCSP answers from files or folders. Only what a trusted authority has signed is "
            "taken. Letters that wait for it are checked again at once."
        ),
    ),
    examples=("mailhub trust revocation import cp.crl", "mailhub trust revocation import ./crl"),
    needs="home clerk json",
)
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@optional_reason_option
@click.pass_context
@pass_session
def import_(session: Session, ctx: click.Context, paths: tuple[Path, ...], reason: str) -> None:
    found = session.hub.revocation.import_(session.hub_actor, paths, reason)
    session.hub_output.table(IMPORT_LINE, found, empty=Text(vi="Không có tệp nào.", en="There is no file."))
    if any(item.refused for item in found):
        ctx.exit(REFUSED)


@revocation.command(
    "list",
    about=Text(vi="Dữ liệu thu hồi đang dùng.", en="The revocation data in use."),
    examples=("mailhub trust revocation list",),
    needs="home table",
)
@pass_session
def list_(session: Session) -> None:
    session.hub_output.table(ITEM_LINE, session.hub.revocation.list_(), empty=NOTHING_STORED)


@revocation.command(
    "fetch",
    about=Text(
        vi=(
            "Các địa chỉ được tải, và tình hình. --now tải ngay tất cả. Địa chỉ lấy từ các chứng thư đã kiểm chứng; chỉ hỏi "
            "máy chủ trong revocation.hosts."
        ),
        en=(
            "The addresses that are fetched, and how that goes. --now fetches all at once. Addresses come from certificates that "
            "were verified; only the hosts in revocation.hosts are asked."
        ),
    ),
    examples=("mailhub trust revocation fetch", "mailhub trust revocation fetch --now"),
    needs="home json",
)
@option("--now", is_flag=True, about=Text(vi="Tải ngay, không đợi đến lượt.", en="Fetch now, whenever it is due."))
@click.pass_context
@pass_session
def fetch(session: Session, ctx: click.Context, now: bool) -> None:  # noqa: FBT001  a flag of the command line
    if not session.hub.settings.revocation.hosts:
        raise RefusedError(
            Text(
                vi='chưa cho phép tải ở đâu: điền revocation.hosts trong mailhub.toml, ví dụ hosts = ["ca.gov.vn"]',
                en='nothing may be fetched yet: fill in revocation.hosts in mailhub.toml, such as hosts = ["ca.gov.vn"]',
            )
        )
    failed = now and any(error for _, error in session.hub.fetching().fetch_now())
    empty = Text(
        vi="Chưa có địa chỉ nào: chưa gặp chứng thư nào mà máy chủ của nó nằm trong revocation.hosts.",
        en="There is no address yet: no certificate was seen whose host is in revocation.hosts.",
    )
    session.hub_output.table(SOURCE_LINE, session.hub.revocation.sources(), empty=empty)
    if failed:
        ctx.exit(TRY_LATER)


@revocation.command(
    "check",
    about=Text(
        vi="Cơ quan cấp nào có dữ liệu, cũ đến đâu, còn đến bao giờ; thiếu gì cho các chứng thư đã gặp. Mã thoát 1 khi thiếu.",
        en="Which issuers have data, how old, until when; what is missing for the certificates seen. Exits with 1 where it is.",
    ),
    examples=("mailhub trust revocation check", "mailhub trust revocation check --json"),
    needs="home json",
)
@click.pass_context
@pass_session
def check(session: Session, ctx: click.Context) -> None:
    found = session.hub.revocation_standing.look()
    empty = Text(vi="Chưa gặp chứng thư nào được tin.", en="No trusted certificate was seen yet.")
    session.hub_output.table(ISSUER_LINE, found, empty=empty)
    if any(item.supply != "current" for item in found):
        ctx.exit(REFUSED)
