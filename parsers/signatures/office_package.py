"""A package of Office (ISO/IEC 29500-2): its parts under one name each, their content types and relationships.

Everything is read under limits, and whatever two readers could understand differently is refused: the signature of a
package is worth what all of them show.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from zipfile import ZipFile, ZipInfo

from parsers.charsets import nfc
from parsers.errors import ParseError
from parsers.files.members import RATIO_FLOOR, ArchiveError
from parsers.files.model import ContainerCode
from parsers.files.zip_archives import member_name, open_zip
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.model import Reason
from parsers.signatures.office_entries import entry_content
from parsers.signatures.office_layout import expect_one_reading
from parsers.signatures.office_names import CONTENT_TYPES, part_key, relationships_of
from parsers.signatures.office_relationships import Relationship, read_relationships
from parsers.signatures.xml_reader import NotCheckedError, elements, has_text, read_xml

_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_OBSTACLES = {ContainerCode.ARCHIVE_BOMB: Reason.LIMIT, ContainerCode.ARCHIVE_ENCRYPTED: Reason.ENCRYPTED}


MAX_RELATIONSHIPS = 20_000
"""Relationships of all parts of a package together."""


class PackageError(ParseError):
    """A package that is not read. `obstacle` says what kept us from it; None says that it is no sound package."""

    def __init__(self, detail: str, obstacle: Reason | None = None) -> None:
        super().__init__(detail)
        self.obstacle = obstacle


@dataclass(frozen=True, slots=True)
class ContentTypes:
    """Content types by part, else by the extension of its name."""

    overrides: dict[str, str]
    defaults: dict[str, str]

    def of(self, key: str) -> str:
        """The content type of a part; empty where the package gives it none."""
        found = self.overrides.get(key)
        return self.defaults.get(key.rpartition(".")[2], "") if found is None else found


@dataclass(slots=True)
class Package:
    """An open package in its bytes. Parts are asked for by their key, see `office_names.part_key`."""

    octets: bytes
    entries: dict[str, ZipInfo]
    types: ContentTypes
    _relationships: dict[str, tuple[Relationship, ...]] = field(default_factory=dict)
    _count: int = 0
    _sound: set[str] = field(default_factory=set)

    def content(self, key: str) -> bytes:
        """The bytes of a part that is there; PackageError where they are damaged."""
        content = _read(self.octets, self.entries[key])
        self._sound.add(key)
        return content

    def expect_sound(self) -> None:
        """PackageError where a part that nobody has asked for is damaged: programs repair such a package, each in its own way."""
        for key in self.entries.keys() - self._sound:
            self.content(key)

    def name(self, key: str) -> str:
        """How the package itself writes the name of a part."""
        return "/" + self.entries[key].filename

    def relationships(self, source: str) -> tuple[Relationship, ...]:
        """The relationships of a part, or of the package; none where it has none."""
        if source not in self._relationships:
            self._relationships[source] = self._read_relationships(source)
        return self._relationships[source]

    def _read_relationships(self, source: str) -> tuple[Relationship, ...]:
        key = relationships_of(source)
        if key not in self.entries:
            return ()
        with refusing(self.name(key)):
            found = read_relationships(self.content(key), source, MAX_RELATIONSHIPS - self._count)
        self._count += len(found)
        return found


def open_package(content: bytes, limits: SignatureLimits) -> Package:
    """Open a package; PackageError where it is beyond a limit, encrypted, damaged, or to be read in more than one way."""
    try:
        archive = open_zip(content)
    except ArchiveError as error:
        raise PackageError(error.evidence, _OBSTACLES.get(error.code)) from error
    _expect_modest(archive, len(content), limits)
    with refusing("package"):
        expect_one_reading(content, archive)
        entries = _entries(content, archive)
        if CONTENT_TYPES not in entries:
            raise PackageError("no content types")
        types = _content_types(_read(content, entries[CONTENT_TYPES]))
    return Package(content, entries, types)


@contextmanager
def refusing(what: str) -> Iterator[None]:
    """Make a PackageError of whatever speaks against a part: only a limit keeps us from it, all else is its own fault."""
    try:
        yield
    except PackageError:
        raise
    except NotCheckedError as error:
        raise PackageError(f"{what}: {error}", Reason.LIMIT if error.reason is Reason.LIMIT else None) from error
    except ParseError as error:
        raise PackageError(f"{what}: {error}") from error


def _expect_modest(archive: ZipFile, packed: int, limits: SignatureLimits) -> None:
    """PackageError where the directory promises more than may be unpacked; an entry never yields more than it promises."""
    entries = archive.infolist()
    if len(entries) > limits.package_entries:
        raise PackageError(f"more than {limits.package_entries} entries", Reason.LIMIT)
    allowed = min(limits.package_bytes, max(packed * limits.package_ratio, RATIO_FLOOR))
    if sum(info.file_size for info in entries) > allowed:
        raise PackageError(f"more than {allowed} bytes", Reason.LIMIT)


def _entries(content: bytes, archive: ZipFile) -> dict[str, ZipInfo]:
    """The entries under the keys of their parts; ParseError for two of one name, or for a name that says two things."""
    found: dict[str, ZipInfo] = {}
    for info in archive.infolist():
        if info.filename.endswith("/") and not _read(content, info):
            continue
        if member_name(info) != nfc(info.filename) or info.filename != info.orig_filename:
            raise ParseError(f"two names of {info.filename[:200]!r}")
        key = part_key(info.filename)
        if key in found:
            raise ParseError(f"two parts {info.filename[:200]!r}")
        found[key] = info
    return found


def _content_types(content: bytes) -> ContentTypes:
    """The content types (7.3.7); ParseError where anything else stands there, or two are given."""
    root = read_xml(content)
    if root.tag != f"{_TYPES}Types" or root.attrib or has_text(root):
        raise ParseError("content types in another form")
    overrides: dict[str, str] = {}
    defaults: dict[str, str] = {}
    for element in elements(root):
        attributes = dict(element.attrib)
        if len(element) or has_text(element):
            raise ParseError("content types in another form")
        if element.tag == f"{_TYPES}Override" and set(attributes) == {"PartName", "ContentType"}:
            table, key = overrides, _named_part(attributes["PartName"])
        elif element.tag == f"{_TYPES}Default" and set(attributes) == {"Extension", "ContentType"}:
            table, key = defaults, attributes["Extension"].casefold()
        else:
            raise ParseError("content types in another form")
        if table.setdefault(key, attributes["ContentType"]) != attributes["ContentType"]:
            raise ParseError(f"two content types of {key[:200]!r}")
    return ContentTypes(overrides, defaults)


def _named_part(name: str) -> str:
    """The key of a part whose name is written from the root; ParseError for another, which some programs would overlook."""
    if not name.startswith("/"):
        raise ParseError(f"no name of a part: {name[:200]!r}")
    return part_key(name[1:])


def _read(content: bytes, info: ZipInfo) -> bytes:
    try:
        return entry_content(content, info)
    except ArchiveError as error:
        raise PackageError(error.evidence, _OBSTACLES.get(error.code)) from error
