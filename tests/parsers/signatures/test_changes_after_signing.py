"""What is done to a signed file afterwards: every row of the attack list that an editor can make."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec, append_signature_field

from parsers.signatures.model import Coverage, Indication, Modification, Reason, SubIndication
from parsers.signatures.trust import TrustSnapshot
from tests.pki.authority import Authority, Wish
from tests.pki.documents import Signing, add_annotation, fill_field, letter, name, replace_page, sign, update

CONTENTS = re.compile(rb"/Contents <[0-9A-Fa-f]+>")

PASSED, OPEN, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED


def outcome(found) -> tuple:
    return found.indication, found.sub_indication


def test_one_flipped_byte_of_the_text_breaks_the_digest(verify, one_signature):
    position = one_signature.index(b"K?nh g?i")
    broken = one_signature[:position] + b"X" + one_signature[position + 1 :]

    assert outcome(verify(broken)) == (FAILED, SubIndication.HASH_FAILURE)


def test_one_flipped_byte_of_the_signature_value_breaks_the_signature(verify, pki):
    signed = sign(letter(), Signing(identity=pki.person))
    value = CONTENTS.search(signed)
    last = value.start() + len(value[0].rstrip(b"0>")) - 1
    broken = signed[:last] + (b"1" if signed[last : last + 1] != b"1" else b"2") + signed[last + 1 :]

    assert outcome(verify(broken)) == (FAILED, SubIndication.SIG_CRYPTO_FAILURE)


def test_a_page_replaced_by_an_update_is_named(verify, two_signatures):
    found = verify(update(two_signatures, lambda writer: replace_page(writer, 1)))

    assert outcome(found) == (FAILED, SubIndication.FORMAT_FAILURE)
    for report in found.signatures:
        assert Reason.VISIBLE_CHANGE in report.reasons
        assert (report.modification, report.changed_pages) == (Modification.VISIBLE, (2,))
        assert report.coverage is Coverage.ENTIRE_REVISION


def remove_page(writer):
    tree = writer.root["/Pages"]
    del tree["/Kids"][1]
    tree[name("/Count")] = generic.NumberObject(1)
    writer.update_container(tree)


def add_page(writer):
    tree = writer.root["/Pages"]
    page = {name("/Type"): name("/Page"), name("/Parent"): writer.root.raw_get("/Pages"), name("/Resources"): tree_dict()}
    tree["/Kids"].append(writer.add_object(generic.DictionaryObject(page)))
    tree[name("/Count")] = generic.NumberObject(3)
    writer.update_container(tree)


def tree_dict():
    return generic.DictionaryObject()


def swap_pages(writer):
    kids = writer.root["/Pages"]["/Kids"]
    first, second = kids.raw_get(0), kids.raw_get(1)
    kids[0], kids[1] = second, first
    writer.update_container(writer.root["/Pages"])


def rotate(writer):
    page = writer.find_page_for_modification(0)[0].get_object()
    page[name("/Rotate")] = generic.NumberObject(180)
    writer.update_container(page)


def replace_font(writer):
    page = writer.find_page_for_modification(0)[0].get_object()
    font = page["/Resources"]["/Font"]["/F1"]
    font[name("/BaseFont")] = name("/Symbol")
    writer.update_container(font)


def crop(writer):
    tree = writer.root["/Pages"]
    tree[name("/CropBox")] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 300, 300)))
    writer.update_container(tree)


@pytest.mark.parametrize(
    ("change", "pages"),
    [
        (remove_page, (2,)),
        (add_page, (3,)),
        (swap_pages, (1, 2)),
        (rotate, (1,)),
        (crop, (1, 2)),
        (replace_font, (1, 2)),
        (lambda writer: add_annotation(writer, 1), (2,)),
        (lambda writer: add_annotation(writer, 0, subtype="/Stamp"), (1,)),
    ],
    ids=["page removed", "page added", "pages swapped", "rotated", "cropped", "font replaced", "note added", "stamp added"],
)
def test_what_a_reader_sees_differently_fails(verify, one_signature, change, pages):
    found = verify(update(one_signature, change))

    assert outcome(found) == (FAILED, SubIndication.FORMAT_FAILURE)
    assert found.signatures[0].changed_pages == pages


def set_catalogue(key, value):
    def change(writer):
        writer.root[name(key)] = value
        writer.update_root()

    return change


SCRIPT = {name("/S"): name("/JavaScript"), name("/JS"): generic.pdf_string("app.alert(1)")}


def add_script(writer):
    tree = generic.DictionaryObject(
        {name("/Names"): generic.ArrayObject([generic.pdf_string("a"), generic.DictionaryObject(SCRIPT)])}
    )
    set_catalogue("/Names", generic.DictionaryObject({name("/JavaScript"): tree}))(writer)


@pytest.mark.parametrize(
    "change",
    [
        set_catalogue("/OpenAction", generic.DictionaryObject(SCRIPT)),
        set_catalogue("/AA", generic.DictionaryObject({name("/WC"): generic.DictionaryObject(SCRIPT)})),
        set_catalogue("/OCProperties", generic.DictionaryObject({name("/OCGs"): generic.ArrayObject()})),
        add_script,
    ],
    ids=["open action", "additional action", "layers", "script"],
)
def test_what_a_document_does_differently_fails(verify, one_signature, change):
    found = verify(update(one_signature, change))

    assert outcome(found) == (FAILED, SubIndication.FORMAT_FAILURE)
    assert {Reason.VISIBLE_CHANGE, Reason.BEHAVIOUR_CHANGE} <= set(found.reasons)
    assert found.signatures[0].changed_pages == ()


def test_a_redrawn_form_field_is_never_passed(verify, leader):
    found = verify(update(sign(letter(field="Amount"), leader), lambda writer: fill_field(writer, "100000")))

    assert outcome(found) == (OPEN, SubIndication.GENERIC)
    assert Reason.FORM_CHANGE in found.reasons
    assert found.signatures[0].changed_fields == ("Amount",)


def attach(writer):
    data = EmbeddedFileObject.from_file_data(writer, data=b"x", compress=False)
    embed_file(writer, FileSpec(file_spec_string="x.txt", embedded_data=data))


def test_an_update_that_shows_nothing_but_is_not_explained_stays_open(verify, one_signature):
    found = verify(update(one_signature, attach))

    assert outcome(found) == (OPEN, SubIndication.GENERIC)
    assert Reason.UNEXPLAINED_UPDATE in found.reasons


@pytest.mark.parametrize("generation", [0, 1, 65535])
def test_an_object_freed_by_an_update_does_not_pass(verify, one_signature, generation):
    # Viewers show nothing in the place of a freed object, whatever generation the entry names.
    reader = PdfFileReader(BytesIO(one_signature))
    contents = reader.root["/Pages"]["/Kids"][0].get_object().raw_get("/Contents").idnum
    freed = b"xref\n%d 1\n0000000000 %05d f \n" % (contents, generation)
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\n" % (
        reader.trailer["/Size"],
        reader.root_ref.idnum,
        reader.last_startxref,
    )
    end = b"startxref\n%d\n%%%%EOF\n" % len(one_signature)

    assert verify(one_signature + freed + trailer + end).indication is not PASSED


def test_new_document_information_does_not_matter(verify, one_signature):
    def retitle(writer):
        writer.trailer_view["/Info"][name("/Title")] = generic.pdf_string("CV 12")
        writer.update_container(writer.trailer_view["/Info"])

    assert verify(update(one_signature, retitle)).indication is PASSED


def test_a_certification_against_changes_conflicts_with_a_second_signature(verify, leader, seal):
    certified = sign(letter(), replace(leader, certify=MDPPerm.NO_CHANGES))
    assert verify(certified).indication is PASSED

    again = verify(sign(certified, replace(leader, field="Second")))
    assert outcome(again) == (OPEN, SubIndication.GENERIC)
    assert Reason.DOCMDP_CONFLICT in again.reasons

    sealed = verify(sign(certified, seal))
    assert outcome(sealed) == (OPEN, SubIndication.CHANGED_BEFORE_SEAL)
    assert Reason.DOCMDP_CONFLICT in sealed.reasons


def test_a_certification_that_lets_sign_does_not_conflict(verify, leader, seal):
    certified = sign(letter(), replace(leader, certify=MDPPerm.FILL_FORMS))

    assert verify(sign(certified, seal)).indication is PASSED


def test_a_second_signature_touches_no_field_that_the_first_one_locks(verify, leader, seal):
    lock = FieldMDPSpec(FieldMDPAction.INCLUDE, ["Amount"])
    form = update(
        letter(field="Amount"),
        lambda writer: append_signature_field(writer, SigFieldSpec("Leader", box=(300, 100, 470, 130), field_mdp_spec=lock)),
    )
    locked = sign(form, leader)

    assert verify(sign(locked, seal)).indication is PASSED
    assert verify(sign(update(locked, lambda writer: fill_field(writer, "9")), replace(leader, field="B"))).indication is OPEN


@pytest.mark.parametrize("metadata", [b"no XML", "<x/>".encode("utf-16"), b"<rdf:RDF xmlns:rdf='x'/>"])
def test_metadata_that_nobody_touches_are_nobodys_business(verify, leader, seal, metadata, monkeypatch):
    monkeypatch.setattr(IncrementalPdfFileWriter, "_update_meta", lambda _: None)  # It would put its own in their place.

    def put(data):
        return lambda writer: set_catalogue("/Metadata", writer.add_object(generic.StreamObject(stream_data=data)))(writer)

    signed = sign(update(letter(), put(metadata)), leader)

    assert verify(sign(signed, seal)).indication is PASSED
    assert verify(update(signed, put(b"others"))).indication is OPEN


class TestTail:
    """Bytes behind the last end mark are seen by other readers, so they are no part of a good file."""

    @pytest.mark.parametrize("tail", [b"\n", b"\r\n \r\n", b"\x00\x00" * 1500], ids=["newline", "blank lines", "nulls"])
    def test_white_space_does_not_matter(self, verify, two_signatures, tail):
        assert verify(two_signatures + tail).indication is PASSED

    @pytest.mark.parametrize(
        "tail",
        [
            b"<html><script>alert(1)</script></html>",
            b"PK\x03\x04",
            b"4 0 obj\n<< /Type /Page >>\nendobj\n",
            b"4 0 obj\n<< /Type /Page >>\nendobj\ntrailer\n<< /Root 4 0 R >>\n%%EOF\n",
            b"x" * 3000,
        ],
        ids=["web page", "archive", "objects", "objects and an end mark without a place", "more than an engine looks through"],
    )
    def test_anything_else_fails(self, verify, two_signatures, tail):
        found = verify(two_signatures + tail)

        assert found.indication is not PASSED
        assert found.indication is FAILED
        assert Reason.TRAILING_DATA in found.reasons

    def test_objects_behind_an_end_mark_of_their_own_fail(self, verify, two_signatures):
        last = int(re.findall(rb"startxref\s+(\d+)", two_signatures)[-1])
        tail = b"4 0 obj\n<< /Type /Page >>\nendobj\nstartxref\n%d\n%%%%EOF\n" % last

        found = verify(two_signatures + tail)
        assert (found.indication, Reason.TRAILING_DATA in found.reasons) == (FAILED, True)


class TestSeal:
    """Leaders sign first, the registry adds number and date and seals; a seal vouches for what it covers."""

    def test_pages_changed_before_a_good_seal_are_held_for_a_person(self, verify, one_signature, seal):
        found = verify(sign(update(one_signature, replace_page), seal))

        assert outcome(found) == (OPEN, SubIndication.CHANGED_BEFORE_SEAL)
        leader, sealed = found.signatures
        assert (leader.changed_pages, leader.indication, sealed.indication) == ((1,), OPEN, PASSED)
        assert Reason.VISIBLE_CHANGE in leader.reasons

    def test_scripts_added_with_the_number_before_a_good_seal_are_told(self, verify, one_signature, seal):
        found = verify(sign(update(update(one_signature, replace_page), add_script), seal)).signatures[0]

        assert (found.sub_indication, found.changed_pages) == (SubIndication.CHANGED_BEFORE_SEAL, (1,))
        assert Reason.BEHAVIOUR_CHANGE in found.reasons

    def test_fields_filled_before_a_good_seal_are_held_for_a_person(self, verify, leader, seal):
        filled = update(sign(letter(field="Number"), leader), lambda writer: fill_field(writer, "226"))

        assert outcome(verify(sign(filled, seal))) == (OPEN, SubIndication.CHANGED_BEFORE_SEAL)

    def test_a_seal_that_is_not_trusted_vouches_for_nothing(self, verify, one_signature, seal):
        stranger = Authority.self_signed(Wish(common_name="Sở Tài chính tỉnh Mẫu", key=5)).identity
        found = verify(sign(update(one_signature, replace_page), replace(seal, identity=stranger)))

        assert found.signatures[0].indication is FAILED

    def test_another_persons_signature_vouches_for_nothing(self, verify, one_signature, leader):
        found = verify(sign(update(one_signature, replace_page), replace(leader, field="Second")))

        assert found.signatures[0].indication is FAILED

    def test_a_seal_does_not_vouch_for_what_comes_after_it(self, verify, one_signature, seal):
        sealed = sign(update(one_signature, replace_page), seal)
        found = verify(update(sealed, lambda writer: replace_page(writer, 1)))

        assert [report.indication for report in found.signatures] == [FAILED, FAILED]

    def test_a_seal_does_not_lend_trust_to_a_stranger(self, verify, seal, pki):
        stranger = Authority.self_signed(Wish(common_name="Nguyễn Văn Lạ", key=5)).identity
        signed = update(sign(letter(), Signing(identity=stranger)), replace_page)
        report = verify(sign(signed, seal)).signatures[0]

        assert report.indication is OPEN
        assert report.sub_indication is not SubIndication.CHANGED_BEFORE_SEAL

    def test_an_organisations_signature_is_not_cured_by_another_seal(self, verify, seal):
        signed = update(sign(letter(), seal), replace_page)

        assert verify(sign(signed, replace(seal, field="Second"))).signatures[0].indication is FAILED

    def test_a_broken_digest_is_not_cured(self, verify, one_signature, seal):
        position = one_signature.index(b"K?nh g?i")
        broken = one_signature[:position] + b"X" + one_signature[position + 1 :]

        assert verify(sign(broken, seal)).signatures[0].sub_indication is SubIndication.HASH_FAILURE


def test_an_empty_snapshot_does_not_change_what_was_changed(verify, one_signature):
    found = verify(update(one_signature, replace_page), trust=TrustSnapshot())

    assert outcome(found) == (FAILED, SubIndication.FORMAT_FAILURE)
