"""The bytes as they were signed can be had back, with the pages that changed later."""

import re

import pytest

from parsers.signatures.limits import SignatureLimits
from parsers.signatures.model import Coverage, Indication, Modification
from parsers.signatures.pdf_revisions import NoRevisionError, signed_revision
from tests.pki.documents import encrypted, letter, replace_page, sign, update


def test_the_signed_revision_is_the_file_as_it_left_the_signer(verify, one_signature, two_signatures):
    found = signed_revision(two_signatures, "Leader")

    assert (found.content, found.changed_pages) == (one_signature, ())
    report = verify(found.content).signatures[0]
    assert (report.coverage, report.modification, report.indication) == (
        Coverage.ENTIRE_FILE,
        Modification.NONE,
        Indication.TOTAL_PASSED,
    )


def test_the_last_signature_gives_the_whole_file(two_signatures):
    assert signed_revision(two_signatures, "Seal").content == two_signatures


def test_the_pages_that_changed_later_are_named(verify, one_signature, seal):
    manipulated = sign(update(one_signature, lambda writer: replace_page(writer, 1)), seal)
    found = signed_revision(manipulated, "Leader")

    assert (found.content, found.changed_pages) == (one_signature, (2,))
    assert found.changed_pages == verify(manipulated).signatures[0].changed_pages


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"%PDF-1.4\n", "Leader"),
        (b"", "Leader"),
        (letter(), "Leader"),
        (encrypted(letter(), "secret"), "Leader"),
    ],
    ids=["damaged", "empty", "unsigned", "encrypted"],
)
def test_a_file_without_that_signature_is_refused(content, field):
    with pytest.raises(NoRevisionError):
        signed_revision(content, field)


def test_an_unknown_field_is_refused_with_the_known_ones(two_signatures):
    with pytest.raises(NoRevisionError, match="Leader, Seal"):
        signed_revision(two_signatures, "Third")


def test_a_signature_that_leaves_out_more_than_its_value_has_no_revision(one_signature):
    value = re.search(rb"/ByteRange \[0 (\d+)", one_signature)
    shorter = b"/ByteRange [0 " + str(int(value[1]) - 1).encode().ljust(len(value[1]))
    broken = one_signature[: value.start()] + shorter + one_signature[value.end() :]

    with pytest.raises(NoRevisionError):
        signed_revision(broken, "Leader")


def test_limits_hold_here_too(two_signatures):
    with pytest.raises(NoRevisionError):
        signed_revision(two_signatures, "Leader", SignatureLimits(file_bytes=100))
    assert signed_revision(two_signatures, "Leader", SignatureLimits(pages=1)).changed_pages is None
