"""Updates that two viewers read in two ways: our reading alone proves nothing, so none of them passes."""

from collections.abc import Callable
from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from parsers.signatures.engine import ENGINE_FAULTS
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.model import Indication, Reason
from parsers.signatures.pdf_reader import BoundedReader, StreamTable
from parsers.signatures.pdf_sections import differ_by_signing
from tests.parsers.signatures.adversarial.sections import (
    FIRST_PAGE_TEXT,
    appended,
    catalogue,
    ended,
    last_section,
    row,
    spelt,
    stream,
    trailer,
)
from tests.pki.documents import letter, name, sign

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


@pytest.fixture(scope="session")
def prepared(leader) -> bytes:
    """A signed letter with other words in its bytes that no section names: who looks for objects himself finds them."""
    return sign(appended(letter(2, compressed=False), {180: b"null"}, hidden=spelt(FIRST_PAGE_TEXT, EVIL)), leader)


Table = Callable[..., bytes]


@pytest.fixture
def table(prepared) -> Table:
    """An update that is nothing but a section."""

    def make(*rows: tuple[int, int], size: int = 400, more: bytes = b"", behind: bytes = b"", off: int = 0, body: bytes = b""):
        out = prepared + body
        lines = b"".join(b"%d 1\n%010d 00000 n \n" % found for found in rows) or b"0 0\n"
        end = trailer(prepared, more=more).replace(b"/Size 200", b"/Size %d" % size)
        return out + b"xref\n" + lines + end + behind + ended(len(out) + off)

    return make


def places(content: bytes) -> tuple[int, int]:
    """Where the text of the first page stands, and where the other words do."""
    header = b"\n%d 0 obj" % FIRST_PAGE_TEXT
    return content.index(header) + 1, content.rindex(header) + 1


def test_an_update_that_names_nothing_passes(verify, table):
    assert verify(table()).indication is PASSED
    assert verify(table(off=-1)).indication is PASSED, "white space before a section is skipped by everybody"


def test_an_object_in_two_rows_of_a_table_is_held(verify, table, prepared):
    right, other = places(prepared)

    found = verify(table((FIRST_PAGE_TEXT, other), (FIRST_PAGE_TEXT, right)))
    assert (found.indication, Reason.UNEXPLAINED_UPDATE in found.reasons) == (Indication.INDETERMINATE, True)


@pytest.mark.parametrize(
    "change",
    [
        {"off": 1},
        {"off": -3},
        {"size": 5},
        {"behind": b"trailer\n<< /Size 400 /Root 99 0 R >>\n"},
        {"body": b"trailer\n<< /Size 400 /Root 99 0 R >>\n"},
        {"behind": b" " * 1100},
    ],
    ids=["a place too far", "a place too near", "too small", "a second trailer", "a trailer of its own", "a place out of sight"],
)
def test_a_section_at_which_programs_stumble_is_held(verify, table, change):
    found = verify(table(**change) if b" " * 9 not in change.get("behind", b"") else table() + change["behind"])

    assert (found.indication, Reason.UNEXPLAINED_UPDATE in found.reasons) == (Indication.INDETERMINATE, True)


@pytest.mark.parametrize(
    ("usual", "other"),
    [(b"/Size 400 ", b"/Size 400.0 "), (b"/Root 5 0 R", b""), (b" n \n", b" n\n")],
    ids=["a size with a point", "no catalogue", "short rows"],
)
def test_a_section_that_is_not_spelt_as_usual_is_held(verify, table, prepared, usual, other):
    update = table((FIRST_PAGE_TEXT, places(prepared)[0]))[len(prepared) :]
    assert usual in update
    assert verify(prepared + update).indication is PASSED

    found = verify(prepared + update.replace(usual, other))
    assert (found.indication, Reason.UNEXPLAINED_UPDATE in found.reasons) == (Indication.INDETERMINATE, True)


def test_a_previous_section_that_is_nearly_there_is_held(verify, table, prepared):
    last = last_section(prepared)

    assert verify(table().replace(b"/Prev %d" % last, b"/Prev %d" % (last + 1))).indication is Indication.INDETERMINATE


def test_white_space_that_hides_the_end_is_held(verify, prepared):
    found = verify(prepared + b"\x00" * 1100)

    assert (found.indication, found.reasons[0]) == (Indication.INDETERMINATE, Reason.UNSIGNED_DATA)
    assert verify(prepared + b"\x00" * 900).indication is PASSED


def test_a_stream_that_names_another_place_than_the_table_beside_it_is_held(verify, table, prepared):
    # Ghostscript follows the stream, others the table.
    right, other = places(prepared)
    begin = len(prepared)

    def beside(place: int) -> bytes:
        entries = b"/Type /XRef /W [1 4 2] /Index [%d 1 390 1] /Size 400 /Root %s " % (FIRST_PAGE_TEXT, catalogue(prepared))
        body = spelt(390, stream(row(1, place) + row(1, begin), entries))
        return table((FIRST_PAGE_TEXT, right), more=b"/XRefStm %d " % begin, body=body)

    assert verify(beside(other)).indication is Indication.INDETERMINATE
    assert verify(beside(right)).indication is PASSED


@pytest.mark.parametrize(
    ("numbers", "index", "passes"), [((3,), 0, True), ((3, 3), 1, False), ((3, 3), 0, False), ((77, 3), 0, False)]
)
def test_an_object_that_its_number_and_its_index_find_at_two_places_is_held(verify, prepared, numbers, index, passes):
    page = Update(prepared).page
    shown = Update(prepared).spelled(page.get_object())
    other = shown.replace(b"/Contents %d 0 R" % FIRST_PAGE_TEXT, b"/Contents 2 0 R")
    bodies = [shown if at == numbers.index(page.idnum) else other for at in range(len(numbers))]
    found = verify(with_object_stream(prepared, list(zip(numbers, bodies, strict=True)), index))

    assert (found.indication is PASSED) == passes


def with_object_stream(pdf: bytes, packed: list[tuple[int, bytes]], index: int) -> bytes:
    """An update with one object stream, of which a page comes from the given position."""
    starts = [sum(len(body) + 1 for _number, body in packed[:at]) for at in range(len(packed))]
    head = b"".join(b"%d %d " % (number, start) for (number, _body), start in zip(packed, starts, strict=True))
    holder = len(pdf)
    data = head + b"\n".join(body for _number, body in packed)
    out = pdf + spelt(391, stream(data, b"/Type /ObjStm /N %d /First %d " % (len(packed), len(head))))
    rows = row(2, 391)[:-1] + bytes([index]) + row(1, holder) + row(1, len(out))
    entries = b"/Type /XRef /W [1 4 2] /Index [3 1 391 2] /Size 400 /Root %s /Prev %d " % (catalogue(pdf), last_section(pdf))
    return out + spelt(392, stream(rows, entries)) + ended(len(out))


def test_what_signing_adds_to_a_page_makes_it_no_other():
    def page(**entries: str) -> generic.DictionaryObject:
        return generic.DictionaryObject({name(f"/{key}"): name(f"/{value}") for key, value in entries.items()})

    assert differ_by_signing(page(Type="Page"), page(Type="Page", Annots="A"))
    assert not differ_by_signing(page(Type="Page", Contents="A"), page(Type="Page", Contents="B"))
    assert not differ_by_signing(page(Type="Page"), name("/Page"))
