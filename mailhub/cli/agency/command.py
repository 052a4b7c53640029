"""`mailhub agency`: the agencies that send documents."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from dataclasses import replace
from datetime import date

import click

from mailhub.cli.agency.certificates import named_certificate, signers_of
from mailhub.cli.agency.lines import (
    AGENCY_LINE,
    AGENCY_SHEET,
    KIND,
    KINDS,
    LATELY_LINE,
    MODES,
    SIGNERS,
    TIE_LINE,
    view_columns,
)
from mailhub.cli.agency.login import login
from mailhub.cli.agency.rows import agency_reader
from mailhub.cli.agency.transfer import export_agencies, import_agencies
from mailhub.cli.bilingual import Group, option
from mailhub.cli.cells import from_options
from mailhub.cli.options import optional_reason_option, reason_option, repeated_option
from mailhub.cli.session import Session, pass_session
from mailhub.cli.values import Choice, Day
from mailhub.errors import RefusedError
from mailhub.language import Text
from storage.records import AgencyCode


@click.group(cls=Group, about=Text(vi="Cơ quan gửi văn bản.", en="The agencies that send documents."))
def agency() -> None:
    """The noun alone; its verbs follow."""


address_option = repeated_option("--address", "addresses", Text(vi="Địa chỉ thư", en="Mail address"))
domain_option = repeated_option(
    "--domain", "domains", Text(vi="Tên miền riêng (không nhận gmail.com và tương tự)", en="Own domain (no public mail domain)")
)
alias_option = repeated_option("--alias", "aliases", Text(vi="Tên gọi khác", en="Other name"))
phone_option = repeated_option(
    "--phone", "phones", Text(vi="Số di động nhận tin báo trả giấy", en="Mobile number that gets a text when paper goes back")
)


@agency.command(
    "add",
    about=Text(
        vi="Thêm một cơ quan. Văn bản của cơ quan mới luôn chờ văn thư duyệt; xem agency mode.",
        en="Add an agency. Letters of a new agency always wait for a clerk; see agency mode.",
    ),
    examples=('mailhub agency add G22 --name "Sở Tài chính" --address vanthu@stc.tinh.gov.vn --alias STC',),
    needs="home unit clerk json",
)
@click.argument("code")
@option("--name", required=True, about=Text(vi="Tên đầy đủ.", en="Full name."))
@option("--kind", type=Choice(KINDS), default="state", about=KIND)
@address_option
@domain_option
@alias_option
@phone_option
@pass_session
def add(session: Session, /, code: str, **fields: str | tuple[str, ...]) -> None:
    described = from_options({"code": code, **fields}, agency_reader(session.hub.text_rules.number))
    added = session.hub.directory.add_agency(session.actor, session.unit.id, described.draft)
    session.output.record(AGENCY_SHEET, added)


@agency.command(
    "list",
    about=Text(vi="Các cơ quan, hoặc những cơ quan khớp chữ cần tìm.", en="The agencies, or those that match a text."),
    examples=("mailhub agency list", "mailhub agency list tai chinh"),
    needs="home unit table",
)
@click.argument("text", nargs=-1)
@pass_session
def list_(session: Session, text: tuple[str, ...]) -> None:
    found = session.hub.directory.agencies(session.unit.id, search=" ".join(text))
    empty = Text(
        vi="Không có cơ quan nào; thêm bằng: mailhub agency add", en="There is no agency; add one with: mailhub agency add"
    )
    session.output.table(AGENCY_LINE, found, empty=empty)


@agency.command(
    "show",
    about=Text(
        vi="Một cơ quan, theo mã bất kỳ của nó: chứng thư đã gắn, văn bản đã vào sổ 30 ngày qua.",
        en="One agency, by any of its codes: its certificates, and what was filed from it in the last 30 days.",
    ),
    examples=("mailhub agency show G22",),
    needs="home unit json",
)
@click.argument("code")
@pass_session
def show(session: Session, code: str) -> None:
    output = session.unit_output
    view = session.hub.correspondents.show(session.unit.id, code)
    parts = (
        output.part("certificates", Text(vi="Chứng thư đã gắn", en="Certificates"), TIE_LINE, view.ties),
        output.part("lately", Text(vi="30 ngày qua", en="Last 30 days"), LATELY_LINE, (view.lately,)),
    )
    output.record(view_columns(), view, parts)


@agency.command(
    "edit",
    about=Text(
        vi="Sửa một cơ quan: trường nào nêu thì thay, nêu trống thì xóa, trường khác giữ nguyên. Hoàn tác: agency undo.",
        en="Change an agency: fields that are given replace the old ones, an empty one clears. Taken back by agency undo.",
    ),
    examples=("mailhub agency edit G22 --address vanthu@stc.tinh.gov.vn --address stc@tinh.gov.vn",),
    needs="home unit clerk json",
)
@click.argument("code")
@option("--name", default=None, metavar="TEXT", about=Text(vi="Tên đầy đủ.", en="Full name."))
@option("--kind", type=Choice(KINDS), default=None, about=KIND)
@address_option
@domain_option
@alias_option
@phone_option
@option("--add-code", default="", metavar="CODE", about=Text(vi="Thêm một mã của cơ quan.", en="One more code of the agency."))
@optional_reason_option
@pass_session
def edit(session: Session, /, code: str, add_code: str, reason: str, **fields: str | tuple[str, ...] | None) -> None:
    hub, unit_id = session.hub, session.unit.id
    before = hub.correspondents.show(unit_id, code).agency
    given = {"name": before.name, **{key: value for key, value in fields.items() if value not in (None, ())}}
    described = from_options({"code": add_code or code, **given}, agency_reader(hub.text_rules.number))
    if add_code:
        codes = (*before.codes, AgencyCode(code=add_code))
        described = replace(described, draft=replace(described.draft, codes=codes), given=described.given | {"codes"})
    after = hub.correspondents.edit(session.actor, unit_id, code, described, reason=reason)
    session.output.record(AGENCY_SHEET, after)


@agency.command(
    "close",
    about=Text(
        vi="Đóng các mã của cơ quan sáp nhập, giải thể; thư từ mã cũ thuộc cơ quan kế thừa. Hoàn tác: agency undo.",
        en="Close an agency's codes; mail under them belongs to its successor. Taken back by agency undo.",
    ),
    examples=('mailhub agency close G22 --successor G30 --from 01/3/2025 --reason "NQ 18 sáp nhập"',),
    needs="home unit clerk json",
)
@click.argument("code")
@option("--successor", default="", metavar="CODE", about=Text(vi="Mã cơ quan kế thừa.", en="Code of the agency that follows."))
@option(
    "--from",
    "day",
    type=Day(),
    default=None,
    about=Text(vi="Đóng từ ngày này; mặc định là hôm nay.", en="Closed from this day on; today by default."),
)
@reason_option
@pass_session
def close(session: Session, /, code: str, day: date | None, **given: str) -> None:
    after = session.hub.correspondents.close(
        session.actor, session.unit.id, code, successor=given["successor"], day=day, reason=given["reason"]
    )
    session.output.record(AGENCY_SHEET, after)


@agency.command(
    "undo",
    about=Text(
        vi="Hoàn tác thay đổi cuối của một cơ quan (sửa, đóng, chế độ xử lý); làm lần nữa thì thay đổi ấy trở lại.",
        en="Take the last change of an agency back (edit, closing, mode); done again, the change is made again.",
    ),
    examples=('mailhub agency undo G22 --reason "sửa nhầm"',),
    needs="home unit clerk json",
)
@click.argument("code")
@reason_option
@pass_session
def undo(session: Session, code: str, reason: str) -> None:
    after = session.hub.correspondents.undo(session.actor, session.unit.id, code, reason=reason)
    session.output.record(AGENCY_SHEET, after)


@agency.command(
    "mode",
    about=Text(
        vi="auto: văn bản đủ điều kiện của cơ quan này tự vào sổ; propose: văn bản chờ văn thư duyệt.",
        en="auto: complete letters of this agency are filed by machine; propose: they wait for a clerk.",
    ),
    examples=('mailhub agency mode G22 auto --reason "ba tháng không sai"',),
    needs="home unit clerk json",
)
@click.argument("code")
@click.argument("mode", type=Choice(MODES))
@reason_option
@pass_session
def mode_(session: Session, code: str, mode: str, reason: str) -> None:
    from mailhub.policy.agencies import Mode

    after = session.hub.directory.set_mode(session.actor, session.unit.id, code, Mode(mode), reason)
    session.output.record(AGENCY_SHEET, after)


@agency.command(
    "tie",
    about=Text(
        vi="Gắn chứng thư số với cơ quan: từ nay chữ ký bằng chứng thư ấy là của cơ quan này. "
        "Nêu tệp chứng thư, vân tay SHA-256, hoặc --letter để lấy chứng thư đã ký một văn bản.",
        en="Tie a certificate to an agency: from now on its signatures are this agency's. "
        "Give a certificate file, a SHA-256 fingerprint, or --letter to take those that signed a letter.",
    ),
    examples=(
        'mailhub agency tie G22 --letter h128 --reason "đã gọi xác nhận"',
        'mailhub agency tie G22 stc.cer --kind organisation --reason "công văn 12/STC"',
    ),
    needs="home unit clerk json",
)
@click.argument("code")
@click.argument("certificates", nargs=-1)
@option(
    "--letter",
    default=None,
    metavar="LETTER",
    about=Text(vi="Chứng thư đã ký văn bản này.", en="Certificates that signed this letter."),
)
@option(
    "--kind",
    type=Choice(SIGNERS),
    default="unknown",
    about=Text(
        vi="Chứng thư của người hay của cơ quan, khi chứng thư không tự nói rõ.",
        en="Whether it names a person or the organisation, where the certificate does not tell.",
    ),
)
@reason_option
@pass_session
def tie(session: Session, code: str, certificates: tuple[str, ...], letter: str | None, kind: str, reason: str) -> None:
    from parsers.signatures.model import SignerKind

    chosen = [*map(named_certificate, certificates), *(signers_of(session, letter) if letter else ())]
    if not chosen:
        raise RefusedError(Text(vi="cần nêu chứng thư hoặc --letter", en="give a certificate or --letter"))
    directory, unit = session.hub.directory, session.unit
    said = SignerKind(kind)
    ties = [directory.tie_certificate(session.actor, unit.id, item, code, kind=said, reason=reason) for item in chosen]
    session.output.table(TIE_LINE, ties, empty=Text(vi="Không có chứng thư nào.", en="There is no certificate."))


@agency.command(
    "untie",
    about=Text(
        vi="Thôi gắn một chứng thư với cơ quan. Gắn lại là hoàn tác.",
        en="Forget that a certificate is an agency's. Tie it again to undo.",
    ),
    examples=('mailhub agency untie stc.cer --reason "gắn nhầm cơ quan"',),
    needs="home unit clerk json",
)
@click.argument("certificate")
@reason_option
@pass_session
def untie(session: Session, certificate: str, reason: str) -> None:
    sha256 = named_certificate(certificate).sha256
    session.hub.correspondents.untie(session.actor, session.unit.id, sha256, reason=reason)
    session.output.say(Text(vi="Đã thôi gắn chứng thư.", en="The certificate is tied to nobody now."))
    if session.json:
        session.output.raw({"certificate": sha256})


agency.add_command(import_agencies)
agency.add_command(export_agencies)
agency.add_command(login)
