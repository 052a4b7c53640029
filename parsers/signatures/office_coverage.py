"""What of a package lies outside one signature, and how grave that is."""

from dataclasses import dataclass, field

from parsers.signatures.office_names import relationships_of
from parsers.signatures.office_package import Package
from parsers.signatures.office_reach import SIGNATURE_TYPES, Link, Reach, Standing, is_judged_by_links, standing_of_part
from parsers.signatures.office_relationships import Relationship

_FETCHED = frozenset({"image", "aFChunk", "subDocument", "frame", "audio", "video", "media"})
"""Kinds of relationships whose content is shown out of another file where they lead outside."""

_MAX_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What a manifest holds: the keys of parts, and the Ids of relationships by the part that they lead from."""

    parts: frozenset[str]
    relationships: dict[str, frozenset[str]]

    def has(self, source: str, relationship: Relationship) -> bool:
        """Whether the signature covers this relationship."""
        return relationship.id in self.relationships.get(source, frozenset())


@dataclass(slots=True)
class Outside:
    """What lies outside a signature, by name, with what it means."""

    named: dict[str, Standing] = field(default_factory=dict)

    @property
    def worst(self) -> Standing:
        """What the gravest of it means."""
        return max(self.named.values(), default=Standing.BY_DESIGN)

    @property
    def listed(self) -> tuple[str, ...]:
        """All of it for the report, the gravest first, up to a cap."""
        names = sorted(self.named, key=lambda name: -self.named[name])
        return tuple(names) if len(names) <= _MAX_LISTED else (*names[:_MAX_LISTED], f"… ({len(names)})")

    def note(self, name: str, standing: Standing) -> None:
        """Add something under a name."""
        self.named[name] = max(standing, self.named.get(name, standing))


def outside(package: Package, reach: Reach, bound: frozenset[str], covered: Covered) -> Outside:
    """Hold everything that a reader comes to against a signature; `bound` are the parts whose data fields of the text show."""
    found = Outside()
    for link in reach.links:
        standing = _standing_of_link(link, covered)
        if standing is not None:
            found.note(_label(package, link), standing)
    for key in package.entries:
        if key in covered.parts or is_judged_by_links(reach, key):
            continue
        standing = standing_of_part(package, reach, key)
        if key not in reach.of_signature or standing > Standing.BY_DESIGN:
            found.note(package.name(key), max(standing, Standing.UNCLEAR) if key in bound else standing)
    return found


def _standing_of_link(link: Link, covered: Covered) -> Standing | None:
    """What a relationship outside the signature means, or one inside that fetches what is shown; None for all others."""
    relationship = link.relationship
    if relationship.type in SIGNATURE_TYPES and link.standing is Standing.BY_DESIGN:
        return None
    if not covered.has(link.source, relationship):
        return link.standing
    return Standing.UNCLEAR if relationship.external and relationship.kind in _FETCHED else None


def _label(package: Package, link: Link) -> str:
    """A relationship for people: where it is written, its Id, its kind, and the address where it leads outside."""
    one = link.relationship
    where = f" -> {one.target[:200]}" if one.external else ""
    return f"{package.name(relationships_of(link.source))}#{one.id} ({one.kind}){where}"
