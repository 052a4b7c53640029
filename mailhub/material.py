"""What the verdicts on signatures rest on, from a reading to the registry: certificates, revocation data, timestamp tokens.

Documents about a mail carry references only; the bytes are kept once, in a table of their own.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace

from mailhub.checking.reading import ReadFile, Reading
from parsers.signatures.model import Material, MaterialReference
from storage import validation_material
from storage.database import Transaction
from storage.records.evidence import MaterialUse, ValidationMaterial

log = logging.getLogger(__name__)

MOST_BYTES = 32 << 20
"""What the files of one mail may leave in the registry: signatures with a CRL of some megabytes have room."""


def without_bytes(reading: Reading) -> Reading:
    """The reading as it is stored."""
    return replace(reading, files=tuple(bare(file) for file in reading.files))


def bare(file: ReadFile) -> ReadFile:
    """A file whose signatures only refer to what they rest on."""
    if file.signatures is None or not file.signatures.material:
        return file
    return replace(file, signatures=replace(file.signatures, material=()))


def keep_material(tx: Transaction, submission_id: int, reading: Reading) -> None:
    """Keep what the signatures of a mail rest on: what its files brought, and what the hub had of its own."""
    found = [file.signatures for file in reading.files if file.signatures is not None]
    pieces = {item.sha256: item for one in found for item in one.material}
    keep_references(tx, submission_id, references(reading.files), believed(pieces.values()))


def believed(pieces: Iterable[Material]) -> Iterator[ValidationMaterial]:
    """What a reader gave, as far as it is what it is said to be, and not more than any honest mail brings.

    Other mails may rest on the same piece, and a reader child has read hostile bytes: its word for a digest is not taken.
    """
    room = MOST_BYTES
    for piece in pieces:
        room -= len(piece.der)
        if room >= 0 and hashlib.sha256(piece.der).hexdigest() == piece.sha256:
            yield ValidationMaterial(sha256=piece.sha256, kind=piece.kind.value, der=piece.der)


def keep_references(
    tx: Transaction,
    submission_id: int,
    found: Iterable[MaterialReference],
    brought: Iterable[ValidationMaterial] = (),
) -> None:
    """Keep what is referred to: what was brought along, else what the hub has of its own."""
    uses = tuple(MaterialUse(sha256=item.sha256, kind=item.kind.value) for item in found)
    absent = validation_material.keep(tx, submission_id, uses, brought) if uses else []
    if absent:
        log.warning("validation material not to be had", extra={"submission": submission_id, "sha256": absent})


def references(files: Iterable[ReadFile]) -> tuple[MaterialReference, ...]:
    """Everything that the signatures of some files refer to, each piece once."""
    reports = (report for file in files if file.signatures is not None for report in file.signatures.signatures)
    return tuple({item.sha256: item for report in reports for item in report.material}.values())
