"""Letters that are sent back."""

from dataclasses import replace

from mailhub.policy.case import Action
from mailhub.policy.reasons import ReasonCode
from mailhub.policy.settings import Handling
from mailhub.policy.signing import LegalValue
from parsers.files.containers import ContainerCode, FileKind
from parsers.signatures.model import Indication, Reason, SubIndication
from tests.policy import builders as b
from tests.policy.variants import (
    BROKEN,
    CHANGED,
    NO_FILE,
    ONLY_PERSON,
    PAPER,
    PROPOSING,
    TIED_ELSEWHERE,
    UNSIGNED,
    Row,
)

R, A = ReasonCode, Action

RETURNED = (
    Row("paper announced, no e-copy", A.RETURN, (R.NO_E_COPY,), facts=replace(NO_FILE, letter=PAPER)),
    Row("unsigned", A.RETURN, (R.UNSIGNED,), automatic=True, legal=LegalValue.UNSIGNED, facts=b.facts(main=UNSIGNED)),
    Row("a picture of a seal", A.RETURN, (R.UNSIGNED,), automatic=True, facts=b.facts(main=b.a_file(kind=FileKind.IMAGE))),
    Row(
        "unsigned beside a signed file: which one is the main document?",
        A.RETURN,
        (R.UNSIGNED,),
        facts=b.facts(main=UNSIGNED, files=(b.a_file("3", signed=b.SIGNED),)),
    ),
    Row(
        "one flipped byte", A.RETURN, (R.SIGNATURE_BROKEN,), automatic=True, legal=LegalValue.INVALID, facts=b.facts(main=BROKEN)
    ),
    Row(
        "broken, but the reader may be at its limits",
        A.RETURN,
        (R.SIGNATURE_BROKEN,),
        facts=b.facts(main=b.signed_by(b.by_person(Indication.TOTAL_FAILED, SubIndication.FORMAT_FAILURE, (Reason.UNREADABLE,)))),
    ),
    Row(
        "one page replaced by an incremental update",
        A.RETURN,
        (R.CHANGED_AFTER_SIGNING,),
        automatic=True,
        legal=LegalValue.INVALID,
        facts=b.facts(main=CHANGED),
    ),
    Row(
        "the file as a whole fails though each signature passes",
        A.RETURN,
        (R.SIGNATURE_BROKEN,),
        facts=b.facts(
            main=b.a_file(
                signed=replace(b.SIGNED, indication=Indication.TOTAL_FAILED, sub_indication=SubIndication.FORMAT_FAILURE)
            )
        ),
    ),
    Row(
        "signers tied to another agency: a clerk returns",
        A.RETURN,
        (R.SIGNER_OF_ANOTHER_AGENCY,),
        legal=LegalValue.UNDETERMINED,
        directory=TIED_ELSEWHERE,
    ),
    Row(
        "a program among the files",
        A.RETURN,
        (R.EXECUTABLE,),
        automatic=True,
        facts=b.facts(files=(b.a_file("3", FileKind.EXECUTABLE),)),
    ),
    Row(
        "a document with macros, where the office returns such",
        A.RETURN,
        (R.MACRO_DOCUMENT,),
        automatic=True,
        facts=b.facts(files=(b.a_file("3", FileKind.SHEET, findings=(b.finding(ContainerCode.MACRO),)),)),
        settings=replace(b.SETTINGS, macros=Handling.RETURN),
    ),
    Row(
        "a file of a kind we do not recognise",
        A.RETURN,
        (R.TYPE_NOT_ALLOWED,),
        facts=b.facts(files=(b.a_file("3", FileKind.OTHER),)),
    ),
    Row(
        "one signature, where the office returns such",
        A.RETURN,
        (R.ONE_SIGNATURE_MISSING, R.ORGANISATION_SIGNATURE_MISSING),
        facts=b.facts(main=ONLY_PERSON),
        settings=replace(b.SETTINGS, one_signature=Handling.RETURN),
    ),
    Row(
        "broken, returns not configured",
        A.RETURN,
        (R.SIGNATURE_BROKEN,),
        facts=b.facts(main=BROKEN),
        settings=replace(b.SETTINGS, automatic_returns=False),
    ),
    Row(
        "broken, trust set not configured",
        A.RETURN,
        (R.SIGNATURE_BROKEN, R.TRUST_NOT_CONFIGURED),
        facts=b.facts(main=BROKEN, trust_configured=False),
    ),
    Row(
        "broken, agency not promoted", A.RETURN, (R.SIGNATURE_BROKEN,), facts=b.facts(main=BROKEN), directory=b.sent_by(PROPOSING)
    ),
    Row(
        "broken, in a mail that a program sent and that gets no answer",
        A.RETURN,
        (R.SIGNATURE_BROKEN,),
        facts=b.facts(main=BROKEN, mail=replace(b.MAIL, automatic=("Auto-Submitted",))),
    ),
    Row(
        "broken, null return path",
        A.RETURN,
        (R.SIGNATURE_BROKEN,),
        facts=b.facts(main=BROKEN, mail=replace(b.MAIL, return_path="")),
    ),
)
