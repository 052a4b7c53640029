"""winmail.dat against the samples of the tnef tool: every file that lies beside a sample comes out of it, byte for byte."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.errors import LimitExceededError, ParseError
from parsers.files.compressed_rtf import unpack_rtf
from parsers.files.containers import ContainerCode, ContainerLimits, FileKind, open_file, open_files
from parsers.files.members import Allowance, ArchiveError, Budget
from parsers.files.tnef import unpack_tnef
from parsers.mail.message import parse_message
from tests.parsers.files.winmail import NAMED_PROPERTY, a_file, a_property, an_object, text_property, winmail
from tests.parsers.mails import PDF, codes

OLE_STORAGE = bytes.fromhex("0b00000000000000c000000000000046")
NOT_ONLY_FILES = {"panic": "8 KiB of another stream follow the last object"}


def opened(content, name="winmail.dat", **limits):
    files, findings = open_file(content, name, ContainerLimits(**limits))
    return {file.path: file for file in files}, findings


@pytest.fixture(scope="module")
def samples(corpora):
    return sorted((corpora / "mail" / "tnef").glob("*.tnef"))


def beside(sample):
    """Names and contents that lie beside a sample; the tool keeps the interface id before an OLE object."""
    paths = (path for path in sample.parent.glob(f"{sample.stem}_*") if path.suffix not in {".tnef", ".list"})
    return {path.name: path.read_bytes().removeprefix(OLE_STORAGE) for path in paths}


def unix(content):
    """Text as the samples' repository keeps it, with LF."""
    return content.replace(b"\r\n", b"\n")


def test_every_file_beside_a_sample_comes_out_of_it(samples):
    expected = 0
    for sample in samples:
        files, findings = opened(sample.read_bytes())
        found = [file.content for file in files.values()]
        for name, content in beside(sample).items():
            assert content in found or unix(content) in map(unix, found), name
            expected += 1
        told = {ContainerCode.ARCHIVE_BROKEN} if sample.stem in NOT_ONLY_FILES else {ContainerCode.EMPTY_FILE}
        assert codes(findings) <= told, sample
    print(f"{expected} files beside {len(samples)} samples, all recovered")
    assert expected >= 45


def test_every_name_in_the_list_of_a_sample_is_the_name_of_a_file(samples):
    for sample in samples:
        listed = sample.with_suffix(".list")
        names = [file.name.replace("message.", "body.").replace(" ", "_") for file in opened(sample.read_bytes())[0].values()]
        for name in filter(None, listed.read_text().splitlines() if listed.exists() else ()):
            assert name.replace(" ", "_") in names, (sample, name)
            names.remove(name.replace(" ", "_"))


def test_the_sample_in_a_mail_is_opened_from_the_mail(corpora):
    raw = (corpora / "mail" / "tnef" / "ukr.eml").read_bytes()
    files, findings = open_files(raw, parse_message(raw))
    assert [file.name for file in files if "!" in file.path and file.inline] == ["message.txt", "message.html"]
    assert "шостий" in files[0].content.decode("koi8-r")
    assert codes(findings) <= {ContainerCode.EMPTY_FILE}


def test_attachments_keep_every_byte_and_their_long_names():
    content = winmail(a_file("CONGVA~1.PDF", PDF + b"\0\0\0", text_property(0x3707, "Công văn số 12.pdf")))
    files, findings = opened(content)
    assert (files["1!Công văn số 12.pdf"].content, findings) == (PDF + b"\0\0\0", ())


def test_attached_message_is_opened_with_its_own_attachments():
    inner = winmail(a_file("a.pdf", PDF))
    embedded = a_property(0x3701, 0x0D, b"\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46" + inner)
    files, _ = opened(winmail(a_file("Thư gửi kèm", None, embedded)))
    assert files["1!Thư gửi kèm!a.pdf"].content == PDF


def test_body_of_every_form_is_text_of_the_mail():
    body = [
        text_property(0x1000, "Kính gửi"),
        a_property(0x1013, 0x102, b"<p>K\xc3\xadnh</p>\0"),
        a_property(0x1009, 0x102, rtf()),
    ]
    files, findings = opened(winmail(properties=body))
    assert [(file.name, file.kind, file.inline) for file in files.values()][1:] == [
        ("message.txt", FileKind.TEXT, True),
        ("message.html", FileKind.HTML, True),
        ("message.rtf", FileKind.WORD, True),
    ]
    assert (files["1!message.txt"].content.decode(), findings) == ("Kính gửi", ())


def test_names_without_unicode_are_read_in_the_code_page_or_guessed():
    files, _ = opened(winmail(a_file("C\xf4ng v\xe3n.pdf", PDF), code_page=1258))
    assert "1!Công văn.pdf" in files
    files, _ = opened(winmail(a_file("C\xabng v\xa8n.pdf", PDF), code_page=12345))
    assert "1!Công văn.pdf" in files


def test_named_properties_and_lists_of_values_are_passed_over():
    properties = [NAMED_PROPERTY, a_property(0x3710, 0x1003, [7, 8, 9]), text_property(0x1000, "sau")]
    files, _ = opened(winmail(properties=properties))
    assert files["1!message.txt"].content == b"sau"


def test_a_name_that_leads_elsewhere_is_made_safe():
    files, findings = opened(winmail(a_file("..\\..\\evil.pdf", PDF)))
    assert ("1!evil.pdf" in files, codes(findings)) == (True, {ContainerCode.UNSAFE_NAME})


def test_what_was_read_before_the_end_is_kept():
    files, findings = opened(winmail(a_file("a.pdf", PDF), a_file("b.pdf", PDF))[:-20])
    assert ("1!a.pdf" in files, codes(findings) & {ContainerCode.ARCHIVE_BROKEN}) == (True, {ContainerCode.ARCHIVE_BROKEN})


def test_limits_hold():
    content = winmail(*[a_file(f"{number}.pdf", PDF * 20) for number in range(20)])
    files, findings = opened(content, files=5)
    assert (len(files), codes(findings)) == (6, {ContainerCode.ARCHIVE_BOMB})
    files, findings = opened(content, total_bytes=3 * 20 * len(PDF))
    assert (len(files), codes(findings)) == (4, {ContainerCode.ARCHIVE_BOMB})


def test_a_million_small_objects_are_read_in_bounded_work():
    files, findings = opened(winmail() + an_object(1, 0x9999, b"") * 1_000_000)
    assert (len(files), codes(findings)) == (1, {ContainerCode.ARCHIVE_BOMB})


def test_messages_in_messages_end_at_the_limit():
    content = winmail(a_file("a.pdf", PDF))
    for _ in range(8):
        content = winmail(a_file("in", None, a_property(0x3701, 0x0D, b"\0" * 16 + content)))
    files, findings = opened(content)
    assert (max(path.count("!") for path in files), codes(findings)) == (5, {ContainerCode.NESTED_TOO_DEEP})


@pytest.mark.parametrize("packed", [b"", b"\0" * 16, b"\xff" * 16, struct.pack("<II4sI", 50, 50, b"LZXX", 0)])
def test_bytes_that_are_no_packed_rich_text_are_refused(packed):
    with pytest.raises(ParseError):
        unpack_rtf(packed, 1000)


def test_packed_rich_text_is_never_longer_than_allowed():
    with pytest.raises(LimitExceededError):
        unpack_rtf(rtf(length=2000), 1000)


@given(st.binary(max_size=300), st.integers(0, 5000))
def test_packed_rich_text_of_any_bytes_is_as_long_as_it_says_at_most(packed, length):
    assert len(unpack_rtf(struct.pack("<II4sI", 0, length, b"LZFu", 0) + packed, 10_000)) <= length


@given(st.data())
def test_any_damage_to_an_envelope_is_survived(data):
    whole = bytearray(
        winmail(
            a_file("a.pdf", PDF, text_property(0x3707, "Công văn.pdf")),
            properties=[NAMED_PROPERTY, text_property(0x1000, "Kính gửi"), a_property(0x1009, 0x102, rtf())],
        )
    )
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(6, len(whole) - 1))] = data.draw(st.integers(0, 255))
    content = bytes(whole[: data.draw(st.integers(6, len(whole)))])
    limits = ContainerLimits(total_bytes=10_000)
    found = list(unpack_tnef(content, Allowance.of(Budget.of(limits), limits, len(content))))
    assert sum(len(item.content) for item in found if not isinstance(item, ArchiveError)) <= limits.total_bytes


def rtf(text=b"{\\rtf1 Kinh gui}", length=None):
    """Rich text in Outlook's packing, nothing of it packed."""
    pieces = [text[at : at + 8] for at in range(0, len(text), 8)]
    packed = b"".join(b"\0" + piece for piece in pieces)
    return struct.pack("<II4sI", len(packed) + 12, len(text) if length is None else length, b"LZFu", 0) + packed
