"""How far our reading of the stalwart corpus agrees with the reading that its parser left beside each mail.

Where the two differ, `differences.toml` says who is right and why; a difference that stands nowhere fails a test. Names are
those of all named parts, attached mails opened; bytes are those of every part that the other parser calls binary, texts those
that it calls text and counts among the attachments.
"""

import json
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from parsers.mail.message import Part, decode_part, leaves, parse_message, part_text

ATTACHED = frozenset({"message/rfc822", "message/global"})
DIFFERENCES = Path(__file__).with_name("differences.toml")
ASPECTS = ("subject", "names", "bytes", "texts")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one parser says of one mail."""

    subject: str
    names: tuple[str, ...]
    contents: Counter[bytes]
    texts: Counter[str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """One aspect over all mails: the mails that differ, and how many single values agree of how many.

    `unread` are those that differ only where the other parser shows a replacement character: it has no reading of that letter.
    """

    aspect: str
    mails: int
    differing: tuple[str, ...]
    unread: tuple[str, ...]
    values: int
    differing_values: int

    def line(self) -> str:
        """The figures in a line; explained differences are the office's own reading, and stand in the file."""
        mails, values = self.mails - len(self.differing), self.values - self.differing_values
        right = sum(known(self.aspect)[mail]["right"] == "ours" for mail in self.differing if mail in known(self.aspect))
        return (
            f"{self.aspect}: equal in {mails} of {self.mails} mails ({mails / self.mails:.1%}) and {values} of {self.values} "
            f"values ({values / self.values:.1%}), but for letters that it could not read in {mails + len(self.unread)} mails "
            f"({(mails + len(self.unread)) / self.mails:.1%}); of {len(self.differing)} differing mails ours is right in "
            f"{right}, so {(mails + right) / self.mails:.1%} are read rightly"
        )


def known(aspect: str) -> dict[str, dict[str, str]]:
    """The differences that are known and explained, by mail: who is `right`, and `why`."""
    return tomllib.loads(DIFFERENCES.read_text("utf-8"))[aspect]


def agreement(corpora: Path, aspect: str) -> Agreement:
    """Compare one aspect of every mail."""
    differing, unread, values, differing_values = [], [], 0, 0
    for mail, ours, theirs in readings(corpora):
        wanted, given = _values(theirs, aspect), _values(ours, aspect)
        wrong = _wrong(wanted, given, aspect)
        values += sum(wanted.values())
        differing_values += wrong
        if wrong:
            differing.append(mail)
            unread += [mail] if _lacks_letters_only(wanted - given, given - wanted) else []
    return Agreement(aspect, len(readings(corpora)), tuple(differing), tuple(unread), values, differing_values)


@cache
def readings(corpora: Path) -> tuple[tuple[str, Reading, Reading], ...]:
    """Each mail of the corpus with our reading and theirs."""
    return tuple(
        (
            f"{path.parent.name}/{path.stem}",
            our_reading(path.read_bytes()),
            their_reading(json.loads(path.with_suffix(".json").read_text("utf-8"))),
        )
        for path in sorted((corpora / "mail" / "stalwart").rglob("*.eml"))
    )


def our_reading(raw: bytes) -> Reading:
    """What our parser says."""
    found = list(_our_leaves(raw))
    return Reading(
        subject=parse_message(raw).headers.subject,
        names=tuple(part.filename for part, _ in found if part.filename),
        contents=Counter(content for _, content in found),
        texts=Counter(_words(part_text(raw, part)) for raw, part in _our_parts(raw)),
    )


def their_reading(mail: dict) -> Reading:
    """What the other parser said."""
    found = list(_their_leaves(mail))
    return Reading(
        subject=_words(_their_subject(mail)),
        names=tuple(_composed(name) for name, _ in found if name),
        contents=Counter(content for _, content in found if content is not None),
        texts=Counter(map(_words, _their_texts(mail))),
    )


def _values(reading: Reading, aspect: str) -> Counter[bytes] | Counter[str]:
    match aspect:
        case "subject":
            return Counter([reading.subject])
        case "names":
            return Counter(reading.names)
        case "texts":
            return reading.texts
        case _:
            return Counter({_unix_lines(content): count for content, count in reading.contents.items()})


def _wrong(wanted: Counter, given: Counter, aspect: str) -> int:
    """How many values differ. What the other parser does not count among its attachments is not missed there."""
    lacking = sum((wanted - given).values())
    return lacking if aspect in {"bytes", "texts"} else max(lacking, sum((given - wanted).values()))


def _lacks_letters_only(wanted: Counter, given: Counter) -> bool:
    """Whether the values are the same where the other parser's replacement characters may stand for any letter."""
    if any(isinstance(value, bytes) for value in wanted):
        return False
    patterns = [".".join(map(re.escape, value.split("\ufffd"))) for value in wanted.elements()]
    found = list(given.elements())
    return len(patterns) == len(found) and all(any(re.fullmatch(pattern, value) for value in found) for pattern in patterns)


def _unix_lines(content: bytes) -> bytes:
    # Line breaks of parts that nothing encodes were CRLF in the mails and are LF in the answers.
    return content.replace(b"\r\n", b"\n")


def _our_leaves(raw: bytes) -> Iterator[tuple[Part, bytes]]:
    for mail, part in _our_parts(raw):
        yield part, decode_part(mail, part)


def _our_parts(raw: bytes) -> Iterator[tuple[bytes, Part]]:
    """Every part that is no multipart, with the mail that it is a part of."""
    for part in leaves(parse_message(raw).root):
        if part.media_type not in ATTACHED:
            yield raw, part
            continue
        if part.filename:
            yield raw, part
        yield from _our_parts(decode_part(raw, part))


def _their_leaves(mail: dict) -> Iterator[tuple[str, bytes | None]]:
    for part in mail["parts"]:
        kind, body = next(iter(part["body"].items()))
        name = _their_name(part)
        if kind == "Message":
            if name:
                yield name, None
            yield from _their_leaves(body)
        elif kind != "Multipart":
            yield name, bytes(body) if kind in {"Binary", "InlineBinary"} else None


def _their_texts(mail: dict) -> Iterator[str]:
    attached = set(mail["attachments"])
    for number, part in enumerate(mail["parts"]):
        kind, body = next(iter(part["body"].items()))
        if kind == "Message":
            yield from _their_texts(body)
        elif kind in {"Text", "Html"} and number in attached:
            yield body


def _their_name(part: dict) -> str:
    for header, attribute in (("content_disposition", "filename"), ("content_type", "name")):
        for field in part["headers"]:
            value = field["value"]
            if field["name"] == header and isinstance(value, dict):
                found = [pair["value"] for pair in value["ContentType"]["attributes"] or [] if pair["name"] == attribute]
                if found:
                    return found[0]
    return ""


def _their_subject(mail: dict) -> str:
    values = [field["value"] for field in mail["parts"][0]["headers"] if field["name"] == "subject"]
    return values[0]["Text"] if values and isinstance(values[0], dict) else ""


def _words(text: str) -> str:
    return " ".join(_composed(text).split())


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
