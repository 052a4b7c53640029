"""What lists and records of agencies show."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mailhub.cli.output import Column, Fit
from mailhub.language import Text, word
from storage.records import Agency, AgencyTally, CertificateTie

if TYPE_CHECKING:
    from mailhub.directory.agencies import AgencyView

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
LATELY_LINE: Sequence[Column[AgencyTally]] = (
    Column(key="electronic", heading=Text(vi="Điện tử", en="Electronic"), value=lambda tally: tally.electronic, right=True),
    Column(key="paper", heading=Text(vi="Giấy", en="Paper"), value=lambda tally: tally.paper, right=True),
    Column(key="returned", heading=Text(vi="Trả lại", en="Returned"), value=lambda tally: tally.returned, right=True),
)
SHEET_KEYS = ("code", "name", "kind", "addresses", "domains", "aliases", "phones")
EXPORT_LINE: Sequence[Column[Agency]] = (
    Column(key="code", value=lambda agency: agency.codes[0].code if agency.codes else ""),
    *(column for key in SHEET_KEYS for column in AGENCY_LINE if column.key == key),
)


def view_columns() -> "Sequence[Column[AgencyView]]":
    """An agency with who follows it."""
    return (
        *(column.within(_agency) for column in AGENCY_SHEET),
        Column(
            key="successor",
            heading=Text(vi="Kế thừa", en="Successor"),
            value=lambda view: view.successor.name if view.successor else None,
        ),
    )


def _agency(view: "AgencyView") -> Agency:
    return view.agency
