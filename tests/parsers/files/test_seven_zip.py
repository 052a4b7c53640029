"""7z archives: what is in them comes out, and nothing is unpacked before its header's words are within the limits."""

import io
import struct
import zlib

import py7zr
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.files.containers import ContainerCode, ContainerLimits, FileKind, open_file
from parsers.files.members import Allowance, ArchiveError, Budget
from parsers.files.seven_zip import MAX_HEADER, unpack_seven_zip
from tests.parsers.mails import PDF, codes, zip_of

LZMA, LZMA2, BZIP2 = (
    [{"id": py7zr.FILTER_LZMA, "dict_size": 1 << 16}],
    [{"id": py7zr.FILTER_LZMA2, "dict_size": 1 << 16}],
    [{"id": py7zr.FILTER_BZIP2}],
)


def seven_zip(members, filters=LZMA2, *, packed_names=True, **options):
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w", filters=filters, **options) as archive:
        archive.set_encoded_header_mode(packed_names)
        for name, content in members.items():
            archive.writestr(content, name)
    return buffer.getvalue()


MEMBERS = {"Thư mục/công văn.pdf": PDF, "b.txt": b"x" * 5000}
WHOLE, UNPACKED_HEADER = seven_zip(MEMBERS), seven_zip(MEMBERS, packed_names=False)


def opened(content, **limits):
    files, findings = open_file(content, "a.7z", ContainerLimits(**limits))
    return {file.path: file for file in files}, findings


@pytest.mark.parametrize("filters", [LZMA, LZMA2, BZIP2, [{"id": py7zr.FILTER_COPY}]], ids=["lzma", "lzma2", "bz2", "copy"])
def test_members_of_a_solid_archive_come_out_whole(filters):
    content = seven_zip({"Thư mục/công văn.pdf": PDF, "b.txt": b"x" * 5000, "trống.txt": b""}, filters)
    files, findings = opened(content)
    assert {path: file.content for path, file in files.items() if path != "1"} == {
        "1!Thư mục/công văn.pdf": PDF,
        "1!b.txt": b"x" * 5000,
        "1!trống.txt": b"",
    }
    assert codes(findings) == {ContainerCode.EMPTY_FILE}


def test_archives_in_the_archive_are_opened():
    files, _ = opened(seven_zip({"in.zip": zip_of({"a.pdf": PDF})}))
    assert files["1!in.zip!a.pdf"].kind is FileKind.PDF


@pytest.mark.parametrize("header", [False, True], ids=["data", "data and names"])
def test_password_is_told(header):
    filters = [{"id": py7zr.FILTER_LZMA2, "dict_size": 1 << 16}, {"id": py7zr.FILTER_CRYPTO_AES256_SHA256}]
    content = seven_zip({"mật khẩu.pdf": PDF}, filters, password="x", header_encryption=header)
    files, findings = opened(content)
    assert (list(files), codes(findings)) == (["1"], {ContainerCode.ARCHIVE_ENCRYPTED})
    assert ("mật khẩu.pdf" in findings[0].evidence) is not header


@pytest.mark.parametrize(
    "packer", [{"id": py7zr.FILTER_ZSTD}, {"id": py7zr.FILTER_DEFLATE}, {"id": py7zr.FILTER_PPMD, "order": 6, "mem": 20}]
)
def test_packers_that_know_no_bound_are_not_run(packer):
    files, findings = opened(seven_zip({"a.pdf": PDF}, [packer]))
    assert (list(files), codes(findings)) == (["1"], {ContainerCode.ARCHIVE_UNSUPPORTED})


def test_a_dictionary_beyond_the_limit_is_not_allocated():
    content = bytearray(seven_zip({"a.txt": b"x" * 100}, LZMA, packed_names=False))
    at = content.index(b"\x5d\x00\x00\x01\x00")
    content[at + 1 : at + 5] = struct.pack("<I", 1 << 31)
    mend(content)
    files, findings = opened(bytes(content))
    assert (list(files), codes(findings)) == (["1"], {ContainerCode.ARCHIVE_BOMB})


def test_bomb_is_told_and_left_after_what_the_limits_allow():
    content = seven_zip({"good.txt": b"ok", "bomb": b"\0" * (30 << 20), "after.txt": b"y"})
    files, findings = opened(content)
    assert (list(files), codes(findings)) == (["1", "1!good.txt"], {ContainerCode.ARCHIVE_BOMB})


def test_limits_of_the_mail_hold():
    content = seven_zip({f"{number}.txt": b"x" * 1000 for number in range(9)})
    assert len(opened(content, files=4)[0]) == 5
    files, findings = opened(content, total_bytes=3500)
    assert (len(files), codes(findings)) == (4, {ContainerCode.ARCHIVE_BOMB})
    files, findings = opened(content, file_bytes=999)
    assert (len(files), codes(findings)) == (1, {ContainerCode.ARCHIVE_BOMB})


@pytest.mark.parametrize("written", ["../../evil.txt", "/etc/evil.txt", "C:\\evil.txt"])
def test_names_that_try_to_escape_are_made_safe_and_told(written, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files, findings = opened(renamed({"x" * len(written): b"x"}, "x" * len(written), written))
    assert next(reversed(files)).endswith("evil.txt")
    assert codes(findings) == {ContainerCode.UNSAFE_NAME}
    assert list(tmp_path.iterdir()) == []


def test_members_of_one_name_have_paths_of_their_own():
    files, _ = opened(renamed({"aaa": b"1", "bbb": b"2"}, "aaa", "bbb"))
    assert [file.content for file in files.values()][1:] == [b"1", b"2"]


def test_links_are_told_and_not_followed(tmp_path):
    (tmp_path / "target.txt").write_bytes(b"secret")
    (tmp_path / "link.txt").symlink_to("target.txt")
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w", filters=LZMA2) as archive:
        archive.write(tmp_path / "link.txt", "link.txt")
    files, findings = opened(buffer.getvalue())
    assert (list(files), codes(findings)) == (["1"], {ContainerCode.LINK_IN_ARCHIVE})


def test_a_wrong_checksum_is_told_and_the_members_before_it_are_kept():
    content = bytearray(seven_zip({"a.txt": b"a" * 100, "b.txt": b"b" * 100}, [{"id": py7zr.FILTER_COPY}]))
    content[32 + 150] ^= 1
    files, findings = opened(bytes(content))
    assert (list(files), codes(findings)) == (["1", "1!a.txt"], {ContainerCode.ARCHIVE_BROKEN})


def test_a_part_of_an_archive_is_told():
    files, findings = open_file(WHOLE[:60], "thư.7z.001")
    assert (len(files), codes(findings)) == (1, {ContainerCode.ARCHIVE_IN_PARTS})
    assert codes(open_file(WHOLE[60:], "thư.7z.002")[1]) == {ContainerCode.ARCHIVE_IN_PARTS}


def test_a_header_of_millions_of_files_is_not_read():
    header = b"\x01\x05" + b"\xe0\xff\xff\xff" + b"\0" * MAX_HEADER
    assert codes(opened(with_header(header))[1]) == {ContainerCode.ARCHIVE_BOMB}


@settings(max_examples=150)
@given(st.data())
def test_any_damage_to_an_archive_is_survived(data):
    base = data.draw(st.sampled_from((WHOLE, UNPACKED_HEADER)))
    whole = bytearray(base)
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(6, len(whole) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        mend(whole)
    content = bytes(whole[: data.draw(st.integers(6, len(whole)))]) if data.draw(st.booleans()) else bytes(whole)
    limits = ContainerLimits(total_bytes=20_000)
    found = list(unpack_seven_zip(content, Allowance.of(Budget.of(limits), limits, len(content))))
    assert sum(len(item.content) for item in found if not isinstance(item, ArchiveError)) <= limits.total_bytes


def renamed(members, name, other):
    """An archive in which one name was changed by hand, for the library writes no bad ones."""
    changed = bytearray(seven_zip(members, packed_names=False).replace(name.encode("utf_16_le"), other.encode("utf_16_le")))
    mend(changed)
    return bytes(changed)


def with_header(header, packed=b""):
    start = struct.pack("<QQI", len(packed), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\x04" + struct.pack("<I", zlib.crc32(start)) + start + packed + header


def mend(whole):
    """Make the checksums of the header right again after a change."""
    if len(whole) < 32:
        return
    offset, size = struct.unpack_from("<QQ", whole, 12)
    if 32 + offset + size <= len(whole):
        struct.pack_into("<I", whole, 28, zlib.crc32(whole[32 + offset : 32 + offset + size]))
    struct.pack_into("<I", whole, 8, zlib.crc32(whole[12:32]))
