"""Attacks on CMS messages, on files with their signatures beside them, and on signed mails."""

import base64
from collections.abc import Callable
from functools import cache

from asn1crypto import cms, core, parser

from parsers.files.signed_data import values_in
from parsers.signatures.beside import Beside, beside_of
from parsers.signatures.model import Reason, SubIndication
from tests.parsers.signatures.adversarial.attack import PASSED, UNSIGNED, Attack, Expected, has_failed, is_open
from tests.parsers.signatures.adversarial.certificates import Odd, called, issued_by, with_other_key
from tests.parsers.signatures.adversarial.pdf_attacks import one
from tests.pki.authority import NOW, Identity, Wish, make_pki, rsa_key
from tests.pki.documents import letter, replace_page, update
from tests.pki.messages import HEADER, PART, CmsSigning, message, multipart_signed, opaque_signed, signer_info, token, wrapped

PKI = make_pki()
DOCUMENT = b"%PDF-1.7 Quyet dinh: 100 dong"
ALTERED = DOCUMENT.replace(b"100", b"900")
PERSON = CmsSigning(identity=PKI.person)
SEAL = CmsSigning(identity=PKI.organisation)

FORM = has_failed(SubIndication.FORMAT_FAILURE)
WRONG_DIGEST = has_failed(SubIndication.HASH_FAILURE)
WRONG_VALUE = has_failed(SubIndication.SIG_CRYPTO_FAILURE)
NO_SIGNER = is_open(SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
UNREAD = is_open(SubIndication.GENERIC)


@cache
def stranger() -> Identity:
    """A certificate over the signer's own key, in another name: whoever has it claims the signature."""
    return PKI.issuing.issue(Wish(common_name="Kẻ mạo nhận", key=0))


@cache
def expired() -> Identity:
    return PKI.issuing.issue(Wish(common_name="Hết hạn", key=5, years=(NOW.replace(year=2025), NOW.replace(month=2))))


def pair(name: str, content: bytes) -> Beside:
    return beside_of(name, content)


def copied_stamp() -> bytes:
    """A signature by an expired certificate, with the timestamp of somebody else's from when it was valid."""
    stamp = token(PKI.tsa, b"the value of another signature", NOW.replace(year=2025, month=6))

    def put(info: cms.SignerInfo) -> None:
        info["unsigned_attrs"] = [{"type": "signature_time_stamp_token", "values": [stamp]}]

    return message(DOCUMENT, CmsSigning(identity=expired(), spoil=put))


def claimed_by_another() -> bytes:
    """The signature of a person under the certificate of the one who claims it, which has the same key."""

    def rename(info: cms.SignerInfo) -> None:
        certificate = stranger().asn1
        info["sid"] = cms.SignerIdentifier(
            "issuer_and_serial_number",
            cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number}),
        )

    return message(DOCUMENT, CmsSigning(identity=PKI.person, spoil=rename), certificates=[stranger()])


def two_signers_inside_a_pdf() -> bytes:
    """The signature of a PDF with a second signer put beside the first, who has signed something else."""
    pdf = one()
    start = pdf.index(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", start)
    found = cms.ContentInfo.load(bytes.fromhex(pdf[start:end].decode()))
    signed = found["content"]
    infos = [cms.SignerInfo.load(signed["signer_infos"][0].dump()), signer_info(b"other bytes", SEAL)]
    data = cms.SignedData(
        {
            "version": signed["version"],
            "digest_algorithms": signed["digest_algorithms"],
            "encap_content_info": {"content_type": "data"},
            "certificates": signed["certificates"],
            "signer_infos": infos,
        }
    )
    der = cms.ContentInfo({"content_type": "signed_data", "content": data}).dump()
    return pdf[:start] + der.hex().encode().ljust(end - start, b"0") + pdf[end:]


def with_key(modulus: int, exponent: int) -> bytes:
    """A message whose certificate says that the key is another one."""
    found = cms.ContentInfo.load(message(DOCUMENT, CmsSigning(identity=PKI.person, names_certificate=False)))
    data = found["content"]
    forged = cms.SignedData(
        {
            "version": data["version"],
            "digest_algorithms": data["digest_algorithms"],
            "encap_content_info": data["encap_content_info"],
            "certificates": [cms.CertificateChoices("certificate", with_other_key(PKI.person, modulus, exponent))],
            "signer_infos": data["signer_infos"],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": forged}).dump()


def pdf_in_front() -> bytes:
    """A PDF among the names of digests, which nobody signs: viewers take the file for it."""
    shown = letter(text="Tra 900 dong", compressed=False)
    name = core.ObjectIdentifier("1.3.6.1.4.1.99999.7").dump()
    digests = core.Sequence(contents=name + core.OctetString(shown).dump()).dump()
    return changed_parts(DOCUMENT, 1, lambda part: core.SetOf(contents=cms.DigestAlgorithms.load(part).contents + digests).dump())


def pdf_behind() -> bytes:
    """The same among the certificates, behind a short content."""
    shown = b"\xa3" + core.Sequence(contents=core.OctetString(letter()).dump()).dump()[1:]
    return changed_parts(b"ok", 3, lambda part: b"\xa0" + core.Sequence(contents=shown + inside(part)).dump()[1:])


def inside(value: bytes) -> bytes:
    return bytes(parser.parse(value)[4])


def changed_parts(content: bytes, number: int, change: Callable[[bytes], bytes]) -> bytes:
    """A signed message with one of its unsigned parts replaced, as it stands in bytes."""
    info = cms.ContentInfo.load(message(content, PERSON))
    parts = list(values_in(info["content"].contents))
    parts[number] = change(parts[number])
    body = core.Sequence(contents=b"".join(parts)).dump()
    explicit = b"\xa0" + core.Sequence(contents=body).dump()[1:]
    return core.Sequence(contents=info["content_type"].dump() + explicit).dump()


def nested(depth: int) -> bytes:
    """A message with a value inside that is nested so deep."""
    inner = b"\x05\x00"
    for _level in range(depth):
        inner = core.Sequence(contents=inner).dump()
    return message(DOCUMENT, CmsSigning(identity=PKI.person, attributes=(("1.2.3.4", core.Any(core.load(inner))),)))


def layers(count: int) -> bytes:
    content = DOCUMENT
    for _layer in range(count):
        content = message(content, PERSON)
    return content


def armoured(der: bytes, tail: bytes) -> bytes:
    return b"-----BEGIN PKCS7-----\n" + base64.encodebytes(der) + b"-----END PKCS7-----\n" + tail


def same_number() -> Identity:
    """A person of the same authority with the number of another's certificate."""
    serial = PKI.person.certificate.serial_number
    return issued_by(PKI.issuing, Odd(subject=called("Trùng số"), key=rsa_key(5), serial=serial))


def two_over_different() -> bytes:
    return wrapped(DOCUMENT, [signer_info(DOCUMENT, PERSON), signer_info(ALTERED, SEAL)], [PKI.person, PKI.organisation])


def attack(what: str, make: Callable[[], bytes], expected: Expected, *rows: str, **more) -> Attack:
    return Attack(what=what, make=make, expected=expected, rows=rows, **{"name": "a.pdf.p7m", **more})


def beside(**files: bytes) -> Callable[[], tuple[Beside, ...]]:
    return lambda: tuple(pair(name.replace("_", "."), content) for name, content in files.items())


def mail(signature: Callable[[], bytes], header: bytes = HEADER, more: bytes = b"", part: bytes = PART) -> Callable[[], bytes]:
    return lambda: multipart_signed(part, signature(), header, more)


def over_part() -> bytes:
    return message(None, PERSON, over=PART)


ANOTHER = b"\r\n--b1\r\nContent-Type: text/plain\r\n\r\nTra cho toi 900 dong.\r\n"
ATTACKS = (
    attack("content altered", lambda: message(DOCUMENT, PERSON).replace(b"100 dong", b"900 dong"), WRONG_DIGEST),
    attack("two signers, one over something else", two_over_different, WRONG_DIGEST, "28", "D15"),
    attack("two signers in a PDF", two_signers_inside_a_pdf, UNREAD, "28", "D8", "D15", reason=Reason.UNREADABLE, name="a.pdf"),
    attack("a PDF in front of the content", pdf_in_front, FORM),
    attack("a PDF behind the content", pdf_behind, FORM),
    attack("no signers", lambda: wrapped(DOCUMENT, [], [PKI.person]), UNREAD, "28", reason=Reason.UNREADABLE),
    attack(
        "content inside a signature over a file beside",
        lambda: message(ALTERED, PERSON, over=DOCUMENT),
        WRONG_DIGEST,
        "28",
        beside=beside(a_pdf=DOCUMENT),
        name="a.pdf.p7s",
    ),
    attack("twenty layers", lambda: layers(20), UNREAD, "28", reason=Reason.LIMIT),
    attack(
        "the file of its name is another one",
        lambda: message(None, PERSON, over=DOCUMENT),
        WRONG_DIGEST,
        beside=beside(a_pdf=ALTERED),
        name="a.pdf.p7s",
    ),
    attack(
        "two files might be meant",
        lambda: message(None, PERSON, over=DOCUMENT),
        is_open(SubIndication.SIGNED_DATA_NOT_FOUND),
        beside=beside(a_pdf=ALTERED, a_doc=ALTERED[::-1]),
        name="a.p7s",
        reason=Reason.CONTENT_MISSING,
    ),
    attack(
        "a timestamp of another signature",
        copied_stamp,
        is_open(SubIndication.OUT_OF_BOUNDS_NO_POE),
        reason=Reason.TIMESTAMP_UNTRUSTED,
    ),
    attack("another certificate over the same key", claimed_by_another, NO_SIGNER),
    attack(
        "another certificate with the same number", lambda: message(DOCUMENT, PERSON, certificates=[same_number()]), NO_SIGNER
    ),
    attack("an exponent of one", lambda: with_key(PKI.person.key.public_key().public_numbers().n, 1), UNREAD),
    attack("an even modulus", lambda: with_key(1 << 2047, 65537), WRONG_VALUE),
    attack(
        "a key of 100,000 bits with an exponent as long", lambda: with_key((1 << 100_000) + 1, (1 << 99_999) + 1), WRONG_VALUE
    ),
    attack("a message behind its armour", lambda: armoured(message(DOCUMENT, PERSON), message(ALTERED, PERSON)), FORM, "15"),
    attack(
        "a mail whose part was altered", mail(over_part, part=PART.replace(b"Kinh", b"Xinh")), WRONG_DIGEST, "29", name="a.eml"
    ),
    attack("content inside the signature of a mail", mail(lambda: message(ALTERED, PERSON, over=PART)), FORM, "29", name="a.eml"),
    attack("a signature of a mail without signers", mail(lambda: wrapped(None, [], [PKI.person])), UNREAD, "29", name="a.eml"),
)
"""What cannot pass. What passes and says less than it seems to is in `SAID`."""

SAID = (
    attack("a mail with an unsigned part behind", mail(over_part, more=ANOTHER), PASSED, "29", reason=Reason.PART_OF_MESSAGE),
    attack(
        "a mail from somebody else",
        mail(over_part, HEADER.replace(b"nguoiky@", b"chutich@")),
        PASSED,
        "29",
        reason=Reason.FROM_MISMATCH,
    ),
    attack(
        "a mail from two", mail(over_part, b"From: <chutich@mau.example>\r\n" + HEADER), PASSED, "29", reason=Reason.FROM_MISMATCH
    ),
    attack(
        "an opaque mail from somebody else",
        lambda: opaque_signed(message(PART, PERSON), HEADER.replace(b"nguoiky@", b"chutich@")),
        PASSED,
        "29",
        reason=Reason.FROM_MISMATCH,
    ),
)
"""The signature is right, and what a reader must be told stands among its reasons."""

CONTROLS = (
    attack("a message", lambda: message(DOCUMENT, PERSON), PASSED),
    attack("two signers", lambda: message(DOCUMENT, PERSON, SEAL), PASSED),
    attack("a message around a PDF", lambda: message(letter(), PERSON), PASSED),
    attack(
        "the digest finds the file, whatever is called like the signature",
        lambda: message(None, PERSON, over=DOCUMENT),
        PASSED,
        beside=beside(a_pdf=ALTERED, b_pdf=DOCUMENT),
        name="a.pdf.p7s",
    ),
    attack("a mail", mail(over_part), PASSED, name="a.eml"),
    attack("a bag of certificates", lambda: wrapped(None, [], [PKI.person]), UNSIGNED),
    attack("a deep value that was signed", lambda: nested(1000), PASSED, "24"),
    # What is wrapped is a file of its own, with a verdict of its own: see `covers`.
    attack("a message around a PDF that was altered", lambda: message(update(one(), replace_page), PERSON), PASSED),
)
