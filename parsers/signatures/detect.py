"""Recognises signed formats by their bytes; names and declared types are claims of the sender."""

import re
import zipfile
from enum import StrEnum
from io import BytesIO

SIGNED_DATA_OID = bytes.fromhex("06092a864886f70d010702")
"""pkcs7-signedData, 1.2.840.113549.1.7.2 (RFC 5652, 5.1)."""

PEM_SIGNATURE = re.compile(rb"-----BEGIN (PKCS7|PKCS #7 SIGNED DATA|CMS)-----")
XML_SIGNATURE = re.compile(rb"<([A-Za-z_][\w.-]*:)?Signature[\s>/]")
XMLDSIG = b"http://www.w3.org/2000/09/xmldsig#"
PDF_HEADER = b"%PDF-"
OLE_HEADER = bytes.fromhex("d0cf11e0a1b11ae1")
PDF_SIGNATURE = re.compile(rb"/ByteRange[\s\x00]*\[")

HEADER_WITHIN = 1024
"""Viewers accept a PDF header behind up to a kilobyte of other bytes (ISO 32000-1, annex H, note 13)."""
XML_WITHIN = 1 << 22


class SignedFormat(StrEnum):
    """Formats that can carry a signature; NONE for everything else, or for such a file without one (PDF apart)."""

    PDF = "PDF"
    CMS = "CMS"
    XML = "XML"
    OOXML = "OOXML"
    ODF = "ODF"
    ASIC = "ASiC"
    OLE = "OLE"
    ARCHIVE = "ZIP"
    NONE = ""


def detect(content: bytes) -> SignedFormat:
    """The signed format of a file. A PDF is always named; whether it is signed only its structure tells."""
    if PDF_HEADER in content[:HEADER_WITHIN]:
        return SignedFormat.PDF
    if content[:4] == b"PK\x03\x04":
        return detect_archive(content)
    if content[:8] == OLE_HEADER:
        return SignedFormat.OLE if has_ole_signature(content) else SignedFormat.NONE
    if content[:1] == b"\x30" and SIGNED_DATA_OID in content[:32]:
        return SignedFormat.CMS
    head = content[:XML_WITHIN]
    if PEM_SIGNATURE.search(head):
        return SignedFormat.CMS
    return SignedFormat.XML if has_xml_signature(head) else SignedFormat.NONE


def has_pdf_signature(content: bytes) -> bool:
    """Whether the mark of a signature stands anywhere in a PDF, in the form or not.

    The array cannot hide in a compressed object: signing has to write it into the file in place.
    """
    return PDF_SIGNATURE.search(content) is not None


def has_xml_signature(head: bytes) -> bool:
    """Whether an XML text holds an XML-DSig signature element, in UTF-8 or UTF-16."""
    if b"<\x00" in head[:8] or b"\x00<" in head[:8]:
        head = head.replace(b"\x00", b"")
    return XMLDSIG in head and XML_SIGNATURE.search(head) is not None


def has_ole_signature(content: bytes) -> bool:
    """Whether an Office 97 file has a signature stream (MS-OFFCRYPTO, 2.5); directory names are UTF-16."""
    return any(name.encode("utf-16-le") in content for name in ("_xmlsignatures", "_signatures"))


def detect_archive(content: bytes) -> SignedFormat:
    """Packages that carry signatures as members (ECMA-376 part 2; ODF 1.2 part 3; EN 319 162-1)."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = {name.casefold() for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError, OverflowError):
        # A directory that cannot be read hides its names; they still stand before each member.
        return (
            SignedFormat.ARCHIVE
            if re.search(rb"_xmlsignatures/|META-INF/[^\x00/]*signatures?[^\x00/]*\.(xml|p7s)", content)
            else SignedFormat.NONE
        )
    if any(name.startswith("_xmlsignatures/") for name in names):
        return SignedFormat.OOXML
    if "meta-inf/documentsignatures.xml" in names or "meta-inf/macrosignatures.xml" in names:
        return SignedFormat.ODF
    if any(re.fullmatch(r"meta-inf/[^/]*(signature|timestamp)[^/]*\.(xml|p7s|tst)", name) for name in names):
        return SignedFormat.ASIC
    return SignedFormat.NONE
