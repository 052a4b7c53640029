"""`pdfsig` of poppler, which nobody here wrote, agrees on the integrity of what the demo signs and breaks."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from mailhub.demo.cast import CONSTRUCTION, EDUCATION, FINANCE, HOME_AFFAIRS
from mailhub.demo.correspondence import Correspondence, Mail
from mailhub.demo.dossier import Desk
from mailhub.demo.pki import Pki
from parsers.signatures.check import check
from parsers.signatures.model import Indication, Reason, SubIndication
from parsers.signatures.trust import TrustSnapshot

pytestmark = pytest.mark.timeout(300)

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Seen:
    """One signature as pdfsig reports it."""

    signer: str
    intact: bool
    whole: bool


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk.furnish(Pki.make(NOW), (FINANCE, HOME_AFFAIRS, CONSTRUCTION, EDUCATION), NOW)


@pytest.fixture(scope="module")
def correspondence(desk) -> Correspondence:
    return Correspondence(desk)


@pytest.fixture(scope="module")
def trust(desk) -> TrustSnapshot:
    root, issuing = desk.pki.root.der, desk.pki.issuing.der
    return TrustSnapshot(signer_anchors=(root,), tsa_anchors=(root,), intermediates=(issuing,))


def files_of(mail: Mail) -> list[bytes]:
    parts = message_from_bytes(mail.raw, policy=policy.default).iter_attachments()
    return [part.get_content() for part in parts]


def pdfsig(pdf: bytes, tmp_path) -> list[Seen]:
    if shutil.which("pdfsig") is None:
        pytest.fail("pdfsig is not installed; make test installs it, or: apt-get install poppler-utils")
    file = tmp_path / "letter.pdf"
    file.write_bytes(pdf)
    said = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout
    return [
        Seen(
            signer=re.search(r"Common Name: (.+)", block)[1],
            intact="Signature Validation: Signature is Valid." in block,
            whole="- Total document signed" in block,
        )
        for block in said.split("Signature #")[1:]
    ]


def test_both_signatures_of_a_correct_letter_are_intact(correspondence, trust, tmp_path):
    letter = files_of(correspondence.correct())[0]
    assert pdfsig(letter, tmp_path) == [
        Seen(FINANCE.leader, intact=True, whole=False),
        Seen(FINANCE.name, intact=True, whole=True),
    ]
    assert check(letter, "letter.pdf", trust, received_at=NOW, now=NOW).indication is Indication.TOTAL_PASSED


def test_every_annex_is_sealed_by_the_agency(correspondence, tmp_path):
    for annex in files_of(correspondence.correct())[1:]:
        assert pdfsig(annex, tmp_path) == [Seen(FINANCE.name, intact=True, whole=True)]


def test_one_flipped_byte_breaks_both_signatures(correspondence, trust, tmp_path):
    (letter,) = files_of(correspondence.flipped())
    assert [seen.intact for seen in pdfsig(letter, tmp_path)] == [False, False]
    assert check(letter, "letter.pdf", trust, received_at=NOW, now=NOW).sub_indication is SubIndication.HASH_FAILURE


def test_a_replaced_page_keeps_the_signed_bytes_and_no_longer_ends_with_a_signature(correspondence, trust, tmp_path):
    (letter,) = files_of(correspondence.page_replaced())
    seen = pdfsig(letter, tmp_path)
    assert all(signature.intact for signature in seen)
    assert not any(signature.whole for signature in seen)
    report = check(letter, "letter.pdf", trust, received_at=NOW, now=NOW)
    assert report.indication is Indication.TOTAL_FAILED
    assert all(Reason.VISIBLE_CHANGE in signature.reasons for signature in report.signatures)


def test_a_letter_that_was_never_sealed_has_the_leaders_signature_alone(correspondence, tmp_path):
    (letter,) = files_of(correspondence.one_signature())
    assert pdfsig(letter, tmp_path) == [Seen(EDUCATION.leader, intact=True, whole=True)]
