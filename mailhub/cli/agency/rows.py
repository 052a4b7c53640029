"""Agencies as a sheet or the options of a command describe them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from mailhub.cli.agency.lines import KINDS
from mailhub.cli.cells import Row
from mailhub.cli.sheets import Heading
from mailhub.errors import RefusedError
from mailhub.language import Language, Text
from storage.records import Agency, AgencyCode, AgencyDraft

if TYPE_CHECKING:
    from mailhub.directory.changes import Described

HEADINGS = (
    Heading(key="code", required=True, also=("mã", "mã định danh")),
    Heading(key="name", required=True, also=("tên", "tên cơ quan")),
    Heading(key="kind", also=("loại",)),
    Heading(key="addresses", also=("address", "địa chỉ", "địa chỉ thư", "email")),
    Heading(key="domains", also=("domain", "tên miền")),
    Heading(key="aliases", also=("alias", "tên gọi khác", "tên viết tắt")),
    Heading(key="phones", also=("phone", "điện thoại")),
)
FIELDS = ("name", "kind", "aliases", "addresses", "domains", "phones")


def agency_reader(number: Callable[[str], str]) -> "Callable[[Row], Described[AgencyDraft]]":
    """What reads an agency from a row; `number` checks a telephone number and gives it as E.164."""
    from mailhub.directory.changes import Described

    return lambda row: Described(draft=_draft(row, number), given=frozenset(field for field in FIELDS if row.has(field)))


def _draft(row: Row, number: Callable[[str], str]) -> AgencyDraft:
    from mailhub.directory.directory import require_own_domains

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


def note_clashes(rows: "Sequence[tuple[Row, Described[AgencyDraft]]]", taken: Iterable[Agency]) -> None:
    """Note codes that stand twice in the sheet and addresses that belong to another agency."""
    present = {code.code.casefold(): agency for agency in taken for code in agency.codes}
    owners = {address.casefold(): (agency.id, agency.name) for agency in present.values() for address in agency.addresses}
    seen: set[str] = set()
    for row, described in rows:
        code = described.draft.codes[0].code.casefold()
        if code in seen:
            row.wrong("code", Text(vi=f"mã {code!r} đã có ở dòng trên", en=f"code {code!r} stands in a line above"))
        seen.add(code)
        mine = present[code].id if code in present else -row.line
        for address, owner in _foreign(described.draft, mine, owners):
            row.wrong("addresses", Text(vi=f"{address!r} đã thuộc {owner}", en=f"{address!r} belongs to {owner} already"))
        owners |= {address.casefold(): (mine, described.draft.name) for address in described.draft.addresses}


def _foreign(draft: AgencyDraft, mine: int, owners: dict[str, tuple[int, str]]) -> Iterator[tuple[str, str]]:
    for address in draft.addresses:
        owner = owners.get(address.casefold())
        if owner and owner[0] != mine:
            yield address, owner[1]
