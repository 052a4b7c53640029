"""Whatever the bytes, a check ends in a report."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.signatures.check import check
from parsers.signatures.model import DocumentSignatures, Indication
from tests.pki.authority import DAY, NOW, make_pki
from tests.pki.documents import Signing, letter, sign

PKI = make_pki()
SIGNED = sign(sign(letter(), Signing(identity=PKI.person, tsa=PKI.tsa)), Signing(identity=PKI.organisation, field="Seal"))
TOKENS = [
    *(b"%PDF-1.7\n", b"1 0 obj\n", b"endobj\n", b"<< /Type /Catalog /AcroForm << /Fields [1 0 R] >> /Pages 1 0 R >>"),
    b"<< /FT /Sig /V 1 0 R /T (a) /Kids [1 0 R] /ByteRange [0 9 20 3] /SubFilter /ETSI.CAdES.detached /Contents <3000> >>",
    *(b"xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n", b"trailer\n<< /Root 1 0 R /Size 2 /Prev 9 >>\n"),
    *(b"startxref\n9\n", b"%%EOF\n", b"stream\n", b"endstream\n", b"/Encrypt 1 0 R", b"[", b"]", b"<<", b">>", b"\x00", b"9 "),
]


def report_on(content: bytes) -> DocumentSignatures:
    return check(content, "a.pdf", PKI.trust, received_at=NOW + DAY, now=NOW + DAY)


@given(st.binary(max_size=400).map(lambda tail: b"%PDF-1.4\n" + tail) | st.lists(st.sampled_from(TOKENS)).map(b"".join))
def test_any_bytes_end_in_a_report(content):
    assert isinstance(report_on(content), DocumentSignatures)


@settings(max_examples=40)
@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_no_changed_byte_passes(position, difference):
    content = bytearray(SIGNED)
    content[position] ^= difference
    found = report_on(bytes(content))

    assert found.indication is not Indication.TOTAL_PASSED or same_document(SIGNED, bytes(content))


def same_document(before: bytes, after: bytes) -> bool:
    """Whether two files differ only inside the signature values, or in white space behind the end.

    A signature cannot cover its own value: padding, further certificates and timestamps in it may change, and are judged
    by themselves. White space between hexadecimal digits means nothing (ISO 32000-2, 7.3.4.3).
    """

    def plain(content: bytes) -> bytes:
        return re.sub(rb"/Contents <[0-9A-Fa-f\x00\t\n\x0c\r ]+>", b"/Contents <>", content).rstrip(b"\x00\t\n\x0c\r ")

    return plain(before) == plain(after)


@settings(max_examples=40)
@given(st.integers(0, len(SIGNED)))
def test_no_truncated_file_passes(length):
    found = report_on(SIGNED[:length])

    assert found.indication is not Indication.TOTAL_PASSED or len(SIGNED[:length].rstrip()) == len(SIGNED.rstrip())


@settings(max_examples=40)
@given(st.integers(0, len(SIGNED)), st.binary(min_size=1, max_size=50))
def test_no_inserted_bytes_pass(position, inserted):
    content = SIGNED[:position] + inserted + SIGNED[position:]
    found = report_on(content)

    assert found.indication is not Indication.TOTAL_PASSED or same_document(SIGNED, content)
