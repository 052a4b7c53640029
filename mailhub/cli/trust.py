"""`mailhub trust`: the certificates that signatures are believed by."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import click

from mailhub.cli.bilingual import Group, option
from mailhub.cli.failures import REFUSED
from mailhub.cli.options import dry_run_option, optional_reason_option, reason_option, yes_option
from mailhub.cli.output import printable
from mailhub.cli.revocation import revocation
from mailhub.cli.session import Session, pass_session
from mailhub.cli.trust_lines import (
    CERTIFICATE_LINE,
    CHANGE_LINE,
    CHANGES,
    REMARK_LINE,
    Shown,
    fingerprint,
    shown,
    shown_change,
)
from mailhub.cli.values import Number, choice_of
from mailhub.errors import RefusedError
from mailhub.language import Text
from storage.records import TrustPurpose

UNPUBLISHED = Text(
    vi="không có trong danh sách vân tay đã công bố: hãy đối chiếu với nơi cấp",
    en="not among the published fingerprints: ask the authority",
)
COMPARED = Text(
    vi="Đã đối chiếu vân tay với nơi cấp (không phải với trang tải về)? Ghi nhận",
    en="Have you compared the fingerprints with the authority (not with the page they came from)? Go on",
)
NONE = Text(vi="Không có chứng thư nào.", en="There is no certificate.")
PURPOSE_ABOUT = Text(
    vi="Dùng cho: signer (chữ ký), tsa (dấu thời gian) hay intermediate (trung gian).",
    en="What for: signer, tsa (timestamps) or intermediate.",
)


@click.group(cls=Group, about=Text(vi="Chứng thư số gốc được tin.", en="The certificates that signatures are believed by."))
def trust() -> None:
    """The noun alone; its verbs follow."""


trust.add_command(revocation)


@trust.command(
    "list",
    about=Text(
        vi="Các chứng thư được tin, kèm vân tay để đối chiếu với nơi cấp.",
        en="The trusted certificates, with fingerprints to compare with the authority's.",
    ),
    examples=("mailhub trust list", "mailhub trust list --version 3"),
    needs="home table",
)
@option(
    "--version", type=Number(), default=None, about=Text(vi="Danh sách như ở bản này.", en="The set as it was in this version.")
)
@pass_session
def list_(session: Session, version: int | None) -> None:
    empty = Text(
        vi="Chưa tin chứng thư nào: chữ ký số chỉ kiểm tra được tính toàn vẹn. Thêm bằng: mailhub trust add TỆP",
        en="No certificate is trusted yet: signatures are checked for integrity only. Add one with: mailhub trust add FILE",
    )
    found = session.hub.trust.list_() if version is None else session.hub.trust.listed(version)
    session.hub_output.table(CERTIFICATE_LINE, map(shown, found), empty=empty)


@trust.command(
    "add",
    about=Text(
        vi="Tin các chứng thư trong tệp (PEM hoặc DER) hay thư mục. Hãy đối chiếu vân tay với nơi cấp.",
        en="Trust the certificates in a file (PEM or DER) or folder. Compare the fingerprints with the authority's.",
    ),
    examples=(
        "mailhub trust add rootca.pem",
        "mailhub trust add subca.pem --purpose intermediate",
        "mailhub trust add tsa-root.cer --purpose tsa",
    ),
    needs="home clerk json",
)
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@option("--purpose", type=choice_of(TrustPurpose), default=TrustPurpose.SIGNER.value, about=PURPOSE_ABOUT)
@yes_option
@optional_reason_option
@pass_session
def add(session: Session, paths: tuple[Path, ...], purpose: str, yes: bool, reason: str) -> None:  # noqa: FBT001  a flag
    from mailhub.trust.certificates import read_certificates, read_folder

    found = [certificate for path in paths for certificate in (read_folder if path.is_dir() else read_certificates)(path)]
    wanted = TrustPurpose(purpose)
    if not yes:
        lines = [Shown(item.sha256, item.der, wanted, item.source) for item in found]
        ask_at_terminal(session, lines)
    added = session.hub.trust.add(session.hub_actor, found, wanted, reason)
    session.hub_output.table(CERTIFICATE_LINE, map(shown, added), empty=NONE)


@trust.command(
    "import",
    about=Text(
        vi="Nạp danh sách tin cậy từ một thư mục hay tệp: thư mục con signers, tsa, intermediates nói rõ mục đích; ngoài ra gốc "
        "là cho chữ ký, còn lại là trung gian. Xem trước bằng --dry-run; --prune bỏ những gì thư mục không có.",
        en="Fill the trust set from a folder or file: subfolders signers, tsa, intermediates say what for; elsewhere roots are "
        "for signers and the others intermediates. --dry-run shows it first; --prune takes out what the folder lacks.",
    ),
    examples=("mailhub trust import ./goc --dry-run", 'mailhub trust import ./goc --prune --reason "bộ chứng thư 2026"'),
    needs="home clerk table",
)
@click.argument("path", metavar="DIR", type=click.Path(path_type=Path))
@option("--purpose", type=choice_of(TrustPurpose), default=None, about=PURPOSE_ABOUT)
@option("--prune", is_flag=True, about=Text(vi="Bỏ những gì thư mục không có.", en="Take out what the folder does not hold."))
@dry_run_option
@yes_option
@optional_reason_option
@pass_session
def import_(  # noqa: PLR0913  one parameter for each option
    session: Session,
    *,
    path: Path,
    purpose: str | None,
    prune: bool,
    dry_run: bool,
    yes: bool,
    reason: str,
) -> None:
    from mailhub.trust.changes import ChangeKind, changes_to, wanted_by

    wanted = wanted_by(path, TrustPurpose(purpose) if purpose else None)
    changes = changes_to(session.hub.trust.list_(), wanted, prune=prune)
    real = [change for change in changes if change.kind is not ChangeKind.SAME]
    if not (dry_run or yes) and real:
        ask_at_terminal(session, [shown_change(change) for change in real])
    version = session.hub.trust.version() if dry_run else session.hub.trust.apply(session.hub_actor, changes, reason)
    session.hub_output.table(CHANGE_LINE, map(shown_change, changes), empty=NONE)
    done = Text(
        vi=f"{'Thử, chưa sửa' if dry_run else f'Bản {version}'}: {len(real)} thay đổi, {len(changes) - len(real)} giữ nguyên.",
        en=f"{'Checked only' if dry_run else f'Version {version}'}: {len(real)} changed, {len(changes) - len(real)} the same.",
    )
    session.hub_output.say(done)


@trust.command(
    "diff",
    about=Text(
        vi="So danh sách tin cậy với một thư mục hay tệp, hoặc hai bản của danh sách với nhau; không sửa gì.",
        en="Compare the trust set with a folder or file, or two versions of it with each other; changes nothing.",
    ),
    examples=("mailhub trust diff ./goc", "mailhub trust diff --from 2", "mailhub trust diff --from 2 --to 5 --json"),
    needs="home table",
)
@click.argument("path", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@option("--from", "first", type=Number(), default=None, about=Text(vi="Bản cũ.", en="The older version."))
@option(
    "--to",
    "last",
    type=Number(),
    default=None,
    about=Text(vi="Bản mới; mặc định là bản đang dùng.", en="The newer version; default: the one in use."),
)
@pass_session
def diff(session: Session, path: Path | None, first: int | None, last: int | None) -> None:
    from mailhub.trust.changes import ChangeKind, between, changes_to, wanted_by

    if (path is None) == (first is None) or (path is not None and last is not None):
        raise RefusedError(
            Text(vi="nêu một thư mục, hoặc --from (và --to)", en="name a folder, or --from (and --to)"),
        )
    hub = session.hub.trust
    if path is not None:
        found = changes_to(hub.list_(), wanted_by(path), prune=True)
    else:
        found = between(hub.listed(first or 0), hub.list_() if last is None else hub.listed(last))
    lines = [shown_change(change) for change in found if change.kind is not ChangeKind.SAME]
    session.hub_output.table(CHANGE_LINE, lines, empty=Text(vi="Không khác gì.", en="There is no difference."))


@trust.command(
    "check",
    about=Text(
        vi="Xem danh sách tin cậy có thiếu gì: gốc, trung gian, dấu thời gian, hạn dùng, khóa, đường dẫn. Mã thoát 1 khi có lỗi.",
        en="What the trust set lacks: roots, intermediates, timestamps, validity, keys, paths. Exit code 1 on a problem.",
    ),
    examples=("mailhub trust check", "mailhub trust check --json"),
    needs="home table",
)
@click.pass_context
@pass_session
def check(session: Session, ctx: click.Context) -> None:
    from mailhub.trust.review import Weight, review

    ahead = timedelta(days=session.hub.settings.trust.expiry_warning_days)
    remarks = review(session.hub.trust.list_(), session.hub.clock(), ahead)
    session.hub_output.table(REMARK_LINE, remarks, empty=Text(vi="Không có gì phải lưu ý.", en="There is nothing to say."))
    if any(remark.weight is Weight.PROBLEM for remark in remarks):
        ctx.exit(REFUSED)


@trust.command(
    "remove",
    about=Text(
        vi="Thôi tin một chứng thư. Những gì đã quyết theo nó giữ nguyên.",
        en="Stop trusting a certificate. What was decided by it stays as it is.",
    ),
    examples=('mailhub trust remove 3fa8 --reason "nơi cấp thu hồi"',),
    needs="home clerk",
)
@click.argument("fingerprint")
@option("--purpose", type=choice_of(TrustPurpose), default=TrustPurpose.SIGNER.value, about=PURPOSE_ABOUT)
@reason_option
@pass_session
def remove(session: Session, fingerprint: str, purpose: str, reason: str) -> None:
    sha256 = whole_fingerprint(session, fingerprint, TrustPurpose(purpose))
    session.hub.trust.remove(session.hub_actor, sha256, TrustPurpose(purpose), reason)
    session.hub_output.say(Text(vi=f"Đã thôi tin {sha256}.", en=f"{sha256} is no longer trusted."))


def ask_at_terminal(session: Session, items: Sequence[Shown]) -> None:
    """Show whoever sits there what is about to be believed, and ask; a script has made up its mind."""
    if not sys.stdin.isatty():
        return
    for item in items:
        known = item.pin
        published = Text(vi=f"khớp vân tay đã công bố: {known.name}", en=f"published as {known.name}") if known else UNPUBLISHED
        word = f"{CHANGES[item.change].in_(session.language)} " if item.change else ""
        click.echo(
            f"{word}{printable(item.subject)}\n  {fingerprint(item.sha256)}\n  {published.in_(session.language)}", err=True
        )
    click.confirm(COMPARED.in_(session.language), abort=True, err=True)


def whole_fingerprint(session: Session, given: str, purpose: TrustPurpose) -> str:
    """A fingerprint may be shortened and written with spaces or colons."""
    wanted = given.replace(":", "").replace(" ", "").casefold()
    listed = session.hub.trust.list_()
    found = {record.sha256 for record in listed if record.purpose is purpose and record.sha256.startswith(wanted)}
    if len(found) == 1:
        return found.pop()
    raise RefusedError(
        Text(
            vi=f"{len(found)} chứng thư có vân tay bắt đầu bằng {given!r} cho {purpose.value}; xem mailhub trust list",
            en=f"{len(found)} certificates begin with {given!r} for {purpose.value}; see mailhub trust list",
        )
    )
