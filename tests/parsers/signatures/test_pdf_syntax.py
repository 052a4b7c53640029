"""The quick reader of objects gives what the engine gives, or leaves the object to it."""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader

from parsers.signatures.engine import ENGINE_FAULTS
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.pdf_reader import BoundedReader
from parsers.signatures.pdf_syntax import NotPlainError, PlainReader

OBJECTS_PER_FILE = 20


class Handler:
    """The file that the objects of these tests stand in."""

    strict = False


REFERENCE = generic.Reference(7, 0, Handler())


def shape(value: generic.PdfObject) -> object:
    """Everything that two equal objects have in common: type, container, spelling, entries in order."""
    if isinstance(value, generic.DecryptedObjectProxy):
        return "encrypted", shape(value.raw_object)
    container = value.container_ref
    kind = (type(value), container and (container.idnum, container.generation))
    if isinstance(value, generic.DictionaryObject):
        entries = [(str(key), shape(item)) for key, item in dict.items(value)]
        return kind, entries, value.encoded_data if isinstance(value, generic.StreamObject) else None
    if isinstance(value, generic.ArrayObject):
        return kind, [shape(item) for item in list.__iter__(value)]
    if isinstance(value, generic.TextStringObject | generic.ByteStringObject):
        return kind, value.original_bytes, getattr(value, "autodetected_encoding", None)
    return kind, None if isinstance(value, generic.NullObject) else repr(value)


def read_by(reader: PdfFileReader, number: int, generation: int, revision: int) -> object:
    try:
        reference = generic.Reference(number, generation, reader)
        return shape(reader.get_object(reference, revision=revision, transparent_decrypt=False))
    except ENGINE_FAULTS as error:
        return type(error), str(error)


def test_objects_of_the_corpora_are_read_alike(corpora: Path):
    compared = 0
    for path in sorted((corpora / "signatures" / "pdf").rglob("*.pdf")):
        content = path.read_bytes()
        try:
            theirs, ours = PdfFileReader(BytesIO(content), strict=False), BoundedReader(content, SignatureLimits())
            places = [
                (reference.idnum, reference.generation, revision)
                for revision in range(theirs.total_revisions)
                for reference in theirs.xrefs.explicit_refs_in_revision(revision)
            ]
        except ENGINE_FAULTS:
            continue
        if theirs.encrypted:
            continue
        for place in places[:: len(places) // OBJECTS_PER_FILE + 1]:
            compared += 1
            assert read_by(ours, *place) == read_by(theirs, *place), (path.name, place)
    assert compared > 1000


def engine_reads(content: bytes) -> object:
    stream = BytesIO(content)
    try:
        return shape(generic.read_object(stream, REFERENCE)), stream.tell()
    except (*ENGINE_FAULTS, IndexError) as error:
        return type(error)


def quick_reads(content: bytes) -> object:
    reading = PlainReader(content, 0, REFERENCE)
    try:
        if content[:1].isspace() or content[:1] == b"\x00":
            # The engine's callers skip white space, the engine does not.
            return PdfReadError
        return shape(reading.value(0)), reading.position
    except NotPlainError:
        return NotPlainError


SPELLINGS = [
    b"<< /A 1 /B [1 0 R 2.5 -.5 +3 true false null] /C (x) /D <414> /E <41 42> >>",
    b"<< /A#20B /C#2FD /E 12 >>",
    b"[/A/B(c)<41>[]<<>>1 0 R]",
    b"[1 0 R5 1 0 RA 1 0  R 1  0 R]",
    b"(a\\(b\\)\\101\\\n c)",
    b"((nested) (brackets))",
    b"(\xfe\xff\x00A)",
    b"<feff0041>",
    b"<< /A 1 /A 2 >>",
    b"% note\n<< % note\n/A % note\n1 % note\n>>",
    b"/",
    b"/A\x80",
    b"/A#",
    b"0 0 R ",
    b"1 0 R",
    b"12345678901234567890",
    b"1.2.3 ",
    b"--1 ",
    b"<< /A >>",
    b"<< 1 /A >>",
    b"<< /A 1 >",
    b"[1",
    b"(a",
    b"<4",
    b"nul",
    b"<< /Length 3 >>\nstream\nabc\nendstream ",
    b"<< /Length 3 >>\nstream\r\nabcendstream ",
    b"<< /Length 4 >>\nstream\nabc\nendstream ",
    b"<< /Length 5 >>\nstream\nabc\nendstream ",
    b"<< /Length -1 >>\nstream\nabc\nendstream ",
    b"<< /A << /Length 3 >> stream\nabc\nendstream >> ",
    b"[" * 100 + b"]" * 100 + b" ",
]


@pytest.mark.parametrize("content", SPELLINGS)
def test_odd_spellings_are_read_alike_or_left_to_the_engine(content):
    assert quick_reads(content + b"\n1") in (engine_reads(content + b"\n1"), NotPlainError)


@pytest.mark.parametrize("content", SPELLINGS[:3])
def test_usual_spellings_are_read(content):
    assert quick_reads(content) == engine_reads(content)


PIECES = st.sampled_from(
    [
        *(b"<<", b">>", b"[", b"]", b"(", b")", b"<", b">", b"/A", b"/B#41", b"/", b"1", b"0", b"R", b"-1.5", b"true", b"null"),
        *(b" ", b"\n", b"\r", b"\x00", b"%", b"\\", b"stream\n", b"endstream", b"/Length", b"41", b"\xff", b"1 0 R ", b"#"),
    ]
)


@given(st.lists(PIECES, max_size=25).map(b"".join))
def test_any_pieces_are_read_alike_or_left_to_the_engine(content):
    # The line end: a comment without one keeps the engine for ever, and one at the very end is refused by it.
    assert quick_reads(content + b"\n1") in (engine_reads(content + b"\n1"), NotPlainError)


def test_a_key_that_is_defined_twice_is_noticed():
    for content, repeated in ((b"<< /A 1 /B << /C 1 /C 2 >> >>", True), (b"<< /A 1 /B << /A 2 >> >>", False)):
        reading = PlainReader(content, 0, REFERENCE)
        reading.value(0)
        assert reading.repeated is repeated


def test_an_object_under_another_number_is_left_to_the_engine():
    with pytest.raises(NotPlainError):
        PlainReader(b"8 0 obj << >> endobj", 0, REFERENCE).indirect_object()
    assert shape(PlainReader(b"7 0 obj << >> endobj", 0, REFERENCE).indirect_object())
