"""`mailhub verify`: the checks on any file or mail, without a hub."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailhub.cli.bilingual import Command, option
from mailhub.cli.failures import REFUSED, TRY_LATER
from mailhub.cli.session import SETTINGS_FILE, Session
from mailhub.cli.values import Moment, When
from mailhub.errors import RefusedError
from mailhub.language import Text

if TYPE_CHECKING:
    from mailhub.cli.verdicts import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """The options of one call."""

    trust: Path | None
    received_at: When | None
    require_revocation: bool
    revision: Path | None
    force: bool
    details: bool


@click.command(
    "verify",
    cls=Command,
    about=Text(
        vi="Kiểm tra chữ ký số của tệp hay thư (.eml, .msg, .zip) bất kỳ, không cần hệ thống; tệp chữ ký đi riêng (.p7s, .xml, "
        ".tst) được ghép với văn bản nêu cùng lúc. Mã thoát: 0 khi có chữ ký và mọi chữ ký hợp lệ, 75 khi chỉ còn chờ dữ liệu "
        "thu hồi, ngoài ra là 1.",
        en="Check the signatures of any file or mail (.eml, .msg, .zip); no hub needed. A detached signature (.p7s, .xml, .tst) "
        "finds its document among the files named with it. Exit code: 0 when there are signatures and all are valid, 75 when "
        "only revocation data is waited for, else 1.",
    ),
    examples=(
        "mailhub verify cong-van.pdf --trust ./goc",
        "mailhub verify cong-van.pdf cong-van.pdf.p7s --trust ./goc -v",
        "mailhub verify cong-van.pdf --revision ./ban-luc-ky",
        "mailhub verify thu.eml --json | jq '.[].signatures[].indication'",
    ),
    needs="home json",
)
@click.argument("paths", metavar="FILE...", nargs=-1, required=True)
@option(
    "--trust",
    type=click.Path(path_type=Path),
    metavar="DIR",
    default=None,
    about=Text(
        vi="Thư mục (hoặc tệp) chứng thư gốc: PEM, DER, .p7b; trong đó có thể có signers/, tsa/, intermediates/ và dữ liệu "
        "thu hồi .crl, .ocsp. Không có thì dùng của hệ thống (--home), không có cả hai thì chỉ xét tính toàn vẹn.",
        en="Folder (or file) of trusted roots: PEM, DER, .p7b; it may have signers/, tsa/, intermediates/ and revocation data "
        "(.crl, .ocsp). Without it the hub's own set counts (--home), without both integrity alone is judged.",
    ),
)
@option(
    "--received-at",
    type=Moment(),
    metavar="WHEN",
    default=None,
    about=Text(
        vi="Lúc đã nhận tệp: bằng chứng rằng tệp có từ khi ấy (một ngày: đến hết ngày).",
        en="When the file was received: proof that it existed then (a day: by its end).",
    ),
)
@option(
    "--require-revocation",
    is_flag=True,
    about=Text(vi="Thiếu dữ liệu thu hồi thì chưa kết luận.", en="Nothing passes without revocation data."),
)
@option(
    "--revision",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    default=None,
    about=Text(
        vi="Ghi bản PDF lúc ký của từng chữ ký vào thư mục này; không ghi đè.",
        en="Write each signature's PDF as it was signed into this folder; nothing is replaced.",
    ),
)
@option("--force", is_flag=True, about=Text(vi="Với --revision: ghi đè tệp đã có.", en="With --revision: replace files."))
@option(
    "-v",
    "--details",
    is_flag=True,
    about=Text(vi="Thêm chứng thư, đường dẫn, thu hồi, thuật toán.", en="Add certificate, path, revocation, algorithms."),
)
@click.pass_context
def verify(ctx: click.Context, /, paths: tuple[str, ...], **options: object) -> None:
    from mailhub.cli.verdict_lines import print_verdicts
    from mailhub.cli.verdict_values import encoded
    from mailhub.cli.verdicts import Outcome, check_files, joined

    session = ctx.ensure_object(Session)
    output, wishes = session.output, Wishes(**options)  # type: ignore[arg-type]  # click gives each option under its name
    checked = check_files(paths, question(session, wishes))
    verdicts = joined(list(output.progress(checked, len(paths), Text(vi="Kiểm tra", en="Checking"))))
    if output.json:
        output.raw(encoded(verdicts))
    else:
        print_verdicts(output, verdicts, details=wishes.details)
    outcomes = {verdict.outcome for verdict in verdicts}
    if outcomes != {Outcome.PASSED}:
        ctx.exit(TRY_LATER if outcomes <= {Outcome.PASSED, Outcome.TRY_LATER} else REFUSED)


def question(session: Session, wishes: Wishes) -> "Question":
    """What the options ask of every file; the hub is opened only where its trust set is to count."""
    from dataclasses import replace

    from mailhub.cli.given_trust import trust_in
    from mailhub.cli.revisions import RevisionFolder
    from mailhub.cli.verdicts import Question
    from mailhub.clock import system_clock
    from parsers.signatures.limits import RevocationPolicy, SignatureLimits
    from parsers.signatures.trust import TrustSnapshot

    now, limits, output = system_clock(), SignatureLimits(), session.output
    if wishes.trust is not None:
        trust = trust_in(wishes.trust)
        if not trust.signer_anchors:
            output.say(Text(vi=f"{wishes.trust}: không có chứng thư gốc nào", en=f"{wishes.trust}: no root certificate in it"))
    elif has_hub(session):
        trust, limits = session.hub.trust.snapshot(), session.hub.signature_limits
        output.say(
            Text(
                vi=f"Theo chứng thư gốc và dữ liệu thu hồi của hệ thống ở {session.home}.",
                en=f"Judged by the trust set and the revocation data of the hub in {session.home}.",
            )
        )
    else:
        trust = TrustSnapshot()
        output.say(Text(vi="Không có --trust: chỉ xét tính toàn vẹn.", en="Without --trust integrity alone is judged."))
    if wishes.require_revocation:
        limits = replace(limits, revocation=RevocationPolicy.REQUIRED)
    zone = now.astimezone().tzinfo
    return Question(
        trust=trust,
        now=now,
        limits=limits,
        received_at=wishes.received_at.ends(zone) if wishes.received_at and zone else None,
        revisions=RevisionFolder(place=wishes.revision, force=wishes.force) if wishes.revision else None,
    )


def has_hub(session: Session) -> bool:
    """Whether there is a hub to ask: one that was named must be there, others may be."""
    if session.home_given:
        return True
    try:
        return (session.home / SETTINGS_FILE).exists()
    except RefusedError:
        return False
