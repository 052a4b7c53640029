"""Office files that nobody here made: what is known of each, and what is left of it when bytes change."""

import zipfile
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from parsers.signatures.check import check
from parsers.signatures.model import Coverage, DocumentSignatures, Indication, SubIndication
from parsers.signatures.trust import TrustSnapshot
from tests.parsers.signatures.xmlsec import xmlsec1, xmlsec1_on
from tests.pki.authority import DAY, NOW, make_pki
from tests.pki.office_documents import METADATA, OFFICE, RELATIONSHIPS, Signing, excel, sign, word, zipped

__all__ = ["xmlsec1"]

TODAY = datetime(2026, 3, 2, tzinfo=UTC)
PKI = make_pki()

SIGNERS = {
    "Office2010-SP1-XAdES-X-L.docx": ["Frank Cornelis (Signature)"],
    "PPT2016withComment.pptx": ["Test"],
    "hello-world-office-2010-technical-preview.docx": ["Test"],
    "hello-world-signed-twice.docx": ["Bryan Brouckaert (Signature)", "Bart Hanssens (Signature)"],
    "hello-world-signed.docx": ["Bart Hanssens (Signature)"],
    "hello-world-signed.pptx": ["Bart Hanssens (Signature)"],
    "hello-world-signed.xlsx": ["Bart Hanssens (Signature)"],
    "hyperlink-example-signed.docx": ["Frank Cornelis (Signature)"],
    "ms-office-2010-signed.docx": ["Frank Cornelis (Signature)"],
    "ms-office-2010-signed.pptx": ["Frank Cornelis (Signature)"],
    "ms-office-2010-signed.xlsx": ["Frank Cornelis (Signature)"],
    # Its value lacks the empty parameters behind the digest's name: Java's libraries take it or refuse it by their age.
    "office2007prettyPrintedRels.docx": ["Hamed"],
    "signed.docx": ["Christoffe De Tiège (Signature)"],
}
UNSIGNED = {
    "bug58630.xlsx",
    "hello-world-office-2010-technical-preview-unsigned.docx",
    "hello-world-unsigned.docx",
    "hello-world-unsigned.pptx",
    "hello-world-unsigned.xlsx",
}


def report_on(content: bytes) -> DocumentSignatures:
    return check(content, "a.docx", TrustSnapshot(), received_at=TODAY, now=TODAY)


@cache
def found_in(path: Path) -> DocumentSignatures:
    return report_on(path.read_bytes())


def files(corpora: Path) -> list[Path]:
    return sorted((corpora / "signatures" / "ooxml").rglob("*.*x"))


def test_every_file_is_known(corpora):
    assert {path.name for path in files(corpora)} == SIGNERS.keys() | UNSIGNED


def test_every_signature_is_intact_over_all_that_is_shown(corpora):
    for path in files(corpora):
        if path.name in UNSIGNED:
            continue
        for report in found_in(path).signatures:
            # Broken bytes go before weak algorithms in the lattice, so this verdict says that the bytes are right.
            told = (report.indication, report.sub_indication)
            assert told == (Indication.INDETERMINATE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE), path.name
            assert (report.coverage, report.gap_ok) == (Coverage.ENTIRE_FILE, True), path.name


def test_the_signers_are_named(corpora):
    signers = {path.name: [one.signer.common_name for one in found_in(path).signatures] for path in files(corpora)}

    assert {name: found for name, found in signers.items() if found} == SIGNERS


def test_unsigned_files_are_called_unsigned(corpora):
    assert {path.name for path in files(corpora) if found_in(path).indication is None} == UNSIGNED


def test_timestamps_are_read(corpora):
    stamped = {path.name for path in files(corpora) for report in found_in(path).signatures if report.timestamp}

    assert stamped == {"Office2010-SP1-XAdES-X-L.docx", "hyperlink-example-signed.docx", "signed.docx"}


def test_nothing_but_what_office_leaves_out_is_uncovered(corpora):
    uncovered = {
        name.rpartition(".rels#")[2] for path in files(corpora) for one in found_in(path).signatures for name in one.uncovered
    }
    kinds = {name.partition(" ")[2] for name in uncovered if " " in name}
    parts = {name.rpartition("/")[0] for name in uncovered if " " not in name}

    assert kinds == {
        "(core-properties)",
        "(extended-properties)",
        "(thumbnail)",
        "(customXml)",
        "(customXmlProps)",
        "(presProps)",
        "(viewProps)",
    }
    assert parts == {"", "/docProps", "/customXml", "/ppt"}


def values_right(content: bytes, folder: Path) -> list[bool | None]:
    """What another program says of the values and of the signatures' own objects; of parts it knows nothing."""
    found: list[bool | None] = []
    for name, part in sorted(members(content).items()):
        if name.startswith("_xmlsignatures/") and name.endswith(".xml"):
            path = folder / "signature.xml"
            path.write_bytes(part)
            found += xmlsec1_on(path, "--ignore-manifests")
    return found


WITHOUT_PARAMETERS = "office2007prettyPrintedRels.docx"
"""OpenSSL insists on the empty parameters in an RSA value, so xmlsec1 refuses the file. The digest in the value is right, and
nobody but the key's owner can have put it there."""


def test_xmlsec1_agrees_on_the_values_of_all_files_but_one(corpora, xmlsec1, tmp_path):
    wrong = {path.name for path in files(corpora) if not all(values_right(path.read_bytes(), tmp_path))}

    assert wrong == {WITHOUT_PARAMETERS}


def test_xmlsec1_agrees_on_what_the_test_pki_signs(xmlsec1, tmp_path):
    broken = sign(word(), Signing(identity=PKI.person, key=PKI.organisation)).file()

    assert values_right(SIGNED["letter"], tmp_path) == [True]
    assert values_right(broken, tmp_path) == [False]
    assert trusted(broken).sub_indication is SubIndication.SIG_CRYPTO_FAILURE


# What is left when bytes change. A verdict may stay as it was only where nothing changed that the signature covers.

SIGNED = {
    "letter": sign(word(), Signing(identity=PKI.person, tsa=PKI.tsa)).file(),
    "workbook": sign(excel(), Signing(identity=PKI.person)).file(),
}


def trusted(content: bytes) -> DocumentSignatures:
    return check(content, "a.docx", PKI.trust, received_at=NOW + DAY, now=NOW + DAY)


def members(content: bytes) -> dict[str, bytes]:
    """What a strict reader finds in a file."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def free_to_change(name: str) -> bool:
    """Members that no signature covers: its own part is judged by itself, and of the relationships some are covered."""
    return name.startswith(("docProps/", "customXml/")) or name == "_xmlsignatures/sig1.xml"


def means_the_same(before: bytes, after: bytes) -> bool:
    """Whether two files hold the same members but for those that no signature covers."""
    first, second = members(before), members(after)
    covered = [name for name in first if not free_to_change(name)]
    return [first[name] for name in covered] == [second.get(name) for name in covered] and not any(
        not free_to_change(name) for name in second.keys() - first.keys()
    )


@pytest.mark.parametrize("name", SIGNED)
def test_no_changed_byte_passes_but_one_that_changes_nothing_signed(name):
    content, random = SIGNED[name], Random(7)
    for position in random.sample(range(len(content)), 150):
        changed = bytearray(content)
        changed[position] ^= 1 << random.randrange(8)
        if trusted(bytes(changed)).indication is Indication.TOTAL_PASSED:
            assert means_the_same(content, bytes(changed)), position


@pytest.mark.parametrize("name", SIGNED)
def test_no_truncated_file_passes_or_is_called_unsigned(name):
    content = SIGNED[name]
    for length in range(60, len(content), len(content) // 40):
        assert trusted(content[:length]).indication not in {Indication.TOTAL_PASSED, None}, length


def test_truncated_files_of_others_end_in_a_report(corpora):
    for path in files(corpora):
        content = path.read_bytes()
        for part in (0.3, 0.7, 0.99):
            found = report_on(content[: int(len(content) * part)])
            assert found.indication is Indication.INDETERMINATE, path.name


def test_files_of_others_with_flipped_bits_end_in_a_report(corpora):
    for number, path in enumerate(files(corpora)):
        random = Random(number)
        for _ in range(3):
            content = bytearray(path.read_bytes())
            for _ in range(4):
                content[random.randrange(len(content))] ^= 1 << random.randrange(8)
            assert isinstance(report_on(bytes(content)), DocumentSignatures)


# Whatever people do to the members of a package: what passes holds all that was signed, and nothing else that is shown.

LETTER = members(SIGNED["letter"])
TYPES = "[Content_Types].xml"
RELATIONSHIP = f"{{{RELATIONSHIPS}}}Relationship"
NEW_NAMES = [
    "word/x.xml",
    "docProps/x.xml",
    "x.xml",
    "[trash]/0.dat",
    "customXml/item2.xml",
    "word/_rels/styles.xml.rels",
    "mimetype",
]
KINDS = [
    *(f"{OFFICE}/{word}" for word in ("image", "footer", "customXml", "viewProps", "extended-properties")),
    f"{METADATA}/thumbnail",
]
CONTENT_KINDS = [f"{OFFICE}/{word}" for word in ("image", "footer")]

alter = st.tuples(st.just("alter"), st.sampled_from(sorted(LETTER)), st.binary(max_size=8))
remove = st.tuples(st.just("remove"), st.sampled_from(sorted(LETTER)), st.none())
rename = st.tuples(
    st.just("rename"), st.sampled_from(sorted(LETTER)), st.sampled_from([*NEW_NAMES, *map(str.upper, sorted(LETTER))])
)
add = st.tuples(st.just("add"), st.sampled_from(NEW_NAMES), st.sampled_from([b"<x/>", LETTER["word/document.xml"]]))
link = st.tuples(
    st.just("link"),
    st.sampled_from([name for name in sorted(LETTER) if name.endswith(".rels") and not name.startswith("_xml")]),
    st.tuples(st.sampled_from(KINDS), st.sampled_from(["x.xml", "/word/styles.xml", "/docProps/core.xml"]), st.booleans()),
)
retype = st.tuples(st.just("retype"), st.sampled_from(sorted(LETTER)), st.sampled_from(["text/html", "application/xml"]))


def apply(entries: dict[str, bytes], change: tuple[str, str, object]) -> None:
    what, name, value = change
    if name not in entries and what != "add":
        return
    if what == "alter":
        entries[name] += value
    elif what == "remove":
        del entries[name]
    elif what == "rename":
        entries[value] = entries.pop(name)
    elif what == "add":
        entries[name] = value
    elif what == "link":
        kind, target, outside = value
        mode = ' TargetMode="External"' if outside else ""
        entries[name] = entries[name].replace(
            b"</Relationships>", f'<Relationship Id="new" Type="{kind}" Target="{target}"{mode}/></Relationships>'.encode()
        )
    elif TYPES in entries:
        override = f'<Override PartName="/{name}" ContentType="{value}"/></Types>'.encode()
        entries[TYPES] = entries[TYPES].replace(b"</Types>", override)


def links_in(entries: dict[str, bytes]) -> set[tuple[str, ...]]:
    """Every relationship of a part that is there with all it says, but those of signatures."""
    return {
        (name, *sorted(one.attrib.values()))
        for name, content in entries.items()
        if name.endswith(".rels") and not name.startswith("_xml") and name.replace("_rels/", "")[:-5] in {"", *entries}
        for one in etree.fromstring(content).iter(RELATIONSHIP)
    }


@settings(max_examples=150)
@given(st.lists(alter | remove | rename | add | link | retype, min_size=1, max_size=3))
def test_whatever_is_done_to_the_members_nothing_but_unsigned_data_changes_in_what_passes(changes):
    entries = dict(LETTER)
    for change in changes:
        apply(entries, change)
    found = trusted(zipped(entries))

    assert found.indication is not None
    if found.indication is not Indication.TOTAL_PASSED:
        return
    for name in ("word/document.xml", "word/styles.xml", "word/media/image1.png"):
        assert entries[name] == LETTER[name]
    # Relationships are judged one by one below, whatever part they stand in.
    assert not any(name.startswith("word/") and not name.endswith(".rels") for name in entries.keys() - LETTER.keys())
    assert "mimetype" not in entries
    added = links_in(entries) - links_in(LETTER)
    assert not [one for one in added if "External" in one or not {*one}.isdisjoint(CONTENT_KINDS)]
    assert not [
        one for one in links_in(LETTER) - links_in(entries) if not {*one}.isdisjoint({f"{OFFICE}/styles", f"{OFFICE}/image"})
    ]
