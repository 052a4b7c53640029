"""What a change of a meeting would send, shown before it is done, and the clerk's word on it."""

import sys
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from mailhub.cli.meeting.lines import (
    ATTENDEE_LINE,
    MEETING_SHEET,
    OUTGOING_LINE,
    REVISION_LINE,
    TEXT_LINE,
    Outgoing,
    outgoing,
)
from mailhub.cli.output import Column
from mailhub.cli.session import Session
from mailhub.errors import RefusedError
from mailhub.language import Text

if TYPE_CHECKING:
    from mailhub.meetings.convening import Proposal
    from mailhub.meetings.planning import Plan

PLAN_SHEET: "tuple[Column[Plan], ...]" = (
    Column(key="title", heading=Text(vi="Cuộc họp", en="Title"), value=lambda plan: plan.content.title),
    Column(
        key="reference",
        heading=Text(vi="Giấy mời", en="Invitation"),
        value=lambda plan: plan.content.invitation.reference if plan.content.invitation else "",
    ),
    Column(key="starts_at", heading=Text(vi="Giờ họp", en="Begins"), value=lambda plan: plan.content.starts_at),
    Column(key="place", heading=Text(vi="Nơi họp", en="Place"), value=lambda plan: plan.content.place),
    Column(key="state", value=lambda plan: plan.content.state),
    Column(key="mails", heading=Text(vi="Số thư", en="Mails"), value=lambda plan: len(plan.mails)),
    Column(key="texts", heading=Text(vi="Số người nhận tin nhắn", en="Texts"), value=lambda plan: len(plan.texts)),
    Column(key="segments", heading=Text(vi="Tổng số phần tin", en="Segments"), value=lambda plan: plan.segments),
    Column(key="release_at", heading=Text(vi="Gửi từ", en="Leaves from"), value=lambda plan: plan.release_at),
    Column(key="without_mail", value=lambda plan: [attendee.code for attendee in plan.without_mail]),
    Column(key="without_phone", value=lambda plan: [attendee.code for attendee in plan.without_phone]),
    Column(key="warnings", value=lambda plan: [warning.en for warning in plan.warnings]),
)


def show_plan(session: Session, plan: "Plan") -> None:
    """The whole plan as data: recipients, the words of the texts, whom nothing reaches."""
    output = session.unit_output
    parts = [
        output.part("recipients", Text(vi="Gửi cho", en="Goes to"), OUTGOING_LINE, outgoing(plan)),
        output.part("wordings", Text(vi="Nội dung tin nhắn", en="Wording of the texts"), TEXT_LINE, wordings(plan)),
        output.part("no_mail", Text(vi="Không có địa chỉ thư", en="Without mail"), ATTENDEE_LINE, plan.without_mail),
        output.part("no_phone", Text(vi="Không có số di động", en="Without a mobile"), ATTENDEE_LINE, plan.without_phone),
    ]
    output.record(PLAN_SHEET, plan, parts)
    warn(session, plan)


def wordings(plan: "Plan") -> tuple[Outgoing, ...]:
    """One text of each wording."""
    return tuple({item.text.text: item for item in outgoing(plan) if item.text is not None}.values())


def warn(session: Session, plan: "Plan") -> None:
    """What the clerk should think about."""
    for warning in plan.warnings:
        session.output.say(Text(vi=f"! {warning.vi}", en=f"! {warning.en}"))


def tell_plan(session: Session, plan: "Plan") -> None:
    """The plan in a few lines, before the question."""
    say = session.output.say
    mails, texts = len(plan.mails), len(plan.texts)
    say(
        Text(
            vi=f"Sẽ gửi {mails} thư, {texts} tin nhắn ({plan.segments} phần).",
            en=f"To send: {mails} mails, {texts} texts ({plan.segments} segments).",
        )
    )
    for item in wordings(plan):
        if item.text is not None:
            cost = f"{item.text.alphabet.value}, {item.text.units}"
            say(
                Text(
                    vi=f"  [{item.text.segments} phần, {cost} ký tự] {item.text.text}",
                    en=f"  [{item.text.segments} segments, {cost} units] {item.text.text}",
                )
            )
    for names, text in (
        ([item.label for item in plan.without_mail], Text(vi="Không có địa chỉ thư", en="Without mail")),
        ([item.label for item in plan.without_phone], Text(vi="Không có số di động", en="Without a mobile number")),
    ):
        if names:
            listed = "; ".join(names)
            say(Text(vi=f"{text.vi}: {listed}", en=f"{text.en}: {listed}"))
    warn(session, plan)


def carry_out(session: Session, proposal: "Proposal", *, yes: bool, confirmed: int | None = None) -> None:
    """Show what would be sent, ask, do it, and show the meeting."""
    hub = session.hub
    plan = hub.convening.foresee(proposal)
    tell_plan(session, plan)
    done = hub.convening.carry_out(session.actor, proposal, confirmed=agreed(session, plan, confirmed, yes=yes))
    show_meeting(session, done.meeting.id)
    if not done.plan.mails and not done.plan.texts:
        session.output.say(Text(vi="Không có gì phải gửi.", en="There is nothing to send."))
        return
    at = f"{done.plan.release_at.astimezone(ZoneInfo(session.unit.time_zone)):%H:%M:%S}"
    name = f"m{done.meeting.id}"
    session.output.say(
        Text(
            vi=f"Gửi lúc {at}; trước lúc đó rút được bằng `mailhub meeting undo {name}`.",
            en=f"It leaves at {at}; until then `mailhub meeting undo {name}` takes it back.",
        )
    )


def agreed(session: Session, plan: "Plan", confirmed: int | None, *, yes: bool) -> int | None:
    """The clerk's word: typed on a terminal, or given with the command. Without either nothing is sent."""
    if confirmed is not None or yes or not (plan.mails or plan.texts):
        return confirmed
    if not sys.stdin.isatty():
        raise RefusedError(
            Text(
                vi="chưa gửi gì vì không có ai để hỏi: thêm --yes (hoặc --confirm SỐ NGƯỜI); xem trước bằng --dry-run",
                en="nothing was sent, there is nobody to ask: add --yes (or --confirm COUNT); look first with --dry-run",
            )
        )
    count = len(plan.texts)
    if count > session.hub.settings.sms.ask_above:
        question = Text(vi="Gõ số người sẽ nhận tin nhắn để gửi", en="Type the number of recipients of texts to send")
        typed: int = click.prompt(question.in_(session.language), type=int, err=True)
        return typed
    click.confirm(Text(vi="Gửi?", en="Send?").in_(session.language), abort=True, err=True)
    return None


def show_meeting(session: Session, meeting_id: int) -> None:
    """One meeting with who is invited and its revisions."""
    standing = session.hub.reaching.show(session.unit.id, meeting_id)
    output = session.unit_output
    parts = [
        output.part("attendees", Text(vi="Thành phần mời", en="Invited"), ATTENDEE_LINE, standing.content.attendees),
        output.part("revisions", Text(vi="Các lần thay đổi", en="Revisions"), REVISION_LINE, standing.revisions),
    ]
    output.record(MEETING_SHEET, standing, parts)
