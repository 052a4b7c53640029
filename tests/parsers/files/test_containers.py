import io
import struct
import zipfile
import zlib
from base64 import encodebytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.errors import ParseError
from parsers.files.containers import ContainerCode, ContainerLimits, FileKind, open_file, open_files
from parsers.files.zip_archives import MAX_DIRECTORY
from parsers.mail.message import MessageCode, parse_message
from tests.parsers.files.test_filetype import DOCX
from tests.parsers.files.test_signed_data import signed_data
from tests.parsers.mail.test_transfer import uuencoded
from tests.parsers.mails import HEAD, PDF, attachment, codes, mixed, opened, text, zip_of


def opened_zip(content, name="a.zip"):
    return opened(mixed(attachment(content, name, "application/zip")))


def test_bodies_are_inline_and_attachments_are_not():
    files, findings = opened(mixed(text("Kính gửi"), attachment(PDF)))
    assert [(file.path, file.name, file.kind, file.inline) for file in files.values()] == [
        ("1", "part-1.txt", FileKind.TEXT, True),
        ("2", "a.pdf", FileKind.PDF, False),
    ]
    assert files["2"].content == PDF
    assert findings == ()


@pytest.mark.parametrize(
    ("part", "subtype", "is_inline"),
    [
        (b"Content-Type: image/png\r\nContent-ID: <p@x>\r\n\r\nx", b"mixed", True),
        (
            b"Content-Type: image/png\r\nContent-ID: <p@x>\r\nContent-Disposition: attachment; filename=p.png\r\n\r\nx",
            b"mixed",
            True,
        ),
        (b"Content-Type: image/png\r\nContent-ID: <other@x>\r\n\r\nx", b"related", True),
        (b"Content-Type: image/png\r\nContent-ID: <other@x>\r\n\r\nx", b"mixed", False),
        (b"Content-Type: image/png\r\nContent-Disposition: inline; filename=scan.png\r\n\r\nx", b"mixed", False),
        (b"Content-Type: application/pdf\r\nContent-ID: <p@x>\r\nContent-Disposition: inline\r\n\r\n%PDF-1", b"related", False),
        (b"Content-Type: text/plain\r\nContent-Disposition: inline; filename=a.txt\r\n\r\nx", b"mixed", False),
        (b"Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nx", b"mixed", False),
        (b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n", b"mixed", False),
        (b"Content-Type: message/delivery-status\r\n\r\nx", b"report", True),
    ],
)
def test_only_what_belongs_to_the_text_is_inline(part, subtype, is_inline):
    html = b'Content-Type: text/html\r\n\r\n<img src="cid:p@x">'
    files, _ = opened(mixed(html, part, subtype=subtype))
    assert files["2"].inline is is_inline


def test_zip_is_listed_before_its_members():
    files, findings = opened_zip(zip_of({"thu muc/công văn.pdf": PDF, "b.txt": b"x", "empty/": b""}))
    assert list(files) == ["1", "1!thu muc/công văn.pdf", "1!b.txt"]
    assert (files["1"].kind, files["1!thu muc/công văn.pdf"].name) == (FileKind.ARCHIVE, "công văn.pdf")
    assert findings == ()


def test_archives_in_archives_are_opened_down_to_the_limit():
    content = zip_of({"a.pdf": PDF})
    for _ in range(6):
        content = zip_of({"in.zip": content})
    files, findings = opened_zip(content)
    assert max(path.count("!") for path in files) == 5
    assert codes(findings) == {ContainerCode.NESTED_TOO_DEEP}


def test_attached_mail_is_opened_with_the_files_in_it():
    inner = mixed(text("Kính gửi"), attachment(zip_of({"x.pdf": PDF}), "annex.zip", "application/zip"), boundary=b"inner")
    files, findings = opened(mixed(b"Content-Type: message/rfc822\r\n\r\n" + inner))
    assert list(files) == ["1", "1!1", "1!2", "1!2!x.pdf"]
    assert files["1"].kind is FileKind.MESSAGE
    assert findings == ()


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encodebytes(mixed(attachment(PDF))),
        attachment(mixed(attachment(PDF)), "fw.eml", "application/octet-stream"),
        attachment(zip_of({"fw.eml": mixed(attachment(PDF))}), "a.zip", "application/zip"),
    ],
)
def test_mail_hidden_by_an_encoding_a_type_or_an_archive_is_opened(part):
    files, _ = opened(mixed(part))
    assert PDF in [file.content for file in files.values() if file.kind is FileKind.PDF]


def test_faults_of_an_attached_mails_sender_are_not_told_of_this_mail():
    inner = b"From: a@b, c@d\r\nFrom: e@f\r\nContent-Disposition: attachment; filename=a.pdf; filename=b.exe\r\n\r\nx"
    _, findings = opened(mixed(b"Content-Type: message/rfc822\r\n\r\n" + inner))
    assert MessageCode.FILENAME_AMBIGUOUS in codes(findings)
    assert not codes(findings) & {MessageCode.SEVERAL_FROM, MessageCode.DUPLICATE_HEADER}


def test_office_files_are_not_opened_as_archives():
    files, findings = opened(mixed(attachment(zip_of(DOCX), "a.docx", "application/octet-stream")))
    assert ([file.kind for file in files.values()], findings) == ([FileKind.WORD], ())


@pytest.mark.parametrize(
    ("raw_name", "name"),
    [
        ("Công văn.txt".encode(), "Công văn.txt"),
        (b"C\xf4ng v\xe3n.txt", "Công văn.txt"),
        (b"r\x82sum\x82.txt", "résumé.txt"),
    ],
)
def test_unflagged_names_of_members_are_read_by_their_letters(raw_name, name):
    files, _ = opened_zip(renamed(zip_of({"x" * len(raw_name): b"x"}), raw_name))
    assert list(files) == ["1", f"1!{name}"]


def test_unicode_path_field_is_believed_only_for_its_own_name():
    good = zip_with_unicode_path(b"x.txt", "Công văn.txt", zlib.crc32(b"x.txt"))
    assert "1!x.txt" in opened_zip(good)[0]
    legacy = zip_with_unicode_path(b"\xc5.txt", "Công văn.txt", zlib.crc32(b"\xc5.txt"))
    assert "1!Công văn.txt" in opened_zip(legacy)[0]
    lost = zip_with_unicode_path(b"C?ng.txt", "Công.txt", zlib.crc32(b"C?ng.txt"))
    assert "1!Công.txt" in opened_zip(lost)[0]
    stale = zip_with_unicode_path(b"\xc5.txt", "Công văn.txt", 1)
    assert "1!Công văn.txt" not in opened_zip(stale)[0]


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("../../evil.txt", "1!evil.txt"),
        ("/etc/evil.txt", "1!etc/evil.txt"),
        ("C:\\evil.txt", "1!evil.txt"),
        ("a\u202ftxt.exe\u202e", "1!a txt.exe"),
    ],
)
def test_names_that_try_to_escape_or_deceive_are_made_safe_and_told(written, path):
    files, findings = opened_zip(zip_of({written: b"x"}))
    assert path in files
    assert ContainerCode.UNSAFE_NAME in codes(findings)


def test_members_of_one_name_have_paths_of_their_own():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.txt", b"2")
    files, _ = opened_zip(buffer.getvalue())
    assert [(path, files[path].content) for path in files][1:] == [("1!a.txt", b"1"), ("1!a.txt~2", b"2")]


def test_encrypted_member_is_told_and_the_others_are_opened():
    content = zip_of({"a.txt": b"x", "b.txt": b"y"})
    files, findings = opened_zip(with_flag(content, 0x1))
    assert (list(files), codes(findings)) == (["1", "1!b.txt"], {ContainerCode.ARCHIVE_ENCRYPTED})


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_without_a_memory_bound_are_not_unpacked(method):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a.txt", b"x" * 1000)
    _, findings = opened_zip(buffer.getvalue())
    assert codes(findings) == {ContainerCode.ARCHIVE_UNSUPPORTED}


def test_bomb_is_told_and_left_after_its_allowance():
    files, findings = opened_zip(zip_of({"good.txt": b"x", "bomb": b"\0" * (30 << 20), "after.txt": b"y"}))
    assert (list(files), codes(findings)) == (["1", "1!good.txt"], {ContainerCode.ARCHIVE_BOMB})


def test_size_in_the_directory_is_not_believed():
    content = with_declared_size(zip_of({"a.txt": b"x" * 5000}), 10)
    files, findings = opened_zip(content)
    assert (list(files), codes(findings)) == (["1"], {ContainerCode.ARCHIVE_BROKEN})


def test_total_bytes_bound_a_mail_with_many_archives():
    part = attachment(zip_of({"a": b"\1" * 900_000}), "a.zip", "application/zip")
    raw = mixed(*[part] * 10)
    files, findings = open_files(raw, parse_message(raw), ContainerLimits(total_bytes=3_000_000))
    assert len([file for file in files if "!" in file.path]) == 3
    assert codes(findings) == {ContainerCode.ARCHIVE_BOMB}


def test_number_of_files_is_bounded():
    raw = mixed(attachment(zip_of({f"{n}.txt": b"x" for n in range(30)}), "a.zip", "application/zip"))
    files, findings = open_files(raw, parse_message(raw), ContainerLimits(files=10))
    assert (len(files), codes(findings)) == (11, {ContainerCode.ARCHIVE_BOMB})


def test_absurd_directory_is_not_even_read():
    content = b"PK\x03\x04" + b"PK\x01\x02" * (MAX_DIRECTORY + 1)
    assert codes(opened_zip(content)[1]) == {ContainerCode.ARCHIVE_BOMB}


@pytest.mark.parametrize("cut", [10, 60, -30, -4])
def test_broken_archive_is_told(cut):
    content = zip_of({"a.txt": b"x" * 100, "b.txt": b"y" * 100})
    assert codes(opened_zip(content[:cut])[1]) == {ContainerCode.ARCHIVE_BROKEN}


def test_member_with_a_wrong_checksum_is_told_and_the_others_are_opened():
    content = bytearray(zip_of({"a.txt": b"x" * 100, "b.txt": b"y" * 100}))
    content[37] ^= 0xFF
    files, findings = opened_zip(bytes(content))
    assert (list(files), codes(findings)) == (["1", "1!b.txt"], {ContainerCode.ARCHIVE_BROKEN})


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (b"7z\xbc\xaf\x27\x1c" + b"\0" * 40, "a.7z", "application/x-7z-compressed"),
        (b"Rar!\x1a\x07\x01\x00" + b"\0" * 40, "a.rar", "application/vnd.rar"),
        (b"\x78\x9f\x3e\x22" + b"\0" * 40, "winmail.dat", "application/ms-tnef"),
        (b"\x1f\x8b" + b"\0" * 40, "a.gz", "application/gzip"),
        (b"\0" * 257 + b"ustar" + b"\0" * 800, "a.tar", "application/x-tar"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 120 + "__properties_version1.0\0".encode("utf_16_le"), "a.msg", ""),
    ],
)
def test_archives_that_hold_nothing_readable_are_told(content, name, media_type):
    _, findings = opened(mixed(attachment(content, name, media_type)))
    assert codes(findings) == {ContainerCode.ARCHIVE_BROKEN}


@pytest.mark.parametrize("head", [b"MSCF\0\0\0\0", b"\x28\xb5\x2f\xfd", b"MSWIM\0\0\0", b"\x1f\x9d\x90", b"LZIP\x01"])
def test_archives_of_kinds_that_are_not_opened_are_told(head):
    # By their heads, whatever they are called.
    _, findings = opened(mixed(attachment(head + b"\0" * 40, "a.dat", "application/octet-stream")))
    assert codes(findings) == {ContainerCode.ARCHIVE_UNSUPPORTED}


@pytest.mark.parametrize("name", ["a.arj", "a.lzh", "a.lzma", "a.ZIPX"])
def test_archives_that_only_their_names_tell_are_told(name):
    assert codes(open_file(b"\x60\xea" + b"\0" * 40, name)[1]) == {ContainerCode.ARCHIVE_UNSUPPORTED}


@pytest.mark.parametrize("before", [b"PK00", b"PK\x07\x08", b"\r\n\r\n"])
def test_what_stands_before_an_archive_does_not_close_it(before):
    files, findings = open_file(before + zip_of({"a.pdf": PDF}), "a.zip")
    assert ([file.name for file in files], findings) == (["a.zip", "a.pdf"], ())


def test_a_folder_with_a_backslash_is_no_file():
    files, findings = open_file(zip_of({"thu muc\\": b"", "thu muc\\a.pdf": PDF}), "a.zip")
    assert [file.path for file in files] == ["1", "1!thu muc/a.pdf"]
    assert ContainerCode.EMPTY_FILE not in codes(findings)


@pytest.mark.parametrize("media_type", [b"message/partial; number=1", b"message/external-body"])
def test_mail_that_is_not_here_is_told(media_type):
    _, findings = opened(HEAD + b"Content-Type: " + media_type + b"\r\n\r\nA: 1\r\n\r\nx")
    assert codes(findings) == {ContainerCode.ARCHIVE_UNSUPPORTED}


def test_damaged_encoding_of_an_attachment_is_told_and_of_the_text_is_not():
    broken = attachment(PDF).replace(b"JVBE", b"JV!BE")
    raw = mixed(b"Content-Transfer-Encoding: quoted-printable\r\n\r\nx=zz", broken)
    _, findings = opened(raw)
    assert [(finding.code, finding.place) for finding in findings] == [(MessageCode.BAD_TRANSFER_ENCODING, "part 2")]


def test_mail_without_words_of_its_own_is_no_defect():
    assert opened(mixed(text(""), attachment(PDF)))[1] == ()


def test_uuencoded_file_in_the_text_is_a_file():
    files, _ = opened(HEAD + b"\r\nKinh gui\r\n" + uuencoded(PDF, b"a.pdf").replace(b"\n", b"\r\n"))
    assert (files["1!a.pdf"].kind, files["1!a.pdf"].content) == (FileKind.PDF, PDF)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (ContainerLimits(depth=0), ContainerCode.NESTED_TOO_DEEP),
        (ContainerLimits(total_bytes=10), ContainerCode.ARCHIVE_BOMB),
    ],
)
@pytest.mark.parametrize(
    "wrap", [signed_data, lambda content: mixed(attachment(content), boundary=b"in")], ids=["signature", "mail"]
)
def test_limits_hold_for_signatures_and_attached_mails_too(limits, code, wrap):
    raw = mixed(attachment(wrap(PDF), "a.eml" if wrap is not signed_data else "a.p7m", "application/octet-stream"))
    files, findings = open_files(raw, parse_message(raw), limits)
    assert ([file.path for file in files], codes(findings)) == (["1"], {code})


def test_limits_hold_for_uuencoded_files_too():
    raw = HEAD + b"\r\n" + uuencoded(PDF, b"../a.pdf")
    files, findings = opened(raw)
    assert (list(files), codes(findings)) == (["1", "1!a.pdf"], {ContainerCode.UNSAFE_NAME})
    small, told = open_files(raw, parse_message(raw), ContainerLimits(total_bytes=10))
    assert ([file.path for file in small], codes(told)) == (["1"], {ContainerCode.ARCHIVE_BOMB})


def test_an_empty_multipart_is_no_file():
    assert opened(mixed(b"Content-Type: multipart/mixed; boundary=in\r\n\r\n", text("x")))[0].keys() == {"2"}


def test_a_file_that_stands_alone_is_opened_like_an_attachment():
    files, findings = open_file(zip_of({"a.pdf": PDF}), "a.zip")
    assert ([file.path for file in files], findings) == (["1", "1!a.pdf"], ())


@given(st.integers(min_value=0, max_value=400), st.integers(min_value=0, max_value=255))
def test_any_changed_byte_of_an_archive_is_survived(position, value):
    content = bytearray(zip_of({"a.txt": b"x" * 100, "thư/b.pdf": PDF}))
    content[position % len(content)] = value
    files, _ = opened_zip(bytes(content))
    assert files["1"].content == content


@given(
    st.lists(
        st.sampled_from([b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\0" * 10, b"\xff" * 6, b"a.txt", b"\x14\x00"]),
        max_size=30,
    )
)
def test_invented_archives_are_survived(pieces):
    raw = mixed(attachment(b"PK\x03\x04" + b"".join(pieces), "a.zip", "application/zip"))
    try:
        files, _ = open_files(raw, parse_message(raw))
    except ParseError:
        return
    assert len({file.path for file in files}) == len(files)


def renamed(content: bytes, name: bytes) -> bytes:
    return content.replace(b"x" * len(name), name)


def with_flag(content: bytes, flag: int) -> bytes:
    """Set a flag bit of the first member, in its own header and in the directory."""
    changed = bytearray(content)
    changed[6] |= flag
    changed[content.index(b"PK\x01\x02") + 8] |= flag
    return bytes(changed)


def with_declared_size(content: bytes, size: int) -> bytes:
    """State another unpacked size of the first member in the directory."""
    changed = bytearray(content)
    struct.pack_into("<I", changed, content.index(b"PK\x01\x02") + 24, size)
    return bytes(changed)


def zip_with_unicode_path(raw_name: bytes, name: str, checksum: int) -> bytes:
    body = struct.pack("<BI", 1, checksum) + name.encode()
    info = zipfile.ZipInfo("y" * len(raw_name))
    info.extra = struct.pack("<HH", 0x7075, len(body)) + body
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, b"content")
    return buffer.getvalue().replace(b"y" * len(raw_name), raw_name)
