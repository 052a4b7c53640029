"""What goes with a mail about a meeting: the calendar, the giấy mời, the papers."""

from mailhub.meetings.invitation import draft_pdf
from mailhub.notices.enclosing import Enclosed, EnclosedFile
from mailhub.notices.meeting_context import Enclosure, MeetingContext
from storage.blobs import BlobStore

CALENDAR_FILE = "invite.ics"
CALENDAR_TYPE = "application/ics"

MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".zip": "application/zip",
}
"""By the name's ending: the receiver's mail program goes by the name too."""

UNKNOWN_TYPE = "application/octet-stream"


def enclosures(context: MeetingContext, blobs: BlobStore) -> Enclosed:
    """The calendar, twice as Gmail and Outlook want it, and the files in the order in which they are read."""
    # The calendar's library is slow to import, and only the dispatcher needs it.
    from mailhub.meetings.calendar import METHODS, calendar_of  # noqa: PLC0415

    files = [file_of(item, blobs) for item in (context.letter, *context.papers) if item is not None]
    if context.draft is not None:
        files.insert(0, EnclosedFile(name=context.draft.file, media_type="application/pdf", content=draft_pdf(context.draft)))
    calendar = calendar_of(context)
    invite = EnclosedFile(name=CALENDAR_FILE, media_type=CALENDAR_TYPE, content=calendar)
    return Enclosed(calendar=calendar, method=METHODS[context.notice], files=(invite, *files))


def file_of(enclosure: Enclosure, blobs: BlobStore) -> EnclosedFile:
    """A stored file; raises storage.errors.NotFoundError when its bytes are gone."""
    _, dot, ending = enclosure.name.rpartition(".")
    media_type = MEDIA_TYPES.get(f"{dot}{ending.lower()}", UNKNOWN_TYPE)
    return EnclosedFile(name=enclosure.name, media_type=media_type, content=blobs.get(enclosure.blob))
