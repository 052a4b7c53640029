"""Damaged PDFs, which viewers mend each in their own way: open, never unsigned, and with the signatures that they bear."""

import re

import pytest

from parsers.signatures.model import Indication, Reason
from tests.pki.authority import NOW
from tests.pki.documents import add_document_timestamp

OPEN = Indication.INDETERMINATE
LAST = re.compile(rb"startxref\s+\d+\s+%%EOF\s*\Z")


def wrong_place(pdf: bytes) -> bytes:
    return LAST.sub(b"startxref\n99999999\n%%EOF\n", pdf)


@pytest.mark.parametrize(
    "damage",
    [wrong_place, lambda pdf: LAST.sub(b"startxref\n0\n%%EOF\n", pdf), lambda pdf: LAST.sub(b"", pdf)],
    ids=["a wrong place", "no place", "cut off"],
)
def test_a_signature_in_a_damaged_file_is_named_and_open(verify, one_signature, damage):
    found = verify(damage(one_signature))

    assert (found.indication, found.reasons, found.seen) == (OPEN, (Reason.UNREADABLE,), 1)
    assert found.signatures[0].signer.common_name == "Nguyễn Văn Mẫu"
    assert "are not those signed" in found.signatures[0].detail


@pytest.mark.parametrize("front", [b"\n", b"\xef\xbb\xbf", b"\x00junk\n"])
def test_bytes_in_front_of_the_header_leave_a_right_signature_open(verify, one_signature, front):
    report = verify(front + one_signature).signatures[0]

    assert (report.indication, report.reasons[0], report.signer.common_name) == (OPEN, Reason.UNREADABLE, "Nguyễn Văn Mẫu")
    assert "are those signed" in report.detail
    assert report.timestamp.trusted


def test_all_signatures_of_a_damaged_file_are_named_in_their_order(verify, two_signatures, pki):
    found = verify(add_document_timestamp(two_signatures, pki.tsa, NOW) + b"startxref\n5\n%%EOF\n")

    assert [report.format for report in found.signatures] == ["PDF", "PDF", "DocTimeStamp"]
    assert [report.field for report in found.signatures] == ["#1", "#2", "#3"]
    assert {report.indication for report in found.signatures} == {OPEN}
    assert found.indication is OPEN


def test_a_signature_whose_value_is_not_where_it_says_is_counted(verify, one_signature):
    found = verify(one_signature.replace(b"\n", b"\r\n"))

    assert (found.indication, found.seen, found.signatures) == (OPEN, 1, ())


def test_a_signature_that_the_form_does_not_lead_to_is_named(verify, one_signature):
    found = verify(one_signature.replace(b"/Fields [", b"/Fiedls ["))

    assert (found.indication, found.reasons) == (OPEN, (Reason.NOT_IN_FORM,))
    assert [report.reasons[0] for report in found.signatures] == [Reason.NOT_IN_FORM]


def test_a_value_that_is_no_message_is_counted_only(verify, one_signature):
    start = one_signature.index(b"/Contents <") + 11
    found = verify(wrong_place(one_signature[:start] + b"00" * 20 + one_signature[start + 40 :]))

    assert (found.indication, found.seen, found.signatures) == (OPEN, 1, ())


def test_a_damaged_file_without_a_signature_is_unreadable(verify):
    found = verify(b"%PDF-1.7\nstartxref\n5\n%%EOF\n")

    assert (found.indication, found.reasons, found.seen) == (OPEN, (Reason.UNREADABLE,), 0)
