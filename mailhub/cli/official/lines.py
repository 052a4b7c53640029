"""What lists and records of officials show."""

from collections.abc import Mapping, Sequence
from datetime import date

from mailhub.cli.output import Column, Fit
from mailhub.language import Text
from storage.records import Official, OfficialGroup, OfficialPhone

PHONE_LINE: Sequence[Column[OfficialPhone]] = (
    Column(key="number", heading=Text(vi="Số", en="Number"), value=lambda phone: phone.number),
    Column(key="valid_from", heading=Text(vi="Dùng từ", en="From"), value=lambda phone: phone.valid_from),
    Column(key="valid_until", heading=Text(vi="Thôi từ", en="Until"), value=lambda phone: phone.valid_until),
)
GROUP_LINE: Sequence[Column[OfficialGroup]] = (
    Column(key="code", heading=Text(vi="Nhóm", en="Group"), value=lambda group: group.code),
    Column(key="name", heading=Text(vi="Tên", en="Name"), value=lambda group: group.name, fit=Fit.FOLD),
    Column(key="members", heading=Text(vi="Số người", en="Members"), value=lambda group: len(group.member_ids), right=True),
)
BRIEF: Sequence[Column[Official]] = (
    Column(key="code", heading=Text(vi="Mã", en="Code"), value=lambda official: official.code),
    Column(key="name", heading=Text(vi="Họ tên", en="Name"), value=lambda official: official.name, fit=Fit.CUT),
    Column(key="position", heading=Text(vi="Chức vụ", en="Position"), value=lambda official: official.position, fit=Fit.FOLD),
    Column(
        key="organisation",
        heading=Text(vi="Cơ quan", en="Organisation"),
        value=lambda official: official.organisation,
        fit=Fit.FOLD,
    ),
)
CLOSED: Column[Official] = Column(
    key="closed_on", heading=Text(vi="Thôi từ", en="Closed from"), value=lambda official: official.closed_on
)


def sheet_columns(day: date, agencies: Mapping[int, str]) -> Sequence[Column[Official]]:
    """The columns of an import and an export; numbers are those of the day, `agencies` are codes by id."""
    return (
        *BRIEF,
        Column(
            key="agency",
            heading=Text(vi="Mã cơ quan", en="Agency"),
            value=lambda official: agencies.get(official.agency_id or 0, ""),
        ),
        Column(
            key="phones", heading=Text(vi="Điện thoại", en="Phones"), value=lambda official: official.phones_on(day), fit=Fit.FOLD
        ),
        Column(
            key="addresses",
            heading=Text(vi="Địa chỉ thư", en="Addresses"),
            value=lambda official: official.addresses,
            fit=Fit.FOLD,
        ),
        Column(key="assistants", heading=Text(vi="Trợ lý", en="Assistants"), value=lambda official: official.assistant_codes),
    )


def list_columns(day: date, agencies: Mapping[int, str], *, closed: bool) -> Sequence[Column[Official]]:
    """A list: what one looks for; the rest is for programs."""
    seen = {"code", "name", "position", "organisation", "phones", "addresses"}
    columns = [column if column.key in seen else unseen(column) for column in sheet_columns(day, agencies)]
    return (*columns, CLOSED if closed else unseen(CLOSED), Column(key="id", value=lambda official: official.id))


def record_columns(day: date, agencies: Mapping[int, str]) -> Sequence[Column[Official]]:
    """One official, with the telephone numbers of the day; the history stands below."""
    return (*sheet_columns(day, agencies), CLOSED, Column(key="id", value=lambda official: official.id))


def unseen(column: Column[Official]) -> Column[Official]:
    """The same column for programs only."""
    return Column(key=column.key, value=column.value)
