"""Attacks by certificates, keys, times and revocation data; the letter itself is as it was signed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from io import BytesIO

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from parsers.signatures.model import Reason, SubIndication
from parsers.signatures.trust import TrustSnapshot
from tests.parsers.signatures.adversarial.attack import PASSED, Attack, Expected, has_failed, is_open
from tests.parsers.signatures.adversarial.certificates import (
    AUTHORITY,
    Odd,
    called,
    curve_key,
    edwards_key,
    exponent_three,
    issued_by,
    namesake,
)
from tests.pki.authority import DAY, NOW, SIGNING, Authority, Identity, Wish, make_pki, rsa_key
from tests.pki.documents import Signing, letter, sign

PKI = make_pki()
SPARE = 5
"""Number of a key that is nobody's else in a file."""

NO_PATH = is_open(SubIndication.NO_CERTIFICATE_CHAIN_FOUND)
BAD_PATH = is_open(SubIndication.CHAIN_CONSTRAINTS_FAILURE)
GENERAL = is_open(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE)
WEAK = is_open(SubIndication.CRYPTO_CONSTRAINTS_FAILURE)
TOO_LATE = is_open(SubIndication.OUT_OF_BOUNDS_NO_POE)
MONTH = 30 * DAY


def by(identity: Callable[[], Identity], *chain: Callable[[], Identity], **options) -> Callable[[], bytes]:
    """A letter signed by whoever it is."""
    return lambda: sign(letter(), Signing(identity=identity(), chain=tuple(link() for link in chain), **options))


def person(**wishes) -> Callable[[], Identity]:
    return cache(lambda: PKI.issuing.issue(Wish(common_name="Nguyễn Văn Mẫu", key=SPARE, **wishes)))


def odd(common_name: str, key: Callable[[], object] = lambda: rsa_key(SPARE), **options) -> Callable[[], Identity]:
    return cache(lambda: issued_by(PKI.issuing, Odd(subject=called(common_name), key=key(), **options)))


def stamped(identity: Callable[[], Identity], at, tsa: Identity = PKI.tsa) -> Callable[[], bytes]:
    return by(identity, at=at, tsa=tsa, stamped_at=at)


def lists(*found: Callable[[], bytes]) -> Callable[[], TrustSnapshot]:
    return lambda: replace(PKI.trust, crls=tuple(make() for make in found))


def answers(*found: Callable[[], bytes]) -> Callable[[], TrustSnapshot]:
    return lambda: replace(PKI.trust, ocsp_responses=tuple(make() for make in found))


FORGED = cache(lambda: namesake(PKI.issuing, SPARE))
"""An authority of the issuing one's name and number."""
IMPOSTOR = cache(
    lambda: issued_by(
        FORGED(),
        Odd(
            subject=PKI.person.certificate.subject,
            key=rsa_key(SPARE),
            serial=PKI.person.certificate.serial_number,
        ),
    )
)
"""The name and the number of a real certificate, by the forged authority."""
SELF_MADE = cache(lambda: Authority.self_signed(Wish(common_name="Nguyễn Văn Mẫu", key=SPARE)).identity)
GONE = person(years=(NOW - 100 * DAY, NOW - 10 * DAY))
YOUNG = person(years=(NOW, NOW + 100 * DAY))
STILL_TO_COME = person(years=(NOW + 10 * DAY, NOW + 100 * DAY))
USUAL = person()


@cache
def no_authority() -> Identity:
    """A person's certificate with which another one was issued."""
    return issued_by(Authority(identity=USUAL()), Odd(subject=called("Em"), key=rsa_key(6)))


@cache
def too_deep() -> tuple[Identity, Identity, Identity]:
    """An authority that may issue to people only, one below it, and a person."""
    ca = {"usage": AUTHORITY, "purposes": None, "authority": True}
    first = PKI.root.sub_authority(Wish(common_name="CA cuối", path_length=0, key=SPARE, **ca))
    second = first.sub_authority(Wish(common_name="CA thừa", key=6, **ca))
    return first.identity, second.identity, second.issue(Wish(common_name="Người", key=8))


@cache
def narrow() -> Authority:
    """An authority that may name nobody but one other organisation's people."""
    permitted = x509.NameConstraints([x509.DirectoryName(called("Người khác"))], None)
    found = Odd(subject=called("CA hẹp"), key=rsa_key(SPARE), is_authority=True, usage=AUTHORITY, more=((permitted, True),))
    return Authority(identity=issued_by(PKI.root, found))


@cache
def signing_authority() -> Authority:
    return PKI.root.sub_authority(
        Wish(common_name="CA ký được", key=SPARE, authority=True, usage=SIGNING | AUTHORITY, purposes=None)
    )


@cache
def signing_root() -> Authority:
    return Authority.self_signed(
        Wish(common_name="Gốc ký được", key=SPARE, authority=True, usage=SIGNING | AUTHORITY, purposes=None)
    )


def unknown(critical: bool) -> Callable[[], Identity]:  # noqa: FBT001 - the one question about an extension.
    extension = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
    return odd("Lạ", more=((extension, critical),))


@cache
def letter_by_edwards_key() -> bytes:
    identity = odd("Ed25519", edwards_key)()
    signer = SimpleSigner(identity.asn1, identity.asn1_key, SimpleCertificateStore(), embed_roots=False)
    output = BytesIO()
    metadata = PdfSignatureMetadata(field_name="Sig1", md_algorithm="sha512")
    PdfSigner(metadata, signer).sign_pdf(IncrementalPdfFileWriter(BytesIO(letter())), output=output)
    return output.getvalue()


def probabilistic() -> bytes:
    """RSASSA-PSS instead of PKCS #1 v1.5."""
    signer = SimpleSigner(PKI.person.asn1, PKI.person.asn1_key, SimpleCertificateStore(), prefer_pss=True)
    output = BytesIO()
    metadata = PdfSignatureMetadata(field_name="Sig1", md_algorithm="sha256")
    PdfSigner(metadata, signer).sign_pdf(IncrementalPdfFileWriter(BytesIO(letter())), output=output, bytes_reserved=16384)
    return output.getvalue()


def attack(what: str, make: Callable[[], bytes], expected: Expected, *rows: str, reason: Reason | None = None, **more) -> Attack:
    return Attack(what=what, make=cache(make), expected=expected, reason=reason, rows=rows, **more)


EXPIRED, USAGE = Reason.CERTIFICATE_EXPIRED, Reason.KEY_USAGE

ATTACKS = (
    attack("an authority of the same name and number", by(IMPOSTOR, lambda: FORGED().identity), GENERAL, "1"),
    attack("the same without its authority", by(IMPOSTOR), GENERAL, "1"),
    attack("a self-made certificate with a person's name", by(SELF_MADE), BAD_PATH, "2"),
    attack("expired, never stamped", by(GONE, at=NOW - 20 * DAY), TOO_LATE, "3", reason=EXPIRED),
    attack("expired before the stamp", stamped(GONE, NOW - DAY), has_failed(SubIndication.EXPIRED), "5", "D2", reason=EXPIRED),
    attack("not yet valid", by(STILL_TO_COME), has_failed(SubIndication.NOT_YET_VALID), "6"),
    attack("stamped before it was valid", stamped(YOUNG, NOW - MONTH), has_failed(SubIndication.NOT_YET_VALID), "6"),
    attack(
        "revoked, never stamped",
        by(USUAL),
        is_open(SubIndication.REVOKED_NO_POE),
        "7",
        trust=lists(lambda: PKI.issuing.revocation_list({USUAL(): NOW - DAY})),
    ),
    attack(
        "revoked, then stamped",
        stamped(USUAL, NOW),
        has_failed(SubIndication.REVOKED),
        "7",
        trust=lists(lambda: PKI.issuing.revocation_list({USUAL(): NOW - DAY})),
    ),
    attack(
        "revoked, and a list of the forged authority that does not say so",
        stamped(USUAL, NOW),
        has_failed(SubIndication.REVOKED),
        trust=lists(lambda: FORGED().revocation_list(), lambda: PKI.issuing.revocation_list({USUAL(): NOW - DAY})),
    ),
    attack(
        "revoked, and a good answer for another certificate",
        stamped(USUAL, NOW),
        has_failed(SubIndication.REVOKED),
        trust=answers(lambda: PKI.issuing.answer(PKI.person), lambda: PKI.issuing.answer(USUAL(), revoked_at=NOW - DAY)),
    ),
    attack(
        "the stamp of an authority that was revoked before",
        stamped(GONE, NOW - 20 * DAY),
        TOO_LATE,
        trust=lists(lambda: PKI.root.revocation_list({PKI.tsa: NOW - MONTH})),
        reason=Reason.TIMESTAMP_UNTRUSTED,
    ),
    attack("SHA-1", by(lambda: PKI.person, digest="sha1"), WEAK, "8"),
    attack("RSA with 1024 bits", by(person(bits=1024)), WEAK, "8"),
    attack("a curve of 192 bits", by(odd("EC", lambda: curve_key(ec.SECP192R1))), WEAK, "8"),
    attack("keys for encrypting only", by(person(usage=frozenset({"key_encipherment"}))), BAD_PATH, "9", "D6", reason=USAGE),
    attack("no usage at all", by(odd("Không", usage=frozenset())), BAD_PATH, "9", reason=USAGE),
    attack("a server's certificate", by(person(purposes=(ExtendedKeyUsageOID.SERVER_AUTH,))), BAD_PATH, "9", "D7", reason=USAGE),
    attack("a timestamping authority that signs letters", by(lambda: PKI.tsa), BAD_PATH, "9", reason=USAGE),
    attack("an authority that signs letters", by(lambda: PKI.issuing.identity), BAD_PATH, reason=USAGE),
    attack("an authority that may sign letters", by(lambda: signing_authority().identity), BAD_PATH, reason=USAGE),
    attack(
        "an anchor that signs letters",
        by(lambda: signing_root().identity),
        BAD_PATH,
        trust=lambda: replace(PKI.trust, signer_anchors=(signing_root().identity.der,)),
        reason=USAGE,
    ),
    attack("issued by no authority", by(no_authority, USUAL), GENERAL, "10"),
    attack("a path longer than allowed", by(lambda: too_deep()[2], lambda: too_deep()[0], lambda: too_deep()[1]), GENERAL, "10"),
    attack(
        "a name that the authority may not give",
        by(lambda: issued_by(narrow(), Odd(subject=called("Ngoài"), key=rsa_key(6))), lambda: narrow().identity),
        GENERAL,
    ),
    attack("an extension that must be understood", by(unknown(critical=True)), GENERAL),
    attack(
        "expired, stamped by nobody's authority",
        stamped(GONE, NOW - 20 * DAY, SELF_MADE()),
        TOO_LATE,
        "11",
        reason=Reason.TIMESTAMP_UNTRUSTED,
    ),
    attack(
        "expired, stamped by a person",
        stamped(GONE, NOW - 20 * DAY, PKI.organisation),
        TOO_LATE,
        "11",
        reason=Reason.TIMESTAMP_UNTRUSTED,
    ),
    attack(
        "an anchor for stamps that signs",
        by(USUAL),
        is_open(SubIndication.NO_CERTIFICATE_CHAIN_FOUND),
        trust=lambda: TrustSnapshot(tsa_anchors=PKI.trust.signer_anchors, intermediates=PKI.trust.intermediates),
        reason=Reason.EMPTY_TRUST,
    ),
)

CONTROLS = (
    attack("expired after the stamp", stamped(GONE, NOW - 20 * DAY), PASSED, "4"),
    attack(
        "stamped, then revoked",
        stamped(USUAL, NOW),
        PASSED,
        "7",
        trust=lists(lambda: PKI.issuing.revocation_list({USUAL(): NOW + timedelta(hours=2)}, at=NOW + DAY)),
    ),
    attack(
        "revoked by a forged authority",
        stamped(USUAL, NOW),
        PASSED,
        trust=lists(lambda: FORGED().revocation_list({USUAL(): NOW - DAY}), PKI.issuing.revocation_list),
    ),
    attack("an extension that may be ignored", by(unknown(critical=False)), PASSED),
    attack("a curve of 256 bits", by(odd("EC", lambda: curve_key(ec.SECP256R1))), PASSED),
    attack("a curve of 384 bits", by(odd("EC", lambda: curve_key(ec.SECP384R1))), PASSED),
    attack("Ed25519", letter_by_edwards_key, PASSED),
    attack("RSASSA-PSS", probabilistic, PASSED),
    attack("RSA with 3072 bits", by(person(bits=3072)), PASSED),
    # PKCS #1 v1.5 is checked by comparing, not by parsing, so a small exponent gives nothing away.
    attack("an exponent of three", by(odd("e = 3", exponent_three)), PASSED),
)
