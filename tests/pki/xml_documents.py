"""Letters and tax notices as XML, signatures on them, and what people do to signed documents afterwards."""

import asyncio
import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import quote

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree
from signxml import DigestAlgorithm, SignatureConstructionMethod, XMLSigner
from signxml.xades import XAdESSigner

from tests.pki.authority import NOW, Identity
from tests.pki.documents import stamper

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
ENVELOPED = f"{DS}enveloped-signature"
BASE64 = f"{DS}base64"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
FILTER = "http://www.w3.org/2002/06/xmldsig-filter2"
MANIFEST = f"{DS}Manifest"
WITHOUT_SIGNATURES = f'<XPath xmlns:d="{DS}">not(ancestor-or-self::d:Signature)</XPath>'

HASHES = {"sha1": hashes.SHA1, "sha256": hashes.SHA256, "sha512": hashes.SHA512}
DIGEST_URIS = {
    "sha1": f"{DS}sha1",
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
}
METHOD_URIS = {
    "sha1": f"{DS}rsa-sha1",
    "sha256": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "sha512": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
}

LETTER = """<?xml version="1.0" encoding="UTF-8"?>
<CongVan xmlns="urn:mau:cong-van" xmlns:m="urn:mau:khac" Id="cv" xml:lang="vi">
  <SoKyHieu>12/UBND-VP</SoKyHieu>
  <NoiDung m:muc="1">Kính gửi: Ủy ban nhân dân tỉnh Mẫu &lt;1&gt;</NoiDung>
  <m:Tien>100</m:Tien>
</CongVan>
""".encode()

NOTICE = (
    '<TBao><DLTBao Id="Id-dl"><PBan>2.0.0</PBan><MSo>01/TB-ĐKĐT</MSo><Ten>Thông báo về việc chấp nhận đăng ký</Ten>'
    '<MST>0202019860</MST></DLTBao><STBao Id="Id-st"><So>14TB-CCTKV</So><NTBao>2026-03-02T15:00:00</NTBao></STBao>'
    "<DSCKS><TTCQT/><CQT/></DSCKS></TBao>"
).encode()
"""A tax notice as tax offices send it: the head signs the data, the office the data and the number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """One reference. Transforms are identifiers, `content` is the file where it is over one."""

    uri: str | None = ""
    transforms: tuple[str, ...] = (ENVELOPED, EXCLUSIVE)
    kind: str = ""
    content: bytes | None = None
    inner: str = ""
    """What stands inside the first transform."""


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlSigning:
    """How to sign. `place` is the path of the element that gets the signature, None where it is a document by itself."""

    identity: Identity
    name: str = "ky"
    place: str | None = "."
    references: tuple[Ref, ...] = (Ref(),)
    objects: str = ""
    xades: bool = False
    at: str = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    named: Identity | None = None
    shown: tuple[Identity, ...] | None = None
    key_info: str = ""
    digest: str = "sha256"
    method: str = ""
    canonicalization: str = INCLUSIVE
    tsa: Identity | None = None
    stamped_at: datetime | None = None
    values: str = ""
    """Further unsigned properties."""
    stamp_of: Callable[[bytes], bytes] = field(default=lambda octets: octets)


def ds(name: str) -> str:
    return f"{{{DS}}}{name}"


def base64_of(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def canonical(element: etree._Element, method: str = INCLUSIVE) -> bytes:
    """Canonical form of an element as it stands in its document."""
    copy = etree.fromstring(etree.tostring(element, with_tail=False, encoding="utf-8"))
    exclusive = method.startswith(EXCLUSIVE)
    if not exclusive:
        for ancestor in element.iterancestors():
            for key, value in ancestor.attrib.items():
                if key.startswith("{http://www.w3.org/XML/1998/namespace}") and key not in copy.attrib:
                    copy.set(key, value)
    return etree.tostring(copy, method="c14n", exclusive=exclusive, with_comments=False)


def sign(document: bytes, signing: XmlSigning) -> bytes:
    """Put a signature into a document, or make it one by itself."""
    if signing.place is None:
        root = element = etree.fromstring(shell(signing))
    else:
        root = etree.fromstring(document)
        parent = root if signing.place == "." else root.find(signing.place)
        # As text: moving elements between documents, the library drops declarations that it takes for superfluous.
        parent.append(etree.Comment("here"))
        text = etree.tostring(root.getroottree(), encoding="unicode").replace("<!--here-->", shell(signing))
        root = etree.fromstring(text)
        element = next(one for one in root.iter(ds("Signature")) if one.get("Id") == signing.name)
    for reference, target in zip(references_of(signing), element.iter(ds("Reference")), strict=False):
        target.find(ds("DigestValue")).text = base64_of(digest(octets_of(reference, root, element), signing))
    signed = canonical(element.find(ds("SignedInfo")), signing.canonicalization)
    value = signing.identity.key.sign(signed, padding.PKCS1v15(), HASHES[signing.digest]())
    element.find(ds("SignatureValue")).text = base64_of(value)
    if signing.tsa is not None:
        holder = element.find(f".//{{{XADES}}}EncapsulatedTimeStamp")
        holder.text = base64_of(token(signing, canonical(element.find(ds("SignatureValue")))))
    return etree.tostring(root.getroottree(), encoding="utf-8", xml_declaration=True)


def digest(octets: bytes, signing: XmlSigning) -> bytes:
    return hashlib.new(signing.digest, octets).digest()


def references_of(signing: XmlSigning) -> tuple[Ref, ...]:
    """The references, that over the signed properties included."""
    if not signing.xades:
        return signing.references
    kind = "http://uri.etsi.org/01903#SignedProperties"
    return (*signing.references, Ref(uri=f"#{signing.name}-xades", transforms=(EXCLUSIVE,), kind=kind))


def shell(signing: XmlSigning) -> str:
    """The signature element without its values."""
    shown = (signing.identity,) if signing.shown is None else signing.shown
    certificates = "".join(f"<X509Certificate>{base64_of(one.der)}</X509Certificate>" for one in shown)
    data = f"<X509Data>{certificates}</X509Data>" if shown else ""
    key_info = f"<KeyInfo>{signing.key_info}{data}</KeyInfo>" if shown or signing.key_info else ""
    written = "".join(reference_shell(reference, signing) for reference in references_of(signing))
    method = signing.method or METHOD_URIS[signing.digest]
    return (
        f'<Signature xmlns="{DS}" Id="{signing.name}"><SignedInfo>'
        f'<CanonicalizationMethod Algorithm="{signing.canonicalization}"/><SignatureMethod Algorithm="{method}"/>'
        f'{written}</SignedInfo><SignatureValue Id="{signing.name}-value"/>{key_info}{signing.objects}'
        f"{properties(signing) if signing.xades else ''}</Signature>"
    )


def reference_shell(reference: Ref, signing: XmlSigning) -> str:
    uri = "" if reference.uri is None else f' URI="{reference.uri}"'
    kind = f' Type="{reference.kind}"' if reference.kind else ""
    inner = [reference.inner, *[""] * len(reference.transforms)]
    transforms = "".join(
        f'<Transform Algorithm="{transform}">{inside}</Transform>'
        for transform, inside in zip(reference.transforms, inner, strict=False)
    )
    listed = f"<Transforms>{transforms}</Transforms>" if transforms else ""
    return f'<Reference{uri}{kind}>{listed}<DigestMethod Algorithm="{DIGEST_URIS[signing.digest]}"/><DigestValue/></Reference>'


def properties(signing: XmlSigning) -> str:
    """The qualifying properties, with places for a timestamp where one is asked for."""
    named = signing.named or signing.identity
    value = base64_of(hashlib.sha256(named.der).digest())
    stamp = (
        f'<xades:SignatureTimeStamp><CanonicalizationMethod Algorithm="{INCLUSIVE}"/>'
        "<xades:EncapsulatedTimeStamp/></xades:SignatureTimeStamp>"
        if signing.tsa is not None
        else ""
    )
    unsigned = (
        "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>"
        f"{stamp}{signing.values}</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
        if stamp or signing.values
        else ""
    )
    return (
        f'<Object><xades:QualifyingProperties xmlns:xades="{XADES}" Target="#{signing.name}">'
        f'<xades:SignedProperties Id="{signing.name}-xades"><xades:SignedSignatureProperties>'
        f"<xades:SigningTime>{signing.at}</xades:SigningTime><xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
        f'<DigestMethod Algorithm="{DIGEST_URIS["sha256"]}"/><DigestValue>{value}</DigestValue>'
        "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>"
        f"</xades:SignedSignatureProperties></xades:SignedProperties>{unsigned}</xades:QualifyingProperties></Object>"
    )


def octets_of(reference: Ref, root: etree._Element, signature: etree._Element) -> bytes:
    """What a reference is over, after its transforms."""
    if reference.content is not None:
        return reference.content
    without = not {ENVELOPED, XPATH, FILTER}.isdisjoint(reference.transforms)
    method = next((one for one in reference.transforms if one in {EXCLUSIVE, INCLUSIVE}), INCLUSIVE)
    if not reference.uri:
        copy = etree.fromstring(etree.tostring(root.getroottree(), encoding="utf-8"))
        everything = list(copy.iter(ds("Signature")))
        own = list(root.iter(ds("Signature"))).index(signature)
        for one in everything if XPATH in reference.transforms else [everything[own]] if without else []:
            take_out(one)
        exclusive = method == EXCLUSIVE
        return etree.tostring(copy.getroottree(), method="c14n", exclusive=exclusive, with_comments=False)
    found = next(one for one in root.iter(etree.Element) if reference.uri[1:] in {one.get("Id"), one.get("ID"), one.get("id")})
    if BASE64 in reference.transforms:
        return base64.b64decode(found.text)
    if not without:
        return canonical(found, method)
    holder = etree.fromstring(etree.tostring(found, with_tail=False, encoding="utf-8"))
    for one in list(holder.iter(ds("Signature"))):
        take_out(one)
    return canonical(holder, method)


def take_out(element: etree._Element) -> None:
    """Remove an element; the text behind it stays."""
    parent, before = element.getparent(), element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + (element.tail or "")
    else:
        parent.text = (parent.text or "") + (element.tail or "")
    parent.remove(element)


def token(signing: XmlSigning, octets: bytes) -> bytes:
    """A timestamp token over some bytes."""
    imprint = hashlib.sha256(signing.stamp_of(octets)).digest()
    return asyncio.run(stamper(signing.tsa, signing.stamped_at or NOW).async_timestamp(imprint, "sha256")).dump()


def signing_time_object(name: str, text: str) -> str:
    """A signing time among the signature's own properties, as in tax notices."""
    return (
        f'<Object Id="Object-{name}"><SignatureProperties xmlns=""><SignatureProperty Id="SP-{name}" Target="#{name}">'
        f"<SigningTime>{text}</SigningTime></SignatureProperty></SignatureProperties></Object>"
    )


def notice_signing(identity: Identity, name: str, *, over: tuple[str, ...], **options) -> XmlSigning:
    """One of the two signatures of a tax notice: without transforms, over its own time first."""
    at = options.pop("at", "2026-03-02T15:00:00")
    wanted = tuple(Ref(uri=f"#{one}", transforms=()) for one in (f"Object-{name}", *over))
    place = f"DSCKS/{name}"
    return XmlSigning(
        identity=identity, name=name, place=place, references=wanted, objects=signing_time_object(name, at), **options
    )


def tax_notice(person: Identity, organisation: Identity, **options) -> bytes:
    """A tax notice with both signatures."""
    signed = sign(NOTICE, notice_signing(person, "TTCQT", over=("Id-dl",), **options))
    return sign(signed, notice_signing(organisation, "CQT", over=("Id-dl", "Id-st"), **options))


def enveloping(content: bytes, signing: XmlSigning) -> bytes:
    """A signature with the content inside, in base64."""
    inside = f'<Object Id="{signing.name}-noidung" MimeType="application/pdf">{base64_of(content)}</Object>'
    references = (Ref(uri=f"#{signing.name}-noidung", transforms=(BASE64,), kind=f"{DS}Object"),)
    return sign(b"", replace(signing, place=None, objects=inside, references=references))


def detached(content: bytes, name: str, signing: XmlSigning) -> bytes:
    """A signature over a file beside it."""
    references = (Ref(uri=quote(name), transforms=(), content=content),)
    return sign(b"", replace(signing, place=None, references=references))


def pem(identity: Identity) -> tuple[bytes, bytes]:
    """Key and certificate as signxml takes them."""
    key = identity.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key, identity.certificate.public_bytes(serialization.Encoding.PEM)


def by_signxml(document: bytes, identity: Identity, method: SignatureConstructionMethod) -> bytes:
    """A plain signature made by signxml."""
    key, certificate = pem(identity)
    signer = XMLSigner(method=method, digest_algorithm=DigestAlgorithm.SHA256)
    return etree.tostring(signer.sign(etree.fromstring(document), key=key, cert=[certificate]).getroottree())


class DatedXAdESSigner(XAdESSigner):
    """Signs with the time of the test, not of the machine."""

    def add_signing_time(self, signed_signature_properties, sig_root, signing_settings) -> None:
        super().add_signing_time(signed_signature_properties, sig_root, signing_settings)
        signed_signature_properties[-1].text = NOW.astimezone(UTC).isoformat()


def xades_by_signxml(document: bytes, identity: Identity) -> bytes:
    """An enveloped XAdES signature made by signxml."""
    key, certificate = pem(identity)
    signer = DatedXAdESSigner(method=SignatureConstructionMethod.enveloped, digest_algorithm=DigestAlgorithm.SHA256)
    return etree.tostring(signer.sign(etree.fromstring(document), key=key, cert=[certificate]).getroottree())
