"""Letters signed by files beside them and around them, mails that are signed themselves, and whose the signatures are."""

from dataclasses import replace

from mailhub.policy.case import Action, SignatureScope, SignerTie
from mailhub.policy.reasons import ReasonCode
from mailhub.policy.settings import Handling
from mailhub.policy.signing import LegalValue
from parsers.files.containers import FileKind
from parsers.mail.authentication import Proof
from parsers.signatures.model import Indication, Reason, SignerKind, SubIndication
from tests.policy import builders as b
from tests.policy.variants import CHANGED, ONLY_PERSON, ONLY_SEAL, UNSIGNED, Row

R, A = ReasonCode, Action

PERSON_BESIDE, SEAL_BESIDE = b.beside("3", b.by_person()), b.beside("3", b.by_organisation())
BOTH_BESIDE = b.beside("3", b.by_person(), b.by_organisation())
AROUND = replace(BOTH_BESIDE, file=replace(BOTH_BESIDE.file, path="2"))
WRAPPED = replace(UNSIGNED, path="2!letter.pdf", sha256="2".zfill(64))
LOST = b.beside("3", b.by_person(Indication.INDETERMINATE, SubIndication.SIGNED_DATA_NOT_FOUND))
LOST = replace(LOST, scope=SignatureScope.NOTHING, over=())
UNPROVED = b.sent_by(replace(b.FINANCE, proof=Proof.UNPROVED))
FILING_CHANGED = replace(b.SETTINGS, changed_before_seal=Handling.FILE)
SCRIPTED = replace(b.changed_before_seal(), reasons=(Reason.VISIBLE_CHANGE, Reason.BEHAVIOUR_CHANGE))
NUMBERED = b.signed_by(b.changed_before_seal(), b.by_organisation())


def beside(*items, main=UNSIGNED, **changes):
    """The letter with these files beside it."""
    return b.facts(main=main, signature_files=items, **changes)


SIGNED_BESIDE = (
    Row(
        "both signatures in one file beside the document",
        A.FILE,
        (R.COMPLETE,),
        automatic=True,
        legal=LegalValue.FULL,
        facts=beside(BOTH_BESIDE),
    ),
    Row(
        "each signature in a file of its own",
        A.FILE,
        (R.COMPLETE,),
        automatic=True,
        legal=LegalValue.FULL,
        facts=beside(PERSON_BESIDE, replace(SEAL_BESIDE, file=replace(SEAL_BESIDE.file, path="5"))),
    ),
    Row(
        "the person signed the document, the organisation beside it",
        A.FILE,
        (R.COMPLETE,),
        automatic=True,
        legal=LegalValue.FULL,
        facts=beside(SEAL_BESIDE, main=ONLY_PERSON),
    ),
    Row(
        "a document out of an envelope that both have signed",
        A.FILE,
        (R.COMPLETE,),
        automatic=True,
        legal=LegalValue.FULL,
        facts=beside(AROUND, main=WRAPPED, letter=b.letter(main=WRAPPED.path)),
    ),
    Row(
        "the seal alone, beside the document",
        A.HOLD,
        (R.ONE_SIGNATURE_MISSING, R.PERSON_SIGNATURE_MISSING),
        legal=LegalValue.ONE_MISSING,
        facts=beside(SEAL_BESIDE),
    ),
    Row(
        "an envelope whose signature does not match",
        A.RETURN,
        (R.SIGNATURE_BROKEN,),
        automatic=True,
        legal=LegalValue.INVALID,
        facts=beside(
            replace(b.beside("2", b.by_person(*b.BROKEN)), over=(WRAPPED.sha256,)),
            main=WRAPPED,
            letter=b.letter(main=WRAPPED.path),
        ),
    ),
    Row(
        "a signature that bears the document's name and does not match it: a clerk looks at the two",
        A.RETURN,
        (R.SIGNATURE_BROKEN,),
        legal=LegalValue.INVALID,
        facts=beside(b.beside("3", b.by_person(*b.BROKEN))),
    ),
    Row(
        "a good signature beside does not heal a broken one inside",
        A.RETURN,
        (R.SIGNATURE_BROKEN,),
        automatic=True,
        legal=LegalValue.INVALID,
        facts=beside(BOTH_BESIDE, main=b.signed_by(b.by_person(*b.BROKEN))),
    ),
    Row(
        "a signature without its document", A.HOLD, (R.SIGNATURE_NOT_CHECKED,), legal=LegalValue.UNDETERMINED, facts=beside(LOST)
    ),
    Row(
        "a signature without its document beside a letter that is signed",
        A.FILE,
        (R.COMPLETE,),
        legal=LegalValue.FULL,
        facts=beside(LOST, main=b.MAIN),
    ),
    Row(
        "an archive that is signed as a whole",
        A.HOLD,
        (R.SIGNATURE_NOT_CHECKED,),
        facts=beside(replace(BOTH_BESIDE, scope=SignatureScope.CONTAINER)),
    ),
    Row(
        "a damaged signature on the archive that a signed letter came in",
        A.HOLD,
        (R.SIGNATURE_NOT_SETTLED,),
        facts=beside(b.beside("3", b.by_person(*b.BROKEN), scope=SignatureScope.CONTAINER), main=b.MAIN),
    ),
    Row(
        "revocation not known of a signature beside",
        A.HOLD,
        (R.SIGNATURE_NOT_SETTLED,),
        legal=LegalValue.UNDETERMINED,
        facts=beside(b.beside("3", b.by_person(*b.TRY_LATER), b.by_organisation())),
    ),
    Row(
        "an enclosure with a broken signature beside it",
        A.HOLD,
        (R.ENCLOSURE_SIGNATURE_INVALID,),
        facts=b.facts(
            files=(b.a_file("3", signed=b.signatures()),),
            signature_files=(b.beside("5", b.by_person(*b.BROKEN), over=("3".zfill(64),)),),
        ),
    ),
    Row(
        "an enclosure with a good signature beside it",
        A.FILE,
        (R.COMPLETE,),
        automatic=True,
        facts=b.facts(
            files=(b.a_file("3", signed=b.signatures()),),
            signature_files=(b.beside("5", b.by_person(), over=("3".zfill(64),)),),
        ),
    ),
    Row(
        "a signed XML file beside the document is its signature, not an enclosure of its own",
        A.RETURN,
        (R.SIGNATURE_BROKEN,),
        facts=b.facts(
            main=UNSIGNED,
            files=(b.beside("3", b.by_person(*b.BROKEN), kind=FileKind.XML).file,),
            signature_files=(b.beside("3", b.by_person(*b.BROKEN), kind=FileKind.XML),),
        ),
    ),
    Row(
        "a countersignature makes nobody a signer",
        A.HOLD,
        (R.ONE_SIGNATURE_MISSING, R.ORGANISATION_SIGNATURE_MISSING),
        facts=beside(b.beside("3", b.by_person(), replace(b.by_organisation(), format="CMS-counter", countersigns="1"))),
    ),
    Row(
        "a bad countersignature, which anybody may have added, holds",
        A.HOLD,
        (R.SIGNATURE_NOT_SETTLED,),
        facts=beside(
            b.beside(
                "3", b.by_person(), b.by_organisation(), replace(b.by_person(*b.BROKEN), format="CMS-counter", countersigns="1")
            )
        ),
    ),
    Row(
        "number and date added before the seal, where the office files such",
        A.FILE,
        (R.COMPLETE, R.CHANGED_BEFORE_SEAL_ACCEPTED),
        automatic=True,
        legal=LegalValue.FULL,
        facts=b.facts(main=NUMBERED),
        settings=FILING_CHANGED,
    ),
    Row(
        "another page than that of number and date was changed before the seal",
        A.HOLD,
        (R.CHANGED_BEFORE_SEAL,),
        legal=LegalValue.UNDETERMINED,
        facts=b.facts(main=b.signed_by(b.changed_before_seal((1, 2)), b.by_organisation())),
        settings=FILING_CHANGED,
    ),
    Row(
        "scripts or layers were changed before the seal, beside the number",
        A.HOLD,
        (R.CHANGED_BEFORE_SEAL,),
        facts=b.facts(main=b.signed_by(SCRIPTED, b.by_organisation())),
        settings=FILING_CHANGED,
    ),
    Row(
        "something else than a page was changed before the seal",
        A.HOLD,
        (R.CHANGED_BEFORE_SEAL,),
        facts=b.facts(main=b.signed_by(b.changed_before_seal(()), b.by_organisation())),
        settings=FILING_CHANGED,
    ),
    Row(
        "changed before a seal that nobody has tied to the issuer",
        A.HOLD,
        (R.CHANGED_BEFORE_SEAL,),
        facts=b.facts(main=NUMBERED),
        directory=b.directory(signers=b.DIRECTORY.signers[:1]),
        settings=FILING_CHANGED,
    ),
    Row(
        "changed before the seal of another agency",
        A.HOLD,
        (R.CHANGED_BEFORE_SEAL, R.SIGNER_OF_ANOTHER_AGENCY),
        facts=b.facts(main=NUMBERED),
        directory=b.directory(signers=(b.DIRECTORY.signers[0], replace(b.DIRECTORY.signers[1], agency_id=8))),
        settings=FILING_CHANGED,
    ),
    Row(
        "changed before the seal, the person's certificate not confirmed",
        A.HOLD,
        (R.SIGNER_UNCONFIRMED,),
        facts=b.facts(main=NUMBERED),
        directory=b.directory(signers=b.DIRECTORY.signers[1:]),
        settings=FILING_CHANGED,
    ),
    Row(
        "changed before a seal beside the document: nobody has judged the person's certificate",
        A.HOLD,
        (R.CHANGED_BEFORE_SEAL, R.SIGNATURE_NOT_SETTLED),
        legal=LegalValue.UNDETERMINED,
        facts=beside(SEAL_BESIDE, main=b.signed_by(b.by_person(*b.CHANGED))),
        settings=FILING_CHANGED,
    ),
    Row(
        "a person's signature beside heals no change",
        A.RETURN,
        (R.CHANGED_AFTER_SIGNING,),
        automatic=True,
        facts=beside(PERSON_BESIDE, main=CHANGED),
    ),
)

AT_HEALTH = tuple(replace(tie, agency_id=8) for tie in b.DIRECTORY.signers)
THIRD = SignerTie(certificate_sha256=b.OTHER, agency_id=8, agency_name="Sở Y tế")

SIGNED_BY_OTHERS = (
    Row(
        "signed by its issuer, sent by another agency",
        A.HOLD,
        (R.SENDER_NOT_ISSUER,),
        legal=LegalValue.FULL,
        directory=b.directory(sender=b.HEALTH),
    ),
    Row(
        "signed by its sender under another agency's letterhead",
        A.HOLD,
        (R.SENDER_NOT_ISSUER, R.SIGNER_OF_ANOTHER_AGENCY),
        legal=LegalValue.UNDETERMINED,
        directory=b.directory(sender=b.HEALTH, signers=AT_HEALTH),
    ),
    Row(
        "the person's signature is another agency's",
        A.RETURN,
        (R.SIGNER_OF_ANOTHER_AGENCY,),
        legal=LegalValue.UNDETERMINED,
        directory=b.directory(signers=(AT_HEALTH[0], b.DIRECTORY.signers[1])),
    ),
    Row(
        "the seal is another agency's",
        A.RETURN,
        (R.SIGNER_OF_ANOTHER_AGENCY,),
        legal=LegalValue.UNDETERMINED,
        directory=b.directory(signers=(b.DIRECTORY.signers[0], AT_HEALTH[1])),
    ),
    Row(
        "another agency has signed along with the issuer's two",
        A.HOLD,
        (R.SIGNER_OF_ANOTHER_AGENCY,),
        legal=LegalValue.FULL,
        facts=b.facts(main=b.signed_by(b.by_person(), b.by_organisation(), b.report(SignerKind.ORGANISATION, b.OTHER))),
        directory=b.directory(signers=(*b.DIRECTORY.signers, THIRD)),
    ),
    Row(
        "whoever has signed along is not known",
        A.HOLD,
        (R.SIGNER_UNCONFIRMED,),
        legal=LegalValue.UNDETERMINED,
        facts=b.facts(main=b.signed_by(b.by_person(), b.by_organisation(), b.report(SignerKind.ORGANISATION, b.OTHER))),
    ),
    Row(
        "a copy made by a third agency, neither sender nor issuer",
        A.RETURN,
        (R.SIGNER_OF_ANOTHER_AGENCY,),
        legal=LegalValue.UNDETERMINED,
        facts=b.facts(main=ONLY_SEAL, letter=b.letter(copy_form=b.text("SAO Y"))),
        directory=b.directory(signers=AT_HEALTH),
    ),
    Row(
        "a tie was taken back: the certificate is new again",
        A.HOLD,
        (R.SIGNER_UNCONFIRMED,),
        legal=LegalValue.UNDETERMINED,
        directory=b.directory(signers=(b.DIRECTORY.signers[0], replace(b.DIRECTORY.signers[1], agency_id=None))),
    ),
    Row(
        "a certificate like a known one is not known for that",
        A.HOLD,
        (R.SIGNER_UNCONFIRMED,),
        directory=b.directory(
            signers=(b.DIRECTORY.signers[0], replace(b.DIRECTORY.signers[1], agency_id=None, resembles="Sở Tài chính"))
        ),
    ),
)

OTHER_TIED = (*b.DIRECTORY.signers, replace(THIRD, agency_id=7, agency_name="Sở Tài chính"))
BY_SENDER = replace(UNPROVED, signers=OTHER_TIED)

SIGNED_MAILS = (
    Row(
        "a mail's signature makes no letter signed",
        A.RETURN,
        (R.UNSIGNED,),
        automatic=True,
        legal=LegalValue.UNSIGNED,
        facts=beside(b.of_mail()),
    ),
    Row(
        "a mail's signature that does not hold",
        A.HOLD,
        (R.MAIL_SIGNATURE_BROKEN,),
        legal=LegalValue.FULL,
        facts=beside(b.of_mail(*b.BROKEN), main=b.MAIN),
    ),
    Row(
        "a mail signed with a certificate that had expired",
        A.HOLD,
        (R.MAIL_SIGNATURE_BROKEN,),
        facts=beside(b.of_mail(Indication.TOTAL_FAILED, SubIndication.EXPIRED), main=b.MAIN),
    ),
    Row(
        "a mail's signature that could not be settled says nothing",
        A.FILE,
        (R.COMPLETE,),
        automatic=True,
        facts=beside(b.of_mail(Indication.INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND), main=b.MAIN),
    ),
    Row(
        "parts outside the mail's signature, or another author, are shown and hold nothing",
        A.FILE,
        (R.COMPLETE,),
        automatic=True,
        facts=beside(b.of_mail(whole=False, matches=False), main=b.MAIN),
    ),
    Row(
        "an unproved sender that signed its mail is proposed, never filed by machine",
        A.FILE,
        (R.COMPLETE,),
        facts=beside(b.of_mail(), main=b.MAIN),
        directory=BY_SENDER,
    ),
    Row(
        "an unproved sender with a mail signature that nobody has tied to it",
        A.HOLD,
        (R.SENDER_UNPROVED,),
        facts=beside(b.of_mail(), main=b.MAIN),
        directory=UNPROVED,
    ),
    Row(
        "an unproved sender whose mail is signed in part",
        A.HOLD,
        (R.SENDER_UNPROVED,),
        facts=beside(b.of_mail(whole=False), main=b.MAIN),
        directory=BY_SENDER,
    ),
    Row(
        "an unproved sender whose certificate bears another address",
        A.HOLD,
        (R.SENDER_UNPROVED,),
        facts=beside(b.of_mail(matches=False), main=b.MAIN),
        directory=BY_SENDER,
    ),
    Row(
        "a mail's signature clears no sender that its domain disowns",
        A.HOLD,
        (R.SENDER_FAILED,),
        facts=beside(b.of_mail(), main=b.MAIN),
        directory=replace(b.sent_by(replace(b.FINANCE, proof=Proof.FAILED)), signers=OTHER_TIED),
    ),
)
