"""The decision on one letter: facts in, a proposal with reasons out. Pure, so that it can be run again and give the same."""

from dataclasses import replace
from datetime import datetime

from mailhub.policy.addressee import Addressing, addressing
from mailhub.policy.agencies import AgencyKind, Mode
from mailhub.policy.case import Action, Decision, DirectoryView, Known, KnownAgency, LetterFacts, SignatureScope
from mailhub.policy.reasons import ReasonCode
from mailhub.policy.rules import OBJECTIONS, missing_enclosures
from mailhub.policy.settings import PolicySettings, policy_version
from mailhub.policy.signing import legal_value
from mailhub.policy.standing import Standing, file_standings
from mailhub.policy.verdict import EXEMPT, Case, Rule, Verdict, build_case
from parsers.files.model import ContainerCode
from parsers.letter import Urgency

RULE_SET = 3
"""Rises with every change of a rule or of the order, so that a stored decision names the table that made it."""

NEVER_RETURNED_BY_MACHINE = frozenset({AgencyKind.SUPERIOR, AgencyKind.PARTY})


def decide(facts: LetterFacts, known: Known, directory: DirectoryView, settings: PolicySettings, now: datetime) -> Decision:
    """Decide one letter: seal, repeat, wait, object in the order of the table, or file."""
    case = build_case(facts, known, directory, settings, now)
    for step in STEPS:
        verdict = step(case)
        if verdict is not None:
            return as_decision(case, verdict, step)
    objections = [(rule, verdict) for rule in OBJECTIONS if (verdict := rule(case)) is not None]
    if not objections:
        return as_decision(case, acceptance(case), acceptance)
    rule, first = objections[0]
    reasons = first.reasons + tuple(reason for _, verdict in objections[1:] for reason in verdict.reasons)
    return as_decision(case, tempered(case, replace(first, reasons=reasons)), rule)


def sealed(case: Case) -> Verdict | None:
    """A secrecy mark seals at once, whoever sent it and whatever else is true (design, promise 8)."""
    marked = bool(case.facts.letter.secrecy) and not case.facts.secrecy_cleared
    return Verdict(action=Action.SEAL, reasons=(ReasonCode.SECRECY_MARK,)) if marked else None


def repeated(case: Case) -> Verdict | None:
    """The same bytes were filed already: the first number is told again, never a refusal (design, promise 3)."""
    same = case.known.same_content is not None and bool(case.facts.files)
    return Verdict(action=Action.REPEAT, reasons=(ReasonCode.REPEAT,)) if same else None


def waiting(case: Case) -> Verdict | None:
    """Checks are still running and may finish in time; an urgent letter is shown to a clerk rather than left waiting."""
    if not case.waiting_open or case.facts.letter.urgency is not Urgency.NORMAL:
        return None
    return Verdict(action=Action.WAIT, reasons=(ReasonCode.CHECKS_PENDING,))


STEPS: tuple[Rule, ...] = (sealed, repeated, waiting)


def acceptance(case: Case) -> Verdict:
    """Nothing speaks against filing; the reason says as what it is filed."""
    reasons = [accepted_as(case)]
    if case.signing.changed and case.signing.passed:
        reasons.append(ReasonCode.CHANGED_BEFORE_SEAL_ACCEPTED)
    if addressing(case.facts.letter.fields, case.directory, case.settings) is Addressing.INFORMATION:
        reasons.append(ReasonCode.FOR_INFORMATION)
    return Verdict(action=Action.FILE, reasons=tuple(reasons))


def accepted_as(case: Case) -> ReasonCode:
    """As what the letter is filed: complete, a copy, an exempt sender's, or with a signature missing by the office's choice."""
    if case.exempt:
        return ReasonCode.EXEMPT_SENDER
    if case.signing.complete:
        return ReasonCode.COMPLETE
    if case.is_copy:
        return ReasonCode.COPY
    return ReasonCode.UNSIGNED_ACCEPTED if case.signing.unsigned else ReasonCode.SIGNATURE_MISSING_ACCEPTED


def tempered(case: Case, verdict: Verdict) -> Verdict:
    """Superior bodies, citizens, enterprises and urgent letters are not sent back: a clerk decides (design, promise 9)."""
    limits: tuple[ReasonCode, ...] = ()
    if is_superior(case.directory.sender) or is_superior(case.directory.issuer):
        limits += (ReasonCode.SUPERIOR_IMPERFECT,)
    if case.facts.letter.urgency is not Urgency.NORMAL:
        limits += (ReasonCode.URGENT_IMPERFECT,)
    sender = case.directory.sender
    if verdict.action is Action.RETURN and (limits or (sender is not None and sender.kind in EXEMPT)):
        return Verdict(action=Action.HOLD, reasons=limits + verdict.reasons)
    return replace(verdict, reasons=verdict.reasons + limits)


def is_superior(agency: KnownAgency | None) -> bool:
    """Whether the agency is one that a machine does not send letters back to."""
    return agency is not None and agency.kind in NEVER_RETURNED_BY_MACHINE


def as_decision(case: Case, verdict: Verdict, rule: Rule) -> Decision:
    """The verdict with everything that is stored beside it. A sealed letter shows nothing of its content."""
    sealing = verdict.action is Action.SEAL
    return Decision(
        action=verdict.action,
        reasons=tuple(dict.fromkeys(verdict.reasons)),
        automatic=by_machine(case, verdict),
        legal_value="" if sealing else legal_value(case.signing, case.own_agencies, copy=case.is_copy).value,
        register=case.directory.register,
        missing=() if sealing else missing_enclosures(case),
        rule_set=RULE_SET,
        policy_version=policy_version(case.settings),
        trust_version=case.facts.trust_version,
        rule=rule.__name__.replace("_", "-"),
    )


# --- what may be done without a clerk ----------------------------------------------------------------------------------


def by_machine(case: Case, verdict: Verdict) -> bool:
    """Whether the machine may act on the verdict by itself."""
    match verdict.action:
        case Action.SEAL:
            return True
        case Action.REPEAT:
            return repeats_by_itself(case)
        case Action.FILE:
            return files_by_itself(case, verdict)
        case Action.RETURN:
            return returns_by_itself(case, verdict)
        case Action.HOLD | Action.WAIT:
            return False


def repeats_by_itself(case: Case) -> bool:
    """Identical copies need no clerk where whoever filed them sent them again: nobody else is told the number."""
    first, sender = case.known.same_content, case.directory.sender
    return first is not None and sender is not None and case.sender_proved and sender.id == first.sender_agency_id


def files_by_itself(case: Case, verdict: Verdict) -> bool:
    """Both signatures valid, both tied to the issuer by a clerk, the agency promoted, and no file that a clerk should see.

    The address of a mail proves little; here the signatures carry the proof, so all of it is asked again, positively: a
    rule forgotten in the table cannot let a letter through.
    """
    issuer = case.directory.issuer
    complete = verdict.reasons[0] is ReasonCode.COMPLETE and case.signing.complete
    tied = issuer is not None and all(signer.agency_id == issuer.id for signer in case.signing.signers)
    return complete and tied and promoted(case) and case.trusted and enclosures_clean(case) and not case.facts.mail.junk


def returns_by_itself(case: Case, verdict: Verdict) -> bool:
    """Only on proved facts, only to a promoted agency that can be told, only where the office has configured returns."""
    mail = case.facts.mail
    answerable = bool(mail.return_path) and not mail.automatic and not mail.junk
    return verdict.proved and promoted(case) and case.trusted and case.settings.automatic_returns and answerable


def promoted(case: Case) -> bool:
    """Whether the sender is proved, is the issuer where one is known, and was promoted to `auto`."""
    sender, issuer = case.directory.sender, case.directory.issuer
    if sender is None or not case.sender_proved:
        return False
    return sender.mode is Mode.AUTO and (issuer is None or issuer.id == sender.id)


def enclosures_clean(case: Case) -> bool:
    """Whether every enclosure is unsigned or validly signed, no signature is without its document, and no file has macros."""
    signed = [file_standings(file) for file in case.enclosures if file.signatures is not None]
    signed += [file_standings(item.file) for item in case.signing_files]
    lost = any(item.scope is SignatureScope.NOTHING for item in case.signing_files)
    passed = all(standings <= {Standing.PASSED} for standings in signed)
    return passed and not lost and ContainerCode.MACRO not in case.codes
