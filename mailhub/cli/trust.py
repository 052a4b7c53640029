"""`mailhub trust`: the certificates that signatures are believed by."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from collections.abc import Sequence
from pathlib import Path

import click

from mailhub.cli.bilingual import Group, option
from mailhub.cli.options import optional_reason_option, reason_option
from mailhub.cli.output import Column, Fit
from mailhub.cli.revocation import revocation
from mailhub.cli.session import Session, pass_session
from mailhub.cli.values import choice_of
from mailhub.cli.words import TRUST_PURPOSES
from mailhub.errors import RefusedError
from mailhub.language import Text
from storage.records import TrustCertificate, TrustPurpose

PURPOSE = Text(
    vi="Dùng cho: signer (chữ ký), tsa (dấu thời gian) hay intermediate (trung gian).",
    en="What for: signer, tsa (timestamps) or intermediate.",
)


def subject(record: TrustCertificate) -> str:
    """Whom the certificate names."""
    from cryptography import x509  # noqa: PLC0415  help does not need it

    return x509.load_der_x509_certificate(record.der).subject.rfc4514_string()


CERTIFICATE_LINE: Sequence[Column[TrustCertificate]] = (
    Column(
        key="purpose",
        heading=Text(vi="Dùng cho", en="For"),
        value=lambda record: record.purpose,
        show=lambda record: TRUST_PURPOSES[record.purpose],
    ),
    Column(key="subject", heading=Text(vi="Chủ thể", en="Subject"), value=subject, fit=Fit.FOLD),
    Column(
        key="sha256",
        heading=Text(vi="Vân tay SHA-256", en="SHA-256 fingerprint"),
        value=lambda record: record.sha256,
        show=lambda record: " ".join(record.sha256[i : i + 4] for i in range(0, 64, 4)),
        fit=Fit.FOLD,
    ),
    Column(key="source", heading=Text(vi="Nguồn", en="Source"), value=lambda record: record.source),
    Column(key="added_at", heading=Text(vi="Thêm lúc", en="Added"), value=lambda record: record.added_at),
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
    examples=("mailhub trust list",),
    needs="home table",
)
@pass_session
def list_(session: Session) -> None:
    empty = Text(
        vi="Chưa tin chứng thư nào: chữ ký số chỉ kiểm tra được tính toàn vẹn. Thêm bằng: mailhub trust add TỆP",
        en="No certificate is trusted yet: signatures are checked for integrity only. Add one with: mailhub trust add FILE",
    )
    session.hub_output.table(CERTIFICATE_LINE, session.hub.trust.list_(), empty=empty)


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
@option("--purpose", type=choice_of(TrustPurpose), default=TrustPurpose.SIGNER.value, about=PURPOSE)
@optional_reason_option
@pass_session
def add(session: Session, paths: tuple[Path, ...], purpose: str, reason: str) -> None:
    from mailhub.trust import read_certificates, read_folder  # noqa: PLC0415  help does not need cryptography

    found = [certificate for path in paths for certificate in (read_folder if path.is_dir() else read_certificates)(path)]
    added = session.hub.trust.add(session.hub_actor, found, TrustPurpose(purpose), reason)
    session.hub_output.table(CERTIFICATE_LINE, added, empty=Text(vi="Không có chứng thư nào.", en="There is no certificate."))


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
@option("--purpose", type=choice_of(TrustPurpose), default=TrustPurpose.SIGNER.value, about=PURPOSE)
@reason_option
@pass_session
def remove(session: Session, fingerprint: str, purpose: str, reason: str) -> None:
    sha256 = whole_fingerprint(session, fingerprint, TrustPurpose(purpose))
    session.hub.trust.remove(session.hub_actor, sha256, TrustPurpose(purpose), reason)
    session.hub_output.say(Text(vi=f"Đã thôi tin {sha256}.", en=f"{sha256} is no longer trusted."))


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
