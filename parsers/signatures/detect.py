"""Recognises signed formats by their bytes; names and declared types are claims of the sender."""

import re
import zipfile
from enum import StrEnum
from io import BytesIO

from parsers.files.signed_data import head_of
from parsers.signatures.packages import is_archive, signed_package

CMS_TYPE = re.compile(rb"\x2a\x86\x48\x86\xf7\x0d\x01(?:\x07(?:(\x01)|[\x02-\x06])|\x09\x10\x01[\x02\x09\x17])")
"""Identifiers of the CMS types that sign, encrypt or wrap: 1.2.840.113549.1.7.2 to .6, and .9.16.1.2, .9 and .23 (RFC 5652,
RFC 3274, RFC 5083). The group is that of plain data, which other formats begin with, such as a file of keys (RFC 7292)."""

MAIL_HEAD = 1 << 16
"""Bytes of a mail's header looked at."""
SIGNED_MAIL = re.compile(
    rb"\s*(?:From [^\n]*\n)?(?:[!-9;-~]{1,80}:[^\n]*\n(?:[ \t][^\n]*\n)*)*?"
    rb"content-type:\s*(?:multipart/signed[^\n]*(?:\n[ \t][^\n]*)*pkcs7-signature|application/(?:x-)?pkcs7-mime)",
    re.IGNORECASE,
)
PEM_SIGNATURE = re.compile(rb"-----BEGIN (PKCS7|PKCS #7 SIGNED DATA|CMS)-----")
XML_SIGNATURE = re.compile(rb"</?(?:[^\s<>/:]+:)?Signature[\s>/]")
"""The beginning of the element or its end: one of them may be damaged."""
SIGNED_INFO = b"SignedInfo"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
XMLDSIG = b"http://www.w3.org/2000/09/xmldsig#"
PDF_HEADER = b"%PDF-"
OLE_HEADER = bytes.fromhex("d0cf11e0a1b11ae1")
PDF_SIGNATURE = re.compile(rb"/ByteRange[\s\x00]*\[")

CONTAINERS = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")
TAR_MARK = slice(257, 262)

HEADER_WITHIN = 1024
"""Viewers accept a PDF header behind up to a kilobyte of other bytes (ISO 32000-1, annex H, note 13)."""
MARKED_WITHIN = 1 << 22
"""Bytes within which the armour of a message begins."""


class SignedFormat(StrEnum):
    """Formats that can carry a signature; NONE for everything else, or for such a file without one (PDF apart).

    Whether a damaged ARCHIVE or an ENCRYPTED document carries one nobody can see.
    """

    PDF = "PDF"
    CMS = "CMS"
    XML = "XML"
    OOXML = "OOXML"
    MAIL = "S/MIME"
    ODF = "ODF"
    ASIC = "ASiC"
    OLE = "OLE"
    VISUAL_BASIC = "VBA"
    ARCHIVE = "ZIP"
    ENCRYPTED = "encrypted"
    NONE = ""


def detect(content: bytes) -> SignedFormat:
    """The signed format of a file. A PDF is always named; whether it is signed only its structure tells."""
    if content[:1] == b"\x30" and is_cms(content):
        # Before a PDF, whose header may stand in the content of a message.
        return SignedFormat.CMS
    if PDF_HEADER in content[:HEADER_WITHIN] and not is_container(content):
        return SignedFormat.PDF
    if content[:8] == OLE_HEADER:
        return detect_compound_file(content)
    found = SignedFormat(signed_package(content)) if is_archive(content) else SignedFormat.NONE
    return found if found is not SignedFormat.NONE or content.startswith(b"PK") else detect_marked(content)


def is_container(content: bytes) -> bool:
    """Whether the header of a PDF near the beginning is that of a file inside, which is kept there as it is.

    The file inside is checked as a file of its own. That the container is a PDF to some programs is for those to say who look
    for files of two types.
    """
    if content.startswith(b"PK\x03\x04"):
        return zipfile.is_zipfile(BytesIO(content))
    return content.startswith(CONTAINERS) or content[TAR_MARK] == b"ustar"


def detect_marked(content: bytes) -> SignedFormat:
    """Formats whose marks stand anywhere in what is no package."""
    head = content[:MARKED_WITHIN]
    if is_cms(content) or PEM_SIGNATURE.search(head):
        return SignedFormat.CMS
    if SIGNED_MAIL.match(content, 0, MAIL_HEAD):
        return SignedFormat.MAIL
    return SignedFormat.XML if has_xml_signature(content) else SignedFormat.NONE


def is_cms(content: bytes) -> bool:
    """Whether the type of a CMS message stands at the beginning of a file, in binary or in base64 without armour.

    The tags around it are not asked for: with those damaged it is no message any more, but nobody may call it unsigned.
    """
    mark = CMS_TYPE.search(head_of(content))
    return mark is not None and mark[1] is None


def has_pdf_signature(content: bytes) -> bool:
    """Whether the mark of a signature stands anywhere in a PDF, in the form or not.

    The array cannot hide in a compressed object: signing has to write it into the file in place.
    """
    return PDF_SIGNATURE.search(content) is not None


def has_xml_signature(content: bytes) -> bool:
    """Whether an XML text holds an XML-DSig signature element, in UTF-8 or UTF-16; an enveloped one stands at the very end.

    The name of the namespace may be spelled in ways that no search finds; its elements may not.
    """
    if content[:2] in UTF16_MARKS or b"<\x00" in content[:8] or b"\x00<" in content[:8]:
        content = content.replace(b"\x00", b"")
    return (XMLDSIG in content or SIGNED_INFO in content) and XML_SIGNATURE.search(content) is not None


def detect_compound_file(content: bytes) -> SignedFormat:
    """An Office 97 file with a signature stream (MS-OFFCRYPTO, 2.5), or one that hides a package; directory names are UTF-16."""
    if any(name.encode("utf-16-le") in content for name in ("_xmlsignatures", "_signatures")):
        return SignedFormat.OLE
    return SignedFormat.ENCRYPTED if "EncryptedPackage".encode("utf-16-le") in content else SignedFormat.NONE
