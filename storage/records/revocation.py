"""Records of revocation: lists and answers, the certificates they are about, where they are fetched, and what they turned up."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RevocationKind(StrEnum):
    """A certificate revocation list (RFC 5280), or one answer of an OCSP responder (RFC 6960)."""

    CRL = "crl"
    OCSP = "ocsp"


class RevocationSource(StrEnum):
    """How data came into the store; what a document brings along never does."""

    FILE = "file"
    FETCHED = "fetched"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationDraft:
    """Verified data before they are stored.

    `issuer_key` is the SHA-256 (hex) of the public key that issued the certificates spoken of, `serial` (hex) is empty for a
    list, `scope` for a list of everything the key issued. `place` is a file's name or an address.
    """

    kind: RevocationKind
    sha256: str
    der: bytes
    issuer_key: str
    issuer: str
    serial: str
    scope: str
    this_update: datetime
    next_update: datetime | None
    number: str
    source: RevocationSource
    place: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationItem:
    """Stored data without their bytes; `superseded_at` is None while nothing newer is there."""

    id: int
    kind: RevocationKind
    sha256: str
    size: int
    issuer_key: str
    issuer: str
    serial: str
    scope: str
    this_update: datetime
    next_update: datetime | None
    number: str
    source: RevocationSource
    place: str
    fetched_at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedCertificate:
    """A certificate whose path leads to an anchor, seen in mail or in the trust set.

    `revoked_at` is what the store says of it now; `is_authority` that it may issue others.
    """

    sha256: str
    der: bytes
    subject: str
    issuer: str
    issuer_key: str
    serial: str
    is_authority: bool
    not_after: datetime
    seen_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSource:
    """An address that data are fetched from, and how that went. `subject` is an issuer's key, or a certificate's SHA-256."""

    id: int
    kind: RevocationKind
    address: str
    subject: str
    due_at: datetime
    last_attempt_at: datetime | None
    last_success_at: datetime | None
    failures: int
    last_error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckOrder:
    """A letter whose signatures are to be checked once more."""

    letter_id: int
    unit_id: int
    due_at: datetime


class CaseState(StrEnum):
    """Whether a clerk still has to decide what follows."""

    OPEN = "open"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDraft:
    """A certificate of a letter that turned out, after the letter was decided, to have been revoked before it signed.

    `certificate` is its SHA-256 (hex), `proved_at` the time by which the signature is proved to have existed.
    """

    unit_id: int
    letter_id: int
    certificate: str
    signer: str
    revoked_at: datetime
    proved_at: datetime
    found_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case; who settled it and why stays empty while it is open."""

    id: int
    draft: CaseDraft
    state: CaseState
    decided_by: str
    decided_at: datetime | None
    reason: str
