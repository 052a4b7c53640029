"""Names of the parts of a package (ISO/IEC 29500-2, 6.2): what is equal to what, and what is no name at all."""

import posixpath
import re
from urllib.parse import unquote, urlsplit

from parsers.charsets import nfc
from parsers.errors import ParseError

ROOT = "/"
"""Stands for the package itself where a part is asked for that relationships lead from."""
CONTENT_TYPES = "/[content_types].xml"

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\:*?\"<>|]")
_PIECE = re.compile(r"/\[\d+\](\.last)?\.piece\Z")
"""Names under which a part may lie in pieces (7.3.5); readers differ in whether they put them together."""
_RELATIONSHIPS = re.compile(r"(?P<folder>/(?:.*/)?)_rels/(?P<name>[^/]*)\.rels\Z")


def part_key(name: str) -> str:
    """The name by which equal names are equal: from the root, unescaped, composed, in one case; ParseError for no name."""
    try:
        plain = nfc(unquote(name, errors="strict"))
    except UnicodeDecodeError as error:
        raise ParseError(f"no name of a part: {name[:200]!r}") from error
    key = "/" + plain.casefold()
    # A name that ends in a dot, as `..` does, means another one on some systems.
    crooked = any(not segment or segment.endswith((".", " ")) for segment in key[1:].split("/"))
    if crooked or _FORBIDDEN.search(key) or _PIECE.search(key) or plain.count("/") != name.count("/"):
        raise ParseError(f"no name of a part: {name[:200]!r}")
    return key


def relationships_of(source: str) -> str:
    """The part that holds the relationships of a part, or of the package."""
    folder, _, name = source.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def source_of(relationships: str) -> str | None:
    """The part whose relationships a part holds; None where it is no such part."""
    found = _RELATIONSHIPS.match(relationships)
    return found["folder"] + found["name"] if found else None


def target_key(source: str, target: str) -> str | None:
    """The part that a relationship leads to; None where that is no name, and the source itself for a mere fragment."""
    try:
        path = urlsplit(target).path
        if not path:
            return source
        resolved = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        # Two slashes at the beginning are kept by normpath and mean nothing here.
        return part_key(resolved.lstrip("/"))
    except (ParseError, ValueError):
        return None
