"""Archives that are made to exhaust, to escape or to deceive: each ends in a finding, and nothing outgrows the limits."""

import gzip
import io
import stat
import struct
import tracemalloc
import warnings
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.files.containers import ContainerCode, ContainerLimits, FileKind, open_file
from tests.parsers.files.compound import compound
from tests.parsers.mails import PDF, codes, zip_of

SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<I", zlib.crc32(bytes(20))) + bytes(20)


def opened(content, name="a.zip", **limits):
    files, findings = open_file(content, name, ContainerLimits(**limits))
    return {file.path: file for file in files}, findings


def overlapping(copies, content):
    """An archive of one packed file and a directory that lists it many times."""
    one = bytearray(zip_of({"0000": content}))
    directory = one.index(b"PK\x01\x02")
    end = one.index(b"PK\x05\x06")
    entry = bytes(one[directory:end])
    entries = b"".join(entry.replace(b"0000", b"%04d" % number) for number in range(copies))
    told = min(copies, 0xFFFF)
    record = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, told, told, len(entries), directory, 0)
    return bytes(one[:directory]) + entries + record


def test_entries_that_share_packed_bytes_are_a_bomb():
    files, findings = opened(overlapping(500, b"\0" * 100_000))
    assert (list(files), codes(findings)) == (["1"], {ContainerCode.ARCHIVE_BOMB})


def test_a_hundred_thousand_entries_are_not_listed():
    files, findings = opened(overlapping(100_000, b"x"))
    assert (list(files), codes(findings)) == (["1"], {ContainerCode.ARCHIVE_BOMB})


def test_archives_in_archives_many_at_each_level_end_with_the_budget():
    content = zip_of({"zero": b"\0" * 900_000})
    for _ in range(4):
        content = zip_of({f"{number}.zip": content for number in range(12)})
    tracemalloc.start()
    files, findings = opened(content, total_bytes=30 << 20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(len(file.content) for path, file in files.items() if "!" in path) <= 30 << 20
    assert codes(findings) == {ContainerCode.ARCHIVE_BOMB}
    assert peak < 90 << 20


@pytest.mark.parametrize("inner", [zip_of({"a.bin": bytes(3 << 20)}), gzip.compress(bytes(3 << 20))])
def test_small_bombs_together_use_up_the_budget_of_a_large_one(inner):
    _, findings = opened(zip_of({f"{number:02}": inner for number in range(10)}), total_bytes=5 << 20)
    assert codes(findings) == {ContainerCode.ARCHIVE_BOMB}
    assert "more than 0 bytes" in findings[-1].evidence


def test_a_member_whose_checksum_is_wrong_uses_up_what_was_unpacked():
    broken = zip_of({"a.bin": bytes(1 << 20)}).replace(zlib.crc32(bytes(1 << 20)).to_bytes(4, "little"), b"\1\2\3\4")
    _, findings = opened(zip_of({f"{number:02}.zip": broken for number in range(10)}), total_bytes=5 << 20)
    assert codes(findings) == {ContainerCode.ARCHIVE_BROKEN, ContainerCode.ARCHIVE_BOMB}


def test_an_archive_that_never_ends_is_left_at_the_limit_of_depth():
    content = zip_of({"a.pdf": PDF})
    for _ in range(60):
        content = zip_of({"in.zip": content})
    files, findings = opened(content)
    assert (len(files), codes(findings)) == (6, {ContainerCode.NESTED_TOO_DEEP})


def test_one_file_may_not_take_all():
    files, findings = opened(zip_of({"a": b"\1\2" * 3000, "b": b"x"}), file_bytes=5000)
    assert (list(files), codes(findings)) == (["1"], {ContainerCode.ARCHIVE_BOMB})


def test_links_are_told_and_not_followed():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("công văn.pdf")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("b.txt", "x")
    files, findings = opened(buffer.getvalue())
    assert (list(files), codes(findings)) == (["1", "1!b.txt"], {ContainerCode.LINK_IN_ARCHIVE})


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PDF + zip_of({"evil.js": b"x"}), "a.pdf", FileKind.PDF),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 60 + zip_of({"a.pdf": PDF}), "a.jpg", FileKind.IMAGE),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 60 + b"Rar!\x1a\x07\x00\xcf\x90\x73" + b"\0" * 9, "a.jpg", FileKind.IMAGE),
        (PDF + b"Rar!\x1a\x07\x01\x00\x33\x92\xb5\xe5" + b"\0" * 9, "a.pdf", FileKind.PDF),
        (PDF + SEVEN_ZIP, "a.pdf", FileKind.PDF),
        (b"Kinh gui\n" * 2000 + zip_of({"a.pdf": PDF}), "a.txt", FileKind.TEXT),
    ],
)
def test_a_file_of_two_types_is_told(content, name, kind):
    files, findings = opened(content, name)
    assert files["1"].kind is kind
    assert ContainerCode.TWO_TYPES in codes(findings)


@pytest.mark.parametrize(
    "content",
    [
        PDF,
        PDF + b"7z\xbc\xaf\x27\x1c" + bytes(40),
        PDF + b"PK\x05\x06" + b"\0" * 18,
        PDF + b"PK\x05\x06",
        b"PK\x05\x06 in a text",
    ],
)
def test_marks_of_an_archive_without_one_are_no_second_type(content):
    assert ContainerCode.TWO_TYPES not in codes(opened(content, "a.pdf")[1])


def test_a_volume_of_a_split_archive_is_told():
    whole = bytearray(zip_of({"a.pdf": PDF}))
    end = whole.index(b"PK\x05\x06")
    whole[end + 4 : end + 8] = struct.pack("<HH", 1, 1)
    assert codes(opened(bytes(whole))[1]) == {ContainerCode.ARCHIVE_IN_PARTS}
    assert codes(opened(b"\x9c\x13" * 300, "thư.z01")[1]) == {ContainerCode.ARCHIVE_IN_PARTS}
    assert codes(opened(zip_of({"a.pdf": PDF})[:-10], "thư.zip.001")[1]) == {ContainerCode.ARCHIVE_IN_PARTS}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("C\xabng v\xa8n s\xe8 12.pdf".encode("latin_1"), "Công văn số 12.pdf"),
        ("Quyê\u0301t đi\u0323nh.pdf".encode("cp1258"), "Quyết định.pdf"),
        ("Báo cáo.pdf".encode(), "Báo cáo.pdf"),
        (b"R\x82sum\x82.pdf", "Résumé.pdf"),
    ],
)
def test_vietnamese_names_of_every_charset_are_read(written, name):
    content = zip_of({"y" * len(written): PDF}).replace(b"y" * len(written), written)
    assert list(opened(content)[0]) == ["1", f"1!{name}"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00\x03\0\0\0\x04" + b"\0" * 60 + zip_of({"a.pdf": PDF}), "tự giải nén.exe"),
        (b"MZ\x90\x00\x03\0\0\0\x04" + b"\0" * 60, "công văn.pdf"),
        (b"\x7fELF\2\1\1" + b"\0" * 60, "công văn"),
        (b"L\0\0\0\x01\x14\x02\0" + b"\0" * 60, "công văn.pdf"),
        (b"\0" * 32769 + b"CD001" + b"\0" * 2000, "công văn.pdf"),
        (b"var a = 1;", "công văn.pdf.js"),
        (b"MsgBox 1", "a.vbs"),
        (b"Get-Process", "a.ps1"),
        (b"@ECHO OFF\r\ndel", "a.txt"),
        (b"[InternetShortcut]\r\nURL=x", "a.txt"),
        (b"<HTML><HEAD><HTA:APPLICATION ID=a>", "a.txt"),
        (b"Windows Registry Editor Version 5.00\r\n", "a.txt"),
        (b"ITSF\x03\0\0\0" + b"\0" * 60, "a.pdf"),
        (compound({"\u4840\u3b3f": b"x"}, bytes.fromhex("84100c0000000000c000000000000046")), "a.doc"),
    ],
)
def test_programs_and_what_runs_them_are_told_wherever_they_lie(content, name):
    for whole, path in ((content, "1"), (zip_of({name: content}), f"1!{name}")):
        files, findings = opened(whole, name if path == "1" else "a.zip")
        assert files[path].kind is FileKind.EXECUTABLE
        assert [finding.place for finding in findings if finding.code == ContainerCode.EXECUTABLE] == [f"part {path}"]


@pytest.mark.parametrize(
    "content",
    [
        zip_of({"[Content_Types].xml": b"document.main", "word/document.xml": b"x", "word/vbaProject.bin": b"x"}),
        zip_of({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"x", "word/vbaProject.bin": b"x"}),
        zip_of({"[Content_Types].xml": b"sheet.macroEnabled.main+xml", "xl/workbook.xml": b"x"}),
        zip_of({"[Content_Types].xml": b"sheet.main", "xl/workbook.xml": b"x", "xl/macrosheets/sheet1.xml": b"x"}),
        compound({"WordDocument": b"x" * 600, "Macros": {"VBA": {"dir": b"x"}, "PROJECT": b"x"}}),
        compound({"Workbook": b"x" * 600, "_VBA_PROJECT_CUR": {"VBA": {"dir": b"x"}}}),
        compound({"Workbook": struct.pack("<HH", 0x809, 16) + b"\0" * 16 + struct.pack("<HHIBB", 0x85, 8, 0, 0, 1) + b"\1\0A"}),
        compound(
            {"PowerPoint Document": b"\x0f\0\xee\x03\0\0\0\0" + b"\x02\0\0\x04\x14\0\0\0" + b"\0" * 600, "VBA": {"dir": b"x"}}
        ),
    ],
    ids=["docx", "docx without a main part", "xlsm", "xlsx with macro sheets", "doc", "xls", "xls with macro sheets", "ppt"],
)
def test_documents_with_macros_are_told(content):
    assert ContainerCode.MACRO in codes(opened(content, "a.dat")[1])


def test_zero_bytes_are_told():
    assert codes(opened(b"", "a.zip")[1]) == {ContainerCode.EMPTY_FILE}
    assert codes(opened(zip_of({"a.pdf": b""}))[1]) == {ContainerCode.EMPTY_FILE}


HEADS = (
    *(b"PK\x03\x04", b"7z\xbc\xaf\x27\x1c\x00\x04", b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00", b"\x78\x9f\x3e\x22\x01\x00"),
    *(
        b"\x1f\x8b\x08\x08",
        b"BZh9",
        b"\xfd7zXZ\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\0" * 257 + b"ustar\x0000",
        b"MSCF\0\0\0\0",
    ),
)
PIECES = st.one_of(
    st.binary(max_size=60), st.sampled_from((*HEADS, b"\0" * 64, b"\xff" * 64, b"PK\x01\x02", b"PK\x05\x06", b"a.pdf\0"))
)


@given(
    st.sampled_from(HEADS), st.lists(PIECES, max_size=20), st.sampled_from(["a.zip", "winmail.dat", "a.msg", "a.7z.001", "a.eml"])
)
def test_any_bytes_behind_any_head_are_opened_without_an_error(head, pieces, name):
    content = head + b"".join(pieces)
    files, findings = opened(content, name, total_bytes=10_000, files=20)
    assert files["1"].content == content
    assert sum(len(file.content) for path, file in files.items() if path != "1") <= 10_000
    assert len(files) <= 21
    assert all(finding.evidence.isprintable() for finding in findings)


def test_what_cannot_be_seen_in_a_name_stands_as_a_question_mark_in_evidence():
    _, findings = opened(b"\x1f\x8b\x08\x08" + bytes(6) + b"W\xad", "a.gz")
    assert findings
    assert all(finding.evidence.isprintable() for finding in findings)


def test_members_of_one_name_many_times_have_paths_of_their_own_in_bounded_work():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for _ in range(1500):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                archive.writestr("a.txt", b"x")
    files, _ = opened(buffer.getvalue())
    assert (len(files), next(reversed(files))) == (1501, "1!a.txt~1500")


def test_many_archives_stored_in_an_archive_are_no_absurd_directory():
    inner = zip_of({f"{number}.txt": b"x" for number in range(110)})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(100):
            archive.writestr(f"{number}.zip", inner)
    files, findings = opened(buffer.getvalue(), depth=1)
    assert (len(files), codes(findings)) == (101, {ContainerCode.NESTED_TOO_DEEP})
