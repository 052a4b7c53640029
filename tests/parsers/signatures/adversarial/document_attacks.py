"""Attacks on XML documents and Office packages that need more than one signature, or a certificate of the wrong kind.

What is done to a single signature of these formats stands with the tests of the formats.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from lxml import etree

from parsers.signatures.model import Reason, SubIndication
from tests.parsers.signatures.adversarial.attack import PASSED, Attack, Expected, has_failed, is_open
from tests.parsers.signatures.adversarial.certificate_attacks import GONE, IMPOSTOR, signing_authority
from tests.pki import office_documents as office
from tests.pki import xml_documents as xml
from tests.pki.authority import DAY, NOW, make_pki

PKI = make_pki()
PERSON = xml.XmlSigning(identity=PKI.person, xades=True)
OVER_ALL = (xml.Ref(transforms=(xml.XPATH, xml.EXCLUSIVE), inner=xml.WITHOUT_SIGNATURES),)
SIGNER = office.Signing(identity=PKI.person)

WRONG_DIGEST = has_failed(SubIndication.HASH_FAILURE)
BAD_PATH = is_open(SubIndication.CHAIN_CONSTRAINTS_FAILURE)
TOO_LATE = is_open(SubIndication.OUT_OF_BOUNDS_NO_POE)


@cache
def letter() -> bytes:
    return xml.sign(xml.LETTER, PERSON)


@cache
def word() -> office.Package:
    return office.sign(office.word(), SIGNER)


def moved() -> bytes:
    """The signature of one letter in another one."""
    signed = etree.fromstring(letter())
    other = etree.fromstring(xml.LETTER.replace(b"100", b"900"))
    other.append(signed.find(xml.ds("Signature")))
    return etree.tostring(other)


def wrapped() -> bytes:
    """The letter inside another one, which shows other words."""
    outer = etree.fromstring(xml.LETTER.replace(b"100", b"900").replace(b' Id="cv"', b""))
    outer.append(etree.fromstring(xml.sign(xml.LETTER, replace(PERSON, references=(xml.Ref(uri="#cv"),)))))
    return etree.tostring(outer)


def altered_between() -> bytes:
    """Two signatures side by side; the words changed after the first."""
    first = xml.sign(xml.LETTER, replace(PERSON, references=OVER_ALL))
    second = replace(PERSON, identity=PKI.organisation, name="dau", references=OVER_ALL)
    return xml.sign(first.replace(b">100<", b">900<"), second)


def copied_stamp() -> bytes:
    """The timestamp of another signature on one by an expired certificate."""
    signing = replace(PERSON, identity=GONE(), tsa=PKI.tsa, stamped_at=NOW - 20 * DAY, at="2026-02-10T08:00:00Z")
    return xml.sign(xml.LETTER, replace(signing, stamp_of=lambda _octets: b"another value"))


def with_macro() -> bytes:
    """A signed letter with a macro added."""
    kind = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    package = word()
    added = replace(
        package,
        parts={**package.parts, "word/vbaProject.bin": b"Sub AutoOpen()"},
        defaults={**package.defaults, "bin": "application/vnd.ms-office.vbaProject"},
    )
    return added.with_link("word/document.xml", ("rIdMacro", kind, "vbaProject.bin")).file()


def signed_again_after_alteration() -> bytes:
    """Somebody changes the text and signs the result beside the first signature."""
    package = word()
    parts = {name: body.replace("Kính gửi".encode(), "Phải trả".encode()) for name, body in package.parts.items()}
    return office.sign(replace(package, parts=parts), office.Signing(identity=PKI.organisation, name="sig2.xml")).file()


def attack(what: str, make: Callable[[], bytes], expected: Expected, *rows: str, **more) -> Attack:
    return Attack(what=what, make=cache(make), expected=expected, rows=rows, **{"name": "a.xml", **more})


ATTACKS = (
    attack("the signature of another letter", moved, WRONG_DIGEST, "30"),
    attack("a letter inside another", wrapped, is_open(SubIndication.GENERIC), "30", reason=Reason.PARTLY_SIGNED),
    attack("words altered between two signatures", altered_between, WRONG_DIGEST, "30"),
    attack("a timestamp of another XML signature", copied_stamp, TOO_LATE, reason=Reason.TIMESTAMP_UNTRUSTED),
    attack(
        "an XML letter by an authority",
        lambda: xml.sign(xml.LETTER, replace(PERSON, identity=signing_authority().identity)),
        BAD_PATH,
    ),
    attack(
        "an XML letter by a timestamping authority", lambda: xml.sign(xml.LETTER, replace(PERSON, identity=PKI.tsa)), BAD_PATH
    ),
    attack(
        "an XML letter by a forged authority's person",
        lambda: xml.sign(xml.LETTER, replace(PERSON, identity=IMPOSTOR())),
        is_open(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE),
        "1",
    ),
    attack("a macro in a signed Word file", with_macro, has_failed(SubIndication.FORMAT_FAILURE), "30", name="a.docx"),
    attack("a Word file altered and signed again", signed_again_after_alteration, WRONG_DIGEST, "30", name="a.docx"),
    attack(
        "a Word file by an authority",
        lambda: office.sign(office.word(), office.Signing(identity=signing_authority().identity)).file(),
        BAD_PATH,
        name="a.docx",
    ),
    attack(
        "an Excel file, expired and never stamped",
        lambda: office.sign(office.excel(), office.Signing(identity=GONE(), at=NOW - 20 * DAY)).file(),
        TOO_LATE,
        "3",
        name="a.xlsx",
    ),
)

CONTROLS = (
    attack("an XML letter", letter, PASSED),
    attack("a Word file", lambda: word().file(), PASSED, name="a.docx"),
)
