"""What a signature check reports; pure data in the words of ETSI EN 319 102-1 and ISO 32000."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

TIMESTAMP_FORMAT = "DocTimeStamp"
"""Format of every timestamp that is reported by itself; it is nobody's signature."""

COUNTER_FORMAT = "CMS-counter"
MAIL_FORMAT = "S/MIME"


class Indication(StrEnum):
    """Main status indication (EN 319 102-1, 5.1.3)."""

    TOTAL_PASSED = "TOTAL-PASSED"
    INDETERMINATE = "INDETERMINATE"
    TOTAL_FAILED = "TOTAL-FAILED"


class SubIndication(StrEnum):
    """Sub-indications in use (EN 319 102-1, table 6), and CHANGED_BEFORE_SEAL, which is ours."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CERTIFICATE_CHAIN_GENERAL_FAILURE = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    REVOKED_NO_POE = "REVOKED_NO_POE"
    OUT_OF_BOUNDS_NO_POE = "OUT_OF_BOUNDS_NO_POE"
    CRYPTO_CONSTRAINTS_FAILURE_NO_POE = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    NO_POE = "NO_POE"
    TRY_LATER = "TRY_LATER"
    SIGNED_DATA_NOT_FOUND = "SIGNED_DATA_NOT_FOUND"
    GENERIC = "GENERIC"
    CHANGED_BEFORE_SEAL = "CHANGED_BEFORE_SEAL"


class Reason(StrEnum):
    """Why a signature got its indication, finer than the sub-indication; also warnings on a passed one."""

    GAP = "gap"
    TRAILING_DATA = "trailing-data"
    VISIBLE_CHANGE = "visible-change"
    BEHAVIOUR_CHANGE = "behaviour-change"
    FORM_CHANGE = "form-change"
    UNEXPLAINED_UPDATE = "unexplained-update"
    DIFF_UNKNOWN = "diff-unknown"
    DOCMDP_CONFLICT = "docmdp-conflict"
    SUBFILTER = "subfilter"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    LIMIT = "limit"
    EMPTY_TRUST = "empty-trust"
    KEY_USAGE = "key-usage"
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_NOT_YET_VALID = "certificate-not-yet-valid"
    NO_REVOCATION_DATA = "no-revocation-data"
    NO_TIMESTAMP = "no-timestamp"
    TIMESTAMP_UNTRUSTED = "timestamp-untrusted"
    TIMESTAMP_ONLY = "timestamp-only"
    SIGNING_TIME_SHIFTED = "signing-time-shifted"
    FORMAT_NOT_CHECKED = "format-not-checked"
    NOT_IN_FORM = "not-in-form"
    CONTENT_MISSING = "content-missing"
    ALGORITHM = "algorithm"
    PART_OF_MESSAGE = "part-of-message"
    FROM_MISMATCH = "from-mismatch"
    COUNTERSIGNATURE = "countersignature"
    TRANSFORM = "transform"
    AMBIGUOUS_REFERENCE = "ambiguous-reference"
    PARTLY_SIGNED = "partly-signed"
    CERTIFICATE_MISMATCH = "certificate-mismatch"
    NOT_LINKED = "not-linked"
    UNSIGNED_DATA = "unsigned-data"


class Coverage(StrEnum):
    """How much of the file a signature's byte range covers (ISO 32000-2, 12.8.1)."""

    ENTIRE_FILE = "entire-file"
    ENTIRE_REVISION = "entire-revision"
    PARTIAL = "partial"
    UNCLEAR = "unclear"


class Modification(StrEnum):
    """What was added to the document after this signature."""

    NONE = "none"
    LTA = "lta"
    SIGNATURES = "signatures"
    FORM = "form"
    VISIBLE = "visible"
    UNKNOWN = "unknown"


class SignerKind(StrEnum):
    """Whether a certificate names a person or an organisation; certificates carry no flag, so it may stay unknown."""

    PERSON = "person"
    ORGANISATION = "organisation"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSummary:
    """The fields of a certificate that people and the directory compare; `der_sha256` is its identity."""

    der_sha256: str
    subject: str
    common_name: str
    organisation: str
    emails: tuple[str, ...]
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampSummary:
    """An RFC 3161 token over the signature value, or a document timestamp."""

    generated_at: datetime
    authority: str
    trusted: bool


class MaterialKind(StrEnum):
    """What kinds of data a verdict rests on beside the file itself."""

    CERTIFICATE = "certificate"
    CRL = "crl"
    OCSP = "ocsp"
    TIMESTAMP = "timestamp"


class Origin(StrEnum):
    """Where validation material came from: the signed file, or the store behind the trust snapshot."""

    FILE = "file"
    STORE = "store"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialReference:
    """One piece of material that a verdict rests on, by the SHA-256 (hex) of its DER bytes."""

    kind: MaterialKind
    sha256: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """The bytes of material that the file brought along; what came from the store is kept there."""

    kind: MaterialKind
    sha256: str
    der: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """One signature of one file.

    `field` is the PDF field name or the position in another container. `best_signature_time` is the earliest proof that
    the signature existed: a trusted timestamp, else the time the hub received it. `countersigns` is the field of the
    signature whose value this one signs. `whole_message` and `from_matches` have a meaning for S/MIME alone, `uncovered`
    names the parts and relationships of an OOXML package outside the signature. `revoked_at` and
    `revocation_updated_at` (issue of the revocation data that decided) are None where nothing was found.
    """

    format: str
    field: str
    signer: CertificateSummary | None
    signer_kind: SignerKind
    claimed_signing_time: datetime | None
    timestamp: TimestampSummary | None
    best_signature_time: datetime
    digest_algorithm: str
    signature_algorithm: str
    key_bits: int
    coverage: Coverage
    gap_ok: bool
    tail_ok: bool
    modification: Modification
    changed_pages: tuple[int, ...]
    changed_fields: tuple[str, ...]
    trust_path: tuple[CertificateSummary, ...]
    revocation_status: str
    revocation_source: str
    level: str
    indication: Indication
    sub_indication: SubIndication | None
    reasons: tuple[Reason, ...]
    detail: str = ""
    countersigns: str = ""
    whole_message: bool | None = None
    from_matches: bool | None = None
    uncovered: tuple[str, ...] = ()
    revoked_at: datetime | None = None
    revocation_updated_at: datetime | None = None
    material: tuple[MaterialReference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSignatures:
    """Every signature of one file. No signature seen is a claim: it is made only when no signature marker was found.

    `indication` is None exactly when the file could be read and carries no signature marker. `seen` counts signatures and
    document timestamps; those beyond the cap are counted, not evaluated. `unchecked` names what was recognised and not
    evaluated. A document timestamp has the format `DocTimeStamp`: it is nobody's signature, so a good or untrusted one does
    not weigh on `indication`, and a file with timestamps only is never TOTAL-PASSED. `covers` holds the SHA-256 (hex) of
    every content, other than the file itself, that its signatures are over: the document of a detached signature, what an
    envelope wraps. `material` holds what the file brought of that on which the verdicts rest, up to a cap in bytes.
    """

    format: str
    signatures: tuple[SignatureReport, ...]
    seen: int
    unchecked: tuple[str, ...]
    indication: Indication | None
    sub_indication: SubIndication | None
    reasons: tuple[Reason, ...]
    engine: str
    trust_version: str
    covers: tuple[str, ...] = ()
    material: tuple[Material, ...] = ()
