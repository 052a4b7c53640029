"""`mailhub submission refused`: what the doors did not take, and what they answered."""

# ruff: noqa: D103  what a command does stands in its `about`, for people

from collections.abc import Mapping, Sequence
from datetime import UTC

import click

from mailhub.cli.bilingual import Command, option
from mailhub.cli.options import limit_option, pages
from mailhub.cli.output import Column, Fit
from mailhub.cli.session import Session, pass_session
from mailhub.cli.values import Moment, When, choice_of
from mailhub.language import Text
from storage.records import Refusal, RefusalFilter, RefusedBecause

REFUSED_BECAUSE: Mapping[RefusedBecause, Text] = {
    RefusedBecause.TOO_MANY_SESSIONS: Text(vi="quá nhiều phiên", en="too many sessions"),
    RefusedBecause.TOO_MANY_FROM_NETWORK: Text(vi="quá nhiều phiên từ một mạng", en="too many sessions from one network"),
    RefusedBecause.TOO_MANY_ERRORS: Text(vi="quá nhiều lỗi trong phiên", en="too many errors in the session"),
    RefusedBecause.TOO_SLOW: Text(vi="gửi quá chậm", en="sent too slowly"),
    RefusedBecause.SILENT: Text(vi="im lặng quá lâu", en="silent for too long"),
    RefusedBecause.SESSION_TOO_LONG: Text(vi="phiên quá dài", en="session too long"),
    RefusedBecause.EARLY_TALK: Text(vi="nói trước lời chào", en="talked before the greeting"),
    RefusedBecause.STOPPING: Text(vi="hệ thống đang dừng", en="the hub was stopping"),
    RefusedBecause.BAD_PROXY_HEADER: Text(vi="đầu PROXY sai", en="wrong PROXY header"),
    RefusedBecause.TLS_FAILED: Text(vi="lỗi TLS", en="TLS failed"),
    RefusedBecause.TLS_REQUIRED: Text(vi="phải dùng TLS", en="TLS is required"),
    RefusedBecause.LOGIN_FAILED: Text(vi="sai tên hoặc mật khẩu", en="wrong name or password"),
    RefusedBecause.LOGIN_REQUIRED: Text(vi="phải đăng nhập", en="login is required"),
    RefusedBecause.SENDER_NOT_ALLOWED: Text(vi="không được gửi bằng địa chỉ ấy", en="may not send with that address"),
    RefusedBecause.BAD_COMMAND: Text(vi="lệnh sai", en="wrong command"),
    RefusedBecause.BAD_SENDER: Text(vi="địa chỉ gửi sai", en="malformed sender"),
    RefusedBecause.BAD_RECIPIENT: Text(vi="địa chỉ nhận sai", en="malformed recipient"),
    RefusedBecause.UNKNOWN_ADDRESS: Text(vi="không có địa chỉ ấy", en="no such address"),
    RefusedBecause.TOO_MANY_RECIPIENTS: Text(vi="quá nhiều người nhận", en="too many recipients"),
    RefusedBecause.TOO_LARGE: Text(vi="thư quá lớn", en="mail too large"),
    RefusedBecause.LINE_TOO_LONG: Text(vi="dòng quá dài", en="line too long"),
    RefusedBecause.BAD_CONTENT: Text(vi="nội dung không nhận được", en="content that cannot be taken"),
    RefusedBecause.NO_MEMORY: Text(vi="đang nhận quá nhiều cùng lúc", en="too much in flight at once"),
    RefusedBecause.DISK_FULL: Text(vi="đĩa gần đầy", en="disk nearly full"),
    RefusedBecause.NOT_STORED: Text(vi="không lưu được", en="could not be stored"),
    RefusedBecause.INTERRUPTED: Text(vi="đứt giữa chừng", en="broken off"),
    RefusedBecause.POISON: Text(vi="thử nhiều lần không được", en="failed too often"),
    RefusedBecause.MORE: Text(vi="còn nữa, gộp lại", en="more of that minute, together"),
}

REFUSAL_LINE: Sequence[Column[Refusal]] = (
    Column(key="id", value=lambda refusal: refusal.id),
    Column(key="last_at", heading=Text(vi="Lúc", en="At"), value=lambda refusal: refusal.draft.last_at),
    Column(key="minute", value=lambda refusal: refusal.draft.minute),
    Column(key="count", heading=Text(vi="Lần", en="Times"), value=lambda refusal: refusal.draft.count, right=True),
    Column(key="door", heading=Text(vi="Cửa", en="Door"), value=lambda refusal: refusal.draft.door),
    Column(key="peer", heading=Text(vi="Từ máy", en="Peer"), value=lambda refusal: refusal.draft.peer),
    Column(
        key="reason",
        heading=Text(vi="Lý do", en="Reason"),
        value=lambda refusal: refusal.draft.reason,
        show=lambda refusal: REFUSED_BECAUSE[refusal.draft.reason],
    ),
    Column(key="senders", heading=Text(vi="Người gửi", en="Sender"), value=lambda refusal: refusal.draft.senders, fit=Fit.CUT),
    Column(
        key="recipients",
        heading=Text(vi="Người nhận", en="Recipients"),
        value=lambda refusal: refusal.draft.recipients,
        fit=Fit.CUT,
    ),
    Column(key="size", heading=Text(vi="Cỡ (byte)", en="Octets"), value=lambda refusal: refusal.draft.size, right=True),
    Column(key="reply", heading=Text(vi="Đã trả lời", en="Reply"), value=lambda refusal: refusal.draft.reply, fit=Fit.CUT),
)


@click.command(
    "refused",
    cls=Command,
    about=Text(
        vi=(
            "Những gì các cửa không nhận, mới nhất trước: mỗi dòng là một máy, một lý do, một phút. "
            "Nêu nhiều nhất tám người gửi và người nhận mỗi dòng."
        ),
        en=(
            "What the doors did not take, newest first: a line for each client, reason and minute. "
            "A line names at most eight senders and recipients."
        ),
    ),
    examples=(
        "mailhub submission refused",
        "mailhub submission refused --since 2026-11-20 --reason too-large --reason disk-full",
        "mailhub submission refused --peer 203.0.113.7 --csv tu-choi.csv",
    ),
    needs="home table",
)
@option("--since", type=Moment(), default=None, about=Text(vi="Từ lúc này.", en="From this moment on."))
@option("--until", type=Moment(), default=None, about=Text(vi="Đến lúc này.", en="Until this moment."))
@option(
    "--reason",
    "reasons",
    type=choice_of(RefusedBecause),
    multiple=True,
    metavar="REASON",
    about=Text(
        vi="Chỉ lý do này (too-large, unknown-address…); nêu được nhiều lần.",
        en="Only this reason (too-large, unknown-address, ...); may be repeated.",
    ),
)
@option("--peer", metavar="ADDRESS", default="", about=Text(vi="Chỉ từ máy này.", en="Only from this client."))
@limit_option(100)
@pass_session
def refused(session: Session, since: When | None, until: When | None, reasons: tuple[str, ...], peer: str, limit: int) -> None:
    output = session.hub_output
    zone = output.zone or UTC
    chosen = RefusalFilter(
        since=since.starts(zone) if since else None,
        until=until.ends(zone) if until else None,
        reasons=tuple(RefusedBecause(reason) for reason in reasons),
        peer=peer,
    )

    def fetch(count: int, before_id: int | None) -> Sequence[Refusal]:
        return session.hub.refusals.list_(chosen, limit=count, before_id=before_id)

    found = pages(fetch, lambda refusal: refusal.id, limit)
    output.table(REFUSAL_LINE, found, empty=Text(vi="Không có gì bị từ chối.", en="Nothing was refused."))
