"""Every question that is asked daily is answered by an index, also among millions of rows."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage import (
    captures,
    cases,
    deposits,
    directory,
    events,
    figures,
    letters,
    meetings,
    outbox,
    people,
    registry,
    revocation,
    sheets,
    submissions,
    texts,
    trust,
    validation_material,
)
from storage.database import Database, Transaction
from storage.records import (
    CaptureState,
    Claim,
    DepositState,
    DispatchState,
    LetterState,
    MeetingState,
    Moment,
    RecheckOrder,
    Span,
    SubmissionState,
    TrustPurpose,
)
from storage.records.evidence import MaterialUse
from tests.storage.builders import MOMENT, add_unit

LEASE = timedelta(minutes=1)
SPAN = Span(unit_id=1, from_=MOMENT, to=MOMENT + LEASE, moment=Moment.FILED)
RECEIVED = replace(SPAN, moment=Moment.RECEIVED)
CLAIM = Claim(id=1, token=0, attempts=1, lease_until=MOMENT)

# Small tables that are read whole by design, and rows that stand alone.
SMALL = {"units", "unit_addresses", "registers", "series", "chain_head", "settings"}

QUESTIONS: dict[str, Callable[[Transaction], object]] = {
    "capture": lambda tx: (captures.claim(tx, owner="w", lease=LEASE), captures.any_ready(tx)),
    "captures waiting": lambda tx: (captures.pending_count(tx), captures.pending_count(tx, 1), captures.oldest_pending(tx)),
    "submission by identity": lambda tx: submissions.find_by_identity(tx, 1, "x"),
    "submissions": lambda tx: (submissions.list_(tx, 1, limit=50, before_id=99), submissions.sender_addresses(tx, [1, 2])),
    "submissions by state": lambda tx: submissions.list_(tx, 1, states=[SubmissionState.READ], limit=50),
    "files": lambda tx: (submissions.files(tx, 1), letters.files(tx, 1), letters.file_counts(tx, [1, 2])),
    "letters": lambda tx: letters.list_(tx, 1, limit=50, before_id=99),
    "letters by state": lambda tx: letters.list_(tx, 1, states=[LetterState.HELD], limit=50),
    "letters of submission": lambda tx: letters.of_submission(tx, 1),
    "letters due": lambda tx: letters.due(tx, states=[LetterState.WAITING, LetterState.RETURN_DUE], limit=50),
    "letters alike": lambda tx: letters.with_key(tx, 1, "x"),
    "letters by reference": lambda tx: letters.find_by_reference(tx, 1, "226/stc", [LetterState.HELD], 50),
    "letter counts": lambda tx: letters.counts(tx, 1),
    "entries": lambda tx: registry.list_(tx, 1, limit=50, before_id=99),
    "entries by time": lambda tx: registry.list_(tx, 1, from_=MOMENT, to=MOMENT, limit=50),
    "entry by key": lambda tx: registry.entry_by_key(tx, 1, "x"),
    "entry by content": lambda tx: registry.entry_by_content(tx, 1, "x"),
    "entry of letter": lambda tx: registry.entry_of_letter(tx, 1),
    "entries searched": lambda tx: registry.search(tx, 1, "226/stc", 50),
    "dispatch": lambda tx: outbox.claim(tx, owner="w", lease=LEASE, limit=9, channels=["mail", "sms"]),
    "claims of the dead": lambda tx: (captures.release_dead(tx, "h"), outbox.release_dead(tx, "h")),
    "dispatch due": lambda tx: outbox.any_due(tx, ["mail"]),
    "dispatches": lambda tx: outbox.list_(tx, 1, limit=50, before_id=99),
    "dispatches by state": lambda tx: outbox.list_(tx, 1, states=[DispatchState.FAILED], limit=50),
    "dispatches of letter": lambda tx: (outbox.of_letter(tx, 1), outbox.cancel_for_letter(tx, 1, ["return"])),
    "texts": lambda tx: (texts.any_to_follow(tx, ["sms"]), texts.recorded_sids(tx, "x"), texts.count_sent(tx, 1, MOMENT)),
    "dispatches by message": lambda tx: outbox.find_by_message_ids(tx, 1, ["a"]),
    "dispatches of meeting": lambda tx: (outbox.of_meeting(tx, 1), outbox.cancel_for_meeting(tx, 1, before_revision=2)),
    "dispatches of deposit": lambda tx: (outbox.of_deposit(tx, 1), outbox.cancel_for_deposit(tx, 1)),
    "dispatches followed": lambda tx: outbox.claim_following(tx, owner="w", lease=LEASE, limit=9, channels=["sms"]),
    "dispatches recent": lambda tx: outbox.count_recent(tx, 1, "x", MOMENT, ["receipt"]),
    "dispatch counts": lambda tx: outbox.counts(tx, 1),
    "events": lambda tx: (
        events.list_(tx, limit=50),
        events.list_(tx, subject="x", limit=50),
        events.latest(tx, before=9, limit=50),
    ),
    "entries counted": lambda tx: (
        figures.tally(tx, SPAN),
        figures.paper_by_exception(tx, SPAN),
        figures.by_series(tx, SPAN),
        figures.seconds_to_file(tx, SPAN, 0.5),
        figures.entries_by_channel(tx, SPAN, on_paper=True, limit=50),
    ),
    "entries counted by reception": lambda tx: (figures.tally(tx, RECEIVED), figures.unanswered(tx, RECEIVED)),
    "letters counted": lambda tx: (figures.returns_by_reasons(tx, SPAN), figures.repeats(tx, SPAN)),
    "agencies counted": lambda tx: figures.by_agency(tx, SPAN),
    "letters undecided": lambda tx: figures.undecided(tx, SPAN),
    "counter counted": lambda tx: figures.paper(tx, SPAN),
    "official": lambda tx: (people.officials(tx, 1, search="x"), people.groups(tx, 1)),
    "deposits": lambda tx: deposits.list_(tx, 1, limit=50, before_id=99),
    "deposits by state": lambda tx: deposits.list_(tx, 1, states=[DepositState.WAITING], limit=50),
    "deposits by key": lambda tx: (deposits.with_key(tx, 1, "x"), deposits.of_letter(tx, 1)),
    "deposits due": lambda tx: deposits.due(tx, limit=50),
    "deposits searched": lambda tx: deposits.search(tx, 1, "226/stc", 50),
    "deposit counts": lambda tx: deposits.counts(tx, 1),
    "meeting": lambda tx: (meetings.by_uid(tx, "x"), meetings.revisions(tx, 1), meetings.invitees(tx, 1), meetings.notes(tx, 1)),
    "meetings": lambda tx: meetings.list_(tx, 1, limit=50, before_id=99),
    "meetings by time": lambda tx: meetings.list_(tx, 1, from_=MOMENT, to=MOMENT, limit=50),
    "meetings by state": lambda tx: meetings.list_(tx, 1, states=[MeetingState.PLANNED], limit=50),
    "meetings searched": lambda tx: meetings.search(tx, 1, "x", 50),
    "sheets": lambda tx: (sheets.list_(tx, 1, limit=50, before_id=99), sheets.list_(tx, 1, kind="week", limit=50)),
    "letters by certificate": lambda tx: (revocation.letters_of(tx, ["a"]), revocation.mails_of(tx, 1)),
    "letters waiting for data": lambda tx: (revocation.waiting_for(tx, ["a"], "wait"), cases.wake(tx, [1], "wait")),
    "certificates watched": lambda tx: (revocation.watched(tx, issuer_keys=["a"]), revocation.set_revoked(tx, "a", None)),
    "revocation data": lambda tx: (revocation.current(tx, issuer_keys=["a"]), revocation.bytes_of(tx, "a")),
    "rechecks": lambda tx: (cases.due(tx, 50), cases.claim(tx, RecheckOrder(letter_id=1, unit_id=1, due_at=MOMENT), MOMENT)),
    "cases": lambda tx: (cases.list_(tx, 1, limit=50, before_id=99), cases.of_letters(tx, [1, 2]), cases.open_count(tx, 1)),
    "validation material": lambda tx: (
        validation_material.keep(tx, 1, [MaterialUse(sha256="a", kind="crl")], ()),
        validation_material.of_submission(tx, 1),
    ),
    "anchors": lambda tx: trust.is_any(tx, TrustPurpose.SIGNER),
    "agency by key": lambda tx: (directory.find_by_address(tx, 1, "x"), directory.ties(tx, 1, ["a"])),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_table_is_read_whole(database, question):
    plans = plans_of(database, QUESTIONS[question])
    assert plans
    whole = [table for plan in plans for table in read_whole(plan) if table not in SMALL]
    assert whole == [], "\n\n".join(plans)


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("capture", "ix_captures_pending"),
        ("captures waiting", "ix_captures_pending"),
        ("dispatch", "ix_dispatches_open"),
        ("dispatch due", "ix_dispatches_open"),
        ("letters due", "ix_letters_due"),
        ("letters waiting for data", "ix_letters_due"),
        ("dispatch", "ix_dispatches_meeting"),
        ("dispatches of meeting", "ix_dispatches_meeting"),
        ("dispatches followed", "ix_dispatches_followed"),
        ("deposits due", "ix_deposits_due"),
        ("letters by reference", "ix_letters_unit_id_reference_key"),
        ("entry by key", "uq_entries_document_key"),
        ("entries counted", "filed_at>? AND filed_at<?"),
        ("entries counted by reception", "received_at>? AND received_at<?"),
        ("letters counted", "decided_at>? AND decided_at<?"),
    ],
)
def test_an_index_serves_its_question(sqlite_database, question, index):
    # Only SQLite's planner chooses by the form of the question alone; PostgreSQL's would weigh the empty tables.
    assert index in "\n".join(plans_of(sqlite_database, QUESTIONS[question]))


@pytest.fixture
def sqlite_database(sqlite_template, tmp_path):
    shutil.copy(sqlite_template, tmp_path / "plans.db")
    database = Database.open(f"sqlite:///{tmp_path / 'plans.db'}", lock_file=None)
    yield database
    database.close()


@pytest.mark.parametrize("question", ["submissions", "letters", "entries", "dispatches", "deposits", "meetings", "sheets"])
def test_a_page_is_read_in_order_without_sorting(database, question):
    page = plans_of(database, QUESTIONS[question])[0]
    assert "Sort" not in page
    assert "ORDER BY" not in page


def test_a_stale_completion_is_one_row_by_its_id(database):
    def complete(tx):
        with pytest.raises(captures.claims.StaleClaimError):
            captures.complete(tx, CLAIM, CaptureState.READ)

    (plan,) = plans_of(database, complete)
    assert read_whole(plan) == []


def plans_of(database, ask) -> list[str]:
    """The plans of every statement that the question runs."""
    with database.transaction() as tx:
        add_unit(tx)  # some questions begin with the date where the unit is
        statements: list[tuple[str, object]] = []

        def note(_connection, _cursor, statement, parameters, _context, _many):
            statements.append((statement, parameters))

        # With nothing in the tables a scan would be cheapest; without scans the planner must show what it has.
        if tx.is_postgresql:
            tx.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        sa.event.listen(tx.connection, "before_cursor_execute", note)
        ask(tx)
        sa.event.remove(tx.connection, "before_cursor_execute", note)
        explain = "EXPLAIN " if tx.is_postgresql else "EXPLAIN QUERY PLAN "
        asked = [
            (text, given) for text, given in statements if re.match(r"\s*(SELECT|UPDATE)\b.*\b(FROM|SET)\b", text, re.DOTALL)
        ]
        return ["\n".join(str(row[-1]) for row in tx.connection.exec_driver_sql(explain + text, given)) for text, given in asked]


def read_whole(plan: str) -> list[str]:
    found = re.findall(r"Seq Scan on (\w+)", plan) + re.findall(r"^SCAN (\w+)$", plan, re.MULTILINE)
    return [table for table in found if table != "entry_search"]
