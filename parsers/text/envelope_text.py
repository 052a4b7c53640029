"""The words of a mail whose body lies in Outlook's envelope, winmail.dat, and nowhere else."""

from collections.abc import Sequence

from parsers.charsets import decode_text
from parsers.files.model import ContainedFile, FileKind
from parsers.mail.html_text import html_text
from parsers.text.rich_text import rich_text

_ENVELOPE = "application/vnd.ms-tnef"
_BYTES_PER_CHARACTER = 60


def envelope_text(files: Sequence[ContainedFile], limit: int) -> str:
    """What a person wrote, at most `limit` characters: from the first envelope of the mail that holds a body."""
    envelopes = [file.path for file in files if file.media_type == _ENVELOPE and "!" not in file.path]
    for envelope in envelopes:
        bodies = [file for file in files if file.inline and file.path.rpartition("!")[0] == envelope]
        for kind in (FileKind.TEXT, FileKind.HTML, FileKind.WORD):
            text = next((_text(file, limit).strip() for file in bodies if file.kind is kind), "")
            if text:
                return text[:limit]
    return ""


def _text(file: ContainedFile, limit: int) -> str:
    head = file.content[: limit * _BYTES_PER_CHARACTER]
    match file.kind:
        case FileKind.HTML:
            return html_text(decode_text(head, "").text)
        case FileKind.WORD:
            return rich_text(file.content)
        case _:
            return decode_text(head, "utf-8").text
