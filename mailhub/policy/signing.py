"""What the signatures of a letter amount to, in the terms the rules ask for (Decree 30/2020, article 5: two signatures)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mailhub.checking.reading import ReadFile
from mailhub.policy.case import SignerTie
from parsers.files.containers import FileKind
from parsers.signatures.model import DocumentSignatures, Indication, Reason, SignatureReport, SignerKind, SubIndication


class LegalValue(StrEnum):
    """The value of a document by its signatures."""

    FULL = "full"
    COPY = "copy"
    ONE_MISSING = "one-missing"
    UNDETERMINED = "undetermined"
    INVALID = "invalid"
    UNSIGNED = "unsigned"


class Standing(StrEnum):
    """What one signature, or a file as a whole, amounts to.

    `broken` and `changed` are proved by the bytes alone; `malformed` may be a limit of the reader, `not-valid` depends on
    revocation and dates, so neither returns a letter by machine (design, promise 9).
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """One certificate with a passed signature; `agency_id` is None until a clerk has tied it to an agency."""

    sha256: str
    kind: SignerKind
    agency_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """The signatures of one document together: how each stands, and who signed validly."""

    standings: frozenset[Standing]
    signers: tuple[Signer, ...]

    @property
    def unsigned(self) -> bool:
        """True only where no signature of any format was seen."""
        return not self.standings

    @property
    def passed(self) -> bool:
        """True where there are signatures and every one of them is valid."""
        return self.standings == {Standing.PASSED}

    @property
    def has_person(self) -> bool:
        """Whether a competent person's signature is among the valid ones."""
        return any(signer.kind is SignerKind.PERSON for signer in self.signers)

    @property
    def has_organisation(self) -> bool:
        """Whether an organisation's signature is among the valid ones."""
        return any(signer.kind is SignerKind.ORGANISATION for signer in self.signers)

    @property
    def complete(self) -> bool:
        """Whether both signatures of article 5 are there and nothing speaks against any signature."""
        return self.passed and self.has_person and self.has_organisation

    def confirmed(self, own: frozenset[int]) -> bool:
        """Whether a clerk has tied every valid signature to one of these agencies, as a person's or an organisation's."""
        return bool(self.signers) and not self.of_unknown_kind and all(signer.agency_id in own for signer in self.signers)

    @property
    def of_unknown_kind(self) -> bool:
        """Whether it is open for a valid signature if a person or an organisation made it."""
        return any(signer.kind is SignerKind.UNKNOWN for signer in self.signers)


def main_signing(main: ReadFile | None, others: tuple[ReadFile, ...], ties: tuple[SignerTie, ...]) -> Signing:
    """The signatures of a letter's main document.

    A detached signature beside it that was not paired with a document counts as not checked, never as absent.
    """
    if main is None:
        return Signing(standings=frozenset(), signers=())
    standings = file_standings(main)
    if not standings and any(file.kind is FileKind.SIGNATURE for file in others):
        standings = frozenset({Standing.NOT_CHECKED})
    reports = main.signatures.signatures if main.signatures else ()
    return Signing(standings=standings, signers=signers_of(reports, ties))


def file_standings(file: ReadFile) -> frozenset[Standing]:
    """How the signatures of one file stand; empty only for a file without any signature."""
    document = file.signatures
    if document is None:
        return frozenset() if file.kind in UNSIGNABLE else frozenset({Standing.NOT_CHECKED})
    found = {report_standing(report) for report in document.signatures if not is_timestamp(report)}
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


def signers_of(reports: Iterable[SignatureReport], ties: tuple[SignerTie, ...]) -> tuple[Signer, ...]:
    """Every certificate with a passed signature, once. A document time stamp is nobody's signature."""
    by_sha256 = {tie.certificate_sha256: tie for tie in ties}
    signers: dict[str, Signer] = {}
    for report in reports:
        if report.indication is not Indication.TOTAL_PASSED or is_timestamp(report):
            continue
        sha256 = report.signer.der_sha256 if report.signer else ""
        tie = by_sha256.get(sha256)
        signers[sha256] = Signer(sha256=sha256, kind=kind_of(report, tie), agency_id=tie.agency_id if tie else None)
    return tuple(signers.values())


def kind_of(report: SignatureReport, tie: SignerTie | None) -> SignerKind:
    """The clerk's word on a certificate goes before what its names suggest."""
    return tie.kind if tie and tie.kind is not SignerKind.UNKNOWN else report.signer_kind


def is_timestamp(report: SignatureReport) -> bool:
    """Whether the report is about a document time stamp (ISO 32000-2, 12.8.5)."""
    return "timestamp" in report.format.lower()


def legal_value(signing: Signing, own: frozenset[int], *, copy: bool) -> LegalValue:
    """The value of the main document by its signatures; `own` are the agencies that may have signed it."""
    if signing.unsigned:
        return LegalValue.UNSIGNED
    if signing.standings & (DAMAGED | {Standing.NOT_VALID}):
        return LegalValue.INVALID
    if not signing.passed or not signing.confirmed(own):
        return LegalValue.UNDETERMINED
    if signing.complete:
        return LegalValue.FULL
    return LegalValue.COPY if copy else LegalValue.ONE_MISSING
