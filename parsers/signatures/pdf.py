"""Checks every signature of one PDF: reads, proves the time, judges, looks at what came after, decides.

The order matters. Document timestamps come first, newest to oldest, because they prove times for what they cover. The
question what changed afterwards comes when it is known which later signatures are intact, and the verdicts go from the last
signature to the first, because a seal at the end may vouch for what changed before it.
"""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from pyhanko.pdf_utils.misc import PdfDecodeLimitError
from pyhanko.pdf_utils.reader import PdfFileReader

from parsers.signatures.engine import ENGINE_FAULTS, Evidence
from parsers.signatures.findings import Findings, Request, fault
from parsers.signatures.judged import Aftermath, judge_cms, judge_stamp, material_of, report_of
from parsers.signatures.limits import SignatureLimits
from parsers.signatures.loop import run
from parsers.signatures.model import Indication, Modification, Reason, SignerKind, TimestampSummary
from parsers.signatures.pdf_changes import Revisions, aftermath
from parsers.signatures.pdf_damage import check_damaged
from parsers.signatures.pdf_evidence import evidence_of
from parsers.signatures.pdf_fields import FieldSignature, FieldWalk, find_fields, read_field
from parsers.signatures.pdf_guard import tail_is_clean
from parsers.signatures.pdf_hexstring import install as read_hexadecimal_strings_at_once
from parsers.signatures.pdf_reader import BoundedReader, open_pdf
from parsers.signatures.pdf_report import Checked, checked_from
from parsers.signatures.verdict import WHOLE, decide

read_hexadecimal_strings_at_once()


def check_pdf(content: bytes, request: Request) -> Findings:
    """Open the file and check it; whatever the engine raises is a problem of this file, never an exception."""
    try:
        reader = open_pdf(content, request.limits)
        if reader.encrypted and not unlocked(reader):
            return Findings(problem=Reason.ENCRYPTED)
        walk = find_fields(reader)
        if not walk.fields:
            return without_fields(content, request, complete=walk.complete and not reader.cut)
        return run(check_fields(content, reader, walk, request))
    except PdfDecodeLimitError as error:
        return Findings(problem=Reason.LIMIT, detail=fault(error))
    except Exception as error:  # noqa: BLE001 - a hostile file chooses what the engine raises; "not checked" is the only answer.
        return check_damaged(content, request, Reason.UNREADABLE, f"the file is damaged: {fault(error)}")


def without_fields(content: bytes, request: Request, *, complete: bool) -> Findings:
    """A form without signatures says that the file has none, if it was read to its end and no signature stands elsewhere."""
    if not complete:
        return check_damaged(content, request, Reason.UNREADABLE)
    found = check_damaged(content, request, Reason.NOT_IN_FORM, "a signature stands outside the form")
    return found if found.seen else Findings()


def unlocked(reader: PdfFileReader) -> bool:
    """Whether the empty password opens the file, as every viewer would try."""
    try:
        return bool(reader.decrypt(b"").status.value)
    except ENGINE_FAULTS:
        return False


async def check_fields(content: bytes, reader: BoundedReader, walk: FieldWalk, request: Request) -> Findings:
    """All signatures of an open file, oldest first."""
    limits = request.limits
    signatures = [read_field(found, reader, content) for found in walk.fields[: limits.signatures]]
    signatures.sort(key=lambda signature: signature.end)
    evidence = evidence_of(reader, request.trust, signatures)
    checked = await judge_all(signatures, evidence, request.received_at)
    look_around(checked, reader, content, limits, complete=len(walk.fields) <= limits.signatures)
    decide_all(checked, request)
    problem = None if walk.complete else Reason.UNREADABLE
    return Findings(
        reports=tuple(report_of(item, request, has_store=evidence.from_file) for item in checked),
        seen=len(walk.fields),
        problem=Reason.LIMIT if len(walk.fields) > limits.signatures else problem,
        material=material_of(checked, request),
    )


async def judge_all(signatures: list[FieldSignature], evidence: Evidence, received_at: datetime) -> list[Checked]:
    """Integrity, chain and time of each. A document timestamp proves that everything it covers is as old as itself."""
    proofs: list[tuple[int, TimestampSummary]] = []
    checked: dict[int, Checked] = {}
    for position in sorted(range(len(signatures)), key=lambda at: (not signatures[at].is_timestamp, -signatures[at].end)):
        signature = signatures[position]
        covering = [proof for end, proof in proofs if end > signature.end]
        item = checked_from(signature, received_at, covering)
        await judge(item, evidence)
        checked[position] = item
        if signature.is_timestamp and item.timestamp is not None and item.timestamp.trusted and signature.gap_ok:
            proofs.append((signature.end, item.timestamp))
    return [checked[position] for position in range(len(signatures))]


async def judge(item: Checked, evidence: Evidence) -> None:
    """Judge one signature at the earliest time proved for it. A fault of the engine leaves it unchecked."""
    signature = item.signature
    embedded = signature.embedded
    if embedded is None or signature.obstacle or not signature.gap_ok:
        return
    if signature.is_timestamp:
        await judge_stamp(item, embedded.signed_data, embedded.compute_digest, evidence)
    else:
        await judge_cms(item, embedded.signed_data, embedded.signer_info, embedded.compute_digest, evidence)


def look_around(
    checked: list[Checked], reader: BoundedReader, content: bytes, limits: SignatureLimits, *, complete: bool
) -> None:
    """The tail of the file and what each signature's later revisions did.

    With signatures beyond the cap the file stays open anyway, so only what is seen on the pages is looked at.
    """
    names = Counter(item.signature.field for item in checked)
    # A timestamp has nothing to show, and of two fields with one name nobody knows whose stamp it is.
    intact = frozenset(
        name for item in checked if item.intact and not item.is_timestamp and names[name := item.signature.field] == 1
    )
    try:
        revisions = Revisions(reader, len(content), [item.signature for item in checked], limits.pages)
        revisions.explained = revisions.explained and complete
        ends = [revisions.section_end(number) for number in range(revisions.last + 1)]
    except ENGINE_FAULTS as error:
        for item in checked:
            item.after = Aftermath(detail=fault(error))
        return
    farthest = max((item.signature.end for item in checked if item.intact), default=0)
    clean = not reader.cut and tail_is_clean(content, ends, farthest)
    for item in checked:
        item.tail_ok = clean
        if item.intact:
            item.after = after_value(item.signature, aftermath(item.signature, revisions, intact))


def after_value(signature: FieldSignature, found: Aftermath) -> Aftermath:
    """What came after a signature, also in the room left for its value: nobody signs that, and anything could stand there."""
    if signature.padded or found.modification in {Modification.VISIBLE, Modification.FORM}:
        return found
    detail = "; ".join(part for part in (found.detail, "data behind the signature value") if part)
    return replace(found, modification=Modification.UNKNOWN, reason=found.reason or Reason.UNSIGNED_DATA, detail=detail)


def decide_all(checked: list[Checked], request: Request) -> None:
    """Verdicts from the last signature to the first; a good seal over the whole file is remembered on the way."""
    sealed = False
    for item in reversed(checked):
        facts = item.facts(request.limits, trust_empty=request.trust.empty)
        item.verdict = decide(replace(facts, sealed=sealed and item.kind(request.limits) is not SignerKind.ORGANISATION))
        sealed = sealed or is_seal(item, request.limits)


def is_seal(item: Checked, limits: SignatureLimits) -> bool:
    """A valid organisation signature behind which nothing but proofs for the long term was added."""
    passed = item.verdict is not None and item.verdict.indication is Indication.TOTAL_PASSED
    untouched = item.after.modification in {Modification.NONE, Modification.LTA} and item.after.coverage in WHOLE
    is_signature = not item.signature.is_timestamp
    return passed and untouched and is_signature and item.kind(limits) is SignerKind.ORGANISATION
