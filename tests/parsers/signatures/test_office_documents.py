"""Signatures of Word, Excel and PowerPoint files: what passes, and every way in which such files are altered."""

import base64
import hashlib
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from lxml import etree

from parsers.signatures.limits import RevocationPolicy, SignatureLimits
from parsers.signatures.model import DocumentSignatures, Indication, Reason, SignerKind, SubIndication
from tests.pki.authority import DAY, NOW, Wish, certify, make_pki, rsa_key
from tests.pki.office_documents import (
    DSIG,
    MDSSI,
    METADATA,
    OFFICE,
    RELATIONSHIPS,
    STRICT,
    VENDOR,
    XADES,
    Package,
    Signing,
    canonical,
    excel,
    item_properties,
    powerpoint,
    sign,
    word,
    zipped,
)

PKI = make_pki()
PERSON = Signing(identity=PKI.person, tsa=PKI.tsa)
SEAL = Signing(identity=PKI.organisation, tsa=PKI.tsa, name="sig2.xml")
WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MICROSOFT = "http://schemas.microsoft.com/office"

Verdict = tuple[Indication | None, SubIndication | None]
PASSED: Verdict = (Indication.TOTAL_PASSED, None)
MALFORMED: Verdict = (Indication.TOTAL_FAILED, SubIndication.FORMAT_FAILURE)
CHANGED: Verdict = (Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE)
FORGED: Verdict = (Indication.TOTAL_FAILED, SubIndication.SIG_CRYPTO_FAILURE)


@pytest.fixture(scope="module")
def letter() -> Package:
    """A letter as a person signed it; tests change copies of it."""
    return sign(word(), PERSON)


def verdict(found: DocumentSignatures) -> Verdict:
    return found.indication, found.sub_indication


def unsigned_data(found: DocumentSignatures) -> bool:
    return found.indication is Indication.INDETERMINATE and found.reasons[0] is Reason.UNSIGNED_DATA


def only(found: DocumentSignatures):
    (report,) = found.signatures
    return report


@pytest.mark.parametrize(
    "package", [word(), word(prefix=STRICT), excel(), powerpoint()], ids=["word", "strict", "excel", "slides"]
)
def test_a_file_signed_by_office_passes(verify, package):
    report = only(found := verify(sign(package, PERSON).file()))

    assert (found.format, verdict(found)) == ("OOXML", PASSED)
    assert (report.format, report.field, report.level) == ("OOXML", "/_xmlsignatures/sig1.xml", "T")
    assert (report.signer.common_name, report.signer_kind) == ("Nguyễn Văn Mẫu", SignerKind.PERSON)
    assert (report.digest_algorithm, report.signature_algorithm, report.key_bits) == ("sha256", "sha256_rsa", 2048)
    assert [link.common_name for link in report.trust_path] == ["Root Mẫu", "CA Mẫu", "Nguyễn Văn Mẫu"]


def test_what_office_leaves_unsigned_by_design_is_named(verify, letter):
    uncovered = only(verify(letter.file())).uncovered

    assert set(uncovered) == {
        "/[Content_Types].xml",
        "/docProps/core.xml",
        "/docProps/app.xml",
        "/customXml/item1.xml",
        "/customXml/itemProps1.xml",
        "/_rels/.rels#rId2 (core-properties)",
        "/_rels/.rels#rId3 (extended-properties)",
        "/word/_rels/document.xml.rels#rId2 (customXml)",
        "/customXml/_rels/item1.xml.rels#rId1 (customXmlProps)",
    }


def test_two_people_sign_one_file(verify, letter):
    found = verify(sign(letter, SEAL).file())

    assert verdict(found) == PASSED
    assert [report.field for report in found.signatures] == ["/_xmlsignatures/sig1.xml", "/_xmlsignatures/sig2.xml"]
    assert [report.signer_kind for report in found.signatures] == [SignerKind.PERSON, SignerKind.ORGANISATION]


def test_beyond_the_cap_signatures_are_counted_and_the_file_stays_open(verify, letter):
    found = verify(sign(letter, SEAL).file(), limits=SignatureLimits(signatures=1))

    assert (found.seen, len(found.signatures)) == (2, 1)
    assert (found.indication, found.reasons) == (Indication.INDETERMINATE, (Reason.LIMIT,))


def test_a_signature_without_xades_passes_as_it_was_in_2007(verify):
    report = only(verify(sign(word(), Signing(identity=PKI.person, xades=False)).file()))

    assert (report.indication, report.claimed_signing_time) == (Indication.TOTAL_PASSED, NOW)
    assert Reason.NO_TIMESTAMP in report.reasons


def test_the_time_that_office_writes_down_for_itself_is_not_looked_at(verify):
    later = "2030-01-01T00:00:00Z"

    def say(root):
        details = root.find(".//{http://schemas.microsoft.com/office/2006/digsig}SignatureInfoV1")
        etree.SubElement(details, "{http://schemas.microsoft.com/office/2006/digsig}SignatureTime").text = later

    report = only(verify(sign(word(), replace(PERSON, change=say)).file()))

    assert (report.indication, report.claimed_signing_time) == (Indication.TOTAL_PASSED, NOW)


def test_a_picture_for_the_signature_line_that_nobody_signed_leaves_it_open(verify):
    def show(root):
        etree.SubElement(root, f"{{{DSIG}}}Object", Id="idValidSigLnImg").text = "bm90IGEgcGljdHVyZQ=="

    report = only(found := verify(sign(word(), replace(PERSON, change=show)).file()))

    assert (found.indication, report.reasons[0]) == (Indication.INDETERMINATE, Reason.UNSIGNED_DATA)
    assert report.uncovered[0] == "/_xmlsignatures/sig1.xml/Signature/Object[4]"


def test_a_time_without_xades_counts_only_where_the_manifest_stands(verify):
    def say(root):
        time = root.find(f".//{{{MDSSI}}}SignatureTime")
        root.find(".//*[@Id='idOfficeObject']").append(time)

    report = only(verify(sign(word(), Signing(identity=PKI.person, xades=False, change=say)).file()))

    assert (report.indication, report.claimed_signing_time) == (Indication.TOTAL_PASSED, None)


def test_certificates_may_stand_in_a_part_of_their_own(verify):
    def without_certificate(root):
        root.remove(root.find(f"{{{DSIG}}}KeyInfo"))

    link = ("rId1", f"{RELATIONSHIPS}/digital-signature/certificate", "leaf.cer")
    signed = sign(word(), replace(PERSON, change=without_certificate))
    found = verify(
        signed.with_part(
            "_xmlsignatures/leaf.cer", PKI.person.der, "application/vnd.openxmlformats-package.digital-signature-certificate"
        )
        .with_link("_xmlsignatures/sig1.xml", link)
        .file()
    )

    assert verdict(found) == PASSED


def as_dotnet_signs(root) -> None:
    """No object of Office's, an own way to write the time, and comments and white space in between."""
    root.remove(root.find(".//*[@Id='idOfficeObject']"))
    root.find(f".//{{{MDSSI}}}Value").text = "2026-03-02T15:00:00.0+07:00"
    root.find(f".//{{{DSIG}}}Manifest").append(etree.Comment("signed by a program"))


def test_what_dotnet_signs_passes(verify):
    signing = replace(PERSON, tsa=None, xades=False, by_type=True, change=as_dotnet_signs)
    signed = sign(word(), signing)
    added = signed.with_link(TARGET, ("rId77", f"{OFFICE}/image", "media/image1.png"))
    report = only(verify(signed.file()))

    assert (report.indication, report.claimed_signing_time) == (Indication.TOTAL_PASSED, NOW)
    # A choice by type holds those that are added later, too.
    assert verdict(verify(added.file())) == CHANGED


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"<w:body>", b"<w:body><!-- a comment -->", PASSED),
        (b"<w:p>", b"<w:p >", PASSED),
        ("Kính".encode(), "Kí<!-- -->nh".encode(), MALFORMED),
        ("Kính".encode(), b"Kinh", CHANGED),
        (b"<w:document", b"<!DOCTYPE x><w:document", MALFORMED),
    ],
    ids=["comment between", "white space in a tag", "comment in a text", "another letter", "document type"],
)
def test_a_part_signed_in_canonical_form_may_be_written_differently_and_say_the_same(verify, old, new, expected):
    signed = sign(word(), replace(PERSON, by_type=True))
    changed = signed.with_part(TARGET, signed.parts[TARGET].replace(old, new, 1))

    assert changed.parts[TARGET] != signed.parts[TARGET]
    assert verdict(verify(changed.file())) == expected


# What happens to a signed file. Each change is made to the package that was signed.

TARGET = "word/document.xml"


def altered_link(package: Package, source: str, number: int, **changes: str) -> Package:
    links = list(package.links[source])
    name, kind, target = links[number]
    links[number] = (changes.get("name", name), changes.get("kind", kind), changes.get("target", target))
    return replace(package, links={**package.links, source: tuple(links)})


ADDED_LINKS = {
    "image": ("rId99", f"{OFFICE}/image", "media/image1.png"),
    "template": ("rId99", f"{OFFICE}/attachedTemplate", "!file:///C:/x.dotm"),
    "outside": ("rId99", f"{OFFICE}/image", "!https://mau.example/x.png"),
    "object": ("rId99", f"{OFFICE}/oleObject", "embeddings/object1.bin"),
    "chunk": ("rId99", f"{OFFICE}/aFChunk", "chunk.html"),
    "strict image": ("rId99", f"{STRICT}/image", "media/image1.png"),
    "unknown": ("rId99", "http://mau.example/relationships/anything", "x.xml"),
    "fetched properties": ("rId99", f"{METADATA}/core-properties", "!https://mau.example/core.xml"),
}


@pytest.mark.parametrize("link", ADDED_LINKS.values(), ids=ADDED_LINKS.keys())
def test_a_relationship_added_to_the_document_fails(verify, letter, link):
    found = verify(letter.with_link(TARGET, link).file())

    assert verdict(found) == MALFORMED
    assert only(found).uncovered[0].startswith("/word/_rels/document.xml.rels#rId99")
    assert Reason.GAP in found.reasons


def with_macro(package: Package) -> Package:
    link = ("rId99", f"{MICROSOFT}/2006/relationships/vbaProject", "vbaProject.bin")
    return package.with_part("word/vbaProject.bin", b"VBA", "application/vnd.ms-office.vbaProject").with_link(TARGET, link)


def with_second_document(package: Package) -> Package:
    other = word(text="Nội dung khác").parts[TARGET]
    link = ("rId0", f"{OFFICE}/officeDocument", "word/other.xml")
    return package.with_part("word/other.xml", other, package.types[TARGET]).with_link("", link)


def strict_twin(package: Package) -> Package:
    other = word(text="Nội dung khác").parts[TARGET]
    link = ("rId0", f"{STRICT}/officeDocument", "other/document.xml")
    return package.with_part("other/document.xml", other, package.types[TARGET]).with_link("", link)


CHANGES: dict[str, tuple[Callable[[Package], Package], Verdict]] = {
    "altered text": (lambda p: p.with_part(TARGET, p.parts[TARGET].replace(b"trang", b"khac").replace(b"K", b"X", 1)), CHANGED),
    "altered picture": (lambda p: p.with_part("word/media/image1.png", b"\x89PNG another"), CHANGED),
    "part removed": (lambda p: replace(p, parts={n: c for n, c in p.parts.items() if n != "word/styles.xml"}), CHANGED),
    "part added under word": (lambda p: p.with_part("word/header1.xml", b"<x/>"), MALFORMED),
    "part added under xl": (lambda p: p.with_part("xl/workbook.xml", b"<x/>"), MALFORMED),
    "relationships of nothing added": (lambda p: p.with_part("word/_rels/x.xml.rels", b"<x/>"), MALFORMED),
    "macro added": (with_macro, MALFORMED),
    "macro type": (lambda p: p.with_type(TARGET, "application/vnd.ms-word.document.macroEnabled.main+xml"), CHANGED),
    "type of a picture": (lambda p: p.with_type("word/media/image1.png", "text/html"), CHANGED),
    "type by extension": (lambda p: replace(p, defaults={**p.defaults, "png": "image/svg+xml"}), CHANGED),
    "other target": (lambda p: altered_link(p, TARGET, 1, target="media/image1.png"), CHANGED),
    "other address": (lambda p: altered_link(p, TARGET, 3, target="!https://khac.example/"), CHANGED),
    "link turned inwards": (lambda p: altered_link(p, TARGET, 3, target="media/image1.png"), CHANGED),
    "other document": (lambda p: altered_link(p, "", 2, target="word/styles.xml"), MALFORMED),
    "other type": (lambda p: altered_link(p, TARGET, 0, kind=f"{OFFICE}/oleObject"), CHANGED),
    "two documents": (with_second_document, MALFORMED),
    "a strict document beside": (strict_twin, MALFORMED),
    "two relationships of one Id": (lambda p: p.with_link(TARGET, ("rId1", f"{METADATA}/thumbnail", "x")), MALFORMED),
    "hyperlink from a harmless part": (
        lambda p: p.with_link("docProps/core.xml", ("rId1", f"{OFFICE}/image", "!https://mau.example/")),
        MALFORMED,
    ),
    "two origins": (
        lambda p: p.with_link("", ("rId9", f"{RELATIONSHIPS}/digital-signature/origin", "_xmlsignatures/other.sigs")),
        MALFORMED,
    ),
}


@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_package_fails(verify, letter, change, expected):
    assert verdict(verify(change(letter).file())) == expected


def test_what_office_leaves_lying_about_is_named_and_not_shown(verify, letter):
    found = verify(letter.with_part("[trash]/0000.dat", b"x", "application/octet-stream").file())

    assert verdict(found) == PASSED
    assert "/[trash]/0000.dat" in only(found).uncovered


def test_a_part_elsewhere_that_nothing_leads_to_leaves_the_file_open(verify, letter):
    found = verify(letter.with_part("other/a.dat", b"x", "application/octet-stream").file())

    assert (found.indication, found.reasons[0]) == (Indication.INDETERMINATE, Reason.UNSIGNED_DATA)


OPEN_DOCUMENT = {
    "mimetype": b"application/vnd.oasis.opendocument.text",
    "META-INF/manifest.xml": b"<manifest/>",
    "content.xml": b"<office:document-content/>",
}


def test_a_second_document_for_programs_that_look_elsewhere_fails(verify, letter):
    by_type = letter.with_type("docProps/core.xml", letter.types[TARGET])
    by_spaced_type = letter.with_type("docProps/core.xml", f" {letter.types[TARGET]}")
    orphan = letter.with_part("docProps/other.xml", b"<x/>", letter.types[TARGET])
    as_signature = letter.with_part("a.xml", b"<x/>", letter.types[TARGET]).with_link(
        "_xmlsignatures/sig1.xml", ("rId1", f"{RELATIONSHIPS}/digital-signature/certificate", "/a.xml")
    )
    open_document = replace(letter, parts={**letter.parts, **OPEN_DOCUMENT})

    for changed in (by_type, by_spaced_type, orphan, as_signature, open_document):
        assert verdict(verify(changed.file())) == MALFORMED


@pytest.mark.parametrize("name", ["word/styles.xml", "word/media/image1.png", "word/_rels/document.xml.rels"])
def test_a_part_under_another_case_is_not_the_one_that_was_signed(verify, letter, name):
    """Programs that tell the cases apart would show the document without it."""
    entries = [(name.upper() if key == name else key, content) for key, content in pairs(letter)]

    assert verdict(verify(zipped(iter(entries)))) == CHANGED


@pytest.mark.parametrize(
    "part",
    [
        '<w:contentPart r:id="rId7"/>',
        "<w:contentPart r:id = 'rId7'/>",
        """<w:p w:val="it's"/>it's "so" a="b<w:contentPart w:title="'" r:id="rId7"/>""",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_a_document_refers_to_is_shown_whatever_its_type_says(verify, part, encoding):
    ink = f'<?xml version="1.0" encoding="{encoding}"?><w:document xmlns:w="{WORDS}" xmlns:r="{OFFICE}">{part}</w:document>'
    link = ("rId7", f"{OFFICE}/customXml", "../customXml/item1.xml")
    package = word().with_part(TARGET, ink.encode(encoding)).with_link(TARGET, link)

    assert unsigned_data(verify(sign(package, PERSON).file()))


def test_a_binary_part_may_refer_to_a_relationship_too(verify):
    link = ("rId7", f"{OFFICE}/customXml", "../customXml/item1.xml")
    package = word().with_part(TARGET, b"\x80\x05" + "rId7".encode("utf-16-le")).with_link(TARGET, link)

    assert unsigned_data(verify(sign(package, PERSON).file()))


def test_comments_of_later_versions_outside_the_signature_leave_it_open(verify, letter):
    link = ("rId99", f"{MICROSOFT}/2018/08/relationships/commentsExtensible", "commentsExtensible.xml")
    found = verify(letter.with_part("word/commentsExtensible.xml", b"<x/>").with_link(TARGET, link).file())

    assert (found.indication, found.reasons[0]) == (Indication.INDETERMINATE, Reason.UNSIGNED_DATA)


def test_a_picture_that_is_fetched_when_the_file_is_opened_leaves_it_open(verify):
    package = word().with_link(TARGET, ("rId9", f"{OFFICE}/image", "!https://mau.example/x.png"))
    found = verify(sign(package, PERSON).file())

    assert (found.indication, found.reasons[0]) == (Indication.INDETERMINATE, Reason.UNSIGNED_DATA)
    assert only(found).uncovered[0] == "/word/_rels/document.xml.rels#rId9 (image) -> https://mau.example/x.png"


# Fields that show data beside the text.

STORE = "{11111111-2222-3333-4444-555555555555}"
CORE = "{6C3C8BC8-F283-45AE-878A-BAB7291924A1}"


def bound(store: str, encoding: str = "utf-8") -> Package:
    """A letter with a field bound to a store."""
    named = f' w:storeItemID="{store}"' if store else ""
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><w:document xmlns:w="{WORDS}"><w:sdt><w:sdtPr><w:dataBinding w:xpath="/data"'
        f"{named}/></w:sdtPr></w:sdt></w:document>"
    )
    return word().with_part(TARGET, text.encode(encoding))


@pytest.mark.parametrize(
    "package",
    [
        bound(STORE),
        bound(STORE.lower()),
        bound(""),
        bound("{00000000-0000-0000-0000-000000000000}"),
        bound(CORE),
        bound(STORE, "utf-16"),
    ],
    ids=["store", "lower case", "first that fits", "store that is not there", "properties", "utf-16"],
)
def test_a_field_that_shows_unsigned_data_leaves_the_file_open(verify, package):
    found = verify(sign(package, PERSON).file())

    assert (found.indication, found.reasons[0]) == (Indication.INDETERMINATE, Reason.UNSIGNED_DATA)


def test_a_field_that_shows_signed_data_passes(verify):
    everything = replace(PERSON, also=("customXml/item1.xml", "customXml/itemProps1.xml"))

    assert verdict(verify(sign(bound(STORE), everything).file())) == PASSED


@pytest.mark.parametrize(
    ("target", "properties", "expected"),
    [
        (
            "!phu-luc.html",
            b"<Properties><HyperlinkBase>https://mau.example/</HyperlinkBase></Properties>",
            Indication.INDETERMINATE,
        ),
        ("!phu-luc.html", b"<Properties/>", Indication.TOTAL_PASSED),
        ("!https://mau.example/", b"<Properties><HyperlinkBase>x</HyperlinkBase></Properties>", Indication.TOTAL_PASSED),
    ],
)
def test_a_relative_address_begins_where_unsigned_properties_say(verify, target, properties, expected):
    package = word().with_part("docProps/app.xml", properties).with_link(TARGET, ("rId9", f"{OFFICE}/hyperlink", target))

    assert verify(sign(package, PERSON).file()).indication is expected


def field_in(kind: str, *pieces: str) -> Package:
    """A letter with a field in its header or elsewhere, its instruction cut into pieces."""
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    text = f'<w:p xmlns:w="{WORDS}"><w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}</w:p>'
    package = word().with_part(f"word/{kind}1.xml", text.encode(), f"{VENDOR}wordprocessingml.{kind}+xml")
    return package.with_link(TARGET, ("rId20", f"{OFFICE}/{kind}", f"{kind}1.xml"))


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        (field_in("header", " DOCPROPERTY So "), Indication.INDETERMINATE),
        (field_in("footer", " TI", "TLE \\* MERGEFORMAT"), Indication.INDETERMINATE),
        (field_in("header", " PAGE "), Indication.TOTAL_PASSED),
        (field_in("header", " REF title "), Indication.TOTAL_PASSED),
        (field_in("footnotes", " TITLE "), Indication.INDETERMINATE),
    ],
    ids=["property", "cut in pieces", "page number", "bookmark", "in a note"],
)
def test_a_field_that_shows_a_property_leaves_the_file_open(verify, package, expected):
    assert verify(sign(package, PERSON).file()).indication is expected


@pytest.mark.parametrize("shown", ['<p:sldRg st="2" end="2"/>', '<p:custShow id="0"/>', "<p:sldAll/>"])
def test_a_show_of_some_slides_that_nobody_signed_leaves_the_file_open(verify, shown):
    properties = f'<p:presentationPr xmlns:p="urn:p"><p:showPr>{shown}</p:showPr></p:presentationPr>'
    package = powerpoint().with_link("ppt/presentation.xml", ("rId9", f"{OFFICE}/presProps", "presProps.xml"))
    package = package.with_part("ppt/presProps.xml", b"<p/>", f"{VENDOR}presentationml.presProps+xml")
    signed = sign(package, replace(PERSON, omit=("ppt/presProps.xml",)))
    found = verify(signed.with_part("ppt/presProps.xml", properties.encode()).file())

    assert unsigned_data(found) or (verdict(found) == PASSED and "sldAll" in shown)


def test_a_second_store_of_the_same_name_is_looked_at_too(verify):
    package = bound(STORE)
    link = ("rId8", f"{OFFICE}/customXml", "../customXml/item2.xml")
    inner = ("rId1", f"{OFFICE}/customXmlProps", "itemProps2.xml")
    package = package.with_part("customXml/item2.xml", b"<data/>").with_part("customXml/itemProps2.xml", item_properties(STORE))

    found = verify(sign(package.with_link(TARGET, link).with_link("customXml/item2.xml", inner), PERSON).file())

    assert Reason.UNSIGNED_DATA in found.reasons


# The signature part itself.


def test_a_signature_to_which_nothing_leads_any_more_is_not_forgotten(verify, letter):
    both = sign(letter, SEAL)
    origin = "_xmlsignatures/origin.sigs"
    found = verify(replace(both, links={**both.links, origin: both.links[origin][:1]}).file())

    assert (found.indication, found.reasons[0]) == (Indication.INDETERMINATE, Reason.NOT_LINKED)


def test_a_signature_of_another_package_says_nothing_about_this_one(verify, letter):
    other = sign(word(text="Văn bản khác"), PERSON)

    assert verdict(verify(letter.with_part("_xmlsignatures/sig1.xml", other.parts["_xmlsignatures/sig1.xml"]).file())) == CHANGED


def test_a_value_by_another_key_is_forged(verify):
    assert verdict(verify(sign(word(), replace(PERSON, key=PKI.organisation)).file())) == FORGED


def test_a_certificate_that_the_signature_does_not_name_does_not_count(verify):
    found = verify(sign(word(), replace(PERSON, claim=PKI.organisation)).file())

    assert verdict(found) == (Indication.INDETERMINATE, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
    assert Reason.CERTIFICATE_MISMATCH in found.reasons


def edited(package: Package, change: Callable[[etree._Element], None]) -> Package:
    """The package with its signature part changed after signing."""
    root = etree.fromstring(package.parts["_xmlsignatures/sig1.xml"])
    change(root)
    return package.with_part("_xmlsignatures/sig1.xml", etree.tostring(root))


def raw_value(root, info: bytes) -> None:
    """Sign with exactly these bytes where the digest and its name belong."""
    key = PKI.person.key.private_numbers()
    size = PKI.person.key.key_size // 8
    block = b"\0\1" + b"\xff" * (size - 3 - len(info)) + b"\0" + info
    value = pow(int.from_bytes(block), key.d, key.public_numbers.n).to_bytes(size)
    root.find(f"{{{DSIG}}}SignatureValue").text = base64.b64encode(value).decode()


def test_a_value_whose_digest_name_lacks_its_empty_parameters_is_right(verify):
    """So are Office files that other programs signed; only the digest and its name may stand there."""
    signed = sign(word(), replace(PERSON, tsa=None))
    name = bytes.fromhex("0609608648016503040201")

    def digest_of(root) -> bytes:
        return hashlib.sha256(canonical(root.find(f"{{{DSIG}}}SignedInfo"))).digest()

    def bare(root):
        inner = b"\x30\x0b" + name + b"\x04\x20" + digest_of(root)
        raw_value(root, b"\x30" + bytes([len(inner)]) + inner)

    def stuffed(root):
        inner = b"\x30\x0d" + name + b"\x05\x00" + b"\x04\x20" + digest_of(root)
        raw_value(root, b"\x30" + bytes([len(inner)]) + inner + b"more")

    assert verdict(verify(edited(signed, bare).file())) == PASSED
    assert verdict(verify(edited(signed, stuffed).file())) == FORGED


def move_manifest(root) -> None:
    """Put the manifest into an object that nothing signs."""
    outside = etree.SubElement(root, f"{{{DSIG}}}Object")
    outside.append(root.find(f".//{{{DSIG}}}Manifest"))


def copy_manifest(root) -> None:
    """Put a second manifest beside the signed one."""
    outside = etree.SubElement(root, f"{{{DSIG}}}Object")
    outside.append(etree.fromstring(etree.tostring(root.find(f".//{{{DSIG}}}Manifest"))))


def second_package_object(root) -> None:
    """A second object of the same name."""
    etree.SubElement(root, f"{{{DSIG}}}Object", Id="idPackageObject")


def wrap(root) -> None:
    """Move the whole signature into an object of another one."""
    inner = etree.fromstring(etree.tostring(root))
    for child in list(root):
        root.remove(child)
    etree.SubElement(root, f"{{{DSIG}}}Object").append(inner)


def drop_reference(root) -> None:
    """Take a part out of the manifest."""
    manifest = root.find(f".//{{{DSIG}}}Manifest")
    manifest.remove(manifest[0])


def drop_package_object(root) -> None:
    """Sign everything but the manifest's object."""
    info = root.find(f"{{{DSIG}}}SignedInfo")
    info.remove(info.find(f"{{{DSIG}}}Reference"))


SIGNATURE_CHANGES = {
    "manifest moved": (move_manifest, MALFORMED),
    "manifest copied": (copy_manifest, MALFORMED),
    "two objects of one name": (second_package_object, MALFORMED),
    "wrapped": (wrap, MALFORMED),
    "manifest shortened": (drop_reference, MALFORMED),
    "object not signed": (drop_package_object, MALFORMED),
    "renamed root": (lambda root: setattr(root, "tag", f"{{{DSIG}}}Signatures"), MALFORMED),
    "no value": (lambda root: root.remove(root.find(f"{{{DSIG}}}SignatureValue")), MALFORMED),
}


@pytest.mark.parametrize(("change", "expected"), SIGNATURE_CHANGES.values(), ids=SIGNATURE_CHANGES.keys())
def test_a_rearranged_signature_fails(verify, letter, change, expected):
    assert verdict(verify(edited(letter, change).file())) == expected


def manifest_in_another_object(root) -> None:
    etree.SubElement(root.find(".//*[@Id='idOfficeObject']"), f"{{{DSIG}}}Manifest")


def unknown_transform(root) -> None:
    root.find(f".//{{{DSIG}}}Transform").set("Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116")


def choice_from_a_text(root) -> None:
    """Choose relationships out of the document, so that nothing of it is signed."""
    first, *_ = root.find(f".//{{{DSIG}}}Manifest")
    last = root.findall(f".//{{{DSIG}}}Transforms")[-1]
    first.insert(0, etree.fromstring(etree.tostring(last)))


def part_twice(root) -> None:
    manifest = root.find(f".//{{{DSIG}}}Manifest")
    manifest.append(etree.fromstring(etree.tostring(manifest[0])))


def stranger_beside(root) -> None:
    etree.SubElement(root.find(".//*[@Id='idPackageObject']"), "{http://mau.example/}Manifest")


def reference_outside(root) -> None:
    root.find(f".//{{{DSIG}}}Manifest/{{{DSIG}}}Reference").set("URI", "https://mau.example/?ContentType=a")


def untyped(root) -> None:
    reference = root.find(f".//{{{DSIG}}}Manifest/{{{DSIG}}}Reference")
    reference.set("URI", reference.get("URI").partition("?")[0])


@pytest.mark.parametrize(
    "change",
    [
        *(manifest_in_another_object, unknown_transform, choice_from_a_text, reference_outside),
        *(untyped, part_twice, stranger_beside),
    ],
)
def test_what_a_package_signature_cannot_hold_fails_even_where_it_is_signed(verify, change):
    assert verdict(verify(sign(word(), replace(PERSON, change=change)).file())) == MALFORMED


@pytest.mark.parametrize("name", ["word/document.xml", "word/media/image1.png"])
def test_a_part_that_the_signer_left_out_fails(verify, name):
    assert verdict(verify(sign(word(), replace(PERSON, omit=(name,))).file())) == MALFORMED


def test_a_file_whose_root_no_longer_leads_to_its_signature_is_not_unsigned(verify, letter):
    links = {**letter.links, "": tuple(link for link in letter.links[""] if not link[1].endswith("origin"))}
    found = verify(replace(letter, links=links).file())

    assert (found.indication, found.reasons) == (Indication.INDETERMINATE, (Reason.NOT_LINKED,))


def test_a_signature_that_lies_elsewhere_is_found(verify):
    signed = sign(word(), replace(PERSON, origin="package/services/digital-signature/origin.psdsor"))
    signed = signed.with_type(
        "package/services/digital-signature/origin.psdsor", "application/vnd.openxmlformats-package.digital-signature-origin"
    )

    assert verdict(verify(signed.file())) == PASSED


def test_a_signed_package_of_another_program_is_not_checked(verify):
    package = word()
    links = {**package.links, "": (("rId1", "http://schemas.microsoft.com/xps/2005/06/fixedrepresentation", TARGET),)}
    found = verify(sign(replace(package, links=links), PERSON).file())

    assert (found.indication, found.reasons) == (Indication.INDETERMINATE, (Reason.FORMAT_NOT_CHECKED,))


def test_a_signed_document_that_was_taken_out_fails(verify, letter):
    without = [(name, data) for name, data in pairs(letter) if name != TARGET]

    assert verdict(verify(zipped(without))) == CHANGED


# Algorithms, certificates, time.


def test_sha1_is_too_weak_and_still_tells_a_changed_file(verify):
    signed = sign(word(), Signing(identity=PKI.person, digest="sha1"))
    weak = verify(signed.file())
    changed = verify(signed.with_part("word/styles.xml", b"<x/>").file())

    assert verdict(weak) == (Indication.INDETERMINATE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)
    assert verdict(changed) == CHANGED


def test_one_weak_digest_in_a_manifest_is_enough(verify):
    def weaken(root):
        reference = next(one for one in root.find(f".//{{{DSIG}}}Manifest") if TARGET in one.get("URI"))
        reference.find(f"{{{DSIG}}}DigestMethod").set("Algorithm", f"{DSIG}sha1")
        digest = hashlib.sha1(word().parts[TARGET]).digest()
        reference.find(f"{{{DSIG}}}DigestValue").text = base64.b64encode(digest).decode()

    found = verify(sign(word(), replace(PERSON, change=weaken)).file())

    assert verdict(found) == (Indication.INDETERMINATE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)


def test_a_digest_that_nobody_here_computes_is_no_broken_signature(verify):
    def obscure(root):
        root.find(f".//{{{DSIG}}}Manifest/{{{DSIG}}}Reference/{{{DSIG}}}DigestMethod").set("Algorithm", "urn:unknown")

    found = verify(sign(word(), replace(PERSON, change=obscure)).file())

    assert verdict(found) == (Indication.INDETERMINATE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)
    assert Reason.ALGORITHM in found.reasons


def test_a_countersignature_is_named_and_not_checked(verify, letter):
    def countersign(root):
        added = root.find(f".//{{{XADES}}}UnsignedSignatureProperties")
        etree.SubElement(etree.SubElement(added, f"{{{XADES}}}CounterSignature"), f"{{{DSIG}}}Signature")

    found = verify(edited(letter, countersign).file())

    assert (verdict(found), found.unchecked) == (PASSED, ("/_xmlsignatures/sig1.xml: countersignature",))


def test_an_expired_certificate_passes_only_where_a_timestamp_is_older(verify):
    long_ago = NOW - timedelta(days=900)
    old = PKI.issuing.issue(Wish(common_name="Nguyễn Văn Cũ", years=(long_ago, NOW - 10 * DAY)))
    stamped = Signing(identity=old, at=NOW - 20 * DAY, tsa=PKI.tsa)

    assert verdict(verify(sign(word(), stamped).file())) == PASSED
    assert verdict(verify(sign(word(), replace(stamped, tsa=None)).file())) == (
        Indication.INDETERMINATE,
        SubIndication.OUT_OF_BOUNDS_NO_POE,
    )
    late = replace(stamped, stamped_at=NOW - DAY)
    assert verdict(verify(sign(word(), late).file())) == (Indication.TOTAL_FAILED, SubIndication.EXPIRED)


def test_a_revoked_certificate_does_not_pass(verify):
    trust = replace(PKI.trust, crls=(PKI.issuing.revocation_list({PKI.person: NOW - DAY}, at=NOW), PKI.root.revocation_list()))
    unstamped = sign(word(), replace(PERSON, tsa=None)).file()

    assert verdict(verify(sign(word(), PERSON).file(), trust)) == (Indication.TOTAL_FAILED, SubIndication.REVOKED)
    assert verdict(verify(unstamped, trust)) == (Indication.INDETERMINATE, SubIndication.REVOKED_NO_POE)


def test_revocation_data_may_be_asked_for(verify, letter):
    strict = SignatureLimits(revocation=RevocationPolicy.REQUIRED)
    trust = replace(
        PKI.trust, crls=(PKI.issuing.revocation_list(at=NOW + DAY), PKI.root.revocation_list(at=NOW + DAY, until=NOW + 90 * DAY))
    )

    assert verdict(verify(letter.file(), limits=strict)) == (Indication.INDETERMINATE, SubIndication.TRY_LATER)
    assert verdict(verify(letter.file(), trust, limits=strict)) == PASSED


def test_an_authority_of_the_same_name_is_not_the_authority(verify):
    wish = Wish(common_name="Nguyễn Văn Mẫu")
    forged = certify(wish, PKI.issuing.identity.certificate.subject, rsa_key(9))

    found = verify(sign(word(), replace(PERSON, identity=forged)).file())

    assert found.indication is Indication.INDETERMINATE
    assert found.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


def test_without_anchors_integrity_is_told_and_the_chain_is_missing(verify, letter):
    nothing = replace(PKI.trust, signer_anchors=(), tsa_anchors=())
    report = only(verify(letter.file(), nothing))

    assert (report.indication, report.sub_indication) == (Indication.INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)
    assert report.gap_ok


def test_a_timestamp_of_another_signature_proves_nothing(verify, letter):
    other = sign(word(), replace(PERSON, at=NOW - DAY))
    name = f"{{{XADES}}}EncapsulatedTimeStamp"
    token = etree.fromstring(other.parts["_xmlsignatures/sig1.xml"]).find(f".//{name}").text

    def exchange(root):
        root.find(f".//{name}").text = token

    report = only(verify(edited(letter, exchange).file()))

    assert (report.indication, report.timestamp.trusted) == (Indication.INDETERMINATE, False)
    assert Reason.TIMESTAMP_UNTRUSTED in report.reasons


# The ZIP file around it.


def pairs(package: Package) -> list[tuple[str, bytes]]:
    return list(package.entries().items())


BAD_NAMES = [
    *(
        "/word/x.xml",
        "word/../x.xml",
        "word/./x.xml",
        "word//x.xml",
        "word\\x.xml",
        "word/x.",
        "word/%2e%2e/x.xml",
        "word/a%2fb.xml",
    ),
    *("WORD/DOCUMENT.XML", "word/documen%74.xml", "C:x.xml", "word/document.xml/[0].piece", "word/document.xml/[1].last.piece"),
    *("word/%ff.xml", "word/trang chu.", "word/\x00.xml", "word/a b /c.xml"),
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_two_readers_understand_differently_fails(verify, letter, name):
    assert verdict(verify(zipped(iter([*pairs(letter), (name, b"<x/>")])))) == MALFORMED


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_part_may_have_a_vietnamese_name(verify, form):
    name = unicodedata.normalize(form, "ảnh đại diện.png")
    package = word().with_part(f"word/media/{name}", b"\x89PNG").with_link(TARGET, ("rId9", f"{OFFICE}/image", f"media/{name}"))

    assert verdict(verify(sign(package, PERSON).file())) == PASSED


def test_a_part_that_is_there_twice_fails(verify, letter):
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = zipped(iter([*pairs(letter), (TARGET, word(text="Khác").parts[TARGET])]))

    assert verdict(verify(content)) == MALFORMED


def header_of(content: bytes, name: str) -> int:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return archive.getinfo(name).header_offset


def patched(content: bytes, position: int, value: bytes) -> bytes:
    return content[:position] + value + content[position + len(value) :]


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (8, b"\0\0"),
        (10, b"\x01"),
        (14, b"1234"),
        (18, b"\1\0\0\0"),
        (22, b"\1\0\0\0"),
        (30, b"w0rd"),
        (6, b"\x01\0"),
        (0, b"PK\x03\x05"),
    ],
    ids=["method", "time", "checksum", "packed size", "size", "name", "encrypted", "mark"],
)
def test_a_header_that_says_something_else_than_the_directory_fails(verify, letter, offset, value):
    content = letter.file()

    assert verdict(verify(patched(content, header_of(content, TARGET) + offset, value))) == MALFORMED


@pytest.mark.parametrize(("other", "expected"), [("word/styles.xml", MALFORMED), (TARGET, PASSED)], ids=["another", "its own"])
def test_a_second_name_that_some_programs_believe_makes_no_sound_package(verify, letter, other, expected):
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in pairs(letter):
            info = zipfile.ZipInfo(name)
            if name == TARGET:
                info.extra = struct.pack("<HHBI", 0x7075, 5 + len(other), 1, zlib.crc32(name.encode())) + other.encode()
            archive.writestr(info, data)

    assert verdict(verify(content.getvalue())) == expected


def test_an_entry_of_another_volume_makes_no_sound_package(verify, letter):
    content = letter.file()
    position = zipfile.ZipFile(BytesIO(content)).start_dir + 34

    assert verdict(verify(patched(content, position, b"\x01"))) == MALFORMED


def test_a_damaged_part_makes_no_sound_package_though_nobody_signed_it(verify, letter):
    content = letter.file()
    with zipfile.ZipFile(BytesIO(content)) as archive:
        size = archive.getinfo("docProps/core.xml").compress_size
    end = header_of(content, "docProps/core.xml") + 30 + len("docProps/core.xml") + size

    assert verdict(verify(patched(content, end - 2, b"\xaa"))) == MALFORMED


def test_an_entry_that_no_directory_names_fails(verify, letter):
    content = letter.file()
    start = zipfile.ZipFile(BytesIO(content)).start_dir
    hidden = zipped({"word/document.xml": b"<other/>"})
    hidden = hidden[: zipfile.ZipFile(BytesIO(hidden)).start_dir]
    moved = bytearray(content[:start] + hidden + content[start:])
    end = moved.rfind(b"PK\x05\x06")
    moved[end + 16 : end + 20] = (start + len(hidden)).to_bytes(4, "little")

    assert verdict(verify(bytes(moved))) == MALFORMED


@pytest.mark.parametrize(
    "change", [lambda c: b"x" + c, lambda c: c + b"x", lambda c: c + c], ids=["before", "behind", "two files"]
)
def test_bytes_outside_the_archive_fail(verify, letter, change):
    assert verdict(verify(change(letter.file()))) == MALFORMED


class Stream(BytesIO):
    """Somewhere to write to where nobody goes back to fill in sizes."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise OSError

    def tell(self):
        raise OSError


@pytest.mark.parametrize("large", [False, True], ids=["short sizes", "long sizes"])
@pytest.mark.parametrize("output", [BytesIO, Stream])
def test_sizes_behind_the_entries_long_sizes_and_folders_are_usual(verify, letter, output, large):
    stream = output()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/", b"")
        for name, content in pairs(letter):
            with archive.open(zipfile.ZipInfo(name, (2026, 3, 2, 8, 0, 0)), "w", force_zip64=large) as entry:
                entry.write(content)

    assert verdict(verify(stream.getvalue())) == PASSED


def test_too_many_entries_too_many_bytes_and_bombs_end_in_a_finding(verify, letter):
    many = [*pairs(letter), *((f"x/{number}", b"") for number in range(2000))]
    for content, limits in (
        (zipped(iter(many)), SignatureLimits()),
        (letter.file(), SignatureLimits(package_bytes=1000)),
        (zipped(iter([*pairs(letter), ("x/bomb.bin", bytes(8 << 20))])), SignatureLimits(package_ratio=20)),
    ):
        found = verify(content, limits=limits)
        assert (found.indication, found.reasons) == (Indication.INDETERMINATE, (Reason.LIMIT,))


def bomb(name: str) -> Callable[[Package], list[tuple[str, bytes]]]:
    laughs = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
    return lambda package: [(key, laughs if key == name else content) for key, content in pairs(package)]


@pytest.mark.parametrize("name", ["[Content_Types].xml", "_rels/.rels", "word/_rels/document.xml.rels"])
def test_a_document_type_among_the_relationships_fails(verify, letter, name):
    assert verdict(verify(zipped(iter(bomb(name)(letter))))) == MALFORMED


def test_a_signature_with_a_document_type_is_not_read(verify, letter):
    found = verify(zipped(iter(bomb("_xmlsignatures/sig1.xml")(letter))))

    assert found.indication is Indication.INDETERMINATE


@pytest.mark.parametrize(
    "text",
    [
        b'<Relationships xmlns="%b"><Relationship Id="a" Type="b" Target="c" TargetMode="Elsewhere"/></Relationships>',
        b'<Relationships xmlns="%b"><Relationship Id="a" Type="b"/></Relationships>',
        b'<Relationships xmlns="%b"><Relationship Id="a" Type="b" Target="c" x="d"/></Relationships>',
        b'<Relationships xmlns="%b"><Relationship Id="a" Type="b" Target="c"><x/></Relationship></Relationships>',
        b'<Relationships xmlns="%b" xml:base="http://x.example/"/>',
        b'<Relationships xmlns="%b"><AlternateContent/></Relationships>',
        b'<Relationships xmlns="%b-not"/>',
    ],
)
def test_relationships_that_the_transform_would_hide_fail(verify, letter, text):
    written = text.replace(b"%b", RELATIONSHIPS.encode())
    added = letter.with_part("docProps/_rels/core.xml.rels", written)

    assert verdict(verify(added.file())) == MALFORMED


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'PartName="/', b'PartName="'),
        (b"</Types>", b"1</Types>"),
        (b"</Types>", b'<Default Extension="b" ContentType="a/b">1</Default></Types>'),
        (b"</Types>", b'<Default Extension="b" ContentType="a/b"><b/></Default></Types>'),
    ],
    ids=["a name without its root", "a text", "a text in a type", "an element in a type"],
)
def test_content_types_that_some_programs_would_overlook_fail(verify, letter, before, after):
    name = "[Content_Types].xml"
    entries = {key: content.replace(before, after) if key == name else content for key, content in pairs(letter)}

    assert verdict(verify(zipped(entries))) == MALFORMED


def test_a_time_seven_hours_ahead_is_flagged(verify):
    ahead = replace(PERSON, at=NOW + timedelta(hours=7), stamped_at=NOW)

    assert Reason.SIGNING_TIME_SHIFTED in only(verify(sign(word(), ahead).file())).reasons


def test_what_a_verdict_rests_on_is_reported(verify, letter):
    found = verify(letter.file())
    kinds = {piece.kind.value for piece in only(found).material}

    assert {"certificate", "timestamp"} <= kinds
    assert {piece.kind.value for piece in found.material} == {"certificate", "timestamp"}
    assert only(found).best_signature_time == datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def test_a_signature_of_the_macros_is_named_and_not_checked(verify):
    link = ("rId9", f"{MICROSOFT}/2006/relationships/vbaProject", "vbaProject.bin")
    inner = ("rId1", f"{MICROSOFT}/2006/relationships/vbaProjectSignature", "vbaProjectSignature.bin")
    package = word().with_part("word/vbaProject.bin", b"VBA", "application/vnd.ms-office.vbaProject").with_link(TARGET, link)
    package = package.with_part("word/vbaProjectSignature.bin", b"CMS", "application/vnd.ms-office.vbaProjectSignature")
    package = package.with_link("word/vbaProject.bin", inner)

    unsigned, signed = verify(package.file()), verify(sign(package, PERSON).file())

    assert (unsigned.format, unsigned.reasons) == ("VBA", (Reason.FORMAT_NOT_CHECKED,))
    assert (signed.indication, signed.unchecked) == (Indication.TOTAL_PASSED, ("/word/vbaProjectSignature.bin",))


# Files that are made to exhaust a reader. The clock is only a backstop; what is asserted is where the reading stopped.


def with_many_references(root) -> None:
    manifest = root.find(f".//{{{DSIG}}}Manifest")
    one = etree.tostring(manifest[0])
    for _ in range(2001):
        manifest.append(etree.fromstring(one))


@pytest.mark.timeout(180)
def test_manifests_relationships_and_fields_without_end_are_cut(verify):
    links = b"".join(b'<Relationship Id="r%d" Type="t" Target="x"/>' % number for number in range(20_001))
    many_links = b'<Relationships xmlns="%b">%b</Relationships>' % (RELATIONSHIPS.encode(), links)
    letter = sign(word(), PERSON)

    for content in (
        sign(word(), replace(PERSON, change=with_many_references)).file(),
        letter.with_part("word/_rels/styles.xml.rels", many_links).file(),
    ):
        found = verify(content)
        assert (found.indication, Reason.LIMIT in found.reasons) == (Indication.INDETERMINATE, True)


@pytest.mark.timeout(180)
def test_fields_and_identifiers_by_the_hundred_thousand_are_read_once(verify):
    marks = '<w:fldChar w:fldCharType="end"/>' * 100_000
    text = f'<w:hdr xmlns:w="{WORDS}">{marks}<w:instrText> {" " * 1_000_000}TITLE </w:instrText></w:hdr>'
    package = word().with_part("word/header1.xml", text.encode(), f"{VENDOR}wordprocessingml.header+xml")
    package = package.with_link(TARGET, ("rId20", f"{OFFICE}/header", "header1.xml"))
    for number in range(2000):
        package = package.with_link(TARGET, (f"rIdx{number}", f"{OFFICE}/customXml", "../customXml/item1.xml"))

    found = verify(sign(package, PERSON).file())

    assert (found.indication, found.reasons[0]) == (Indication.INDETERMINATE, Reason.UNSIGNED_DATA)
    assert len(only(found).uncovered) == 201
