"""`mailhub agency`: the agencies that send documents."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from mailhub.cli.bilingual import Group, option
from mailhub.cli.cells import Mistake, Row, from_options
from mailhub.cli.options import dry_run_option, reason_option, repeated_option
from mailhub.cli.output import Column, Fit
from mailhub.cli.references import letter_id
from mailhub.cli.session import Session, pass_session
from mailhub.cli.sheets import Heading, read_sheet, sheet_refused
from mailhub.cli.values import Choice
from mailhub.cli.words import word
from mailhub.errors import RefusedError
from mailhub.language import Language, Text
from storage.records import Agency, AgencyCode, AgencyDraft, CertificateTie

KINDS: dict[str, Text] = {
    "state": Text(vi="nhà nước", en="state"),
    "party": Text(vi="Đảng, đoàn thể", en="Party"),
    "superior": Text(vi="cấp trên", en="superior"),
    "enterprise": Text(vi="doanh nghiệp", en="enterprise"),
    "citizen": Text(vi="công dân", en="citizen"),
}
MODES: dict[str, Text] = {
    "propose": Text(vi="chờ duyệt", en="propose"),
    "auto": Text(vi="tự động", en="auto"),
}
SIGNERS: dict[str, Text] = {
    "person": Text(vi="người", en="person"),
    "organisation": Text(vi="cơ quan", en="organisation"),
    "unknown": Text(vi="theo chứng thư", en="as it tells"),
}
KIND = Text(
    vi="state, party, superior (cấp trên: máy không trả), enterprise hay citizen (miễn chữ ký số).",
    en="state, party, superior (never returned by machine), enterprise or citizen (need no signature).",
)

AGENCY_LINE: Sequence[Column[Agency]] = (
    Column(
        key="codes",
        heading=Text(vi="Mã", en="Codes"),
        value=lambda agency: [code.code for code in agency.codes if not code.closed_on],
    ),
    Column(key="name", heading=Text(vi="Tên", en="Name"), value=lambda agency: agency.name, fit=Fit.FOLD),
    Column(
        key="kind", heading=Text(vi="Loại", en="Kind"), value=lambda agency: agency.kind, show=lambda agency: KINDS[agency.kind]
    ),
    Column(
        key="mode", heading=Text(vi="Xử lý", en="Mode"), value=lambda agency: agency.mode, show=lambda agency: MODES[agency.mode]
    ),
    Column(key="addresses", heading=Text(vi="Địa chỉ thư", en="Addresses"), value=lambda agency: agency.addresses, fit=Fit.FOLD),
    Column(key="domains", value=lambda agency: agency.domains),
    Column(key="aliases", value=lambda agency: agency.aliases),
    Column(key="phones", value=lambda agency: agency.phones),
    Column(key="closed_codes", value=lambda agency: [code.code for code in agency.codes if code.closed_on]),
    Column(key="id", value=lambda agency: agency.id),
)
AGENCY_SHEET: Sequence[Column[Agency]] = (
    *AGENCY_LINE[:5],
    Column(key="domains", heading=Text(vi="Tên miền", en="Domains"), value=lambda agency: agency.domains),
    Column(key="aliases", heading=Text(vi="Tên gọi khác", en="Also called"), value=lambda agency: agency.aliases),
    Column(key="phones", heading=Text(vi="Điện thoại", en="Telephones"), value=lambda agency: agency.phones),
    Column(
        key="closed_codes",
        heading=Text(vi="Mã đã đóng", en="Closed codes"),
        value=lambda agency: [code.code for code in agency.codes if code.closed_on],
    ),
    Column(key="id", value=lambda agency: agency.id),
)
TIE_LINE: Sequence[Column[CertificateTie]] = (
    Column(key="certificate", heading=Text(vi="Chứng thư", en="Certificate"), value=lambda tie: tie.certificate_sha256),
    Column(key="agency", heading=Text(vi="Cơ quan", en="Agency"), value=lambda tie: tie.agency_name, fit=Fit.FOLD),
    Column(key="kind", heading=Text(vi="Của", en="Names"), value=lambda tie: tie.kind, show=lambda tie: word(SIGNERS, tie.kind)),
)
HEADINGS = (
    Heading(key="code", required=True, also=("mã", "mã định danh")),
    Heading(key="name", required=True, also=("tên", "tên cơ quan")),
    Heading(key="kind", also=("loại",)),
    Heading(key="addresses", also=("address", "địa chỉ", "địa chỉ thư", "email")),
    Heading(key="domains", also=("domain", "tên miền")),
    Heading(key="aliases", also=("alias", "tên gọi khác", "tên viết tắt")),
    Heading(key="phones", also=("phone", "điện thoại")),
)


@click.group(cls=Group, about=Text(vi="Cơ quan gửi văn bản.", en="The agencies that send documents."))
def agency() -> None:
    """The noun alone; its verbs follow."""


address_option = repeated_option("--address", "addresses", Text(vi="Địa chỉ thư", en="Mail address"))
domain_option = repeated_option(
    "--domain", "domains", Text(vi="Tên miền riêng (không nhận gmail.com và tương tự)", en="Own domain (no public mail domain)")
)
alias_option = repeated_option("--alias", "aliases", Text(vi="Tên gọi khác", en="Other name"))
phone_option = repeated_option("--phone", "phones", Text(vi="Điện thoại", en="Telephone"))


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
    draft = from_options({"code": code, **fields}, agency_reader(session.hub.text_rules.number))
    added = session.hub.directory.add_agency(session.actor, session.unit.id, draft)
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
    about=Text(vi="Một cơ quan, theo mã bất kỳ của nó.", en="One agency, by any of its codes."),
    examples=("mailhub agency show G22",),
    needs="home unit json",
)
@click.argument("code")
@pass_session
def show(session: Session, code: str) -> None:
    session.output.record(AGENCY_SHEET, session.hub.directory.agency(session.unit.id, code))


@agency.command(
    "edit",
    about=Text(
        vi="Sửa một cơ quan: trường nào nêu thì thay, trường khác giữ nguyên. Nhật ký giữ trước và sau.",
        en="Change an agency: fields that are given replace the old ones, others stay. The log keeps before and after.",
    ),
    examples=("mailhub agency edit G22 --address vanthu@stc.tinh.gov.vn --address stc@tinh.gov.vn",),
    needs="home unit clerk json",
)
@click.argument("code")
@option("--name", default="", about=Text(vi="Tên đầy đủ.", en="Full name."))
@option("--kind", type=Choice(KINDS), default=None, about=KIND)
@address_option
@domain_option
@alias_option
@phone_option
@option("--add-code", default="", metavar="CODE", about=Text(vi="Thêm một mã của cơ quan.", en="One more code of the agency."))
@pass_session
def edit(session: Session, /, code: str, add_code: str, **fields: str | tuple[str, ...] | None) -> None:
    before = session.hub.directory.agency(session.unit.id, code)
    given = {key: value for key, value in fields.items() if value}
    checked = from_options(
        {"code": code, "name": before.name, "kind": before.kind, **given}, agency_reader(session.hub.text_rules.number)
    )
    draft = AgencyDraft(
        codes=(*before.codes, AgencyCode(code=add_code)) if add_code else before.codes,
        name=checked.name,
        kind=checked.kind,
        mode=before.mode,
        aliases=checked.aliases or before.aliases,
        addresses=checked.addresses or before.addresses,
        domains=checked.domains or before.domains,
        phones=checked.phones or before.phones,
    )
    after = session.hub.directory.edit_agency(session.actor, session.unit.id, code, draft)
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
    from mailhub.policy.case import Mode  # noqa: PLC0415  help does not need it

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
    from parsers.signatures.model import SignerKind  # noqa: PLC0415  help does not need the parsers

    chosen = [*map(fingerprint, certificates), *(signers_of(session, letter) if letter else ())]
    if not chosen:
        raise RefusedError(Text(vi="cần nêu chứng thư hoặc --letter", en="give a certificate or --letter"))
    directory, unit = session.hub.directory, session.unit
    said = SignerKind(kind)
    ties = [directory.tie_certificate(session.actor, unit.id, item, code, kind=said, reason=reason) for item in chosen]
    session.output.table(TIE_LINE, ties, empty=Text(vi="Không có chứng thư nào.", en="There is no certificate."))


@agency.command(
    "import",
    about=Text(
        vi="Nhập cơ quan từ CSV: code, name, kind, addresses, domains, aliases, phones (hoặc tên cột tiếng Việt). "
        "Mọi dòng sai được báo một lần, và có dòng sai thì không nhập gì.",
        en="Import agencies from CSV: code, name, kind, addresses, domains, aliases, phones. "
        "All wrong lines are listed at once, and a wrong line stops all of it.",
    ),
    examples=("mailhub agency import co-quan.csv --dry-run", "mailhub agency import co-quan.csv"),
    needs="home unit clerk json",
)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@dry_run_option
@pass_session
def import_(session: Session, path: Path, dry_run: bool) -> None:  # noqa: FBT001  a flag of the command line
    rows = read_sheet(path, HEADINGS, agency_reader(session.hub.text_rules.number))
    taken = session.hub.directory.agencies(session.unit.id, limit=1_000_000)
    mistakes = list(clashes(rows, taken))
    if mistakes:
        raise sheet_refused(path, mistakes)
    if dry_run:
        session.output.say(Text(vi=f"{len(rows)} cơ quan, nhập được.", en=f"{len(rows)} agencies can be imported."))
        return
    added = session.hub.directory.import_agencies(session.actor, session.unit.id, [draft for _, draft in rows])
    session.output.table(AGENCY_LINE, added, empty=Text(vi="Tệp không có cơ quan nào.", en="The file has no agencies."))


def agency_reader(number: Callable[[str], str]) -> Callable[[Row], AgencyDraft]:
    """What reads an agency from a row; `number` checks a telephone number and gives it as E.164."""
    return lambda row: agency_draft(row, number)


def agency_draft(row: Row, number: Callable[[str], str]) -> AgencyDraft:
    """An agency from a row of a sheet."""
    from mailhub.directory import require_own_domains  # noqa: PLC0415  help does not need the registry

    domains = row.domains("domains")
    try:
        require_own_domains(domains)
    except RefusedError as error:
        row.wrong("domains", Text(vi=error.in_(Language.VI), en=error.in_(Language.EN)))
    return AgencyDraft(
        codes=(AgencyCode(code=row.code("code")),),
        name=row.needed("name"),
        kind=row.choice("kind", KINDS, "state"),
        mode="propose",
        aliases=row.words("aliases"),
        addresses=row.addresses("addresses"),
        domains=domains,
        phones=row.numbers("phones", number),
    )


def clashes(rows: Sequence[tuple[Row, AgencyDraft]], taken: Sequence[Agency]) -> Iterator[Mistake]:
    """Codes and addresses that stand twice in the sheet or belong to another agency already."""
    owners = {name: agency.name for agency in taken for name in names_of(agency)}
    for row, draft in rows:
        for name in names_of(draft):
            if name in owners:
                text = Text(vi=f"{name!r} đã thuộc {owners[name]}", en=f"{name!r} belongs to {owners[name]} already")
                yield Mistake(line=row.line, column="", text=text)
        owners |= dict.fromkeys(names_of(draft), draft.name)


def names_of(agency: Agency | AgencyDraft) -> tuple[str, ...]:
    """What names one agency only."""
    return (*(code.code.casefold() for code in agency.codes), *(address.casefold() for address in agency.addresses))


def fingerprint(text: str) -> str:
    """The SHA-256 (hex) of a certificate: given as such, or of the one certificate in a file."""
    from mailhub.trust import read_certificates  # noqa: PLC0415  help does not need cryptography

    written = text.replace(":", "").replace(" ", "").casefold()
    if re.fullmatch("[0-9a-f]{64}", written):
        return written
    found = read_certificates(Path(text))
    if len(found) != 1:
        raise RefusedError(
            Text(vi=f"{text} có {len(found)} chứng thư; cần đúng một", en=f"{text} holds {len(found)} certificates; expected one")
        )
    return found[0].sha256


def signers_of(session: Session, letter: str) -> tuple[str, ...]:
    """The certificates that signed the files of a letter and are not tied yet."""
    explanation = session.hub.letters.explain(session.unit.id, letter_id(session, letter))
    return tuple(tie.certificate_sha256 for tie in explanation.record.directory.signers if tie.agency_id is None)
