"""The relationships transform and the names of parts, held against what must never matter and what always must."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from parsers.errors import ParseError
from parsers.signatures.office_names import part_key, relationships_of, source_of, target_key
from parsers.signatures.office_relationships import NAMESPACE, Relationship, read_relationships, transformed
from parsers.signatures.xml_reader import NotCheckedError
from tests.pki import office_documents

# What XML 1.0 can hold at all, with the letters that canonical form writes in a way of its own.
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("<>&\"'\t\n\r \U00010000")
TEXT = st.text(LETTERS, max_size=12)
LINKS = st.lists(
    st.tuples(TEXT, TEXT, TEXT, st.sampled_from([None, "Internal", "External"])), max_size=6, unique_by=lambda one: one[0]
)

Written = tuple[str, str, str, str | None]


def written(links: list[Written], *, prefix: str | None = None, pretty: bool = False) -> bytes:
    """A relationships part, in any of the ways to write the same."""
    root = etree.Element(f"{{{NAMESPACE}}}Relationships", nsmap={prefix: NAMESPACE})
    for name, kind, target, mode in links:
        attributes = {"Target": target, "Type": kind, "Id": name} | ({"TargetMode": mode} if mode else {})
        etree.SubElement(root, f"{{{NAMESPACE}}}Relationship", attributes)
    if pretty:
        root.insert(0, etree.Comment("a comment"))
        root.append(etree.ProcessingInstruction("a", "b"))
    return etree.tostring(root, pretty_print=pretty, xml_declaration=True, encoding="utf-16" if pretty else "utf-8")


def octets(content: bytes) -> bytes:
    return transformed(read_relationships(content, "/word/document.xml", 100))


@given(LINKS)
def test_the_result_is_the_canonical_form(links):
    content = written(links)
    wanted = {name for name, *_ in links}

    # The other implementation sorts by code points; letters beyond the first 65,536 come out otherwise there.
    if all(letter < "\ud800" for name in wanted for letter in name):
        assert octets(content) == office_documents.transformed(content, wanted)
    assert etree.tostring(etree.fromstring(octets(content)), method="c14n") == octets(content)


@given(LINKS, st.randoms(use_true_random=False))
def test_how_relationships_are_written_does_not_matter(links, random):
    shuffled = [(name, kind, target, mode or "Internal") for name, kind, target, mode in links]
    random.shuffle(shuffled)

    assert octets(written(links)) == octets(written(shuffled, prefix="r", pretty=True))


@given(LINKS.filter(bool), st.sampled_from(["id", "type", "target", "external"]), TEXT)
def test_every_attribute_of_a_relationship_matters(links, attribute, text):
    first, *others = read_relationships(written(links), "/word/document.xml", 100)
    changed = replace(first, **{attribute: not first.external if attribute == "external" else text})

    assert (transformed([first, *others]) == transformed([changed, *others])) == (first == changed)


@given(LINKS, LINKS)
def test_different_relationships_have_different_results(some, others):
    first, second = (read_relationships(written(links), "/", 100) for links in (some, others))
    plain = [sorted((one.id, one.type, one.target, one.external) for one in found) for found in (first, second)]

    assert (transformed(first) == transformed(second)) == (plain[0] == plain[1])


def test_identifiers_are_sorted_as_the_programs_that_sign_sort_them():
    links = [
        Relationship(id=name, type="t", target="x", external=False, leads_to=None) for name in ("\U00010000", "\uffe0", "b", "A")
    ]
    found = etree.fromstring(transformed(links))

    assert [one.get("Id") for one in found] == ["A", "b", "\U00010000", "\uffe0"]


@given(
    st.binary(max_size=200)
    | st.lists(st.sampled_from([b"<Relationships", b" xmlns='" + NAMESPACE.encode() + b"'", b">", b"<!--"])).map(b"".join)
)
def test_any_bytes_are_relationships_or_refused(content):
    with suppress(ParseError, NotCheckedError):
        assert isinstance(read_relationships(content, "/", 100), tuple)


@given(st.text(max_size=30))
def test_any_text_is_a_name_or_refused(text):
    try:
        key = part_key(text)
    except ParseError:
        return
    assert key.startswith("/")
    assert not {"", ".", ".."} & {*key[1:].split("/")}
    assert "\\" not in key


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_target_leads_to_a_name_or_nowhere(folder, target):
    found = target_key(f"/{folder}/a.xml", target)

    assert found is None or found.startswith("/")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("media/image1.png", "/word/media/image1.png"),
        ("/word/media/image1.png", "/word/media/image1.png"),
        ("../customXml/Item1.xml", "/customxml/item1.xml"),
        ("media/a%20b.png", "/word/media/a b.png"),
        ("../../../x.xml", "/x.xml"),
        ("#bookmark", "/word/document.xml"),
        ("styles.xml#part", "/word/styles.xml"),
        ("a\\b.png", None),
        ("a%2fb.png", None),
        ("http://[", None),
    ],
)
def test_targets_are_resolved_from_the_part_they_stand_in(target, expected):
    assert target_key("/word/document.xml", target) == expected


@pytest.mark.parametrize("source", ["/", "/word/document.xml", "/a.b/c.d"])
def test_the_part_with_the_relationships_is_found_from_either_side(source):
    assert source_of(relationships_of(source)) == source


@pytest.mark.parametrize("key", ["/word/document.xml", "/word/_rels/document.xml", "/_rels/x/.rels", "/word_rels/a.rels"])
def test_other_parts_hold_no_relationships(key):
    assert source_of(key) is None
