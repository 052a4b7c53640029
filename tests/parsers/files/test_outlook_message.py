"""Outlook's .msg: everything in it comes out, and python-oxmsg, another reader, sees the same."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oxmsg import Message

from parsers.errors import LimitExceededError, ParseError
from parsers.files.compound_files import MAX_DEPTH, CompoundFile
from parsers.files.containers import ContainerCode, ContainerLimits, FileKind, open_file
from parsers.files.members import Allowance, ArchiveError, Budget
from parsers.files.outlook_message import unpack_outlook_message
from tests.parsers.files.compound import attached, attached_message, compound, outlook_file, outlook_storage, values_of
from tests.parsers.mails import PDF, attachment, codes, mixed, opened

LARGE = PDF + b"x" * 9000
WHOLE = {
    "subject": "Chuyển công văn số 12/UBND",
    "text": "Kính gửi Văn phòng",
    "html": b"<p>K\xc3\xadnh g\xe1\xbb\xadi</p>",
    "attachments": (attached("Công văn số 12.pdf", LARGE, "CONGVA~1.PDF"), attached("Phụ lục.txt", b"x")),
}


def opened_message(content, **limits):
    files, findings = open_file(content, "thư.msg", ContainerLimits(**limits))
    return {file.path: file for file in files}, findings


def test_body_and_attachments_are_files_of_the_message():
    files, findings = opened_message(outlook_file(**WHOLE))
    assert [(file.path, file.kind, file.inline) for file in files.values()] == [
        ("1", FileKind.MESSAGE, False),
        ("1!message.txt", FileKind.TEXT, True),
        ("1!message.html", FileKind.HTML, True),
        ("1!Công văn số 12.pdf", FileKind.PDF, False),
        ("1!Phụ lục.txt", FileKind.TEXT, False),
    ]
    assert (files["1!Công văn số 12.pdf"].content, findings) == (LARGE, ())
    assert files["1!message.txt"].content.decode() == WHOLE["text"]


def test_another_reader_sees_the_same_attachments():
    content = outlook_file(**WHOLE)
    files, _ = opened_message(content)
    theirs = {found.file_name: found.file_bytes for found in Message.load(content).attachments}
    assert theirs == {file.name: file.content for file in files.values() if not file.inline and file.path != "1"}


def test_a_message_in_a_message_is_a_folder_of_its_files():
    inner = outlook_storage(subject="Về việc họp", text="trong", attachments=(attached("a.pdf", PDF),))
    files, findings = opened_message(outlook_file(subject="ngoài", attachments=(attached_message(inner), attached("b.pdf", PDF))))
    assert list(files) == ["1", "1!Về việc họp/message.txt", "1!Về việc họp/a.pdf", "1!b.pdf"]
    assert findings == ()


def test_archives_in_a_message_in_a_mail_are_opened():
    message = outlook_file(attachments=(attached("fw.eml", mixed(attachment(PDF))),))
    files, _ = opened(mixed(attachment(message, "thu.msg", "application/vnd.ms-outlook")))
    assert files["1!fw.eml!1"].content == PDF


def test_strings_in_a_code_page_are_read_in_it():
    storage = outlook_storage(attachments=({"__substg1.0_3707001E": b"C\xf4ng v\xe3n.pdf\0", "__substg1.0_37010102": PDF},))
    storage["__properties_version1.0"] += b"\x03\x00\xfd\x3f\6\0\0\0" + struct.pack("<Q", 1258)
    files, _ = opened_message(compound(storage))
    assert "1!Công văn.pdf" in files


def test_a_file_that_is_only_referred_to_is_told():
    _, findings = opened_message(outlook_file(text="x", attachments=(values_of({"3707001F": b"a\0"}, head=b"\0" * 8),)))
    assert codes(findings) == {ContainerCode.ARCHIVE_UNSUPPORTED}


def test_messages_in_messages_end_at_the_limit():
    storage = outlook_storage(text="innermost")
    for number in range(12):
        storage = outlook_storage(subject=f"s{number}", attachments=(attached_message(storage),))
    files, findings = opened_message(compound(storage))
    assert (len(files), codes(findings)) == (1, {ContainerCode.NESTED_TOO_DEEP})


def test_limits_hold():
    content = outlook_file(attachments=[attached(f"{number}.pdf", LARGE) for number in range(8)])
    files, findings = opened_message(content, files=3)
    assert (len(files), codes(findings)) == (4, {ContainerCode.ARCHIVE_BOMB})
    files, findings = opened_message(content, total_bytes=2 * len(LARGE))
    assert (len(files), codes(findings)) == (3, {ContainerCode.ARCHIVE_BOMB})


def test_streams_that_share_their_sectors_are_a_bomb():
    content = bytearray(outlook_file(attachments=[attached(f"{number}.pdf", LARGE) for number in range(4)]))
    sizes = [at for at in range(0, len(content) - 8, 4) if content[at : at + 8] == struct.pack("<Q", len(LARGE))]
    for at in sizes:
        content[at : at + 8] = struct.pack("<Q", len(content) - 600)
    _, findings = opened_message(bytes(content))
    assert codes(findings) == {ContainerCode.ARCHIVE_BOMB}


def test_storages_in_one_another_end_at_a_limit():
    tree = {"x": b""}
    for _ in range(MAX_DEPTH + 2):
        tree = {"s": tree}
    with pytest.raises(LimitExceededError):
        list(CompoundFile(compound(tree)).streams())


def test_a_directory_that_refers_to_itself_is_told_once():
    content = bytearray(compound({"a": b"1", "b": {"c": b"2"}}))
    at = content.index("Root Entry".encode("utf_16_le")) + 128
    content[at + 68 : at + 80] = struct.pack("<III", 1, 1, 1)
    assert len(list(CompoundFile(bytes(content)).streams())) <= 3


def test_a_chain_that_comes_back_to_itself_ends():
    content = bytearray(compound({"a": b"x" * 5000}))
    content[-512:-508] = struct.pack("<I", 0)
    assert len(b"".join(stream.content for stream in CompoundFile(bytes(content)).streams())) <= len(content)


@pytest.mark.parametrize("cut", [0, 8, 300, 511, 512, 600, 1024])
def test_a_file_that_ends_early_is_refused(cut):
    with pytest.raises(ParseError):
        list(CompoundFile(outlook_file(**WHOLE)[:cut]).streams())


@given(st.data())
def test_any_damage_to_a_message_is_survived(data):
    inner = outlook_storage(subject="s", attachments=(attached("in.pdf", PDF),))
    whole = bytearray(outlook_file(**WHOLE | {"attachments": (*WHOLE["attachments"], attached_message(inner))}))
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.one_of(st.integers(8, 600), st.integers(8, len(whole) - 1)))
        whole[at] = data.draw(st.integers(0, 255))
    content = bytes(whole[: data.draw(st.integers(0, len(whole)))] if data.draw(st.booleans()) else whole)
    limits = ContainerLimits(total_bytes=40_000)
    found = list(unpack_outlook_message(content, 3, Allowance.of(Budget.of(limits), limits, len(content))))
    assert sum(len(item.content) for item in found if not isinstance(item, ArchiveError)) <= limits.total_bytes
