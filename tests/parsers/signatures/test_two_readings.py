"""Updates that two viewers read in two ways: our reading alone proves nothing, so none of them passes."""

from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from parsers.signatures.engine import ENGINE_FAULTS
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.model import Indication, Reason
from parsers.signatures.pdf_reader import BoundedReader, StreamTable

PASSED = Indication.TOTAL_PASSED

EVIL = b"<< /Length 44 >>\nstream\nBT /F1 12 Tf 72 700 Td (Manipulated) Tj ET  \nendstream"


class Update:
    """Writes updates by hand, as no library would."""

    def __init__(self, signed: bytes) -> None:
        self.signed = signed
        self.reader = PdfFileReader(BytesIO(signed))
        self.page = self.reader.root["/Pages"]["/Kids"].raw_get(0)
        self.contents = self.page.get_object().raw_get("/Contents")

    def spelled(self, value: generic.PdfObject) -> bytes:
        output = BytesIO()
        value.write_to_stream(output)
        return output.getvalue()

    def with_objects(self, objects: dict[int, bytes], *, trailer: bytes = b"", listed: dict[int, int] | None = None) -> bytes:
        """The file with more objects; `listed` are places in the table beside theirs."""
        content, places = self.signed, []
        for number, body in objects.items():
            places.append((number, len(content)))
            content += b"%d 0 obj\n" % number + body + b"\nendobj\n"
        start = len(content)
        places += (listed or {}).items()
        table = b"".join(b"%d 1\n%010d 00000 n \n" % place for place in places)
        size, root = self.reader.trailer["/Size"] + 3, self.reader.root_ref.idnum
        end = b"trailer\n<< /Size %d /Root %d 0 R /Prev %d %s>>\n" % (size, root, self.reader.last_startxref, trailer)
        return content + b"xref\n" + table + end + b"startxref\n%d\n%%%%EOF\n" % start


@pytest.fixture
def by_hand(one_signature) -> Update:
    return Update(one_signature)


def test_the_same_page_written_again_passes(verify, by_hand):
    page = by_hand.spelled(by_hand.page.get_object())

    assert verify(by_hand.with_objects({by_hand.page.idnum: page})).indication is PASSED


def test_a_page_whose_contents_are_defined_twice_is_held(verify, by_hand):
    # Our reading takes the first definition, poppler's the second.
    page = by_hand.spelled(by_hand.page.get_object())
    new = by_hand.reader.trailer["/Size"]
    found = verify(by_hand.with_objects({by_hand.page.idnum: page[:-2] + b"/Contents %d 0 R >>" % new, new: EVIL}))

    assert found.indication is not PASSED
    assert Reason.UNEXPLAINED_UPDATE in found.reasons


def test_a_page_with_a_second_definition_of_what_it_had_is_held(verify, by_hand):
    page = by_hand.spelled(by_hand.page.get_object())
    other = by_hand.reader.root["/Pages"]["/Kids"][1].raw_get("/Contents").idnum

    found = verify(by_hand.with_objects({by_hand.page.idnum: page[:-2] + b"/Contents %d 0 R >>" % other}))
    assert (found.indication, Reason.UNEXPLAINED_UPDATE in found.reasons) == (Indication.INDETERMINATE, True)


def test_a_trailer_with_two_catalogues_is_held(verify, by_hand):
    new = by_hand.reader.trailer["/Size"]
    catalogue = by_hand.spelled(by_hand.reader.root)
    found = verify(by_hand.with_objects({new: EVIL, new + 1: catalogue}, trailer=b"/Root %d 0 R " % (new + 1)))

    assert (found.indication, Reason.UNEXPLAINED_UPDATE in found.reasons) == (Indication.INDETERMINATE, True)


def test_an_object_that_a_table_lists_at_two_places_does_not_pass(verify, by_hand):
    number = by_hand.contents.idnum
    old = by_hand.reader.xrefs[by_hand.contents.reference]

    assert verify(by_hand.with_objects({number: EVIL}, listed={number: old})).indication is not PASSED


def test_a_comment_without_end_in_an_object_stream_does_not_keep_the_reader(one_signature):
    # The engine would look for its end for ever.
    reader = BoundedReader(one_signature, SignatureLimits())
    reader.streams[7] = StreamTable(data=b"% and so on", positions={9: 0}, count=1, cut_off=False)

    assert isinstance(reader._get_object_from_stream(9, 7, 0), generic.NullObject)
    assert 9 in reader.doubtful


def test_an_update_of_a_usual_program_is_read_in_one_way(two_signatures):
    reader = BoundedReader(two_signatures, SignatureLimits())

    assert [reader.is_doubtful(number) for number in range(reader.total_revisions)] == [False] * reader.total_revisions


def test_no_update_of_the_corpora_is_doubtful_but_those_made_to_be(corpora):
    doubtful = set()
    for path in sorted((corpora / "signatures" / "pdf").rglob("*.pdf")):
        if path.stat().st_size > 300_000:
            continue
        try:
            reader = BoundedReader(path.read_bytes(), SignatureLimits())
        except ENGINE_FAULTS:
            continue
        if not reader.encrypted and any(reader.is_doubtful(number) for number in range(1, reader.total_revisions)):
            doubtful.add(path.name)

    assert doubtful == {"validation_dss-2236_hide.pdf"}
