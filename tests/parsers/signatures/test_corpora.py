"""PDFs that nobody here made: what others say of them against what we say, and no exception from any of them."""

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

import pytest
from asn1crypto import cms, x509
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

from parsers.signatures.check import check
from parsers.signatures.engine import ENGINE_FAULTS, prepare
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.model import DocumentSignatures, Indication, Reason, SignatureReport, SubIndication
from parsers.signatures.pdf_evidence import certificate_choices, evidence_of
from parsers.signatures.pdf_fields import FieldSignature, find_fields, read_field
from parsers.signatures.pdf_reader import BoundedReader
from parsers.signatures.trust import TrustSnapshot
from tests.parsers.signatures.oracles import Difference, Integrity, listed

# The first test that asks for them checks every file.
pytestmark = pytest.mark.timeout(180)

TODAY = datetime(2026, 3, 2, tzinfo=UTC)
DIFFERENCES = Path(__file__).with_name("pdfsig_differences.toml")


@cache
def found_in(path: Path) -> DocumentSignatures:
    """The report without any anchor."""
    return check(path.read_bytes(), path.name, TrustSnapshot(), received_at=TODAY, now=TODAY)


@cache
def trusted_in(path: Path) -> DocumentSignatures:
    """The report with every root that the file itself brings, as of an hour after its last claimed signing."""
    content = path.read_bytes()
    signatures = signatures_of(content)
    anchors = tuple(sorted({certificate.dump() for certificate in roots(content, signatures)}))
    times = [report.claimed_signing_time for report in found_in(path).signatures if report.claimed_signing_time]
    received_at = max(times, default=TODAY) + timedelta(hours=1)
    trust = TrustSnapshot(signer_anchors=anchors, tsa_anchors=anchors)
    return check(content, path.name, trust, received_at=received_at, now=received_at)


def signatures_of(content: bytes) -> list[FieldSignature]:
    try:
        reader = BoundedReader(content, SignatureLimits())
        return [read_field(found, reader, content) for found in find_fields(reader).fields]
    except ENGINE_FAULTS:
        return []


def roots(content: bytes, signatures: list[FieldSignature]) -> list[x509.Certificate]:
    """Certificates whose issuer is not in the file, or which issued themselves."""
    if not signatures:
        return []
    evidence = evidence_of(BoundedReader(content, SignatureLimits()), prepare(TrustSnapshot()), signatures)
    known = [*evidence.certificates]
    for signature in signatures:
        if signature.embedded is not None:
            known += [
                choice.chosen
                for token in tokens(signature)
                for choice in certificate_choices(token)
                if choice.name == "certificate"
            ]
    subjects = {certificate.subject.hashable for certificate in known if certificate.ca}
    return [one for one in known if one.issuer.hashable not in subjects or one.self_signed != "no"]


def tokens(signature: FieldSignature) -> list[cms.SignedData]:
    try:
        return list(extract_tst_data_iter(signature.embedded.signer_info, signed=False))
    except ENGINE_FAULTS:
        return []


def pdfs(corpora: Path) -> list[Path]:
    return sorted((corpora / "signatures" / "pdf").rglob("*.pdf"))


def expectations(corpora: Path) -> dict[Path, str]:
    folder = corpora / "signatures" / "pdf" / "dss"
    expected = json.loads((folder / "expected.json").read_text())
    return {folder / name: entry["expected"] for name, entry in expected.items() if entry["expected"]}


INTEGRITY = {SubIndication.HASH_FAILURE, SubIndication.SIG_CRYPTO_FAILURE, SubIndication.FORMAT_FAILURE}

SHOWN_DIFFERENTLY = {"validation_pades-signed-annot-added.pdf": "a note was put on page 1 after signing; DSS only warns"}
"""Files that DSS calls fine and we call failed, with what is seen on their pages."""

STAMPS_ONLY = {"validation_pades-multiple-pages-annots-overlap.pdf": "later stamps overlap earlier ones, as a seal has to"}
"""Files that DSS calls changed although all that was added are the stamps of intact signatures."""


def test_no_broken_or_changed_file_passes(corpora):
    wrong = {}
    for path, expected in expectations(corpora).items():
        if expected == "fine":
            continue
        for found in (found_in(path), trusted_in(path)):
            if found.indication is Indication.TOTAL_PASSED:
                wrong[path.name] = expected
    assert wrong == {}


def test_a_broken_or_changed_file_is_not_open_for_want_of_an_anchor_only(corpora):
    chain_only = {SubIndication.NO_CERTIFICATE_CHAIN_FOUND, SubIndication.CHAIN_CONSTRAINTS_FAILURE}
    names = {
        path.name
        for path, expected in expectations(corpora).items()
        if expected != "fine" and found_in(path).sub_indication in chain_only
    }

    assert names == set(STAMPS_ONLY)


def test_no_fine_file_fails(corpora):
    failed = {
        path.name
        for path, expected in expectations(corpora).items()
        if expected == "fine" and Indication.TOTAL_FAILED in {found_in(path).indication, trusted_in(path).indication}
    }

    assert failed == set(SHOWN_DIFFERENTLY)


def test_with_the_roots_of_the_file_many_fine_files_pass(corpora):
    passed = [
        path.name
        for path, expected in expectations(corpora).items()
        if expected == "fine" and trusted_in(path).indication is Indication.TOTAL_PASSED
    ]

    # The others are held: weak algorithms, updates for the long term that the engine cannot explain, old SubFilters.
    assert len(passed) >= 20


def test_no_signed_file_is_called_unsigned(corpora):
    unsigned = {path.name for path in pdfs(corpora) if found_in(path).indication is None}
    marked = {path.name for path in pdfs(corpora) if b"/ByteRange" in path.read_bytes()}

    assert unsigned & marked == set()


def integrity(report: SignatureReport) -> bool | None:
    """Whether the signed bytes are those signed; None where that was not or could not be found out."""
    not_read = {Reason.UNREADABLE, Reason.SUBFILTER, Reason.ENCRYPTED}
    if not_read & {*report.reasons} or report.format == "DocTimeStamp":
        return None
    broken = report.indication is Indication.TOTAL_FAILED and report.sub_indication in INTEGRITY
    return not (broken and Reason.VISIBLE_CHANGE not in report.reasons)


def pdfsig_on(path: Path) -> dict[str, bool]:
    """What poppler says of each field: digest and signature value together. It knows nothing of later changes."""
    text = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, check=False, timeout=200).stdout.decode(
        errors="replace"
    )
    found: dict[str, bool] = {}
    for part in re.split(r"^Signature #", text, flags=re.MULTILINE)[1:]:
        name = re.search(r"Signature Field Name: (.*)", part)
        verdict = re.search(r"Signature Validation: (.*)", part)
        known = verdict and re.search(r"is Valid|is Invalid|Digest Mismatch", verdict[1])
        if name and known:
            found[name[1].strip()] = "is Valid" in verdict[1]
    return found


@pytest.fixture(scope="session")
def pdfsig() -> None:
    if shutil.which("pdfsig") is None:
        message = "pdfsig is not installed: install the package poppler-utils"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


def test_pdfsig_agrees_on_integrity(corpora, pdfsig):
    different: dict[str, Difference] = {}
    compared = 0
    for path in pdfs(corpora):
        theirs = pdfsig_on(path)
        for report in found_in(path).signatures:
            ours = integrity(report)
            if ours is None or report.field not in theirs:
                continue
            compared += 1
            if ours != theirs[report.field]:
                different[f"{path.name} {report.field}"] = Difference(Integrity.of(theirs[report.field]), Integrity.of(ours))
    assert different == listed(DIFFERENCES)
    assert compared >= 80


def test_pdfsig_agrees_on_what_the_test_pki_signs(tmp_path, pdfsig, two_signatures, verify):
    path = tmp_path / "two.pdf"
    path.write_bytes(two_signatures)
    position = two_signatures.index(b"K?nh g?i")
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(two_signatures[:position] + b"X" + two_signatures[position + 1 :])

    assert pdfsig_on(path) == {report.field: integrity(report) for report in verify(two_signatures).signatures}
    assert pdfsig_on(broken) == {"Leader": False, "Seal": False}
    assert [integrity(report) for report in verify(broken.read_bytes()).signatures] == [False, False]


def sample(corpora: Path) -> list[Path]:
    """Every sixth file that is not large."""
    return [path for path in pdfs(corpora) if path.stat().st_size < 400_000][::6]


@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_truncated_files_end_in_a_report_and_do_not_pass(corpora, part):
    for path in sample(corpora):
        content = path.read_bytes()
        found = check(content[: int(len(content) * part)], path.name, TrustSnapshot(), received_at=TODAY, now=TODAY)
        assert found.indication is not Indication.TOTAL_PASSED, path.name


@pytest.mark.parametrize("seed", [1, 2])
def test_files_with_flipped_bits_end_in_a_report(corpora, seed):
    for number, path in enumerate(sample(corpora)):
        content = bytearray(path.read_bytes())
        random = Random(seed * 1000 + number)
        for _ in range(8):
            content[random.randrange(len(content))] ^= 1 << random.randrange(8)
        found = check(bytes(content), path.name, TrustSnapshot(), received_at=TODAY, now=TODAY)
        assert isinstance(found, DocumentSignatures)
