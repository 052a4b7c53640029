"""The system certificate: as good a signature as is possible now, and nothing that leaves waits for it."""

import logging
import subprocess
from datetime import timedelta

import pytest

from mailhub.signing.keys import KeyPurpose
from mailhub.signing.pkcs12 import FileKey
from mailhub.signing.system import SystemSignature
from parsers.signatures.check import check
from parsers.signatures.model import Indication
from parsers.signatures.trust import TrustSnapshot
from storage.records import UNSIGNED
from tests.pki.authority import DAY, NOW, Wish
from tests.pki.documents import letter
from tests.pki.services import ARCHITECTURE
from tests.signing.key_stores import PASSWORD, write_p12

PATH = f"/{ARCHITECTURE}/tsa/tsa"


@pytest.fixture
def trust(pki, laboratory):
    """Our own authority for signers, the living one for timestamps."""
    return TrustSnapshot(signer_anchors=pki.trust.signer_anchors, tsa_anchors=laboratory.trust.tsa_anchors)


def only_report(content, trust):
    found = check(content, "sheet.pdf", trust, received_at=NOW + DAY, now=NOW + DAY)
    (report,) = found.signatures
    return report


def test_with_an_authority_a_sheet_is_signed_at_level_b_t_and_our_own_check_passes_it(system_key, stamping, trust):
    signed = SystemSignature(key=system_key, timestamping=stamping()).sign(letter(), NOW)
    report = only_report(signed.content, trust)
    assert (signed.level, signed.obstacle) == ("B-T", None)
    assert (report.indication, report.level) == (Indication.TOTAL_PASSED, "T")
    assert report.timestamp.trusted
    assert report.claimed_signing_time == NOW


def test_without_an_authority_it_is_signed_at_level_b_b(system_key, trust):
    signed = SystemSignature(key=system_key).sign(letter(), NOW)
    assert signed.level == "B-B"
    assert only_report(signed.content, trust).indication is Indication.TOTAL_PASSED


@pytest.mark.parametrize("manner", ["dead", "silent", "garbage", "dripping"])
def test_an_authority_that_fails_costs_its_time_once_and_the_sheet_leaves_at_level_b_b(
    system_key, stamping, laboratory, trust, caplog, manner
):
    manners = laboratory.manners
    answers = {
        "dead": manners.says(b"", status=503),
        "silent": manners.is_silent(),
        "garbage": manners.says(b"x"),
        "dripping": manners.drips(),
    }
    system = SystemSignature(key=system_key, timestamping=stamping(seconds=0.3))
    with laboratory.answering(PATH, answers[manner]), caplog.at_level(logging.WARNING):
        for _ in range(2):
            signed = system.sign(letter(), NOW)
            assert (signed.level, signed.obstacle) == ("B-B", None)
    assert laboratory.asked.count(f"POST {PATH}") == 1
    assert caplog.text.count("signed without a timestamp") == 2
    assert only_report(signed.content, trust).indication is Indication.TOTAL_PASSED


def test_an_expired_certificate_signs_nothing_and_says_so(pki, tmp_path, caplog):
    identity = pki.issuing.issue(Wish(common_name="Hệ thống", key=5, years=(NOW - 10 * DAY, NOW - DAY)))
    key = FileKey(purpose=KeyPurpose.SYSTEM, path=write_p12(tmp_path / "old.p12", identity), password=PASSWORD)
    signed = SystemSignature(key=key).sign(letter(), NOW)
    assert (signed.content, signed.level) == (letter(), UNSIGNED)
    assert "hết hạn" in signed.obstacle.vi
    assert "left unsigned" in caplog.text


def test_the_unit_s_seal_signs_nothing_by_itself(seal_key):
    signed = SystemSignature(key=seal_key).sign(letter(), NOW)
    assert signed.level == UNSIGNED
    assert "must not serve" in signed.obstacle.en


def test_a_key_that_comes_back_signs_again(system_key):
    system, path = SystemSignature(key=system_key), system_key.path
    content = path.read_bytes()
    path.unlink()
    assert system.sign(letter(), NOW).level == UNSIGNED
    path.write_bytes(content)
    assert system.sign(letter(), NOW).level == "B-B"


def test_pdfsig_says_that_the_signature_is_valid_and_covers_the_document(system_key, stamping, tmp_path):
    path = tmp_path / "sheet.pdf"
    path.write_bytes(SystemSignature(key=system_key, timestamping=stamping()).sign(letter(), NOW).content)
    said = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False, timeout=200).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


def test_a_token_s_timestamp_fits_into_what_is_reserved_and_nothing_is_asked_twice(system_key, stamping, laboratory):
    SystemSignature(key=system_key, timestamping=stamping()).sign(letter(), NOW)
    assert laboratory.asked.count(f"POST {PATH}") == 1


def test_the_time_of_the_signature_is_that_of_the_act(system_key, trust):
    earlier = NOW - timedelta(hours=3)
    signed = SystemSignature(key=system_key).sign(letter(), earlier)
    assert only_report(signed.content, trust).claimed_signing_time == earlier
