"""Values that cross storage's border. Times are aware UTC datetimes, ids are integers given by the database."""

from storage.records.audit import Actor, ChainHead, Event, EventDraft, TrustCertificate, TrustPurpose
from storage.records.directory import Agency, AgencyCode, AgencyDraft, CertificateTie, Unit, UnitDraft
from storage.records.intake import (
    Capture,
    CaptureDraft,
    CaptureState,
    Claim,
    FileDraft,
    FileRecord,
    Recipient,
    Submission,
    SubmissionDraft,
    SubmissionState,
)
from storage.records.letters import Document, Letter, LetterDraft, LetterFile, LetterState
from storage.records.outbox import Dispatch, DispatchDraft, DispatchState
from storage.records.register import Entry, EntryDraft, EntryState, Register, RegisterMode, Series

__all__ = [
    "Actor",
    "Agency",
    "AgencyCode",
    "AgencyDraft",
    "Capture",
    "CaptureDraft",
    "CaptureState",
    "CertificateTie",
    "ChainHead",
    "Claim",
    "Dispatch",
    "DispatchDraft",
    "DispatchState",
    "Document",
    "Entry",
    "EntryDraft",
    "EntryState",
    "Event",
    "EventDraft",
    "FileDraft",
    "FileRecord",
    "Letter",
    "LetterDraft",
    "LetterFile",
    "LetterState",
    "Recipient",
    "Register",
    "RegisterMode",
    "Series",
    "Submission",
    "SubmissionDraft",
    "SubmissionState",
    "TrustCertificate",
    "TrustPurpose",
    "Unit",
    "UnitDraft",
]
