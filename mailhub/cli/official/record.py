"""One official on the screen, and what is said when telephones change."""

from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mailhub.cli.official.lines import GROUP_LINE, PHONE_LINE, record_columns
from mailhub.cli.session import Session
from mailhub.language import Text

if TYPE_CHECKING:
    from storage.records import Official

EMPTY = Text(
    vi="Không có cán bộ nào; thêm bằng: mailhub official add", en="There is no official; add one with: mailhub official add"
)


def today(session: Session) -> date:
    """The day where the unit is."""
    return session.hub.clock().astimezone(ZoneInfo(session.unit.time_zone)).date()


def agency_codes(session: Session) -> dict[int, str]:
    """The code to type for each agency, by its id."""
    agencies = session.hub.directory.agencies(session.unit.id, limit=1_000_000)
    return {agency.id: agency.codes[0].code for agency in agencies if agency.codes}


def show_record(session: Session, one: "Official") -> None:
    """One official with telephones, assistants and groups."""
    output, hub = session.unit_output, session.hub
    day, agencies = today(session), agency_codes(session)
    groups = hub.groups.of(one)
    parts = (
        output.part("phone_history", Text(vi="Điện thoại", en="Telephones"), PHONE_LINE, one.phones),
        output.part("groups", Text(vi="Thuộc nhóm", en="In groups"), GROUP_LINE, groups),
    )
    output.record(record_columns(day, agencies), one, parts)


def tell_of_texts(session: Session, before: "Official", after: "Official") -> None:
    """Say which numbers are told of a change, or that nobody tells them."""
    from mailhub.directory.confirming import told_numbers

    numbers = told_numbers(before, after)
    if not numbers:
        return
    listed = ", ".join(numbers)
    if session.hub.appointing.confirming.sends:
        session.output.say(Text(vi=f"Nhắn tin xác nhận tới: {listed}.", en=f"A text confirms it to: {listed}."))
    else:
        session.output.say(
            Text(
                vi=f"Chưa cấu hình nhắn tin (sms.gateway): hãy tự báo tới {listed}.",
                en=f"No SMS gateway is set (sms.gateway): please tell {listed} yourself.",
            )
        )
