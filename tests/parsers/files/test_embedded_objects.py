"""Files that were inserted as objects: they come out of a mail, and programs among them are told of a document."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.errors import ParseError
from parsers.files.containers import ContainerCode, FileKind, open_file
from parsers.files.embedded_objects import packaged_file
from tests.parsers.files.compound import compound
from tests.parsers.files.winmail import a_file, a_property, winmail
from tests.parsers.mails import PDF, codes, zip_of

IOLE_STORAGE = bytes.fromhex("0b00000000000000c000000000000046")
PROGRAM = b"MZ\x90\0" + b"\0" * 80


def packaged(label, content, place=None):
    """The stream of a packaged file, as the object packager of Windows writes it."""
    place = (place or f"C:\\Temp\\{label}").encode() + b"\0"
    body = b"\2\0" + label.encode() + b"\0" + b"C:\\Windows\\SHELL32.DLL\0" + b"\0\0\3\0"
    body += struct.pack("<I", len(place)) + place + struct.pack("<I", len(content)) + content
    return struct.pack("<I", len(body)) + body


def opened(content, name):
    files, findings = open_file(content, name)
    return {file.path: file for file in files}, findings


def test_a_file_in_an_object_of_a_mail_comes_out():
    inserted = compound({"\x01Ole10Native": packaged("công văn.pdf", PDF), "\x01CompObj": b"x"})
    files, findings = opened(winmail(a_file("Object", None, a_property(0x3701, 0x0D, IOLE_STORAGE + inserted))), "winmail.dat")
    assert (files["1!Object!công văn.pdf"].content, findings) == (PDF, ())


@pytest.mark.parametrize("stream", ["Package", "CONTENTS"])
def test_a_document_in_an_object_comes_out(stream):
    files, _ = opened(compound({stream: PDF, "\x01Ole": b"x"}), "oleObject1.ole")
    assert files["1!object"].kind is FileKind.PDF


def test_the_label_gives_way_to_a_place_that_says_more():
    assert packaged_file(packaged("Bấm vào đây", b"x", "C:\\Temp\\thư.exe")).name == "thư.exe"


@pytest.mark.parametrize("label", ["thư.exe", "thư.pdf.js", "thư.pdf"])
@pytest.mark.parametrize(
    "document",
    [
        lambda stream: compound({"WordDocument": b"x" * 600, "ObjectPool": {"_1": {"\x01Ole10Native": stream}}}),
        lambda stream: zip_of(
            {
                "[Content_Types].xml": b"document.main",
                "word/document.xml": b"x",
                "word/embeddings/oleObject1.bin": compound({"\x01Ole10Native": stream}),
            }
        ),
    ],
    ids=["doc", "docx"],
)
def test_a_program_in_a_document_is_told(label, document):
    content = PDF if label == "thư.pdf" else PROGRAM
    files, findings = opened(document(packaged(label, content)), "công văn.docx")
    assert files["1"].kind is FileKind.WORD
    assert (ContainerCode.EXECUTABLE in codes(findings)) is (content is PROGRAM)


@given(st.data())
def test_any_damage_to_a_package_is_survived(data):
    whole = bytearray(packaged("a.pdf", PDF))
    for _ in range(data.draw(st.integers(0, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    content = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    try:
        assert len(packaged_file(content).content) <= len(content)
    except ParseError:
        return
