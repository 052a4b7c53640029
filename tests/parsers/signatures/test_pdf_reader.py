"""The reader that remembers object streams gives the same objects as the engine's own."""

import sys
from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter

from parsers.signatures.engine import ENGINE_FAULTS
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.pdf_reader import BoundedReader, read_table


def objects(make) -> dict[object, object]:
    """Every object of a file as it would be written, or the kind of error that reading it gives."""
    try:
        reader = make()
        references = [ref for number in range(reader.total_revisions) for ref in reader.xrefs.explicit_refs_in_revision(number)]
    except ENGINE_FAULTS as error:
        return {None: type(error)}
    return {(ref.idnum, ref.generation): written(reader, ref) for ref in references}


def written(reader: PdfFileReader, reference: generic.Reference) -> object:
    output = BytesIO()
    try:
        reader.get_object(reference).write_to_stream(output)
    except ENGINE_FAULTS as error:
        return type(error)
    return output.getvalue()


def test_all_objects_of_the_corpora_are_read_alike(corpora):
    compared = 0
    for path in sorted((corpora / "signatures" / "pdf").rglob("*.pdf")):
        content = path.read_bytes()
        if b"/ObjStm" not in content or len(content) > 300_000:
            continue
        compared += 1
        theirs = objects(lambda content=content: PdfFileReader(BytesIO(content), strict=False))
        assert objects(lambda content=content: BoundedReader(content, SignatureLimits())) == theirs, path.name
    assert compared >= 10


def packed(count: int) -> bytes:
    """A file with so many small objects in one object stream."""
    writer = PdfFileWriter(stream_xrefs=True)
    stream = writer.prepare_object_stream()
    for number in range(count):
        writer.add_object(generic.DictionaryObject({generic.pdf_name("/A"): generic.NumberObject(number)}), obj_stream=stream)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def test_a_small_object_stream_is_read_alike():
    content = packed(20)

    found = objects(lambda: BoundedReader(content, SignatureLimits()))
    assert found == objects(lambda: PdfFileReader(BytesIO(content), strict=False))
    assert len(found) > 20


def steps(make, count: int) -> int:
    """How many functions are called to read a file with so many objects in one stream."""
    content, called = packed(count), [0]

    def note(_frame, event, _argument):
        called[0] += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        found = objects(lambda: make(content))
    finally:
        sys.setprofile(before)
    assert len(found) > count
    return called[0]


def test_reading_many_objects_of_one_stream_takes_steps_in_proportion():
    def bounded(content):
        return BoundedReader(content, SignatureLimits())

    def engine(content):
        return PdfFileReader(BytesIO(content), strict=False)

    assert steps(bounded, 400) < 10 * steps(bounded, 40)
    assert steps(engine, 80) > 6 * steps(engine, 20), "the engine reads in proportion too: nothing is left to compare with"


@pytest.mark.parametrize(
    ("data", "positions", "cut_off"),
    [
        (b"1 0 2 3 7 8 9", {1: 6, 2: 9}, False),
        (b"1 0 1 3 7 8 9", {1: 6}, False),
        (b"1 0 x", {1: 6}, False),
        (b"1 0", {}, True),
        (b"", {}, True),
    ],
    ids=["two objects", "twice the same number", "no number", "cut off", "empty"],
)
def test_the_table_of_an_object_stream_is_read_as_far_as_it_goes(data, positions, cut_off):
    table = read_table(data, 6, 2)

    assert (table.positions, table.cut_off) == (positions, cut_off)
