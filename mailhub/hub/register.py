"""The register: mails read into letters, decided, numbered, returned, looked up and counted."""

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from mailhub.hub.doors import DoorsRoom
from mailhub.hub.revocation import RevocationRoom

if TYPE_CHECKING:
    from mailhub.answering import Answering
    from mailhub.audit import Audit
    from mailhub.authentication.arrival import SenderChecks
    from mailhub.book import Book
    from mailhub.deciding import Deciding
    from mailhub.desk import Desk
    from mailhub.filing import Filing
    from mailhub.letter_views import LetterViews
    from mailhub.letters import Letters
    from mailhub.pairing import Pairing
    from mailhub.reception import Reception
    from mailhub.registers import Registers
    from mailhub.regrouping import Regrouping
    from mailhub.reports.reports import Reports
    from mailhub.returning import Returning
    from mailhub.secrecy import Secrecy
    from mailhub.status import Status
    from mailhub.stories import Stories
    from mailhub.submission_views import SubmissionViews
    from mailhub.submissions import Submissions
    from mailhub.verification import Verification
    from mailhub.voiding import Voiding

ANCHOR_FILE = "audit.anchors"


class RegisterRoom(DoorsRoom, RevocationRoom):
    """Mails, letters and their numbers."""

    @cached_property
    def reception(self) -> "Reception":
        """Readings to submissions and letters."""
        from mailhub.notices import return_path
        from mailhub.reception import Reception

        key, domain = self.return_path_key, self.settings.mail.domain
        return Reception(
            database=self.database,
            sealing=self.sealing,
            settings=self.policy,
            pending_for=timedelta(minutes=self.settings.policy.pending_minutes),
            return_path=lambda address: return_path.verify(address, key=key, domain=domain),
        )

    @cached_property
    def senders(self) -> "SenderChecks":
        """Evidence of who sent a mail; without a resolver nobody is asked."""
        from mailhub.authentication.arrival import Border, SenderChecks
        from mailhub.authentication.resolver import Dns, ResolverSettings
        from mailhub.settings.senders import resolver_of

        senders, resolver = self.settings.senders, resolver_of(self.settings.senders.resolver)
        dns = None
        if resolver is not None:
            address, port = resolver
            asked = ResolverSettings(
                address=address,
                port=port,
                seconds=float(senders.resolver_seconds),
                longest=senders.cache_minutes * 60.0,
                absent=senders.absent_minutes * 60.0,
            )
            dns = Dns(asked)
        border = Border(
            authserv_id=senders.border.lower(),
            networks=senders.border_networks,
            hosts=senders.border_hosts,
            mailboxes={name: account.authserv_id.lower() for name, account in self.settings.imap.items() if account.authserv_id},
        )
        return SenderChecks(readers=self.readers, border=border, dns=dns, arc_sealers=senders.arc_sealers)

    @cached_property
    def submission_views(self) -> "SubmissionViews":
        """What came in, to look at."""
        from mailhub.submission_views import SubmissionViews

        return SubmissionViews(self.database)

    @cached_property
    def submissions(self) -> "Submissions":
        """What came in."""
        from mailhub.submissions import Submissions

        return Submissions(self.database, self.sealing, self.readers, self.reception, self.settings.reader.limits)

    @cached_property
    def stories(self) -> "Stories":
        """The whole story of a mail."""
        from mailhub.stories import Stories

        return Stories(self.database, self.submissions)

    @cached_property
    def verification(self) -> "Verification":
        """Evidence of signatures for whoever checks them again."""
        from mailhub.verification import Verification

        return Verification(self.database, self.submissions)

    @cached_property
    def regrouping(self) -> "Regrouping":
        """Splitting and joining letters."""
        from mailhub.regrouping import Regrouping

        return Regrouping(
            database=self.database,
            sealing=self.sealing,
            readers=self.readers,
            trust=self.trust,
            clock=self.clock,
            signatures=self.signature_limits,
            limits=self.settings.reader.limits,
        )

    @cached_property
    def answering(self) -> "Answering":
        """Notices, intended."""
        from mailhub.answering import Answering

        return Answering(settings=self.settings)

    @cached_property
    def pairing(self) -> "Pairing":
        """Paper and its e-copies."""
        from mailhub.pairing import Pairing

        return Pairing(self.working_days, self.settings.counter.wait_working_days)

    @cached_property
    def filing(self) -> "Filing":
        """Arrival numbers."""
        from mailhub.filing import Filing

        return Filing(self.database, self.answering, self.pairing)

    @cached_property
    def returning(self) -> "Returning":
        """Returns."""
        from mailhub.returning import Returning

        return Returning(self.database, self.answering, self.pairing, timedelta(seconds=self.settings.returns.delay_seconds))

    @cached_property
    def secrecy(self) -> "Secrecy":
        """Sealing, unsealing, purging."""
        from mailhub.secrecy import Secrecy

        return Secrecy(self.database, self.sealing, two_clerks_to_purge=self.settings.policy.two_clerks_to_purge)

    @cached_property
    def deciding(self) -> "Deciding":
        """Decisions and what follows from them."""
        from mailhub.deciding import Deciding

        return Deciding(
            database=self.database,
            filing=self.filing,
            secrecy=self.secrecy,
            answering=self.answering,
            settings=self.policy,
            return_delay=timedelta(seconds=self.settings.returns.delay_seconds),
            recheck_after=timedelta(minutes=self.settings.policy.pending_retry_minutes),
        )

    @cached_property
    def letter_views(self) -> "LetterViews":
        """Letters to look at."""
        from mailhub.letter_views import LetterViews

        return LetterViews(self.database)

    @cached_property
    def letters(self) -> "Letters":
        """The clerk's verbs on letters."""
        from mailhub.letters import Letters

        return Letters(self.database, self.deciding, self.filing, self.returning)

    @cached_property
    def voiding(self) -> "Voiding":
        """Numbers taken out of use."""
        from mailhub.voiding import Voiding

        return Voiding(self.database, self.deciding)

    @cached_property
    def desk(self) -> "Desk":
        """What waits for a clerk."""
        from mailhub.desk import Desk

        return Desk(self.database, self.intake_status)

    @cached_property
    def registers(self) -> "Registers":
        """The registers."""
        from mailhub.registers import Registers

        return Registers(self.database)

    @cached_property
    def book(self) -> "Book":
        """The registers in the order of their numbers."""
        from mailhub.book import Book

        return Book(self.database)

    @cached_property
    def reports(self) -> "Reports":
        """Sheets of figures."""
        from mailhub.reports.reports import Reports

        return Reports(self.database)

    @cached_property
    def audit(self) -> "Audit":
        """The log of events."""
        from mailhub.audit import Audit

        return Audit(self.database, self.home / ANCHOR_FILE)

    @cached_property
    def status(self) -> "Status":
        """What is waiting."""
        from mailhub.status import Status

        return Status(self.database, self.working_days, self.intake_status)
