"""CMS files that nobody here made: a verdict for each, the same on integrity as openssl, and no altered one passes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

import pytest

from parsers.signatures.check import check
from parsers.signatures.cms_evidence import certificates_in
from parsers.signatures.cms_message import SignedMessage, UnsignedMessageError, read_message, without_armour
from parsers.signatures.cms_signers import signer_of
from parsers.signatures.engine import ENGINE_FAULTS
from parsers.signatures.model import DocumentSignatures, Indication, Reason
from parsers.signatures.trust import TrustSnapshot
from tests.parsers.signatures.oracles import Difference, integrity_of, listed, needs, openssl_cms

pytestmark = pytest.mark.timeout(300)

TODAY = datetime(2026, 3, 2, tzinfo=UTC)
DIFFERENCES = Path(__file__).with_name("openssl_differences.toml")


ALTERED = {
    "cades-broken-sig-tst.p7m",
    "cades-t-copied-sigtst.p7m",
    "dss-1220_CAdES-BpLTA_modified_ats_hash_element.p7m",
    "dss-1220_CAdES-BpT_modified_ts_hash.p7m",
    "malformed-cades.p7m",
    "no-key-info-cert.pkcs7",
}
"""Files with something wrong that shows without other data; the evidence records of some others are not checked."""


def messages(corpora: Path) -> list[Path]:
    return sorted(path for path in (corpora / "signatures" / "cms").rglob("*") if path.is_file())


@cache
def found_in(path: Path) -> DocumentSignatures:
    """The report without any anchor."""
    return check(path.read_bytes(), path.name, TrustSnapshot(), received_at=TODAY, now=TODAY)


def message_of(path: Path) -> SignedMessage | None:
    try:
        return read_message(path.read_bytes())
    except (UnsignedMessageError, *ENGINE_FAULTS):
        return None


@cache
def trust_of(path: Path) -> tuple[TrustSnapshot, datetime]:
    """Every root that the file brings, and an hour after its last claimed signing: the most that may be granted to it."""
    message = message_of(path)
    known = [] if message is None else certificates_in(message.signed)
    for report in found_in(path).signatures:
        assert report.signer is None or report.signer.subject
    subjects = {certificate.subject.hashable for certificate in known if certificate.ca}
    roots = [one for one in known if one.issuer.hashable not in subjects or one.self_signed != "no"]
    anchors = tuple(sorted({certificate.dump() for certificate in roots}))
    times = [report.claimed_signing_time for report in found_in(path).signatures if report.claimed_signing_time]
    return TrustSnapshot(signer_anchors=anchors, tsa_anchors=anchors), max(times, default=TODAY) + timedelta(hours=1)


def trusted(path: Path, content: bytes) -> DocumentSignatures:
    trust, received_at = trust_of(path)
    return check(content, path.name, trust, received_at=received_at, now=received_at)


@cache
def trusted_as_is(path: Path) -> DocumentSignatures:
    return trusted(path, path.read_bytes())


def test_every_file_gets_a_verdict(corpora):
    for path in messages(corpora):
        found = found_in(path)
        assert found.indication is not None, path.name
        assert found.seen > 0, path.name


def test_without_anchors_nothing_passes(corpora):
    assert [path.name for path in messages(corpora) if found_in(path).indication is Indication.TOTAL_PASSED] == []


@needs("openssl")
def test_openssl_agrees_on_integrity(corpora, tmp_path):
    found = {}
    for path in messages(corpora):
        binary = tmp_path / "message"
        binary.write_bytes(without_armour(path.read_bytes()))
        difference = Difference(openssl_cms(binary), integrity_of(found_in(path)))
        if difference.theirs is not difference.ours:
            found[path.name] = difference

    assert found == listed(DIFFERENCES)


def test_some_pass_when_their_own_roots_are_believed(corpora):
    passed = {path.name for path in messages(corpora) if trusted_as_is(path).indication is Indication.TOTAL_PASSED}

    assert len(passed) > 15
    assert passed.isdisjoint(ALTERED)


@pytest.mark.parametrize("part", [0.3, 0.9, 0.999])
def test_truncated_files_end_in_a_report_and_do_not_pass(corpora, part):
    for path in messages(corpora):
        content = path.read_bytes().rstrip(b"\x00")
        found = trusted(path, content[: int(len(content) * part)])
        assert found.indication in {Indication.INDETERMINATE, Indication.TOTAL_FAILED}, path.name


def test_files_with_flipped_bits_end_in_a_report(corpora):
    for number, path in enumerate(messages(corpora)):
        content = bytearray(path.read_bytes())
        random = Random(number)
        for _ in range(8):
            content[random.randrange(len(content))] ^= 1 << random.randrange(8)
        assert isinstance(trusted(path, bytes(content)), DocumentSignatures)


def signed_places(path: Path) -> Iterator[tuple[int, int]]:
    """Where the content and the attributes and value of each signer lie in a file that passes."""
    content, message = path.read_bytes(), message_of(path)
    if message is None:
        return
    pieces = [message.content or b"", *(signer_of(data, ()).signature for data in message.signers)]
    pieces += [signer_of(data, ()).info["signed_attrs"].contents for data in message.signers]
    for piece in pieces:
        start = content.find(piece)
        if piece and start >= 0:
            yield start, start + len(piece)


def test_no_file_passes_with_a_changed_bit_in_what_is_signed(corpora):
    random = Random(7)
    for path in messages(corpora):
        if trusted_as_is(path).indication is not Indication.TOTAL_PASSED:
            continue
        start, end = random.choice(list(signed_places(path)))
        content = bytearray(path.read_bytes())
        content[random.randrange(start, end)] ^= 1 << random.randrange(8)
        assert trusted(path, bytes(content)).indication is not Indication.TOTAL_PASSED, path.name


def test_detached_files_ask_for_their_document(corpora):
    detached = [path for path in messages(corpora) if (message := message_of(path)) and message.content is None]

    assert len(detached) > 8
    for path in detached:
        assert Reason.CONTENT_MISSING in found_in(path).reasons, path.name
