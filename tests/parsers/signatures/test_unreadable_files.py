"""Broken and hostile files end in a finding; the mark of a signature keeps them from being called unsigned."""

import re
import zlib
from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic

from parsers.signatures.model import Indication, Reason, SubIndication
from tests.pki.documents import name, update

CONTENTS = re.compile(rb"/Contents <[0-9A-Fa-f]+>")

PASSED, OPEN, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED


def test_a_placeholder_that_was_never_signed_fails(verify, one_signature):
    found = verify(CONTENTS.sub(lambda value: b"/Contents <" + b"0" * (len(value[0]) - 12) + b">", one_signature))

    assert (found.indication, found.sub_indication) == (FAILED, SubIndication.FORMAT_FAILURE)
    assert Reason.UNREADABLE in found.reasons


def test_what_stands_behind_the_value_in_its_room_is_signed_by_nobody(verify, one_signature):
    value = CONTENTS.search(one_signature)
    found = verify(one_signature[: value.end() - 3] + b"01" + one_signature[value.end() - 1 :])

    assert (found.indication, found.reasons[0]) == (OPEN, Reason.UNSIGNED_DATA)
    assert "behind the signature value" in found.signatures[0].detail


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_open(verify, one_signature, part):
    assert verify(one_signature[: int(len(one_signature) * part)]).indication is OPEN


def test_junk_before_the_header_is_open(verify, one_signature):
    found = verify(b"\x00junk\n" + one_signature)

    assert (found.indication, found.reasons) == (OPEN, (Reason.UNREADABLE,))


def test_a_loop_of_cross_references_is_open(verify, two_signatures):
    last = re.findall(rb"startxref\s+(\d+)", two_signatures)[-1]
    position = two_signatures.rindex(b"/Prev ")
    previous = re.match(rb"/Prev \d+", two_signatures[position:])[0]
    looped = two_signatures[:position] + (b"/Prev " + last).ljust(len(previous)) + two_signatures[position + len(previous) :]

    assert verify(looped).indication is OPEN


def test_a_decompression_bomb_is_open(verify):
    found = verify(bomb())

    assert (found.indication, found.reasons) == (OPEN, (Reason.LIMIT,))


@pytest.mark.parametrize("depth", [1000, 100_000])
def test_deep_nesting_is_not_followed(verify, one_signature, depth):
    nested = b"[" * depth + b"]" * depth
    content = b"%PDF-1.4\n1 0 obj\n<< /AcroForm " + nested + b" >>\nendobj\n/ByteRange [0 1 2 3]\n"
    table = b"xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<< /Root 1 0 R /Size 2 >>\n"
    found = verify(content + table + b"startxref\n%d\n%%%%EOF" % len(content))

    assert found.indication is OPEN


def test_one_bad_field_does_not_hide_a_good_one(verify, two_signatures):
    first = two_signatures.index(b"/Contents <") + 11
    broken = two_signatures[:first] + b"00" * 20 + two_signatures[first + 40 :]
    found = verify(broken)

    assert found.seen == 2
    assert found.signatures[0].sub_indication is SubIndication.FORMAT_FAILURE
    assert found.signatures[1].signer.common_name == "Sở Tài chính tỉnh Mẫu"


def test_a_second_field_for_the_same_signature_is_counted_once(verify, one_signature):
    def copy_field(writer):
        fields = writer.root["/AcroForm"]["/Fields"]
        copied = generic.DictionaryObject(
            {
                name("/FT"): name("/Sig"),
                name("/T"): generic.pdf_string("Copy"),
                name("/V"): fields[0].get_object().raw_get("/V"),
            }
        )
        fields.append(writer.add_object(copied))
        writer.update_container(fields)

    found = verify(update(one_signature, copy_field))
    assert found.seen == 1
    assert found.indication is not PASSED


def test_a_value_that_points_at_another_field_hides_nothing(verify, one_signature):
    def point_at_it(writer):
        fields = writer.root["/AcroForm"]["/Fields"]
        pointing = generic.DictionaryObject({name("/FT"): name("/Sig"), name("/V"): fields.raw_get(0)})
        fields.insert(0, writer.add_object(pointing))
        writer.update_container(fields)

    assert verify(update(one_signature, point_at_it)).seen == 2


def test_a_field_that_is_no_indirect_object_is_seen(verify, one_signature):
    def inline(writer):
        fields = writer.root["/AcroForm"]["/Fields"]
        field = fields[0].get_object()
        fields[0] = generic.DictionaryObject({name("/FT"): name("/Sig"), name("/V"): field.raw_get("/V")})
        writer.update_container(fields)

    found = verify(update(one_signature, inline))
    assert found.seen == 1
    assert found.indication is not PASSED


def bomb() -> bytes:
    """A cross-reference stream of a hundred megabytes in a hundred kilobytes."""
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(bytes(1 << 20)) for _ in range(100)) + packer.flush()
    output = BytesIO()
    output.write(b"%PDF-1.5\n")
    start = output.tell()
    output.write(
        b"1 0 obj\n<< /Type /XRef /Size 20000000 /W [1 2 2] /Root 1 0 R /Filter /FlateDecode /Length %d >>\nstream\n" % len(data)
    )
    output.write(data + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start)
    return output.getvalue()


def test_white_space_between_the_digits_of_a_value_does_not_matter(verify, one_signature):
    value = CONTENTS.search(one_signature)
    digits = value[0][11:-1].rstrip(b"0").ljust(2, b"0")
    digits += b"0" * (len(digits) % 2)
    spelt = b"\n".join(digits[at : at + 64] for at in range(0, len(digits), 64)).ljust(len(value[0]) - 12)

    assert verify(one_signature[: value.start() + 11] + spelt + one_signature[value.end() - 1 :]).indication is PASSED
