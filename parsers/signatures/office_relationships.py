"""Relationships of a package, and the transform through which signatures cover some of them (ISO/IEC 29500-2, 10.5.8)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from parsers.errors import ParseError
from parsers.signatures.model import Reason
from parsers.signatures.office_names import target_key
from parsers.signatures.xml_reader import NotCheckedError, elements, has_text, read_xml

NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
RELATIONSHIP_TRANSFORM = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform"

_ATTRIBUTES = frozenset({"Id", "Type", "Target", "TargetMode"})
_ESCAPES = {'"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """One relationship. `leads_to` is the part inside the package, None where it leads outside or nowhere."""

    id: str
    type: str
    target: str
    external: bool
    leads_to: str | None

    @property
    def kind(self) -> str:
        """The last word of the type, which is the same in strict and in transitional documents."""
        return self.type.rpartition("/")[2]


def read_relationships(content: bytes, source: str, most: int) -> tuple[Relationship, ...]:
    """The relationships of a part; ParseError where anything else stands there or an Id stands twice, and as `read_xml`.

    NotCheckedError where there are more than `most`.

    The transform drops all that it does not know. What stands there beside relationships would be free to change.
    """
    root = read_xml(content)
    if root.tag != f"{{{NAMESPACE}}}Relationships" or root.attrib or has_text(root):
        raise ParseError("relationships in another form")
    found = []
    if len(root) > most:
        raise NotCheckedError(Reason.LIMIT, f"more than {most} relationships")
    for element in elements(root):
        known = element.tag == f"{{{NAMESPACE}}}Relationship" and set(element.attrib) <= _ATTRIBUTES
        if not known or len(element) or has_text(element):
            raise ParseError("relationships in another form")
        found.append(_relationship(dict(element.attrib), source))
    twice = [name for name, times in Counter(one.id for one in found).items() if times > 1]
    if twice:
        raise ParseError(f"two relationships {twice[0]!r}")
    return tuple(found)


def transformed(relationships: Iterable[Relationship]) -> bytes:
    """The selected relationships as the transform and inclusive canonicalization leave them.

    Written out directly: after the transform nothing is left in the document that the canonical form could depend on.
    """
    # By UTF-16 code units, as the programs that sign sort their strings.
    chosen = sorted(relationships, key=lambda one: one.id.encode("utf-16-be", "surrogatepass"))
    lines = [
        f'<Relationship Id="{_attribute(one.id)}" Target="{_attribute(one.target)}"'
        f' TargetMode="{"External" if one.external else "Internal"}" Type="{_attribute(one.type)}"></Relationship>'
        for one in chosen
    ]
    return f'<Relationships xmlns="{NAMESPACE}">{"".join(lines)}</Relationships>'.encode()


def _relationship(attributes: dict[str, str], source: str) -> Relationship:
    missing = {"Id", "Type", "Target"} - set(attributes)
    mode = attributes.get("TargetMode", "Internal")
    if missing or mode not in {"Internal", "External"}:
        raise ParseError("a relationship without its attributes")
    external = mode == "External"
    target = attributes["Target"]
    return Relationship(
        id=attributes["Id"],
        type=attributes["Type"],
        target=target,
        external=external,
        leads_to=None if external else target_key(source, target),
    )


def _attribute(value: str) -> str:
    """An attribute's value in canonical form (Canonical XML 1.0, 2.3): `>` stays as it is."""
    return escape(value, _ESCAPES).replace("&gt;", ">")
