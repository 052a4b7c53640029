"""The document as it was signed: one revision of a PDF, and which pages changed after it."""

from dataclasses import dataclass

from parsers.signatures.engine import ENGINE_FAULTS
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.pdf import unlocked
from parsers.signatures.pdf_changes import Revisions
from parsers.signatures.pdf_fields import FieldSignature, find_fields, read_field
from parsers.signatures.pdf_reader import BoundedReader, open_pdf


class NoRevisionError(ValueError):
    """There is no such signature, or it does not say plainly which bytes it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRevision:
    """Exactly the bytes from the beginning of the file to the end of the signed range.

    `changed_pages` count from 1, in the file as it is now; None where that cannot be found out.
    """

    field: str
    content: bytes
    changed_pages: tuple[int, ...] | None


def signed_revision(content: bytes, field: str, limits: SignatureLimits | None = None) -> SignedRevision:
    """The revision that the signature in a field was made over.

    Raises NoRevisionError. Whether the signature is right is for `check` to say; the bytes are what it claims to be over.
    """
    bounds = limits or SignatureLimits()
    try:
        reader, signatures = opened(content, bounds)
    except ENGINE_FAULTS as error:
        raise NoRevisionError(f"the file cannot be read: {error}"[:200]) from error
    found = [signature for signature in signatures if signature.field == field]
    if len(found) != 1:
        known = ", ".join(signature.field for signature in signatures)
        raise NoRevisionError(f"{len(found)} signatures are called {field!r}; there are: {known or 'none'}")
    signed = found[0].signed
    if signed is None or not found[0].gap_ok:
        raise NoRevisionError(f"{field!r} leaves out more than its own value")
    return SignedRevision(
        field=field,
        content=content[: signed.end],
        changed_pages=pages_changed_since(reader, content, found[0], bounds),
    )


def opened(content: bytes, limits: SignatureLimits) -> tuple[BoundedReader, list[FieldSignature]]:
    """The file and its signatures, oldest first."""
    if len(content) > limits.file_bytes:
        raise NoRevisionError(f"more than {limits.file_bytes} bytes")
    reader = open_pdf(content, limits)
    if reader.encrypted and not unlocked(reader):
        raise NoRevisionError("the file is encrypted")
    signatures = [read_field(found, reader, content) for found in find_fields(reader).fields[: limits.signatures]]
    return reader, sorted(signatures, key=lambda signature: signature.end)


def pages_changed_since(
    reader: BoundedReader, content: bytes, signature: FieldSignature, limits: SignatureLimits
) -> tuple[int, ...] | None:
    """What the pages show differently now; stamps of signatures do not count."""
    try:
        revisions = Revisions(reader, len(content), [signature], limits.pages)
        base = revisions.at(signature.end)
        return None if base < 0 else revisions.changes_since(base, frozenset()).pages
    except ENGINE_FAULTS:
        return None
