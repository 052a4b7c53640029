"""From a context to the bytes of one mail: Vietnamese first, English below, plain text and HTML, the same bytes every time.

Date and Message-ID are given: they were fixed with the intention. Nothing here reads a clock or a random source.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from mailhub.language import Language
from mailhub.notices.context import DigestContext, Original, PaperReturnContext
from mailhub.notices.enclosing import NOTHING, Enclosed, attached
from mailhub.notices.errors import UnsafeHeaderError
from mailhub.notices.headers import POLICY, put_mailbox, put_words
from mailhub.notices.kinds import NoticeContext, addressee_of, original_of, time_zone_of
from mailhub.notices.meeting_context import MeetingContext
from mailhub.notices.templates import Section, Templates, one_line

LOOP_HEADER = "X-Mailhub-Loop"
DIVIDER = f"\n\n{'-' * 20}\n\n"
"""Not `-- `, below which mail programs hide a signature."""
MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
ADDRESS = re.compile(rf"{ATOM}(\.{ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
LOOP_MARK = re.compile(r"[A-Za-z0-9.-]+")
MOST_REFERENCES = 20
LONGEST_MESSAGE_ID = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Whom a notice comes from: the unit's name and address, and the hub's mark against loops."""

    name: str
    address: str
    loop_mark: str


def compose(  # noqa: PLR0913  (what makes the bytes is all given: nothing here asks for anything)
    context: NoticeContext,
    *,
    message_id: str,
    letterhead: Letterhead,
    date: datetime,
    templates: Templates,
    languages: tuple[Language, ...] = (Language.VI, Language.EN),
    enclosed: Enclosed = NOTHING,
) -> bytes:
    """The mail as it goes to the relay; equal arguments give equal bytes. Raises NoticeError where it must not go."""
    sections = tuple(templates.section(context, language) for language in languages)
    message = EmailMessage(policy=POLICY)
    put_headers(message, context, letterhead, sections[0])
    message["Date"] = format_datetime(date.astimezone(ZoneInfo(time_zone_of(context))))
    message["Message-ID"] = checked("Message-ID", message_id, MESSAGE_ID)
    put_thread(message, original_of(context))
    message.set_content(DIVIDER.join(section.body for section in sections) + "\n", cte="quoted-printable")
    message.add_alternative(templates.page(sections), subtype="html", cte="quoted-printable")
    put_calendar(message, enclosed)
    message.set_boundary(boundary(message_id))
    put_files(message, enclosed, boundary(f"{message_id}/files"))
    return message.as_bytes()


def boundary(seed: str) -> str:
    """The same line between parts for the same mail."""
    return f"=_{hashlib.sha256(seed.encode()).hexdigest()[:40]}"


def put_calendar(message: EmailMessage, enclosed: Enclosed) -> None:
    """The calendar as one way of reading the mail, the last and so the preferred one (RFC 6047, 2.4; RFC 2046, 5.1.4).

    Mail programs that know meetings look for it among the alternatives and nowhere else.
    """
    if enclosed.calendar:
        params = {"method": enclosed.method, "charset": "UTF-8"}
        message.add_alternative(enclosed.calendar, maintype="text", subtype="calendar", cte="base64", params=params)


def put_files(message: EmailMessage, enclosed: Enclosed, line: str) -> None:
    """The files behind the text, in their order."""
    if not enclosed.files:
        return
    message.make_mixed(line)
    for file in enclosed.files:
        message.attach(attached(file))


def put_headers(message: EmailMessage, context: NoticeContext, letterhead: Letterhead, first: Section) -> None:
    """Who writes to whom about what, and that a program wrote it."""
    addressee = addressee_of(context)
    put_mailbox(message, "From", mailbox("From", letterhead.name, letterhead.address))
    put_mailbox(message, "To", mailbox("To", addressee.name, addressee.address))
    put_words(message, "Subject", first.subject)
    # RFC 3834, 5.2: an answer is auto-replied; a digest answers no single mail, an invitation none at all.
    generated = isinstance(context, DigestContext | MeetingContext | PaperReturnContext)
    message["Auto-Submitted"] = "auto-generated" if generated else "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    message[LOOP_HEADER] = checked(LOOP_HEADER, letterhead.loop_mark, LOOP_MARK)


def put_thread(message: EmailMessage, original: Original) -> None:
    """Continue the sender's thread (RFC 5322, 3.6.4); identifiers that are none are left out."""
    parent = [original.message_id] if usable(original.message_id) else []
    earlier = [reference for reference in original.references if usable(reference) and reference not in parent]
    if parent:
        message["In-Reply-To"] = parent[0]
        message["References"] = " ".join((earlier + parent)[-MOST_REFERENCES:])


def usable(message_id: str) -> bool:
    """Whether an identifier can stand in a header field without folding trouble."""
    return len(message_id) <= LONGEST_MESSAGE_ID and MESSAGE_ID.fullmatch(message_id) is not None


def mailbox(field: str, name: str, address: str) -> Address:
    """A mailbox for a header field."""
    return Address(display_name=str(one_line(name)), addr_spec=checked(field, address, ADDRESS))


def checked(field: str, value: str, form: re.Pattern[str]) -> str:
    """The value, if it has the form of its field; line ends above all have not."""
    if form.fullmatch(value) is None:
        raise UnsafeHeaderError(field, value)
    return value
