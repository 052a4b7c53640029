"""The composition root: settings to services. Nothing else constructs a service."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from mailhub.answering import Answering
from mailhub.audit import Audit
from mailhub.book import Book
from mailhub.checking.pool import ReaderLimits, ReaderPool
from mailhub.clock import Clock, system_clock
from mailhub.counter.cancelling import Cancelling
from mailhub.counter.counter import Counter
from mailhub.counter.e_copies import ECopies
from mailhub.counter.notices import PaperNotices
from mailhub.counter.returning import PaperReturning
from mailhub.counter.slips import PaperSlips
from mailhub.deciding import Deciding
from mailhub.desk import Desk
from mailhub.digesting import Digesting
from mailhub.directory.agencies import Correspondents
from mailhub.directory.appointing import Appointing
from mailhub.directory.clerks import Clerks
from mailhub.directory.confirming import Confirming
from mailhub.directory.directory import Directory
from mailhub.directory.groups import Groups
from mailhub.directory.officials import Officials
from mailhub.directory.units import Units
from mailhub.dispatching import Dispatcher, Patience
from mailhub.errors import RefusedError
from mailhub.filing import Filing
from mailhub.gateways import new_gateway
from mailhub.language import Language, Text
from mailhub.letters import Letters
from mailhub.meetings.convening import Convening
from mailhub.meetings.notifying import Notifying
from mailhub.meetings.planning import Planning
from mailhub.meetings.reaching import Reaching
from mailhub.meetings.secretary import Secretary
from mailhub.meetings.signed import SignedLetters
from mailhub.notices.context import Contact
from mailhub.notices.sms import TextRules
from mailhub.notices.templates import Templates
from mailhub.outbox import Outbox
from mailhub.pairing import Pairing
from mailhub.policy.settings import Handling, PolicySettings
from mailhub.profiles.vn.days_off import public_year
from mailhub.profiles.vn.policy import default_policy
from mailhub.reception import Reception
from mailhub.registers import Registers
from mailhub.regrouping import Regrouping
from mailhub.relays import Relay
from mailhub.relays.folder import FolderRelay
from mailhub.relays.smtp import SmtpRelay, SmtpRelaySettings, StartTls
from mailhub.rendering import Rendering
from mailhub.reports.reports import Reports
from mailhub.returning import Returning
from mailhub.sealing import Sealing
from mailhub.secrecy import Secrecy
from mailhub.settings import Settings, load, write_default
from mailhub.status import Status
from mailhub.submissions import Submissions
from mailhub.texting import Following, Texting
from mailhub.trust import TrustStore
from mailhub.undoing import Undoing
from mailhub.voiding import Voiding
from mailhub.working_days import WorkingDays
from sms.gateway import SmsFollowing
from storage import hub as hub_rows
from storage.blobs import BlobStore, SegmentStore
from storage.database import Database

LOCK_FILE = "mailhub.lock"
ANCHOR_FILE = "audit.anchors"
KEY_FILE = "keys/sealing.key"
KEY_BYTES = 32
RETURN_PATH_KEY = "return-path-key"


@dataclass(frozen=True)
class Hub:
    """Every service of one hub, made when first asked for; close it when done."""

    home: Path
    settings: Settings
    database: Database
    clock: Clock

    @cached_property
    def blobs(self) -> BlobStore:
        """The raw mails."""
        return SegmentStore(self.settings.storage.blobs)

    @cached_property
    def readers(self) -> ReaderPool:
        """Reader children, started when first needed."""
        reader = self.settings.reader
        limits = ReaderLimits(memory_octets=reader.memory_mib << 20, seconds=float(reader.seconds))
        return ReaderPool(reader.children, limits)

    def policy(self) -> PolicySettings:
        """What the office decides for itself, and whether the hub is ready to act by machine now."""
        policy, trusted = self.settings.policy, bool(self.trust.snapshot().signer_anchors)
        return replace(
            default_policy(),
            one_signature=Handling(policy.one_signature),
            unsigned=Handling(policy.unsigned),
            allowed_types=tuple(policy.allowed_types),
            automatic_returns=trusted and not self.settings.not_ready_to_return(),
            trust_configured=trusted,
            pending_minutes=policy.pending_minutes,
        )

    @property
    def revocation_required(self) -> bool:
        """Whether a certificate without revocation data leaves its signature unsettled."""
        return self.settings.trust.revocation == "required"

    @cached_property
    def return_path_key(self) -> bytes:
        """The key that signs return paths; made with the hub, the same on all its hosts."""
        with self.database.transaction() as tx:
            return hub_rows.keep_secret(tx, RETURN_PATH_KEY, secrets.token_bytes(KEY_BYTES))

    @cached_property
    def sealing(self) -> Sealing:
        """Encryption of secret content."""
        return Sealing(self.database, self.blobs, sealing_key(self.home / KEY_FILE))

    @cached_property
    def answering(self) -> Answering:
        """Notices, intended."""
        return Answering(settings=self.settings)

    @cached_property
    def pairing(self) -> Pairing:
        """Paper and its e-copies."""
        return Pairing(self.working_days, self.settings.counter.wait_working_days)

    @cached_property
    def filing(self) -> Filing:
        """Arrival numbers."""
        return Filing(self.database, self.answering, self.pairing)

    @cached_property
    def secrecy(self) -> Secrecy:
        """Sealing, unsealing, purging."""
        return Secrecy(self.database, self.sealing, two_clerks_to_purge=self.settings.policy.two_clerks_to_purge)

    @cached_property
    def returning(self) -> Returning:
        """Returns."""
        return Returning(self.database, self.answering, self.pairing, timedelta(seconds=self.settings.returns.delay_seconds))

    def working_days(self, time_zone: str) -> WorkingDays:
        """The office's working days and hours, by the clocks of this zone (IANA name)."""
        calendar = self.settings.calendar
        opens, closes = calendar.hours
        return WorkingDays(
            zone=ZoneInfo(time_zone),
            opens=opens,
            closes=closes,
            public=public_year,
            days_off=frozenset(calendar.days_off),
            working_days=frozenset(calendar.working_days),
            confirmed_years=frozenset(calendar.confirmed_years),
        )

    @cached_property
    def deciding(self) -> Deciding:
        """Decisions and what follows from them."""
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
    def counter(self) -> Counter:
        """Paper."""
        returning = PaperReturning(
            database=self.database,
            pairing=self.pairing,
            notices=PaperNotices(self.settings),
            settings=self.policy,
            working_days=self.working_days,
            delay=timedelta(seconds=self.settings.returns.delay_seconds),
            pick_up_days=self.settings.counter.pick_up_working_days,
        )
        return Counter(
            database=self.database,
            filing=self.filing,
            pairing=self.pairing,
            e_copies=ECopies(self.pairing, self.deciding),
            returning=returning,
            cancelling=Cancelling(self.database),
        )

    @cached_property
    def paper_slips(self) -> PaperSlips:
        """Slips of the counter."""
        return PaperSlips(settings=self.settings, working_days=self.working_days, clock=self.clock)

    @cached_property
    def reception(self) -> Reception:
        """Readings to submissions and letters."""
        return Reception(
            database=self.database,
            sealing=self.sealing,
            settings=self.policy,
            pending_for=timedelta(minutes=self.settings.policy.pending_minutes),
        )

    @cached_property
    def directory(self) -> Directory:
        """Units and agencies."""
        return Directory(self.database)

    @cached_property
    def units(self) -> Units:
        """Changes of units."""
        return Units(self.database)

    @cached_property
    def correspondents(self) -> Correspondents:
        """Changes of agencies."""
        return Correspondents(self.database)

    @cached_property
    def officials(self) -> Officials:
        """Whom the unit invites, and who is meant by a name or position."""
        return Officials(self.database)

    @cached_property
    def clerks(self) -> Clerks:
        """Who acts."""
        return Clerks(self.database)

    @cached_property
    def groups(self) -> Groups:
        """Officials invited together."""
        return Groups(self.database)

    @cached_property
    def appointing(self) -> Appointing:
        """Who holds which position, by which phones."""
        settings = self.settings
        confirming = Confirming(
            sends=settings.sms.gateway != "none",
            rules=self.text_rules,
            language=settings.notices.languages[0],
            phone=settings.contact.phone,
        )
        return Appointing(self.database, confirming)

    @cached_property
    def trust(self) -> TrustStore:
        """The trust set."""
        return TrustStore(self.database)

    @cached_property
    def letters(self) -> Letters:
        """The clerk's verbs on letters."""
        return Letters(self.database, self.deciding, self.filing, self.returning)

    @cached_property
    def desk(self) -> Desk:
        """What waits for a clerk."""
        return Desk(self.database)

    @cached_property
    def voiding(self) -> Voiding:
        """Numbers taken out of use."""
        return Voiding(self.database, self.deciding)

    @cached_property
    def undoing(self) -> Undoing:
        """A clerk's last act, taken back."""
        return Undoing(self.database, self.letters, self.voiding, self.counter)

    @cached_property
    def regrouping(self) -> Regrouping:
        """Splitting and joining letters."""
        return Regrouping(
            database=self.database,
            sealing=self.sealing,
            readers=self.readers,
            trust=self.trust,
            clock=self.clock,
            revocation_required=self.revocation_required,
        )

    @cached_property
    def submissions(self) -> Submissions:
        """What came in."""
        return Submissions(self.database, self.sealing, self.readers)

    @cached_property
    def registers(self) -> Registers:
        """The registers."""
        return Registers(self.database)

    @cached_property
    def book(self) -> Book:
        """The registers in the order of their numbers."""
        return Book(self.database)

    @cached_property
    def reports(self) -> Reports:
        """Sheets of figures."""
        return Reports(self.database)

    @cached_property
    def outbox(self) -> Outbox:
        """What leaves."""
        return Outbox(self.database, self.blobs)

    @cached_property
    def audit(self) -> Audit:
        """The log of events."""
        return Audit(self.database, self.home / ANCHOR_FILE)

    @cached_property
    def status(self) -> Status:
        """What is waiting."""
        return Status(self.database, self.working_days)

    def relay(self) -> Relay:
        """The way out that the settings name; the caller closes it."""
        out = self.settings.outbox
        if out.relay == "folder":
            return FolderRelay(out.folder)
        return SmtpRelay(
            SmtpRelaySettings(
                host=out.host,
                port=out.port,
                hello=self.settings.smtp_name,
                starttls=StartTls(out.starttls),
                ca_file=out.ca_file,
                user=out.user,
                password=out.password,
                seconds=float(out.timeout_seconds),
            )
        )

    @cached_property
    def secretary(self) -> Secretary:
        """Changes of meetings, prepared."""
        letters = SignedLetters(self.database, self.readers, self.trust, self.clock, self.revocation_required)
        return Secretary(self.database, self.officials, letters, self.settings)

    @cached_property
    def convening(self) -> Convening:
        """Changes of meetings, carried out."""
        planning = Planning(self.settings, self.working_days)
        return Convening(self.database, self.blobs, planning, Notifying(self.settings))

    @cached_property
    def reaching(self) -> Reaching:
        """Meetings looked up, and who was reached."""
        return Reaching(self.database, self.blobs, self.officials, Notifying(self.settings))

    @cached_property
    def rendering(self) -> Rendering:
        """Dispatches to the bytes that leave."""
        return Rendering(
            database=self.database,
            blobs=self.blobs,
            templates=Templates(self.settings.notices.templates),
            languages=self.settings.notices.languages,
            contact=Contact(name=self.settings.contact.name, phone=self.settings.contact.phone),
            domain=self.settings.mail.domain,
            key=self.return_path_key,
        )

    @cached_property
    def patience(self) -> Patience:
        """When to try again to send."""
        out = self.settings.outbox
        return Patience(first=timedelta(seconds=out.first_retry_seconds), longest=timedelta(minutes=out.longest_retry_minutes))

    def dispatcher(self, name: str) -> Dispatcher:
        """A dispatcher over the hub's services."""
        return Dispatcher(
            name=name,
            database=self.database,
            blobs=self.blobs,
            relay=self.relay(),
            rendering=self.rendering,
            patience=self.patience,
            lease=self.settings.outbox.lease,
        )

    @cached_property
    def text_rules(self) -> TextRules:
        """Which texts may leave, and to whom."""
        sms = self.settings.sms
        return TextRules(
            diacritics=sms.diacritics, max_segments=sms.max_segments, ask_above=sms.ask_above, countries=sms.countries
        )

    @cached_property
    def sms_gateway(self) -> SmsFollowing | None:
        """The way out for texts; None for an office that sends none."""
        return new_gateway(self.settings.sms)

    def texting(self, name: str, gateway: SmsFollowing) -> Texting:
        """A dispatcher of texts."""
        return Texting(
            name=name,
            database=self.database,
            gateway=gateway,
            patience=self.patience,
            lease=self.settings.outbox.lease,
            daily_limit=self.settings.sms.daily_limit,
        )

    def following(self, name: str, gateway: SmsFollowing) -> Following:
        """What asks after texts."""
        lease, resend = self.settings.outbox.lease, self.settings.sms.uncertain == "resend"
        return Following(name=name, database=self.database, gateway=gateway, lease=lease, resend=resend)

    def digesting(self, name: str) -> Digesting:
        """Digests over the hub's outbox."""
        out = self.settings.outbox
        life = timedelta(days=out.give_up_days)
        return Digesting(name=name, database=self.database, domain=self.settings.mail.domain, lease=out.lease, life=life)

    def close(self) -> None:
        """End the readers and let go of the database."""
        if "readers" in self.__dict__:
            self.readers.close()
        gateway = self.__dict__.get("sms_gateway")
        if gateway is not None:
            gateway.close()
        self.database.close()


def open_hub(home: Path, environ: Mapping[str, str] | None = None, clock: Clock | None = None) -> Hub:
    """Open the hub in a folder.

    Raises SettingsError for a wrong `mailhub.toml`, SchemaVersionError for a registry of another version. A given clock
    is used instead of the machine's and the database's.
    """
    settings = load(home, os.environ if environ is None else environ)
    database = Database.open(settings.storage.database, lock_file=home / LOCK_FILE, clock=clock)
    database.require_current_schema()
    return Hub(home=home, settings=settings, database=database, clock=clock or system_clock)


def upgrade_hub(home: Path, environ: Mapping[str, str] | None = None) -> tuple[str | None, str | None]:
    """Bring the registry to this program's schema; gives the version before and after."""
    settings = load(home, os.environ if environ is None else environ)
    database = Database.open(settings.storage.database, lock_file=home / LOCK_FILE)
    try:
        before = database.schema_version()
        database.upgrade()
        return before, database.schema_version()
    finally:
        database.close()


def create_home(home: Path, environ: Mapping[str, str] | None = None, language: Language = Language.VI) -> None:
    """Make a new hub's folder: settings with comments in this language, an empty registry, the sealing key.

    Raises RefusedError where the folder is a hub already.
    """
    if (home / "mailhub.toml").exists():
        raise RefusedError(
            Text(
                vi=f"{home} đã là một hệ thống; chạy nó bằng `mailhub --home {home} serve`",
                en=f"{home} is a hub already; run it with `mailhub --home {home} serve`",
            )
        )
    home.mkdir(parents=True, exist_ok=True)
    write_default(home, language)
    (home / KEY_FILE).parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(home / KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    upgrade_hub(home, environ)


def sealing_key(path: Path) -> bytes:
    """The sealing key of a hub; raises RefusedError when its file is missing or damaged."""
    try:
        key = path.read_bytes()
    except OSError as error:
        raise RefusedError(
            Text(
                vi=f"không đọc được khóa niêm phong {path}: {error.strerror}; lấy lại từ nơi cất giữ",
                en=f"the sealing key {path} cannot be read: {error.strerror}; restore it from where it is kept",
            )
        ) from error
    if len(key) != KEY_BYTES:
        raise RefusedError(
            Text(
                vi=f"khóa niêm phong {path} phải dài {KEY_BYTES} byte, đang có {len(key)}",
                en=f"the sealing key {path} must be {KEY_BYTES} bytes long, it has {len(key)}",
            )
        )
    return key
