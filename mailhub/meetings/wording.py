"""What an SMS about a meeting says: the whole final state, in one segment where that can be had.

It goes without diacritics unless the office wants them. Without marks "doi" may be dời, đổi or đợi: dời is CHUYỂN LỊCH, hủy
is KHÔNG HỌP NỮA (HỦY) here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.meetings.changes import Message
from mailhub.meetings.content import MeetingContent
from mailhub.notices.meeting_context import MeetingNotice
from mailhub.profiles.vn.printing import short_day, short_hour
from sms.text import SmsText, fitting

SHORTEST_TITLE = 12
"""A title that is cut below this says nothing any more and is left out."""

MEETING_ABOUT = re.compile(r"(?:cuộc\s+)?(?:họp|hội nghị)\s+(?:về\s+(?:việc\s+)?|bàn\s+về\s+)?", re.IGNORECASE)
"""What the text says itself before the title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How the office speaks in its texts: its short name, its zone, the alphabet and the most segments."""

    name: str
    zone: ZoneInfo
    diacritics: bool = False
    max_segments: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """The meeting as it stands, and when this was said."""

    content: MeetingContent
    made_at: datetime
    voice: Voice

    @property
    def number(self) -> str:
        """How the invitation is called in a text; empty while it has no number."""
        invitation = self.content.invitation
        return f"GM {invitation.number}" if invitation and invitation.number is not None else ""

    def slot(self, content: MeetingContent) -> str:
        """Hour and day, as short as they stay clear."""
        local, today = content.starts_at.astimezone(self.voice.zone), self.made_at.astimezone(self.voice.zone).date()
        return f"{short_hour(local)} {short_day(local.date(), today)}"


def text_of(message: Message, occasion: Occasion) -> SmsText:
    """The text for one recipient.

    The title is shortened as far as that saves a segment, and left out only to reach a single one or to keep within the
    office's limit; time, place and numbers are always whole. Raises RefusedError where even then it is too long.
    """
    voice = occasion.voice
    found = [(title, fitting(line, diacritics=voice.diacritics)) for title, line in lines(message, occasion)]
    titled = [text for title, text in found if title]
    fewest = min(text.segments for _, text in found)
    if fewest > 1 and titled and min(text.segments for text in titled) <= voice.max_segments:
        fewest = min(text.segments for text in titled)
    if fewest > voice.max_segments:
        raise RefusedError(
            Text(
                vi=f"tin nhắn dài {fewest} phần, chỉ cho phép {voice.max_segments}: rút gọn --place",
                en=f"the text takes {fewest} segments, {voice.max_segments} are allowed: shorten --place",
            )
        )
    # The first is the fullest; a shorter one is only taken where it saves a segment.
    return next(text for _, text in found if text.segments == fewest)


def lines(message: Message, occasion: Occasion) -> Iterator[tuple[str, str]]:
    """Title and text, with the title whole, ever shorter, and without; an assistant's with the officials' names first."""
    for mark in copy_marks(message):
        for title in shortened(occasion.content.title):
            if title or occasion.number:
                yield title, f"{mark}{sentence(message, occasion, f'({title})' if title else '')}"


def shortened(title: str) -> Iterator[str]:
    """The title and its beginnings, cut between words, the longest first; nothing at last."""
    words = MEETING_ABOUT.sub("", title, count=1).split() if MEETING_ABOUT.match(title) else title.split()
    yield " ".join(words)
    for count in range(len(words) - 1, 0, -1):
        part = " ".join(words[:count]).rstrip(",.;:-– ")
        if len(part) >= SHORTEST_TITLE:
            yield f"{part}..."
    yield ""


def copy_marks(message: Message) -> tuple[str, ...]:
    """What tells an assistant that the text is a copy: having got it is not having told the official."""
    if not message.recipient.copy_of:
        return ("",)
    names = ", ".join(attendee.label for attendee in message.recipient.copy_of)
    return (f"BẢN SAO cho trợ lý {names}: ", "BẢN SAO cho trợ lý: ")


def sentence(message: Message, occasion: Occasion, title: str) -> str:
    """What happens, in the form that the office's officials know, then "lần N" and whom to call."""
    local = occasion.made_at.astimezone(occasion.voice.zone)
    told = f"lần {message.ordinal}, {local:%Hh%M}"
    place_in_order = f"Tin này ({told}) thay tin trước." if message.ordinal > 1 else f"Tin {told}."
    parts = (f"{occasion.voice.name}:", *head(message, occasion, title), place_in_order, "LH", called(occasion.content))
    return " ".join(" ".join(parts).split())


def head(message: Message, occasion: Occasion, title: str) -> tuple[str, ...]:
    """What is told. What is called off is called off at the time that this recipient knows."""
    content = occasion.content
    now, known = occasion.slot(content), occasion.slot(message.before or content)
    name = (occasion.number, title)
    match message.notice:
        case MeetingNotice.INVITE:
            return ("MỜI HỌP", *name, now, f"tại {content.place}.")
        case MeetingNotice.MOVE:
            return ("CHUYỂN LỊCH HỌP", *name, "sang", now, f"tại {content.place}.")
        case MeetingNotice.UPDATE:
            return ("CẬP NHẬT HỌP", *name, now, f"tại {content.place}.")
        case MeetingNotice.POSTPONE:
            return ("HOÃN HỌP", *name, f"{known}.", "CHƯA có lịch mới, sẽ báo sau.")
        case MeetingNotice.CANCEL:
            return ("KHÔNG HỌP NỮA (HỦY)", *name, f"{known}.")
        case MeetingNotice.REMOVED:
            return ("RÚT LỜI MỜI HỌP", *name, f"{known}.")
        case _:
            assert_never(message.notice)


def called(content: MeetingContent) -> str:
    """Whom to call: the given name, which is the last one, and the number without its blanks."""
    names = content.contact.name.split()
    phone = "".join(letter for letter in content.contact.phone if letter.isdigit() or letter == "+")
    return f"{names[-1] if names else ''} {phone}".strip()
