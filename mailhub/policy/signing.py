"""What the signatures of a letter amount to, in the terms the rules ask for (Decree 30/2020, article 5: two signatures)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from mailhub.checking.reading import ReadFile
from mailhub.policy.case import SignatureFile, SignatureScope, SignerTie
from mailhub.policy.standing import DAMAGED, Standing, beside_standings, file_standings, is_stamp_alone, reports_of
from parsers.signatures.model import Coverage, Indication, Reason, SignatureReport, SignerKind, SubIndication


class LegalValue(StrEnum):
    """The value of a document by its signatures."""

    FULL = "full"
    COPY = "copy"
    ONE_MISSING = "one-missing"
    UNDETERMINED = "undetermined"
    INVALID = "invalid"
    UNSIGNED = "unsigned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """One certificate with a passed signature; `agency_id` is None until a clerk has tied it to an agency.

    `whole` is True where the signature is over the whole file as it came.
    """

    sha256: str
    kind: SignerKind
    agency_id: int | None
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """The signatures of one document together: how each stands, and who signed validly.

    `changed` are the signers whose pages or fields were changed before a seal over the whole file; `numbered` says that no more
    was changed than the page of number and date, or fields.
    """

    standings: frozenset[Standing]
    signers: tuple[Signer, ...]
    changed: tuple[Signer, ...] = ()
    numbered: bool = False

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
    def known(self) -> bool:
        """Whether a clerk has said of every valid signature whose it is, and a person's or an organisation's."""
        return bool(self.signers) and not self.of_unknown_kind and all(signer.agency_id is not None for signer in self.signers)

    def by(self, agencies: frozenset[int]) -> "Signing":
        """The valid signatures of these agencies alone, as if nobody else had signed."""
        return replace(self, signers=tuple(signer for signer in self.signers if signer.agency_id in agencies))

    @property
    def of_unknown_kind(self) -> bool:
        """Whether it is open for a valid signature if a person or an organisation made it."""
        return any(signer.kind is SignerKind.UNKNOWN for signer in self.signers)


def main_signing(main: ReadFile | None, signing_files: tuple[SignatureFile, ...], ties: tuple[SignerTie, ...]) -> Signing:
    """The signatures of a letter's main document: its own, and those of other files that are over its very bytes.

    Where there are none, a signature over an archive around it, or over nothing that came, counts as not checked: never as
    absent.
    """
    if main is None:
        return Signing(standings=frozenset(), signers=())
    over = [item for item in signing_files if item.scope is SignatureScope.FILES and main.sha256 in item.over]
    beside = [item for item in over if not is_stamp_alone(item.file)]
    reports = (*reports_of(main), *(report for item in beside for report in reports_of(item.file)))
    standings = own_standings(main, sealed=any(is_seal(report, ties) for item in beside for report in reports_of(item.file)))
    standings = standings.union(*(beside_standings(item.file, main) for item in beside))
    changed = [report for report in reports if report.sub_indication is SubIndication.CHANGED_BEFORE_SEAL]
    return Signing(
        standings=standings | loose_standings(main, signing_files, signed=bool(standings)),
        signers=signers_of(reports, ties),
        changed=tuple(signer_of(report, ties) for report in changed),
        numbered=all(map(is_numbering, changed)),
    )


def own_standings(main: ReadFile, *, sealed: bool) -> frozenset[Standing]:
    """How a document's own signatures stand.

    With a valid seal beside it, over the whole file, what was changed after a person's signature was changed before the seal;
    but nobody has judged that person's certificate, for the change came first.
    """
    standings = file_standings(main)
    appended = any(Reason.TRAILING_DATA in report.reasons for report in reports_of(main))
    if not sealed or appended or Standing.CHANGED not in standings:
        return standings
    return standings - {Standing.CHANGED} | {Standing.CHANGED_BEFORE_SEAL, Standing.UNSETTLED}


def loose_standings(main: ReadFile, signing_files: tuple[SignatureFile, ...], *, signed: bool) -> frozenset[Standing]:
    """What signatures that are not over the document's own bytes leave open; of no account where it is signed itself.

    A time stamp alone is nobody's signature, but never nothing.
    """
    around = [item for item in signing_files if item.scope is SignatureScope.CONTAINER and main.sha256 in item.over]
    lost = [item for item in signing_files if item.scope is SignatureScope.NOTHING or is_stamp_alone(item.file)]
    if not signed:
        return frozenset({Standing.NOT_CHECKED}) if around or lost else frozenset()
    damaged = any(file_standings(item.file) & DAMAGED for item in around)
    return frozenset({Standing.UNSETTLED}) if damaged else frozenset()


def signers_of(reports: Iterable[SignatureReport], ties: tuple[SignerTie, ...]) -> tuple[Signer, ...]:
    """Every certificate with a passed signature, once; over the whole file if one of its signatures is."""
    signers: dict[str, Signer] = {}
    for report in reports:
        if report.indication is not Indication.TOTAL_PASSED:
            continue
        signer = signer_of(report, ties)
        known = signers.get(signer.sha256)
        if known is None or signer.whole:
            signers[signer.sha256] = signer
    return tuple(signers.values())


def signer_of(report: SignatureReport, ties: tuple[SignerTie, ...]) -> Signer:
    """Who made a signature, as the directory knows the certificate."""
    sha256 = report.signer.der_sha256 if report.signer else ""
    tie = next((tie for tie in ties if tie.certificate_sha256 == sha256), None)
    return Signer(
        sha256=sha256,
        kind=kind_of(report, tie),
        agency_id=tie.agency_id if tie else None,
        whole=report.coverage is Coverage.ENTIRE_FILE,
    )


def is_seal(report: SignatureReport, ties: tuple[SignerTie, ...]) -> bool:
    """Whether the report is about an organisation's valid signature over a whole file."""
    signer = signer_of(report, ties)
    return report.indication is Indication.TOTAL_PASSED and signer.kind is SignerKind.ORGANISATION and signer.whole


def kind_of(report: SignatureReport, tie: SignerTie | None) -> SignerKind:
    """The clerk's word on a certificate goes before what its names suggest."""
    return tie.kind if tie and tie.kind is not SignerKind.UNKNOWN else report.signer_kind


NUMBERED_PAGES = frozenset({1})
"""Where number and date stand (Decree 30/2020, appendix I): a registry that adds them changes no other page."""


def is_numbering(report: SignatureReport) -> bool:
    """Whether what was changed after a signature may be number and date: the page that bears them or fields, no behaviour."""
    shown = Reason.VISIBLE_CHANGE not in report.reasons or bool(report.changed_pages)
    return shown and set(report.changed_pages) <= NUMBERED_PAGES and Reason.BEHAVIOUR_CHANGE not in report.reasons


def vouched(signing: Signing, issuers: frozenset[int]) -> Signing:
    """The signatures where the office files what was changed before the seal.

    All else has to be right: the seal over the whole file is the issuer's own, tied to it by a clerk, and only the page of
    number and date was changed. Otherwise they stay as they are.
    """
    seals = [signer for signer in signing.signers if signer.kind is SignerKind.ORGANISATION and signer.whole]
    sealed = any(signer.agency_id in issuers for signer in seals)
    rest = signing.standings - {Standing.CHANGED_BEFORE_SEAL}
    if not (signing.changed and signing.numbered and sealed and rest == {Standing.PASSED}):
        return signing
    known = {signer.sha256 for signer in signing.signers}
    added = {signer.sha256: signer for signer in signing.changed if signer.sha256 not in known}
    return replace(signing, standings=frozenset({Standing.PASSED}), signers=(*signing.signers, *added.values()))


def legal_value(signing: Signing, own: frozenset[int], *, copy: bool) -> LegalValue:
    """The value of the main document by its signatures (rules of 7.5); `own` are the agencies that may have signed it."""
    if signing.unsigned:
        return LegalValue.UNSIGNED
    if signing.standings & (DAMAGED | {Standing.NOT_VALID}):
        return LegalValue.INVALID
    if not signing.passed or not signing.known:
        return LegalValue.UNDETERMINED
    issued = signing.by(own)
    if issued.complete:
        return LegalValue.FULL
    if not signing.confirmed(own):
        return LegalValue.UNDETERMINED
    return LegalValue.COPY if copy else LegalValue.ONE_MISSING
