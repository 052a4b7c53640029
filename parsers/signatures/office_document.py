"""Checks every signature of a package of Word, Excel or PowerPoint.

Integrity is told in three steps: the value is over the signature's own objects, the manifest in one of them is over parts and
relationships, and what a reader shows is held against both. Path, revocation and time go the way of all formats.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from asn1crypto import x509
from pyhanko_certvalidator.revinfo.archival import CRLContainer

from parsers.signatures.chain import Judgement, StampFinding, first_trusted, judge_certificate
from parsers.signatures.engine import Evidence, certificates_of, crls_of, ocsps_of
from parsers.signatures.findings import Findings, Request, fault
from parsers.signatures.judged import Aftermath, Claims, Judged, material_of, report_of, settle
from parsers.signatures.loop import run
from parsers.signatures.model import Coverage, Modification, Reason, SubIndication
from parsers.signatures.office_bindings import bound_parts
from parsers.signatures.office_coverage import Outside, outside
from parsers.signatures.office_manifest import Digests, Holding, compare
from parsers.signatures.office_names import ROOT
from parsers.signatures.office_package import Package, PackageError, open_package
from parsers.signatures.office_reach import (
    DOCUMENT,
    SIGNATURE,
    SIGNATURE_CERTIFICATE,
    SIGNATURE_ORIGIN,
    SIGNATURE_PART,
    Reach,
    Standing,
    reach_of,
)
from parsers.signatures.office_signature import PackageSignature, read_package_signature
from parsers.signatures.packages import is_visual_basic_signature
from parsers.signatures.xades import claimed_time, stamp_imprint
from parsers.signatures.xml_reader import READING_FAULTS, MalformedError, NotCheckedError

FORMAT = "OOXML"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is looked at once for all signatures: the digests, what a reader comes to, and the parts that fields show."""

    digests: Digests
    reach: Reach
    bound: frozenset[str]


@dataclass(slots=True, kw_only=True)
class Checked:
    """A signature part on its way through the checks; `signature` is None where it could not be read."""

    item: Judged
    signature: PackageSignature | None = None
    holding: Holding = field(default_factory=Holding)
    outside: Outside = field(default_factory=Outside)
    more: tuple[x509.Certificate, ...] = ()


def check_office(content: bytes, request: Request) -> Findings:
    """Open the package and check its signatures; whatever a library raises is a problem of this file, never an exception."""
    try:
        return check_package(open_package(content, request.limits), request)
    except PackageError as error:
        if error.obstacle is not None:
            return Findings(problem=error.obstacle, detail=str(error)[:200])
        return not_sound(str(error)[:200], request)
    except READING_FAULTS as error:
        return Findings(problem=Reason.UNREADABLE, detail=fault(error))


def not_sound(detail: str, request: Request) -> Findings:
    """A package that different programs would read differently, or none at all: no signature in it stands for anything."""
    item = Judged(format=FORMAT, field="", received_at=request.received_at, malformed=True, detail=detail)
    settle(item, request)
    return Findings(reports=(report_of(item, request, has_store=False),), seen=1)


def check_package(package: Package, request: Request) -> Findings:
    """All signatures of an open package, in the order of their relationships."""
    names = signature_parts(package)
    if not names:
        return Findings(problem=Reason.NOT_LINKED, detail="no relationship leads to a signature")
    documents = [one.leads_to for one in package.relationships(ROOT) if one.type in DOCUMENT]
    if len(documents) > 1:
        raise PackageError("two documents in one package")
    if not documents:
        return Findings(seen=len(names), problem=Reason.FORMAT_NOT_CHECKED, detail="no document of Office in the package")
    reach = reach_of(package)
    shown = Shown(Digests(package), reach, bound_parts(package, reach))
    checked = [look_at(name, shown, request) for name in names[: request.limits.signatures]]
    package.expect_sound()
    strays = [package.name(key) for key in package.entries if package.types.of(key) == SIGNATURE_PART and key not in names]
    evidence = evidence_of(checked, request)
    run(judge_all(checked, evidence))
    for one in checked:
        settle(one.item, request)
    reports = (
        replace(report_of(one.item, request, has_store=evidence.from_file), uncovered=one.outside.listed) for one in checked
    )
    return Findings(
        reports=tuple(reports),
        seen=len(names),
        problem=Reason.LIMIT if len(names) > request.limits.signatures else Reason.NOT_LINKED if strays else None,
        detail=f"no relationship leads to {strays[0]}" if strays else "",
        material=material_of([one.item for one in checked], request),
        unchecked=(
            *(package.name(key) for key in package.entries if is_visual_basic_signature(key)),
            *(
                f"{one.item.field}: countersignature"
                for one in checked
                if one.signature and one.signature.added.countersignatures
            ),
        ),
    )


def signature_parts(package: Package) -> tuple[str, ...]:
    """The parts that the package says are its signatures, whether they are there or not; PackageError for two origins."""
    origins = [one.leads_to for one in package.relationships(ROOT) if one.type == SIGNATURE_ORIGIN]
    if len(origins) > 1:
        raise PackageError("two origins of signatures")
    links = [one for origin in origins if origin is not None for one in package.relationships(origin)]
    return tuple(dict.fromkeys(one.leads_to or "" for one in links if one.type == SIGNATURE))


def look_at(name: str, shown: Shown, request: Request) -> Checked:
    """Read a signature and hold it against the package."""
    package = shown.digests.package
    field_name = package.name(name) if name in package.entries else name
    found = Checked(item=Judged(format=FORMAT, field=field_name, received_at=request.received_at))
    try:
        found.signature = read_package_signature(signature_content(package, name), request.limits.package_entries)
        found.holding = compare(found.signature.references, shown.digests)
        found.outside = outside(package, shown.reach, shown.bound, found.holding.covered)
        for path in found.signature.unsigned:
            found.outside.note(f"{field_name}{path}", Standing.UNCLEAR)
        found.more = tuple(certificates_of(certificate_parts(package, name)))
    except PackageError:
        raise
    except NotCheckedError as error:
        found.item.obstacle, found.item.detail = error.reason, str(error)
    except MalformedError as error:
        found.item.malformed, found.item.detail = True, str(error)
    except READING_FAULTS as error:
        found.item.obstacle, found.item.detail = Reason.UNREADABLE, fault(error)
    say_standing(found)
    return found


def signature_content(package: Package, name: str) -> bytes:
    """The bytes of a signature part; MalformedError where what the relationship leads to is none."""
    if name not in package.entries or package.types.of(name) != SIGNATURE_PART:
        raise MalformedError("a relationship to a signature leads to something else")
    return package.content(name)


def certificate_parts(package: Package, name: str) -> Iterable[bytes]:
    """Certificates in parts of their own (ISO/IEC 29500-2, 10.3.4), as .NET writes them."""
    for one in package.relationships(name):
        if one.type == SIGNATURE_CERTIFICATE and one.leads_to in package.entries:
            yield package.content(one.leads_to)


def say_standing(found: Checked) -> None:
    """How the signature stands in its package, in the words of the lattice.

    There are no revisions and there is no tail: bytes behind the end make the package unsound as a whole. What a reader shows
    and the signature leaves out is a gap.
    """
    worst = found.outside.worst
    found.item.tail_ok = True
    found.item.gap_ok = found.signature is not None and worst < Standing.CONTENT
    detail = f"changed: {', '.join(found.holding.changed[:10])}" if found.holding.changed else ""
    if worst is Standing.BY_DESIGN:
        found.item.after = Aftermath(coverage=Coverage.ENTIRE_FILE, modification=Modification.NONE, reason=None, detail=detail)
    else:
        found.item.after = Aftermath(
            coverage=Coverage.PARTIAL, modification=Modification.UNKNOWN, reason=Reason.UNSIGNED_DATA, detail=detail
        )


def evidence_of(checked: Iterable[Checked], request: Request) -> Evidence:
    """The snapshot's data and those that the signatures bring; one signature's may complete another's path."""
    signatures = [one.signature for one in checked if one.signature is not None]
    crls = [CRLContainer(found) for one in signatures for found in crls_of((*one.added.crls, *one.parts.keys.crls))]
    ocsps = [container for one in signatures for data in one.added.ocsps for container in ocsps_of(data)]
    keys = [certificate for one in signatures for certificate in (*one.parts.keys.certificates, *one.added_certificates)]
    certificates = {certificate.sha256: certificate for certificate in (*keys, *(more for one in checked for more in one.more))}
    return Evidence(
        trust=request.trust,
        certificates=tuple(certificates.values()),
        crls=(*request.trust.crls, *crls),
        ocsps=(*request.trust.ocsps, *ocsps),
        from_file=bool(crls or ocsps),
    )


async def judge_all(checked: Iterable[Checked], evidence: Evidence) -> None:
    """Time and signer of every signature that could be read; a fault of the engine leaves it unchecked."""
    for one in checked:
        if one.signature is None or one.item.obstacle or one.item.malformed:
            continue
        try:
            await judge(one, one.signature, evidence)
        except NotCheckedError as error:
            one.item.obstacle, one.item.detail, one.item.judgement = error.reason, str(error), Judgement()
        except READING_FAULTS as error:
            one.item.obstacle, one.item.detail, one.item.judgement = Reason.UNREADABLE, fault(error), Judgement()


async def judge(one: Checked, signature: PackageSignature, evidence: Evidence) -> None:
    """Judge one signature at the earliest time that its own timestamps prove."""
    item = one.item
    item.stamp = await best_stamp(signature, evidence, item)
    item.timestamp = item.stamp.summary
    signer = signature.signer(one.more)
    item.claims = Claims(
        certificate=signer.certificate,
        time=claimed_time(signature.time),
        digest=signature.references[0].digest.name,
        algorithm=signature.info.algorithm.name,
        key_bits=0 if signer.certificate is None else int(signer.certificate.public_key.bit_size),
    )
    judgement = Judgement(problem=SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
    if signer.certificate is not None:
        judgement = await judge_certificate(signer.certificate, (), evidence, item.best_time)
    if signature.weak or one.holding.weak:
        judgement = replace(judgement, problem=SubIndication.CRYPTO_CONSTRAINTS_FAILURE)
    if signer.problem is not None:
        item.warned = (*item.warned, signer.problem)
        judgement = replace(judgement, problem=SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
    intact = signature.intact and not one.holding.changed
    item.judgement = replace(judgement, intact=intact, valid=signer.right)


async def best_stamp(signature: PackageSignature, evidence: Evidence, item: Judged) -> StampFinding:
    """The first trusted timestamp over the signature value, else the last one that was found."""
    best = StampFinding(detail="timestamp: unreadable") if signature.added.unread else StampFinding()
    for stamp in signature.added.stamps:
        imprint = stamp_imprint(signature.parts.value_element, stamp.method)
        best = await first_trusted(stamp.tokens, imprint, evidence, item.best_time)
        if best.summary is not None and best.summary.trusted:
            break
    return best
