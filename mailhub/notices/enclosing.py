"""What goes with a notice beside its text: a calendar, and files whose Vietnamese names every mail program can show."""

from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import quote

from mailhub.notices.headers import POLICY, encoded
from sms.text import without_marks

CONTINUATION = 54
"""Octets of an encoded name in one line, with room for `filename*10*=` (RFC 2231, 3; RFC 5322, 2.1.1)."""

LONGEST_PLAIN = 60
UNSAFE = frozenset("\"\\/:*?<>|%'")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnclosedFile:
    """One file as it is attached."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """What is put into a mail: a calendar with its method (RFC 5546), and files."""

    calendar: bytes = b""
    method: str = ""
    files: tuple[EnclosedFile, ...] = ()


NOTHING = Enclosed()


def attached(file: EnclosedFile) -> EmailMessage:
    """The file as a part of a mail.

    Its name stands there three times: in RFC 2231 form for those who follow the standard, as an RFC 2047 word on
    Content-Type for Outlook and older web mail, and without diacritics for everybody else.
    """
    main, _, sub = file.media_type.partition("/")
    part = EmailMessage(policy=POLICY)
    part.set_content(file.content, maintype=main, subtype=sub, cte="base64")
    del part["Content-Type"], part["Content-Disposition"]
    plain = plain_name(file.name)
    if plain == file.name:
        part.set_raw("Content-Type", f'{file.media_type};\r\n name="{plain}"')
        part.set_raw("Content-Disposition", f'attachment;\r\n filename="{plain}"')
        return part
    part.set_raw("Content-Type", f'{file.media_type};\r\n name="{encoded_words(file.name)}"')
    names = [*extended_name(file.name), f'filename="{plain}"']
    part.set_raw("Content-Disposition", ";\r\n ".join(["attachment", *names]))
    return part


def plain_name(name: str) -> str:
    """The name in ASCII, without what a file name or a quoted string cannot hold."""
    letters = [letter if letter.isascii() and letter.isprintable() else "_" for letter in without_marks(name)]
    plain = "".join("_" if letter in UNSAFE else letter for letter in letters)
    stem, dot, ending = plain.rpartition(".")
    return plain if len(plain) <= LONGEST_PLAIN else f"{stem[: LONGEST_PLAIN - len(ending) - 1]}{dot}{ending}"


def encoded_words(name: str) -> str:
    """The name as RFC 2047 words, one a line."""
    return encoded(name, "name=")


def extended_name(name: str) -> list[str]:
    """The name as RFC 2231 parameters: one, or several that follow each other.

    No character is cut in two, because some programs decode each line alone.
    """
    pieces = [""]
    for letter in name:
        encoded = quote(letter, safe="!#$&+-.^_`{}~")
        if len(pieces[-1]) + len(encoded) > CONTINUATION:
            pieces.append("")
        pieces[-1] += encoded
    pieces[0] = f"utf-8''{pieces[0]}"
    if len(pieces) == 1:
        return [f"filename*={pieces[0]}"]
    return [f"filename*{number}*={piece}" for number, piece in enumerate(pieces)]
