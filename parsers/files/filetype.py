"""What a file is, judged by its content; its name and its declared type are only compared with it."""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from parsers.charsets import printable
from parsers.files.file_heads import ARCHIVE_HEADS, ARMOURS, EXECUTABLE_HEADS, SCRIPT_STARTS, ZIP_HEADS
from parsers.files.model import ContainerCode, FileKind
from parsers.files.office import Package, read_ole_package, read_zip_package
from parsers.files.signed_data import head_of
from parsers.files.type_names import EXECUTABLE_EXTENSIONS, OTHER_ARCHIVES, kinds_of_extension, kinds_of_media_type
from parsers.files.zip_archives import has_packed_behind, has_zip_behind
from parsers.finding import Finding, Source
from parsers.mail.filenames import extension

APPLE_DOUBLE = "application/applefile"
"""What a Macintosh keeps beside a file, under the file's name (RFC 1740): nothing that anybody wrote."""

_HEAD = 16 << 10
"""Bytes that libmagic sees."""
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_BLANK_RUN = re.compile(rb"[ \t\r\n\x0b\x0c]{64,}")
_PDF_HEAD = 1024
_PDF_HEADER = re.compile(rb"%PDF-[12]\.\d")
_XML_HEAD = 64 << 10
_EDXML = ("http://www.mic.gov.vn/TBT/QCVN_102", "http://www.e-doc.vn/Schema/")
_HTML_START = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|table|div|p|br|font|span|style|script|h[1-6]|center|img|a)\b", re.IGNORECASE
)
_ROOT = re.compile(r"<(?:([\w.-]{1,100}):)?([\w.-]{1,100})((?:\s[^<>]{0,10000})?)/?>")
_PROLOGUE = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*+(?:\[[^\]]*+\])?[^>]*+>)", re.DOTALL)
_ENCRYPT_ENTRY = re.compile(rb"/Encrypt\s*+(?:\d++\s++\d++\s++R|<<)")
_MESSAGE_HEAD = re.compile(rb"(?:>?From [^\n]*\n)?[!-9;-~]{1,200}[ \t]*:")
_SIGNED_DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
# RFC 5652, 6, and RFC 5083.
_ENVELOPED_DATA = (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17")
_DISC_IMAGE = slice(32769, 32774)
_HOLDS_ARCHIVES = frozenset({FileKind.ARCHIVE, FileKind.MESSAGE, FileKind.EXECUTABLE})
_PACKAGES = (b"PK", b"\xd0\xcf\x11\xe0")
_EXECUTABLE_TYPES = frozenset(
    {
        *("application/x-dosexec", "application/vnd.microsoft.portable-executable", "application/x-msi", "text/x-msdos-batch"),
        *("application/x-executable", "application/x-sharedlib", "application/x-mach-binary", "text/x-shellscript"),
    }
)
# libmagic takes many a heap of bytes for a TGA or PCX picture; these have heads of their own.
_PICTURES = frozenset(
    f"image/{name}"
    for name in ("png", "jpeg", "gif", "tiff", "bmp", "x-ms-bmp", "webp", "heic", "heif", "avif", "jp2", "vnd.adobe.photoshop")
)
_ATTACHED_MESSAGE = frozenset({"message/rfc822", "message/global", "message/news"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileType:
    """Kind and media type by content, and what was noticed; `encrypted` files cannot be read without a password."""

    kind: FileKind
    media_type: str
    findings: tuple[Finding, ...] = ()


def identify(content: bytes, *, name: str, declared_type: str, place: str) -> FileType:
    """Type of a file by its content, with findings about what the clerk must know before opening it."""
    if not content:
        return _with_findings(Package(kind=FileKind.OTHER, media_type="application/x-empty"), name, declared_type, place)
    package = _by_content(content, name, declared_type)
    if extension(name) in EXECUTABLE_EXTENSIONS:
        package = Package(kind=FileKind.EXECUTABLE, media_type=package.media_type)
    elif package.kind is FileKind.OTHER and extension(name) in OTHER_ARCHIVES:
        package = Package(kind=FileKind.ARCHIVE, media_type=package.media_type)
    found = _with_findings(package, name, declared_type, place)
    is_single = found.kind not in _HOLDS_ARCHIVES and not content.startswith(_PACKAGES)
    behind = _archive_behind(content) if is_single else ""
    if behind:
        two = _finding(ContainerCode.TWO_TYPES, place, f"{name}: {found.media_type} and {behind}")
        return replace(found, findings=(*found.findings, two))
    return found


def _archive_behind(content: bytes) -> str:
    """What unpackers would open the file as beside what it is; empty where they would not."""
    if has_zip_behind(content):
        return "application/zip"
    return "RAR or 7z" if has_packed_behind(content) else ""


def _with_findings(package: Package, name: str, declared_type: str, place: str) -> FileType:
    notes: list[tuple[ContainerCode, str]] = []
    if package.media_type == "application/x-empty":
        notes.append((ContainerCode.EMPTY_FILE, name))
    else:
        notes += _mismatch(package, name, declared_type)
    if package.kind is FileKind.EXECUTABLE:
        notes.append((ContainerCode.EXECUTABLE, f"{name} ({package.media_type})"))
    notes += [(ContainerCode.EXECUTABLE, f"{name}: {program}") for program in package.programs]
    if package.macros:
        notes.append((ContainerCode.MACRO, name))
    if package.encrypted:
        notes.append((ContainerCode.DOCUMENT_ENCRYPTED, name))
    findings = tuple(_finding(code, place, text) for code, text in notes)
    return FileType(kind=package.kind, media_type=package.media_type, findings=findings)


def _finding(code: ContainerCode, place: str, text: str) -> Finding:
    return Finding(code=code, source=Source.CONTAINER, place=place, evidence=printable(text))


def _mismatch(package: Package, name: str, declared_type: str) -> list[tuple[ContainerCode, str]]:
    if package.media_type == APPLE_DOUBLE:
        return []
    by_name = kinds_of_extension(extension(name))
    if by_name and package.kind not in by_name and not package.encrypted:
        return [(ContainerCode.TYPE_MISMATCH, f"{name} holds {package.media_type}")]
    by_type = kinds_of_media_type(declared_type)
    if by_type and package.kind not in by_type and not package.encrypted:
        return [(ContainerCode.TYPE_MISMATCH, f"declared {declared_type}, holds {package.media_type}")]
    return []


def _by_content(content: bytes, name: str, declared_type: str) -> Package:
    return (
        _executable(content)
        or _document(content, name)
        or _signature(content)
        or _archive(content)
        or _attached_message(content, name, declared_type)
        or _pdf_behind_junk(content)
        or _of_macintosh(content)
        or _plain_text(content)
        or _by_libmagic(content)
    )


def _executable(content: bytes) -> Package | None:
    if content.startswith(b"MZ") and re.search(rb"[\x00-\x08]", content[:64]):
        return Package(kind=FileKind.EXECUTABLE, media_type="application/x-dosexec")
    media_type = next((media_type for head, media_type in EXECUTABLE_HEADS if content.startswith(head)), None)
    if content[_DISC_IMAGE] == b"CD001":
        # Windows opens it as a drive, past what it warns of in files from the net.
        media_type = "application/x-iso9660-image"
    return Package(kind=FileKind.EXECUTABLE, media_type=media_type) if media_type else None


def _document(content: bytes, name: str) -> Package | None:
    if content[:16].lstrip(b"\r\n").startswith(ZIP_HEADS):
        return read_zip_package(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        package = read_ole_package(content)
        named = kinds_of_extension(extension(name))
        if package.encrypted and len(named) == 1:
            # Nothing can be seen inside; the name's word is all there is.
            return Package(kind=next(iter(named)), media_type=package.media_type, encrypted=True)
        return package
    return _pdf(content) if content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-") else None


def _pdf(content: bytes) -> Package:
    encrypted = _ENCRYPT_ENTRY.search(content) is not None and _needs_password(content)
    return Package(kind=FileKind.PDF, media_type="application/pdf", encrypted=encrypted)


def _pdf_behind_junk(content: bytes) -> Package | None:
    # ISO 32000-1, H.3.4.1: readers accept the header anywhere in the first 1024 bytes. A text may speak of it, too.
    is_pdf = _PDF_HEADER.search(content[:_PDF_HEAD]) is not None and b"startxref" in content
    return _pdf(content) if is_pdf else None


def _signature(content: bytes) -> Package | None:
    head = content[:64]
    if not head.startswith(b"0"):
        head = head_of(content)
    if head.startswith(b"0") and _SIGNED_DATA in head:
        return Package(kind=FileKind.SIGNATURE, media_type="application/pkcs7-mime")
    if head.startswith(b"0") and any(kind in head for kind in _ENVELOPED_DATA):
        return Package(kind=FileKind.OTHER, media_type="application/pkcs7-mime", encrypted=True)
    for armour, kind, media_type in ARMOURS:
        if content[:1024].lstrip().startswith(armour):
            return Package(kind=kind, media_type=media_type, encrypted=kind is FileKind.OTHER)
    return None


def _archive(content: bytes) -> Package | None:
    media_type = next((media_type for head, media_type in ARCHIVE_HEADS if content.startswith(head)), None)
    if media_type is None and content[257:262] == b"ustar":
        media_type = "application/x-tar"
    return Package(kind=FileKind.ARCHIVE, media_type=media_type) if media_type else None


def _attached_message(content: bytes, name: str, declared_type: str) -> Package | None:
    is_meant = declared_type in _ATTACHED_MESSAGE or extension(name) == ".eml"
    if is_meant and _MESSAGE_HEAD.match(content[:_XML_HEAD].removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n")[:2000]):
        return Package(kind=FileKind.MESSAGE, media_type="message/rfc822")
    return None


def _of_macintosh(content: bytes) -> Package | None:
    if content.startswith(b"\x00\x05\x16\x07"):
        return Package(kind=FileKind.OTHER, media_type=APPLE_DOUBLE)
    if b"(This file must be converted with BinHex" in content[:_PDF_HEAD]:
        return Package(kind=FileKind.ARCHIVE, media_type="application/mac-binhex40")
    return None


def _by_libmagic(content: bytes) -> Package:
    media_type = _libmagic(content[:_HEAD])
    if media_type in _EXECUTABLE_TYPES:
        return Package(kind=FileKind.EXECUTABLE, media_type=media_type)
    if media_type in _PICTURES:
        return Package(kind=FileKind.IMAGE, media_type=media_type)
    if media_type.startswith(("text/", "application/xml", "message/", "image/svg")):
        return _text(content)
    is_weak = media_type.startswith("image/")
    return Package(kind=FileKind.OTHER, media_type="application/octet-stream" if is_weak else media_type)


def _plain_text(content: bytes) -> Package | None:
    """UTF-8 without control characters needs no libmagic, which is slow on text and blind to short pieces."""
    head = content[:_HEAD]
    if _CONTROL.search(head):
        return None
    try:
        codecs.getincrementaldecoder("utf_8")().decode(head)
    except UnicodeDecodeError:
        return None
    return _text(content)


def _text(content: bytes) -> Package:
    start = _text_head(content).lstrip()
    opening = start[:200].partition("\n")[0].lower()
    script = next((media_type for words, media_type in SCRIPT_STARTS if opening.startswith(words)), None)
    if script:
        return Package(kind=FileKind.EXECUTABLE, media_type=script)
    if start[:15].upper() == "BEGIN:VCALENDAR":
        return Package(kind=FileKind.CALENDAR, media_type="text/calendar")
    if start.startswith("{\\rtf"):
        return Package(kind=FileKind.WORD, media_type="application/rtf")
    if _HTML_START.match(start):
        return Package(kind=FileKind.HTML, media_type="text/html")
    xml = _xml(start) if start.startswith("<") else None
    return xml or Package(kind=FileKind.TEXT, media_type="text/plain")


def _xml(head: str) -> Package | None:
    """XML by its root element; the prologue is passed over, nothing is expanded."""
    position = 0
    while prologue := _PROLOGUE.match(head, position):
        position = prologue.end()
    root = _ROOT.match(head, position + len(head[position:]) - len(head[position:].lstrip()))
    if root is None:
        return Package(kind=FileKind.XML, media_type="application/xml") if position else None
    prefix, local, attributes = root[1] or "", root[2], root[3]
    namespace = re.search(rf"xmlns{':' + re.escape(prefix) if prefix else ''}\s*=\s*[\"']([^\"']*)", attributes)
    uri = namespace[1] if namespace else ""
    if uri.startswith(_EDXML) or prefix == "edXML":
        return Package(kind=FileKind.EDXML, media_type="application/xml")
    if local == "svg":
        return Package(kind=FileKind.IMAGE, media_type="image/svg+xml")
    return Package(kind=FileKind.XML, media_type="application/xml") if position or uri else None


def _text_head(content: bytes) -> str:
    head = content[:_XML_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf_16", "replace")
    return head.decode("utf_8", "replace").removeprefix("\ufeff")


def _libmagic(head: bytes) -> str:
    identify_head, failure = _magic()
    try:
        # Its text tests need quadratic time on runs of blanks, in which no type lies.
        return identify_head(_BLANK_RUN.sub(b"\n" * 64, head))
    except failure:
        return "application/octet-stream"


@cache
def _magic() -> tuple[Callable[[bytes], str], type[Exception]]:
    """How libmagic reads some bytes, and the error it raises. Loaded when the first file needs it."""
    # pylibmagic makes its own libmagic known to the other import, so it comes first; the system needs none.
    import pylibmagic  # noqa: F401, I001, PLC0415
    import magic  # noqa: PLC0415

    return magic.Magic(mime=True).from_buffer, magic.MagicException


def _needs_password(content: bytes) -> bool:
    """Whether an encrypted PDF stays closed without a password; many are only protected against changes."""
    import pypdfium2  # noqa: PLC0415  # heavy, and few files need it

    try:
        pypdfium2.PdfDocument(content).close()
    except pypdfium2.PdfiumError as error:
        return "password" in str(error).lower()
    return False
