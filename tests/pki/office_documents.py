"""Documents of Word, Excel and PowerPoint, signatures on them as Office makes them, and what people do to them afterwards.

Nothing of the verifier is used: relationships are transformed by lxml and canonicalised by it, where the verifier writes the
result out itself.
"""

import base64
import hashlib
import posixpath
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BytesIO

from asn1crypto import tsp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from tests.pki.authority import NOW, Identity
from tests.pki.documents import stamper

RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
METADATA = f"{RELATIONSHIPS}/metadata"
MDSSI = "http://schemas.openxmlformats.org/package/2006/digital-signature"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
RELATIONSHIP_TRANSFORM = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform"
RELATIONSHIP_PARTS = "application/vnd.openxmlformats-package.relationships+xml"
VENDOR = "application/vnd.openxmlformats-officedocument."
DIGESTS = {"sha256": "http://www.w3.org/2001/04/xmlenc#sha256", "sha1": f"{DSIG}sha1"}
METHODS = {"sha256": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "sha1": f"{DSIG}rsa-sha1"}
HASHES: dict[str, hashes.HashAlgorithm] = {"sha256": hashes.SHA256(), "sha1": hashes.SHA1()}

Link = tuple[str, str, str]
"""Id, type and target of a relationship; a target that begins with `!` lies outside the package."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package as tests change it: parts by name, their content types, and the relationships of each part by its name."""

    parts: Mapping[str, bytes]
    types: Mapping[str, str]
    links: Mapping[str, tuple[Link, ...]]
    defaults: Mapping[str, str] = field(default_factory=lambda: {"rels": RELATIONSHIP_PARTS, "xml": "application/xml"})

    def with_part(self, name: str, content: bytes, content_type: str = "") -> "Package":
        types = {**self.types, name: content_type} if content_type else self.types
        return replace(self, parts={**self.parts, name: content}, types=types)

    def with_link(self, source: str, link: Link) -> "Package":
        return replace(self, links={**self.links, source: (*self.links.get(source, ()), link)})

    def with_type(self, name: str, content_type: str) -> "Package":
        return replace(self, types={**self.types, name: content_type})

    def relationships(self, source: str) -> bytes:
        """The part that holds the relationships of a part."""
        root = etree.Element(f"{{{RELATIONSHIPS}}}Relationships", nsmap={None: RELATIONSHIPS})
        for name, kind, target in self.links[source]:
            outside = {"TargetMode": "External"} if target.startswith("!") else {}
            etree.SubElement(
                root, f"{{{RELATIONSHIPS}}}Relationship", {"Id": name, "Type": kind, "Target": target.lstrip("!"), **outside}
            )
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

    def entries(self) -> dict[str, bytes]:
        """Every entry of the file, in order."""
        root = etree.Element(f"{{{TYPES}}}Types", nsmap={None: TYPES})
        for extension, content_type in self.defaults.items():
            etree.SubElement(root, f"{{{TYPES}}}Default", Extension=extension, ContentType=content_type)
        for name, content_type in self.types.items():
            etree.SubElement(root, f"{{{TYPES}}}Override", PartName=f"/{name}", ContentType=content_type)
        types = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        links = {relationships_name(source): self.relationships(source) for source in self.links}
        return {"[Content_Types].xml": types, **links, **self.parts}

    def file(self) -> bytes:
        return zipped(self.entries())


def zipped(entries: Mapping[str, bytes] | Iterator[tuple[str, bytes]]) -> bytes:
    """A ZIP file; the same name may come twice."""
    output = BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items() if isinstance(entries, Mapping) else entries:
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 2, 8, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return output.getvalue()


def relationships_name(source: str) -> str:
    """Where the relationships of a part stand; no name stands for the package."""
    folder, _, name = source.rpartition("/")
    return f"{folder}/_rels/{name}.rels".lstrip("/")


def word(*, text: str = "Kính gửi: Ủy ban nhân dân tỉnh", prefix: str = OFFICE) -> Package:
    """A letter with styles, custom data and properties; `prefix` begins the types of relationships."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<w:document xmlns:w="{space}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>'
    return Package(
        parts={
            "word/document.xml": document.encode(),
            "word/styles.xml": f'<w:styles xmlns:w="{space}"/>'.encode(),
            "word/media/image1.png": b"\x89PNG picture",
            "customXml/item1.xml": b"<data><to>A</to></data>",
            "customXml/itemProps1.xml": item_properties("{11111111-2222-3333-4444-555555555555}"),
            "docProps/core.xml": b"<coreProperties/>",
            "docProps/app.xml": b"<Properties/>",
        },
        types={
            "word/document.xml": f"{VENDOR}wordprocessingml.document.main+xml",
            "word/styles.xml": f"{VENDOR}wordprocessingml.styles+xml",
            "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
            "docProps/app.xml": f"{VENDOR}extended-properties+xml",
            "customXml/itemProps1.xml": f"{VENDOR}customXmlProperties+xml",
        },
        links={
            "": (
                ("rId3", f"{prefix}/extended-properties", "docProps/app.xml"),
                ("rId2", f"{METADATA}/core-properties", "docProps/core.xml"),
                ("rId1", f"{prefix}/officeDocument", "word/document.xml"),
            ),
            "word/document.xml": (
                ("rId10", f"{prefix}/image", "media/image1.png"),
                ("rId1", f"{prefix}/styles", "styles.xml"),
                ("rId2", f"{prefix}/customXml", "../customXml/item1.xml"),
                ("rId3", f"{prefix}/hyperlink", "!https://mau.example/?a=1&b=2"),
            ),
            "customXml/item1.xml": (("rId1", f"{prefix}/customXmlProps", "itemProps1.xml"),),
        },
        defaults={"rels": RELATIONSHIP_PARTS, "xml": "application/xml", "png": "image/png"},
    )


def item_properties(identifier: str) -> bytes:
    """What names a store of custom data."""
    return f'<ds:datastoreItem ds:itemID="{identifier}" xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml"/>'.encode()


def excel() -> Package:
    """A workbook of one sheet."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheets = f'<sheets><sheet name="A" sheetId="1" r:id="rId1" xmlns:r="{OFFICE}"/></sheets>'
    return Package(
        parts={
            "xl/workbook.xml": f'<workbook xmlns="{space}">{sheets}</workbook>'.encode(),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}"><sheetData/></worksheet>'.encode(),
        },
        types={
            "xl/workbook.xml": f"{VENDOR}spreadsheetml.sheet.main+xml",
            "xl/worksheets/sheet1.xml": f"{VENDOR}spreadsheetml.worksheet+xml",
        },
        links={
            "": (("rId1", f"{OFFICE}/officeDocument", "xl/workbook.xml"),),
            "xl/workbook.xml": (("rId1", f"{OFFICE}/worksheet", "/xl/worksheets/sheet1.xml"),),
        },
    )


def powerpoint() -> Package:
    """A presentation of one slide; the state of its view is not signed."""
    space = "http://schemas.openxmlformats.org/presentationml/2006/main"
    slides = f'<p:sldIdLst><p:sldId id="256" r:id="rId1" xmlns:r="{OFFICE}"/></p:sldIdLst>'
    return Package(
        parts={
            "ppt/presentation.xml": f'<p:presentation xmlns:p="{space}">{slides}</p:presentation>'.encode(),
            "ppt/slides/slide1.xml": f'<p:sld xmlns:p="{space}"/>'.encode(),
            "ppt/viewProps.xml": f'<p:viewPr xmlns:p="{space}"/>'.encode(),
        },
        types={
            "ppt/presentation.xml": f"{VENDOR}presentationml.presentation.main+xml",
            "ppt/slides/slide1.xml": f"{VENDOR}presentationml.slide+xml",
            "ppt/viewProps.xml": f"{VENDOR}presentationml.viewProps+xml",
        },
        links={
            "": (("rId1", f"{OFFICE}/officeDocument", "ppt/presentation.xml"),),
            "ppt/presentation.xml": (
                ("rId1", f"{OFFICE}/slide", "slides/slide1.xml"),
                ("rId2", f"{OFFICE}/viewProps", "viewProps.xml"),
            ),
        },
    )


UNSIGNED = ("properties", "Properties", "customXml", "customXmlProps", "thumbnail", "viewProps", "origin")
"""Ends of the relationship types that Office leaves out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """How to sign. `stamped_at` asks for a timestamp of that time by `tsa`; `at` is what the signer's clock says.

    `key` signs where it is another than the certificate's; `by_type` chooses relationships by their types and signs the
    canonical form of XML. `omit` are names of parts that are left out, `also` of parts that Office would not sign; `claim` is
    what the signature says that its certificate is. `change` may alter the signature element before anything is digested.
    """

    identity: Identity
    at: datetime = NOW
    tsa: Identity | None = None
    stamped_at: datetime | None = None
    digest: str = "sha256"
    chain: tuple[Identity, ...] = ()
    key: Identity | None = None
    claim: Identity | None = None
    xades: bool = True
    by_type: bool = False
    omit: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    name: str = "sig1.xml"
    origin: str = "_xmlsignatures/origin.sigs"
    change: Callable[[etree._Element], None] | None = None


def sign(package: Package, signing: Signing) -> Package:
    """Add a signature over what the package holds now."""
    folder = signing.origin.rpartition("/")[0]
    added = {signing.origin: b"", f"{folder}/{signing.name}": signature(package, signing)}
    count = len(package.links.get(signing.origin, ()))
    link = (f"rId{count + 1}", f"{RELATIONSHIPS}/digital-signature/signature", signing.name)
    found = replace(
        package,
        parts={**package.parts, **added},
        types={
            **package.types,
            f"{folder}/{signing.name}": "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml",
        },
        defaults={**package.defaults, "sigs": "application/vnd.openxmlformats-package.digital-signature-origin"},
    ).with_link(signing.origin, link)
    if count:
        return found
    return found.with_link("", ("rIdSignatures", f"{RELATIONSHIPS}/digital-signature/origin", signing.origin))


def signature(package: Package, signing: Signing) -> bytes:
    """The signature part: a manifest of the parts, what Office says of itself, the properties of XAdES."""
    root = etree.fromstring(
        f'<Signature Id="idPackageSignature" xmlns="{DSIG}"><SignedInfo><CanonicalizationMethod Algorithm="{C14N}"/>'
        f'<SignatureMethod Algorithm="{METHODS[signing.digest]}"/></SignedInfo><SignatureValue/>'
        f"<KeyInfo><X509Data>{''.join(map(certificate_element, (signing.identity, *signing.chain)))}</X509Data></KeyInfo>"
        f'<Object Id="idPackageObject" xmlns:mdssi="{MDSSI}"><Manifest>{"".join(references(package, signing))}</Manifest>'
        f'<SignatureProperties><SignatureProperty Id="idSignatureTime" Target="#idPackageSignature"><mdssi:SignatureTime>'
        f"<mdssi:Format>YYYY-MM-DDThh:mm:ssTZD</mdssi:Format><mdssi:Value>{written(signing.at)}</mdssi:Value>"
        f"</mdssi:SignatureTime></SignatureProperty></SignatureProperties></Object>"
        f'<Object Id="idOfficeObject"><SignatureProperties><SignatureProperty Id="idOfficeV1Details">'
        f'<SignatureInfoV1 xmlns="http://schemas.microsoft.com/office/2006/digsig"><SetupID/><SignatureComments>đã duyệt'
        f"</SignatureComments><OfficeVersion>16.0</OfficeVersion></SignatureInfoV1></SignatureProperty></SignatureProperties>"
        f"</Object>{qualifying(signing) if signing.xades else ''}</Signature>"
    )
    if signing.change is not None:
        signing.change(root)
    seal(root, signing)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def seal(root: etree._Element, signing: Signing) -> None:
    """Digest the objects, sign, and have the value stamped."""
    info = root.find(f"{{{DSIG}}}SignedInfo")
    for target in ("idPackageObject", "idOfficeObject", "idSignedProperties"):
        for element in root.findall(f".//*[@Id='{target}']"):
            info.append(reference(f"#{target}", hashed(signing, canonical(element)), signing))
    key = (signing.key or signing.identity).key
    value = key.sign(canonical(info), padding.PKCS1v15(), HASHES[signing.digest])
    holder = root.find(f"{{{DSIG}}}SignatureValue")
    holder.text = base64.b64encode(value).decode()
    if signing.tsa is not None:
        token = stamped(canonical(holder), signing.tsa, signing.stamped_at or signing.at)
        root.find(f".//{{{XADES}}}QualifyingProperties").append(
            etree.fromstring(
                f'<UnsignedProperties xmlns="{XADES}"><UnsignedSignatureProperties><SignatureTimeStamp>'
                f'<CanonicalizationMethod xmlns="{DSIG}" Algorithm="{C14N}"/><EncapsulatedTimeStamp>{token}'
                f"</EncapsulatedTimeStamp></SignatureTimeStamp></UnsignedSignatureProperties></UnsignedProperties>"
            )
        )


def stamped(octets: bytes, tsa: Identity, at: datetime) -> str:
    """A timestamp token in base64."""
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": hashlib.sha256(octets).digest()}
    request = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "cert_req": True})
    answer = stamper(tsa, at).request_tsa_response(request)
    return base64.b64encode(answer["time_stamp_token"].dump()).decode()


def qualifying(signing: Signing) -> str:
    """The properties of XAdES that Office writes."""
    named = (signing.claim or signing.identity).certificate
    digest = base64.b64encode(hashlib.new(signing.digest, named.public_bytes(Encoding.DER)).digest()).decode()
    return (
        f'<Object><xd:QualifyingProperties xmlns:xd="{XADES}" Target="#idPackageSignature">'
        f'<xd:SignedProperties Id="idSignedProperties"><xd:SignedSignatureProperties>'
        f"<xd:SigningTime>{written(signing.at)}</xd:SigningTime><xd:SigningCertificate><xd:Cert><xd:CertDigest>"
        f'<DigestMethod Algorithm="{DIGESTS[signing.digest]}"/><DigestValue>{digest}</DigestValue></xd:CertDigest>'
        f"<xd:IssuerSerial><X509IssuerName>{named.issuer.rfc4514_string()}</X509IssuerName>"
        f"<X509SerialNumber>{named.serial_number}</X509SerialNumber></xd:IssuerSerial></xd:Cert></xd:SigningCertificate>"
        f"<xd:SignaturePolicyIdentifier><xd:SignaturePolicyImplied/></xd:SignaturePolicyIdentifier>"
        f"</xd:SignedSignatureProperties></xd:SignedProperties></xd:QualifyingProperties></Object>"
    )


def references(package: Package, signing: Signing) -> Iterator[str]:
    """The manifest: signed relationships through their transform, and the parts behind them."""
    wanted = {*signed_parts(package), *signing.also} - {*signing.omit}
    signed = [name for name in package.parts if name in wanted]
    for name in signed:
        extension = name.rpartition(".")[2]
        content_type = package.types.get(name) or package.defaults[extension]
        canonically = signing.by_type and content_type.endswith("xml")
        content = canonical(etree.fromstring(package.parts[name])) if canonically else package.parts[name]
        part = reference(f"/{name}?ContentType={content_type}", hashed(signing, content), signing)
        if canonically:
            part.insert(0, etree.fromstring(f'<Transforms xmlns="{DSIG}"><Transform Algorithm="{C14N}"/></Transforms>'))
        yield etree.tostring(part).decode()
    for source, links in package.links.items():
        chosen = [link for link in links if is_signed(link)]
        if chosen and source in {"", *signed}:
            part = reference(
                f"/{relationships_name(source)}?ContentType={RELATIONSHIP_PARTS}",
                hashed(signing, transformed(package.relationships(source), {link[0] for link in chosen})),
                signing,
            )
            part.insert(0, transforms(chosen, by_type=signing.by_type))
            yield etree.tostring(part).decode()


def signed_parts(package: Package) -> frozenset[str]:
    """What the signed relationships lead to."""
    found = set()
    for source, links in package.links.items():
        folder = source.rpartition("/")[0]
        for link in filter(is_signed, links):
            if not link[2].startswith("!"):
                found.add(posixpath.normpath(posixpath.join(f"/{folder}", link[2])).lstrip("/"))
    return frozenset(found)


def is_signed(link: Link) -> bool:
    """Whether Office signs a relationship of this type."""
    return not link[1].endswith(UNSIGNED)


def transforms(links: list[Link], *, by_type: bool) -> etree._Element:
    """The transform that chooses relationships, by Id as Office does or by type, and the canonical form behind it."""
    chosen = {f'<mdssi:RelationshipReference SourceId="{name}"/>' for name, _, _ in links}
    if by_type:
        chosen = {f'<mdssi:RelationshipsGroupReference SourceType="{kind}"/>' for _, kind, _ in links}
    return etree.fromstring(
        f'<Transforms xmlns="{DSIG}" xmlns:mdssi="{MDSSI}"><Transform Algorithm="{RELATIONSHIP_TRANSFORM}">'
        f'{"".join(sorted(chosen))}</Transform><Transform Algorithm="{C14N}"/></Transforms>'
    )


def transformed(relationships: bytes, ids: set[str]) -> bytes:
    """The relationships transform by lxml: choose, sort, fill in the mode, drop everything between."""
    root = etree.fromstring(relationships)
    kept = sorted((one for one in root if one.get("Id") in ids), key=lambda one: one.get("Id"))
    root[:] = kept
    root.text = None
    for one in kept:
        one.tail = one.text = None
        one.set("TargetMode", one.get("TargetMode", "Internal"))
    return etree.tostring(root, method="c14n")


def reference(uri: str, digest: bytes, signing: Signing) -> etree._Element:
    """A Reference element."""
    found = etree.Element(f"{{{DSIG}}}Reference", nsmap={None: DSIG}, URI=uri)
    etree.SubElement(found, f"{{{DSIG}}}DigestMethod", Algorithm=DIGESTS[signing.digest])
    etree.SubElement(found, f"{{{DSIG}}}DigestValue").text = base64.b64encode(digest).decode()
    return found


def certificate_element(identity: Identity) -> str:
    """An X509Certificate element."""
    return f"<X509Certificate>{base64.b64encode(identity.der).decode()}</X509Certificate>"


def canonical(element: etree._Element) -> bytes:
    """Canonical XML 1.0 of an element with the namespaces around it."""
    alone = etree.fromstring(etree.tostring(element, with_tail=False))
    return etree.tostring(alone, method="c14n", with_comments=False)


def hashed(signing: Signing, octets: bytes) -> bytes:
    return hashlib.new(signing.digest, octets).digest()


def written(moment: datetime) -> str:
    """A time as Office writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
