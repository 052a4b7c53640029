"""The signers of one CMS message, judged one after the other with their timestamps and countersignatures."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from asn1crypto import cms, x509

from parsers.signatures.chain import Judgement, StampFinding
from parsers.signatures.cms_content import forms_of, is_altered, is_plain_text
from parsers.signatures.cms_counter import countersigners, judge_counter
from parsers.signatures.cms_message import SignedMessage
from parsers.signatures.cms_signers import (
    Signer,
    alone,
    claims_of,
    digest,
    digest_fault,
    fault_of,
    in_order,
    is_named,
    signer_of,
    unsupported,
)
from parsers.signatures.cms_stamps import Stamp, imprint_of, is_token, stamps_of, token_time
from parsers.signatures.engine import ENGINE_FAULTS, Evidence
from parsers.signatures.findings import Findings, Request, fault
from parsers.signatures.judged import (
    WHOLE_CONTENT,
    Aftermath,
    Judged,
    judge_cms,
    judge_own_stamp,
    judge_stamp,
    material_of,
    report_of,
    settle,
)
from parsers.signatures.model import (
    COUNTER_FORMAT,
    MAIL_FORMAT,
    TIMESTAMP_FORMAT,
    Indication,
    Reason,
    SignatureReport,
    SubIndication,
    TimestampSummary,
)
from parsers.signatures.wrapped import layers_fault

TAKEN_FOR_TEXT = Aftermath(reason=Reason.FORMAT_NOT_CHECKED, detail="signed as if it were a text, with other line ends")
"""Behind a signature over a PDF or a picture that is right but for line ends, which are none there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    """What must be said of a signature of a mail beside its verdict; `matches` tells whether a signer is the sender.

    Both are None where no mail is known that the signature could answer for.
    """

    prefix: str
    is_whole: bool | None
    matches: Callable[[x509.Certificate | None], bool | None]

    def warnings(self, certificate: x509.Certificate | None) -> tuple[Reason, ...]:
        """What a person should know before trusting the mail for its signature."""
        found = (Reason.PART_OF_MESSAGE,) if self.is_whole is False else ()
        return (*found, Reason.FROM_MISMATCH) if self.matches(certificate) is False else found


@dataclass(slots=True, kw_only=True)
class Walk:
    """The signers of one message on their way through the checks, in the order in which they are reported."""

    message: SignedMessage
    content: bytes | None
    request: Request
    mail: MailView | None
    evidence: Evidence = field(init=False)
    items: list[Judged] = field(default_factory=list)
    countersigned: dict[str, str] = field(default_factory=dict)
    seen: int = 0

    async def judge_all(self) -> None:
        """Every signer up to the cap; what the engine cannot take in one of them is a finding about that one."""
        for number, data in enumerate(self.message.signers, start=1):
            self.seen += 1
            if len(self.items) >= self.request.limits.signers:
                continue
            place = f"{self.mail.prefix if self.mail else ''}{number}"
            try:
                await self.judge_signer(place, data)
            except ENGINE_FAULTS as error:
                self.mark_unread(place, MAIL_FORMAT if self.mail else "CMS", error)

    async def judge_signer(self, place: str, data: bytes) -> None:
        """One SignerInfo, with its timestamps, countersignatures and evidence records."""
        if is_token(self.message):
            await self.judge_token(place)
            return
        signer = signer_of(data, self.evidence.certificates)
        try:
            stamps = stamps_of(signer, self.message, self.content)
        except ENGINE_FAULTS:
            # The signature bears attributes that cannot be read; judging it will say so, and whether its content is altered.
            stamps = []
        proofs = await self.proved_by(place, stamps)
        item = await self.judge(place, signer, list(proofs.values()))
        await self.judge_stamps(place, stamps, proofs)
        await self.judge_counters(item, signer, 1)

    def mark_unread(self, place: str, kind: str, error: Exception) -> None:
        """Say of a signature, begun or not, that it cannot be read; one that is wrong stays wrong."""
        begun = [item for item in self.items if item.field == place]
        item = begun[0] if begun else self.begun(place, kind, None)
        if not begun:
            self.items.append(item)
        is_wrong = item.verdict is not None and item.verdict.indication is Indication.TOTAL_FAILED
        if not is_wrong:
            item.obstacle, item.malformed, item.detail, item.judgement = Reason.UNREADABLE, False, fault(error), Judgement()
            settle(item, self.request)

    async def judge(self, place: str, signer: Signer, proofs: list[Judged]) -> Judged:
        """One signer over the content."""
        item = self.begun(place, self.format_of(signer), signer)
        item.warned = () if self.mail is None else self.mail.warnings(signer.certificate)
        item.proofs = trusted_times(proofs)
        self.items.append(item)
        said = self.message.fault or fault_of(signer, self.message.content_type) or self.taken_over(signer)
        if said:
            item.malformed, item.detail = True, said
        elif self.content is None:
            await self.judge_value_stamp(item, signer)
            item.obstacle, item.detail = Reason.CONTENT_MISSING, "no file here is the one that was signed"
        else:
            await self.compute(item, signer, self.content)
        settle(item, self.request)
        return item

    def taken_over(self, signer: Signer) -> str:
        """What is wrong where a signature without attributes is over what may be the attributes of another one.

        Whoever takes the attributes off a signature and gives them out as its content has a right signature over them, and the
        other way round (RFC 5652, 5.4, signs both without a mark of which it is).
        """
        if signer.has_signed_attributes or self.content is None or self.content[:1] != b"\x31":
            return ""
        try:
            attributes = cms.CMSAttributes.load(self.content, strict=True)
            kinds = {attribute["type"].native for attribute in attributes}
        except ENGINE_FAULTS:
            return ""
        return "signed attributes given out as content" if "message_digest" in kinds else ""

    async def compute(self, item: Judged, signer: Signer, content: bytes) -> None:
        """Digest and value over the content, or over the text that the signer took it for, path and time."""
        is_beside = self.mail is None and self.message.content is None
        for form in forms_of(signer, content) if is_beside else (content,):
            await self.compute_over(item, signer, form)
            if item.judgement.valid and item.judgement.intact:
                if form is not content and not is_plain_text(content):
                    item.after = TAKEN_FOR_TEXT
                break

    async def compute_over(self, item: Judged, signer: Signer, content: bytes) -> None:
        """Digest and value, path and time; a wrong digest counts also where the rest cannot be computed."""
        said = unsupported(signer) or self.unannounced(signer)
        if said:
            await self.judge_value_stamp(item, signer)
            item.obstacle, item.detail = Reason.ALGORITHM, said
        else:
            await self.judge_value(item, signer, content)
            ordered = in_order(signer) if item.judgement.intact and item.judgement.valid is False else None
            if ordered is not None:
                await self.judge_value(item, ordered, content)
            if signer.certificate is not None and not is_named(signer, signer.certificate):
                item.judgement = replace(item.judgement, problem=SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
        if item.judgement.intact is None and is_altered(signer, content):
            item.obstacle = None
            item.judgement = replace(item.judgement, intact=False)

    async def judge_value(self, item: Judged, signer: Signer, content: bytes) -> None:
        """Digest, value, path and time, as the engine finds them."""
        signed = alone(self.message.content_type, signer, self.evidence.certificates)
        await judge_cms(item, signed, signer.info, lambda: digest(signer.digest_algorithm, content), self.evidence)

    def unannounced(self, signer: Signer) -> str:
        """What to say of a digest that is not among those announced: some programs refuse such a message (RFC 5652, 5.1)."""
        announced = self.message.digests
        return "" if not announced or signer.digest_algorithm in announced else f"{signer.digest_algorithm} is not announced"

    async def judge_value_stamp(self, item: Judged, signer: Signer) -> None:
        """The time of a signature that cannot be computed; one that cannot be read is none."""
        try:
            await judge_own_stamp(item, signer.info, self.evidence)
        except ENGINE_FAULTS as error:
            item.stamp = StampFinding(detail=fault(error))

    async def proved_by(self, place: str, stamps: list[Stamp]) -> dict[str, Judged]:
        """Archive timestamps by name, from the newest to the oldest, each judged at the time that the one before it proves."""
        proofs: dict[str, Judged] = {}
        for stamp in sorted(stamps, key=lambda stamp: -token_time(stamp.token)):
            if stamp.proves_signature and stamp.token is not None and stamp.imprint is not None:
                item = self.begun(f"{place}/{stamp.name}", TIMESTAMP_FORMAT, None)
                item.proofs = trusted_times(proofs.values())
                await judge_stamp(item, stamp.token, stamp.imprint, self.evidence)
                proofs[stamp.name] = item
        return proofs

    async def judge_stamps(self, place: str, stamps: list[Stamp], proofs: dict[str, Judged]) -> None:
        """Report each timestamp of a signature; those that prove its time are judged already."""
        for stamp in stamps:
            self.seen += 1
            if len(self.items) >= self.request.limits.signers:
                continue
            item = proofs.get(stamp.name) or self.begun(f"{place}/{stamp.name}", TIMESTAMP_FORMAT, None)
            self.items.append(item)
            if stamp.token is None or stamp.imprint is None:
                is_missing = self.content is None and stamp.token is not None
                item.obstacle = Reason.CONTENT_MISSING if is_missing else Reason.FORMAT_NOT_CHECKED
            elif stamp.name not in proofs:
                await judge_stamp(item, stamp.token, stamp.imprint, self.evidence)
            settle(item, self.request)

    async def judge_token(self, place: str) -> None:
        """A timestamp that stands alone, over a file beside it."""
        item = self.begun(place, TIMESTAMP_FORMAT, None)
        self.items.append(item)
        if self.content is None:
            item.obstacle, item.detail = Reason.CONTENT_MISSING, "no file here is the one that was stamped"
        else:
            await judge_stamp(item, self.message.signed, imprint_of(self.content), self.evidence)
        settle(item, self.request)

    async def judge_counters(self, over: Judged, signer: Signer, depth: int) -> None:
        """The countersignatures on a signature, and those on them, up to the caps."""
        for number, data in enumerate(countersigners(signer), start=1):
            self.seen += 1
            if depth > self.request.limits.cms_depth or len(self.items) >= self.request.limits.signers:
                continue
            place = f"{over.field}/counter{number}"
            self.countersigned[place] = over.field
            try:
                await self.judge_counter(place, signer_of(data, self.evidence.certificates), signer.signature, depth)
            except ENGINE_FAULTS as error:
                self.mark_unread(place, COUNTER_FORMAT, error)

    async def judge_counter(self, place: str, counter: Signer, countersigned: bytes, depth: int) -> None:
        """One countersignature over a signature value, then those on it."""
        item = self.begun(place, COUNTER_FORMAT, counter)
        self.items.append(item)
        said = digest_fault(counter) if counter.has_signed_attributes else ""
        unknown = unsupported(counter)
        if said:
            item.malformed, item.detail = True, said
        elif unknown:
            item.obstacle, item.detail = Reason.ALGORITHM, unknown
        else:
            await judge_counter(item, counter, countersigned, self.evidence)
        settle(item, self.request)
        await self.judge_counters(item, counter, depth + 1)

    def begun(self, place: str, kind: str, signer: Signer | None) -> Judged:
        """A signature of which nothing is judged yet.

        `gap_ok` and `after` are those of a signature that is over one content as a whole and knows no revisions; what could
        be hidden in a PDF's gap or update has no place here. `tail_ok` is about what follows the message.
        """
        return Judged(
            format=kind,
            field=place,
            received_at=self.request.received_at,
            is_timestamp=kind == TIMESTAMP_FORMAT,
            claims=None if signer is None else claims_of(signer),
            gap_ok=True,
            tail_ok=self.message.tail_ok,
            after=WHOLE_CONTENT,
        )

    def format_of(self, signer: Signer) -> str:
        """What this signature is called."""
        if self.mail is not None:
            return MAIL_FORMAT
        return "CAdES" if signer.is_cades else "CMS"

    def findings(self) -> Findings:
        """All that was found, with what stands in the way of the file as a whole."""
        too_many = self.seen > len(self.items)
        said = "" if too_many or self.content is None else layers_fault(self.content, self.request.limits)
        covers = () if self.content is None else (hashlib.sha256(self.content).hexdigest(),)
        return Findings(
            reports=tuple(self.reports()),
            seen=self.seen,
            problem=Reason.LIMIT if too_many or said else None,
            detail=said,
            covers=covers,
            material=material_of(self.items, self.request),
        )

    def reports(self) -> Iterator[SignatureReport]:
        """The reports, each countersignature with what it countersigns."""
        for item in self.items:
            report = report_of(item, self.request, has_store=self.evidence.from_file)
            if self.mail is not None and report.format == MAIL_FORMAT:
                matches = self.mail.matches(item.certificate)
                report = replace(report, whole_message=self.mail.is_whole, from_matches=matches)
            yield replace(report, countersigns=self.countersigned.get(item.field, ""))


def trusted_times(proofs: Iterable[Judged]) -> list[TimestampSummary]:
    """The times that some timestamps prove."""
    return [proof.timestamp for proof in proofs if proof.timestamp is not None and proof.timestamp.trusted]
