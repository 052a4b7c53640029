import io
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from parsers.files.containers import ContainerCode, FileKind, open_file
from parsers.files.filetype import identify
from tests.parsers.mails import HEAD, PDF, attachment, codes, mixed, opened, text, zip_of

CONTENT_TYPES = (
    b'<?xml version="1.0"?><Types><Override PartName="/x" ContentType="application/vnd.openxmlformats-officedocument.'
    b'%s.main+xml"/></Types>'
)
DOCX = {"[Content_Types].xml": CONTENT_TYPES % b"wordprocessingml.document", "word/document.xml": b"<w/>"}
XLSX = {"[Content_Types].xml": CONTENT_TYPES % b"spreadsheetml.sheet", "xl/workbook.xml": b"<w/>"}
PPTX = {"[Content_Types].xml": CONTENT_TYPES % b"presentationml.presentation", "ppt/presentation.xml": b"<w/>"}
ODT = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>", "META-INF/manifest.xml": b"<m/>"}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
PE = b"MZ\x90\x00\x03".ljust(60, b"\0") + b"\x40\0\0\0PE\0\0" + b"\0" * 100
SIGNED = b"0\x82\x10\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0" + b"\0" * 50
EDXML = b'<?xml version="1.0" encoding="utf-8"?>\n<!-- x -->\n<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><a/></edXML>'


def ole(*streams: str) -> bytes:
    return OLE + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)


def found(content, name="", declared=""):
    return identify(content, name=name, declared_type=declared, place="part 1")


@pytest.mark.parametrize(
    ("content", "name", "kind", "media_type"),
    [
        (PDF, "a.pdf", FileKind.PDF, "application/pdf"),
        (b"junk before\n" + PDF, "a.pdf", FileKind.PDF, "application/pdf"),
        (zip_of(DOCX), "a.docx", FileKind.WORD, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (zip_of(XLSX), "a.xlsx", FileKind.SHEET, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (zip_of(PPTX), "a.pptx", FileKind.SLIDES, "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        (zip_of(ODT), "a.odt", FileKind.WORD, "application/vnd.oasis.opendocument.text"),
        (zip_of({"a.pdf": PDF}), "a.zip", FileKind.ARCHIVE, "application/zip"),
        (
            zip_of({"mimetype": b"application/vnd.etsi.asic-e+zip"}),
            "a.asice",
            FileKind.ARCHIVE,
            "application/vnd.etsi.asic-e+zip",
        ),
        (ole("Root Entry", "WordDocument"), "a.doc", FileKind.WORD, "application/msword"),
        (ole("Root Entry", "Workbook"), "a.xls", FileKind.SHEET, "application/vnd.ms-excel"),
        (ole("Root Entry", "PowerPoint Document"), "a.ppt", FileKind.SLIDES, "application/vnd.ms-powerpoint"),
        (ole("Root Entry", "__properties_version1.0"), "a.msg", FileKind.MESSAGE, "application/vnd.ms-outlook"),
        (b"{\\rtf1 x}", "a.rtf", FileKind.WORD, "application/rtf"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0", "a.png", FileKind.IMAGE, "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1", "a.jpg", FileKind.IMAGE, "image/jpeg"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "a.svg", FileKind.IMAGE, "image/svg+xml"),
        ("Kính gửi".encode(), "a.txt", FileKind.TEXT, "text/plain"),
        (b"A file begins with %PDF-1.7", "a.txt", FileKind.TEXT, "text/plain"),
        (b"From: a@b\r\nContent-Type: application/pdf\r\n\r\n" + PDF, "a.eml", FileKind.MESSAGE, "message/rfc822"),
        ("Kính gửi".encode("utf-16"), "a.txt", FileKind.TEXT, "text/plain"),
        (b"<!DOCTYPE html><html><p>x", "a.html", FileKind.HTML, "text/html"),
        (b'<?xml version="1.0"?><a/>', "a.xml", FileKind.XML, "application/xml"),
        (EDXML, "a.edxml", FileKind.EDXML, "application/xml"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "a.ics", FileKind.CALENDAR, "text/calendar"),
        (b"From: a@b\r\nSubject: x\r\n\r\ny", "a.eml", FileKind.MESSAGE, "message/rfc822"),
        (SIGNED, "smime.p7m", FileKind.SIGNATURE, "application/pkcs7-mime"),
        (b"-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n", "a.p7s", FileKind.SIGNATURE, "application/pkcs7-mime"),
        (
            b"MIIBAAYJKoZIhvcNAQcCoIIB8TCCAe0CAQMxDTALBglghkgBZQMEAgEwggEg\nMIIB",
            "a.p7m",
            FileKind.SIGNATURE,
            "application/pkcs7-mime",
        ),
        (b"-----BEGIN PGP SIGNATURE-----\n", "signature.asc", FileKind.SIGNATURE, "application/pgp-signature"),
        (b"\0" * 257 + b"ustar" + b"\0" * 300, "a.tar", FileKind.ARCHIVE, "application/x-tar"),
        (b"GIF89a\x01\x00\x01\x00\x80\x00\x00", "a.gif", FileKind.IMAGE, "image/gif"),
        (b"7z\xbc\xaf\x27\x1c" + b"\0" * 40, "a.7z", FileKind.ARCHIVE, "application/x-7z-compressed"),
        (b"Rar!\x1a\x07\x01\x00" + b"\0" * 40, "a.rar", FileKind.ARCHIVE, "application/vnd.rar"),
        (b"\x78\x9f\x3e\x22" + b"\0" * 40, "winmail.dat", FileKind.ARCHIVE, "application/vnd.ms-tnef"),
        (b"\x1f\x8b\x08\x00" + b"\0" * 40, "a.gz", FileKind.ARCHIVE, "application/gzip"),
        (bytes(range(256)) * 4, "a.bin2", FileKind.OTHER, "application/octet-stream"),
    ],
)
def test_type_is_read_from_the_content_and_agrees_with_the_name(content, name, kind, media_type):
    result = found(content, name)
    assert (result.kind, result.media_type, result.findings) == (kind, media_type, ())


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PE, "a.pdf"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 60, "a"),
        (b"#!/bin/sh\nrm -rf x\n", "a.txt"),
        (b"L\x00\x00\x00\x01\x14\x02\x00" + b"\0" * 60, "a.doc"),
        (b"var x = 1;", "a.js"),
        (b"Set x = CreateObject(1)", "cong van.pdf.vbs"),
        (PDF, "a.pdf.exe"),
        (zip_of({"META-INF/MANIFEST.MF": b"x"}), "a.jar"),
        (b"@echo off\r\ndel x\r\n", "a.txt"),
        (bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + b"\0" * 60, "a.dat"),
        (b"full address:s:1.2.3.4", "a.rdp"),
        (b"<?xml version='1.0'?><libraryDescription/>", "a.library-ms"),
    ],
)
def test_what_would_run_is_told_by_content_or_by_extension(content, name):
    result = found(content, name)
    assert result.kind is FileKind.EXECUTABLE
    assert ContainerCode.EXECUTABLE in codes(result.findings)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (zip_of(DOCX | {"word/vbaProject.bin": b"x"}), "a.docx"),
        (zip_of(XLSX | {"xl/macrosheets/sheet1.xml": b"x"}), "a.xlsx"),
        (zip_of(ODT | {"Basic/Standard/Module1.xml": b"x"}), "a.odt"),
        (ole("Root Entry", "WordDocument", "_VBA_PROJECT"), "a.doc"),
    ],
)
def test_macros_are_told_whatever_the_extension_says(content, name):
    assert codes(found(content, name).findings) == {ContainerCode.MACRO}


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (ole("Root Entry", "EncryptedPackage", "EncryptionInfo"), "a.docx", FileKind.WORD),
        (ole("Root Entry", "EncryptedPackage"), "a", FileKind.OTHER),
        (OLE + (b"\xec\xa5".ljust(11, b"\0") + b"\x01").ljust(512, b"\0") + ole("WordDocument")[512:], "a.doc", FileKind.WORD),
        (zip_of(ODT | {"META-INF/manifest.xml": b"<manifest:encryption-data/>"}), "a.odt", FileKind.WORD),
        (b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80" + b"\0" * 40, "smime.p7m", FileKind.OTHER),
        (b"-----BEGIN PGP MESSAGE-----\n", "encrypted.asc", FileKind.OTHER),
    ],
)
def test_what_needs_a_password_or_a_key_is_told(content, name, kind):
    result = found(content, name)
    assert (result.kind, codes(result.findings)) == (kind, {ContainerCode.DOCUMENT_ENCRYPTED})


@pytest.mark.parametrize(("user_password", "is_closed"), [("secret", True), ("", False)])
def test_pdf_is_encrypted_only_where_it_does_not_open_without_a_password(user_password, is_closed):
    assert (ContainerCode.DOCUMENT_ENCRYPTED in codes(found(locked_pdf(user_password), "a.pdf").findings)) is is_closed


@pytest.mark.parametrize(
    ("content", "name", "declared"),
    [
        (zip_of({"a": b"x"}), "a.pdf", ""),
        (b"just text", "a.pdf", ""),
        (b"<html><p>x", "a.xls", ""),
        (zip_of(DOCX), "a.zip", ""),
        (PDF, "", "image/jpeg"),
        (PDF, "khong co duoi", "application/msword"),
        (b"this is no mail", "a.eml", ""),
        (zip_of({"[Content_Types].xml": b"<Types/>", "evil.pdf": PDF}), "a.docx", ""),
    ],
)
def test_content_that_is_not_what_name_or_declaration_promise_is_told(content, name, declared):
    assert codes(found(content, name, declared).findings) == {ContainerCode.TYPE_MISMATCH}


@pytest.mark.parametrize(
    ("content", "name", "declared"),
    [
        (PDF, "a.pdf", "application/octet-stream"),
        (PDF, "a.pdf", "text/plain"),
        (zip_of(DOCX), "a.doc", "application/msword"),
        (b"<div>x</div>", "", "text/html"),
        (b"a,b\n1,2\n", "a.csv", "application/vnd.ms-excel2"),
    ],
)
def test_harmless_differences_are_no_finding(content, name, declared):
    assert found(content, name, declared).findings == ()


def test_an_empty_file_is_told_and_nothing_else():
    assert codes(found(b"", "a.pdf", "application/pdf").findings) == {ContainerCode.EMPTY_FILE}


@pytest.mark.parametrize(
    "members",
    [
        {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"x"},
        {"[Content_Types].xml": CONTENT_TYPES % b"wordprocessingml.document"},
        {"mimetype": b"application/vnd.oasis.opendocument.text"},
        {"mimetype": b"text/plain", "content.xml": b"x"},
    ],
)
def test_a_fake_office_package_is_an_archive_and_will_be_opened(members):
    assert found(zip_of(members | {"evil.exe": PE}), "a.zip").kind is FileKind.ARCHIVE


def test_ole_file_of_unknown_streams_is_nothing_known():
    result = found(ole("Root Entry") + "Workbook".encode("utf-16-le").rjust(131, b"x"), "a.db")
    assert (result.kind, result.media_type) == (FileKind.OTHER, "application/x-ole-storage")


@pytest.mark.parametrize(
    "content",
    [
        *(b"\n" * 200_000, b" " * 200_000, b"<!--" * 50_000, b"%PDF-" + b"/Encrypt " * 50_000),
        *(b"<?xml?>" + b"<!DOCTYPE [" * 50_000, b"<?xml?><!DOCTYPE " + b"a" * 60_000),
    ],
)
def test_hostile_content_is_judged_in_bounded_time(content):
    assert found(content, "a").kind in {FileKind.TEXT, FileKind.XML, FileKind.PDF}


@given(
    st.binary(max_size=300),
    st.sampled_from(["", "a.pdf", "a.docx", "a.eml", "a.exe"]),
    st.sampled_from(["", "text/plain", "message/rfc822"]),
)
def test_judging_never_raises(content, name, declared):
    assert found(content, name, declared).kind in FileKind


@given(
    st.binary(max_size=200),
    st.sampled_from([b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.7 /Encrypt 1 0 R ", b"<?xml ", b"0\x80"]),
)
def test_judging_damaged_files_never_raises(content, head):
    assert found(head + content, "a.bin2").kind in FileKind


def test_libmagic_is_not_loaded_before_a_file_needs_it():
    program = "import sys, parsers.files.containers; sys.exit('magic' in sys.modules or 'pypdfium2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def locked_pdf(user_password: str) -> bytes:
    """A PDF under a password, or only protected against changes where the password is empty."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=StandardEncryption(user_password, ownerPassword="owner", canModify=0))
    canvas.drawString(100, 100, "x")
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["06092a864886f70d010703", "060b2a864886f70d0109100117"], ids=["enveloped", "authenticated"])
def test_an_encrypted_message_is_told(kind):
    result = found(bytes.fromhex("3080" + kind + "a0803080"), "a.p7m")

    assert [finding.code for finding in result.findings] == [ContainerCode.DOCUMENT_ENCRYPTED]


def test_what_a_macintosh_keeps_beside_a_file_is_no_file_of_the_mail():
    beside = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        " + bytes(60)
    files, findings = opened(
        mixed(text("x"), attachment(zip_of({"cv.pdf": PDF, "__MACOSX/._cv.pdf": beside}), "a.zip", "application/zip"))
    )
    assert [(file.name, file.inline) for file in files.values()][2:] == [("cv.pdf", False), ("_cv.pdf", True)]
    assert findings == ()


def test_binhex_is_an_archive_that_is_not_opened():
    content = b'(This file must be converted with BinHex 4.0)\r\n\r\n:#f0["#jKD@jM!!"'
    assert codes(open_file(content, "cv.hqx")[1]) == {ContainerCode.ARCHIVE_UNSUPPORTED}


def test_a_byte_order_mark_does_not_hide_an_attached_mail():
    content = b"\xef\xbb\xbf" + HEAD + b"Subject: x\r\n\r\nx"
    assert identify(content, name="a.eml", declared_type="application/octet-stream", place="").kind is FileKind.MESSAGE
