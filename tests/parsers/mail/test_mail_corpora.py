"""Mails that nobody here wrote: every one is read, and the reading agrees with another parser's where that one is right."""

import json
import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from parsers.files.containers import open_files
from parsers.mail.identity import content_identity
from parsers.mail.message import Message, body_text, decode_part, leaves, parse_message
from parsers.mail.second_reading import disagreement

ATTACHED = frozenset({"message/rfc822", "message/global"})

# Where the other parser's answer differs and ours is kept. Other parts mean other names of parts, too.
PARTS_DIFFER = {
    "malformed/000": "parts of a header only: it drops them",
    "malformed/003": "an inner multipart with the outer boundary: we keep the empty inner one",
    "malformed/007": "a header that runs into a boundary: it sees a part before and one behind, we see one",
    "malformed/009": "outer boundary inside an unclosed inner part: RFC 2046, 5.1.2 ends the inner one there",
    "malformed/011": "the same",
    "malformed/012": "the same",
    "malformed/013": "an inner multipart with the outer boundary: we keep the empty inner one",
    "malformed/016": "three boundaries, each a prefix of another: it reads inner ones behind the outer",
    "malformed/019": "boundaries that differ in case: they are case-sensitive",
    "thirdparty/015": "an attached mail cut behind its header: it runs on into the next part",
}
DIFFERENCES = {
    "subject": {
        "legacy/010": "raw Latin letters: it shows replacement characters, we read them",
        "legacy/020": "the same",
        "legacy/022": "the same",
        "legacy/027": "the same",
        "legacy/052": "the same",
    },
    "names": PARTS_DIFFER
    | {
        "legacy/016": "raw Latin letters: it shows replacement characters, we read them",
        "legacy/023": "the same",
        "legacy/026": "the same",
        "legacy/035": "a Windows path: it takes the backslashes for escapes, we keep the last component",
        "legacy/039": "the same",
        "malformed/017": "a disposition without a type: it loses the name",
        "malformed/022": "an attached mail without a header: only the comparison takes its text for a mail",
        "rfc/001": "a path in the name of an external body: we keep the last component",
    },
    "parts": PARTS_DIFFER
    | {
        "legacy/016": "BinHex: line breaks are CRLF in the mail and LF in its JSON",
        "legacy/017": "x-uuencode: we decode it",
        "legacy/048": "x-uuencode: we decode it",
    },
}


@dataclass(frozen=True, slots=True)
class Leaf:
    name: str
    content: bytes | str


def mails(corpora: Path) -> Iterator[Path]:
    for folder in ("stalwart", "mikel", "bounces", "tnef"):
        yield from sorted(path for path in (corpora / "mail" / folder).rglob("*.eml"))


def read_wholly(raw: bytes) -> Message:
    message = parse_message(raw)
    open_files(raw, message)
    content_identity(raw, message)
    body_text(raw, message, 20_000)
    disagreement(raw, message)
    return message


@pytest.mark.timeout(120)
def test_every_mail_of_the_corpora_is_read(corpora):
    read = [read_wholly(path.read_bytes()) for path in mails(corpora)]
    assert len(read) > 500
    assert sum(1 for message in read if message.headers.from_) > 450


@pytest.mark.timeout(120)
def test_truncated_and_changed_mails_are_read(corpora):
    chance = random.Random(20260302)
    for path in chance.sample(list(mails(corpora)), 60):
        raw = path.read_bytes()
        read_wholly(raw[: chance.randrange(len(raw))])
        changed = bytearray(raw)
        for _ in range(20):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        read_wholly(bytes(changed))


@pytest.mark.parametrize("aspect", DIFFERENCES)
def test_reading_agrees_with_another_parser_but_for_explained_mails(corpora, aspect):
    paths = sorted((corpora / "mail" / "stalwart").rglob("*.eml"))
    differing = {f"{path.parent.name}/{path.stem}" for path in paths if not agrees(path, aspect)}
    print(f"{aspect}: {len(paths) - len(differing)} of {len(paths)} mails agree with the other parser")
    assert differing == DIFFERENCES[aspect].keys()


def agrees(path: Path, aspect: str) -> bool:
    raw, theirs = path.read_bytes(), json.loads(path.with_suffix(".json").read_text("utf-8"))
    if aspect == "subject":
        return parse_message(raw).headers.subject == " ".join(composed(their_subject(theirs)).split())
    ours, others = list(our_leaves(raw)), list(their_leaves(theirs))
    if aspect == "names":
        return [leaf.name for leaf in ours] == [leaf.name for leaf in others]
    return len(ours) == len(others) and all(
        ours_leaf.content == other.content
        for ours_leaf, other in zip(ours, others, strict=True)
        if isinstance(other.content, bytes)
    )


def our_leaves(raw: bytes) -> Iterator[Leaf]:
    for part in leaves(parse_message(raw).root):
        if part.media_type in ATTACHED:
            yield from our_leaves(decode_part(raw, part))
        else:
            yield Leaf(part.filename or "", decode_part(raw, part))


def their_leaves(mail: dict) -> Iterator[Leaf]:
    for part in mail["parts"]:
        kind, body = next(iter(part["body"].items()))
        if kind == "Message":
            yield from their_leaves(body)
        elif kind != "Multipart":
            yield Leaf(composed(their_name(part)), bytes(body) if kind in {"Binary", "InlineBinary"} else body)


def their_name(part: dict) -> str:
    for header, attribute in (("content_disposition", "filename"), ("content_type", "name")):
        for field in part["headers"]:
            value = field["value"]
            if field["name"] == header and isinstance(value, dict):
                found = [pair["value"] for pair in value["ContentType"]["attributes"] or [] if pair["name"] == attribute]
                if found:
                    return found[0]
    return ""


def their_subject(mail: dict) -> str:
    values = [field["value"] for field in mail["parts"][0]["headers"] if field["name"] == "subject"]
    return values[0]["Text"] if values and isinstance(values[0], dict) else ""


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
