"""Letters that are filed, repeated, sealed or kept waiting."""

from dataclasses import replace
from datetime import timedelta

from mailhub.policy.case import Action
from mailhub.policy.reasons import ReasonCode
from mailhub.policy.settings import Handling
from mailhub.policy.signing import LegalValue
from parsers.files.containers import ContainerCode, FileKind
from parsers.letter import Urgency
from parsers.signatures.model import Indication, SignerKind
from tests.policy import builders as b
from tests.policy.variants import (
    BROKEN,
    CITIZEN,
    FIRM,
    NO_FILE,
    ONLY_PERSON,
    ONLY_SEAL,
    PROPOSING,
    SUPERIOR,
    TRY_LATER,
    UNSIGNED,
    Row,
)

R, A = ReasonCode, Action

FILED = (
    Row("both signatures, everything right", A.FILE, (R.COMPLETE,), automatic=True, legal=LegalValue.FULL),
    Row("the same from an agency not promoted", A.FILE, (R.COMPLETE,), directory=b.sent_by(PROPOSING)),
    Row("a superior body promoted to auto", A.FILE, (R.COMPLETE,), automatic=True, directory=b.sent_by(SUPERIOR)),
    Row(
        "SAO Y with one organisation's signature",
        A.FILE,
        (R.COPY,),
        legal=LegalValue.COPY,
        facts=b.facts(main=ONLY_SEAL, letter=b.letter(copy_form=b.text("SAO Y"))),
    ),
    Row(
        "SAO Y of another agency's letter, sealed by the sender",
        A.FILE,
        (R.COPY,),
        facts=b.facts(main=ONLY_SEAL, letter=b.letter(copy_form=b.text("SAO Y"))),
        directory=b.directory(issuer=b.HEALTH),
    ),
    Row(
        "one signature, where the office files such",
        A.FILE,
        (R.SIGNATURE_MISSING_ACCEPTED,),
        legal=LegalValue.ONE_MISSING,
        facts=b.facts(main=ONLY_PERSON),
        settings=replace(b.SETTINGS, one_signature=Handling.FILE),
    ),
    Row(
        "unsigned, where the office files such",
        A.FILE,
        (R.UNSIGNED_ACCEPTED,),
        legal=LegalValue.UNSIGNED,
        facts=b.facts(main=UNSIGNED),
        settings=replace(b.SETTINGS, unsigned=Handling.FILE),
    ),
    Row(
        "only in Nơi nhận",
        A.FILE,
        (R.COMPLETE, R.FOR_INFORMATION),
        automatic=True,
        facts=b.facts(letter=b.letter(addressees=(b.text("Sở Y tế"),), copies_to=(b.text("Như trên; UBND tỉnh"),))),
    ),
    Row(
        "để biết",
        A.FILE,
        (R.COMPLETE, R.FOR_INFORMATION),
        automatic=True,
        facts=b.facts(letter=b.letter(addressees=(b.text("UBND tỉnh (để biết); Sở Y tế"),))),
    ),
    Row(
        "a decision, which has no Kính gửi",
        A.FILE,
        (R.COMPLETE,),
        automatic=True,
        facts=b.facts(letter=b.letter(addressees=(), copies_to=(b.text("- UBND tỉnh;\n- Lưu: VT"),))),
    ),
    Row(
        "a citizen without signature, number or addressee",
        A.FILE,
        (R.EXEMPT_SENDER,),
        legal=LegalValue.UNSIGNED,
        facts=b.facts(
            main=b.a_file(kind=FileKind.IMAGE), letter=b.letter(reference=None, issued_on=None, issuer=None, addressees=())
        ),
        directory=b.directory(sender=CITIZEN, issuer=None),
    ),
    Row(
        "an enterprise whose certificate nobody has confirmed",
        A.FILE,
        (R.EXEMPT_SENDER,),
        directory=replace(b.sent_by(FIRM), signers=()),
    ),
    Row(
        "enclosures: an organisation's signature, and an unsigned draft",
        A.FILE,
        (R.COMPLETE,),
        automatic=True,
        facts=b.facts(files=(b.a_file("3", signed=b.signatures(b.by_organisation())), b.a_file("4", FileKind.WORD))),
    ),
    Row(
        "an enclosure whose signature is not settled is filed by a clerk",
        A.FILE,
        (R.COMPLETE,),
        facts=b.facts(files=(b.a_file("3", signed=b.signatures(b.by_organisation(*b.TRY_LATER))),)),
    ),
    Row(
        "macros that the office takes are still looked at by a clerk",
        A.FILE,
        (R.COMPLETE,),
        facts=b.facts(files=(b.a_file("3", FileKind.SHEET, findings=(b.finding(ContainerCode.MACRO),)),)),
        settings=replace(b.SETTINGS, macros=Handling.FILE),
    ),
    Row(
        "a third signature by the same person",
        A.FILE,
        (R.COMPLETE,),
        automatic=True,
        facts=b.facts(main=b.signed_by(b.by_person(), b.by_person(), b.by_organisation())),
    ),
    Row(
        "a document time stamp of an authority that nobody trusts",
        A.FILE,
        (R.COMPLETE,),
        automatic=True,
        facts=b.facts(
            main=b.a_file(
                signed=replace(
                    b.signatures(b.by_person(), b.by_organisation(), b.timestamp(Indication.INDETERMINATE)),
                    indication=Indication.TOTAL_PASSED,
                )
            )
        ),
    ),
    Row(
        "a document time stamp beside the two signatures",
        A.FILE,
        (R.COMPLETE,),
        automatic=True,
        facts=b.facts(main=b.signed_by(b.by_person(), b.by_organisation(), b.timestamp())),
    ),
    Row(
        "a clerk has said which certificate is the seal",
        A.FILE,
        (R.COMPLETE,),
        automatic=True,
        facts=b.facts(main=b.signed_by(b.by_person(), b.report(SignerKind.UNKNOWN, b.SEAL))),
        directory=b.directory(signers=(b.DIRECTORY.signers[0], replace(b.DIRECTORY.signers[1], kind=SignerKind.ORGANISATION))),
    ),
    Row(
        "a waiting rival that is not signed keeps the signed letter back from nothing",
        A.FILE,
        (R.COMPLETE,),
        automatic=True,
        known=replace(b.KNOWN, waiting_same_key=3),
    ),
    Row(
        "a false secrecy alarm that a clerk has cleared",
        A.FILE,
        (R.COMPLETE,),
        automatic=True,
        facts=b.facts(letter=b.letter(secrecy=(b.finding("secrecy-mark"),)), secrecy_cleared=True),
    ),
    Row("junk by its headers", A.FILE, (R.COMPLETE,), facts=b.facts(mail=replace(b.MAIL, junk=True))),
)

KNOWN_ALREADY = (
    Row(
        "the same bytes from the same agency",
        A.REPEAT,
        (R.REPEAT,),
        automatic=True,
        known=replace(b.KNOWN, same_content=b.ENTRY),
        directory=b.sent_by(PROPOSING),
    ),
    Row(
        "the same bytes from somebody else: a clerk tells the number",
        A.REPEAT,
        (R.REPEAT,),
        known=replace(b.KNOWN, same_content=replace(b.ENTRY, sender_agency_id=8)),
    ),
    Row(
        "the same bytes from a mailbox that only the letter ties to the agency",
        A.REPEAT,
        (R.REPEAT,),
        known=replace(b.KNOWN, same_content=b.ENTRY),
        directory=b.directory(sender=replace(b.FINANCE, matched_by="issuer")),
    ),
    Row(
        "the same bytes from nobody we know",
        A.REPEAT,
        (R.REPEAT,),
        known=replace(b.KNOWN, same_content=replace(b.ENTRY, sender_agency_id=None)),
        directory=b.directory(sender=None),
    ),
    Row(
        "no bytes at all repeat nothing",
        A.HOLD,
        (R.NO_LETTER,),
        facts=replace(NO_FILE, letter=b.letter(main=None)),
        known=replace(b.KNOWN, same_content=b.ENTRY),
    ),
)

SEALED = (
    Row(
        "a secrecy mark",
        A.SEAL,
        (R.SECRECY_MARK,),
        automatic=True,
        facts=b.facts(letter=b.letter(secrecy=(b.finding("secrecy-mark"),))),
        directory=b.sent_by(PROPOSING),
    ),
    Row(
        "a secrecy mark on a repeat from a stranger",
        A.SEAL,
        (R.SECRECY_MARK,),
        automatic=True,
        facts=b.facts(main=BROKEN, letter=b.letter(secrecy=(b.finding("secrecy-mark"),)), pending=("ocr",)),
        known=replace(b.KNOWN, same_content=b.ENTRY),
        directory=b.directory(sender=None),
    ),
)

PENDING = (
    Row("revocation data will come", A.WAIT, (R.CHECKS_PENDING,), facts=b.facts(main=TRY_LATER, pending=("revocation",))),
    Row(
        "revocation data did not come in time",
        A.HOLD,
        (R.SIGNATURE_NOT_SETTLED, R.CHECKS_PENDING),
        legal=LegalValue.UNDETERMINED,
        facts=b.facts(main=TRY_LATER, pending=("revocation",), pending_until=b.NOW),
    ),
    Row(
        "the office's own deadline has passed",
        A.HOLD,
        (R.SIGNATURE_NOT_SETTLED, R.CHECKS_PENDING),
        facts=b.facts(main=TRY_LATER, pending=("revocation",)),
        settings=replace(b.SETTINGS, pending_minutes=10),
    ),
    Row(
        "nothing is pending any more",
        A.HOLD,
        (R.SIGNATURE_NOT_SETTLED,),
        facts=b.facts(main=TRY_LATER, pending_until=b.NOW + timedelta(hours=1)),
    ),
    Row(
        "an unfinished check after its deadline holds a letter that is right otherwise",
        A.HOLD,
        (R.CHECKS_PENDING,),
        facts=b.facts(pending=("ocr",), pending_until=b.NOW),
    ),
    Row(
        "hỏa tốc is not left waiting",
        A.HOLD,
        (R.SIGNATURE_NOT_SETTLED, R.CHECKS_PENDING, R.URGENT_IMPERFECT),
        facts=b.facts(main=TRY_LATER, pending=("revocation",), letter=b.letter(urgency=Urgency.FLASH)),
    ),
)
