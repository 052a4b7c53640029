"""Letters whose sender is checked: what SPF, DKIM and DMARC prove, and what an unknown sender is made to look like."""

from dataclasses import replace

from mailhub.policy.case import Action
from mailhub.policy.reasons import ReasonCode
from mailhub.policy.signing import LegalValue
from parsers.finding import Finding, Source
from parsers.mail.authentication import Method, Proof, SenderAuthentication, SenderCode
from parsers.mail.model import MessageCode
from tests.policy import builders as b
from tests.policy.variants import ONLY_SEAL, Row

R, A = ReasonCode, Action


def checked(proof: Proof) -> SenderAuthentication:
    return SenderAuthentication(method=Method.DNS, proof=proof, domain="stc.tinh.gov.vn")


def facts_with(proof: Proof, *codes: str, **changes):
    about = tuple(Finding(code=code, source=Source.HEADER, place="header From") for code in codes)
    return b.facts(mail=replace(b.MAIL, authentication=checked(proof)), mail_findings=about, **changes)


def sent_with(proof: Proof, matched_by: str = "address"):
    return b.directory(sender=replace(b.FINANCE, proof=proof, matched_by=matched_by))


STRANGER = b.directory(sender=None)
ACCEPTING = replace(b.SETTINGS, accept_unproved=True)

SENDERS = (
    Row("proved", A.FILE, (R.COMPLETE,), automatic=True, facts=facts_with(Proof.PROVED), directory=sent_with(Proof.PROVED)),
    Row(
        "a login proves what the mail's domain does not",
        A.FILE,
        (R.COMPLETE,),
        automatic=True,
        facts=facts_with(Proof.UNPROVED),
        directory=sent_with(Proof.PROVED, "login"),
    ),
    Row("may be forged", A.HOLD, (R.SENDER_FAILED,), facts=facts_with(Proof.FAILED), directory=sent_with(Proof.FAILED)),
    Row(
        "may be forged, where unproved senders are accepted",
        A.HOLD,
        (R.SENDER_FAILED,),
        facts=facts_with(Proof.FAILED),
        directory=sent_with(Proof.FAILED),
        settings=ACCEPTING,
    ),
    Row(
        "a stranger's address that is forged",
        A.HOLD,
        (R.SENDER_FAILED, R.UNKNOWN_SENDER),
        facts=facts_with(Proof.FAILED),
        directory=STRANGER,
    ),
    Row(
        "not settled in time",
        A.HOLD,
        (R.SENDER_NOT_SETTLED,),
        facts=facts_with(Proof.PENDING),
        directory=sent_with(Proof.PENDING),
    ),
    Row("unproved", A.HOLD, (R.SENDER_UNPROVED,), facts=facts_with(Proof.UNPROVED), directory=sent_with(Proof.UNPROVED)),
    Row(
        "unproved and accepted",
        A.FILE,
        (R.COMPLETE,),
        automatic=True,
        facts=facts_with(Proof.UNPROVED),
        directory=sent_with(Proof.UNPROVED),
        settings=ACCEPTING,
    ),
    Row(
        "authenticated, and not registered for the agency that the letter names",
        A.HOLD,
        (R.DOMAIN_NOT_REGISTERED, R.UNKNOWN_SENDER),
        facts=facts_with(Proof.PROVED),
        directory=STRANGER,
    ),
    Row(
        "authenticated, and nobody's letter that we know",
        A.HOLD,
        (R.UNKNOWN_SENDER, R.SIGNER_OF_ANOTHER_AGENCY, R.FIELDS_UNCERTAIN),
        facts=facts_with(Proof.PROVED),
        directory=replace(STRANGER, issuer=None),
    ),
    Row(
        "a stranger who shows another address",
        A.HOLD,
        (R.SENDER_DECEIVES, R.UNKNOWN_SENDER),
        facts=facts_with(Proof.UNCHECKED, MessageCode.ADDRESS_IN_DISPLAY_NAME),
        directory=STRANGER,
    ),
    Row(
        "a domain of two scripts",
        A.HOLD,
        (R.SENDER_DECEIVES, R.DOMAIN_NOT_REGISTERED, R.UNKNOWN_SENDER),
        facts=facts_with(Proof.PROVED, SenderCode.MIXED_SCRIPT_DOMAIN),
        directory=STRANGER,
    ),
    Row(
        "a domain that looks like an agency's",
        A.HOLD,
        (R.SENDER_DECEIVES, R.UNKNOWN_SENDER),
        directory=replace(STRANGER, imitated=replace(b.FINANCE, matched_by="look")),
    ),
    Row(
        "a registered sender may show what it likes",
        A.FILE,
        (R.COMPLETE,),
        automatic=True,
        facts=facts_with(Proof.PROVED, MessageCode.ADDRESS_IN_DISPLAY_NAME),
        directory=sent_with(Proof.PROVED),
    ),
    Row(
        "a weaker proved rival keeps nothing back",
        A.HOLD,
        (R.ONE_SIGNATURE_MISSING, R.PERSON_SIGNATURE_MISSING),
        facts=facts_with(Proof.PROVED, main=ONLY_SEAL),
        directory=sent_with(Proof.PROVED),
        known=replace(b.KNOWN, waiting_same_key=3, waiting_same_key_proved=0),
        legal=LegalValue.ONE_MISSING,
    ),
    Row(
        "a rival that is proved as well does",
        A.HOLD,
        (R.ONE_SIGNATURE_MISSING, R.PERSON_SIGNATURE_MISSING, R.POSSIBLE_REPLACEMENT),
        facts=facts_with(Proof.PROVED, main=ONLY_SEAL),
        directory=sent_with(Proof.PROVED),
        known=replace(b.KNOWN, waiting_same_key=3, waiting_same_key_proved=1),
        legal=LegalValue.ONE_MISSING,
    ),
)
