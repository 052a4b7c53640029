"""The two guards that read bytes, on files small enough to see through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.signatures.pdf_guard import ByteRange, end_of_last_revision, gap_is_contents, read_byte_range, tail_is_clean

VALUE = bytes.fromhex("30820a0b")


def file_with(gap: bytes, before: bytes = b"%PDF << /Contents ", after: bytes = b" >> rest") -> tuple[bytes, ByteRange]:
    content = before + gap + after
    return content, ByteRange(len(before), len(before) + len(gap), len(content))


@pytest.mark.parametrize(
    "gap",
    [b"<30820a0b>", b"<30820A0B>", b"<30 82\n0a\r\n0b>", b"<30820A0B\x00>"],
    ids=["lower", "upper", "white space", "null"],
)
def test_a_gap_that_is_the_signature_value_is_fine(gap):
    assert gap_is_contents(*file_with(gap), VALUE)


@pytest.mark.parametrize(
    "gap",
    [
        b"",
        b"<>",
        b"30820a0b",
        b"<30820a0b",
        b"<30820a0b> ",
        b" <30820a0b>",
        b"<30820a0c>",
        b"<30820a0b00>",
        b"<30820a0b><30820a0b>",
        b"<30820a0b> /Evil 1 0 R <00>",
        b"<30820a0b %comment\n>",
        b"<30820a0b\x0b>",
        b"(0\x82\n\x0b)",
    ],
)
def test_any_other_gap_is_not(gap):
    assert not gap_is_contents(*file_with(gap), VALUE)


def test_a_gap_behind_another_key_is_not_the_signature_value():
    assert not gap_is_contents(*file_with(b"<30820a0b>", before=b"%PDF << /Cert "), VALUE)
    assert gap_is_contents(*file_with(b"<30820a0b>", before=b"%PDF << /Contents"), VALUE)


@pytest.mark.parametrize(
    "numbers",
    [
        (),
        (0, 10),
        (0, 10, 20, 5, 30, 5),
        (1, 10, 20, 5),
        (0, -1, 20, 5),
        (0, 10, 5, 5),
        (0, 10, 10, 5),
        (0, 0, 20, 5),
        (0, 10, 20, 81),
        (0, 10, 20, -1),
        (0, 10.0, 20, 5),
        (0, 10, None, 5),
    ],
)
def test_only_two_ranges_in_order_inside_the_file_are_accepted(numbers):
    assert read_byte_range(numbers, 100) is None


def test_a_byte_range_may_reach_the_end_of_the_file():
    assert read_byte_range((0, 10, 20, 80), 100) == ByteRange(10, 20, 100)


@given(st.lists(st.integers() | st.none() | st.floats() | st.text(max_size=3), max_size=6), st.integers(0, 1000))
def test_a_byte_range_never_leaves_the_file(numbers, size):
    found = read_byte_range(numbers, size)

    assert found is None or 0 < found.gap_start < found.gap_end <= found.end <= size


TABLE = b"xref\n0 1\n0000000000 65535 f \n"
END = b"trailer\n<< /Size 1 >>\nstartxref\n9\n%%EOF\n"
PDF = b"%PDF-1.4\n" + TABLE + END
SECTION_END = len(b"%PDF-1.4\n" + TABLE)


@pytest.mark.parametrize("tail", [b"", b"\n", b"\r\n\x00 \t"])
def test_white_space_behind_the_last_mark_is_clean(tail):
    assert tail_is_clean(PDF + tail, [SECTION_END], 0)


@pytest.mark.parametrize(
    "tail",
    [
        b"x",
        b"4 0 obj\nendobj\n",
        b"4 0 obj\nendobj\n%%EOF",
        b"4 0 obj\nendobj\nstartxref\n9\n%%EOF\n",
        b"startxref\n9\n%%EOF\n",
    ],
)
def test_anything_else_behind_the_section_in_use_is_not(tail):
    assert not tail_is_clean(PDF + tail, [SECTION_END], 0)


def test_objects_between_the_section_in_use_and_its_end_mark_are_not_clean():
    hidden = PDF[:SECTION_END] + b"4 0 obj\n<< /Type /Page >>\nendobj\n" + PDF[SECTION_END:]

    assert not tail_is_clean(hidden, [SECTION_END], 0)


def test_a_file_without_end_mark_is_not_clean():
    assert not tail_is_clean(b"%PDF-1.4\n", [], 0)


def test_what_a_signature_covers_up_to_the_end_is_its_signers_business():
    odd = PDF + b"odd\nstartxref\n9\n%%EOF\n"

    assert tail_is_clean(odd, [SECTION_END], len(odd))
    assert not tail_is_clean(odd + b"more", [SECTION_END], len(odd))


@given(st.binary(max_size=200), st.lists(st.integers(0, 300), max_size=3), st.integers(0, 300))
def test_the_tail_guard_takes_any_bytes(content, sections, signed_to):
    assert tail_is_clean(content, sections, signed_to) in {True, False}


@pytest.mark.parametrize(
    ("content", "end"),
    [(b"", 0), (b"startxref 1\n%%EOF\nx", 17), (b"startxref\n1\n%%EOF startxref\n%%EOF", 17), (b"startxref startxref", 0)],
)
def test_the_last_proper_end_of_a_revision_is_found(content, end):
    assert end_of_last_revision(content) == end
