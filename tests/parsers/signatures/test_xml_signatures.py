"""XML signatures from our own PKI: what passes, and what the lattice says of everything else."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from lxml import etree
from signxml import SignatureConstructionMethod

from parsers.signatures.beside import beside_of
from parsers.signatures.check import check
from parsers.signatures.limits import RevocationPolicy, SignatureLimits
from parsers.signatures.model import Coverage, Indication, Reason, SignerKind, SubIndication
from tests.pki.authority import DAY, NOW, Authority, Wish, make_pki
from tests.pki.xml_documents import (
    BASE64,
    DS,
    EXCLUSIVE,
    FILTER,
    LETTER,
    MANIFEST,
    NOTICE,
    WITHOUT_SIGNATURES,
    XADES,
    XPATH,
    Ref,
    XmlSigning,
    base64_of,
    by_signxml,
    detached,
    enveloping,
    notice_signing,
    sign,
    tax_notice,
    xades_by_signxml,
)

PASSED, OPEN, FAILED = Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED
PKI = make_pki()
PERSON = Wish(common_name="Nguyễn Văn Mẫu")
PLAIN = XmlSigning(identity=PKI.person)
XADES_B = replace(PLAIN, xades=True)
XADES_T = replace(XADES_B, tsa=PKI.tsa)
SEAL = XmlSigning(identity=PKI.organisation, name="dau")
BY_ID = (Ref(uri="#cv"),)
EVERYTHING_BUT_SIGNATURES = (Ref(transforms=(XPATH, EXCLUSIVE), inner=WITHOUT_SIGNATURES),)


def found_in(content: bytes, trust=None, received_at=NOW + DAY, beside=(), **limits):
    return check(
        content,
        "letter.xml",
        trust or PKI.trust,
        received_at=received_at,
        now=received_at + DAY,
        beside=beside,
        limits=SignatureLimits(**limits),
    )


def outcome(found) -> tuple:
    return found.indication, found.sub_indication


GOOD = {
    "enveloped": lambda: sign(LETTER, PLAIN),
    "enveloped by the root's id": lambda: sign(LETTER, replace(PLAIN, references=BY_ID)),
    "sha512": lambda: sign(LETTER, replace(PLAIN, digest="sha512")),
    "exclusive SignedInfo": lambda: sign(LETTER, replace(PLAIN, canonicalization=EXCLUSIVE)),
    "SignedInfo with comments": lambda: sign(LETTER, replace(PLAIN, canonicalization=f"{EXCLUSIVE}WithComments")),
    "XAdES-B": lambda: sign(LETTER, XADES_B),
    "XAdES-T": lambda: sign(LETTER, XADES_T),
    "in UTF-16": lambda: etree.tostring(etree.fromstring(sign(LETTER, XADES_B)).getroottree(), encoding="utf-16"),
    "enveloping base64": lambda: enveloping(b"%PDF-1.7", PLAIN),
    "enveloping base64 with properties": lambda: enveloping(b"%PDF-1.7", XADES_T),
    "by signxml, enveloping": lambda: by_signxml(LETTER, PKI.person, SignatureConstructionMethod.enveloping),
    # signxml does not pass on what a part inherits from the elements around it; xmlsec1 refuses its signature as well.
    "by signxml, enveloped": lambda: by_signxml(NOTICE, PKI.person, SignatureConstructionMethod.enveloped),
    "by signxml, XAdES": lambda: xades_by_signxml(NOTICE, PKI.person),
}


@pytest.mark.parametrize("make", GOOD.values(), ids=GOOD)
def test_a_good_signature_over_the_whole_passes(make):
    found = found_in(make())
    report = found.signatures[0]

    assert outcome(found) == (PASSED, None), report
    assert (report.coverage, report.uncovered) == (Coverage.ENTIRE_FILE, ())
    assert report.signer is not None
    assert report.signer.common_name == "Nguyễn Văn Mẫu"
    assert [one.common_name for one in report.trust_path] == ["Root Mẫu", "CA Mẫu", "Nguyễn Văn Mẫu"]


def test_the_report_says_what_a_xades_signature_is():
    report = found_in(sign(LETTER, XADES_T)).signatures[0]

    assert (report.format, report.level, report.field) == ("XAdES", "T", "/CongVan/Signature")
    assert (report.claimed_signing_time, report.timestamp.generated_at) == (NOW, NOW)
    assert (report.timestamp.trusted, report.timestamp.authority) == (True, "TSA Mẫu")
    assert (report.digest_algorithm, report.signature_algorithm, report.key_bits) == ("sha256", "sha256_rsa", 2048)
    assert report.signer_kind is SignerKind.PERSON
    assert report.best_signature_time == NOW


def test_a_plain_signature_is_called_so():
    assert found_in(sign(LETTER, PLAIN)).signatures[0].format == "XMLDSig"


def test_the_file_that_a_detached_signature_is_over_is_found_by_its_digest():
    pair = beside_of("renamed.bin", b"hello")
    found = found_in(detached(b"hello", "công văn.pdf", XADES_B), beside=[beside_of("a.txt", b"a"), pair])

    assert outcome(found) == (PASSED, None)
    assert found.covers == (pair.sha256,)


def test_without_its_file_a_detached_signature_is_open():
    found = found_in(detached(b"hello", "a.pdf", XADES_B), beside=[beside_of("b.pdf", b"other")])

    assert outcome(found) == (OPEN, SubIndication.SIGNED_DATA_NOT_FOUND)
    assert found.covers == ()


def test_the_file_of_the_name_that_was_signed_has_changed():
    found = found_in(detached(b"hello", "công văn.pdf", XADES_B), beside=[beside_of("Công văn.pdf", b"hellO")])

    assert outcome(found) == (FAILED, SubIndication.HASH_FAILURE)


def test_an_address_on_the_network_is_a_file_only_by_its_digest():
    signed = detached(b"hello", "a.pdf", PLAIN)
    far = sign(b"", replace(PLAIN, place=None, references=(Ref(uri="http://192.0.2.1/a.pdf", transforms=(), content=b"hello"),)))

    assert outcome(found_in(far, beside=[beside_of("a.pdf", b"hello")])) == (PASSED, None)
    assert outcome(found_in(far, beside=[beside_of("a.pdf", b"other")])) == (OPEN, SubIndication.SIGNED_DATA_NOT_FOUND)
    assert outcome(found_in(signed, beside=[beside_of("a.pdf", b"hello")])) == (PASSED, None)


def detached_xml(content: bytes) -> bytes:
    """A signature over the canonical form of a document beside it."""
    return sign(b"", replace(PLAIN, place=None, references=(Ref(uri="a.xml", transforms=(EXCLUSIVE,), content=content),)))


def test_a_document_beside_is_found_by_its_canonical_form():
    plain, pretty = b'<a><b x="1"/></a>', b"<?xml version='1.0'?>\n<a><b  x='1'></b></a>"
    content = b'<a><b x="1"></b></a>'
    signed = detached_xml(content)
    others = [beside_of("a.pdf", b"%PDF-1.7"), beside_of("b.xml", b"<!DOCTYPE a><a/>")]

    for document in (plain, pretty):
        assert outcome(found_in(signed, beside=[*others, beside_of("z.xml", document)])) == (PASSED, None)
    assert outcome(found_in(signed, beside=[*others, beside_of("a.xml", b"<a/>")])) == (FAILED, SubIndication.HASH_FAILURE)
    assert outcome(found_in(detached_xml(b"<a>10</a>"), beside=[beside_of("a.xml", b"<a>1<!-- -->0</a>")]))[0] is OPEN
    assert outcome(found_in(signed, beside=others)) == (OPEN, SubIndication.SIGNED_DATA_NOT_FOUND)


def test_what_an_enveloping_signature_holds_is_named_by_its_digest():
    assert found_in(enveloping(b"%PDF-1.7", PLAIN)).covers == (hashlib.sha256(b"%PDF-1.7").hexdigest(),)


def test_two_people_sign_one_letter_side_by_side():
    first = sign(LETTER, replace(PLAIN, references=EVERYTHING_BUT_SIGNATURES))
    found = found_in(sign(first, replace(SEAL, references=EVERYTHING_BUT_SIGNATURES)))

    assert [report.indication for report in found.signatures] == [PASSED, PASSED]
    assert [report.field for report in found.signatures] == ["/CongVan/Signature[1]", "/CongVan/Signature[2]"]


@pytest.mark.parametrize(
    ("transform", "inner"),
    [
        (
            XPATH,
            (
                f'<XPath xmlns:d="{DS}"> count( ancestor-or-self::d:Signature | here()/ancestor::d:Signature[1] ) &gt; '
                "count(ancestor-or-self::d:Signature) </XPath>"
            ),
        ),
        (FILTER, f'<f:XPath xmlns:f="{FILTER}" xmlns:d="{DS}" Filter="subtract">here()/ancestor::d:Signature[1]</f:XPath>'),
    ],
    ids=["XPath", "Filter 2"],
)
def test_without_this_signature_may_be_said_as_the_recommendations_spell_it(transform, inner):
    references = (Ref(transforms=(transform, EXCLUSIVE), inner=inner),)
    signed = sign(LETTER, replace(PLAIN, references=references))

    assert outcome(found_in(signed)) == (PASSED, None)
    assert outcome(found_in(sign(signed, SEAL))) == (FAILED, SubIndication.HASH_FAILURE)


def test_a_second_enveloped_signature_breaks_the_first():
    found = found_in(sign(sign(LETTER, PLAIN), SEAL))

    assert [report.sub_indication for report in found.signatures] == [SubIndication.HASH_FAILURE, None]


def test_a_tax_notice_is_numbered_before_the_office_seals_it():
    found = found_in(tax_notice(PKI.person, PKI.organisation))
    head, office = found.signatures

    assert (head.field, office.field) == ("/TBao/DSCKS/TTCQT/Signature", "/TBao/DSCKS/CQT/Signature")
    assert (head.signer_kind, office.signer_kind) == (SignerKind.PERSON, SignerKind.ORGANISATION)
    assert outcome(head) == (OPEN, SubIndication.CHANGED_BEFORE_SEAL)
    assert head.uncovered == ("/TBao/STBao",)
    assert outcome(office) == (PASSED, None)
    assert "2026-03-02T15:00:00" in office.detail


def test_an_office_cannot_seal_what_its_head_did_not_sign_but_the_number():
    more = NOTICE.replace(b"<DSCKS>", b'<Them Id="Id-them">1</Them><DSCKS>')
    signed = sign(more, notice_signing(PKI.person, "TTCQT", over=("Id-dl",)))
    found = found_in(sign(signed, notice_signing(PKI.organisation, "CQT", over=("Id-dl", "Id-st", "Id-them"))))

    assert [report.indication for report in found.signatures] == [OPEN, PASSED]
    assert found.signatures[0].sub_indication is SubIndication.GENERIC
    assert found.signatures[0].uncovered == ("/TBao/STBao", "/TBao/Them")


def test_the_head_of_an_office_alone_has_signed_a_part():
    found = found_in(sign(NOTICE, notice_signing(PKI.person, "TTCQT", over=("Id-dl",))))

    assert outcome(found) == (OPEN, SubIndication.GENERIC)
    assert Reason.PARTLY_SIGNED in found.reasons


def test_an_old_tax_notice_is_open_for_its_algorithm():
    found = found_in(tax_notice(PKI.person, PKI.organisation, digest="sha1"))

    assert [outcome(report) for report in found.signatures][1] == (OPEN, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)


@pytest.mark.parametrize(
    ("at", "shifted"),
    [("2026-03-02T15:00:00Z", True), ("2026-03-02T15:00:00+07:00", False), ("2026-03-02T08:00:00Z", False)],
)
def test_local_time_marked_as_utc_is_flagged(at, shifted):
    found = found_in(sign(LETTER, replace(XADES_T, at=at)))

    assert found.indication is PASSED
    assert (Reason.SIGNING_TIME_SHIFTED in found.reasons) is shifted


def test_the_signing_time_of_a_notice_with_a_zone_is_read():
    signing = notice_signing(PKI.organisation, "CQT", over=("Id-dl", "Id-st"), at="2026-03-02T15:00:00+07:00")
    found = found_in(sign(NOTICE, signing))

    assert outcome(found) == (PASSED, None)
    assert found.signatures[0].claimed_signing_time == NOW


def altered(content: bytes, before: bytes, after: bytes) -> bytes:
    assert before in content
    return content.replace(before, after)


BROKEN = {
    "content": (lambda: altered(sign(LETTER, XADES_T), b">100<", b">900<"), SubIndication.HASH_FAILURE),
    "attribute": (lambda: altered(sign(LETTER, XADES_T), b'muc="1"', b'muc="2"'), SubIndication.HASH_FAILURE),
    "namespace": (lambda: altered(sign(LETTER, PLAIN), b"urn:mau:khac", b"urn:mau:kh4c"), SubIndication.HASH_FAILURE),
    "signing time": (lambda: altered(sign(LETTER, XADES_B), b"08:00:00Z", b"09:00:00Z"), SubIndication.HASH_FAILURE),
    "content inside": (
        lambda: altered(enveloping(b"%PDF-1.7", PLAIN), base64_of(b"%PDF-1.7").encode(), base64_of(b"%PDF-1.8").encode()),
        SubIndication.HASH_FAILURE,
    ),
    "reference": (lambda: altered(sign(LETTER, PLAIN), b'URI=""', b'URI="#cv"'), SubIndication.SIG_CRYPTO_FAILURE),
    "signed by another key": (
        lambda: sign(LETTER, replace(PLAIN, identity=PKI.organisation, shown=(PKI.person,))),
        SubIndication.SIG_CRYPTO_FAILURE,
    ),
    "no SignatureValue": (
        lambda: altered(sign(LETTER, PLAIN), b"<SignatureValue", b"<X").replace(b"</SignatureValue", b"</X"),
        SubIndication.FORMAT_FAILURE,
    ),
    "no base64": (lambda: altered(sign(LETTER, PLAIN), b"<DigestValue>", b"<DigestValue>*"), SubIndication.FORMAT_FAILURE),
}


@pytest.mark.parametrize(("make", "expected"), BROKEN.values(), ids=BROKEN)
def test_what_was_altered_fails(make, expected):
    assert outcome(found_in(make())) == (FAILED, expected)


def test_a_certificate_that_the_signature_does_not_name_is_not_the_signers():
    found = found_in(sign(LETTER, replace(XADES_B, named=PKI.organisation)))

    assert outcome(found) == (OPEN, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
    assert Reason.CERTIFICATE_MISMATCH in found.reasons


def test_of_two_certificates_with_one_key_the_named_one_counts():
    renewed = PKI.issuing.issue(Wish(common_name="Nguyễn Văn Khác"))
    found = found_in(sign(LETTER, replace(XADES_B, shown=(renewed, PKI.person))))

    assert outcome(found) == (PASSED, None)
    assert found.signatures[0].signer.common_name == "Nguyễn Văn Mẫu"


def key_value(identity) -> str:
    numbers = identity.key.public_key().public_numbers()
    modulus, exponent = (base64_of(number.to_bytes((number.bit_length() + 7) // 8)) for number in (numbers.n, numbers.e))
    return f"<KeyValue><RSAKeyValue><Modulus>{modulus}</Modulus><Exponent>{exponent}</Exponent></RSAKeyValue></KeyValue>"


def test_a_bare_key_is_nobodys_signature():
    found = found_in(sign(LETTER, replace(PLAIN, shown=(), key_info=key_value(PKI.person))))

    assert outcome(found) == (OPEN, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)


def test_a_document_altered_under_a_bare_key_fails_all_the_same():
    signed = sign(LETTER, replace(PLAIN, shown=(), key_info=key_value(PKI.organisation)))

    assert outcome(found_in(signed)) == (FAILED, SubIndication.SIG_CRYPTO_FAILURE)


def test_without_any_key_there_is_no_signer():
    found = found_in(sign(LETTER, replace(PLAIN, shown=())))

    assert outcome(found) == (OPEN, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)


def test_another_key_beside_the_certificate_makes_the_signer_unclear():
    der = PKI.organisation.key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    info = f'<d:DEREncodedKeyValue xmlns:d="http://www.w3.org/2009/xmldsig11#">{base64_of(der)}</d:DEREncodedKeyValue>'

    assert outcome(found_in(sign(LETTER, replace(PLAIN, key_info=key_value(PKI.person))))) == (PASSED, None)
    for stray in (key_value(PKI.organisation), info):
        found = found_in(sign(LETTER, replace(PLAIN, key_info=stray)))
        assert outcome(found) == (OPEN, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)


EXPIRED = replace(PERSON, years=(NOW - 700 * DAY, NOW - 100 * DAY))


@pytest.mark.parametrize(
    ("stamped_at", "expected"),
    [
        (None, (OPEN, SubIndication.OUT_OF_BOUNDS_NO_POE)),
        (NOW - 200 * DAY, (PASSED, None)),
        (NOW - DAY, (FAILED, SubIndication.EXPIRED)),
    ],
)
def test_an_expired_certificate_counts_as_of_the_proven_time(stamped_at, expected):
    identity = PKI.issuing.issue(EXPIRED)
    stamp = {"tsa": PKI.tsa, "stamped_at": stamped_at} if stamped_at else {}

    assert outcome(found_in(sign(LETTER, replace(XADES_B, identity=identity, **stamp)))) == expected


@pytest.mark.parametrize(
    ("stamped_at", "expected"),
    [
        (None, (OPEN, SubIndication.REVOKED_NO_POE)),
        (NOW - 2 * DAY, (PASSED, None)),
        (NOW, (FAILED, SubIndication.REVOKED)),
    ],
)
def test_a_revoked_certificate_counts_as_of_the_proven_time(stamped_at, expected):
    identity = PKI.issuing.issue(PERSON)
    lists = (PKI.issuing.revocation_list({identity: NOW - DAY}), PKI.root.revocation_list())
    stamp = {"tsa": PKI.tsa, "stamped_at": stamped_at} if stamped_at else {}
    signed = sign(LETTER, replace(XADES_B, identity=identity, **stamp))

    assert outcome(found_in(signed, replace(PKI.trust, crls=lists))) == expected


def test_a_list_inside_the_signature_convicts():
    identity = PKI.issuing.issue(PERSON)
    data = base64_of(PKI.issuing.revocation_list({identity: NOW - DAY}))
    values = (
        f"<xades:RevocationValues><xades:CRLValues><xades:EncapsulatedCRLValue>{data}</xades:EncapsulatedCRLValue>"
        "</xades:CRLValues></xades:RevocationValues>"
    )
    found = found_in(sign(LETTER, replace(XADES_B, identity=identity, tsa=PKI.tsa, values=values)))

    assert outcome(found) == (FAILED, SubIndication.REVOKED)
    assert found.signatures[0].level == "LT"


def test_revocation_data_inside_settles_what_the_policy_requires():
    values = "".join(
        f"<xades:EncapsulatedCRLValue>{base64_of(data)}</xades:EncapsulatedCRLValue>"
        for data in (PKI.issuing.revocation_list(), PKI.root.revocation_list())
    )
    values = f"<xades:RevocationValues><xades:CRLValues>{values}</xades:CRLValues></xades:RevocationValues>"
    required = {"revocation": RevocationPolicy.REQUIRED}

    assert outcome(found_in(sign(LETTER, XADES_T), **required)) == (OPEN, SubIndication.TRY_LATER)
    assert outcome(found_in(sign(LETTER, replace(XADES_T, values=values)), **required)) == (PASSED, None)


def test_certificates_inside_complete_the_path():
    anchor = replace(PKI.trust, intermediates=())
    data = base64_of(PKI.issuing.identity.der)
    values = (
        f"<xades:CertificateValues><xades:EncapsulatedX509Certificate>{data}</xades:EncapsulatedX509Certificate>"
        "</xades:CertificateValues>"
    )

    assert outcome(found_in(sign(LETTER, XADES_B), anchor)) == (OPEN, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)
    assert outcome(found_in(sign(LETTER, replace(XADES_B, values=values)), anchor)) == (PASSED, None)
    assert outcome(found_in(sign(LETTER, replace(XADES_B, shown=(PKI.person, PKI.issuing.identity))), anchor)) == (PASSED, None)


def test_a_timestamp_over_something_else_proves_nothing():
    identity = PKI.issuing.issue(EXPIRED)
    signing = replace(XADES_T, identity=identity, stamped_at=NOW - 200 * DAY, stamp_of=lambda octets: octets + b" ")
    found = found_in(sign(LETTER, signing))

    assert outcome(found) == (OPEN, SubIndication.OUT_OF_BOUNDS_NO_POE)
    assert Reason.TIMESTAMP_UNTRUSTED in found.reasons


def test_a_stranger_leads_nowhere():
    stranger = Authority.self_signed(Wish(common_name="Other Root", organisation="Other", key=5)).issue(PERSON)

    assert outcome(found_in(sign(LETTER, replace(PLAIN, identity=stranger)))) == (OPEN, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)


@pytest.mark.parametrize("weak", [{"digest": "sha1"}, {"identity": PKI.issuing.issue(replace(PERSON, key=90, bits=1024))}])
def test_weak_algorithms_and_keys_leave_it_open(weak):
    assert outcome(found_in(sign(LETTER, replace(PLAIN, **weak)))) == (OPEN, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)


def test_a_document_altered_under_weak_algorithms_fails():
    signed = altered(sign(LETTER, replace(PLAIN, digest="sha1")), b">100<", b">900<")

    assert outcome(found_in(signed)) == (FAILED, SubIndication.HASH_FAILURE)


def countersigned(signing: XmlSigning, *, over: str = "#ky-value") -> bytes:
    """A letter whose signature another one signs, among its unsigned properties."""
    letter = sign(LETTER, replace(XADES_B, values="<xades:CounterSignature/>", references=EVERYTHING_BUT_SIGNATURES))
    reference = Ref(uri=over, transforms=(EXCLUSIVE,), kind="http://uri.etsi.org/01903#CountersignedSignature")
    place = f".//{{{XADES}}}CounterSignature"
    return sign(letter, replace(signing, place=place, references=(reference,)))


def test_a_countersignature_is_reported_with_what_it_signs():
    found = found_in(countersigned(SEAL))
    report, counter = found.signatures

    assert outcome(found) == (PASSED, None)
    assert (report.countersigns, counter.countersigns) == ("", report.field)
    assert counter.indication is PASSED


def test_a_countersignature_over_something_else_does_not_pass():
    found = found_in(countersigned(SEAL, over="#ky-xades"))

    assert found.signatures[0].indication is PASSED
    assert found.signatures[1].indication is OPEN
    assert found.signatures[1].countersigns == "/CongVan/Signature"


def manifest(*references: str) -> str:
    return f'<Object><Manifest Id="bk">{"".join(references)}</Manifest></Object>'


def listed(uri: str, content: bytes) -> str:
    value = base64_of(hashlib.sha256(content).digest())
    method = f'<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue>{value}</DigestValue>'
    return f'<Reference URI="{uri}">{method}</Reference>'


def test_the_files_of_a_manifest_are_checked():
    objects = manifest(listed("a.pdf", b"a"), listed("b.pdf", b"b"))
    over = Ref(uri="#bk", transforms=(), kind=MANIFEST)
    signed = sign(b"", replace(PLAIN, place=None, objects=objects, references=(over,)))
    first, second = beside_of("a.pdf", b"a"), beside_of("b.pdf", b"b")

    found = found_in(signed, beside=[first, second])
    assert outcome(found) == (PASSED, None)
    assert found.covers == (first.sha256, second.sha256)
    assert outcome(found_in(signed, beside=[first])) == (OPEN, SubIndication.SIGNED_DATA_NOT_FOUND)
    changed = beside_of("b.pdf", b"changed")
    assert outcome(found_in(signed, beside=[first, changed])) == (FAILED, SubIndication.HASH_FAILURE)


def test_what_is_signed_below_an_element_takes_over_what_it_inherits():
    document = b'<a xml:lang="vi" xmlns:x="urn:x"><b Id="in"><c>1</c></b></a>'
    found = found_in(sign(document, replace(PLAIN, references=(Ref(uri="#in", transforms=()),))))

    assert found.signatures[0].sub_indication is SubIndication.GENERIC
    assert found.signatures[0].uncovered == ("/a", "/a/@lang")
    assert found.signatures[0].detail == "over /a/b"


def test_the_time_of_reception_proves_existence():
    found = found_in(sign(LETTER, replace(PLAIN, identity=PKI.issuing.issue(EXPIRED))), received_at=NOW - 101 * DAY)

    assert outcome(found) == (PASSED, None)
    assert found.signatures[0].best_signature_time == NOW - timedelta(days=101)


def test_what_the_verdict_rests_on_is_reported():
    report = found_in(sign(LETTER, XADES_T)).signatures[0]

    assert {one.kind.value for one in report.material} == {"certificate", "timestamp"}
    assert hashlib.sha256(PKI.person.der).hexdigest() in {one.sha256 for one in report.material}


def test_base64_of_an_element_that_is_no_object_leaves_its_name_unsigned():
    document = f'<r><a Id="a">{base64_of(b"hello")}</a></r>'.encode()
    report = found_in(sign(document, replace(PLAIN, references=(Ref(uri="#a", transforms=(BASE64,)),)))).signatures[0]

    assert outcome(report) == (OPEN, SubIndication.GENERIC)
    assert "/r/a" in report.uncovered


def test_empty_places_for_further_signatures_say_nothing():
    invoice = b'<HDon><DLHDon Id="d"><So>1</So></DLHDon><DSCKS><NBan/><NMua/></DSCKS></HDon>'
    signing = notice_signing(PKI.organisation, "NBan", over=("d",))

    assert outcome(found_in(sign(invoice, signing))) == (PASSED, None)
    for more in (b"<NMua>1</NMua>", b'<NMua x="1"/>', b"<NMua><X/></NMua>"):
        assert Reason.PARTLY_SIGNED in found_in(sign(invoice.replace(b"<NMua/>", more), signing)).reasons
