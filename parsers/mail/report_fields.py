"""Groups of fields as the machine-readable part of a report has them (RFC 3464, 2.1; RFC 8098, 3.1; RFC 5965, 3)."""

import re
from collections.abc import Iterator, Mapping

MOST_GROUPS = 200
MOST_LINES = 5000
LONGEST_VALUE = 2000

_FIELD = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:[ \t]*(?P<value>.*)")
_QUOTED = re.compile(r"\A[ \t]{0,8}(?:>[ \t]?)+")

Group = Mapping[str, str]
"""One group: lower-case field names to unfolded values, the first one of a name."""


def groups(text: str) -> list[Group]:
    """The groups of fields in a text, between blank lines; what is no field ends a group.

    A field that begins a recipient's group begins a new one also where the blank line is missing.
    """
    found: list[Group] = []
    for group in _groups(text):
        found.append(group)
        if len(found) >= MOST_GROUPS:
            break
    return found


def typed(value: str) -> str:
    """The value behind its type: `rfc822; a@b` and `smtp; 550 no` (RFC 3464, 2.1.2); a value without a type as it stands."""
    kind, semicolon, rest = value.partition(";")
    is_typed = bool(semicolon) and re.fullmatch(r"[A-Za-z0-9 -]{1,20}", kind.strip()) is not None
    return (rest if is_typed else value).strip()


def _groups(text: str) -> Iterator[Group]:
    group: dict[str, str] = {}
    last = ""
    for line in text.split("\n", MOST_LINES)[:MOST_LINES]:
        line = _QUOTED.sub("", line, count=1).rstrip()  # noqa: PLW2901  a quoted report is read like one that is not
        field = _FIELD.match(line)
        if line[:1] in {" ", "\t"} and last and line.strip():
            group[last] = f"{group[last]} {line.strip()}"[:LONGEST_VALUE]
        elif field is None:
            if group:
                yield group
            group, last = {}, ""
        else:
            last = field["name"].lower()
            if last in group and last in {"final-recipient", "original-recipient"}:
                yield group
                group = {}
            if last in group:
                last = ""
                continue
            group[last] = field["value"].strip()[:LONGEST_VALUE]
    if group:
        yield group
