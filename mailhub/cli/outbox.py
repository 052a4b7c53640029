"""`mailhub outbox`: what leaves."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from mailhub.cli.bilingual import Group, option
from mailhub.cli.noted import NOTED_LINE
from mailhub.cli.options import limit_option, optional_reason_option, pages, reason_option, states_option
from mailhub.cli.output import Column, Fit
from mailhub.cli.session import Session, pass_session
from mailhub.cli.values import Number
from mailhub.cli.words import CHANNELS, DISPATCH_STATES, NOTICES
from mailhub.deposit_codes import deposit_code
from mailhub.language import Text, word
from storage.records import UNSIGNED, Dispatch, DispatchState

if TYPE_CHECKING:
    from mailhub.outbox import Shown


SIGNED = {UNSIGNED: Text(vi="chưa ký được, xem mailhub sign check", en="could not be signed, see mailhub sign check")}


def about(dispatch: Dispatch) -> str:
    """What a dispatch is about, as clerks call it."""
    draft = dispatch.draft
    if draft.meeting_id:
        return f"m{draft.meeting_id}"
    if draft.deposit_id:
        return deposit_code(draft.deposit_id)
    return f"h{draft.letter_id}" if draft.letter_id else ""


_DISPATCH: Sequence[Column[Dispatch]] = (
    Column(key="id", heading=Text(vi="Lượt", en="No."), value=lambda dispatch: dispatch.id, right=True),
    Column(
        key="state",
        heading=Text(vi="Trạng thái", en="State"),
        value=lambda dispatch: dispatch.state,
        show=lambda dispatch: DISPATCH_STATES[dispatch.state],
    ),
    Column(
        key="kind",
        heading=Text(vi="Loại", en="Kind"),
        value=lambda dispatch: dispatch.draft.kind,
        show=lambda dispatch: word(NOTICES, dispatch.draft.kind),
    ),
    Column(
        key="recipient",
        heading=Text(vi="Người nhận", en="Recipient"),
        value=lambda dispatch: dispatch.draft.recipient,
        fit=Fit.CUT,
    ),
    Column(
        key="channel",
        heading=Text(vi="Kênh", en="Channel"),
        value=lambda dispatch: dispatch.draft.channel,
        show=lambda dispatch: word(CHANNELS, dispatch.draft.channel),
    ),
    Column(key="about", heading=Text(vi="Về", en="About"), value=about),
    Column(key="letter", value=lambda dispatch: f"h{dispatch.draft.letter_id}" if dispatch.draft.letter_id else ""),
    Column(key="due_at", heading=Text(vi="Hẹn", en="Due"), value=lambda dispatch: dispatch.draft.due_at, brief=True),
    Column(key="attempts", heading=Text(vi="Lần", en="Tries"), value=lambda dispatch: dispatch.attempts, right=True),
    Column(key="sent_at", heading=Text(vi="Gửi lúc", en="Sent"), value=lambda dispatch: dispatch.sent_at, brief=True),
)
_REST: Sequence[Column[Dispatch]] = (
    Column(key="sid", heading=Text(vi="Mã của cổng", en="Gateway's name"), value=lambda dispatch: dispatch.sid),
    Column(key="gateway", heading=Text(vi="Cổng", en="Gateway"), value=lambda dispatch: dispatch.gateway),
    Column(key="delivered_at", heading=Text(vi="Đến lúc", en="Delivered"), value=lambda dispatch: dispatch.delivered_at),
    Column(key="expires_at", heading=Text(vi="Thôi gửi", en="Expires"), value=lambda dispatch: dispatch.draft.expires_at),
    Column(key="repeated", heading=Text(vi="Gửi lặp", en="Repeated"), value=lambda dispatch: dispatch.repeated),
    Column(
        key="signature",
        heading=Text(vi="Ký số", en="Signed"),
        value=lambda dispatch: dispatch.signature,
        show=lambda dispatch: SIGNED.get(dispatch.signature, dispatch.signature),
    ),
    Column(key="last_error", heading=Text(vi="Lỗi cuối", en="Last error"), value=lambda dispatch: dispatch.last_error),
    Column(key="message_id", heading=Text(vi="Message-ID", en="Message-ID"), value=lambda dispatch: dispatch.draft.message_id),
)
_TEXT: Sequence[Column["Shown"]] = (
    Column(key="text", heading=Text(vi="Tin nhắn", en="Text"), value=lambda shown: shown.text),
    Column(key="segments", heading=Text(vi="Số phần", en="Segments"), value=lambda shown: shown.segments),
)


def _of(columns: Sequence[Column[Dispatch]]) -> list[Column["Shown"]]:
    return [column.within(lambda shown: shown.dispatch) for column in columns]


DISPATCH_LINE: Sequence[Column["Shown"]] = (*_of(_DISPATCH), *(replace(column, heading=None) for column in (*_TEXT, *_of(_REST))))
DISPATCH_SHEET: Sequence[Column["Shown"]] = (*_of(_DISPATCH), *_TEXT, *_of(_REST))


def sheet(session: Session, dispatch: Dispatch) -> None:
    """Show one dispatch."""
    outbox_, unit_id, output = session.hub.outbox, session.unit.id, session.unit_output
    answers = outbox_.came_back(unit_id, dispatch.id)
    parts = (output.part("came_back", Text(vi="Thư trả về", en="What came back"), NOTED_LINE, answers),)
    output.record(DISPATCH_SHEET, outbox_.shown(unit_id, [dispatch])[0], parts)


@click.group(cls=Group, about=Text(vi="Thông báo gửi đi.", en="What leaves: receipts, returns and other notices."))
def outbox() -> None:
    """The noun alone; its verbs follow."""


@outbox.command(
    "list",
    about=Text(vi="Các lượt gửi, mới nhất trước.", en="Dispatches, newest first."),
    examples=("mailhub outbox list", "mailhub outbox list --state failed --state expired", "mailhub outbox list --xlsx di.xlsx"),
    needs="home unit table",
)
@states_option(DispatchState)
@limit_option(100)
@pass_session
def list_(session: Session, states: tuple[str, ...], limit: int) -> None:
    chosen = tuple(DispatchState(state) for state in states) or None

    def fetch(count: int, before_id: int | None) -> Sequence["Shown"]:
        page = session.hub.outbox.list_(session.unit.id, states=chosen, limit=count, before_id=before_id)
        return session.hub.outbox.shown(session.unit.id, page)

    found = pages(fetch, lambda shown: shown.dispatch.id, limit)
    session.unit_output.table(DISPATCH_LINE, found, empty=Text(vi="Không có lượt gửi nào.", en="There is no dispatch."))


@outbox.command(
    "show",
    about=Text(vi="Một lượt gửi; --mail in nguyên thư sẽ gửi.", en="One dispatch; --mail prints the mail as it is sent."),
    examples=("mailhub outbox show 12", "mailhub outbox show 12 --mail > thu.eml"),
    needs="home unit json",
)
@click.argument("number", type=Number())
@option("--mail", is_flag=True, about=Text(vi="In nguyên thư (RFC 5322).", en="Print the mail itself (RFC 5322)."))
@pass_session
def show(session: Session, number: int, mail: bool) -> None:  # noqa: FBT001  a flag of the command line
    if mail:
        click.echo(session.hub.outbox.message(session.unit.id, number), nl=False)
    else:
        sheet(session, session.hub.outbox.show(session.unit.id, number))


@outbox.command(
    "retry",
    about=Text(
        vi="Gửi lại ngay một lượt đã hỏng, quá hạn, bị giữ hoặc chưa rõ.",
        en="Send a failed, expired, held or uncertain dispatch again, now.",
    ),
    examples=('mailhub outbox retry 12 --reason "máy chủ thư đã chạy lại"',),
    needs="home unit clerk json",
)
@click.argument("number", type=Number())
@optional_reason_option
@pass_session
def retry(session: Session, number: int, reason: str) -> None:
    dispatch = session.hub.outbox.retry(session.actor, session.unit.id, number, reason=reason)
    sheet(session, dispatch)


@outbox.command(
    "hold",
    about=Text(
        vi="Giữ một lượt gửi lại; outbox retry cho nó đi tiếp.", en="Keep a dispatch from leaving; outbox retry lets it go."
    ),
    examples=('mailhub outbox hold 12 --reason "cơ quan gửi đã gọi điện"',),
    needs="home unit clerk json",
)
@click.argument("number", type=Number())
@reason_option
@pass_session
def hold(session: Session, number: int, reason: str) -> None:
    dispatch = session.hub.outbox.hold(session.actor, session.unit.id, number, reason=reason)
    sheet(session, dispatch)


@outbox.command(
    "settle",
    about=Text(
        vi="Chốt một tin nhắn chưa rõ đã đi hay chưa, ví dụ sau khi gọi điện; nói sai thì chốt lại.",
        en="Settle a text of which nobody knows whether it was sent, for example after a call; a mistake is settled again.",
    ),
    examples=(
        'mailhub outbox settle 12 --sent --reason "đã gọi, ông Hà nhận được tin"',
        'mailhub outbox settle 12 --not-sent --reason "nhà mạng báo không có tin này"',
    ),
    needs="home unit clerk json",
)
@click.argument("number", type=Number())
@option("--sent", "outcome", flag_value="sent", required=True, about=Text(vi="Tin đã đi.", en="The text was sent."))
@option("--not-sent", "outcome", flag_value="not-sent", about=Text(vi="Tin chưa đi.", en="The text was not sent."))
@reason_option
@pass_session
def settle(session: Session, number: int, outcome: str, reason: str) -> None:
    settled = session.hub.outbox.settle(session.actor, session.unit.id, number, sent=outcome == "sent", reason=reason)
    sheet(session, settled)
