"""Checks every signature of one XML document: XML-DSig and XAdES, enveloped, enveloping or over files beside it.

Each ds:Signature is judged for itself, wherever it stands. What its references really are over is resolved here, because the
library for XML signatures knows one signature a document and no file beside it; path, revocation, time and verdict are those of
every other format.
"""

from dataclasses import replace

from pyhanko_certvalidator.revinfo.archival import CRLContainer

from parsers.signatures.engine import Evidence, PreparedTrust, crls_of, ocsps_of
from parsers.signatures.findings import Findings, Request, fault
from parsers.signatures.judged import material_of, report_of, settle
from parsers.signatures.loop import run
from parsers.signatures.model import Indication, Reason, SignatureReport, SignerKind
from parsers.signatures.verdict import decide
from parsers.signatures.xml_judged import JudgedXml, judge, read
from parsers.signatures.xml_reader import Element, NotCheckedError, ds, is_inside, markup_in, read_xml
from parsers.signatures.xml_transforms import Surroundings

MAX_SIGNATURES = 1000
"""Signature elements in a document; with more of them none is evaluated."""


def check_xml(content: bytes, request: Request) -> Findings:
    """Check a document; whatever a library raises is a problem of this file, never an exception."""
    try:
        root = read_xml(content, request.limits.xml_bytes)
        signatures = list(root.iter(ds("Signature")))
        if not signatures:
            return Findings(problem=Reason.FORMAT_NOT_CHECKED, detail="a signature inside a text or a comment", seen=1)
        if len(signatures) > MAX_SIGNATURES:
            return Findings(problem=Reason.LIMIT, detail=f"{len(signatures)} signatures", seen=len(signatures))
        around = Surroundings(
            root=root,
            size=len(content),
            markup=markup_in(content),
            beside=request.beside,
            references=request.limits.xml_references,
        )
        return check_signatures(signatures, around, request)
    except NotCheckedError as error:
        return Findings(problem=error.reason, detail=str(error), seen=1)
    except Exception as error:  # noqa: BLE001 - a hostile file chooses what a library raises; "not checked" is the only answer.
        return Findings(problem=Reason.UNREADABLE, detail=fault(error), seen=1)


def check_signatures(signatures: list[Element], around: Surroundings, request: Request) -> Findings:
    """All signatures of a document up to the cap, in its order."""
    evaluated = signatures[: request.limits.signatures]
    items = [read(signature, around, request) for signature in evaluated]
    name_countersigned(items)
    evidence = evidence_of(items, request.trust)
    run(judge_all(items, evidence))
    decide_all(items, request)
    # A countersignature may be over another file as well: its signer's word for that is not that of whom it countersigns.
    own = [item for item in items if not item.countersigns]
    apart = len({frozenset(item.covers) for item in own}) > 1
    return Findings(
        reports=tuple(reported(item, request) for item in items),
        seen=len(signatures),
        problem=Reason.LIMIT if len(signatures) > len(evaluated) else Reason.PARTLY_SIGNED if apart else None,
        # Who joins files by digest would take each signer for the signer of all of them.
        detail="signatures over different files in one document" if apart else "",
        covers=tuple(dict.fromkeys(digest for item in own for digest in item.covers)),
        material=material_of([item.judged for item in items], request),
    )


def name_countersigned(items: list[JudgedXml]) -> None:
    """Tell countersignatures: they stand in the property for them, or are over another signature's value and nothing else."""
    by_value = {item.parts.value_element: item for item in items if item.parts is not None}
    for item in items:
        over = [by_value.get(element) for element in item.covered if not is_inside(element, [item.element])]
        holder = next((one for one in items if item.element in one.added.countersignatures), None)
        if holder is None and over and all(over):
            holder = over[0]
        if holder is not None:
            item.countersigns = holder.judged.field
            item.settle_countersignature(is_over_value=over == [holder])


def evidence_of(items: list[JudgedXml], trust: PreparedTrust) -> Evidence:
    """The snapshot's data and the document's own together: one signature's may complete another's path."""
    certificates = {}
    crls: list[CRLContainer] = []
    ocsps = []
    for item in items:
        own = item.parts.keys.certificates if item.parts is not None else ()
        for certificate in (*own, *item.added_certificates):
            certificates[certificate.sha256] = certificate
        lists = (*item.added.crls, *(item.parts.keys.crls if item.parts is not None else ()))
        crls += [CRLContainer(found) for found in crls_of(lists)]
        ocsps += [container for data in item.added.ocsps for container in ocsps_of(data)]
    return Evidence(
        trust=trust,
        certificates=tuple(certificates.values()),
        crls=(*trust.crls, *crls),
        ocsps=(*trust.ocsps, *ocsps),
        from_file=bool(crls or ocsps),
    )


async def judge_all(items: list[JudgedXml], evidence: Evidence) -> None:
    """Time and path of each signature that could be read."""
    for item in items:
        await judge(item, evidence)


def decide_all(items: list[JudgedXml], request: Request) -> None:
    """The verdicts; then those of people whose parts an organisation sealed together with what was added to them."""
    for item in items:
        settle(item.judged, request)
    if not any(is_seal(item, request) for item in items):
        return
    for item in items:
        if item.but_numbers and item.judged.kind(request.limits) is not SignerKind.ORGANISATION:
            facts = item.judged.facts(request.limits, trust_empty=request.trust.empty)
            item.judged.verdict = decide(replace(facts, sealed=True))


def is_seal(item: JudgedXml, request: Request) -> bool:
    """Whether this is a valid organisation's signature over the whole document."""
    verdict = item.judged.verdict
    passed = verdict is not None and verdict.indication is Indication.TOTAL_PASSED
    return passed and not item.countersigns and item.judged.kind(request.limits) is SignerKind.ORGANISATION


def reported(item: JudgedXml, request: Request) -> SignatureReport:
    """The report, with what is said of XML alone."""
    report = report_of(item.judged, request, has_store=bool(item.added.crls or item.added.ocsps))
    level = "LTA" if item.added.archived and report.level == "LT" else report.level
    return replace(report, countersigns=item.countersigns, uncovered=item.uncovered, level=level)
