"""Counting for reports. Every question is bounded by an index over the span, so a week costs a week, not the registry."""

from collections.abc import Sequence
from typing import TypeVar

import sqlalchemy as sa

from storage import letters as letter_store
from storage import registry
from storage.database import Transaction
from storage.records import (
    AgencyTally,
    DepositKind,
    DepositState,
    DispatchState,
    Entry,
    EntryState,
    Letter,
    LetterState,
    Moment,
    PaperTally,
    SeriesTally,
    Span,
    Tally,
)
from storage.tables import agencies, deposits, dispatches, entries, letters, registers
from storage.tables import series as series_rows

KeyT = TypeVar("KeyT")

PAPER = "paper"
_MOST_VOIDS = 100
_STANDING = entries.c.state != EntryState.VOIDED
_VOIDED = entries.c.state == EntryState.VOIDED
_ON_PAPER = entries.c.channel == PAPER
_ANSWERED = (DispatchState.SENT, DispatchState.DELIVERED)
_OPEN = (LetterState.WAITING, LetterState.PROPOSED, LetterState.HELD, LetterState.RETURN_DUE)
_NO_DECISION = (LetterState.SEALED, LetterState.PURGED, LetterState.MERGED, LetterState.AT_COUNTER)
_AT_COUNTER = (DepositState.WAITING, DepositState.OVERDUE, DepositState.RETURN_DUE)
_COUNT = sa.func.count()


# --- entries ---------------------------------------------------------------------------------------------------------


def tally(tx: Transaction, span: Span) -> Tally:
    """Count the incoming entries of a span."""
    counts = (_counted(_STANDING & ~_ON_PAPER), _counted(_STANDING & _ON_PAPER), _counted(_VOIDED))
    electronic, paper, voided = tx.connection.execute(sa.select(*counts).where(*_incoming(span))).one()
    return Tally(electronic=electronic, paper=paper, voided=voided)


def paper_by_exception(tx: Transaction, span: Span) -> dict[str, int]:
    """Count the entries that came on paper by the code of their exception; the empty code is none."""
    return _grouped(tx, entries.c.exception, (*_incoming(span), _STANDING, _ON_PAPER))


def electronic_by_legal_value(tx: Transaction, span: Span) -> dict[str, int]:
    """Count the electronic entries by what their signatures are worth."""
    return _grouped(tx, entries.c.legal_value, (*_incoming(span), _STANDING, ~_ON_PAPER))


def with_both_copies(tx: Transaction, span: Span) -> int:
    """Count the electronic entries whose paper was handed in as well."""
    return _count(tx, entries, (*_incoming(span), _STANDING, ~_ON_PAPER, entries.c.paper_at.is_not(None)))


def by_agency(tx: Transaction, span: Span) -> list[AgencyTally]:
    """Count entries and returns by agency, the one with the most entries first."""
    filed: dict[int | None, tuple[int, int]] = {
        row.agency_id: (row.electronic, row.paper)
        for row in tx.connection.execute(
            sa.select(entries.c.agency_id, _counted(~_ON_PAPER).label("electronic"), _counted(_ON_PAPER).label("paper"))
            .where(*_incoming(span), _STANDING)
            .group_by(entries.c.agency_id)
        )
    }
    returned = _grouped(tx, letters.c.agency_id, _returned(span))
    names = _agency_names(tx, span.unit_id)
    found = [
        AgencyTally(
            agency_id=agency_id,
            name=names.get(agency_id, ""),
            electronic=filed.get(agency_id, (0, 0))[0],
            paper=filed.get(agency_id, (0, 0))[1],
            returned=returned.get(agency_id, 0),
        )
        for agency_id in filed.keys() | returned.keys()
    ]
    return sorted(found, key=lambda one: (-one.electronic - one.paper, one.agency_id is None, one.name))


def by_series(tx: Transaction, span: Span) -> list[SeriesTally]:
    """Count the numbers of every series, incoming and outgoing, by register and year."""
    numbers = sa.func.min(entries.c.number).label("first"), sa.func.max(entries.c.number).label("last")
    counts = _counted(_STANDING).label("standing"), _counted(_VOIDED).label("voided")
    grouped = sa.select(entries.c.series_id, *numbers, *counts).where(*_within(span)).group_by(entries.c.series_id)
    found = {row.series_id: row for row in tx.connection.execute(grouped)}
    named = (
        sa.select(series_rows.c.id, series_rows.c.year, registers.c.code, registers.c.direction, registers.c.kind)
        .join(registers, registers.c.id == series_rows.c.register_id)
        .where(registers.c.unit_id == span.unit_id)
        .order_by(registers.c.direction, registers.c.code, registers.c.kind, series_rows.c.year)
    )
    return [
        SeriesTally(
            register=row.code,
            direction=row.direction,
            kind=row.kind,
            year=row.year,
            first=found[row.id].first,
            last=found[row.id].last,
            standing=found[row.id].standing,
            voided=found[row.id].voided,
            voids=_voids(tx, span, row.id) if found[row.id].voided else (),
        )
        for row in tx.connection.execute(named)
        if row.id in found
    ]


def seconds_to_file(tx: Transaction, span: Span, part: float) -> float | None:
    """Tell within how many seconds of its receipt this part of the entries was filed: 0.5 is the median; None without any."""
    chosen = (*_incoming(span), _STANDING)
    total = _count(tx, entries, chosen)
    if not total:
        return None
    took = _seconds(tx)
    place = min(total - 1, int(total * part))
    found = sa.select(took.label("took")).where(*chosen).order_by(took).offset(place).limit(1)
    return max(0.0, float(tx.connection.execute(found).scalar_one()))


def unanswered(tx: Transaction, span: Span) -> int:
    """Count the electronic entries whose sender has not got a receipt."""
    return _count(tx, entries, _unanswered(span))


# --- letters and paper -----------------------------------------------------------------------------------------------


def returns_by_reasons(tx: Transaction, span: Span) -> dict[tuple[str, ...], int]:
    """Count the letters returned in the span, and returned still, by their reasons; the first reason decided."""
    return _grouped(tx, letters.c.reasons, _returned(span))


def repeats(tx: Transaction, span: Span) -> int:
    """Count the letters that were sent again and got their first number told again."""
    return _count(tx, letters, (*_decided(span), letters.c.state == LetterState.REPEAT))


def undecided(tx: Transaction, span: Span) -> int:
    """Count the letters received before the span's end and not decided by then.

    For an end that is past it counts those decided later as well; a decision that was undone counts as undecided.
    """
    return _count(tx, letters, _undecided_now(span)) + _count(tx, letters, _decided_later(span))


def paper(tx: Transaction, span: Span) -> PaperTally:
    """Count what happened at the counter."""
    at = deposits.c.deposited_at
    came = (deposits.c.unit_id == span.unit_id, deposits.c.state == DepositState.COUNTED, at >= span.from_, at < span.to)
    lies = (deposits.c.unit_id == span.unit_id, deposits.c.state.in_(_AT_COUNTER))
    back = (deposits.c.unit_id == span.unit_id, deposits.c.state == DepositState.RETURNED)
    return PaperTally(
        announced=_count(tx, letters, (*_returned(span), letters.c.submission_id.is_(None))),
        handed_back=_count(tx, deposits, (*back, deposits.c.handed_at >= span.from_, deposits.c.handed_at < span.to)),
        waiting=_count(tx, deposits, (*lies, at < span.to)),
        secret=_count(tx, deposits, (*came, deposits.c.kind == DepositKind.SECRET)),
        envelopes=_count(tx, deposits, (*came, deposits.c.kind == DepositKind.ENVELOPE)),
    )


# --- what is behind a figure -----------------------------------------------------------------------------------------


def entries_by_channel(tx: Transaction, span: Span, *, on_paper: bool, limit: int, before_id: int | None = None) -> list[Entry]:
    """List the entries that were counted as electronic or as paper, newest first."""
    return _entries(tx, (*_incoming(span), _STANDING, _ON_PAPER if on_paper else ~_ON_PAPER), limit, before_id)


def entries_voided(tx: Transaction, span: Span, *, limit: int, before_id: int | None = None) -> list[Entry]:
    """List the incoming entries of the span that were voided, newest first."""
    return _entries(tx, (*_incoming(span), _VOIDED), limit, before_id)


def entries_unanswered(tx: Transaction, span: Span, *, limit: int, before_id: int | None = None) -> list[Entry]:
    """List the electronic entries whose sender has not got a receipt, newest first."""
    return _entries(tx, _unanswered(span), limit, before_id)


def letters_returned(tx: Transaction, span: Span, *, limit: int, before_id: int | None = None) -> list[Letter]:
    """List the letters that were counted as returned, newest first."""
    return _letters(tx, _returned(span), limit, before_id)


def letters_undecided(tx: Transaction, span: Span, *, limit: int, before_id: int | None = None) -> list[Letter]:
    """List the letters that were counted as not decided, newest first."""
    now, later = sa.and_(*_undecided_now(span)), sa.and_(*_decided_later(span))
    return _letters(tx, (sa.or_(now, later),), limit, before_id)


# --- inside ----------------------------------------------------------------------------------------------------------

_Conditions = tuple[sa.ColumnElement[bool], ...]


def _within(span: Span) -> _Conditions:
    at = entries.c.filed_at if span.moment is Moment.FILED else entries.c.received_at
    return (entries.c.unit_id == span.unit_id, at >= span.from_, at < span.to)


def _incoming(span: Span) -> _Conditions:
    mine = sa.select(series_rows.c.id).join(registers, registers.c.id == series_rows.c.register_id)
    mine = mine.where(registers.c.unit_id == span.unit_id, registers.c.direction == "in")
    return (*_within(span), entries.c.series_id.in_(mine))


def _unanswered(span: Span) -> _Conditions:
    told = sa.exists().where(
        dispatches.c.letter_id == entries.c.letter_id, dispatches.c.kind == "receipt", dispatches.c.state.in_(_ANSWERED)
    )
    return (*_incoming(span), _STANDING, ~_ON_PAPER, ~told)


def _decided(span: Span) -> _Conditions:
    """A letter that gets no number has no moment of filing; its decision stands for that."""
    at = letters.c.decided_at if span.moment is Moment.FILED else letters.c.received_at
    return (letters.c.unit_id == span.unit_id, at >= span.from_, at < span.to)


def _returned(span: Span) -> _Conditions:
    """Returning is an act of the office: its own moment counts, whatever counts for entries."""
    at = letters.c.decided_at
    return (letters.c.unit_id == span.unit_id, at >= span.from_, at < span.to, letters.c.state == LetterState.RETURNED)


def _undecided_now(span: Span) -> _Conditions:
    return (letters.c.unit_id == span.unit_id, letters.c.state.in_(_OPEN), letters.c.received_at < span.to)


def _decided_later(span: Span) -> _Conditions:
    gone = letters.c.state.not_in((*_OPEN, *_NO_DECISION))
    return (letters.c.unit_id == span.unit_id, letters.c.decided_at >= span.to, gone, letters.c.received_at < span.to)


def _seconds(tx: Transaction) -> sa.ColumnElement[float]:
    if tx.is_postgresql:
        moment = sa.TIMESTAMP(timezone=True)
        took = sa.type_coerce(entries.c.filed_at, moment) - sa.type_coerce(entries.c.received_at, moment)
        return sa.cast(sa.extract("epoch", took), sa.Float)
    days = sa.func.julianday(entries.c.filed_at, type_=sa.Float) - sa.func.julianday(entries.c.received_at, type_=sa.Float)
    return days * 86400.0


def _voids(tx: Transaction, span: Span, series_id: int) -> tuple[int, ...]:
    mine = sa.select(entries.c.number).where(*_within(span), entries.c.series_id == series_id, _VOIDED)
    return tuple(tx.connection.execute(mine.order_by(entries.c.number).limit(_MOST_VOIDS)).scalars())


def _agency_names(tx: Transaction, unit_id: int) -> dict[int | None, str]:
    found = sa.select(agencies.c.id, agencies.c.name).where(agencies.c.unit_id == unit_id)
    return {row.id: row.name for row in tx.connection.execute(found)}


def _counted(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.count(sa.case((condition, 1)))


def _count(tx: Transaction, table: sa.Table, conditions: Sequence[sa.ColumnElement[bool]]) -> int:
    counted: int = tx.connection.execute(sa.select(_COUNT).select_from(table).where(*conditions)).scalar_one()
    return counted


def _grouped(tx: Transaction, column: sa.Column[KeyT], conditions: _Conditions) -> dict[KeyT, int]:
    rows = tx.connection.execute(sa.select(column.label("key"), _COUNT.label("number")).where(*conditions).group_by(column))
    return {row.key: row.number for row in rows}


def _entries(tx: Transaction, conditions: _Conditions, limit: int, before_id: int | None) -> list[Entry]:
    return registry.with_ids(tx, _ids(tx, entries.c.id, conditions, limit, before_id))


def _letters(tx: Transaction, conditions: _Conditions, limit: int, before_id: int | None) -> list[Letter]:
    return letter_store.with_ids(tx, _ids(tx, letters.c.id, conditions, limit, before_id))


def _ids(tx: Transaction, id_: sa.Column[int], conditions: _Conditions, limit: int, before_id: int | None) -> Sequence[int]:
    found = sa.select(id_).where(*conditions)
    if before_id is not None:
        found = found.where(id_ < before_id)
    return tx.connection.execute(found.order_by(id_.desc()).limit(limit)).scalars().all()
