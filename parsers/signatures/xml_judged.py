"""One signature of an XML document on its way through the checks: read, resolved, judged."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import islice

from asn1crypto import x509

from parsers.signatures.chain import Judgement, StampFinding, first_trusted, judge_certificate
from parsers.signatures.engine import ENGINE_FAULTS, Evidence, certificates_of
from parsers.signatures.findings import Request, fault
from parsers.signatures.judged import WHOLE_CONTENT, Aftermath, Claims, Judged
from parsers.signatures.model import Coverage, Modification, Reason, SubIndication
from parsers.signatures.xades import (
    AddedProperties,
    SignedClaims,
    added_properties,
    claimed_time,
    signed_claims,
    signed_properties,
    stamp_imprint,
)
from parsers.signatures.xml_coverage import MAX_NAMED, cover_of
from parsers.signatures.xml_reader import XML_FAULTS, Element, MalformedError, NotCheckedError, path_of
from parsers.signatures.xml_references import Resolution, resolve_all
from parsers.signatures.xml_signature import (
    SignatureParts,
    SignedInfo,
    Signer,
    property_time,
    read_parts,
    read_signed_info,
    shown_by_nobody,
    signer_of,
)
from parsers.signatures.xml_transforms import Surroundings

XADES_FORMAT = "XAdES"
PLAIN_FORMAT = "XMLDSig"

NAME_LENGTH = 300
"""Characters of a path that go into a report; the end tells more than the beginning."""


@dataclass(slots=True, kw_only=True)
class JudgedXml:
    """A signature element with all that was found out; parts that could not be read stay empty.

    `uncovered` are the paths of what the signature leaves out, `covers` the SHA-256 (hex) of other contents that it is over.
    `shown` are those inside the signature itself. `but_numbers` means that only what an office adds before it seals is left out.
    """

    element: Element
    judged: Judged
    parts: SignatureParts | None = None
    info: SignedInfo | None = None
    added: AddedProperties = field(default_factory=AddedProperties)
    added_certificates: tuple[x509.Certificate, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    signer: Signer = field(default_factory=Signer)
    uncovered: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    but_numbers: bool = False
    countersigns: str = ""

    def is_signed(self, element: Element) -> bool:
        """Whether an intact reference is over an element."""
        return any(one.covers(element) for one in self.resolutions)

    @property
    def covered(self) -> tuple[Element, ...]:
        """The elements that intact references name, with whatever those leave out."""
        return tuple(one.element for one in self.resolutions if one.intact and one.element is not None)

    @property
    def covers(self) -> tuple[str, ...]:
        """Digests of other contents: files beside the document, and what it holds as base64."""
        files = [one.file.sha256 for one in self.resolutions if one.intact and one.file is not None]
        return (*files, *(one.content for one in self.resolutions if one.intact and one.content))

    def settle_countersignature(self, *, is_over_value: bool) -> None:
        """A countersignature has done its work where it is over the value that it stands under, and over nothing less."""
        self.uncovered = self.shown if is_over_value else (*self.uncovered, "SignatureValue")
        if self.judged.after.coverage is not Coverage.UNCLEAR:
            self.judged.after = PART if self.uncovered else WHOLE_CONTENT


PART = Aftermath(coverage=Coverage.PARTIAL, modification=Modification.NONE, reason=Reason.PARTLY_SIGNED)
"""Around a signature over a part of the document. XML knows no revisions, so nothing is known to have come later."""


def read(signature: Element, around: Surroundings, request: Request) -> JudgedXml:
    """Read and resolve one signature; whatever goes wrong is a fact about this one only.

    The guards that ask for the gap and the tail of a PDF have no meaning here: what was digested is what the references
    resolved to, and what stands around it is for `xml_coverage` to say.
    """
    path = path_of(signature)
    name = path if len(path) <= NAME_LENGTH else f"…{path[-NAME_LENGTH:]}"
    judged = Judged(format=PLAIN_FORMAT, field=name, received_at=request.received_at, gap_ok=True, tail_ok=True)
    item = JudgedXml(element=signature, judged=judged)
    try:
        item.parts = read_parts(signature)
        item.added = added_properties(signature)
        item.added_certificates = tuple(certificates_of(item.added.certificates))
        item.info = read_signed_info(item.parts.signed_info)
        item.resolutions = resolve_all(item.info.references, signature, around)
        look(item, item.parts, item.info, around)
    except MalformedError as error:
        judged.malformed, judged.detail = True, str(error)
    except NotCheckedError as error:
        judged.obstacle, judged.detail = error.reason, str(error)
    except XML_FAULTS as error:
        judged.obstacle, judged.detail = Reason.UNREADABLE, fault(error)
    return item


def look(item: JudgedXml, parts: SignatureParts, info: SignedInfo, around: Surroundings) -> None:
    """What the signature claims, who signed, whether it is intact, and what it is over."""
    properties = signed_properties(item.element)
    claims = SignedClaims()
    if properties is not None and item.is_signed(properties):
        claims, item.judged.format = signed_claims(properties), XADES_FORMAT
    item.signer = signer_of(parts, info, claims, item.added_certificates)
    time = claims.signing_time or property_time(parts, item.is_signed)
    item.judged.claims = claims_of(item.signer.certificate, info, time)
    if time and item.judged.claims.time is None:
        item.judged.detail = f"signing time without a zone: {time}"[:NAME_LENGTH]
    item.judged.judgement = Judgement(intact=intact(item.resolutions), valid=item.signer.right)
    if item.judged.judgement.intact is None and item.signer.right is not False:
        stands = next(one for one in item.resolutions if one.obstacle is not None)
        item.judged.obstacle, item.judged.detail = stands.obstacle, stands.detail
    elif item.judged.judgement.intact:
        cover = cover_of(around.root, parts, item.resolutions)
        item.shown = tuple(map(path_of, islice(shown_by_nobody(item.element, item.covered), MAX_NAMED)))
        item.uncovered, item.but_numbers = (*cover.uncovered, *item.shown), cover.but_numbers and not item.shown
        item.judged.after = (
            WHOLE_CONTENT
            if cover.whole and not item.shown
            else replace(PART, detail=f"over {', '.join(cover.covered)}"[:NAME_LENGTH])
        )
    else:
        item.judged.detail = "; ".join(one.detail for one in item.resolutions if one.detail)[:NAME_LENGTH]


def intact(resolutions: Iterable[Resolution]) -> bool | None:
    """Whether everything that was signed is unchanged: no where one reference is wrong, unknown where one is not evaluated."""
    found = [one.intact for one in resolutions]
    if False in found:
        return False
    return None if None in found else True


def claims_of(certificate: x509.Certificate | None, info: SignedInfo, time: str) -> Claims:
    """What the signature says of itself."""
    try:
        bits = 0 if certificate is None else int(certificate.public_key.bit_size)
    except ENGINE_FAULTS:
        bits = 0
    return Claims(
        certificate=certificate,
        time=claimed_time(time),
        digest=info.references[0].digest.name,
        algorithm=info.algorithm.name,
        key_bits=bits,
    )


async def judge(item: JudgedXml, evidence: Evidence) -> None:
    """Time first, then the certificate as of that time. A fault of the engine leaves the signature unchecked."""
    judged, info = item.judged, item.info
    if item.parts is None or info is None or judged.malformed or judged.claims is None:
        return
    try:
        await stamp(item, item.parts, evidence)
        found = await certificate_judgement(item.signer.certificate, evidence, judged)
    except ENGINE_FAULTS as error:
        judged.obstacle, judged.detail = Reason.UNREADABLE, fault(error)
        return
    if item.signer.problem is not None:
        judged.warned = (item.signer.problem,)
        found = replace(found, problem=SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
    elif info.algorithm.weak or any(one.weak for one in item.resolutions):
        found = replace(found, problem=SubIndication.CRYPTO_CONSTRAINTS_FAILURE)
    judged.judgement = replace(found, intact=judged.judgement.intact, valid=judged.judgement.valid)


async def stamp(item: JudgedXml, parts: SignatureParts, evidence: Evidence) -> None:
    """The first trusted timestamp over the signature value, else the last untrusted one."""
    best: StampFinding | None = None
    for one in item.added.stamps:
        best = await first_trusted(one.tokens, stamp_imprint(parts.value_element, one.method), evidence, item.judged.best_time)
        if best.summary is not None and best.summary.trusted:
            break
    if best is None and item.added.unread:
        best = StampFinding(detail="a timestamp that cannot be read")
    item.judged.stamp = best
    item.judged.timestamp = None if best is None else best.summary


async def certificate_judgement(certificate: x509.Certificate | None, evidence: Evidence, judged: Judged) -> Judgement:
    """The path of the signer's certificate."""
    if certificate is None:
        return Judgement(problem=SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
    return await judge_certificate(certificate, (), evidence, judged.best_time)
