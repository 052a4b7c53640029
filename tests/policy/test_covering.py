"""Which files of a mail sign a letter's files: by digest, through envelopes, never by name."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mailhub.policy.case import SignatureScope
from mailhub.policy.covering import signature_files
from parsers.files.containers import FileKind
from parsers.signatures.model import Indication, SubIndication
from tests.policy import builders as b

FILES, CONTAINER, NOTHING, MAIL = SignatureScope.FILES, SignatureScope.CONTAINER, SignatureScope.NOTHING, SignatureScope.MAIL


def a_file(path, name, kind=FileKind.PDF, *reports, covers=()):
    """A file whose digest is its name's, so that equal names are equal contents."""
    signed = replace(b.signatures(*reports), covers=tuple(name.rjust(64, "0") for name in covers))
    return replace(b.a_file(path, kind, signed=signed), sha256=name.rjust(64, "0"), name=name)


def a_signature(path, name, *covers, kind=FileKind.SIGNATURE):
    return a_file(path, name, kind, b.by_person(), covers=covers)


def joined(files, *own):
    """Path, scope and digests of what signs the letter's files."""
    mine = tuple(file for file in files if file.path in own)
    return [(item.file.path, item.scope, tuple(one.lstrip("0") for one in item.over)) for item in signature_files(files, mine)]


LETTER = a_file("2", "letter")


def test_a_signature_beside_its_document_is_joined_by_digest_whatever_it_is_called():
    files = (LETTER, a_signature("3", "other.doc.p7s", "letter"))
    assert joined(files, "2") == [("3", FILES, ("letter",))]


def test_one_over_another_file_of_the_mail_is_no_business_of_the_letter():
    files = (LETTER, a_file("3", "annex"), a_signature("4", "letter.p7s", "annex"))
    assert joined(files, "2") == []
    assert joined(files, "2", "3") == [("4", FILES, ("annex",))]


def test_an_envelope_signs_what_came_out_of_it():
    files = (a_signature("2", "p7m", "letter"), replace(LETTER, path="2!letter"))
    assert joined(files, "2!letter") == [("2", FILES, ("letter",))]


def test_envelopes_around_envelopes_sign_it_too():
    files = (
        a_signature("2", "outer", "middle"),
        a_signature("2!m", "middle", "inner"),
        a_signature("2!m!i", "inner", "letter"),
        replace(LETTER, path="2!m!i!l"),
        a_signature("3", "beside", "outer"),
    )
    expected = [(path, FILES, ("letter",)) for path in ("2", "2!m", "2!m!i", "3")]
    assert joined(files, "2!m!i!l") == expected


def test_a_signature_over_a_signature_file_is_not_over_the_document():
    files = (LETTER, a_signature("3", "one", "letter"), a_signature("4", "two", "one"))
    assert joined(files, "2") == [("3", FILES, ("letter",))]


def test_an_envelope_whose_signed_bytes_are_others_than_those_that_came_out_leaves_the_letter_open():
    files = (a_signature("2", "p7m", "something else"), replace(LETTER, path="2!letter"))
    assert joined(files, "2!letter") == [("2", CONTAINER, ("letter",))]


def test_a_signed_archive_is_around_the_letter():
    archive = a_file("2", "zip", FileKind.ARCHIVE)
    files = (archive, replace(LETTER, path="2!letter"), a_signature("3", "zip.p7s", "zip"))
    assert joined(files, "2!letter") == [("3", CONTAINER, ("letter",))]
    asic = replace(archive, signatures=b.signatures(unchecked=("ASiC",), seen=1, indication=Indication.INDETERMINATE))
    assert joined((asic, files[1]), "2!letter") == [("2", CONTAINER, ("letter",))]


def test_an_unsigned_archive_is_nothing():
    files = (a_file("2", "zip", FileKind.ARCHIVE), replace(LETTER, path="2!letter"))
    assert joined(files, "2!letter") == []


def test_a_signature_without_its_document_is_every_letters_business():
    lost = a_signature("3", "lost")
    assert joined((LETTER, lost), "2") == [("3", NOTHING, ())]
    missing = b.by_person(Indication.INDETERMINATE, SubIndication.SIGNED_DATA_NOT_FOUND)
    assert joined((LETTER, a_file("4", "xml", FileKind.XML, missing)), "2") == [("4", NOTHING, ())]


def test_an_xml_file_that_is_signed_itself_is_a_document():
    assert joined((LETTER, a_signature("3", "xml", kind=FileKind.XML)), "2", "3") == []


def test_certificates_in_a_bag_are_no_signature_and_a_pgp_signature_is_one():
    bag = a_file("3", "p7c", FileKind.SIGNATURE)
    assert joined((LETTER, bag), "2") == []
    assert joined((LETTER, replace(bag, media_type="application/pgp-signature")), "2") == [("3", NOTHING, ())]


def test_a_mails_signature_is_about_the_mail_even_where_its_content_is_the_letter():
    signed = a_file("3", "smime", FileKind.SIGNATURE, replace(b.by_person(), format="S/MIME"), covers=("letter",))
    assert joined((LETTER, signed), "2") == [("3", MAIL, ())]


def test_the_signature_of_an_attached_mail_is_about_that_mail():
    attached = a_file("3", "eml", FileKind.MESSAGE)
    signed = a_file("3!2", "smime", FileKind.SIGNATURE, replace(b.by_person(), format="S/MIME"))
    assert joined((LETTER, attached, signed), "2") == []


names = st.sampled_from(("letter", "annex", "p7m", "zip", "lost"))
paths = st.lists(st.sampled_from(("2", "2!a", "2!a!b", "3", "3!a", "4")), unique=True, max_size=6)


@given(st.data(), paths)
def test_whatever_a_mail_holds_the_join_ends_and_names_only_the_letters_files(data, some_paths):
    files = tuple(
        a_file(
            path,
            data.draw(names),
            data.draw(st.sampled_from((FileKind.PDF, FileKind.SIGNATURE, FileKind.ARCHIVE, FileKind.MESSAGE, FileKind.XML))),
            *data.draw(st.sampled_from(((), (b.by_person(),), (replace(b.by_person(), format="S/MIME"),)))),
            covers=data.draw(st.lists(names, max_size=2)),
        )
        for path in some_paths
    )
    own = tuple(file for file in files if data.draw(st.booleans()))
    found = signature_files(files, own)
    mine = {file.sha256 for file in own}
    assert all(set(item.over) <= mine for item in found)
    assert all(bool(item.over) == (item.scope in {FILES, CONTAINER}) for item in found)
    assert all(item.over != (item.file.sha256,) or item.scope is CONTAINER for item in found)
