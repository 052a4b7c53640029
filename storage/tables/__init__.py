"""Tables of the registry; private to storage. The migrations build the same schema, and a test compares the two."""

from storage.tables.base import metadata
from storage.tables.counter import deposits
from storage.tables.directory import (
    agencies,
    agency_codes,
    agency_keys,
    agency_logins,
    certificate_ties,
    unit_addresses,
    units,
)
from storage.tables.doors import door_hours, door_states, refusals, serving_processes
from storage.tables.evidence import submission_material, validation_material
from storage.tables.hub import chain_head, events, settings, trust_certificates
from storage.tables.incoming import (
    capture_recipients,
    captures,
    documents,
    files,
    letter_files,
    letters,
    shred_orders,
    submission_captures,
    submissions,
)
from storage.tables.mailboxes import mailbox_accounts, mailbox_deletions, mailbox_messages
from storage.tables.meetings import meeting_invitees, meeting_revisions, meetings, reach_notes
from storage.tables.noted import noted_mails
from storage.tables.numbering import entries, entry_letters, registers, series
from storage.tables.outgoing import dispatches
from storage.tables.people import clerks, official_group_members, official_groups, official_phones, officials
from storage.tables.revocation import (
    cases,
    rechecks,
    revocation_data,
    revocation_sources,
    watched_certificates,
)
from storage.tables.sheets import sheets

__all__ = [
    "agencies",
    "agency_codes",
    "agency_keys",
    "agency_logins",
    "capture_recipients",
    "captures",
    "cases",
    "certificate_ties",
    "chain_head",
    "clerks",
    "deposits",
    "dispatches",
    "documents",
    "door_hours",
    "door_states",
    "entries",
    "entry_letters",
    "events",
    "files",
    "letter_files",
    "letters",
    "mailbox_accounts",
    "mailbox_deletions",
    "mailbox_messages",
    "meeting_invitees",
    "meeting_revisions",
    "meetings",
    "metadata",
    "noted_mails",
    "official_group_members",
    "official_groups",
    "official_phones",
    "officials",
    "reach_notes",
    "rechecks",
    "refusals",
    "registers",
    "revocation_data",
    "revocation_sources",
    "series",
    "serving_processes",
    "settings",
    "sheets",
    "shred_orders",
    "submission_captures",
    "submission_material",
    "submissions",
    "trust_certificates",
    "unit_addresses",
    "units",
    "validation_material",
    "watched_certificates",
]
