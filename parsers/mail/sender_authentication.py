"""Who sent a mail: the questions for DNS that its header raises, and what all answers together prove of its From domain."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from parsers.finding import Confidence, Finding, Source
from parsers.mail.addresses import parse_address_list
from parsers.mail.arc_seals import chain_key_names, check_chain
from parsers.mail.authentication import (
    NOT_CHECKED,
    ArcResult,
    DkimResult,
    DmarcResult,
    Method,
    Proof,
    Result,
    SenderAuthentication,
    SenderCode,
    SenderEvidence,
    SenderQuestions,
    SpfResult,
)
from parsers.mail.canonical import SignedMail, signed_mail
from parsers.mail.dkim_signatures import check_signature, key_names, signatures_of
from parsers.mail.dmarc import Discovery, Policy, aligned, discover, dmarc_result, is_host_name, organisational_domain
from parsers.mail.header_fields import HeaderBlock, read_header_block
from parsers.mail.lookalikes import mixes_scripts, shown_domain
from parsers.mail.model import Mailbox, MessageLimits, Span
from parsers.mail.results_header import AuthenticationResults, MethodResult, claimed_elsewhere, trusted_results

MOST_KEYS: Final = 20
"""Keys that are asked for one mail."""

LIMITS: Final = MessageLimits()


@dataclass(frozen=True, slots=True)
class Alignment:
    """What DMARC asks of a domain that is to speak for the one in From."""

    from_domain: str
    strict_dkim: bool
    strict_spf: bool

    def dkim(self, results: Iterable[DkimResult]) -> tuple[DkimResult, ...]:
        """The results with their alignment."""
        return tuple(replace(item, aligned=aligned(item.domain, self.from_domain, strict=self.strict_dkim)) for item in results)

    def spf(self, result: SpfResult) -> bool:
        """Whether the envelope's domain is aligned."""
        return aligned(result.domain, self.from_domain, strict=self.strict_spf)


def sender_questions(raw: bytes, evidence: SenderEvidence) -> SenderQuestions:
    """What must be asked about a mail, from its header alone.

    Nothing is, where a border server says it all, or where From names not exactly one domain.
    """
    block, mail = opened(raw, body=False)
    domain = from_domain(block)
    if not domain or border_results(mail, evidence) is not None:
        return SenderQuestions()
    names = key_names(signatures_of(mail, domain)) + (chain_key_names(mail) if evidence.arc_sealers else ())
    return SenderQuestions(from_domain=domain, key_names=tuple(dict.fromkeys(names))[:MOST_KEYS])


def authenticate(raw: bytes, evidence: SenderEvidence, now: datetime) -> tuple[SenderAuthentication, tuple[Finding, ...]]:
    """What is proved of the sender at the time the mail came, and what is odd about it."""
    block, mail = opened(raw, body=evidence.method is Method.DNS)
    findings = (*_forgeries(mail, evidence), *_oddities(block))
    return replace(_proved(block, mail, evidence, now), login=evidence.login), findings


def _proved(block: HeaderBlock, mail: SignedMail, evidence: SenderEvidence, now: datetime) -> SenderAuthentication:
    if evidence.method is Method.OFF and not evidence.border_id:
        return NOT_CHECKED
    domain, told = from_domain(block), border_results(mail, evidence)
    if not domain:
        method = Method.DNS if evidence.method is Method.DNS else Method.BORDER
        return SenderAuthentication(method=method, proof=Proof.UNPROVED, reason="From names not exactly one domain")
    if told is not None:
        return by_border(domain, told)
    if evidence.method is Method.DNS:
        return by_dns(mail, domain, evidence, now)
    reason = "the border server gave no results" if evidence.border_id else "it did not come from the border server"
    return SenderAuthentication(method=Method.BORDER, proof=Proof.UNPROVED, domain=domain, reason=reason)


def border_results(mail: SignedMail, evidence: SenderEvidence) -> AuthenticationResults | None:
    """What the border server wrote into the mail, where it came from there."""
    if not evidence.border_id:
        return None
    return trusted_results(mail.fields, evidence.border_id, own_hosts=evidence.border_hosts, any_hop=evidence.any_hop)


def by_dns(mail: SignedMail, domain: str, evidence: SenderEvidence, now: datetime) -> SenderAuthentication:
    """The results of our own checks."""
    keys = {answer.name: answer for answer in evidence.answers}
    found = discover(domain, evidence.answers, exists=evidence.from_domain_exists)
    alignment = alignment_of(domain, found)
    dkim = alignment.dkim(check_signature(mail, item, keys, now) for item in signatures_of(mail, domain))
    arc = ArcResult(result=Result.NONE)
    if evidence.arc_sealers:
        arc = check_chain(mail, keys, now, believed=evidence.arc_sealers, from_domain=domain)
    result = SenderAuthentication(
        method=Method.DNS,
        domain=domain,
        spf=evidence.spf,
        spf_aligned=alignment.spf(evidence.spf),
        dkim=dkim,
        arc=arc,
    )
    passed = what_passed(result)
    result = replace(result, dmarc=dmarc_result(domain, found, passed))
    if passed:
        return replace(result, proof=Proof.PROVED, reason=passed)
    if arc.vouched:
        return replace(result, proof=Proof.PROVED, reason=f"arc {arc.sealer}")
    return replace(result, proof=unproved(result, found), reason=result.dmarc.reason)


def alignment_of(domain: str, found: Discovery) -> Alignment:
    """How closely a domain must match; where DNS did not tell, only the same one does."""
    if found.record is None:
        return Alignment(domain, strict_dkim=found.unavailable, strict_spf=found.unavailable)
    return Alignment(domain, strict_dkim=found.record.strict_dkim, strict_spf=found.record.strict_spf)


def what_passed(result: SenderAuthentication) -> str:
    """The checks that passed for a domain that speaks for the one in From; empty where none did."""
    passed = [f"dkim {item.domain}" for item in result.dkim if item.result is Result.PASS and item.aligned]
    if result.spf.result is Result.PASS and result.spf_aligned:
        passed.append(f"spf {result.spf.domain}")
    return ", ".join(dict.fromkeys(passed))


def unproved(result: SenderAuthentication, found: Discovery) -> Proof:
    """Why nothing is proved: a check that may still pass, a domain that asks to distrust such mail, or nothing at all."""
    checks = [(item.result, item.aligned) for item in result.dkim]
    checks += [(result.spf.result, result.spf_aligned), (result.arc.result, result.arc.believed)]
    # What could prove nothing even if it passed leaves nothing open: a forger chooses it.
    if found.unavailable or (Result.TEMPERROR, True) in checks:
        return Proof.PENDING
    return Proof.FAILED if distrusted(result.dmarc) else Proof.UNPROVED


def distrusted(dmarc: DmarcResult) -> bool:
    """Whether the domain's owner asks to distrust this mail; who asks it of no mail (`pct=0`) only tries it out."""
    return dmarc.result is Result.FAIL and dmarc.policy != Policy.NONE.value and dmarc.percent > 0


# --- what a border server says -----------------------------------------------------------------------------------------


def by_border(domain: str, told: AuthenticationResults) -> SenderAuthentication:
    """The results of the border server, for the same From domain that we show."""
    spf, dkim, dmarc = border_spf(told), border_dkim(told, domain), border_dmarc(told, domain)
    result = SenderAuthentication(
        method=Method.BORDER,
        domain=domain,
        spf=spf,
        spf_aligned=aligned(spf.domain, domain, strict=False),
        dkim=dkim,
        dmarc=dmarc,
        authserv_id=told.authserv_id,
    )
    if dmarc.result is Result.PASS:
        return replace(result, proof=Proof.PROVED, reason=f"dmarc {domain}")
    if dmarc.result is Result.FAIL:
        # A server that does not name the policy leaves the worse case open.
        proof = Proof.UNPROVED if dmarc.policy == Policy.NONE.value else Proof.FAILED
        return replace(result, proof=proof, reason=dmarc.reason)
    passed = what_passed(result)
    proof = Proof.PROVED if passed else Proof.UNPROVED
    return replace(result, proof=proof, reason=passed or "the border server found nothing that passed")


def border_spf(told: AuthenticationResults) -> SpfResult:
    """The border's SPF; a result for the HELO name counts where no return path was checked."""
    item = next(iter(told.of("spf")), None)
    if item is None or item.result is None:
        return SpfResult(result=Result.NONE)
    # Where a return path was checked, the HELO name is whatever the sender says it is.
    is_helo = {value for name, value in item.properties if name in {"smtp.mailfrom", "smtp.mail"}} <= {"", "<>"}
    domain = item.domain("smtp.helo", "smtp.ehlo") if is_helo else item.domain("smtp.mailfrom", "smtp.mail")
    return SpfResult(result=item.result, domain=domain, identity="helo" if is_helo else "mailfrom", reason=item.reason)


def border_dkim(told: AuthenticationResults, from_domain: str) -> tuple[DkimResult, ...]:
    """The border's DKIM results."""
    return tuple(_border_signature(item, from_domain) for item in told.of("dkim") if item.result is not None)


def _border_signature(item: MethodResult, from_domain: str) -> DkimResult:
    domain = item.domain("header.d", "header.i")
    return DkimResult(
        result=item.result or Result.NONE,
        domain=domain,
        selector=item.value("header.s")[:253],
        algorithm=item.value("header.a")[:40],
        aligned=aligned(domain, from_domain, strict=False),
        reason=item.reason,
    )


def border_dmarc(told: AuthenticationResults, from_domain: str) -> DmarcResult:
    """The border's DMARC result for this From domain; one for another domain is of another mail."""
    organisation = organisational_domain(from_domain)
    found = [item for item in told.of("dmarc") if item.result is not None and item.domain("header.from") in {"", from_domain}]
    if not found:
        return DmarcResult(result=Result.NONE, organisation=organisation)
    # Of results that contradict one another, one may have come in with a sender's address.
    item = next((item for item in found if item.result is not Result.PASS), found[0])
    result = item.result or Result.NONE
    return DmarcResult(
        result=result,
        policy=item.policy(subdomain=from_domain != organisation),
        record_domain=item.domain("header.from"),
        organisation=organisation,
        reason=item.reason or f"dmarc={result.value}",
    )


# --- inside ------------------------------------------------------------------------------------------------------------


def opened(raw: bytes, *, body: bool) -> tuple[HeaderBlock, SignedMail]:
    """The header as parse_message reads it, bare CR as line feeds where there are no line feeds, and what is signed."""
    lines = raw if b"\n" in raw else raw.replace(b"\r", b"\n")
    block = read_header_block(lines, Span(0, len(lines)), LIMITS, "message")
    return block, signed_mail(lines if body else lines[: block.body_start], block)


def from_domain(block: HeaderBlock) -> str:
    """The domain of the one address in the one From field; empty where there is not exactly one (RFC 7489, 6.6.1)."""
    fields = block.every("from")
    boxes = parse_address_list(fields[0], 2).mailboxes if len(fields) == 1 else ()
    domain = domain_of(boxes[0]) if len(boxes) == 1 else ""
    return domain if is_host_name(domain) else ""


def domain_of(mailbox: Mailbox) -> str:
    """The domain of an address, empty where it has none."""
    return mailbox.address.rpartition("@")[2].lower() if "@" in mailbox.address else ""


def _forgeries(mail: SignedMail, evidence: SenderEvidence) -> list[Finding]:
    """Results under an identity of ours that none of our servers can have written."""
    ids = evidence.known_ids
    if evidence.any_hop:
        ids = tuple(name for name in ids if name != evidence.border_id)
    trusted = bool(evidence.border_id)
    forged = claimed_elsewhere(mail.fields, ids, evidence.border_hosts, from_outside=not trusted)
    return [_finding(SenderCode.FORGED_RESULTS, "header Authentication-Results", name) for name in forged]


def _oddities(block: HeaderBlock) -> list[Finding]:
    """A Reply-To that leads elsewhere, and a domain whose letters are of two scripts."""
    domain = from_domain(block)
    found = []
    if domain and mixes_scripts(domain):
        found.append(_finding(SenderCode.MIXED_SCRIPT_DOMAIN, "header From", f"{shown_domain(domain)} ({domain})"))
    answers = parse_address_list(block.first("reply-to") or b"", 10).mailboxes
    elsewhere = [box.address for box in answers if domain and domain_of(box) and not _is_kin(domain_of(box), domain)]
    if elsewhere:
        found.append(_finding(SenderCode.REPLY_TO_ELSEWHERE, "header Reply-To", ", ".join(elsewhere)))
    return found


def _is_kin(domain: str, other: str) -> bool:
    return aligned(domain, other, strict=False)


def _finding(code: SenderCode, place: str, evidence: str) -> Finding:
    return Finding(code=code, source=Source.HEADER, place=place, confidence=Confidence.CERTAIN, evidence=evidence[:500])
