"""A second look inside office packages: OOXML, OpenDocument and the older OLE files."""

import re
import zipfile
from collections.abc import Collection
from dataclasses import dataclass, replace

from parsers.errors import ParseError
from parsers.files.compound_files import CompoundFile
from parsers.files.embedded_objects import has_object, programs_in
from parsers.files.macros import has_macros, is_installer
from parsers.files.members import ArchiveError
from parsers.files.model import FileKind
from parsers.files.zip_archives import open_zip, read_member

_LOOK = 1 << 20
_MOST_OBJECTS = 20
_LARGEST_OBJECT = 8 << 20
_OOXML = "application/vnd.openxmlformats-officedocument."
_OOXML_KINDS = (
    ("word/", FileKind.WORD, f"{_OOXML}wordprocessingml.document"),
    ("xl/", FileKind.SHEET, f"{_OOXML}spreadsheetml.sheet"),
    ("ppt/", FileKind.SLIDES, f"{_OOXML}presentationml.presentation"),
)
_OOXML_MAIN = re.compile(rb"(?:document|sheet|template|presentation|slideshow|macroEnabled|addin|binary)\.main", re.IGNORECASE)
_OPEN_DOCUMENT = {
    "text": FileKind.WORD,
    "spreadsheet": FileKind.SHEET,
    "presentation": FileKind.SLIDES,
    "graphics": FileKind.OTHER,
}
_OLE_STREAMS = (
    ("EncryptedPackage", FileKind.OTHER, "application/x-ole-storage"),
    ("WordDocument", FileKind.WORD, "application/msword"),
    ("Workbook", FileKind.SHEET, "application/vnd.ms-excel"),
    ("Book", FileKind.SHEET, "application/vnd.ms-excel"),
    ("PowerPoint Document", FileKind.SLIDES, "application/vnd.ms-powerpoint"),
    ("__properties_version1.0", FileKind.MESSAGE, "application/vnd.ms-outlook"),
)
_OLE_MACROS = ("_VBA_PROJECT", "VBA", "Macros", "_VBA_PROJECT_CUR")
_OLE_ENTRY = 128
_MAX_HITS = 10_000
_WORD_STREAM = slice(512, 524)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What a package turned out to be; `programs` are names of programs that were inserted into it."""

    kind: FileKind
    media_type: str
    macros: bool = False
    encrypted: bool = False
    programs: tuple[str, ...] = ()


def read_zip_package(content: bytes) -> Package:
    """The document that a ZIP file is, or an archive."""
    plain = Package(kind=FileKind.ARCHIVE, media_type="application/zip")
    try:
        archive = open_zip(content)
        names = {info.filename: info for info in archive.infolist()}
        if "[Content_Types].xml" in names:
            package = _ooxml(names.keys(), read_member(archive, names["[Content_Types].xml"], _LOOK))
            if package is None:
                return replace(plain, macros=_names_macros(names))
            return replace(package, programs=_inserted_programs(archive))
        if "mimetype" in names:
            media_type = read_member(archive, names["mimetype"], 200).decode("ascii", "replace").strip()
            manifest = names.get("META-INF/manifest.xml")
            return _open_document(media_type, read_member(archive, manifest, _LOOK) if manifest else b"", names.keys()) or plain
    except ArchiveError:
        return plain
    return plain


def read_ole_package(content: bytes) -> Package:
    """The document that an OLE compound file is, by the streams its directory names."""
    by_directory = _by_directory(content)
    # The names are looked for in the bytes, too, for Office opens files that are damaged.
    macros = by_directory.macros or any(_has_stream(content, name) for name in _OLE_MACROS)
    if by_directory.kind is FileKind.EXECUTABLE:
        return by_directory
    for stream, kind, media_type in _OLE_STREAMS:
        if _has_stream(content, stream):
            encrypted = stream == "EncryptedPackage" or (kind is FileKind.WORD and _is_encrypted_word(content))
            return replace(by_directory, kind=kind, media_type=media_type, macros=macros, encrypted=encrypted)
    return replace(by_directory, macros=macros)


def _by_directory(content: bytes) -> Package:
    """What the directory of a compound file says; nothing where it is damaged."""
    unknown = Package(kind=FileKind.OTHER, media_type="application/x-ole-storage")
    try:
        file = CompoundFile(content)
        if is_installer(file):
            return Package(kind=FileKind.EXECUTABLE, media_type="application/x-msi")
        if has_object(file):
            return Package(kind=FileKind.ARCHIVE, media_type="application/x-ole-object")
        return replace(unknown, macros=has_macros(file), programs=tuple(programs_in(file)))
    except ParseError:
        return unknown


def _names_macros(names: Collection[str]) -> bool:
    """Whether a part of a package is where Office keeps macros."""
    return any(name.lower().endswith("vbaproject.bin") or name.lower().startswith("xl/macrosheets/") for name in names)


def _ooxml(names: Collection[str], content_types: bytes) -> Package | None:
    """A package with a main part where Office expects it; only then is it a document and not just an archive."""
    if not _OOXML_MAIN.search(content_types):
        return None
    lower = [name.lower() for name in names]
    macros = b"macroenabled" in content_types.lower() or _names_macros(names)
    for folder, kind, media_type in _OOXML_KINDS:
        if any(name.startswith(folder) for name in lower):
            return Package(kind=kind, media_type=media_type, macros=macros)
    return None


def _inserted_programs(archive: zipfile.ZipFile) -> tuple[str, ...]:
    """Names of programs among the objects that were inserted into a document; damaged objects are passed over."""
    inserted = [info for info in archive.infolist() if "/embeddings/" in info.filename and info.filename.endswith(".bin")]
    names: list[str] = []
    for info in inserted[:_MOST_OBJECTS]:
        try:
            names += programs_in(CompoundFile(read_member(archive, info, _LARGEST_OBJECT)))
        except ParseError:
            continue
    return tuple(names)


def _open_document(media_type: str, manifest: bytes, names: Collection[str]) -> Package | None:
    if media_type.startswith("application/vnd.etsi.asic"):
        return Package(kind=FileKind.ARCHIVE, media_type=media_type)
    prefix = "application/vnd.oasis.opendocument."
    kind = _OPEN_DOCUMENT.get(media_type.removeprefix(prefix).partition("-")[0]) if media_type.startswith(prefix) else None
    # The word of the first entry alone would keep an archive from being opened.
    if kind is None or "content.xml" not in names:
        return None
    macros = any(name.startswith(("Basic/", "Scripts/")) for name in names)
    return Package(kind=kind, media_type=media_type, macros=macros, encrypted=b"encryption-data" in manifest)


def _has_stream(content: bytes, name: str) -> bool:
    """Whether a directory entry of that name stands in the file; entries begin at multiples of 128 bytes."""
    wanted = name.encode("utf-16-le") + b"\0\0"
    position = content.find(wanted)
    for _ in range(_MAX_HITS):
        if position == -1 or position % _OLE_ENTRY == 0:
            break
        position = content.find(wanted, position + 2)
    return position != -1


def _is_encrypted_word(content: bytes) -> bool:
    """The fEncrypted bit of a Word file's information block ([MS-DOC] 2.5.2), where the stream stands first."""
    block = content[_WORD_STREAM]
    return block.startswith(b"\xec\xa5") and len(block) > 11 and bool(block[11] & 0x01)
