"""Counting for reports: exact at the borders, only what stands, on both databases."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage import deposits, figures, letters, outbox, registry
from storage.records import (
    AgencyCode,
    AgencyDraft,
    DepositDraft,
    DepositKind,
    DepositState,
    EntryState,
    LetterState,
    Moment,
    PaperTally,
    Span,
    Tally,
)
from tests.storage.builders import SteppingClock, add_agency, add_letter, add_unit, dispatch_draft, entry_draft, letter_draft

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FROM = datetime(2026, 8, 1, tzinfo=ZONE)
TO = datetime(2026, 8, 8, 11, tzinfo=ZONE)
MICROSECOND = timedelta(microseconds=1)


class Book:
    """A register that a test fills at moments of its choice."""

    def __init__(self, open_database):
        self.clock = SteppingClock(FROM)
        self.database = open_database(self.clock)
        with self.database.transaction() as tx:
            self.unit = add_unit(tx)

    def file(self, at=FROM, *, direction="in", kind="ordinary", received_at=None, **changes):
        """File a letter at this moment; gives its entry."""
        self.clock.moment = at
        with self.database.transaction() as tx:
            if direction == "out":
                registry.open_register(tx, self.unit.id, "den", direction=direction, kind=kind, year=2026)
            register = registry.lock_register(tx, self.unit.id, "den", direction, kind)
            arrival = registry.arrival_moment(tx, register, ZONE)
            series = registry.next_in_series(tx, register, arrival.date.year)
            draft = entry_draft(self.unit, add_letter(tx, self.unit), received_at=received_at or at, **changes)
            return registry.add_entry(tx, series, draft, arrival_date=arrival.date, filed_at=arrival.filed_at)

    def void(self, entry):
        with self.database.transaction() as tx:
            registry.set_state(tx, entry.id, EntryState.VOIDED)

    def letter(self, state, at=FROM, **changes):
        """A letter that came to this state at this moment."""
        self.clock.moment = at
        with self.database.transaction() as tx:
            new = add_letter(tx, self.unit, received_at=changes.pop("received_at", at))
            letter = letters.get(tx, self.unit.id, new)
            received = letter.draft.received_at
            return letters.update(
                tx, letter, letter_draft(self.unit, state=state, received_at=received, **changes), decided_by="lan"
            )

    def span(self, from_=FROM, to=TO, moment=Moment.FILED):
        return Span(unit_id=self.unit.id, from_=from_, to=to, moment=moment)

    def ask(self, question, *arguments, **changes):
        with self.database.reading() as tx:
            return question(tx, self.span(**changes), *arguments)


@pytest.fixture
def book(open_database):
    return Book(open_database)


def test_the_first_moment_counts_and_the_last_does_not(book):
    for at in (FROM - MICROSECOND, FROM, TO - MICROSECOND, TO):
        book.file(at)
    assert book.ask(figures.tally) == Tally(electronic=2)


@pytest.mark.parametrize(("moment", "counted"), [(Moment.FILED, 1), (Moment.RECEIVED, 2)])
def test_filing_counts_or_reception_as_it_is_asked(book, moment, counted):
    book.file(FROM, received_at=FROM - timedelta(hours=3))
    book.file(TO, received_at=TO - timedelta(hours=3))
    book.file(TO + timedelta(hours=1), received_at=TO - timedelta(hours=2))
    assert book.ask(figures.tally, moment=moment).electronic == counted


def test_paper_counts_by_its_exception_and_voided_entries_stand_apart(book):
    book.file()
    for exception in ("maps", "maps", "personnel", ""):
        book.file(channel="paper", exception=exception)
    book.void(book.file(channel="paper", exception="maps"))
    book.void(book.file())
    assert book.ask(figures.tally) == Tally(electronic=1, paper=4, voided=2)
    assert book.ask(figures.paper_by_exception) == {"maps": 2, "personnel": 1, "": 1}
    (entry,) = book.ask(lambda tx, span: figures.entries_by_channel(tx, span, on_paper=False, limit=9))
    assert entry.number == 1
    voided = book.ask(lambda tx, span: figures.entries_voided(tx, span, limit=9))
    assert [entry.number for entry in voided] == [7, 6]


def test_other_units_and_outgoing_numbers_are_not_received(book):
    book.file()
    book.file(direction="out", kind="GM")
    with book.database.transaction() as tx:
        other = add_unit(tx, "H62")
    assert book.ask(figures.tally) == Tally(electronic=1)
    with book.database.reading() as tx:
        assert figures.tally(tx, Span(unit_id=other.id, from_=FROM, to=TO, moment=Moment.FILED)) == Tally()


def test_every_series_tells_first_and_last_number_and_its_voids(book):
    book.file(FROM - MICROSECOND)
    entries = [book.file() for _ in range(5)]
    book.void(entries[2])
    book.file(TO)
    book.file(direction="out", kind="GM")
    incoming, outgoing = book.ask(figures.by_series)
    assert (incoming.register, incoming.direction, incoming.year) == ("den", "in", 2026)
    assert (incoming.first, incoming.last, incoming.voided, incoming.standing) == (2, 6, 1, 4)
    assert incoming.last - incoming.first + 1 - incoming.voided == incoming.standing
    assert incoming.voids == (4,)
    assert (outgoing.direction, outgoing.kind, outgoing.standing) == ("out", "GM", 1)


def test_agencies_are_counted_with_their_returns_and_the_unknown_ones_together(book):
    with book.database.transaction() as tx:
        draft = AgencyDraft(codes=(AgencyCode(code="G1"),), name="Sở Xây dựng", kind="state", mode="propose")
        agency = add_agency(tx, book.unit, draft).id
    book.file(agency_id=agency)
    book.file(agency_id=agency, channel="paper")
    book.file()
    book.letter(LetterState.RETURNED, agency_id=agency, reasons=("unsigned",))
    first, unknown = book.ask(figures.by_agency)
    assert (first.name, first.electronic, first.paper, first.returned) == ("Sở Xây dựng", 1, 1, 1)
    assert (unknown.agency_id, unknown.electronic, unknown.paper) == (None, 1, 0)


def test_signatures_and_second_copies_are_counted_for_electronic_entries(book):
    book.file(legal_value="full")
    book.file(legal_value="full", paper_at=FROM)
    book.file(legal_value="unsigned")
    book.file(legal_value="", channel="paper", paper_at=FROM)
    assert book.ask(figures.electronic_by_legal_value) == {"full": 2, "unsigned": 1}
    assert book.ask(figures.with_both_copies) == 1


def test_returns_are_counted_by_their_reasons_while_they_stand(book):
    book.letter(LetterState.RETURNED, reasons=("unsigned", "enclosures-missing"))
    book.letter(LetterState.RETURNED, reasons=("unsigned",))
    book.letter(LetterState.RETURNED, TO, reasons=("unsigned",))
    book.letter(LetterState.HELD, reasons=("unsigned",))
    assert book.ask(figures.returns_by_reasons) == {("unsigned", "enclosures-missing"): 1, ("unsigned",): 1}
    assert len(book.ask(lambda tx, span: figures.letters_returned(tx, span, limit=9))) == 2


def test_repeats_are_counted_by_the_moment_that_was_asked_for(book):
    book.letter(LetterState.REPEAT, TO, received_at=FROM)
    assert book.ask(figures.repeats) == 0
    assert book.ask(figures.repeats, moment=Moment.RECEIVED) == 1


def test_what_was_not_decided_at_the_end_is_counted_then_and_later(book):
    book.letter(LetterState.HELD)
    book.letter(LetterState.FILED, TO + timedelta(days=2), received_at=TO - timedelta(hours=1))
    book.letter(LetterState.FILED, TO - MICROSECOND)
    book.letter(LetterState.HELD, TO)
    assert book.ask(figures.undecided) == 2
    assert len(book.ask(lambda tx, span: figures.letters_undecided(tx, span, limit=9))) == 2


def test_the_time_from_reception_to_filing_is_told_by_its_median(book):
    assert book.ask(figures.seconds_to_file, 0.5) is None
    for minutes in (30, 1, 2, 600, 3):
        book.file(FROM + timedelta(days=1), received_at=FROM + timedelta(days=1) - timedelta(minutes=minutes))
    assert book.ask(figures.seconds_to_file, 0.5) == pytest.approx(180, abs=0.01)
    assert book.ask(figures.seconds_to_file, 0.9) == pytest.approx(36000, abs=0.01)


def test_an_entry_is_unanswered_until_its_receipt_has_left(book):
    entries = [book.file() for _ in range(3)]
    book.file(channel="paper")
    with book.database.transaction() as tx:
        for entry in entries[:2]:
            draft = dispatch_draft(tx, book.unit, letter_id=entry.draft.letter_id, due_at=FROM)
            outbox.add(tx, draft)
        (claim, _), *_ = outbox.claim(tx, owner="w", lease=timedelta(minutes=1), limit=1, channels=["mail"])
        outbox.sent(tx, claim, FROM)
    assert book.ask(figures.unanswered) == 2
    assert len(book.ask(lambda tx, span: figures.entries_unanswered(tx, span, limit=9))) == 2


def deposit(book, kind, state, at, **outcome):
    draft = DepositDraft(
        unit_id=book.unit.id,
        kind=kind,
        state=state,
        letter_id=None,
        agency_id=None,
        sender="Sở Nội vụ",
        document_key="",
        reference="",
        issued_on=None,
        document_type="",
        subject="",
        pages=None,
        exception="",
        deposited_at=at,
        due_at=None,
        received_by="lan",
    )
    with book.database.transaction() as tx:
        deposits.update(tx, deposits.add(tx, draft), draft, **outcome)


def test_the_counter_is_counted_where_no_number_is_given(book):
    for at in (FROM, TO):
        deposit(book, DepositKind.SECRET, DepositState.COUNTED, at)
        deposit(book, DepositKind.ENVELOPE, DepositState.COUNTED, at)
        deposit(book, DepositKind.DOCUMENT, DepositState.RETURNED, FROM, handed_to="An", handed_at=at)
    deposit(book, DepositKind.SECRET, DepositState.CANCELLED, FROM)
    book.letter(LetterState.RETURNED, reasons=("no-e-copy",))
    assert book.ask(figures.paper) == PaperTally(announced=1, handed_back=1, secret=1, envelopes=1)


def test_lists_behind_a_figure_are_read_page_by_page(book):
    for _ in range(5):
        book.file()
    first = book.ask(lambda tx, span: figures.entries_by_channel(tx, span, on_paper=False, limit=2))
    rest = book.ask(lambda tx, span: figures.entries_by_channel(tx, span, on_paper=False, limit=9, before_id=first[-1].id))
    assert [entry.number for entry in (*first, *rest)] == [5, 4, 3, 2, 1]


def test_a_span_in_another_zone_is_the_same_moments(book):
    book.file(FROM)
    assert book.ask(figures.tally, from_=FROM.astimezone(UTC), to=TO.astimezone(UTC)) == Tally(electronic=1)
