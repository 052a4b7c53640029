"""Canonical XML, digests and signature values by their identifiers, and what is refused."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import count

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa, utils
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from parsers.signatures.model import Reason
from parsers.signatures.xml_algorithms import (
    Canonicalization,
    canonical_document,
    canonical_element,
    canonicalization,
    decoded,
    digest_of,
    is_value_right,
    value_algorithm_of,
)
from parsers.signatures.xml_reader import MalformedError, NotCheckedError, read_xml
from tests.parsers.signatures.test_xml_signatures import PLAIN, found_in
from tests.parsers.signatures.xmlsec import xmlsec1, xmlsec1_on
from tests.pki.authority import rsa_key
from tests.pki.xml_documents import EXCLUSIVE, INCLUSIVE, Ref, sign

__all__ = ["xmlsec1"]

MORE = "http://www.w3.org/2001/04/xmldsig-more#"
MASKED = "http://www.w3.org/2007/05/xmldsig-more#"
VERSION_1_1 = "http://www.w3.org/2006/12/xml-c14n11"
OCTETS = b"what was signed"

INNER = read_xml(
    b'<r xmlns="urn:r" xmlns:u="urn:u" xmlns:v="urn:v" xml:lang="vi" xml:id="r" u:x="1">'
    b'<a b="2" v:c="&#13;" a="1">t<!--c--><?p i?><e xmlns=""><u:f/></e></a>tail</r>'
)[0]


START = b'<a xmlns="urn:r" xmlns:u="urn:u" xmlns:v="urn:v" a="1" b="2" '
REST = b't<?p i?><e xmlns=""><u:f></u:f></e></a>'
SPARE = b'<a xmlns="urn:r" xmlns:v="urn:v" a="1" b="2" v:c="&#xD;">'
SPARE_REST = b't<?p i?><e xmlns=""><u:f xmlns:u="urn:u"></u:f></e></a>'


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (Canonicalization(uri=INCLUSIVE), START + b'xml:id="r" xml:lang="vi" v:c="&#xD;">' + REST),
        (Canonicalization(uri=VERSION_1_1), START + b'xml:lang="vi" v:c="&#xD;">' + REST),
        (Canonicalization(uri=EXCLUSIVE), SPARE + SPARE_REST),
        (Canonicalization(uri=EXCLUSIVE, prefixes=("u",)), START + b'v:c="&#xD;">' + REST),
        (Canonicalization(uri=f"{EXCLUSIVE}WithComments"), SPARE + SPARE_REST.replace(b"t<?", b"t<!--c--><?")),
    ],
)
def test_an_element_is_written_with_what_it_inherits(method, expected):
    assert canonical_element(INNER, method) == expected


def test_a_document_is_written_with_the_instructions_around_it():
    root = read_xml(b"<?a b?><!--c--><r><s/> t</r><?d?>")

    assert canonical_document(root, Canonicalization()) == b"<?a b?>\n<r><s></s> t</r>\n<?d?>"
    assert canonical_document(root, Canonicalization(), [root[0]]) == b"<?a b?>\n<r> t</r>\n<?d?>"


def test_the_text_behind_what_is_left_out_stays():
    root = read_xml(b"<r>1<s/>2<t/>3<!--c-->4<s/>5</r>")

    assert canonical_element(root, Canonicalization(), [root[0], root[3]]) == b"<r>12<t></t>345</r>"


def test_references_never_select_comments():
    for uri in (INCLUSIVE, VERSION_1_1, EXCLUSIVE.removesuffix("#")):
        assert Canonicalization(uri=f"{uri}#WithComments").without_comments().uri == (uri if uri != EXCLUSIVE[:-1] else EXCLUSIVE)


def test_a_base_that_would_have_to_be_joined_is_not_evaluated():
    inner = read_xml(b'<r xml:base="http://192.0.2.1/"><a/></r>')[0]

    assert b"xml:base" in canonical_element(inner, Canonicalization())
    with pytest.raises(NotCheckedError):
        canonical_element(inner, Canonicalization(uri=VERSION_1_1))


@pytest.mark.parametrize("uri", ["", "urn:x", "http://www.w3.org/2010/xml-c14n2", f"{INCLUSIVE}#"])
def test_an_unknown_canonicalisation_is_not_guessed(uri):
    with pytest.raises(NotCheckedError):
        canonicalization(etree.Element("x", Algorithm=uri))


def test_a_prefix_list_is_read():
    element = etree.fromstring(
        f'<t Algorithm="{EXCLUSIVE}"><i:InclusiveNamespaces xmlns:i="{EXCLUSIVE}" PrefixList=" u  #default "/></t>'
    )

    assert canonicalization(element).prefixes == ("u", "#default")


@pytest.mark.parametrize(
    ("uri", "name", "weak"),
    [
        ("http://www.w3.org/2001/04/xmlenc#sha256", "sha256", False),
        (f"{MORE}sha384", "sha384", False),
        (f"{MASKED}sha3-256", "sha3_256", False),
        ("http://www.w3.org/2000/09/xmldsig#sha1", "sha1", True),
    ],
)
def test_a_digest_is_known_by_its_identifier(uri, name, weak):
    digest = digest_of(uri)

    assert (digest.name, digest.weak) == (name, weak)
    assert len(digest.of(b"")) in {20, 32, 48}


@pytest.mark.parametrize("uri", [f"{MORE}md5", "http://www.w3.org/2001/04/xmlenc#ripemd160", "sha256", ""])
def test_other_digests_are_not(uri):
    with pytest.raises(NotCheckedError) as raised:
        digest_of(uri)
    assert raised.value.reason is Reason.ALGORITHM


@pytest.mark.parametrize("uri", [f"{MORE}hmac-sha256", "http://www.w3.org/2000/09/xmldsig#hmac-sha1", f"{MORE}rsa-md5", ""])
def test_secrets_and_unknown_signatures_are_not_computed(uri):
    with pytest.raises(NotCheckedError) as raised:
        value_algorithm_of(uri)
    assert raised.value.reason is Reason.ALGORITHM


def two_numbers(der: bytes, size: int) -> bytes:
    return b"".join(number.to_bytes(size) for number in utils.decode_dss_signature(der))


@cache
def values() -> dict[str, tuple]:
    """For each kind of signature a key with its identifier and a value."""
    rsa_one, p256, p521 = rsa_key(0), ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP521R1())
    brainpool, small = ec.generate_private_key(ec.BrainpoolP256R1()), dsa.generate_private_key(1024)
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    return {
        "rsa": (rsa_one, f"{MORE}rsa-sha256", rsa_one.sign(OCTETS, padding.PKCS1v15(), hashes.SHA256())),
        "rsa sha1": (
            rsa_one,
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            rsa_one.sign(OCTETS, padding.PKCS1v15(), hashes.SHA1()),
        ),
        "pss": (rsa_one, f"{MASKED}sha256-rsa-MGF1", rsa_one.sign(OCTETS, pss, hashes.SHA256())),
        "p256": (p256, f"{MORE}ecdsa-sha256", two_numbers(p256.sign(OCTETS, ec.ECDSA(hashes.SHA256())), 32)),
        "p521": (p521, f"{MORE}ecdsa-sha512", two_numbers(p521.sign(OCTETS, ec.ECDSA(hashes.SHA512())), 66)),
        "brainpool": (brainpool, f"{MORE}ecdsa-sha256", two_numbers(brainpool.sign(OCTETS, ec.ECDSA(hashes.SHA256())), 32)),
        "dsa": (small, "http://www.w3.org/2009/xmldsig11#dsa-sha256", two_numbers(small.sign(OCTETS, hashes.SHA256()), 20)),
    }


KINDS = ("rsa", "rsa sha1", "pss", "p256", "p521", "brainpool", "dsa")


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_is_right_for_its_key_bytes_and_algorithm_alone(kind):
    key, uri, value = values()[kind]
    algorithm = value_algorithm_of(uri)
    public = key.public_key()

    assert algorithm.weak is ("sha1" in kind)
    assert is_value_right(public, algorithm, value, OCTETS)
    assert not is_value_right(public, algorithm, value, OCTETS + b".")
    assert not is_value_right(public, algorithm, value[:-1], OCTETS)
    assert not is_value_right(public, algorithm, b"", OCTETS)
    for other, (another, _, _) in values().items():
        if other.split()[0] != kind.split()[0] and not {other, kind} <= {"rsa", "pss", "rsa sha1"}:
            assert not is_value_right(another.public_key(), algorithm, value, OCTETS)


OTHER_FORMS = {
    "two numbers as DER": lambda: (
        values()["p256"][0],
        f"{MORE}ecdsa-sha256",
        lambda key: key.sign(OCTETS, ec.ECDSA(hashes.SHA256())),
    ),
    "a longer salt": lambda: (
        rsa_key(0),
        f"{MASKED}sha256-rsa-MGF1",
        lambda key: key.sign(OCTETS, padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH), hashes.SHA256()),
    ),
}


@pytest.mark.parametrize("make", OTHER_FORMS.values(), ids=OTHER_FORMS)
def test_a_value_in_a_form_that_xml_does_not_have_is_neither_right_nor_forged(make):
    key, uri, value = make()
    algorithm = value_algorithm_of(uri)

    with pytest.raises(NotCheckedError):
        is_value_right(key.public_key(), algorithm, value(key), OCTETS)
    assert not is_value_right(key.public_key(), algorithm, value(key), OCTETS + b"x")


@pytest.mark.parametrize(("prefixes", "expected"), [(("#default",), b' xmlns="urn:a"'), ((), b"")])
def test_the_namespace_without_a_prefix_may_be_among_the_inclusive_ones(prefixes, expected):
    """A thread of its own has seen no other document."""
    method = Canonicalization(uri=EXCLUSIVE, prefixes=prefixes)

    def written() -> bytes:
        return canonical_element(etree.fromstring('<r xmlns="urn:a"><d:p xmlns:d="urn:d"/></r>')[0], method)

    with ThreadPoolExecutor(1) as alone:
        assert alone.submit(written).result() == b"<d:p" + expected + b' xmlns:d="urn:d"></d:p>'


def test_a_key_of_a_few_bits_is_no_exception():
    tiny = rsa.RSAPublicNumbers(65537, (1 << 1023) + 1).public_key()

    assert not is_value_right(tiny, value_algorithm_of(f"{MORE}rsa-sha256"), b"\x01" * 128, OCTETS)


@pytest.mark.parametrize(("text", "octets"), [(" aGVs\r\nbG8= ", b"hello"), ("", b"")])
def test_base64_may_be_broken_into_lines(text, octets):
    assert decoded(text) == octets


@pytest.mark.parametrize("text", ["a", "aGVsbG8", "aGVs*bG8=", "aGVs_bG8", "ạ"])
def test_other_characters_are_no_base64(text):
    with pytest.raises(MalformedError):
        decoded(text)


NAMES = st.sampled_from(["a", "b", "p:a", "q:b"])
SPACES = st.dictionaries(
    st.sampled_from(["xmlns", "xmlns:p", "xmlns:q"]), st.sampled_from(["urn:1", "urn:2", "urn:3"]), max_size=2
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["x", "p:x", "q:y", "xml:lang", "xml:space"]), st.sampled_from(["1", "&#10;&lt;", "ạ'"]), max_size=2
)
TEXTS = st.sampled_from(["", " ", "t&amp;&gt;", "&#13;\n", "ệ", "<!--c-->", "<?p i?>", "<![CDATA[<]]>"])


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> str:
    name, spaces, attributes = draw(NAMES), draw(SPACES), draw(ATTRIBUTES)
    if draw(st.booleans()):
        spaces.setdefault("xmlns", "")
    inner = [draw(TEXTS)]
    for _ in range(draw(st.integers(0, 2)) if depth else 0):
        inner += [draw(elements(depth - 1)), draw(TEXTS)]
    written = "".join(f' {key}="{value}"' for key, value in {**spaces, **attributes}.items())
    return f"<{name}{written}>{''.join(inner)}</{name}>"


NUMBERS = count()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(elements(), st.sampled_from([INCLUSIVE, EXCLUSIVE]), st.sampled_from([INCLUSIVE, EXCLUSIVE]))
def test_xmlsec1_digests_the_same_of_any_element(tmp_path, xmlsec1, element, method, around):
    """Namespaces and attributes from outside, undeclared defaults, white space: where canonicalisers were seen to differ."""
    outer = f'<p:r xmlns="urn:1" xmlns:p="urn:2" xmlns:q="urn:1" xml:lang="vi"><s Id="in">{element}</s></p:r>'
    try:
        etree.fromstring(outer)
    except etree.XMLSyntaxError:
        return
    references = (Ref(uri="#in", transforms=(method,)), Ref())
    signed = sign(outer.encode(), PLAIN.__class__(identity=PLAIN.identity, references=references, canonicalization=around))
    path = tmp_path / f"{next(NUMBERS)}.xml"
    path.write_bytes(signed)

    assert xmlsec1_on(path) == [True]
    report = found_in(signed).signatures[0]
    assert report.sub_indication is None or set(report.uncovered) == {report.uncovered[0]}, report
    path.unlink()
