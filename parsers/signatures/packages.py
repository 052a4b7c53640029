"""Which signed package a ZIP file is, by what its directory names and what its first members say of the others.

A mark in any spelling counts: a program that opens the file may be less strict than the one that made it. What cannot be read
is never called unsigned.
"""

import re
import zipfile
from itertools import islice
from urllib.parse import unquote

from parsers.files.members import ArchiveError
from parsers.files.zip_archives import has_zip_behind, open_zip, read_member

OOXML, ODF, ASIC, VISUAL_BASIC, DAMAGED, ENCRYPTED, NONE = "OOXML", "ODF", "ASiC", "VBA", "ZIP", "encrypted", ""
"""Names of the formats, as `detect.SignedFormat` has them."""

_HEAD, _END_MARK = b"PK\x03\x04", b"PK\x05\x06"
_MANY = 0xFFFF
_NAME_LENGTH, _NAME = 26, 30
"""Where in front of a member the length of its name and the name stand (ZIP specification, 4.3.7)."""
_LOOK = 1 << 20
_MOST_TELLING = 8
_MIMETYPE = "mimetype"
_TELLING = frozenset({"[content_types].xml", "_rels/.rels", _MIMETYPE})
_OOXML_MARK = re.compile(rb"digital-signature(?:-xmlsignature\+xml|/origin)")
_ASIC_TYPE = b"application/vnd.etsi.asic"
_ODF_NAMES = frozenset({"meta-inf/documentsignatures.xml", "meta-inf/macrosignatures.xml"})
_ASIC_WORD = re.compile(r"signature|timestamp|evidencerecord")
_ASIC_ENDS = (".xml", ".p7s", ".tst", ".ers")
_ENCRYPTED_NAME = "encrypted-package"
_MARKS = (
    *(b"_xmlsignatures/", b"_xmlsignatures\\", b"vbaprojectsignature", b"[content_types].xml", b"_rels/.rels"),
    *(b"mimetypeapplication/vnd.oasis.opendocument", b"mimetypeapplication/vnd.etsi.asic"),
)
"""What still stands before each member where the directory is lost: marks of signatures, and of documents that may bear some."""
_META = re.compile(rb"meta-inf[/\\][^\x00/]{0,99}")
_MOST_META = 10_000
_META_WORD = re.compile(rb"signature|timestamp|evidencerecord")


def is_archive(content: bytes) -> bool:
    """Whether a file is a ZIP file, or another file with one behind it."""
    return content.startswith(_HEAD) or has_zip_behind(content)


def signed_package(content: bytes) -> str:
    """The name of the format (ISO/IEC 29500-2, 10; ODF 1.2 part 3, 2.4; EN 319 162-1); none for an archive without a mark."""
    try:
        archive = open_zip(content)
        members = [(_plain(name), info) for info in archive.infolist() for name in _names_of(content, info)]
        if found := _by_names([name for name, _ in members]) or _by_content(archive, members):
            return found
        damaged = not _is_complete(archive, content)
    except ArchiveError:
        damaged = True
    return DAMAGED if damaged and _has_mark(content.lower()) else NONE


def _names_of(content: bytes, info: zipfile.ZipInfo) -> set[str]:
    """The names of a member: that of the directory, as it is written and as it is read, and the one in front of the member."""
    length = int.from_bytes(content[info.header_offset + _NAME_LENGTH : info.header_offset + _NAME_LENGTH + 2], "little")
    start = info.header_offset + _NAME
    return {info.filename, info.orig_filename, content[start : start + length].decode("utf-8", "replace")}


def _has_mark(content: bytes) -> bool:
    """Whether a mark stands anywhere in what is left of an archive, in small letters."""
    if any(mark in content for mark in _MARKS):
        return True
    members = islice(_META.finditer(content), _MOST_META)
    # Whoever piles up such names has something to hide.
    return any(number == _MOST_META - 1 or _META_WORD.search(found[0]) for number, found in enumerate(members))


def _is_complete(archive: zipfile.ZipFile, content: bytes) -> bool:
    """Whether the directory names as many members as its end says: a damaged name swallows those behind it."""
    end = content.rfind(_END_MARK)
    return int.from_bytes(content[end + 10 : end + 12], "little") in {len(archive.infolist()), _MANY}


def is_visual_basic_signature(name: str) -> bool:
    """Whether a member holds the signature of a Visual Basic project ([MS-OVBA] 2.4.2)."""
    last = _plain(name).rpartition("/")[2]
    return last.startswith("vbaprojectsignature") and last.endswith(".bin")


def _is_asic_signature(name: str) -> bool:
    last = name.rpartition("/")[2]
    return name.startswith("meta-inf/") and last.endswith(_ASIC_ENDS) and _ASIC_WORD.search(last) is not None


def _plain(name: str) -> str:
    """A name as the least strict of readers would take it."""
    return unquote(name).replace("\\", "/").lstrip("./").casefold()


def _by_names(names: list[str]) -> str:
    if any(name.startswith("_xmlsignatures/") for name in names):
        return OOXML
    if not _ODF_NAMES.isdisjoint(names):
        return ODF
    return ASIC if any(map(_is_asic_signature, names)) else NONE


def _by_content(archive: zipfile.ZipFile, members: list[tuple[str, zipfile.ZipInfo]]) -> str:
    """Signatures may lie under any name that the relationships lead to; a container for signatures says so of itself."""
    for name, info in [member for member in members if member[0] in _TELLING][:_MOST_TELLING]:
        content = read_member(archive, info, _LOOK).replace(b"\0", b"")
        if name == _MIMETYPE and content.startswith(_ASIC_TYPE):
            return ASIC
        if name != _MIMETYPE and _OOXML_MARK.search(content):
            return OOXML
    if any(is_visual_basic_signature(name) for name, _ in members):
        return VISUAL_BASIC
    return ENCRYPTED if any(name == _ENCRYPTED_NAME for name, _ in members) else NONE
