"""Finds the signature fields of a PDF and reads their values, one by one, so that a bad one never hides a good one."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from asn1crypto import cms
from asn1crypto.parser import peek
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from parsers.signatures.engine import ENGINE_FAULTS
from parsers.signatures.findings import fault
from parsers.signatures.model import TIMESTAMP_FORMAT, Reason
from parsers.signatures.pdf_guard import ByteRange, gap_is_contents, read_byte_range
from parsers.signatures.pdf_objects import entry, items_of, key_of, raw, resolved, text_entry

SIGNATURE_FILTERS = {"/ETSI.CAdES.detached": "PAdES", "/PBAD.PAdES": "PAdES", "/adbe.pkcs7.detached": "PKCS7-PDF"}
TIMESTAMP_FILTER = "/ETSI.RFC3161"
"""Formats by SubFilter, never by `/Type`: many document timestamps name themselves `/Sig` or nothing."""

MAX_NODES = 20_000
"""Nodes of the field tree looked at."""


@dataclass(slots=True)
class FoundField:
    """A filled signature field as it stands in the form; `name` is its full name, or its position where it has none."""

    name: str
    node: generic.DictionaryObject
    value: object


@dataclass(slots=True)
class FieldWalk:
    """What walking the form gave. `complete` is False where a part of it could not be read."""

    fields: list[FoundField] = field(default_factory=list)
    nodes: int = 0
    complete: bool = True


@dataclass(slots=True, kw_only=True)
class FieldSignature:
    """One signature value, read as far as it can be. `obstacle` and `malformed` are those of the verdict.

    `padded` is False where something else than zeros follows the value in the room left for it.
    """

    field: str
    format: str
    obstacle: Reason | None = None
    malformed: bool = False
    detail: str = ""
    embedded: EmbeddedPdfSignature | None = None
    signed: ByteRange | None = None
    gap_ok: bool = False
    padded: bool = True

    @property
    def is_timestamp(self) -> bool:
        """Whether this is a document timestamp, which is nobody's signature."""
        return self.format == TIMESTAMP_FORMAT

    @property
    def end(self) -> int:
        """Where the signed bytes end; 0 where that is unknown."""
        return self.signed.end if self.signed else 0


def find_fields(reader: PdfFileReader) -> FieldWalk:
    """Every filled signature field, each signature value once.

    The engine's own enumeration leaves out fields without a title and fields that are no indirect objects; a reader that
    shows them would then disagree with us about what is signed.
    """
    walk = FieldWalk()
    form = entry(reader.root, "/AcroForm")
    if not isinstance(form, generic.DictionaryObject):
        return walk
    values: set[tuple[int, int]] = set()
    for found in walk_fields(entry(form, "/Fields"), ("", ""), walk, set()):
        key = key_of(found.value)
        if key is None or key not in values:
            walk.fields.append(found)
        if key is not None:
            values.add(key)
    return walk


def walk_fields(fields: object, parent: tuple[str, str], walk: FieldWalk, seen: set[tuple[int, int]]) -> Iterator[FoundField]:
    """Depth first through the tree (ISO 32000-2, 12.7.4.1); `parent` is the name so far and the inherited type."""
    for pointer in items_of(fields):
        walk.nodes += 1
        key = key_of(pointer)
        if walk.nodes > MAX_NODES or key in seen:
            walk.complete = walk.nodes <= MAX_NODES and walk.complete
            continue
        if key is not None:
            seen.add(key)
        try:
            node = resolved(pointer)
            if not isinstance(node, generic.DictionaryObject):
                continue
            name = ".".join(part for part in (parent[0], text_entry(node, "/T")) if part)
            kind = text_entry(node, "/FT", parent[1])
            kids = entry(node, "/Kids")
            filled = kind == "/Sig" and entry(node, "/V") is not None
        except ENGINE_FAULTS:
            walk.complete = False
            continue
        if filled:
            yield FoundField(name or f"#{walk.nodes}", node, raw(node, "/V"))
        yield from walk_fields(kids, (name, kind), walk, seen)


def read_field(found: FoundField, reader: PdfFileReader, content: bytes) -> FieldSignature:
    """Read one signature value; whatever goes wrong is a fact about this signature only."""
    try:
        return read_value(found, reader, content)
    except ENGINE_FAULTS as error:
        return FieldSignature(field=found.name, format="PDF", obstacle=Reason.UNREADABLE, detail=fault(error))


def read_value(found: FoundField, reader: PdfFileReader, content: bytes) -> FieldSignature:
    """Dispatch on the SubFilter, look at the gap, then hand the value to the engine."""
    value = resolved(found.value)
    if not isinstance(value, generic.DictionaryObject):
        return FieldSignature(field=found.name, format="PDF", malformed=True, detail="the field's value is no dictionary")
    subfilter = text_entry(value, "/SubFilter")
    kind = TIMESTAMP_FORMAT if subfilter == TIMESTAMP_FILTER else SIGNATURE_FILTERS.get(subfilter, "PDF")
    signature = FieldSignature(field=found.name, format=kind)
    signature.signed = read_byte_range(map(resolved, items_of(entry(value, "/ByteRange"))), len(content))
    if kind == "PDF":
        signature.obstacle, signature.detail = Reason.SUBFILTER, f"SubFilter {subfilter or 'missing'}"
        return signature
    contents = raw_contents(value)
    infos = signer_count(contents)
    if infos is None:
        signature.malformed, signature.detail = True, "no CMS signature in /Contents"
        return signature
    signature.gap_ok = signature.signed is not None and gap_is_contents(content, signature.signed, contents)
    signature.padded = not contents[peek(contents) :].strip(b"\x00")
    if infos != 1:
        signature.obstacle, signature.detail = Reason.UNREADABLE, f"{infos} SignerInfos, one is allowed"
        return signature
    signature.embedded = EmbeddedPdfSignature(reader, found.node, found.name)
    return signature


def raw_contents(value: generic.DictionaryObject) -> bytes:
    """The signature value as bytes; it is never encrypted (ISO 32000-2, 7.6.2)."""
    contents = value.raw_get("/Contents", decrypt=generic.EncryptedObjAccess.RAW) if "/Contents" in value else None
    if isinstance(contents, generic.TextStringObject | generic.ByteStringObject):
        return bytes(contents.original_bytes)
    return b""


def signer_count(contents: bytes) -> int | None:
    """How many SignerInfos the CMS message holds; None if it is none (RFC 5652, 5.1)."""
    try:
        message = cms.ContentInfo.load(contents)
        if message["content_type"].native != "signed_data":
            return None
        return len(message["content"]["signer_infos"])
    except (ValueError, TypeError, KeyError):
        return None
