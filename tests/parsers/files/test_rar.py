"""RAR of both generations: stored files come out, all others are named, and no header leads astray."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.files.containers import ContainerCode, ContainerLimits, open_file
from parsers.files.members import Allowance, ArchiveError, Budget
from parsers.files.rar import unpack_rar
from tests.parsers.mails import PDF, codes


def opened(content, name="a.rar", **limits):
    files, findings = open_file(content, name, ContainerLimits(**limits))
    return {file.path: file for file in files}, findings


def rar_4(*blocks, flags=0):
    main = struct.pack("<BHH6x", 0x73, flags, 13)
    return b"Rar!\x1a\x07\x00" + b"\0\0" + main + b"".join(blocks) + struct.pack("<HBHH", 0, 0x7B, 0x4000, 7)


def file_4(name, content, *, method=0x30, flags=0):
    raw = name if isinstance(name, bytes) else name.encode("utf_8")
    body = struct.pack("<IIBIIBBHI", len(content), len(content), 3, zlib.crc32(content), 0, 20, method, len(raw), 0x20) + raw
    return struct.pack("<HBHH", 0, 0x74, 0x8000 | flags, 7 + len(body)) + body + content


def rar_5(*blocks, first=b"\x01\x00\x00"):
    return b"Rar!\x1a\x07\x01\x00" + block_5(first) + b"".join(blocks) + block_5(b"\x05\x00\x00")


def block_5(body):
    return b"\0\0\0\0" + number(len(body)) + body


def file_5(name, content, *, packing=0, flags=0, extra=b"", file_flags=4):
    raw = name.encode("utf_8")
    head = b"\x02" + number(flags | 2 | (1 if extra else 0)) + (number(len(extra)) if extra else b"") + number(len(content))
    body = head + number(file_flags) + number(len(content)) + b"\0" + struct.pack("<I", zlib.crc32(content))
    return block_5(body + number(packing << 7) + b"\0" + number(len(raw)) + raw + extra) + content


def number(value):
    octets = bytearray()
    while value > 0x7F:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*octets, value))


WHOLES = (
    rar_4(file_4("thư mục\\công văn.pdf", PDF), file_4("b.txt", b"y" * 50)),
    rar_5(file_5("thư mục/công văn.pdf", PDF), file_5("b.txt", b"y" * 50)),
)


@pytest.mark.parametrize("content", WHOLES, ids=["4", "5"])
def test_stored_files_come_out(content):
    files, findings = opened(content)
    assert {path: file.content for path, file in files.items() if path != "1"} == {
        "1!thư mục/công văn.pdf": PDF,
        "1!b.txt": b"y" * 50,
    }
    assert findings == ()


@pytest.mark.parametrize(
    "content",
    [
        rar_4(*[file_4(f"{n}.pdf", b"?", method=0x33) for n in range(12)]),
        rar_5(*[file_5(f"{n}.pdf", b"?", packing=3) for n in range(12)]),
    ],
    ids=["4", "5"],
)
def test_packed_files_are_named_for_the_clerk(content):
    files, findings = opened(content)
    assert (list(files), codes(findings)) == (["1"], {ContainerCode.ARCHIVE_UNSUPPORTED})
    assert [finding.evidence for finding in findings] == ["a.rar: 0.pdf, 1.pdf, 2.pdf, 3.pdf, 4.pdf, 5.pdf, 6.pdf, 7.pdf, … (12)"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (rar_4(flags=0x80), ContainerCode.ARCHIVE_ENCRYPTED),
        (rar_4(file_4("a.pdf", PDF, flags=0x04)), ContainerCode.ARCHIVE_ENCRYPTED),
        (rar_4(file_4("a.pdf", PDF), flags=0x01), ContainerCode.ARCHIVE_IN_PARTS),
        (rar_4(file_4("a.pdf", PDF, flags=0x02)), ContainerCode.ARCHIVE_IN_PARTS),
        (rar_5(first=b"\x04\x00\x00\x00"), ContainerCode.ARCHIVE_ENCRYPTED),
        (rar_5(file_5("a.pdf", PDF, extra=b"\x02\x01\x00")), ContainerCode.ARCHIVE_ENCRYPTED),
        (rar_5(file_5("a.pdf", PDF), first=b"\x01\x00\x01"), ContainerCode.ARCHIVE_IN_PARTS),
        (rar_5(file_5("a.pdf", PDF, flags=0x10)), ContainerCode.ARCHIVE_IN_PARTS),
        (rar_4(file_4("a.pdf", PDF).replace(PDF, PDF[:-1] + b"!")), ContainerCode.ARCHIVE_BROKEN),
        (rar_5(file_5("a.pdf", PDF)[:-9]), ContainerCode.ARCHIVE_BROKEN),
        (rar_4(), ContainerCode.ARCHIVE_BROKEN),
        (rar_5(), ContainerCode.ARCHIVE_BROKEN),
    ],
)
def test_what_cannot_be_taken_out_is_told(content, code):
    files, findings = opened(content)
    assert (list(files), codes(findings)) == (["1"], {code})


@pytest.mark.parametrize(
    ("plain", "packed", "name"),
    [
        (b"C?n?", bytes([0x1E, 0b00_00_00_01, 0x43, 0xF4, 0x6E, 0xBE]), "CônẾ"),
        (b"C?n?", bytes([0x00, 0b00_00_00_10, 0x43, 0xF4, 0x6E, 0xBE, 0x1E]), "CônẾ"),
        (b"Cong van", bytes([0x00, 0b11_00_00_00, 0x06]), "Cong van"),
        (b"Cong ?an", bytes([0x01, 0b11_01_11_00, 0x03, 0x11, 0x00]), "Cong đan"),
        (b"????", bytes([0x04, 0b11_00_00_00, 0x82, 0xF1]), "аааа".replace("а", "\u0430")),
    ],
)
def test_names_with_packed_unicode_are_read(plain, packed, name):
    files, _ = opened(rar_4(file_4(plain + b"\0" + packed, b"x", flags=0x200)))
    assert list(files) == ["1", f"1!{name}"]


def test_names_that_try_to_escape_are_made_safe():
    files, findings = opened(rar_4(file_4("..\\..\\evil.txt", b"x")))
    assert ("1!evil.txt" in files, codes(findings)) == (True, {ContainerCode.UNSAFE_NAME})


def test_folders_are_no_files():
    files, findings = opened(rar_5(file_5("thư mục", b"", file_flags=1 | 4), file_5("a.pdf", PDF)))
    assert (list(files), findings) == (["1", "1!a.pdf"], ())


def test_limits_hold():
    content = rar_5(*[file_5(f"{number}.txt", b"x" * 1000) for number in range(9)])
    files, findings = opened(content, files=4)
    assert (len(files), codes(findings)) == (5, {ContainerCode.ARCHIVE_BOMB})
    files, findings = opened(content, total_bytes=3500)
    assert (len(files), codes(findings)) == (4, {ContainerCode.ARCHIVE_BOMB})


@given(st.data())
def test_any_damage_is_survived(data):
    whole = bytearray(data.draw(st.sampled_from(WHOLES)))
    for _ in range(data.draw(st.integers(0, 5))):
        whole[data.draw(st.integers(7, len(whole) - 1))] = data.draw(st.integers(0, 255))
    content = bytes(whole[: data.draw(st.integers(7, len(whole)))])
    limits = ContainerLimits(total_bytes=2000)
    found = list(unpack_rar(content, Allowance.of(Budget.of(limits), limits, len(content))))
    assert sum(len(item.content) for item in found if not isinstance(item, ArchiveError)) <= limits.total_bytes


@given(st.binary(min_size=1, max_size=60))
def test_any_packed_name_is_survived(packed):
    found = list(unpack_rar(rar_4(file_4(b"Cong van.txt\0" + packed, b"x", flags=0x200)), an_allowance()))
    assert len(found) == 1


def test_a_header_that_points_beyond_itself_is_not_followed_through_the_file():
    names_more = block_5(b"\x02\x01" + number(10_000) + b"\0\0\0\0\0\x01a")
    found = list(unpack_rar(rar_5(names_more * 3) + b"\0" * 10_000, an_allowance()))
    assert [error.code for error in found] == [ContainerCode.ARCHIVE_BROKEN]
    long = list(unpack_rar(rar_5(b"\0\0\0\0" + number(3 << 20) + b"\x02\0"), an_allowance()))
    assert [error.code for error in long] == [ContainerCode.ARCHIVE_BROKEN]


def an_allowance():
    limits = ContainerLimits()
    return Allowance.of(Budget.of(limits), limits, 100)
