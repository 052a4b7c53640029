"""The ground of a hub: settings, database, blobs, readers, keys, policy, calendar and trust; every room stands on it."""

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mailhub.clock import Clock
from mailhub.hub.keys import KEY_BYTES, KEY_FILE, sealing_key
from mailhub.settings import Settings
from storage.database import Database

if TYPE_CHECKING:
    from mailhub.checking.pool import ReaderPool
    from mailhub.dispatching import Patience
    from mailhub.policy.settings import PolicySettings
    from mailhub.sealing import Sealing
    from mailhub.trust.store import TrustStore
    from mailhub.working_days import WorkingDays
    from parsers.signatures.limits import SignatureLimits
    from storage.blobs import SweptStore

RETURN_PATH_KEY = "return-path-key"


@dataclass(frozen=True)
class Ground:
    """What every service of a hub stands on."""

    home: Path
    settings: Settings
    database: Database
    clock: Clock

    @cached_property
    def blobs(self) -> "SweptStore":
        """The raw mails: in a folder, or in a bucket once there is one; those from before stay where they are."""
        from storage.blobs import SegmentStore

        folder, bucket = SegmentStore(self.settings.storage.blobs), self.settings.bucket
        if not bucket.url:
            return folder
        # Only a hub with a bucket pays for its library.
        from storage.bucket import Bucket, BucketStore
        from storage.moved_blobs import MovedBlobs

        place = Bucket(
            url=bucket.url,
            endpoint=bucket.endpoint,
            region=bucket.region,
            key_id=bucket.key_id,
            secret=bucket.secret,
            seconds=float(bucket.timeout_seconds),
        )
        return MovedBlobs(now=BucketStore(place), before=folder)

    @cached_property
    def readers(self) -> "ReaderPool":
        """Reader children, started when first needed."""
        from mailhub.checking.pool import ReaderLimits, ReaderPool

        reader = self.settings.reader
        limits = ReaderLimits(memory_octets=reader.memory_mib << 20, seconds=float(reader.seconds))
        return ReaderPool(reader.children, limits)

    def policy(self) -> "PolicySettings":
        """What the office decides for itself, and whether the hub is ready to act by machine now."""
        from mailhub.policy.settings import Handling
        from mailhub.profiles.vn.policy import default_policy

        policy, trusted = self.settings.policy, self.trust.has_anchors()
        return replace(
            default_policy(),
            one_signature=Handling(policy.one_signature),
            macros=Handling(policy.macros),
            unsigned=Handling(policy.unsigned),
            allowed_types=tuple(policy.allowed_types),
            automatic_returns=trusted and not self.settings.not_ready_to_return(),
            trust_configured=trusted,
            pending_minutes=policy.pending_minutes,
            accept_unproved=self.settings.senders.accept_unproved,
            changed_before_seal=Handling(policy.changed_before_seal),
        )

    @property
    def signature_limits(self) -> "SignatureLimits":
        """What a check of signatures may cost, and what the office has chosen about revocation."""
        from parsers.signatures.limits import RevocationPolicy

        return replace(
            self.settings.signatures.limits,
            revocation=RevocationPolicy(self.settings.trust.revocation),
            revocation_freshness=self.settings.revocation.freshness,
        )

    @cached_property
    def return_path_key(self) -> bytes:
        """The key that signs return paths; made with the hub, the same on all its hosts."""
        from storage import hub as hub_rows

        with self.database.transaction() as tx:
            return hub_rows.keep_secret(tx, RETURN_PATH_KEY, secrets.token_bytes(KEY_BYTES))

    @cached_property
    def sealing(self) -> "Sealing":
        """Encryption of secret content."""
        from mailhub.sealing import Sealing

        return Sealing(self.database, self.blobs, sealing_key(self.home / KEY_FILE))

    def working_days(self, time_zone: str) -> "WorkingDays":
        """The office's working days and hours, by the clocks of this zone (IANA name)."""
        from mailhub.profiles.vn.days_off import public_year
        from mailhub.working_days import WorkingDays

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
    def trust(self) -> "TrustStore":
        """The trust set."""
        from mailhub.trust.store import TrustStore

        return TrustStore(self.database)

    @cached_property
    def patience(self) -> "Patience":
        """When to try again to send."""
        from mailhub.dispatching import Patience

        out = self.settings.outbox
        return Patience(first=timedelta(seconds=out.first_retry_seconds), longest=timedelta(minutes=out.longest_retry_minutes))
