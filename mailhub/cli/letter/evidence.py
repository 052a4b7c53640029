"""`mailhub letter evidence`: what a letter's signatures rest on, and a folder of it for whoever checks them again."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailhub.cli.bilingual import Command
from mailhub.cli.letter.views import about
from mailhub.cli.options import save_option
from mailhub.cli.output import Column, Fit
from mailhub.cli.references import letter_id
from mailhub.cli.session import Session, pass_session
from mailhub.cli.submission import write_new
from mailhub.errors import RefusedError
from mailhub.language import Text, word

if TYPE_CHECKING:
    from storage.records.evidence import ValidationMaterial

KINDS: dict[str, Text] = {
    "certificate": Text(vi="chứng thư", en="certificate"),
    "crl": Text(vi="danh sách thu hồi (CRL)", en="revocation list (CRL)"),
    "ocsp": Text(vi="trả lời OCSP", en="OCSP answer"),
    "timestamp": Text(vi="dấu thời gian", en="timestamp"),
}
MATERIAL_LINE: "Sequence[Column[ValidationMaterial]]" = (
    Column(key="kind", heading=Text(vi="Loại", en="Kind"), value=lambda it: it.kind, show=lambda it: word(KINDS, it.kind)),
    Column(key="size", heading=Text(vi="Cỡ", en="Size"), value=lambda it: len(it.der), right=True),
    Column(key="sha256", heading=Text(vi="SHA-256", en="SHA-256"), value=lambda it: it.sha256, fit=Fit.FOLD),
)
NOTHING = Text(
    vi="Chữ ký của văn bản này không dựa vào chứng thư hay dữ liệu nào đã lưu.",
    en="The signatures of this letter rest on no certificate or data that is kept.",
)


@click.command(
    "evidence",
    cls=Command,
    about=about(
        "Chữ ký của văn bản dựa vào gì: chứng thư, dữ liệu thu hồi, dấu thời gian; --save ghi thành hồ sơ để nhiều năm sau "
        "kiểm chứng lại mà không cần hệ thống này.",
        "What a letter's signatures rest on: certificates, revocation data, timestamps; --save writes a folder with which they "
        "can be checked again years later, without this hub.",
    ),
    examples=("mailhub letter evidence h128", "mailhub letter evidence h128 --save ./h128"),
    needs="home unit clerk json",
)
@click.argument("letter")
@save_option(
    Text(
        vi="Ghi hồ sơ kiểm chứng vào thư mục này: chứng thư, dữ liệu thu hồi, dấu thời gian, kết quả (report.json), "
        "tệp của văn bản và README; không ghi đè tệp đã có.",
        en="Write a folder: certificates, revocation data, timestamps, the report (report.json), the letter's files and a "
        "README; nothing is overwritten.",
    )
)
@pass_session
def evidence(session: Session, letter: str, save: Path | None) -> None:
    """List or save what the signatures of a letter rest on."""
    found, output = letter_id(session, letter), session.unit_output
    if save is None:
        output.table(MATERIAL_LINE, session.hub.verification.evidence(session.unit.id, found).material, empty=NOTHING)
        return
    if save.is_dir() and any(save.iterdir()):
        raise RefusedError(Text(vi=f"{save} không trống; chọn thư mục khác", en=f"{save} is not empty; choose another folder"))
    files = session.hub.verification.folder(session.actor, session.unit.id, found, session.hub.clock())
    for name, content in files:
        path = save / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_new(path, content)
        output.line(Text(vi=str(path), en=str(path)))
