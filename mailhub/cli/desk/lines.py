"""The desk as lines of text: pure, for any width, in words and never by colour alone."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.cells import cell_len

from mailhub.cli.case_words import cases_line
from mailhub.cli.desk.layout import LEAST, WEEKDAYS, Frame, Line, Tone, clean, cut, heading, set_out, short_moment, spread
from mailhub.cli.door_words import alarms_line
from mailhub.cli.letter.lines import SEALED, reason_words
from mailhub.cli.words import HIDDEN, NOTICES
from mailhub.deposit_codes import deposit_code
from mailhub.desk import DeskLetter, DeskView, Flash, minutes_left
from mailhub.language import Text, word
from storage.records import Deposit, DepositState

READY = "ready"
"""What is selected on the heading of the letters that are ready to be filed."""


def head_lines(view: DeskView, frame: Frame) -> list[Line]:
    """The office, the time, who acts, the next number; doors and counts; hỏa tốc."""
    return [
        Line(text=title_line(view, frame), tone=Tone.TITLE),
        Line(text=cut(counts_line(view, frame), frame.width), tone=Tone.ALARM if view.alarms else Tone.PLAIN),
        *(Line(text=cut(flash_line(flash, view, frame), frame.width), tone=Tone.ALARM) for flash in view.flashes),
    ]


def body_lines(view: DeskView, frame: Frame) -> list[Line]:
    """What waits, section by section."""
    return [
        *undecided_lines(view, frame),
        *ready_lines(view, frame),
        *leaving_lines(view, frame),
        *tray_lines(view, frame),
        *other_lines(view, frame),
    ]


def title_line(view: DeskView, frame: Frame) -> str:
    """The first line; the office's name gives way where the terminal is narrow."""
    local = view.at.astimezone(ZoneInfo(view.unit.time_zone))
    month = f"{local.month:02}" if local.month < 3 else str(local.month)
    day = WEEKDAYS[frame.language][local.weekday()]
    clerk = frame.say(Text(vi=f"trực: {frame.clerk}", en=f"clerk: {frame.clerk}"))
    rest = f" · {day} {local.day:02}/{month} {local:%H:%M} · {clean(clerk)}"
    following = view.next_number
    number = str(following.next_number) if following else "–"
    right = frame.say(Text(vi=f"Số đến kế tiếp {number}", en=f"Next number {number}"))
    desk = frame.say(Text(vi="VĂN THƯ", en="REGISTRY"))
    office = clean(view.unit.name)
    room = frame.width - cell_len(rest) - cell_len(right) - 2 - cell_len(desk)
    left = f"{desk} · {cut(office, room - 3)}{rest}" if room >= 3 + LEAST else f"{desk}{rest}"
    return spread(left, right, frame.width)


def counts_line(view: DeskView, frame: Frame) -> str:
    """Doors, what is unread, what was answered today, the gateway."""
    parts = [alarms_line(view.alarms)] if view.alarms else []
    if view.arrival:
        at = short_moment(view.arrival.at, view, frame)
        door = view.arrival.door.upper()
        parts.append(Text(vi=f"Thư gần nhất {at} ({door})", en=f"Last mail {at} ({door})"))
    else:
        parts.append(Text(vi="Chưa có thư nào", en="No mail yet"))
    if view.unread:
        parts.append(Text(vi=f"chưa đọc {view.unread}", en=f"unread {view.unread}"))
    if view.checking:
        parts.append(Text(vi=f"đang kiểm tra {view.checking}", en=f"being checked {view.checking}"))
    parts.append(
        Text(
            vi=f"hôm nay vào sổ {view.filed_today}, chưa trả lời {view.unanswered}",
            en=f"today filed {view.filed_today}, unanswered {view.unanswered}",
        )
    )
    texting = Text(vi=f"SMS {frame.gateway}", en=f"SMS {frame.gateway}")
    if view.uncertain:
        count = len(view.uncertain)
        texting = Text(vi=f"{texting.vi}: CHƯA RÕ {count}", en=f"{texting.en}: UNCERTAIN {count}")
    return " · ".join(frame.say(part) for part in (*parts, texting))


def flash_line(flash: Flash, view: DeskView, frame: Frame) -> str:
    """A hỏa tốc letter and how far it is."""
    draft = flash.letter.draft
    subject = frame.say(HIDDEN) if draft.state in SEALED else draft.subject
    if flash.entry:
        number = flash.entry.number
        end = Text(vi=f"đã vào sổ {number}", en=f"filed as {number}")
    else:
        end = Text(vi=f"h{flash.letter.id} CHƯA VÀO SỔ", en=f"h{flash.letter.id} NOT FILED")
    at = short_moment(draft.received_at, view, frame)
    head = frame.say(Text(vi="‼ HỎA TỐC", en="‼ FLASH"))
    return clean(f"{head} {at}  {draft.reference} {subject} · {frame.say(end)}")


def undecided_lines(view: DeskView, frame: Frame) -> Iterator[Line]:
    """Letters that ask for a clerk's word, and paper whose wait is over."""
    count = len(view.undecided) + len(view.overdue)
    yield heading(Text(vi=f"CẦN QUYẾT {count}", en=f"TO DECIDE {count}"), frame)
    if not count:
        yield Line(text=frame.say(Text(vi="  không có gì chờ quyết", en="  nothing waits for a decision")), tone=Tone.FAINT)
    overdue = Text(vi="GIẤY quá hạn, trả?", en="PAPER overdue, return?")
    rows = [letter_cells(item, view, frame) for item in view.undecided]
    rows += [deposit_cells(item, view, frame, overdue) for item in view.overdue]
    targets = [f"h{item.letter.id}" for item in view.undecided] + [deposit_code(item.id) for item in view.overdue]
    yield from (Line(text=text, target=target) for text, target in zip(set_out(rows, frame.width), targets, strict=True))


def ready_lines(view: DeskView, frame: Frame) -> Iterator[Line]:
    """Letters that the machine proposes to file; one by one only where they were opened."""
    count = len(view.ready)
    left = Text(vi=f"SẴN SÀNG VÀO SỔ {count} (đủ điều kiện)", en=f"READY TO FILE {count} (in order)")
    right = Text(vi=f"V = vào sổ cả {count} · ⏎ = mở ra", en=f"V = file all {count} · ⏎ = open")
    yield heading(left, frame, right if count else None, target=READY if count else "")
    if not frame.expanded:
        return
    rows = [letter_cells(item, view, frame) for item in view.ready]
    for item, text in zip(view.ready, set_out(rows, frame.width), strict=True):
        yield Line(text=text, target=f"h{item.letter.id}")


def leaving_lines(view: DeskView, frame: Frame) -> Iterator[Line]:
    """Returns that can still be withdrawn, of letters and of paper."""
    count = len(view.leaving) + len(view.returning)
    if not count:
        return
    title = Text(vi=f"TRẢ CHỜ GỬI {count}", en=f"RETURNS ABOUT TO LEAVE {count}")
    yield heading(title, frame, Text(vi="z trên dòng = rút", en="z on the line = withdraw"))
    rows = []
    for item in view.leaving:
        left = minutes_words(item.letter.draft.due_at, view, frame)
        rows.append([*letter_cells(item, view, frame)[:-1], f"{left}, {reason_of(item, frame)}"])
    for paper in view.returning:
        left = minutes_words(paper.draft.due_at, view, frame)
        rows.append(deposit_cells(paper, view, frame, Text(vi=f"{left}, GIẤY", en=f"{left}, PAPER")))
    targets = [f"h{item.letter.id}" for item in view.leaving] + [deposit_code(item.id) for item in view.returning]
    yield from (Line(text=text, target=target) for text, target in zip(set_out(rows, frame.width), targets, strict=True))


def minutes_words(due: datetime | None, view: DeskView, frame: Frame) -> str:
    """How long a return can still be withdrawn."""
    minutes = minutes_left(due, view.at)
    return frame.say(Text(vi=f"còn {minutes} phút", en=f"{minutes} min left"))


def tray_lines(view: DeskView, frame: Frame) -> Iterator[Line]:
    """Paper at the counter."""
    if not view.deposits:
        return
    count, overdue = len(view.deposits), len(view.overdue)
    waiting = [item for item in view.deposits if item.draft.state is DepositState.ANNOUNCED]
    title = Text(vi=f"GIẤY TRONG KHAY {count}", en=f"PAPER IN THE TRAY {count}")
    if overdue:
        names = ", ".join(f"{item.draft.reference or deposit_code(item.id)}" for item in view.overdue)
        title = Text(vi=f"{title.vi} · quá hạn {overdue}: {names}", en=f"{title.en} · overdue {overdue}: {names}")
    if waiting:
        codes = ", ".join(deposit_code(item.id) for item in waiting)
        title = Text(vi=f"{title.vi} · chờ đến lấy: {codes}", en=f"{title.en} · to be fetched: {codes}")
    yield heading(title, frame)


def other_lines(view: DeskView, frame: Frame) -> Iterator[Line]:
    """Cases, mail without a letter, unreadable mail, and what could not be sent."""
    if view.cases:
        told = ", ".join(f"h{case.draft.letter_id} {clean(case.draft.signer)}" for case in view.cases)
        title = cases_line(len(view.cases))
        yield heading(Text(vi=f"{title.vi}: {told}", en=f"{title.en}: {told}"), frame, tone=Tone.ALARM)
    if view.unreadable:
        numbers = ", ".join(str(item.id) for item in view.unreadable)
        count = len(view.unreadable)
        title = Text(vi=f"THƯ KHÔNG ĐỌC ĐƯỢC {count}: thư số {numbers}", en=f"UNREADABLE MAILS {count}: no. {numbers}")
        yield heading(title, frame, tone=Tone.ALARM)
    if view.calls:
        names = ", ".join(
            f"{call.name} (m{call.meeting_id}{' ' if call.phones else ''}{', '.join(call.phones)})" for call in view.calls
        )
        count = len(view.calls)
        yield heading(Text(vi=f"GỌI {count}: {names}", en=f"TO CALL {count}: {names}"), frame)
    if view.letterless:
        title = Text(vi=f"THƯ KHÔNG CÓ VĂN BẢN {view.letterless}", en=f"MAILS WITHOUT A LETTER {view.letterless}")
        yield heading(title, frame)
    if view.stuck:
        told = ", ".join(f"{frame.say(word(NOTICES, item.draft.kind))} → {item.draft.recipient}" for item in view.stuck)
        count = len(view.stuck)
        title = Text(vi=f"KHÔNG GỬI ĐƯỢC HOẶC CHƯA RÕ {count}: {told}", en=f"NOT SENT OR UNCERTAIN {count}: {told}")
        yield heading(title, frame, tone=Tone.ALARM)


def letter_cells(item: DeskLetter, view: DeskView, frame: Frame) -> list[str]:
    """Number, time, sender, reference, subject, signatures, files, reason."""
    draft = item.letter.draft
    sealed = draft.state in SEALED
    subject = clean(draft.subject)
    if sealed:
        subject = frame.say(HIDDEN)
    elif item.twin_id:
        subject = frame.say(Text(vi=f"(trùng số h{item.twin_id})", en=f"(same number as h{item.twin_id})"))
    signed = f"{draft.signatures_valid}/{draft.signatures_seen}"
    return [
        f"h{item.letter.id}",
        short_moment(draft.received_at, view, frame),
        clean(item.sender),
        clean(draft.reference),
        subject,
        "" if sealed else frame.say(Text(vi=f"KÝ {signed}", en=f"SIG {signed}")),
        "" if sealed else frame.say(Text(vi=f"TỆP {files_of(item)}", en=f"FILES {files_of(item)}")),
        reason_of(item, frame),
    ]


def deposit_cells(item: Deposit, view: DeskView, frame: Frame, reason: Text) -> list[str]:
    """The same columns for paper, which has neither signatures nor files."""
    draft = item.draft
    at = short_moment(draft.deposited_at, view, frame)
    return [
        deposit_code(item.id),
        at,
        clean(draft.sender),
        clean(draft.reference),
        clean(draft.subject),
        "",
        "",
        frame.say(reason),
    ]


def files_of(item: DeskLetter) -> str:
    """Main document and enclosures found, of those declared; the number of files where none is declared."""
    draft = item.letter.draft
    if draft.enclosures_declared:
        return f"{1 + draft.enclosures_found}/{1 + draft.enclosures_declared}"
    return str(item.files)


def reason_of(item: DeskLetter, frame: Frame) -> str:
    """The first reason in a few words."""
    draft = item.letter.draft
    proposed = {"return": Text(vi="đề xuất trả: ", en="return? "), "repeat": Text(vi="báo lại số: ", en="number again? ")}
    before = frame.say(proposed[draft.action]) if draft.state == "proposed" and draft.action in proposed else ""
    return clean(before + frame.say(reason_words(draft.reasons[0]))) if draft.reasons else ""
