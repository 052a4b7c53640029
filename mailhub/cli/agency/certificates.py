"""The certificates that `mailhub agency tie` is about, and whom they name."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from mailhub.cli.references import letter_id
from mailhub.cli.session import Session
from mailhub.errors import RefusedError
from mailhub.language import Text

if TYPE_CHECKING:
    from mailhub.directory.holders import NamedCertificate


def named_certificate(text: str) -> "NamedCertificate":
    """A certificate and whom it names: given by its SHA-256 (hex), or the one in a file."""
    from asn1crypto import x509

    from mailhub.directory.holders import NamedCertificate, named
    from mailhub.trust.certificates import read_certificates
    from parsers.signatures.certificates import summary

    written = text.replace(":", "").replace(" ", "").casefold()
    if re.fullmatch("[0-9a-f]{64}", written):
        return NamedCertificate(sha256=written)
    found = read_certificates(Path(text))
    if len(found) != 1:
        raise RefusedError(
            Text(vi=f"{text} có {len(found)} chứng thư; cần đúng một", en=f"{text} holds {len(found)} certificates; expected one")
        )
    return named(summary(x509.Certificate.load(found[0].der)))


def signers_of(session: Session, letter: str) -> "tuple[NamedCertificate, ...]":
    """The certificates that signed the files of a letter and are not tied yet.

    One that signed the mail alone is left out: it may be another agency's.
    """
    from mailhub.directory.holders import named
    from mailhub.policy.covering import signing_files

    record = session.hub.letters.explain(session.unit.id, letter_id(session, letter)).record
    untied = {tie.certificate_sha256 for tie in record.directory.signers if tie.agency_id is None}
    files = (*record.facts.files, *signing_files(record.facts))
    reports = [report for file in files if file.signatures for report in file.signatures.signatures]
    signers = {report.signer.der_sha256: report.signer for report in reports if report.signer}
    return tuple(named(signer) for sha256, signer in signers.items() if sha256 in untied)
