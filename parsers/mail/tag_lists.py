"""Lists of `tag=value` pairs as DKIM, ARC and DMARC write them (RFC 6376, 3.2)."""

import re
from collections.abc import Mapping
from typing import Final

MOST_CHARACTERS: Final = 16_384
MOST_TAGS: Final = 100

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}\Z")
_FOLDING = re.compile(r"[ \t\r\n]+")


class TagListError(Exception):
    """The text is no list of tags; the message says why."""


def parse_tags(text: str) -> Mapping[str, str]:
    """The tags in their order, names as written, values without surrounding blanks.

    Raises TagListError for a part that is no tag, for a tag that stands twice, and beyond the caps.
    """
    if len(text) > MOST_CHARACTERS:
        raise TagListError(f"more than {MOST_CHARACTERS} characters")
    parts = text.split(";")
    if not parts[-1].strip():
        # A semicolon may stand behind the last tag.
        parts.pop()
    if len(parts) > MOST_TAGS:
        raise TagListError(f"more than {MOST_TAGS} tags")
    tags: dict[str, str] = {}
    for part in parts:
        name, equals, value = part.partition("=")
        name = name.strip(" \t\r\n")
        if not equals or not _NAME.match(name):
            raise TagListError(f"no tag: {part.strip()[:40]!r}")
        if name in tags:
            raise TagListError(f"{name}= stands twice")
        tags[name] = value.strip(" \t\r\n")
    return tags


def without_blanks(value: str) -> str:
    """A value in which folding white space means nothing, such as base64 or a list of names."""
    return _FOLDING.sub("", value)
