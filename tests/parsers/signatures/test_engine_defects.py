"""What the engine gets wrong by itself, so that whoever takes a newer one learns which guard has lost its reason, or its ground.

A test that fails here says nothing against the hub: read the defects in the list of attacks again, and keep the guards.
"""

import asyncio
from io import BytesIO

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation.ades import ades_with_time_validation
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko.version import __version__ as engine_version
from pyhanko_certvalidator.version import __version__ as path_version

from parsers.signatures.engine import Evidence, prepare, specification
from tests.parsers.signatures.adversarial.attack import RECEIVED
from tests.parsers.signatures.adversarial.certificate_attacks import GONE, stamped
from tests.parsers.signatures.adversarial.message_attacks import two_signers_inside_a_pdf
from tests.parsers.signatures.adversarial.pdf_attacks import one, section_before_signed_bytes
from tests.pki.authority import DAY, NOW, make_pki


def first_signature(pdf: bytes) -> EmbeddedPdfSignature:
    return PdfFileReader(BytesIO(pdf), strict=False).embedded_signatures[0]


def test_the_defects_were_measured_with_this_engine():
    assert (engine_version.rsplit(".", 1)[0], path_version.rsplit(".", 1)[0]) == ("0.38", "0.33")


def test_a_certificate_that_ended_before_the_stamp_passes_the_engine():
    """D2: the guard is `Period` in the lattice."""
    found = first_signature(stamped(GONE, NOW - DAY)())
    evidence = Evidence(trust=prepare(make_pki().trust).as_of(RECEIVED, DAY), certificates=(), crls=(), ocsps=())
    result = asyncio.run(ades_with_time_validation(found.signed_data, specification(evidence), raw_digest=found.compute_digest()))

    assert result.ades_subindic is AdESPassed.OK


@pytest.mark.parametrize("tail", [b"<html>", b"8 0 obj\n<< >>\nendobj\n"], ids=["HTML", "an object"])
def test_bytes_behind_the_end_are_nothing_to_the_engine(tail):
    """D3: the guard is `tail_is_clean`."""
    assert first_signature(one() + tail).evaluate_signature_coverage() is SignatureCoverageLevel.ENTIRE_REVISION


def test_a_section_prepared_before_the_signing_is_nothing_to_the_engine():
    """The guard is that a revision counts as signed only with all before it."""
    found = first_signature(section_before_signed_bytes())

    assert found.evaluate_signature_coverage() is SignatureCoverageLevel.ENTIRE_REVISION


def test_one_signature_with_two_signers_takes_the_whole_list_with_it():
    """D8 and D15: fields are walked and signers split by ourselves."""
    with pytest.raises(ValueError, match=r"SignerInfo|exactly one"):
        _ = first_signature(two_signers_inside_a_pdf()).signer_info
