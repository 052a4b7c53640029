"""TAR, and what gzip, bzip2 and xz pack: all of it comes out, within the limits."""

import bz2
import gzip
import io
import lzma
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.files.containers import ContainerCode, ContainerLimits, FileKind, open_file
from parsers.files.members import Allowance, ArchiveError, Budget
from parsers.files.packed_streams import unpack_stream
from parsers.files.tar_archives import unpack_tar
from tests.parsers.mails import PDF, codes

LONG = "thư mục rất dài/" * 12 + "công văn.pdf"
PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
MEDIA_TYPES = {"gz": "application/gzip", "bz2": "application/x-bzip2", "xz": "application/x-xz"}


def tar_of(members, style=tarfile.PAX_FORMAT):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=style) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def opened(content, name="a.tar", **limits):
    files, findings = open_file(content, name, ContainerLimits(**limits))
    return {file.path: file for file in files}, findings


def an_allowance(content, **limits):
    caps = ContainerLimits(**limits)
    return Allowance.of(Budget.of(caps), caps, len(content))


@pytest.mark.parametrize("style", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT], ids=["pax", "gnu", "ustar"])
@pytest.mark.parametrize("packer", [None, *PACKERS])
def test_files_of_a_tar_come_out(style, packer):
    content = tar_of({"công văn.pdf": PDF, "b.txt": b"x" * 700, "c.txt": b"y" * 512}, style)
    name = "a.tar" if packer is None else f"a.tar.{packer}"
    files, findings = opened(content if packer is None else PACKERS[packer](content), name)
    inner = "1" if packer is None else "1!a.tar"
    assert list(files)[-3:] == [f"{inner}!công văn.pdf", f"{inner}!b.txt", f"{inner}!c.txt"]
    assert ([file.content for file in files.values()][-3:], findings) == ([PDF, b"x" * 700, b"y" * 512], ())


@pytest.mark.parametrize("style", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT], ids=["pax", "gnu"])
def test_long_names_are_whole(style):
    files, _ = opened(tar_of({LONG: PDF, "b.txt": b"x"}, style))
    assert list(files) == ["1", f"1!{LONG}", "1!b.txt"]


def test_links_and_devices_are_told_and_folders_are_no_files():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind in (("l", tarfile.SYMTYPE), ("h", tarfile.LNKTYPE), ("d", tarfile.DIRTYPE), ("f", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    files, findings = opened(buffer.getvalue())
    assert (list(files), codes(findings)) == (["1"], {ContainerCode.LINK_IN_ARCHIVE, ContainerCode.ARCHIVE_UNSUPPORTED})


@pytest.mark.parametrize("written", ["../../evil.txt", "/etc/evil.txt"])
def test_names_that_try_to_escape_are_made_safe_and_told(written):
    files, findings = opened(tar_of({written: b"x"}))
    assert next(reversed(files)).endswith("evil.txt")
    assert codes(findings) == {ContainerCode.UNSAFE_NAME}


def test_a_size_beyond_the_end_and_a_size_below_zero_are_told():
    content = tar_of({"a.txt": b"x"}, tarfile.USTAR_FORMAT)
    for field in (b"77777777777\0", b"-0000000001\0", b"\xff" * 12, b"\x80" + b"\xff" * 11):
        changed = bytearray(content)
        changed[124:136] = field
        changed[148:156] = b"%06o\0 " % (sum(changed[:148]) + sum(changed[156:512]) + 8 * 32)
        assert codes(opened(bytes(changed))[1]) == {ContainerCode.ARCHIVE_BROKEN}


@pytest.mark.parametrize("packer", PACKERS)
def test_a_packed_file_comes_out_under_its_own_name(packer):
    files, findings = opened(PACKERS[packer](PDF), f"công văn.pdf.{packer}")
    assert (files["1!công văn.pdf"].kind, findings) == (FileKind.PDF, ())


def test_the_name_in_a_gzip_header_is_taken():
    buffer = io.BytesIO()
    with gzip.GzipFile("../a.pdf", "wb", fileobj=buffer) as stream:
        stream.write(PDF)
    assert opened(buffer.getvalue(), "x.gz")[0]["1!a.pdf"].content == PDF


@pytest.mark.parametrize("packer", PACKERS)
def test_streams_one_after_the_other_are_one_file(packer):
    pack = PACKERS[packer]
    assert opened(pack(b"a") + pack(b"b") + b"\0" * 100, f"a.txt.{packer}")[0]["1!a.txt"].content == b"ab"


def test_streams_without_end_are_a_bomb_and_what_lies_behind_a_stream_is_told():
    many = opened(gzip.compress(b"") * 10_001, "a.txt.gz")
    assert (list(many[0]), codes(many[1])) == (["1"], {ContainerCode.ARCHIVE_BOMB})
    behind = opened(gzip.compress(b"a") + b"\0" * 9 + b"x", "a.txt.gz")
    assert (list(behind[0]), codes(behind[1])) == (["1"], {ContainerCode.ARCHIVE_BROKEN})


@pytest.mark.parametrize("packer", PACKERS)
def test_bomb_is_left_before_it_outgrows_the_limits(packer):
    files, findings = opened(PACKERS[packer](b"\0" * (20 << 20)), f"a.{packer}")
    assert (list(files), codes(findings)) == (["1"], {ContainerCode.ARCHIVE_BOMB})


@pytest.mark.parametrize("packer", PACKERS)
def test_a_stream_that_ends_early_is_told(packer):
    files, findings = opened(PACKERS[packer](b"x" * 5000)[:-12], f"a.{packer}")
    assert (list(files), codes(findings)) == (["1"], {ContainerCode.ARCHIVE_BROKEN})


def test_limits_hold():
    content = tar_of({f"{number}.txt": b"x" * 1000 for number in range(9)})
    assert len(opened(content, files=4)[0]) == 5
    files, findings = opened(content, total_bytes=3500)
    assert (len(files), codes(findings)) == (4, {ContainerCode.ARCHIVE_BOMB})


@given(st.data())
def test_any_damage_to_a_tar_is_survived(data):
    whole = bytearray(tar_of({LONG: PDF, "b.txt": b"x" * 700}))
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    content = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    found = list(unpack_tar(content, an_allowance(content, total_bytes=5000)))
    assert sum(len(item.content) for item in found if not isinstance(item, ArchiveError)) <= 5000


@given(st.sampled_from(sorted(PACKERS)), st.data())
def test_any_damage_to_a_stream_is_survived(packer, data):
    whole = bytearray(PACKERS[packer](b"x" * 3000 + PDF))
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(2, len(whole) - 1))] = data.draw(st.integers(0, 255))
    content = bytes(whole[: data.draw(st.integers(2, len(whole)))])
    (found,) = unpack_stream(content, "a", MEDIA_TYPES[packer], an_allowance(content, total_bytes=5000))
    assert isinstance(found, ArchiveError) or len(found.content) <= 5000
