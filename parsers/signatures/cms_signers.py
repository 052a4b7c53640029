"""The signers of a CMS message, each taken for itself (RFC 5652, 5.3)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from asn1crypto import cms, core, parser, tsp, x509
from cryptography.hazmat.primitives import hashes
from pyhanko.sign.general import check_ess_certid, match_issuer_serial
from pyhanko_certvalidator.util import get_pyca_cryptography_hash

from parsers.signatures.cms_message import elements, read_fully
from parsers.signatures.engine import ENGINE_FAULTS
from parsers.signatures.judged import Claims

SIGNED_ATTRIBUTES = b"\xa0"
UNSIGNED_ATTRIBUTES = b"\xa1"
"""The tag of the one field of a SignerInfo that the signer did not make."""

SIGNING_CERTIFICATE = ("signing_certificate_v2", "signing_certificate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """One SignerInfo with the certificate that it names, None where nobody has it.

    `bare` is the SignerInfo without its unsigned attributes, otherwise byte for byte as it stands in the message.
    """

    info: cms.SignerInfo
    bare: bytes
    certificate: x509.Certificate | None

    @property
    def signature(self) -> bytes:
        """The signature value."""
        return bytes(self.info["signature"].native)

    @property
    def digest_algorithm(self) -> str:
        """The name of the digest, dotted where the engine does not know it."""
        return str(self.info["digest_algorithm"]["algorithm"].native)

    def attributes(self, name: str, *, signed: bool = True) -> list[core.Asn1Value]:
        """All values of all attributes of a type, which is a name of the engine's or a dotted identifier."""
        group = self.info["signed_attrs" if signed else "unsigned_attrs"]
        return [value for attribute in group or () if attribute["type"].native == name for value in attribute["values"]]

    @property
    def has_signed_attributes(self) -> bool:
        """Whether the signature is over attributes, one of which is the digest of the content."""
        return not isinstance(self.info["signed_attrs"], core.Void)

    @property
    def claimed_digest(self) -> bytes | None:
        """The digest that was signed, None where the signature is over the content itself."""
        found = self.attributes("message_digest")
        return bytes(found[0].native) if len(found) == 1 else None

    @property
    def is_cades(self) -> bool:
        """Whether the signed attributes name the signer's certificate, as CAdES asks (EN 319 122-1, 5.2.2)."""
        return any(self.attributes(name) for name in SIGNING_CERTIFICATE)


def signer_of(data: bytes, certificates: Iterable[x509.Certificate]) -> Signer:
    """A SignerInfo with its certificate: among those that the identifier fits, the one that the signed attributes name."""
    info = cms.SignerInfo.load(data)
    read_fully(info["version"])
    fields = b"".join(field for field in elements(parser.parse(data)[4]) if field[:1] != UNSIGNED_ATTRIBUTES)
    fitting = [certificate for certificate in certificates if fits(info["sid"], certificate)]
    signer = Signer(info=info, bare=core.Sequence(contents=fields).dump(), certificate=fitting[0] if fitting else None)
    if len(fitting) < 2:
        return signer
    named = [certificate for certificate in fitting if is_named(signer, certificate)]
    return replace(signer, certificate=named[0] if named else fitting[0])


def fits(identifier: cms.SignerIdentifier, certificate: x509.Certificate) -> bool:
    """Whether a certificate has the issuer and number, or the key identifier, that a SignerInfo gives."""
    try:
        if identifier.name == "issuer_and_serial_number":
            is_number = identifier.chosen["serial_number"].native == certificate.serial_number
            return is_number and bool(match_issuer_serial(identifier.chosen, certificate))
        return bool(certificate.key_identifier == identifier.chosen.native)
    except ENGINE_FAULTS:
        return False


def is_named(signer: Signer, certificate: x509.Certificate) -> bool:
    """Whether every signing-certificate attribute names this certificate first; true where there is none (RFC 5035, 3)."""
    for name, kind in zip(SIGNING_CERTIFICATE, (tsp.SigningCertificateV2, tsp.SigningCertificate), strict=True):
        for value in signer.attributes(name):
            identifiers = kind.load(value.dump())["certs"]
            if not len(identifiers) or not check_ess_certid(certificate, identifiers[0]):
                return False
    return True


def alone(content_type: str, signer: Signer, others: Iterable[x509.Certificate]) -> cms.SignedData:
    """A detached message of this signer only; the engine takes no message with more than one.

    Of the certificates that the identifier fits only the signer's goes in: which one the engine takes is an accident. The
    unsigned attributes stay out: the engine has no use for them, and whoever passes a message on may add to them.
    """
    kept = [certificate for certificate in others if not fits(signer.info["sid"], certificate)]
    if signer.certificate is not None:
        kept.insert(0, signer.certificate)
    return cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [signer.info["digest_algorithm"].copy()],
            "encap_content_info": {"content_type": content_type},
            "certificates": [cms.CertificateChoices("certificate", certificate.copy()) for certificate in kept],
            "signer_infos": [cms.SignerInfo.load(signer.bare)],
        }
    )


def in_order(signer: Signer) -> Signer | None:
    """The signer with its attributes in the order of DER, None where they stand in it.

    A signature is over that order, in whatever order they were sent (RFC 5652, 5.4); most programs sign what they send.
    """
    fields = elements(parser.parse(signer.bare)[4])
    sent = [field for field in fields if field[:1] == SIGNED_ATTRIBUTES]
    if not sent:
        return None
    ordered = parser.emit(2, 1, 0, b"".join(sorted(elements(parser.parse(sent[0])[4]))))
    if ordered == sent[0]:
        return None
    bare = b"".join(ordered if field is sent[0] else field for field in fields)
    return replace(signer, bare=core.Sequence(contents=bare).dump())


def fault_of(signer: Signer, content_type: str) -> str:
    """What is wrong with the form of a signer (RFC 5652, 5.3 and 11), empty where nothing is."""
    if not signer.has_signed_attributes:
        return "" if content_type == "data" else f"no signed attributes over content of the type {content_type}"
    types = signer.attributes("content_type")
    if len(types) != 1 or types[0].native != content_type:
        return "the content type that was signed is not the message's"
    return digest_fault(signer)


def digest_fault(signer: Signer) -> str:
    """What is wrong with the digest attribute, empty where nothing is."""
    return "" if signer.claimed_digest is not None else "not exactly one digest was signed"


def unsupported(signer: Signer) -> str:
    """Why nobody here can compute this signature, empty where it can be.

    Two digests in one signature are one more than anybody expects (RFC 8933, 3).
    """
    algorithm = signer.info["signature_algorithm"]
    try:
        get_pyca_cryptography_hash(signer.digest_algorithm)
        kind = str(algorithm.signature_algo)
    except (AttributeError, ValueError):
        return f"{signer.digest_algorithm} with {algorithm['algorithm'].native}"
    if kind in {"ed25519", "ed448"} and not signer.has_signed_attributes:
        # The value is over the content itself (RFC 8419, 3.1), of which the engine sees a digest alone.
        return f"{kind} without signed attributes"
    if kind == "rsassa_pss" and not is_specified(algorithm["parameters"]):
        return "RSASSA-PSS with parameters that nobody has specified"
    if kind in {"rsassa_pkcs1v15", "dsa", "ecdsa", "rsassa_pss"}:
        try:
            own = str(algorithm.hash_algo)
        except ValueError:
            return ""
        if own != signer.digest_algorithm:
            return f"two digests: {signer.digest_algorithm} and {own}"
    return ""


def is_specified(parameters: core.Asn1Value) -> bool:
    """Whether RSASSA-PSS has parameters, with the only trailer that there is (RFC 4055, 3.1)."""
    return not isinstance(parameters, core.Void) and parameters["trailer_field"].native == "trailer_field_bc"


def digest(algorithm: str, content: bytes) -> bytes:
    """A digest by the engine's name of the algorithm."""
    computed = hashes.Hash(get_pyca_cryptography_hash(algorithm))
    computed.update(content)
    return computed.finalize()


def claims_of(signer: Signer) -> Claims:
    """What the signer says of itself, as far as it can be read."""
    try:
        algorithm = str(signer.info["signature_algorithm"]["algorithm"].native)
        return Claims(
            certificate=signer.certificate,
            time=claimed_time(signer),
            digest=signer.digest_algorithm,
            algorithm=algorithm,
            key_bits=key_bits(signer.certificate),
        )
    except ENGINE_FAULTS:
        return Claims(certificate=signer.certificate)


def claimed_time(signer: Signer) -> datetime | None:
    """The signing time as the signer's own clock had it; None also where it cannot be read or names no zone."""
    try:
        found = [value.native for value in signer.attributes("signing_time")]
    except ENGINE_FAULTS:
        return None
    is_clear = len(found) == 1 and isinstance(found[0], datetime) and found[0].tzinfo is not None
    return found[0] if is_clear else None


def key_bits(certificate: x509.Certificate | None) -> int:
    """Size of the key; 0 for one that cannot be measured, such as an RSA key with a negative modulus."""
    if certificate is None:
        return 0
    try:
        return int(certificate.public_key.bit_size)
    except ENGINE_FAULTS:
        return 0
