"""Updates of PDFs written by hand, byte for byte, as no program would write them."""

import re
from collections.abc import Mapping

MANIPULATED = b"BT /F1 12 Tf 72 700 Td (Manipulated) Tj ET"
FIRST_PAGE_TEXT = 8
"""Number of the stream that draws the first page of a letter of two pages."""
FONT = 2
PAGES = 7


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s>>\nstream\n" % (len(data), entries) + data + b"\nendstream"


REPLACED = {FIRST_PAGE_TEXT: stream(MANIPULATED)}


def last_section(pdf: bytes) -> int:
    return int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])


def catalogue(pdf: bytes) -> bytes:
    return re.findall(rb"/Root (\d+ \d+ R)", pdf)[-1]


def spelt(number: int, body: bytes, generation: int = 0) -> bytes:
    return b"%d %d obj\n" % (number, generation) + body + b"\nendobj\n"


def trailer(pdf: bytes, *, root: bytes = b"", previous: int | None = None, more: bytes = b"") -> bytes:
    before = last_section(pdf) if previous is None else previous
    return b"trailer\n<< /Size 200 /Root %s /Prev %d %s>>\n" % (root or catalogue(pdf), before, more)


def ended(start: int) -> bytes:
    return b"startxref\n%d\n%%%%EOF\n" % start


def appended(
    pdf: bytes,
    objects: Mapping[int, bytes],
    *,
    root: bytes = b"",
    more: bytes = b"",
    generation: int = 0,
    section_at: int = 0,
    begins_with: int | None = None,
    hidden: bytes = b"",
) -> bytes:
    """A further revision.

    `section_at` is where its section stands, `begins_with` where a reader is sent first, and no section lists `hidden`.
    """
    out = bytearray(pdf + hidden)
    places = {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += spelt(number, body, generation)
    if section_at:
        out += b"%" + b" " * (section_at - len(out) - 2) + b"\n"
    start = len(out)
    out += b"xref\n" + b"".join(b"%d 1\n%010d %05d n \n" % (number, at, generation) for number, at in places.items())
    if not places:
        out += b"0 0\n"
    out += trailer(pdf, root=root, more=more) + ended(start if begins_with is None else begins_with)
    return bytes(out)


def hybrid(pdf: bytes) -> bytes:
    """A section that is empty for old readers, with a stream behind it that replaces the text of a page for new ones."""
    out = bytearray(pdf)
    text = len(out)
    out += spelt(FIRST_PAGE_TEXT, stream(MANIPULATED))
    table = len(out)
    rows = row(1, text) + row(1, table)
    entries = b"/Type /XRef /W [1 4 2] /Index [%d 1 90 1] /Size 200 /Root %s " % (FIRST_PAGE_TEXT, catalogue(pdf))
    out += spelt(90, stream(rows, entries))
    start = len(out)
    return bytes(out) + b"xref\n0 0\n" + trailer(pdf, more=b"/XRefStm %d " % table) + ended(start)


def font_in_object_stream(pdf: bytes) -> bytes:
    """The font of all pages, written anew inside an object stream: the same codes, other letters."""
    out = bytearray(pdf)
    holder = len(out)
    head = b"%d 0 " % FONT
    packed = head + b"<< /Type /Font /Subtype /Type1 /BaseFont /Symbol /Name /F1 >>"
    out += spelt(91, stream(packed, b"/Type /ObjStm /N 1 /First %d " % len(head)))
    table = len(out)
    rows = row(2, 91) + row(1, holder) + row(1, table)
    entries = b"/Type /XRef /W [1 4 2] /Index [%d 1 91 2] /Size 200 /Root %s /Prev %d " % (
        FONT,
        catalogue(pdf),
        last_section(pdf),
    )
    return bytes(out) + spelt(92, stream(rows, entries)) + ended(table)


def row(kind: int, value: int) -> bytes:
    """One entry of a cross-reference stream."""
    return bytes([kind]) + value.to_bytes(4, "big") + b"\x00\x00"


PREPARED_AT = 60_000
"""Where a section will stand that something prepared before the signing leads to."""
PREPARED = b"xref\n0 0\ntrailer\n<< /Size 200 /Root 5 0 R /Prev %d >>\n" % PREPARED_AT
