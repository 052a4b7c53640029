"""`mailhub sign`: the unit's seal on a document, and whether the keys work."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

import re
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailhub.cli.bilingual import Group, language_of, option
from mailhub.cli.failures import REFUSED
from mailhub.cli.options import optional_reason_option
from mailhub.cli.output import Column, Fit
from mailhub.cli.session import Session, pass_session
from mailhub.cli.values import Choice
from mailhub.errors import RefusedError
from mailhub.language import Text

if TYPE_CHECKING:
    from mailhub.meetings.signed import LetterFile
    from mailhub.signing.trial import KeyTrial, TsaTrial
    from mailhub.unit_seal.orders import Sealed, Spot

COPIES = ("sao-y", "sao-luc", "trich-sao")
SPOT = re.compile(r"(\d{1,4}),(\d{1,4}(?:\.\d+)?),(\d{1,4}(?:\.\d+)?)", re.ASCII)
MOST_MIB = 50


def form(made: "Sealed") -> Text:
    """What was sealed, in words."""
    from mailhub.unit_seal.orders import FORMS

    return FORMS[made.form]


def purpose(trial: "KeyTrial") -> Text:
    """What a key is for, in words."""
    from mailhub.signing.keys import PURPOSES

    return PURPOSES[trial.purpose]


SEALED: Sequence[Column["Sealed"]] = (
    Column(key="out", heading=Text(vi="Tệp", en="File"), value=lambda made: str(made.out)),
    Column(key="form", heading=Text(vi="Đóng dấu", en="Sealed as"), value=lambda made: made.form.value, show=form),
    Column(key="level", heading=Text(vi="Mức", en="Level"), value=lambda made: made.level),
    Column(key="signed_at", heading=Text(vi="Lúc", en="At"), value=lambda made: made.signed_at),
    Column(key="signer", heading=Text(vi="Chứng thư", en="Certificate"), value=lambda made: made.signer),
    Column(key="persons", heading=Text(vi="Người ký trước", en="Signed before by"), value=lambda made: list(made.persons)),
    Column(key="reference", heading=Text(vi="Số, ký hiệu", en="Number and symbol"), value=lambda made: made.reference),
    Column(key="page", heading=Text(vi="Trang", en="Page"), value=lambda made: made.page),
    Column(key="box", value=lambda made: list(made.box)),
    Column(key="certificate_sha256", value=lambda made: made.certificate_sha256),
    Column(key="sha256", heading=Text(vi="SHA-256", en="SHA-256"), value=lambda made: made.sha256),
    Column(key="warnings", value=lambda made: [warning.en for warning in made.warnings]),
)
KEY_LINE: Sequence[Column["KeyTrial"]] = (
    Column(
        key="purpose",
        heading=Text(vi="Khóa", en="Key"),
        value=lambda trial: trial.purpose.value,
        show=purpose,
    ),
    Column(key="ready", heading=Text(vi="Ký được", en="Signs"), value=lambda trial: trial.ready),
    Column(
        key="certificate",
        heading=Text(vi="Chứng thư", en="Certificate"),
        value=lambda trial: trial.certificate.subject if trial.certificate else "",
        show=lambda trial: trial.certificate.common_name if trial.certificate else "",
        fit=Fit.FOLD,
    ),
    Column(key="issuer", value=lambda trial: trial.certificate.issuer if trial.certificate else ""),
    Column(key="serial", value=lambda trial: trial.certificate.serial if trial.certificate else ""),
    Column(key="sha256", value=lambda trial: trial.certificate.der_sha256 if trial.certificate else ""),
    Column(key="not_before", value=lambda trial: trial.certificate.not_before if trial.certificate else None),
    Column(
        key="not_after",
        heading=Text(vi="Hết hạn", en="Expires"),
        value=lambda trial: trial.certificate.not_after if trial.certificate else None,
    ),
    Column(key="days_left", heading=Text(vi="Còn (ngày)", en="Days left"), value=lambda trial: trial.days_left, right=True),
    Column(key="place", value=lambda trial: trial.place),
    Column(key="problems", value=lambda trial: [problem.en for problem in trial.problems]),
    Column(key="warnings", value=lambda trial: [warning.en for warning in trial.warnings]),
)


@click.group(
    cls=Group,
    about=Text(vi="Ký số của chính cơ quan: đóng dấu số, kiểm tra khóa.", en="Own signatures: the unit's seal, its keys."),
)
def sign() -> None:
    """The noun alone; its verbs follow."""


@sign.command(
    "seal",
    about=Text(
        vi="Đóng dấu số của cơ quan lên PDF mà người có thẩm quyền đã ký, lên phụ lục ở tệp riêng, hoặc lên bản sao điện tử do "
        "đơn vị làm. Tệp gốc giữ nguyên, kết quả được kiểm tra lại rồi mới ghi.",
        en="Put the unit's seal on a PDF that the competent person has signed, on an annex in a file of its own, or on an "
        "electronic copy that the unit made. The file stays as it is; the result is checked again before it is written.",
    ),
    examples=(
        "mailhub sign seal 226-UBND.pdf --out 226-UBND.signed.pdf",
        "mailhub sign seal phu-luc.pdf --annex-of 226-UBND.pdf --out phu-luc.signed.pdf",
        "mailhub sign seal quet.pdf --copy sao-y --out sao-y.pdf",
    ),
    needs="home unit clerk json",
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    required=True,
    about=Text(vi="Ghi kết quả vào tệp mới này.", en="Write the result into this new file."),
)
@option(
    "--annex-of",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    default=None,
    about=Text(vi="Tệp là phụ lục của văn bản này.", en="The file is an annex of this document."),
)
@option(
    "--copy",
    "copy_form",
    type=Choice(COPIES),
    default=None,
    about=Text(vi="Tệp là bản sao điện tử do đơn vị làm.", en="The file is an electronic copy that the unit made."),
)
@option(
    "--reference",
    default="",
    metavar="TEXT",
    about=Text(
        vi="Số, ký hiệu ghi trên phụ lục, khi máy không đọc được.",
        en="Number and symbol for an annex, where they cannot be read.",
    ),
)
@option(
    "--at",
    default="",
    metavar="PAGE,LEFT,BOTTOM",
    about=Text(
        vi="Chỗ đặt dấu (trang, mm từ mép trái, mm từ mép dưới), khi chữ ký người không có hình.",
        en="Where the seal goes (page, mm from the left, mm from the bottom) when the person's signature is invisible.",
    ),
)
@option(
    "--without-timestamp",
    is_flag=True,
    about=Text(vi="Ký không kèm dấu thời gian (mức B-B).", en="Sign without a timestamp (level B-B)."),
)
@optional_reason_option
@pass_session
def seal(session: Session, /, file: Path, out: Path, **chosen: str | Path | bool | None) -> None:
    from mailhub.unit_seal.orders import SealForm, SealOrder

    main, copy_form = chosen["annex_of"], chosen["copy_form"]
    if main is not None and copy_form is not None:
        raise RefusedError(Text(vi="chọn một trong --annex-of và --copy", en="choose one of --annex-of and --copy"))
    kind = SealForm.ANNEX if main is not None else SealForm.DOCUMENT
    order = SealOrder(
        file=read_file(file),
        out=out,
        form=SealForm(str(copy_form)) if copy_form is not None else kind,
        main=read_file(main) if isinstance(main, Path) else None,
        reference=str(chosen["reference"] or ""),
        spot=spot_of(str(chosen["at"] or "")),
        without_timestamp=bool(chosen["without_timestamp"]),
        reason=str(chosen["reason"] or ""),
    )

    def step(text: Text) -> None:
        if sys.stderr.isatty():
            session.output.say(text)

    made = session.hub.unit_seal.seal(session.actor, session.unit, order, step)
    for warning in made.warnings:
        session.output.say(Text(vi=f"Chú ý: {warning.vi}", en=f"Warning: {warning.en}"))
    if made.level == "B-B":
        session.output.say(
            Text(
                vi="Chú ý: không có dấu thời gian (B-B); khi chứng thư hết hạn sẽ khó chứng minh lúc ký.",
                en="Warning: there is no timestamp (B-B); once the certificate has expired the time is hard to prove.",
            )
        )
    session.unit_output.record(SEALED, made)


@sign.command(
    "check",
    about=Text(
        vi="Kiểm tra khóa ký: chứng thư, hạn dùng, ký thử (không ký lên văn bản nào), máy chủ dấu thời gian. Mã thoát 1 khi có "
        "khóa không ký được.",
        en="Check the signing keys: certificates, validity, a trial signature (on no document), the timestamping authority. Exit "
        "code 1 when a key cannot sign.",
    ),
    examples=("mailhub sign check", "mailhub sign check --json"),
    needs="home json",
)
@click.pass_context
def check(ctx: click.Context) -> None:
    from mailhub.signing.opening import require_other_key
    from mailhub.signing.trial import try_authority, try_key

    session = ctx.ensure_object(Session)
    hub, output = session.hub, session.hub_output
    now, before = hub.clock(), timedelta(days=hub.settings.signing.expiry_warning_days)
    trials = []
    if hub.system_key is not None:
        trials.append(try_key(hub.system_key, now, before))
    if hub.seal_key is not None:
        trials.append(try_key(hub.seal_key, now, before, lambda opened: require_other_key(opened, hub.system_key)))
    if hub.patient_timestamping is not None and sys.stderr.isatty():
        output.say(Text(vi="Hỏi máy chủ dấu thời gian…", en="Asking the timestamping authority…"))
    authority = try_authority(hub.patient_timestamping) if hub.patient_timestamping is not None else None
    nothing = Text(
        vi="Chưa có khóa ký nào; xem mục [signing] trong mailhub.toml.",
        en="There is no signing key; see [signing] in mailhub.toml.",
    )
    if output.json:
        part = output.part("keys", nothing, KEY_LINE, trials)
        output.raw({"keys": part.values, "tsa": tsa_values(authority)})
    else:
        output.table(KEY_LINE, trials, empty=nothing)
        for trial in trials:
            for text in (*trial.problems, *trial.warnings):
                output.say(Text(vi=f"{purpose(trial).vi}: {text.vi}", en=f"{purpose(trial).en}: {text.en}"))
        output.say(tsa_line(authority))
    if not all(trial.ready for trial in trials) or (authority is not None and authority.stamp is None):
        ctx.exit(REFUSED)


def tsa_values(trial: "TsaTrial | None") -> dict[str, object] | None:
    """The authority for programs."""
    if trial is None:
        return None
    stamp = trial.stamp
    return {
        "url": trial.url,
        "seconds": round(trial.seconds, 3),
        "authority": stamp.authority if stamp else "",
        "generated_at": stamp.generated_at if stamp else None,
        "trusted": stamp.trusted if stamp else False,
        "problem": trial.problem.en if trial.problem else "",
    }


def tsa_line(trial: "TsaTrial | None") -> Text:
    """The authority for people."""
    if trial is None:
        return Text(
            vi="Dấu thời gian: chưa cấu hình (signing.tsa_url); chữ ký ở mức B-B.",
            en="Timestamps: none configured (signing.tsa_url); signatures are of level B-B.",
        )
    if trial.stamp is None:
        problem = trial.problem or Text(vi="", en="")
        return Text(vi=f"Dấu thời gian {trial.url}: {problem.vi}", en=f"Timestamps from {trial.url}: {problem.en}")
    trusted = Text(
        vi="dẫn tới gốc tin cậy" if trial.stamp.trusted else "chưa có chứng thư gốc (trust add --purpose tsa)",
        en="leads to a trusted root" if trial.stamp.trusted else "no root to check it by (trust add --purpose tsa)",
    )
    return Text(
        vi=f"Dấu thời gian {trial.url}: {trial.stamp.authority}, {trial.seconds:.1f} giây, {trusted.vi}.",
        en=f"Timestamps from {trial.url}: {trial.stamp.authority}, {trial.seconds:.1f} s, {trusted.en}.",
    )


def read_file(path: Path) -> "LetterFile":
    """A file that the clerk names."""
    from mailhub.meetings.signed import LetterFile

    if path.stat().st_size > MOST_MIB << 20:
        raise RefusedError(Text(vi=f"{path} lớn hơn {MOST_MIB} MiB", en=f"{path} has more than {MOST_MIB} MiB"))
    return LetterFile(name=path.name, content=path.read_bytes())


def spot_of(given: str) -> "Spot | None":
    """A place on a page, as 1,105,60."""
    from mailhub.unit_seal.orders import Spot

    if not given:
        return None
    found = SPOT.fullmatch(given.replace(" ", ""))
    if found is None:
        raise click.BadParameter(
            Text(vi="cần TRANG,TRÁI,DƯỚI, ví dụ 1,105,60", en="expected PAGE,LEFT,BOTTOM such as 1,105,60").in_(
                language_of(click.get_current_context())
            )
        )
    return Spot(page=int(found[1]), left_mm=float(found[2]), bottom_mm=float(found[3]))
