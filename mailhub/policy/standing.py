"""How signatures stand: a verdict of EN 319 102-1 in the terms of the rules, for one signature and for a file."""

from enum import StrEnum

from mailhub.checking.reading import ReadFile
from mailhub.policy.covering import is_held_by, is_mail_signature
from parsers.files.model import FileKind
from parsers.signatures.model import DocumentSignatures, Indication, Reason, SignatureReport, SubIndication


class Standing(StrEnum):
    """What one signature, or a file as a whole, amounts to.

    `broken` and `changed` are proved by the bytes alone; `malformed` may be a limit of the reader or a signature that only a
    name has paired with the document, `not-valid` depends on revocation and dates, so neither returns a letter by machine
    (design, promise 9).
    """

    PASSED = "passed"
    CHANGED = "changed"
    BROKEN = "broken"
    MALFORMED = "malformed"
    CHANGED_BEFORE_SEAL = "changed-before-seal"
    NOT_VALID = "not-valid"
    NO_TRUST = "no-trust"
    NOT_CHECKED = "not-checked"
    UNSETTLED = "unsettled"


DAMAGED = frozenset({Standing.CHANGED, Standing.BROKEN, Standing.MALFORMED})

UNSIGNABLE = frozenset({FileKind.IMAGE, FileKind.TEXT, FileKind.HTML, FileKind.CALENDAR})
"""Kinds with no place for a signature: a picture of a seal is not a digital signature."""

CHANGES = frozenset({Reason.VISIBLE_CHANGE, Reason.TRAILING_DATA})


def reports_of(file: ReadFile) -> tuple[SignatureReport, ...]:
    """The signatures of a file that are somebody's signatures over a document.

    Left out are time stamps, the signatures of mails, and countersignatures, which are over another signature.
    """
    found = file.signatures.signatures if file.signatures is not None and not is_mail_signature(file) else ()
    return tuple(report for report in found if not (is_timestamp(report) or report.countersigns))


def file_standings(file: ReadFile) -> frozenset[Standing]:
    """How the signatures of one file stand; empty only for a file without any signature, but a mail's."""
    document = file.signatures
    if document is None:
        return frozenset() if file.kind in UNSIGNABLE else frozenset({Standing.NOT_CHECKED})
    if is_mail_signature(file):
        return frozenset()
    found = {report_standing(report) for report in reports_of(file)}
    # A countersignature stands outside what was signed: anybody may have added a bad one, so it proves nothing by itself.
    if any(report.countersigns and report.indication is not Indication.TOTAL_PASSED for report in document.signatures):
        found.add(Standing.UNSETTLED)
    if document.unchecked or document.seen > len(document.signatures):
        found.add(Standing.NOT_CHECKED)
    if speaks_for_itself(document):
        found.add(standing_of(document.indication, document.sub_indication, document.reasons))
    return frozenset(found)


def speaks_for_itself(document: DocumentSignatures) -> bool:
    """Whether the verdict on the file says more than those on its signatures: nothing evaluated, or a worse whole.

    A document time stamp speaks only through the file's verdict: an untrusted one does not break what others signed.
    """
    if document.indication is None:
        return False
    return document.indication not in {report.indication for report in document.signatures if not is_timestamp(report)}


def report_standing(report: SignatureReport) -> Standing:
    """How one signature stands."""
    return standing_of(report.indication, report.sub_indication, report.reasons)


def standing_of(indication: Indication | None, sub: SubIndication | None, reasons: tuple[Reason, ...]) -> Standing:
    """A verdict of EN 319 102-1 in the terms of the rules."""
    if sub is SubIndication.CHANGED_BEFORE_SEAL:
        return Standing.CHANGED_BEFORE_SEAL
    match indication:
        case Indication.TOTAL_PASSED:
            return Standing.PASSED
        case Indication.TOTAL_FAILED:
            return failed_standing(sub, frozenset(reasons))
        case _:
            return open_standing(frozenset(reasons))


def failed_standing(sub: SubIndication | None, reasons: frozenset[Reason]) -> Standing:
    """Which kind of failure it is: of the bytes, of the form, or of the certificate."""
    if reasons & CHANGES:
        return Standing.CHANGED
    if sub in {SubIndication.HASH_FAILURE, SubIndication.SIG_CRYPTO_FAILURE} or Reason.GAP in reasons:
        return Standing.BROKEN
    return Standing.MALFORMED if sub is SubIndication.FORMAT_FAILURE else Standing.NOT_VALID


def open_standing(reasons: frozenset[Reason]) -> Standing:
    """Why a verdict is still open."""
    if Reason.EMPTY_TRUST in reasons:
        return Standing.NO_TRUST
    if reasons & {Reason.FORMAT_NOT_CHECKED, Reason.SUBFILTER}:
        return Standing.NOT_CHECKED
    return Standing.UNSETTLED


def beside_standings(file: ReadFile, document: ReadFile) -> frozenset[Standing]:
    """How the signatures of a file around or beside a document stand.

    A detached one that does not match was paired by its name: the sender may have put two versions side by side.
    """
    standings = file_standings(file)
    if Standing.BROKEN not in standings or is_held_by(document, file):
        return standings
    return standings - {Standing.BROKEN} | {Standing.MALFORMED}


def is_timestamp(report: SignatureReport) -> bool:
    """Whether the report is about a document time stamp (ISO 32000-2, 12.8.5)."""
    return "timestamp" in report.format.lower()


def is_stamp_alone(file: ReadFile) -> bool:
    """Whether nothing but time stamps was found in the file, as in a .tst beside a document."""
    found = file.signatures.signatures if file.signatures is not None else ()
    return bool(found) and all(is_timestamp(report) for report in found)
