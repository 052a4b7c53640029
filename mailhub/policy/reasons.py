"""The closed list of reason codes. Texts, remedies and national status codes are data of the profile."""

from enum import StrEnum


class ReasonCode(StrEnum):
    """Why a letter is filed, returned, held, repeated or sealed. Codes are never translated and never reused."""

    # registered
    COMPLETE = "complete"
    COPY = "copy"
    EXEMPT_SENDER = "exempt-sender"
    FOR_INFORMATION = "for-information"
    SIGNATURE_MISSING_ACCEPTED = "signature-missing-accepted"
    UNSIGNED_ACCEPTED = "unsigned-accepted"
    # known already
    REPEAT = "repeat"
    # kept for a clerk
    UNREADABLE = "unreadable"
    MAIL_AMBIGUOUS = "mail-ambiguous"
    SEVERAL_LETTERS = "several-letters"
    UNKNOWN_SENDER = "unknown-sender"
    SENDER_NOT_ISSUER = "sender-not-issuer"
    SIGNER_UNCONFIRMED = "signer-unconfirmed"
    SIGNATURE_NOT_SETTLED = "signature-not-settled"
    SIGNATURE_NOT_CHECKED = "signature-not-checked"
    TRUST_NOT_CONFIGURED = "trust-not-configured"
    CERTIFICATE_NOT_VALID = "certificate-not-valid"
    CHANGED_BEFORE_SEAL = "changed-before-seal"
    ENCLOSURE_SIGNATURE_INVALID = "enclosure-signature-invalid"
    ONE_SIGNATURE_MISSING = "one-signature-missing"
    PERSON_SIGNATURE_MISSING = "person-signature-missing"
    ORGANISATION_SIGNATURE_MISSING = "organisation-signature-missing"
    POSSIBLE_REPLACEMENT = "possible-replacement"
    WRONG_ADDRESSEE = "wrong-addressee"
    ENCLOSURES_MISSING = "enclosures-missing"
    URGENT_IMPERFECT = "urgent-imperfect"
    FIELDS_UNCERTAIN = "fields-uncertain"
    NO_LETTER = "no-letter"
    EXTERNAL_LINK = "external-link"
    ARCHIVE_ENCRYPTED = "archive-encrypted"
    ARCHIVE_BOMB = "archive-bomb"
    ARCHIVE_NOT_OPENED = "archive-not-opened"
    ARCHIVE_UNSAFE = "archive-unsafe"
    MACRO_DOCUMENT = "macro-document"
    SUPERIOR_IMPERFECT = "superior-imperfect"
    CHECKS_PENDING = "checks-pending"
    HELD_BY_CLERK = "held-by-clerk"
    # sent back
    NO_E_COPY = "no-e-copy"
    UNSIGNED = "unsigned"
    SIGNATURE_BROKEN = "signature-broken"
    CHANGED_AFTER_SIGNING = "changed-after-signing"
    SIGNER_OF_ANOTHER_AGENCY = "signer-of-another-agency"
    EXECUTABLE = "executable"
    TYPE_NOT_ALLOWED = "type-not-allowed"
    # sealed
    SECRECY_MARK = "secrecy-mark"
