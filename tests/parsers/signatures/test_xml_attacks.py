"""What people do to signed XML, and documents made to break or to mislead a checker; none of it passes."""

import hmac
from copy import deepcopy
from dataclasses import replace
from hashlib import sha256
from types import SimpleNamespace
from xml.sax.saxutils import escape

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from parsers.signatures.beside import beside_of
from parsers.signatures.check import check
from parsers.signatures.detect import has_xml_signature
from parsers.signatures.model import DocumentSignatures, Indication, Reason, SubIndication
from parsers.signatures.xml_reader import DOCUMENT_BYTES, NotCheckedError, read_xml
from parsers.signatures.xml_references import read_references, resolve
from parsers.signatures.xml_transforms import MAX_REFERENCES, Surroundings
from tests.pki import office_documents
from tests.pki.authority import DAY, NOW, make_pki
from tests.pki.xml_documents import (
    BASE64,
    DS,
    ENVELOPED,
    EXCLUSIVE,
    FILTER,
    INCLUSIVE,
    LETTER,
    WITHOUT_SIGNATURES,
    XADES,
    XPATH,
    Ref,
    XmlSigning,
    base64_of,
    canonical,
    detached,
    ds,
    enveloping,
    notice_signing,
    sign,
    take_out,
    tax_notice,
)
from tests.pki.xml_documents import NOTICE as UNSIGNED_NOTICE

PASSED, OPEN, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED
PKI = make_pki()
PLAIN = XmlSigning(identity=PKI.person)
BY_ID = replace(PLAIN, references=(Ref(uri="#cv"),), canonicalization=EXCLUSIVE)
"""Exclusive canonicalisation: the parts of such a letter stay right wherever they are moved."""
XADES_B = replace(PLAIN, xades=True)
EVIL = '<CongVan xmlns="urn:mau:cong-van"{id}><NoiDung>Chuyển 900</NoiDung></CongVan>'


def found_in(content: bytes) -> DocumentSignatures:
    return check(content, "letter.xml", PKI.trust, received_at=NOW + DAY, now=NOW + DAY)


def parts_of(signed: bytes) -> SimpleNamespace:
    """The signed element and its signature as texts, and the two apart."""
    whole = etree.tostring(etree.fromstring(signed), encoding="unicode")
    signature = whole[whole.index("<Signature") : whole.index("</Signature>") + len("</Signature>")]
    return SimpleNamespace(whole=whole, signature=signature, content=whole.replace(signature, ""))


SIGNED = parts_of(sign(LETTER, BY_ID))
INSIDE = SIGNED.signature.replace("</Signature>", f"<Object>{SIGNED.content}</Object></Signature>")
BETWEEN = SIGNED.signature.replace("</KeyInfo>", f"<Extra xmlns=''>{SIGNED.content}</Extra></KeyInfo>")
NEW_ID = EVIL.format(id=' Id="khac"')
SAME_ID = EVIL.format(id=' Id="cv"')
OTHER_SPELLING = EVIL.format(id=' ID="cv"')
PREFIXED = EVIL.format(id=' xmlns:w="urn:w" w:id="cv"')

WRAPPINGS = {
    "the whole beside a forgery": f"<Goi>{NEW_ID}{SIGNED.whole}</Goi>",
    "the whole alone in a new root": f"<Goi>{SIGNED.whole}</Goi>",
    "content and signature as siblings": f"<Goi>{SIGNED.content}{SIGNED.signature}</Goi>",
    "a root that is called as tax offices would": f"<Van>{SIGNED.content}{SIGNED.signature}</Van>",
    "content moved into the forgery": NEW_ID.replace("</CongVan>", f"{SIGNED.signature}<Cu>{SIGNED.content}</Cu></CongVan>"),
    "content moved into the signature": NEW_ID.replace("</CongVan>", f"{INSIDE}</CongVan>"),
    "content moved into the key": NEW_ID.replace("</CongVan>", f"{BETWEEN}</CongVan>"),
    "the same id in front": f"<Goi>{SAME_ID}{SIGNED.whole}</Goi>",
    "the same id behind": f"<Goi>{SIGNED.whole}{SAME_ID}</Goi>",
    "the same id on the root": SAME_ID.replace("</CongVan>", f"{INSIDE}</CongVan>"),
    "the same id spelled otherwise": OTHER_SPELLING.replace("</CongVan>", f"{INSIDE}</CongVan>"),
    "the same id in another namespace": PREFIXED.replace("</CongVan>", f"{INSIDE}</CongVan>"),
    "the forgery as a sibling of the signature": SIGNED.whole.replace(SIGNED.signature, f"{SIGNED.signature}{NEW_ID}"),
}


def test_the_letter_passes_before_anybody_touches_it():
    assert found_in(SIGNED.whole.encode()).indication is PASSED


@pytest.mark.parametrize("document", WRAPPINGS.values(), ids=WRAPPINGS)
def test_no_wrapping_passes(document):
    assert found_in(document.encode()).indication in {OPEN, FAILED}


def test_a_letter_inside_its_own_signature_is_the_same_letter():
    assert found_in(INSIDE.encode()).indication is PASSED


def test_what_a_moved_element_leaves_behind_is_named():
    report = found_in(WRAPPINGS["the whole beside a forgery"].encode()).signatures[0]

    assert (report.indication, report.sub_indication) == (OPEN, SubIndication.GENERIC)
    assert report.reasons[0] is Reason.PARTLY_SIGNED
    assert report.uncovered == ("/Goi", "/Goi/CongVan[1]")


def test_two_elements_of_one_identifier_are_no_answer():
    report = found_in(WRAPPINGS["the same id spelled otherwise"].encode()).signatures[0]

    assert report.reasons[0] is Reason.AMBIGUOUS_REFERENCE


NOTICE = tax_notice(PKI.organisation, PKI.organisation).decode()
NOTICE_ADDITIONS = {
    "an element": ("<DSCKS>", "<Them>1</Them><DSCKS>"),
    "an element among the signatures": ("<DSCKS>", "<DSCKS><Them>1</Them>"),
    "a text": ("<DSCKS>", "Hủy<DSCKS>"),
    "a text among the signatures": ("<DSCKS>", "<DSCKS>Hủy"),
    "an attribute": ("<DSCKS>", '<DSCKS huy="1">'),
    "an attribute of the root": ("<TBao>", '<TBao huy="1">'),
    "an instruction": ("<DSCKS>", "<?huy 1?><DSCKS>"),
    "a style": ("<TBao>", '<?xml-stylesheet href="a.xsl"?><TBao>'),
    "a data part of the same name": ("<DSCKS>", "<DLTBao/><DSCKS>"),
    "a comment inside a text": ("<So>14TB", "<So>1<!-- -->4TB"),
    "an empty element among the signatures": ("<DSCKS>", "<DSCKS><DaHuy/>"),
    "an empty list of signatures elsewhere": ("<DSCKS>", "<DSCKS><CQT><DSCKS/></CQT>"),
    "a place of another namespace": ("<DSCKS>", '<DSCKS><NBan xmlns="urn:n"/>'),
    "an element around a signature": ("<CQT>", "<CQT><DaHuy>", "</CQT>", "</DaHuy></CQT>"),
    "another name for the list": ("<DSCKS>", "<DaHuy>", "</DSCKS>", "</DaHuy>"),
    "another name for a place": ("<CQT>", "<DaHuy>", "</CQT>", "</DaHuy>"),
    "an object in a signature": ("</Object></Signature></CQT>", "</Object><Object>Hủy</Object></Signature></CQT>"),
    "a signature that is none": ("</CQT>", f'</CQT><Ma><Signature xmlns="{DS}"><Object>Hủy</Object></Signature></Ma>'),
}


@pytest.mark.parametrize("changes", NOTICE_ADDITIONS.values(), ids=NOTICE_ADDITIONS)
def test_nothing_can_be_added_to_a_notice(changes):
    assert found_in(NOTICE.encode()).signatures[1].indication is PASSED
    changed = NOTICE
    for before, after in zip(changes[::2], changes[1::2], strict=True):
        assert before in changed
        changed = changed.replace(before, after)

    found = found_in(changed.encode())
    assert found.indication in {OPEN, FAILED}
    assert found.signatures[1].indication in {OPEN, FAILED} or len(found.signatures) == 3


def test_the_root_of_a_notice_cannot_be_called_otherwise():
    found = found_in(NOTICE.replace("<TBao>", "<HDon>").replace("</TBao>", "</HDon>").encode())

    assert [report.uncovered for report in found.signatures] == [("/HDon", "/HDon/STBao"), ("/HDon",)]
    assert found.indication is OPEN


ADDITIONS = {
    "an instruction in front": lambda text: f"<?xml-stylesheet href='a.xsl'?>{text}",
    "an instruction behind": lambda text: f"{text}<?huy?>",
    "an object": lambda text: text.replace("</Signature>", "<Object>Hủy</Object></Signature>"),
    "an object with an instruction": lambda text: text.replace("</Signature>", "<Object><?huy?></Object></Signature>"),
    "two properties": lambda text: text.replace(
        "</Signature>", f"<Object><q:QualifyingProperties xmlns:q='{XADES}'/></Object>" * 2 + "</Signature>"
    ),
    "an object with an element": lambda text: text.replace("</Signature>", "<Object><Huy/></Object></Signature>"),
    "a comment inside a text": lambda text: text.replace(">100<", ">1<!-- -->00<"),
    "properties that were not signed": lambda text: text.replace(
        "</Signature>",
        f'<Object><q:QualifyingProperties xmlns:q="{XADES}"><q:SignedProperties><q:SignedSignatureProperties>'
        "<q:SigningTime>2020-01-01T00:00:00Z</q:SigningTime></q:SignedSignatureProperties></q:SignedProperties>"
        "</q:QualifyingProperties></Object></Signature>",
    ),
    "a signing time that was not signed": lambda text: text.replace(
        "</Signature>",
        "<Object><SignatureProperties><SignatureProperty Target='#ky'><SigningTime>2020-01-01T00:00:00Z</SigningTime>"
        "</SignatureProperty></SignatureProperties></Object></Signature>",
    ),
}


@pytest.mark.parametrize("add", ADDITIONS.values(), ids=ADDITIONS)
def test_nothing_can_be_added_to_a_letter(add):
    found = found_in(add(SIGNED.whole).encode())

    assert found.indication in {OPEN, FAILED}
    assert found.signatures[0].claimed_signing_time is None


def test_a_second_enveloping_object_is_not_signed():
    signed = enveloping(b"%PDF-1.7", PLAIN).decode().replace("</Signature>", f"<Object>{base64_of(b'x')}</Object></Signature>")

    assert found_in(signed.encode()).signatures[0].uncovered == ("/Signature/Object[2]",)


@pytest.mark.parametrize(
    ("content", "told", "expected"),
    [
        (b"%PDF-1.7", "application/pdf", PASSED),
        (b"%PDF-1.7", "Application/PDF; a=b", PASSED),
        (b"%PDF-1.7", "application/octet-stream", PASSED),
        (b'<?xml version="1.0"?><a/>', "text/xml", PASSED),
        (b"%PDF-1.7", "text/html", OPEN),
        (b"%PDF-1.7", "application/qdf", OPEN),
    ],
)
def test_the_type_that_an_object_claims_for_its_bytes_is_theirs_or_not_signed(content, told, expected):
    signed = enveloping(content, PLAIN).replace(b"application/pdf", told.encode())

    assert found_in(signed).indication is expected


def test_an_instruction_inside_enveloped_base64_is_not_signed():
    signed = enveloping(b"%PDF-1.7", PLAIN).decode().replace("</Object>", "<?huy?></Object>")

    assert found_in(signed.encode()).indication is OPEN


def test_an_enveloping_signature_in_a_root_with_a_name_of_its_own_is_open():
    signed = etree.tostring(etree.fromstring(enveloping(b"%PDF-1.7", PLAIN)), encoding="unicode")

    assert Reason.PARTLY_SIGNED in found_in(f"<Huy>{signed}</Huy>".encode()).reasons


def test_a_forged_copy_of_the_signed_properties_is_not_believed():
    signed = sign(LETTER, XADES_B).decode()
    properties = signed[signed.index("<xades:SignedProperties") : signed.index("</xades:SignedProperties>")]
    forged = properties.replace('Id="ky-xades"', 'Id="khac"').replace("2026-03-02T08", "2020-03-02T08")
    moved = f'<Cu xmlns:xades="{XADES}" xmlns="{DS}">{properties}</xades:SignedProperties></Cu></CongVan>'
    report = found_in(signed.replace(properties, forged).replace("</CongVan>", moved).encode()).signatures[0]

    assert report.indication in {OPEN, FAILED}
    assert report.claimed_signing_time is None


def test_properties_that_were_taken_away_are_missed():
    root = etree.fromstring(sign(LETTER, XADES_B))
    holder = root.find(f".//{ds('Object')}")
    holder.getparent().remove(holder)
    found = found_in(etree.tostring(root))

    assert (found.indication, found.sub_indication) == (OPEN, SubIndication.SIGNED_DATA_NOT_FOUND)


def transformed(*transforms: str, uri: str = "", inner: str = "") -> bytes:
    """A letter whose signature asks for some transforms, over whatever they would give."""
    return sign(LETTER, replace(PLAIN, references=(Ref(uri=uri, transforms=transforms, inner=inner, content=b"x"),)))


NOT_EVALUATED = {
    "XSLT": transformed("http://www.w3.org/TR/1999/REC-xslt-19991116", inner='<s:a xmlns:s="urn:s"/>'),
    "an XPath that leaves the amount out": transformed(XPATH, inner="<XPath>not(self::Tien)</XPath>"),
    "an XPath that looks alike": transformed(XPATH, inner="<XPath>not(ancestor-or-self::Signature)</XPath>"),
    "an XPath with a prefix of another namespace": transformed(
        XPATH, inner='<XPath xmlns:d="urn:d">not(ancestor-or-self::d:Signature)</XPath>'
    ),
    "an XPath with two prefixes": transformed(
        XPATH, inner=f'<XPath xmlns:d="{DS}" xmlns:ds="urn:d">not(ancestor-or-self::ds:Signature)</XPath>'
    ),
    "two XPaths": transformed(XPATH, inner=WITHOUT_SIGNATURES * 2),
    "a filter that intersects": transformed(
        FILTER,
        inner=f'<f:XPath xmlns:f="{FILTER}" xmlns:d="{DS}" Filter="intersect">//d:Signature</f:XPath>',
    ),
    "XPointer to a path": transformed(uri="#xpointer(//*[1])"),
    "XPointer to two": transformed(uri="#xpointer(id('cv'))xpointer(/)"),
    "XPointer with comments": transformed(f"{EXCLUSIVE}WithComments", uri="#xpointer(/)"),
    "an empty fragment": transformed(uri="#"),
    "a part of another file": transformed(uri="a.xml#cv"),
    "enveloped behind canonical": transformed(EXCLUSIVE, ENVELOPED),
    "unknown": transformed("urn:khac"),
    "a signature taken out of itself": sign(
        b"", replace(PLAIN, place=None, references=(Ref(uri="", transforms=(ENVELOPED,), content=b"x"),))
    ),
    "base64 of elements": transformed(BASE64),
}


@pytest.mark.parametrize("uri", ["#xpointer(/)", "#xpointer(id('cv'))", '#xpointer(id("cv"))'])
def test_a_pointer_to_the_document_or_to_an_identifier_is_evaluated(uri):
    octets = canonical(etree.fromstring(LETTER), EXCLUSIVE)
    signed = sign(LETTER, replace(PLAIN, references=(Ref(uri=escape(uri, {'"': "&quot;"}), content=octets),)))

    assert found_in(signed).indication is PASSED
    changed = found_in(signed.replace(b">100<", b">900<"))
    assert (changed.indication, changed.sub_indication) == (FAILED, SubIndication.HASH_FAILURE)


@pytest.mark.parametrize("document", NOT_EVALUATED.values(), ids=NOT_EVALUATED)
def test_what_is_not_evaluated_is_open_and_says_so(document):
    report = found_in(document).signatures[0]

    assert report.indication is OPEN
    assert report.reasons[0] in {Reason.TRANSFORM, Reason.UNREADABLE}


def test_a_public_key_is_no_secret():
    key = PKI.person.key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    root = etree.fromstring(sign(LETTER, replace(PLAIN, method="http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")))
    value = hmac.digest(key, canonical(root.find(f".//{ds('SignedInfo')}")), sha256)
    root.find(f".//{ds('SignatureValue')}").text = base64_of(value)
    found = found_in(etree.tostring(root))

    assert (found.indication, found.sub_indication) == (OPEN, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)
    assert Reason.ALGORITHM in found.reasons


UNKNOWN = {
    "MD5": ("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmldsig-more#md5"),
    "RSA with MD5": (
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
    ),
    "canonicalisation": (f'CanonicalizationMethod Algorithm="{INCLUSIVE}', 'CanonicalizationMethod Algorithm="urn:khac'),
}


@pytest.mark.parametrize(("before", "after"), UNKNOWN.values(), ids=UNKNOWN)
def test_algorithms_that_nobody_should_use_are_not_computed(before, after):
    signed = sign(LETTER, PLAIN).decode()
    assert before in signed
    found = found_in(signed.replace(before, after).encode())

    assert (found.indication, found.sub_indication) == (OPEN, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
DECLARATIONS = {
    "empty": "<!DOCTYPE CongVan>",
    "an entity": '<!DOCTYPE CongVan [<!ENTITY a "1">]>',
    "a file": '<!DOCTYPE CongVan [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "an address": '<!DOCTYPE CongVan SYSTEM "http://192.0.2.1/a.dtd">',
    "parameters": '<!DOCTYPE CongVan [<!ENTITY % a SYSTEM "http://192.0.2.1/a.dtd"> %a;]>',
    "an attribute by default": '<!DOCTYPE CongVan [<!ATTLIST Tien so CDATA "900">]>',
    "an identifier by declaration": "<!DOCTYPE CongVan [<!ATTLIST Tien so ID #IMPLIED>]>",
    "a billion laughs": f'<!DOCTYPE CongVan [<!ENTITY a0 "ha">{LAUGHS}]>',
}


@pytest.mark.parametrize("declaration", DECLARATIONS.values(), ids=DECLARATIONS)
def test_a_document_with_a_declaration_of_its_type_is_not_read(declaration):
    found = found_in(f"{declaration}{SIGNED.whole}".encode())

    assert (found.indication, found.signatures) == (OPEN, ())
    assert found.unchecked


@pytest.mark.parametrize("place", ["<So>&a9;</So>", '<So x="&a9;"/>'])
def test_a_billion_laughs_stays_unheard(place):
    document = f"{DECLARATIONS['a billion laughs']}<CongVan>{place}{SIGNED.signature}</CongVan>"

    assert found_in(document.encode()).reasons == (Reason.LIMIT,)


def test_depth_and_size_are_bounded():
    deep = f"{'<a>' * 300}{SIGNED.signature}{'</a>' * 300}"
    large = SIGNED.whole.replace(">100<", f">{'1' * DOCUMENT_BYTES}<")
    crowded = SIGNED.whole.replace(">100<", f">{'<a/>' * 2_000_001}<")

    assert [found_in(document.encode()).reasons for document in (deep, large, crowded)] == [(Reason.LIMIT,)] * 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_prefixes_are_counted(encoding):
    declared = "".join(f' xmlns:n{number}="urn:n"' for number in range(600))

    assert found_in(SIGNED.whole.replace(' Id="cv"', f'{declared} Id="cv"', 1).encode(encoding)).reasons == (Reason.LIMIT,)


def test_references_are_counted():
    many = sign(LETTER, replace(PLAIN, references=(Ref(),) * (MAX_REFERENCES + 1)))

    assert found_in(many).reasons[0] is Reason.LIMIT


def test_references_through_manifests_are_counted():
    listed = f'<Reference URI="#a"><DigestMethod Algorithm="{DS}sha1"/><DigestValue>AA==</DigestValue></Reference>'
    objects = f'<Object><Manifest Id="bk">{listed * MAX_REFERENCES}</Manifest></Object>'
    signed = sign(b"", replace(PLAIN, place=None, objects=objects, references=(Ref(uri="#bk", transforms=()),)))

    assert found_in(signed).indication is OPEN


def test_a_manifest_of_itself_ends():
    itself = f'<Reference URI="#bk"><DigestMethod Algorithm="{DS}sha1"/><DigestValue/></Reference>'
    objects = f'<Object><Manifest Id="bk">{itself}</Manifest></Object>'
    signing = replace(PLAIN, place=None, objects=objects, references=(Ref(uri="#bk", transforms=()),))

    assert found_in(sign(b"", signing)).indication is FAILED


def test_work_is_counted():
    around = Surroundings(root=read_xml(LETTER), size=len(LETTER), room=1000)
    around.spend(900)

    with pytest.raises(NotCheckedError):
        around.spend(200)


def test_what_several_people_sign_is_written_once():
    everybody = LETTER
    for name in ("a", "b", "c"):
        reference = Ref(transforms=(XPATH, EXCLUSIVE), inner=WITHOUT_SIGNATURES)
        everybody = sign(everybody, replace(PLAIN, name=name, references=(reference,)))
    around = Surroundings(root=read_xml(everybody), size=len(everybody))
    spent = []
    for signature in around.signatures:
        before = around.room
        (reference,) = read_references(signature.find(ds("SignedInfo")))
        assert resolve(reference, signature, around).intact
        spent.append(before - around.room)

    assert spent[0] > 0
    assert spent[1:] == [0, 0]


def test_signatures_beyond_the_cap_are_counted_and_leave_the_document_open():
    found = found_in(SIGNED.whole.replace(SIGNED.signature, SIGNED.signature * 40).encode())

    assert (found.seen, len(found.signatures)) == (40, 32)
    assert found.indication in {OPEN, FAILED}


def test_thousands_of_parts_are_not_looked_at():
    crowd = f"<r>{SIGNED.signature * 3}{f'<Signature xmlns={chr(39)}{DS}{chr(39)}/>' * 2000}</r>"
    objects = sign(LETTER, replace(PLAIN, objects="<Object/>" * 200))
    keys = sign(LETTER, replace(PLAIN, key_info="<KeyName/>" * 200))

    assert (found_in(crowd.encode()).reasons, found_in(crowd.encode()).seen) == ((Reason.LIMIT,), 2003)
    assert found_in(objects).reasons[0] is Reason.LIMIT
    assert found_in(keys).sub_indication is SubIndication.NO_SIGNING_CERTIFICATE_FOUND


@pytest.mark.parametrize("hidden", [f"<a><![CDATA[{SIGNED.whole}]]></a>", f"<a><!--{SIGNED.signature}--></a>"])
def test_a_signature_inside_a_text_is_not_called_unsigned(hidden):
    found = found_in(hidden.encode())

    assert (found.indication, found.reasons) == (OPEN, (Reason.FORMAT_NOT_CHECKED,))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32"])
def test_every_encoding_ends_in_a_report(encoding):
    content = SIGNED.whole.encode(encoding)
    found = found_in(content)

    # Without a mark of the byte order it is not well-formed (XML 1.0, 4.3.3); four bytes a letter no browser reads.
    expected = PASSED if encoding in {"utf-16", "utf-8-sig"} else OPEN
    assert found.indication is (expected if has_xml_signature(content) else None)


SEEDS = (SIGNED.whole.encode(), sign(LETTER, replace(XADES_B, tsa=PKI.tsa)), NOTICE.encode())
PIECES = (
    *("<a>", "</a>", "<!--", "-->", "<![CDATA[", "]]>", "<?a?>", "&amp;", "&#0;", "&a;", "\x00", '"', "<!DOCTYPE a>", "Id='cv'"),
    *(f"<Signature xmlns='{DS}'>", "</Signature>", "<SignedInfo>", "<Object/>", "<Reference/>", f"<Signature xmlns='{DS}'/>"),
)


@given(st.lists(st.sampled_from(PIECES)).map("".join) | st.text(max_size=200))
def test_any_text_ends_in_a_report(text):
    marked = f"<r><Signature xmlns='{DS}'>{text}</Signature></r>"

    assert isinstance(found_in(marked.encode("utf-8", "surrogatepass")), DocumentSignatures)


@settings(max_examples=60)
@given(st.sampled_from(SEEDS), st.data())
def test_no_changed_byte_passes_but_as_the_same_document(seed, data):
    content = bytearray(seed)
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))

    assert found_in(bytes(content)).indication is not PASSED or says_the_same(seed, bytes(content))


def says_the_same(before: bytes, after: bytes) -> bool:
    """Whether two documents differ only in what a signature does not cover: itself, or the way in which things are written."""
    return without_signatures(before) == without_signatures(after)


def without_signatures(content: bytes) -> bytes:
    root = etree.fromstring(content)
    for signature in list(root.iter(ds("Signature"))):
        for child in list(signature):
            if child.tag != ds("SignedInfo"):
                signature.remove(child)
        signature.attrib.clear()
    return etree.tostring(root, method="c14n", exclusive=True, with_comments=False)


@settings(max_examples=40)
@given(st.sampled_from(SEEDS), st.data())
def test_no_truncated_document_passes(seed, data):
    length = data.draw(st.integers(0, len(seed)))

    assert found_in(seed[:length]).indication is not PASSED or not seed[length:].strip()


@settings(max_examples=60)
@given(st.sampled_from(SEEDS), st.sampled_from(PIECES), st.data())
def test_no_inserted_piece_passes_but_as_the_same_document(seed, piece, data):
    position = data.draw(st.integers(0, len(seed)))
    content = seed[:position] + piece.encode() + seed[position:]

    assert found_in(content).indication is not PASSED or says_the_same(seed, content)


TREES = (
    SIGNED.whole.encode(),
    sign(LETTER, replace(BY_ID, xades=True)),
    sign(LETTER, replace(BY_ID, references=(Ref(transforms=(XPATH, EXCLUSIVE), inner=WITHOUT_SIGNATURES),))),
)
NAMES = ("Evil", ds("Object"), ds("Signature"), ds("SignedInfo"), "{urn:mau:cong-van}CongVan")


def moved(root: etree._Element, data: st.DataObject) -> etree._Element:
    """A document after one edit: an element moved, doubled, wrapped, called otherwise, or given another identifier."""
    found = list(root.iter(etree.Element))
    element, place = data.draw(st.sampled_from(found)), data.draw(st.sampled_from(found))
    match data.draw(st.sampled_from(["move", "double", "wrap", "call", "identify", "empty", "instruct"])):
        case "move" | "double" as kind:
            copy = deepcopy(element)
            copy.tail = None
            if kind == "move" and element is not root and place not in element.iter():
                take_out(element)
            place.insert(data.draw(st.integers(0, len(place))), copy)
        case "wrap" if element is root:
            root = etree.Element("Evil")
            root.append(element)
        case "wrap":
            wrapper = etree.Element(data.draw(st.sampled_from(NAMES)))
            element.addprevious(wrapper)
            wrapper.append(element)
        case "call":
            element.tag = data.draw(st.sampled_from(NAMES))
        case "identify":
            element.set(data.draw(st.sampled_from(["Id", "ID", "id"])), data.draw(st.sampled_from(["cv", "ky", "ky-xades"])))
        case "empty":
            element.text = None
        case "instruct":
            element.append(etree.PI("huy"))
    return root


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(TREES), st.integers(1, 3), st.data())
def test_no_rearranged_document_passes_but_as_the_same(seed, edits, data):
    root = etree.fromstring(seed)
    for _ in range(edits):
        root = moved(root, data)
    content = etree.tostring(root)

    assert found_in(content).indication is not PASSED or contents_of(content) == contents_of(seed)


def contents_of(document: bytes) -> bytes:
    """What a reader of a letter sees, also inside an enveloping signature."""
    root = etree.fromstring(document)
    inside = [child for holder in root.findall(ds("Object")) for child in holder if child.tag in NAMES]
    if root.tag == ds("Signature") and len(inside) == 1:
        root = etree.fromstring(etree.tostring(inside[0], with_tail=False))
    for signature in list(root.iter(ds("Signature"))):
        if signature is not root:
            take_out(signature)
    return etree.tostring(root, method="c14n", exclusive=True, with_comments=False)


NOT_READ = {
    "an encoding that hides tags from browsers": lambda text: b'<?xml version="1.0" encoding="UTF-7"?>' + text.encode("utf-7"),
    "four bytes a letter, which browsers do not read": lambda text: text.encode("utf-32"),
    "another version of XML": lambda text: f'<?xml version="1.1"?>{text}'.encode(),
}


@pytest.mark.parametrize("spelling", NOT_READ.values(), ids=NOT_READ.keys())
def test_a_document_that_readers_take_for_another_is_not_checked(spelling):
    found = found_in(spelling(parts_of(sign(LETTER, PLAIN)).whole))

    assert (found.indication, found.reasons) == (OPEN, (Reason.FORMAT_NOT_CHECKED,))


STYLE = '<h:style xmlns:h="http://www.w3.org/1999/xhtml">NoiDung {display: none}</h:style>'
SHOWN = {
    "a style in the key": lambda text: text.replace("</KeyInfo>", f"{STYLE}</KeyInfo>"),
    "a style in the name of the key": lambda text: text.replace("<KeyInfo>", f"<KeyInfo><KeyName>{STYLE}</KeyName>"),
    "a text in the key": lambda text: text.replace("</KeyInfo>", "Chuyển 900</KeyInfo>"),
    "a text in the signature": lambda text: text.replace("<SignedInfo>", "Chuyển 900<SignedInfo>"),
    "a comment that is none in HTML": lambda text: text.replace("<m:Tien>", "<!--><h1>Chuyển 900</h1>--><m:Tien>"),
    "such a comment before the root": lambda text: f"<!--><h1>Chuyển 900</h1>-->{text}",
    "such a comment behind the root": lambda text: f"{text}<!--[if IE]><h1>Chuyển 900</h1><![endif]-->",
}


@pytest.mark.parametrize("change", SHOWN.values(), ids=SHOWN.keys())
def test_what_a_browser_shows_out_of_a_signature_is_not_signed(change):
    signed = parts_of(sign(LETTER, PLAIN)).whole

    assert found_in(signed.encode()).indication is PASSED
    assert found_in(change(signed).encode()).indication is not PASSED


@pytest.mark.parametrize(("comment", "expected"), [("<!-- x -->", PASSED), ("<!--><h1>Hủy</h1>-->", OPEN)])
def test_a_comment_between_signed_parts_is_none_for_a_browser_too(comment, expected):
    sealed = sign(UNSIGNED_NOTICE, notice_signing(PKI.organisation, "CQT", over=("Id-dl", "Id-st"))).decode()

    assert found_in(sealed.replace("<DSCKS>", f"{comment}<DSCKS>").encode()).indication is expected


@pytest.mark.parametrize(
    ("named", "expected"), [("", PASSED), ("<KeyName>Đã hủy</KeyName>", OPEN), ("<KeyName>DA HUY</KeyName>", OPEN)]
)
def test_a_page_shows_what_stands_in_the_key_as_well(named, expected):
    page = LETTER.replace(b"<m:Tien>", b'<p xmlns="http://www.w3.org/1999/xhtml">1</p><m:Tien>')

    assert found_in(sign(page, replace(PLAIN, key_info=named))).indication is expected
    assert found_in(sign(LETTER, replace(PLAIN, key_info=named))).indication is PASSED


def test_properties_beside_the_signed_ones_are_not_signed():
    signed = sign(LETTER, XADES_B).decode()
    more = f"</xades:QualifyingProperties><SignatureProperties>{STYLE}</SignatureProperties>"

    assert found_in(signed.replace("</xades:QualifyingProperties>", more).encode()).reasons[0] is Reason.PARTLY_SIGNED


def test_a_script_among_the_unsigned_properties_is_not_signed():
    assert found_in(sign(LETTER, replace(XADES_B, values=STYLE))).reasons[0] is Reason.PARTLY_SIGNED


@pytest.mark.parametrize(
    "content",
    [sign(LETTER, PLAIN), office_documents.sign(office_documents.word(), office_documents.Signing(identity=PKI.person)).file()],
    ids=["XML", "Word"],
)
@pytest.mark.parametrize(("name", "declared"), [("Công văn.HTML", ""), ("cv.bin", "text/html")], ids=["by name", "by type"])
def test_a_document_that_opens_as_html_is_not_checked(content, name, declared):
    found = check(content, name, PKI.trust, received_at=NOW + DAY, now=NOW + DAY, declared_type=declared)

    assert (found.indication, found.reasons) == (OPEN, (Reason.FORMAT_NOT_CHECKED,))


def test_a_file_beside_that_opens_as_html_is_signed_by_its_bytes_alone():
    reference = Ref(uri="trang.html", transforms=(INCLUSIVE,), content=b"<html></html>")
    signed = sign(b"", replace(PLAIN, place=None, references=(reference,)))
    page, data = (beside_of(name, b"<html/>") for name in ("trang.html", "trang.xml"))
    files = (page, data, replace(data, declared_type="text/html"))

    found = [check(signed, "ky.xml", PKI.trust, received_at=NOW + DAY, now=NOW + DAY, beside=(one,)) for one in files]

    assert [one.indication for one in found] == [OPEN, PASSED, OPEN]


def test_a_stylesheet_that_is_only_named_is_not_signed():
    styled = b'<?xml-stylesheet type="text/xsl" href="a.xsl"?><Van>a</Van>'

    assert found_in(sign(styled, PLAIN)).reasons[0] is Reason.PARTLY_SIGNED
    assert found_in(sign(styled.replace(b"a.xsl", b"#a"), PLAIN)).indication is PASSED


OLD, LETTER_FILE = beside_of("cu.pdf", b"an old letter"), beside_of("moi.pdf", b"another letter")


def bundle(*signatures: bytes) -> DocumentSignatures:
    """Several signatures over files in one document."""
    inner = b"".join(signature.split(b"?>", 1)[1] for signature in signatures)
    content = b"<Goi>" + inner + b"</Goi>"
    return check(content, "ky.xml", PKI.trust, received_at=NOW + DAY, now=NOW + DAY, beside=(OLD, LETTER_FILE))


def test_signatures_over_different_files_in_one_document_are_not_one_anothers():
    person = detached(OLD.content, OLD.name, PLAIN)
    seal = replace(PLAIN, identity=PKI.organisation, name="dau")

    apart = bundle(person, detached(LETTER_FILE.content, LETTER_FILE.name, seal))
    together = bundle(person, detached(OLD.content, OLD.name, seal))

    assert (apart.indication, apart.unchecked) == (OPEN, ("signatures over different files in one document",))
    assert (together.indication, together.covers) == (PASSED, (OLD.sha256,))


def test_a_countersigner_makes_nobody_the_signer_of_another_file():
    signed = detached(OLD.content, OLD.name, PLAIN).replace(b"</Signature>", b"</Signature><Dat/></Goi>")
    signed = signed.replace(b"<Signature ", b"<Goi><Signature ", 1)
    more = Ref(uri=LETTER_FILE.name, transforms=(), content=LETTER_FILE.content)
    over = (Ref(uri="#ky-value", transforms=(EXCLUSIVE,)), more)
    both = sign(signed, replace(PLAIN, identity=PKI.organisation, name="doi", references=over))
    found = check(both, "ky.xml", PKI.trust, received_at=NOW + DAY, now=NOW + DAY, beside=(OLD, LETTER_FILE))

    assert [bool(report.countersigns) for report in found.signatures] == [False, True]
    assert found.covers == (OLD.sha256,)
