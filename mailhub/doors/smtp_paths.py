"""Arguments of MAIL and RCPT: a path and its parameters (RFC 5321, 4.1.2).

More forgiving than the grammar where senders in the wild are (a blank after the colon, no angle brackets, long local
parts), stricter where an address could deceive: no controls, no invisible characters, no bytes that are not UTF-8.
"""

import re
from dataclasses import dataclass
from typing import Final

BRACKETED: Final = re.compile(r'<((?:"(?:[^"\\]|\\.)*"|[^">])*)>(.*)', re.DOTALL)
BARE: Final = re.compile(r'((?:"(?:[^"\\]|\\.)*"|[^\s"<>])+)(.*)', re.DOTALL)
PARAMETER: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([^=\s]+))?")
ADDRESS: Final = re.compile(r'("(?:[^"\\]|\\.)*"|[^\s"@<>]+)(?:@([^\s"@<>]+))?')


class PathSyntaxError(Exception):
    """The argument is not `KEYWORD:<path> [parameters]`."""


class BadAddressError(Exception):
    """There is a path, but no address that we could write to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathArgument:
    """A parsed argument. `address` is empty for the null path; names of parameters are upper case."""

    address: str
    parameters: dict[str, str | None]


def parse_path(keyword: str, argument: str | None) -> PathArgument:
    """Read `FROM:<a@b> SIZE=10`; `keyword` is `FROM:` or `TO:`."""
    if argument is None or argument[: len(keyword)].upper() != keyword:
        raise PathSyntaxError(f"expected {keyword}<address>")
    rest = argument[len(keyword) :].strip(" ")
    match = (BRACKETED if rest.startswith("<") else BARE).fullmatch(rest)
    if match is None:
        raise BadAddressError("no complete path")
    path, parameters = match.group(1), match.group(2)
    if parameters and not parameters.startswith(" "):
        raise PathSyntaxError("something follows the path without a blank")
    return PathArgument(address=_address(path), parameters=_parameters(parameters.split()))


def split_address(address: str) -> tuple[str, str]:
    """Local part without its quotes, and domain (empty where there is none)."""
    match = ADDRESS.fullmatch(address)
    if match is None:
        raise BadAddressError("no local part and domain")
    local, domain = match.group(1), match.group(2) or ""
    if local.startswith('"'):
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    return local, domain


def _address(path: str) -> str:
    # Controls, invisible formats, strange blanks, half surrogates (bytes that are not UTF-8).
    if not path.isprintable():
        raise BadAddressError("control or invisible characters")
    # RFC 5321 4.1.2: a source route "@a,@b:user@c" is accepted and ignored.
    if path.startswith("@") and ":" in path:
        path = path.partition(":")[2]
    if path:
        split_address(path)
    return path


def _parameters(words: list[str]) -> dict[str, str | None]:
    parameters: dict[str, str | None] = {}
    for word in words:
        match = PARAMETER.fullmatch(word)
        if match is None or match.group(1).upper() in parameters:
            raise PathSyntaxError("a parameter is malformed or given twice")
        parameters[match.group(1).upper()] = match.group(2)
    return parameters
