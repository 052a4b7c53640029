"""The table of rules: what speaks against filing a letter, in the order in which one of them decides.

A rule takes a case and gives a verdict or None. The first verdict decides, the reasons of all others are told beside it.
Facts of bytes, containers and the directory come before what was read from text, and what cannot be answered to (an unknown
sender, an issuer other than the sender) comes before what would be returned.
"""

from datetime import timedelta

from mailhub.checking.reading import ReadFile
from mailhub.policy.addressee import Addressing, addressing
from mailhub.policy.reasons import ReasonCode
from mailhub.policy.standing import DAMAGED, Standing
from mailhub.policy.verdict import EXEMPT, Case, Rule, Verdict, as_configured, hold, send_back
from parsers.files.model import ContainerCode, FileKind
from parsers.finding import Confidence
from parsers.letter import LetterCode
from parsers.mail.authentication import Proof, SenderCode
from parsers.mail.model import TRUNCATIONS, MessageCode

AMBIGUOUS_MAIL = TRUNCATIONS | {
    *(MessageCode.SEVERAL_FROM, MessageCode.READERS_DISAGREE),
    *(MessageCode.FRAGMENT, MessageCode.FILE_IN_HTML),
}
ELSEWHERE = frozenset({LetterCode.EXTERNAL_LINK, MessageCode.BODY_ELSEWHERE})
SIGNED_KINDS = frozenset({FileKind.PDF, FileKind.SIGNATURE})
"""Kinds of files that letters are signed in; another signed one of the letter may be the letter itself."""
LOCKED = frozenset({ContainerCode.ARCHIVE_ENCRYPTED, ContainerCode.DOCUMENT_ENCRYPTED, MessageCode.ENCRYPTED})
NOT_OPENED = frozenset({ContainerCode.ARCHIVE_UNSUPPORTED, ContainerCode.ARCHIVE_IN_PARTS})
UNSAFE_ARCHIVE = frozenset(
    {
        ContainerCode.ARCHIVE_BROKEN,
        ContainerCode.LINK_IN_ARCHIVE,
        ContainerCode.NESTED_TOO_DEEP,
        ContainerCode.TWO_TYPES,
    }
)


# --- can it be read at all ---------------------------------------------------------------------------------------------


def unreadable(case: Case) -> Verdict | None:
    """The mail killed its reader, or the main document is empty or damaged."""
    empty = case.main is not None and any(finding.code == ContainerCode.EMPTY_FILE for finding in case.main.findings)
    announced_but_absent = case.facts.letter.main is not None and case.main is None
    damaged = LetterCode.UNREADABLE_DOCUMENT in case.codes
    return hold(ReasonCode.UNREADABLE) if case.facts.attempt_failed or empty or announced_but_absent or damaged else None


def mail_ambiguous(case: Case) -> Verdict | None:
    """Two readers see two mails: what one of them shows must not be filed as if it were the other."""
    return hold(ReasonCode.MAIL_AMBIGUOUS) if case.codes & AMBIGUOUS_MAIL or len(case.facts.mail.from_) > 1 else None


def archive_encrypted(case: Case) -> Verdict | None:
    """An archive or a document needs a password."""
    return hold(ReasonCode.ARCHIVE_ENCRYPTED) if case.codes & LOCKED else None


def archive_bomb(case: Case) -> Verdict | None:
    """An archive holds more than the limits allow: they are ours, so it proves nothing about the sender."""
    return hold(ReasonCode.ARCHIVE_BOMB) if ContainerCode.ARCHIVE_BOMB in case.codes else None


def archive_not_opened(case: Case) -> Verdict | None:
    """An archive is of a kind that is not opened here, or one part of several."""
    return hold(ReasonCode.ARCHIVE_NOT_OPENED) if case.codes & NOT_OPENED else None


def archive_unsafe(case: Case) -> Verdict | None:
    """An archive was not read to its end, or shows different things to different programs."""
    return hold(ReasonCode.ARCHIVE_UNSAFE) if case.codes & UNSAFE_ARCHIVE else None


def external_link(case: Case) -> Verdict | None:
    """Files lie behind a link, which is never fetched."""
    return hold(ReasonCode.EXTERNAL_LINK) if case.codes & ELSEWHERE else None


# --- who sent it -------------------------------------------------------------------------------------------------------


def sender_failed(case: Case) -> Verdict | None:
    """The domain in From asks to distrust such mail: the address may be forged."""
    return hold(ReasonCode.SENDER_FAILED) if case.proof is Proof.FAILED else None


def sender_deceives(case: Case) -> Verdict | None:
    """An unknown sender that looks like an agency: by an address or a name that it shows, or by a domain like another's."""
    if case.sender_known:
        return None
    shown = {MessageCode.ADDRESS_IN_DISPLAY_NAME, SenderCode.MIXED_SCRIPT_DOMAIN}
    tricks = any(finding.code in shown and finding.place == "header From" for finding in case.facts.mail_findings)
    return hold(ReasonCode.SENDER_DECEIVES) if tricks or case.directory.imitated is not None else None


def sender_not_settled(case: Case) -> Verdict | None:
    """DNS did not say in time whether the sender is genuine."""
    return hold(ReasonCode.SENDER_NOT_SETTLED) if case.proof is Proof.PENDING else None


def sender_unproved(case: Case) -> Verdict | None:
    """A registered address that nothing confirms, not even the sender's own signature on the mail.

    The office may have chosen to take it as genuine.
    """
    unproved = case.sender_known and case.proof is Proof.UNPROVED and not case.sender_signed
    return hold(ReasonCode.SENDER_UNPROVED) if unproved and not case.settings.accept_unproved else None


def mail_signature_broken(case: Case) -> Verdict | None:
    """The mail's own signature (S/MIME) does not hold: it was altered on its way, or its certificate was not valid."""
    return hold(ReasonCode.MAIL_SIGNATURE_BROKEN) if case.mail_signing.broken else None


def domain_not_registered(case: Case) -> Verdict | None:
    """The domain is authenticated and not registered for the agency that the letter names."""
    named = case.directory.issuer is not None and not case.sender_known
    return hold(ReasonCode.DOMAIN_NOT_REGISTERED) if named and case.proof is Proof.PROVED else None


def unknown_sender(case: Case) -> Verdict | None:
    """The address belongs to nobody in the directory."""
    return None if case.sender_known else hold(ReasonCode.UNKNOWN_SENDER)


def no_document(case: Case) -> Verdict | None:
    """Paper is announced without its e-copy, or there is no letter at all. A number in the subject alone announces nothing."""
    if case.facts.letter.main is not None or case.facts.attempt_failed:
        return None
    if case.likely(LetterCode.PAPER_ANNOUNCED) and not case.exempt:
        return send_back(ReasonCode.NO_E_COPY)
    return hold(ReasonCode.NO_LETTER)


def several_letters(case: Case) -> Verdict | None:
    """The mail holds several letters and it is open which files belong to which."""
    nameless = case.known.sibling_letters > 1 and case.facts.letter.fields.reference is None
    return hold(ReasonCode.SEVERAL_LETTERS) if nameless or LetterCode.GROUPING_DOUBTFUL in case.codes else None


def sender_not_issuer(case: Case) -> Verdict | None:
    """The letterhead names another agency than the one that sent the mail. A copy is sent by whoever made it."""
    sender, issuer = case.directory.sender, case.directory.issuer
    if sender is None or (case.is_copy and all(signer.agency_id == sender.id for signer in case.signing.signers)):
        return None
    foreign = issuer is not None and issuer.id != sender.id
    # A registered firm that sends under an unknown letterhead has no claim to its exemption.
    unexplained = issuer is None and sender.kind in EXEMPT and not case.exempt
    return hold(ReasonCode.SENDER_NOT_ISSUER) if foreign or unexplained else None


# --- what the bytes prove ----------------------------------------------------------------------------------------------


def executable(case: Case) -> Verdict | None:
    """A file runs, or makes a program run, when a clerk opens it: judged by its bytes and by its name."""
    found = any(
        file.kind is FileKind.EXECUTABLE or any(finding.code == ContainerCode.EXECUTABLE for finding in file.findings)
        for file in attached(case)
    )
    return send_back(ReasonCode.EXECUTABLE, proved=True) if found else None


def type_not_allowed(case: Case) -> Verdict | None:
    """A file is of a kind that the office does not take. An unrecognised kind is no proof, so a clerk looks."""
    refused = {file.kind for file in attached(case)} - set(case.settings.allowed_types) - {FileKind.EXECUTABLE}
    return send_back(ReasonCode.TYPE_NOT_ALLOWED, proved=bool(refused - {FileKind.OTHER})) if refused else None


def macro_document(case: Case) -> Verdict | None:
    """A document carries programs; many a form of an office does, so what follows is the office's choice."""
    if not any(finding.code == ContainerCode.MACRO for file in attached(case) for finding in file.findings):
        return None
    return as_configured(case.settings.macros, ReasonCode.MACRO_DOCUMENT, proved=True)


def attached(case: Case) -> list[ReadFile]:
    """The letter's files but for the text of the mail itself."""
    return [file for file in case.facts.files if not file.inline]


def changed_after_signing(case: Case) -> Verdict | None:
    """Pages or bytes were changed after the last signature that should cover them."""
    if Standing.CHANGED not in case.signing.standings:
        return None
    return send_back(ReasonCode.CHANGED_AFTER_SIGNING, proved=True)


def signature_broken(case: Case) -> Verdict | None:
    """The signature does not match the bytes, or is malformed; a malformed one may be a limit of our reader."""
    found = case.signing.standings & {Standing.BROKEN, Standing.MALFORMED}
    if not found:
        return None
    return send_back(ReasonCode.SIGNATURE_BROKEN, proved=Standing.BROKEN in found)


def signature_not_checked(case: Case) -> Verdict | None:
    """There is a signature in a form that this program does not evaluate: never "unsigned"."""
    return hold_for(case, Standing.NOT_CHECKED, ReasonCode.SIGNATURE_NOT_CHECKED)


def trust_not_configured(case: Case) -> Verdict | None:
    """No trust anchors are loaded: "could not be checked", never "invalid"."""
    if case.exempt or case.signing.unsigned:
        return None
    unsettled = not case.trusted or Standing.NO_TRUST in case.signing.standings
    return hold(ReasonCode.TRUST_NOT_CONFIGURED) if unsettled else None


def certificate_not_valid(case: Case) -> Verdict | None:
    """Revoked, expired or not meant for signing: this depends on data that changes, so it is not returned."""
    return hold_for(case, Standing.NOT_VALID, ReasonCode.CERTIFICATE_NOT_VALID)


def changed_before_seal(case: Case) -> Verdict | None:
    """Something was added between the person's signature and the organisation's, such as number and date."""
    return hold_for(case, Standing.CHANGED_BEFORE_SEAL, ReasonCode.CHANGED_BEFORE_SEAL)


def signature_not_settled(case: Case) -> Verdict | None:
    """Intact, but chain or revocation could not be settled in time."""
    return hold_for(case, Standing.UNSETTLED, ReasonCode.SIGNATURE_NOT_SETTLED)


def hold_for(case: Case, standing: Standing, reason: ReasonCode) -> Verdict | None:
    """Hold where a signature stands so, except for those who need none."""
    return hold(reason) if standing in case.signing.standings and not case.exempt else None


def unsigned(case: Case) -> Verdict | None:
    """No signature of any form. Another signed file of the letter makes it open which one is the main document."""
    if case.main is None or case.exempt or not case.signing.unsigned:
        return None
    signed_elsewhere = any(case.enclosure_standings(file) for file in case.enclosures if file.kind in SIGNED_KINDS)
    return as_configured(case.settings.unsigned, ReasonCode.UNSIGNED, proved=not signed_elsewhere)


# --- who signed it -----------------------------------------------------------------------------------------------------


def signer_of_another_agency(case: Case) -> Verdict | None:
    """A clerk has tied a certificate to an agency other than the issuer's; a clerk also decides on it (desk).

    Where the issuer's own two signatures are there, another agency has signed along: nothing is to be asked of the sender.
    """
    tied = {signer.agency_id for signer in case.signing.signers} - {None}
    if case.exempt or tied <= case.own_agencies:
        return None
    along = case.signing.by(case.own_agencies).complete
    return hold(ReasonCode.SIGNER_OF_ANOTHER_AGENCY) if along else send_back(ReasonCode.SIGNER_OF_ANOTHER_AGENCY)


def signer_unconfirmed(case: Case) -> Verdict | None:
    """First use of a certificate: a clerk says whose it is, and whether a person's or an organisation's."""
    if case.exempt or not case.signing.passed:
        return None
    untied = any(signer.agency_id is None for signer in case.signing.signers)
    return hold(ReasonCode.SIGNER_UNCONFIRMED) if untied or case.signing.of_unknown_kind or not case.signing.signers else None


def one_signature_missing(case: Case) -> Verdict | None:
    """One of the two signatures of article 5 is missing."""
    signing = case.signing
    if (
        case.exempt
        or case.is_copy
        or not signing.passed
        or signing.of_unknown_kind
        or signing.has_person == signing.has_organisation
    ):
        return None
    absent = ReasonCode.ORGANISATION_SIGNATURE_MISSING if signing.has_person else ReasonCode.PERSON_SIGNATURE_MISSING
    return as_configured(case.settings.one_signature, ReasonCode.ONE_SIGNATURE_MISSING, absent)


def enclosure_signature_invalid(case: Case) -> Verdict | None:
    """An enclosure may be an unsigned draft, but a damaged signature on it is never passed over."""
    damaged = any(case.enclosure_standings(file) & DAMAGED for file in case.enclosures)
    return hold(ReasonCode.ENCLOSURE_SIGNATURE_INVALID) if damaged else None


# --- what the text says ------------------------------------------------------------------------------------------------


def possible_replacement(case: Case) -> Verdict | None:
    """Another letter has this number of this issuer. A waiting rival of less proof keeps no better proved one back."""
    known = case.known
    unsigned = known.waiting_same_key if known.waiting_same_key_proved is None else known.waiting_same_key_proved
    rivals = known.waiting_same_key_signed if case.signing.complete else unsigned
    return hold(ReasonCode.POSSIBLE_REPLACEMENT) if case.known.same_key is not None or rivals else None


def wrong_addressee(case: Case) -> Verdict | None:
    """None of the addressees is this unit."""
    place = addressing(case.facts.letter.fields, case.directory, case.settings)
    return hold(ReasonCode.WRONG_ADDRESSEE) if place is Addressing.OTHERS else None


def enclosures_missing(case: Case) -> Verdict | None:
    """The letter names enclosures that did not come."""
    return hold(ReasonCode.ENCLOSURES_MISSING) if missing_enclosures(case) else None


def missing_enclosures(case: Case) -> tuple[str, ...]:
    """Titles of declared enclosures without a file, and names of enclosures that came empty."""
    declared = [item.title for item in case.facts.letter.declared_enclosures if item.file is None]
    found = [finding.evidence for finding in case.facts.letter.findings if finding.code == LetterCode.ENCLOSURE_MISSING]
    empty = [file.name for file in case.enclosures if any(finding.code == ContainerCode.EMPTY_FILE for finding in file.findings)]
    return tuple(dict.fromkeys(title for title in (declared or found) + empty if title))


def fields_uncertain(case: Case) -> Verdict | None:
    """Number, date, issuer or addressee could not be read for certain; a citizen's letter has none of them."""
    if case.exempt or case.main is None:
        return None
    fields = case.facts.letter.fields
    needed = (fields.reference, fields.issued_on, fields.issuer)
    doubtful = any(field is None or field.confidence is Confidence.DOUBTFUL for field in needed)
    unknown_issuer = case.directory.issuer is None
    unnamed = addressing(fields, case.directory, case.settings) is Addressing.UNNAMED
    uncertain = doubtful or unknown_issuer or unnamed or LetterCode.FIELDS_DISAGREE in case.codes or dated_ahead(case)
    return hold(ReasonCode.FIELDS_UNCERTAIN) if uncertain else None


def dated_ahead(case: Case) -> bool:
    """Whether the letter's date lies after its arrival; one day is allowed, for the unit's zone is not known here."""
    issued_on = case.facts.letter.fields.issued_on
    return issued_on is not None and issued_on.value > (case.facts.received_at + timedelta(days=1)).date()


def checks_pending(case: Case) -> Verdict | None:
    """A check was not finished by its deadline."""
    return hold(ReasonCode.CHECKS_PENDING) if case.facts.pending else None


OBJECTIONS: tuple[Rule, ...] = (
    unreadable,
    mail_ambiguous,
    archive_encrypted,
    archive_bomb,
    archive_not_opened,
    archive_unsafe,
    external_link,
    sender_failed,
    sender_deceives,
    sender_not_settled,
    sender_unproved,
    mail_signature_broken,
    domain_not_registered,
    unknown_sender,
    no_document,
    several_letters,
    sender_not_issuer,
    executable,
    type_not_allowed,
    macro_document,
    changed_after_signing,
    signature_broken,
    signature_not_checked,
    trust_not_configured,
    certificate_not_valid,
    changed_before_seal,
    signature_not_settled,
    unsigned,
    signer_of_another_agency,
    signer_unconfirmed,
    one_signature_missing,
    enclosure_signature_invalid,
    possible_replacement,
    wrong_addressee,
    enclosures_missing,
    fields_uncertain,
    checks_pending,
)
