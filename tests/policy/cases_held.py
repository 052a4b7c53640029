"""Letters that are kept for a clerk."""

from dataclasses import replace
from datetime import date

from mailhub.policy.case import Action
from mailhub.policy.reasons import ReasonCode
from mailhub.policy.settings import Handling
from mailhub.policy.signing import LegalValue
from parsers.files.containers import ContainerCode, FileKind
from parsers.finding import Confidence, Source
from parsers.letter import DateField, LetterCode, Urgency
from parsers.mail.model import Mailbox, MessageCode
from parsers.signatures.model import Indication, Reason, SignerKind, SubIndication
from tests.policy import builders as b
from tests.policy.variants import (
    BROKEN,
    CITIZEN,
    MAYBE_PAPER,
    NO_FILE,
    ONLY_PERSON,
    ONLY_SEAL,
    PAPER,
    PARTY,
    REVOKED,
    SUPERIOR,
    TWO_OF_THREE,
    UNSIGNED,
    UNTIED,
    Row,
)

R, A = ReasonCode, Action

HELD = (
    Row(
        "unreadable main document",
        A.HOLD,
        (R.UNREADABLE,),
        facts=b.facts(letter=b.letter(findings=(b.finding(LetterCode.UNREADABLE_DOCUMENT),))),
    ),
    Row("the mail killed its reader", A.HOLD, (R.UNREADABLE,), facts=replace(NO_FILE, attempt_failed=True)),
    Row(
        "empty main document",
        A.HOLD,
        (R.UNREADABLE, R.UNSIGNED),
        facts=b.facts(main=b.a_file(signed=b.signatures(), findings=(b.finding(ContainerCode.EMPTY_FILE),))),
    ),
    Row(
        "two readers see two mails",
        A.HOLD,
        (R.MAIL_AMBIGUOUS,),
        facts=b.facts(mail_findings=(b.finding(MessageCode.READERS_DISAGREE),)),
    ),
    Row(
        "a piece of a longer mail",
        A.HOLD,
        (R.MAIL_AMBIGUOUS,),
        facts=b.facts(mail_findings=(b.finding(MessageCode.FRAGMENT),)),
    ),
    Row(
        "a file hidden in the mark-up of the text",
        A.HOLD,
        (R.MAIL_AMBIGUOUS,),
        facts=b.facts(mail_findings=(b.finding(MessageCode.FILE_IN_HTML),)),
    ),
    Row(
        "a body that is kept on another machine",
        A.HOLD,
        (R.EXTERNAL_LINK,),
        facts=b.facts(mail_findings=(b.finding(MessageCode.BODY_ELSEWHERE),)),
    ),
    Row(
        "a part that only a key opens",
        A.HOLD,
        (R.ARCHIVE_ENCRYPTED,),
        facts=b.facts(mail_findings=(b.finding(MessageCode.ENCRYPTED),)),
    ),
    Row(
        "two authors",
        A.HOLD,
        (R.MAIL_AMBIGUOUS, R.UNKNOWN_SENDER),
        facts=b.facts(mail=replace(b.MAIL, from_=(*b.MAIL.from_, Mailbox(name="", address="x@y.example")))),
    ),
    Row(
        "a broken letter from a stranger is not returned",
        A.HOLD,
        (R.UNKNOWN_SENDER, R.SIGNATURE_BROKEN),
        facts=b.facts(main=BROKEN),
        directory=b.directory(sender=None),
    ),
    Row("both signatures from a strange address", A.HOLD, (R.UNKNOWN_SENDER,), directory=b.directory(sender=None)),
    Row(
        "a sender known by the letterhead alone",
        A.HOLD,
        (R.UNKNOWN_SENDER,),
        directory=b.directory(sender=replace(b.FINANCE, matched_by="issuer")),
    ),
    Row("the sender is not the issuer", A.HOLD, (R.SENDER_NOT_ISSUER,), directory=b.directory(sender=b.HEALTH)),
    Row(
        "a broken letter of another agency is not returned to the sender",
        A.HOLD,
        (R.SENDER_NOT_ISSUER, R.SIGNATURE_BROKEN),
        facts=b.facts(main=BROKEN),
        directory=b.directory(sender=b.HEALTH),
    ),
    Row(
        "a citizen sends under an agency's letterhead",
        A.HOLD,
        (R.SENDER_NOT_ISSUER, R.UNSIGNED),
        facts=b.facts(main=UNSIGNED),
        directory=b.directory(sender=replace(CITIZEN, id=9)),
        settings=replace(b.SETTINGS, unsigned=Handling.HOLD),
    ),
    Row(
        "a citizen sends under a letterhead that nobody knows",
        A.HOLD,
        (R.SENDER_NOT_ISSUER, R.UNSIGNED, R.FIELDS_UNCERTAIN),
        facts=b.facts(main=UNSIGNED),
        directory=b.directory(sender=CITIZEN, issuer=None),
    ),
    Row("a citizen's broken signature", A.HOLD, (R.SIGNATURE_BROKEN,), facts=b.facts(main=BROKEN), directory=b.sent_by(CITIZEN)),
    Row(
        "paper announced by a citizen", A.HOLD, (R.NO_LETTER,), facts=replace(NO_FILE, letter=PAPER), directory=b.sent_by(CITIZEN)
    ),
    Row("no paper announced but a number in the subject", A.HOLD, (R.NO_LETTER,), facts=replace(NO_FILE, letter=MAYBE_PAPER)),
    Row("no letter", A.HOLD, (R.NO_LETTER,), facts=replace(NO_FILE, letter=b.letter(main=None))),
    Row(
        "files behind a link",
        A.HOLD,
        (R.EXTERNAL_LINK, R.NO_E_COPY),
        facts=replace(
            NO_FILE, letter=replace(PAPER, findings=(*PAPER.findings, b.finding(LetterCode.EXTERNAL_LINK, Source.TEXT_LAYER)))
        ),
    ),
    Row(
        "an archive with a password",
        A.HOLD,
        (R.ARCHIVE_ENCRYPTED,),
        facts=b.facts(files=(b.a_file("3", FileKind.ARCHIVE, findings=(b.finding(ContainerCode.ARCHIVE_ENCRYPTED),)),)),
    ),
    Row(
        "an archive bomb",
        A.HOLD,
        (R.ARCHIVE_BOMB,),
        facts=b.facts(files=(b.a_file("3", FileKind.ARCHIVE, findings=(b.finding(ContainerCode.ARCHIVE_BOMB),)),)),
    ),
    Row(
        "an archive of a kind that is not opened",
        A.HOLD,
        (R.ARCHIVE_NOT_OPENED,),
        facts=b.facts(files=(b.a_file("3", FileKind.ARCHIVE, findings=(b.finding(ContainerCode.ARCHIVE_UNSUPPORTED),)),)),
    ),
    Row(
        "one volume of an archive in parts",
        A.HOLD,
        (R.ARCHIVE_NOT_OPENED,),
        facts=b.facts(files=(b.a_file("3", FileKind.ARCHIVE, findings=(b.finding(ContainerCode.ARCHIVE_IN_PARTS),)),)),
    ),
    Row(
        "a damaged archive",
        A.HOLD,
        (R.ARCHIVE_UNSAFE,),
        facts=b.facts(files=(b.a_file("3", FileKind.ARCHIVE, findings=(b.finding(ContainerCode.ARCHIVE_BROKEN),)),)),
    ),
    Row(
        "a file that is of two types at once",
        A.HOLD,
        (R.ARCHIVE_UNSAFE,),
        facts=b.facts(files=(b.a_file("3", findings=(b.finding(ContainerCode.TWO_TYPES),)),)),
    ),
    Row(
        "a document with macros",
        A.HOLD,
        (R.MACRO_DOCUMENT,),
        facts=b.facts(files=(b.a_file("3", FileKind.SHEET, findings=(b.finding(ContainerCode.MACRO),)),)),
    ),
    Row(
        "several letters, grouping doubtful",
        A.HOLD,
        (R.SEVERAL_LETTERS,),
        facts=b.facts(letter=b.letter(findings=(b.finding("grouping-doubtful"),))),
        known=replace(b.KNOWN, sibling_letters=3),
    ),
    Row(
        "one of several letters has no number",
        A.HOLD,
        (R.SEVERAL_LETTERS, R.FIELDS_UNCERTAIN),
        facts=b.facts(letter=b.letter(reference=None)),
        known=replace(b.KNOWN, sibling_letters=3),
    ),
    Row(
        "trust not configured",
        A.HOLD,
        (R.TRUST_NOT_CONFIGURED,),
        legal=LegalValue.UNDETERMINED,
        facts=b.facts(
            main=b.signed_by(
                b.by_person(Indication.INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND, (Reason.EMPTY_TRUST,))
            ),
            trust_configured=False,
        ),
    ),
    Row("a signature of an unknown format", A.HOLD, (R.SIGNATURE_NOT_CHECKED,), facts=b.facts(main=b.a_file(signed=None))),
    Row(
        "a format that is recognised and not evaluated is never unsigned",
        A.HOLD,
        (R.SIGNATURE_NOT_CHECKED,),
        legal=LegalValue.UNDETERMINED,
        facts=b.facts(main=b.a_file(signed=b.signatures(unchecked=("OOXML",)))),
    ),
    Row(
        "more signatures than were evaluated",
        A.HOLD,
        (R.SIGNATURE_NOT_CHECKED,),
        facts=b.facts(main=b.signed_by(b.by_person(), b.by_organisation(), seen=40)),
    ),
    Row(
        "a detached signature beside the document",
        A.HOLD,
        (R.SIGNATURE_NOT_CHECKED,),
        facts=b.facts(main=UNSIGNED, files=(b.a_file("3", FileKind.SIGNATURE, signed=b.signatures(unchecked=("CAdES",))),)),
    ),
    Row("revoked", A.HOLD, (R.CERTIFICATE_NOT_VALID,), legal=LegalValue.INVALID, facts=b.facts(main=REVOKED)),
    Row(
        "something was added between signature and seal",
        A.HOLD,
        (R.CHANGED_BEFORE_SEAL,),
        facts=b.facts(
            main=b.signed_by(b.by_person(Indication.INDETERMINATE, SubIndication.CHANGED_BEFORE_SEAL), b.by_organisation())
        ),
    ),
    Row("first-seen certificates", A.HOLD, (R.SIGNER_UNCONFIRMED,), legal=LegalValue.UNDETERMINED, directory=UNTIED),
    Row(
        "person or organisation? nobody has said",
        A.HOLD,
        (R.SIGNER_UNCONFIRMED,),
        facts=b.facts(main=b.signed_by(b.by_person(), b.report(SignerKind.UNKNOWN, b.SEAL))),
    ),
    Row(
        "a damaged time stamp leaves the file open, and returns nothing",
        A.HOLD,
        (R.SIGNATURE_NOT_SETTLED,),
        facts=b.facts(
            main=b.a_file(
                signed=replace(
                    b.signatures(b.by_person(), b.by_organisation(), b.timestamp(*b.BROKEN)), indication=Indication.INDETERMINATE
                )
            )
        ),
    ),
    Row(
        "only a time stamp",
        A.HOLD,
        (R.SIGNER_UNCONFIRMED,),
        facts=b.facts(main=b.signed_by(b.timestamp())),
    ),
    Row(
        "the seal is missing",
        A.HOLD,
        (R.ONE_SIGNATURE_MISSING, R.ORGANISATION_SIGNATURE_MISSING),
        legal=LegalValue.ONE_MISSING,
        facts=b.facts(main=ONLY_PERSON),
    ),
    Row(
        "the person's signature is missing",
        A.HOLD,
        (R.ONE_SIGNATURE_MISSING, R.PERSON_SIGNATURE_MISSING),
        facts=b.facts(main=ONLY_SEAL),
    ),
    Row(
        "unsigned, where the office holds such",
        A.HOLD,
        (R.UNSIGNED,),
        facts=b.facts(main=UNSIGNED),
        settings=replace(b.SETTINGS, unsigned=Handling.HOLD),
    ),
    Row(
        "a broken enclosure",
        A.HOLD,
        (R.ENCLOSURE_SIGNATURE_INVALID,),
        facts=b.facts(files=(b.a_file("3", signed=b.signatures(b.by_organisation(*b.BROKEN))),)),
    ),
    Row(
        "the number is filed already with other content",
        A.HOLD,
        (R.POSSIBLE_REPLACEMENT,),
        known=replace(b.KNOWN, same_key=replace(b.ENTRY, content_digest="d2")),
    ),
    Row(
        "a signed letter with this number is waiting",
        A.HOLD,
        (R.POSSIBLE_REPLACEMENT,),
        known=replace(b.KNOWN, waiting_same_key=1, waiting_same_key_signed=1),
    ),
    Row(
        "a less proved letter is held beside any with its number",
        A.HOLD,
        (R.ONE_SIGNATURE_MISSING, R.ORGANISATION_SIGNATURE_MISSING, R.POSSIBLE_REPLACEMENT),
        facts=b.facts(main=ONLY_PERSON),
        known=replace(b.KNOWN, waiting_same_key=1),
    ),
    Row(
        "addressed to others",
        A.HOLD,
        (R.WRONG_ADDRESSEE,),
        facts=b.facts(letter=b.letter(addressees=(b.text("UBND tỉnh Bắc Ninh"),), copies_to=(b.text("Lưu: VT"),))),
    ),
    Row("one enclosure of two is missing", A.HOLD, (R.ENCLOSURES_MISSING,), facts=b.facts(letter=TWO_OF_THREE)),
    Row("no number", A.HOLD, (R.FIELDS_UNCERTAIN,), facts=b.facts(letter=b.letter(reference=None))),
    Row(
        "a doubtful date",
        A.HOLD,
        (R.FIELDS_UNCERTAIN,),
        facts=b.facts(letter=b.letter(issued_on=replace(b.FIELDS.issued_on, confidence=Confidence.DOUBTFUL))),
    ),
    Row(
        "dated next week",
        A.HOLD,
        (R.FIELDS_UNCERTAIN,),
        facts=b.facts(
            letter=b.letter(
                issued_on=DateField(value=date(2024, 8, 16), source=Source.TEXT_LAYER, place="", confidence=Confidence.LIKELY)
            )
        ),
    ),
    Row("an issuer that is not in the directory", A.HOLD, (R.FIELDS_UNCERTAIN,), directory=b.directory(issuer=None)),
    Row("no address line at all", A.HOLD, (R.FIELDS_UNCERTAIN,), facts=b.facts(letter=b.letter(addressees=()))),
    Row(
        "two readings of one field",
        A.HOLD,
        (R.FIELDS_UNCERTAIN,),
        facts=b.facts(letter=b.letter(findings=(b.finding(LetterCode.FIELDS_DISAGREE),))),
    ),
    Row(
        "a superior body's broken letter",
        A.HOLD,
        (R.SUPERIOR_IMPERFECT, R.SIGNATURE_BROKEN),
        facts=b.facts(main=BROKEN),
        directory=b.sent_by(SUPERIOR),
    ),
    Row(
        "a Party body's unsigned letter",
        A.HOLD,
        (R.SUPERIOR_IMPERFECT, R.UNSIGNED),
        facts=b.facts(main=UNSIGNED),
        directory=b.sent_by(PARTY),
    ),
    Row(
        "a superior body that is held anyway",
        A.HOLD,
        (R.SIGNER_UNCONFIRMED, R.SUPERIOR_IMPERFECT),
        directory=replace(b.sent_by(SUPERIOR), signers=()),
    ),
    Row(
        "hỏa tốc and broken",
        A.HOLD,
        (R.URGENT_IMPERFECT, R.SIGNATURE_BROKEN),
        facts=b.facts(main=BROKEN, letter=b.letter(urgency=Urgency.FLASH)),
    ),
    Row(
        "khẩn and one enclosure missing",
        A.HOLD,
        (R.ENCLOSURES_MISSING, R.URGENT_IMPERFECT),
        facts=b.facts(letter=replace(TWO_OF_THREE, urgency=Urgency.URGENT)),
    ),
)
