"""The draft of a giấy mời (DỰ THẢO): set as PDF/A-2b in the layout of Decree 30/2020/NĐ-CP whenever it is needed."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from mailhub.meetings.content import MeetingContent
from mailhub.notices.meeting_context import InvitationText
from mailhub.profiles.vn.printing import printed_long_date, printed_span

PRINTS = Path(str(files("mailhub.profiles.vn") / "prints"))
NO_NUMBER = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """How the office signs and heads its own papers. `symbol` stands behind the number: `GM-VP`."""

    name: str
    zone: ZoneInfo
    parent: str = ""
    locality: str = ""
    symbol: str = "GM"
    signing_as: tuple[str, ...] = ()


def invitation_text(content: MeetingContent, office: Office) -> InvitationText:
    """The words of the draft; the date on it is that of its number, or of the content while it has none."""
    invitation = content.invitation
    reference = invitation.reference if invitation else f"{NO_NUMBER}/{office.symbol}"
    issued_on = invitation.issued_on if invitation else content.stamp.astimezone(office.zone).date()
    number = invitation.number if invitation and invitation.number is not None else ""
    starts = content.starts_at.astimezone(office.zone)
    ends = content.ends_at.astimezone(office.zone) if content.ends_at else None
    return InvitationText(
        file=" ".join(f"Dự thảo giấy mời {number}".split()) + ".pdf",
        parent=office.parent.upper(),
        issuer=office.name.upper(),
        opening=office.name,
        reference=reference,
        place_and_date=f"{f'{office.locality}, ' if office.locality else ''}{printed_long_date(issued_on)}",
        subject=content.title,
        invited=tuple(dict.fromkeys(attendee.label for attendee in content.attendees)),
        agenda=content.agenda,
        chair=content.chair,
        when=printed_span(starts, ends),
        place=content.place,
        requirements=content.requirements,
        papers=tuple(paper.name for paper in content.papers),
        contact=f"{content.contact.name}, điện thoại {content.contact.phone}",
        signing_as=office.signing_as,
        created=content.stamp,
    )


def draft_pdf(text: InvitationText) -> bytes:
    """The draft as PDF/A-2b; equal texts give equal bytes."""
    subject = text.subject[:1].lower() + text.subject[1:]
    sheet = {
        "parent": text.parent,
        "issuer": text.issuer,
        "opening": text.opening,
        "reference": text.reference,
        "place_and_date": text.place_and_date,
        "subject": text.subject,
        "matter": subject,
        "invited": text.invited,
        "agenda": text.agenda,
        "chair": text.chair,
        "when": text.when,
        "place": text.place,
        "requirements": text.requirements,
        "papers": text.papers,
        "contact": text.contact,
        "copies": ("Như trên;", "Lưu: VT."),
        "signing_as": text.signing_as,
    }
    return compiled(json.dumps(sheet, ensure_ascii=False), text.created)


@lru_cache(maxsize=8)
def compiled(sheet: str, created: datetime) -> bytes:
    """The set page. A meeting's draft goes to many, so it is set once in a process."""
    import typst  # noqa: PLC0415  a heavy library that only drafts need

    # Only the fonts inside the wheel: the same page everywhere, with every Vietnamese sign.
    template = PRINTS / "invitation.typ"
    compiler = typst.Compiler(template, root=PRINTS, ignore_system_fonts=True)
    pdf = compiler.compile(
        format="pdf",
        sys_inputs={"invitation": sheet},
        pdf_standards=["a-2b"],
        timestamp=int(created.timestamp()),
        pdf_tags=False,
    )
    if not isinstance(pdf, bytes):
        raise TypeError(f"one PDF was expected, not {type(pdf).__name__}")
    return pdf
