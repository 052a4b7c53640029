"""Any bytes as a signed file of any format: every check ends in a report, and nobody's signature passes but those we made."""

import hashlib

import atheris

from tests.fuzz.harness import corpus, run

with atheris.instrument_imports(include=["parsers.signatures"]):
    from parsers.signatures.check import check

from parsers.signatures.beside import beside_of
from parsers.signatures.model import TIMESTAMP_FORMAT, DocumentSignatures, Indication
from tests.pki import office_documents as office
from tests.pki import xml_documents as xml
from tests.pki.authority import DAY, NOW, make_pki
from tests.pki.documents import Signing, letter, sign
from tests.pki.messages import PART, CmsSigning, message, multipart_signed, opaque_signed

PKI = make_pki()
OURS = {hashlib.sha256(one.der).hexdigest() for one in (PKI.person, PKI.organisation)}
BESIDE = (beside_of("a.pdf", PART),)
NAMES = ("a.pdf", "a.pdf.p7s", "a.p7m", "a.xml", "a.docx", "a.eml", "a")


def read(data: bytes) -> None:
    """Checking raises nothing, counts every signature it reports, and passes none of a stranger's."""
    name = NAMES[data[0] % len(NAMES)] if data else "a"
    found = check(data[1:], name, PKI.trust, received_at=NOW + DAY, now=NOW + DAY, beside=BESIDE)
    assert isinstance(found, DocumentSignatures)
    assert found.seen >= len(found.signatures)
    assert (found.indication is None) == (not found.seen and not found.unchecked)
    if found.indication is Indication.TOTAL_PASSED:
        signers = {report.signer.der_sha256 for report in found.signatures if report.signer and report.format != TIMESTAMP_FORMAT}
        assert signers <= OURS


def seeds() -> list[bytes]:
    """Our own files of every format, and third-party ones that are small, each under every name."""
    person = CmsSigning(identity=PKI.person)
    detached = message(None, person, over=PART)
    own = [
        sign(letter(), Signing(identity=PKI.person)),
        detached,
        message(PART, person),
        xml.sign(xml.LETTER, xml.XmlSigning(identity=PKI.person, xades=True)),
        office.sign(office.word(), office.Signing(identity=PKI.person)).file(),
        multipart_signed(PART, detached),
        opaque_signed(message(PART, person)),
    ]
    third = corpus("signatures/pdf/pyhanko/*.pdf", "signatures/cms/dss/*", "signatures/xml/dss/*.xml", "signatures/ooxml/poi/*")
    return [bytes([number % 7]) + content for number, content in enumerate([*own, *third])]


if __name__ == "__main__":
    run("signatures", read, seeds(), longest=60_000)
