"""Signed formats are recognised by their bytes."""

import tarfile
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.signatures.detect import SignedFormat, detect, has_pdf_signature


def archive(*names: str, **contents: str) -> bytes:
    output = BytesIO()
    with zipfile.ZipFile(output, "w") as target:
        for name in names:
            # Without the time of the making: what is collected must be the same in every process of the tests.
            target.writestr(zipfile.ZipInfo(name), contents.get(name, "x"))
    return output.getvalue()


def swallowed(content: bytes) -> bytes:
    """An archive whose first name in the directory is so long that it swallows the other members."""
    position = content.index(b"PK\x01\x02") + 29
    return content[:position] + b"\x01" + content[position + 1 :]


def holding(name: str, content: str) -> bytes:
    return archive(name, **{name: content})


ORIGIN = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"


XML = '<?xml version="1.0"?><d><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></d>'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"%PDF-1.4", SignedFormat.PDF),
        (b"junk\n%PDF-1.4", SignedFormat.PDF),
        (bytes.fromhex("3082010006092a864886f70d010702a0"), SignedFormat.CMS),
        (bytes.fromhex("43820100" + "34092a864886f70d010702a0"), SignedFormat.CMS),
        (bytes.fromhex("308006092a864886f70d010703a0"), SignedFormat.CMS),
        (bytes.fromhex("3080060b2a864886f70d0109100117a0"), SignedFormat.CMS),
        (bytes.fromhex("3082010006092a864886f70d010702a0") + b"%PDF-1.4", SignedFormat.CMS),
        (b"\r\nMIIBAAYJKoZIhvcNAQcCoIIB8TCCAe0CAQMxDTALBglghkgBZQMEAgEwggEg\r\nMIIB", SignedFormat.CMS),
        (b"-----BEGIN PKCS7-----\nMII", SignedFormat.CMS),
        (b"-----BEGIN CMS-----\nMII", SignedFormat.CMS),
        (XML.encode(), SignedFormat.XML),
        (XML.replace("<d>", "<d>" + "x" * (5 << 20)).encode(), SignedFormat.XML),
        (XML.replace("ds:", "chữký:").replace(":ds=", ":chữký=").encode(), SignedFormat.XML),
        (XML.replace("<ds:Signature", "<ds:Signat_re").replace("/></d>", "></ds:Signature></d>").encode(), SignedFormat.XML),
        (XML.encode("utf-16"), SignedFormat.XML),
        (XML.encode("utf-16-be"), SignedFormat.XML),
        (("\n" * 9 + XML.partition("?>")[2]).encode("utf-16"), SignedFormat.XML),
        (XML.replace("dsig#", "dsig&#35;").replace("/></d>", "><ds:SignedInfo/></ds:Signature></d>").encode(), SignedFormat.XML),
        (archive("[Content_Types].xml", "_xmlsignatures/sig1.xml"), SignedFormat.OOXML),
        (archive("mimetype", "META-INF/documentsignatures.xml"), SignedFormat.ODF),
        (archive("mimetype", "META-INF/signatures0.xml"), SignedFormat.ASIC),
        (archive("mimetype", "META-INF/signature.p7s"), SignedFormat.ASIC),
        (archive("_xmlsignatures/sig1.xml")[:-30], SignedFormat.ARCHIVE),
        (archive("_XmlSignatures/SIG1.XML"), SignedFormat.OOXML),
        (archive("_xmlsignatures\\sig1.xml"), SignedFormat.OOXML),
        (archive("/_xmlsignatures/sig1.xml"), SignedFormat.OOXML),
        (archive("%5Fxmlsignatures/sig1.xml"), SignedFormat.OOXML),
        (b"junk" + archive("_xmlsignatures/sig1.xml"), SignedFormat.OOXML),
        (archive("META-INF/macrosignatures.xml", "META-INF/manifest.xml"), SignedFormat.ODF),
        (archive("Meta-Inf/DocumentSignatures.xml"), SignedFormat.ODF),
        (archive("META-INF/ASiCManifest.xml", "META-INF/signature001.p7s"), SignedFormat.ASIC),
        (archive("META-INF/timestamp.tst"), SignedFormat.ASIC),
        (holding("mimetype", "application/vnd.etsi.asic-s+zip"), SignedFormat.ASIC),
        (holding("_rels/.rels", f'<Relationships><Relationship Type="{ORIGIN}"/></Relationships>'), SignedFormat.OOXML),
        (
            holding("[Content_Types].xml", "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"),
            SignedFormat.OOXML,
        ),
        (archive("META-INF/evidencerecord.ers"), SignedFormat.ASIC),
        (archive("word/vbaProject.bin", "word/vbaProjectSignature.bin"), SignedFormat.VISUAL_BASIC),
        (archive("xl/vbaProjectSignatureAgile.bin"), SignedFormat.VISUAL_BASIC),
        (archive("mimetype", "encrypted-package"), SignedFormat.ENCRYPTED),
        (archive("[Content_Types].xml", "_rels/.rels")[:-30], SignedFormat.ARCHIVE),
        (
            swallowed(archive("[Content_Types].xml", "_rels/.rels", *map(str, range(9)))),
            SignedFormat.ARCHIVE,
        ),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "_signatures".encode("utf-16-le"), SignedFormat.OLE),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), SignedFormat.ENCRYPTED),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "_xmlsignatures".encode("utf-16-le"), SignedFormat.OLE),
    ],
)
def test_signed_formats_are_recognised(content, expected):
    assert detect(content) is expected


@pytest.mark.parametrize("name", ["META-INF/documentsignatures.xml", "META-INF/signature.p7s", "_xmlsignatures/sig1.xml"])
def test_no_damaged_letter_makes_a_signed_package_an_unsigned_one(name):
    content = archive("mimetype", name, "a.xml")
    changed = [content[:place] + bytes([byte ^ 4]) + content[place + 1 :] for place, byte in enumerate(content)]

    assert SignedFormat.NONE not in map(detect, changed)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"plain text",
        b"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKjMzEfYyjiWA4R4ypbHqGC",
        b"<d>Signature</d>",
        bytes.fromhex("30820a00020103308209c606092a864886f70d010701a08209b7048209b3308209af3082041706092a864886f70d010706a0"),
        b"-----BEGIN CERTIFICATE-----",
        archive("[Content_Types].xml", "word/document.xml"),
        archive("META-INF/manifest.xml"),
        archive("holiday.jpg")[:-30],
        b"text" + archive("a.txt"),
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100),
    ],
)
def test_everything_else_carries_no_signature(content):
    assert detect(content) is SignedFormat.NONE


def test_the_mark_of_a_pdf_signature_is_found_anywhere():
    assert has_pdf_signature(b"... /ByteRange [0 1 2 3] ...")
    assert has_pdf_signature(b"/ByteRange\r\n[0 1]")
    assert not has_pdf_signature(b"/ByteRangeless")


@given(st.binary(max_size=300) | st.binary(max_size=100).map(lambda tail: b"PK\x03\x04" + tail))
def test_detection_takes_any_bytes(content):
    assert detect(content) in SignedFormat


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    "filling", [b"signature" * 2_000_000, b"META-INF/" * 2_000_000, b"=\t" * 5_000_000], ids=["words", "folders", "signs"]
)
def test_marks_without_end_are_looked_at_once(filling):
    assert detect(b"PK\x03\x04" + b"META-INF/" + filling) in {SignedFormat.ARCHIVE, SignedFormat.NONE}


def test_a_pdf_that_lies_in_an_archive_as_it_is_makes_the_archive_no_pdf():
    letter = b"%PDF-1.7\n1 0 obj\n<< /ByteRange [0 1 2 3] >>\nendobj\n%%EOF\n"
    tape = BytesIO()
    with tarfile.open(fileobj=tape, mode="w") as target:
        member = tarfile.TarInfo("cong-van.pdf")
        member.size = len(letter)
        target.addfile(member, BytesIO(letter))
    stored = archive("cong-van.pdf", **{"cong-van.pdf": letter.decode("ascii")})
    assert detect(stored) is detect(tape.getvalue()) is SignedFormat.NONE
    # What only begins like an archive is a PDF to viewers.
    assert detect(b"PK\x03\x04" + letter) is SignedFormat.PDF
    assert detect(b"PK\x03\x04" + bytes(40) + letter) is SignedFormat.PDF
