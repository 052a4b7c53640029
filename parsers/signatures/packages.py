"""Which signed package a ZIP file is, by what its directory names and what its first members say of the others.

A mark in any spelling counts: a program that opens the file may be less strict than the one that made it. What cannot be read
is never called unsigned.
"""

import re
import zipfile
from urllib.parse import unquote

from parsers.files.members import ArchiveError
from parsers.files.zip_archives import has_zip_behind, open_zip, read_member

OOXML, ODF, ASIC, VISUAL_BASIC, DAMAGED, ENCRYPTED, NONE = "OOXML", "ODF", "ASiC", "VBA", "ZIP", "encrypted", ""
"""Names of the formats, as `detect.SignedFormat` has them."""

_HEAD, _END_MARK = b"PK\x03\x04", b"PK\x05\x06"
_MANY = 0xFFFF
_LOOK = 1 << 20
_LINKED = ("[content_types].xml", "_rels/.rels")
_OOXML_MARK = re.compile(rb"digital-signature(?:-xmlsignature\+xml|/origin)")
_ASIC_TYPE = b"application/vnd.etsi.asic"
_ODF_NAMES = frozenset({"meta-inf/documentsignatures.xml", "meta-inf/macrosignatures.xml"})
_ASIC_NAME = re.compile(r"meta-inf/(?:.*/)?[^/]*(?:signature|timestamp|evidencerecord)[^/]*\.(?:xml|p7s|tst|ers)")
_VISUAL_BASIC_NAME = re.compile(r"(?:.*/)?vbaprojectsignature[^/]*\.bin")
_ENCRYPTED_NAME = "encrypted-package"
_DAMAGED_MARK = re.compile(
    rb"_xmlsignatures[/\\]|vbaProjectSignature|META-INF[/\\][^\x00/]*(?:signature|timestamp|evidencerecord)[^\x00/]*\.(?:xml|p7s|tst|ers)"
    rb"|\[Content_Types\]\.xml|_rels/\.rels|mimetypeapplication/vnd\.(?:oasis\.opendocument|etsi\.asic)",
    re.IGNORECASE,
)
"""What still stands before each member where the directory is lost: marks of signatures, and of documents that may bear some."""


def is_archive(content: bytes) -> bool:
    """Whether a file is a ZIP file, or another file with one behind it."""
    return content.startswith(_HEAD) or has_zip_behind(content)


def signed_package(content: bytes) -> str:
    """The name of the format (ISO/IEC 29500-2, 10; ODF 1.2 part 3, 2.4; EN 319 162-1); none for an archive without a mark."""
    try:
        archive = open_zip(content)
        names = {_plain(name): info for info in archive.infolist() for name in (info.filename, info.orig_filename)}
        if found := _by_names(names) or _by_content(archive, names):
            return found
        damaged = not _is_complete(archive, content)
    except ArchiveError:
        damaged = True
    return DAMAGED if damaged and _DAMAGED_MARK.search(content) else NONE


def _is_complete(archive: zipfile.ZipFile, content: bytes) -> bool:
    """Whether the directory names as many members as its end says: a damaged name swallows those behind it."""
    end = content.rfind(_END_MARK)
    return int.from_bytes(content[end + 10 : end + 12], "little") in {len(archive.infolist()), _MANY}


def is_visual_basic_signature(name: str) -> bool:
    """Whether a member holds the signature of a Visual Basic project ([MS-OVBA] 2.4.2)."""
    return _VISUAL_BASIC_NAME.fullmatch(_plain(name)) is not None


def _plain(name: str) -> str:
    """A name as the least strict of readers would take it."""
    return re.sub(r"^(?:\.*/+)+", "", unquote(name).replace("\\", "/")).casefold()


def _by_names(names: dict[str, zipfile.ZipInfo]) -> str:
    if any(name.startswith("_xmlsignatures/") for name in names):
        return OOXML
    if _ODF_NAMES & names.keys():
        return ODF
    return ASIC if any(map(_ASIC_NAME.fullmatch, names)) else NONE


def _by_content(archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo]) -> str:
    """Signatures may lie under any name that the relationships lead to; a container for signatures says so of itself."""
    for name in _LINKED:
        if name in names and _OOXML_MARK.search(_head_of(archive, names[name]).replace(b"\0", b"")):
            return OOXML
    if "mimetype" in names and _head_of(archive, names["mimetype"]).startswith(_ASIC_TYPE):
        return ASIC
    if any(map(is_visual_basic_signature, names)):
        return VISUAL_BASIC
    return ENCRYPTED if _ENCRYPTED_NAME in names else NONE


def _head_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    return read_member(archive, info, _LOOK)
