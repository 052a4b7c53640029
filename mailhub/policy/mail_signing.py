"""What a mail's own signatures (S/MIME) amount to: they are about the mail and its sender, never about a letter."""

from collections.abc import Iterable
from dataclasses import dataclass

from mailhub.policy.case import SignatureFile, SignatureScope, SignerTie
from parsers.signatures.model import MAIL_FORMAT, Indication, SignatureReport


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSigning:
    """The signatures of a mail with what the directory knows of their certificates."""

    reports: tuple[SignatureReport, ...]
    ties: tuple[SignerTie, ...]

    @property
    def broken(self) -> bool:
        """Whether one of them is known not to hold; one that could not be settled says nothing."""
        return any(report.indication is Indication.TOTAL_FAILED for report in self.reports)

    def by_agency(self, agency_id: int) -> bool:
        """Whether all of them are valid, and one of the agency is over the whole message and bears its From address.

        Whose a certificate is, only a clerk's tie says: a name in it may be anybody's.
        """
        tied = {tie.certificate_sha256 for tie in self.ties if tie.agency_id == agency_id}
        valid = all(report.indication is Indication.TOTAL_PASSED for report in self.reports)
        return valid and any(
            report.whole_message is True
            and report.from_matches is True
            and report.signer is not None
            and report.signer.der_sha256 in tied
            for report in self.reports
        )


def mail_signing(files: Iterable[SignatureFile], ties: tuple[SignerTie, ...]) -> MailSigning:
    """The S/MIME signatures among a letter's signature files."""
    mine = (item.file.signatures for item in files if item.scope is SignatureScope.MAIL)
    reports = (report for found in mine if found is not None for report in found.signatures)
    return MailSigning(reports=tuple(report for report in reports if report.format == MAIL_FORMAT), ties=ties)
