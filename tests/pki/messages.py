"""CMS messages and signed mails as people and programs make them, and as nobody should."""

import asyncio
import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from asn1crypto import algos, cms, core, parser, tsp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from pyhanko.sign.general import as_signing_certificate_v2

from tests.pki.authority import NOW, Identity
from tests.pki.documents import stamper

HASHES = {
    "sha1": hashes.SHA1,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
    "sha3_256": hashes.SHA3_256,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CmsSigning:
    """How one signer signs. `stamped_at` asks for a timestamp of that time by `tsa` over the signature value.

    `named` is the certificate that the signed attributes name, if not the signer's; `attributes` are signed beside the usual
    ones, `without` leaves some of these out. `counters` sign this signature's value.
    """

    identity: Identity
    at: datetime | None = NOW
    digest: str = "sha256"
    value_digest: str = ""
    has_attributes: bool = True
    named: Identity | None = None
    names_certificate: bool = True
    claimed_type: str = "data"
    without: tuple[str, ...] = ()
    attributes: tuple[tuple[str, object], ...] = ()
    by_key_identifier: bool = False
    tsa: Identity | None = None
    stamped_at: datetime | None = None
    counters: tuple["CmsSigning", ...] = ()
    spoil: Callable[[cms.SignerInfo], None] = field(default=lambda info: None)


def message(
    content: bytes | None,
    *signings: CmsSigning,
    over: bytes | None = None,
    certificates: Sequence[Identity] = (),
    content_type: str = "data",
) -> bytes:
    """A SignedData in DER around the content; with None a detached one, over `over`."""
    signed = content if over is None else over
    assert signed is not None
    return wrapped(
        content, [signer_info(signed, signing) for signing in signings], certificates or holders(signings), content_type
    )


def wrapped(
    content: bytes | None, infos: Sequence[cms.SignerInfo], certificates: Sequence[Identity], content_type: str = "data"
) -> bytes:
    """A message of given signers, whatever they have signed."""
    info = {"content_type": content_type}
    if content is not None:
        info["content"] = core.ParsableOctetString(content)
    digests = {one["digest_algorithm"]["algorithm"].native for one in infos}
    data = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [{"algorithm": name} for name in sorted(digests)],
            "encap_content_info": cms.EncapsulatedContentInfo(info),
            "certificates": [cms.CertificateChoices("certificate", one.asn1) for one in certificates],
            "signer_infos": list(infos),
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": data}).dump()


def holders(signings: Sequence[CmsSigning]) -> list[Identity]:
    """The certificates of signers and countersigners, each once."""
    found: dict[bytes, Identity] = {}
    for signing in signings:
        found[signing.identity.der] = signing.identity
        found.update((one.der, one) for one in holders(signing.counters))
    return list(found.values())


def signer_info(content: bytes, signing: CmsSigning, *, is_counter: bool = False) -> cms.SignerInfo:
    """One signer over a content, with whatever hangs on it."""
    algorithm = HASHES[signing.value_digest or signing.digest]()
    attributes = signed_attributes(content, signing, is_counter=is_counter) if signing.has_attributes else None
    data = content if attributes is None else attributes.dump()
    value = signing.identity.key.sign(data, padding.PKCS1v15(), algorithm)
    info = cms.SignerInfo(
        {
            "version": "v3" if signing.by_key_identifier else "v1",
            "sid": identifier(signing),
            "digest_algorithm": {"algorithm": signing.digest},
            "signature_algorithm": {"algorithm": f"{signing.value_digest or signing.digest}_rsa"}
            if not (signing.value_digest or signing.digest).startswith("sha3")
            else {"algorithm": "rsassa_pkcs1v15"},
            "signature": value,
        }
    )
    if attributes is not None:
        info["signed_attrs"] = attributes
    unsigned = unsigned_attributes(value, signing)
    if unsigned:
        info["unsigned_attrs"] = unsigned
    signing.spoil(info)
    # Parsed again, for asn1crypto writes what was built, and all below it, twice at each level.
    return cms.SignerInfo.load(info.dump())


def identifier(signing: CmsSigning) -> cms.SignerIdentifier:
    certificate = signing.identity.asn1
    if signing.by_key_identifier:
        return cms.SignerIdentifier("subject_key_identifier", core.OctetString(certificate.key_identifier))
    return cms.SignerIdentifier(
        "issuer_and_serial_number",
        cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number}),
    )


def signed_attributes(content: bytes, signing: CmsSigning, *, is_counter: bool) -> cms.CMSAttributes:
    """The usual ones: type and digest of the content, the time, the certificate."""
    values: list[tuple[str, object]] = []
    if not is_counter:
        values.append(("content_type", signing.claimed_type))
    values.append(("message_digest", hashlib.new(signing.digest, content).digest()))
    if signing.at is not None:
        values.append(("signing_time", cms.Time({"utc_time": signing.at})))
    if signing.names_certificate:
        named = (signing.named or signing.identity).asn1
        values.append(("signing_certificate_v2", as_signing_certificate_v2(named)))
    values = [(name, value) for name, value in values if name not in signing.without]
    return cms.CMSAttributes([{"type": name, "values": [value]} for name, value in (*values, *signing.attributes)])


def unsigned_attributes(value: bytes, signing: CmsSigning) -> list[dict[str, object]]:
    """A timestamp and countersignatures over the signature value."""
    found: list[dict[str, object]] = []
    if signing.tsa is not None:
        stamped = token(signing.tsa, value, signing.stamped_at or signing.at or NOW)
        found.append({"type": "signature_time_stamp_token", "values": [stamped]})
    if signing.counters:
        counters = [signer_info(value, counter, is_counter=True) for counter in signing.counters]
        found.append({"type": "counter_signature", "values": counters})
    return found


def token(tsa: Identity, content: bytes, at: datetime, algorithm: str = "sha256") -> cms.ContentInfo:
    """A timestamp over some bytes."""
    return asyncio.run(stamper(tsa, at).async_timestamp(hashlib.new(algorithm, content).digest(), algorithm))


def timestamp_answer(tsa: Identity, content: bytes, at: datetime) -> bytes:
    """What an authority sends back: a status and a token."""
    return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token(tsa, content, at)}).dump()


def archived(data: bytes, tsa: Identity, at: datetime, over: bytes | None = None) -> bytes:
    """The message of one signer with an archive timestamp of version 3 over it (EN 319 122-1, 5.5.3)."""
    info = cms.ContentInfo.load(data)
    signed = info["content"]
    content = signed["encap_content_info"]["content"].native if over is None else over
    signer = signed["signer_infos"][0]
    algorithm = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()
    index = core.Sequence(contents=algorithm + core.SequenceOf([], spec=core.OctetString).dump() * 3).dump()
    names = ("version", "sid", "digest_algorithm", "signed_attrs", "signature_algorithm", "signature")
    fields = b"".join(signer[name].dump() for name in names)
    kind = signed["encap_content_info"]["content_type"].dump()
    stamp = token(tsa, kind + hashlib.sha256(content).digest() + fields + index, at)
    hung = stamp["content"]["signer_infos"][0]
    hung["unsigned_attrs"] = [{"type": "0.4.0.19122.1.5", "values": [core.Any.load(index)]}]
    stamp = cms.ContentInfo.load(stamp.dump(force=True))
    attributes = [*(signer["unsigned_attrs"] or ()), cms.CMSAttribute({"type": "0.4.0.1733.2.4", "values": [stamp]})]
    signer["unsigned_attrs"] = cms.CMSAttributes(attributes)
    return info.dump(force=True)


def in_another_order(info: cms.SignerInfo) -> cms.SignerInfo:
    """The signer with its signed attributes the other way round, as programs send them that forget to sort."""
    fields = [field.dump() for field in (info[name] for name in ("version", "sid", "digest_algorithm"))]
    attributes = b"".join(sorted((one.dump() for one in info["signed_attrs"]), reverse=True))
    fields += [parser.emit(2, 1, 0, attributes), info["signature_algorithm"].dump(), info["signature"].dump()]
    return cms.SignerInfo.load(core.Sequence(contents=b"".join(fields)).dump())


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    """The message with some of its bytes replaced by as many others."""
    assert len(old) == len(new)
    assert data.count(old) == 1
    return data.replace(old, new)


HEADER = b"From: Nguyen Van Mau <nguoiky@mau.example>\r\nTo: vanthu@tinh.example\r\nSubject: Bao cao\r\nMIME-Version: 1.0\r\n"
PART = b"Content-Type: text/plain; charset=utf-8\r\n\r\nKinh gui Uy ban nhan dan tinh.\r\n"


def multipart_signed(part: bytes, signature: bytes, header: bytes = HEADER, more: bytes = b"") -> bytes:
    """A mail whose one part is signed by another; `more` are further parts, with their boundary lines."""
    encoded = base64.encodebytes(signature).replace(b"\n", b"\r\n")
    return (
        header
        + b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="b1"\r\n\r\n'
        + b"This is a signed message.\r\n--b1\r\n"
        + part
        + b"\r\n--b1\r\n"
        + b'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\nContent-Transfer-Encoding: base64\r\n'
        + b'Content-Disposition: attachment; filename="smime.p7s"\r\n\r\n'
        + encoded
        + more
        + b"\r\n--b1--\r\n"
    )


def opaque_signed(signature: bytes, header: bytes = HEADER) -> bytes:
    """A mail that is one signature around all that it says."""
    return (
        header
        + b'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\r\n'
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(signature).replace(b"\n", b"\r\n")
    )
