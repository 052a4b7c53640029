"""The registers: series of numbers without gaps, and the entries that hold them.

Filing locks the register's row first and reads the time after that; whoever filed before has then committed, so numbers,
dates and years follow one another. The number is taken by the transaction that uses it: a rollback gives it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from storage import searching
from storage.database import Transaction
from storage.errors import ConflictError, NotFoundError, RegisterClosedError
from storage.records import Entry, EntryDraft, EntryState, Register, RegisterMode, Series
from storage.rows import draft_of, page, values_of
from storage.tables import entries, entry_letters, registers
from storage.tables import series as series_rows

_ENTRIES = (
    sa.select(entries, series_rows.c.year, registers.c.code.label("register"), registers.c.direction, registers.c.kind)
    .join(series_rows, series_rows.c.id == entries.c.series_id)
    .join(registers, registers.c.id == series_rows.c.register_id)
)

_SEARCHED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """The moment of filing and the unit's date that the entry bears."""

    filed_at: datetime
    date: date


# --- registers and series --------------------------------------------------------------------------------------------


def open_register(  # noqa: PLR0913  (a register's name has three parts)
    tx: Transaction,
    unit_id: int,
    code: str,
    *,
    direction: str = "in",
    kind: str = "ordinary",
    mode: RegisterMode = RegisterMode.OWN,
    next_number: int = 1,
    year: int,
) -> Register:
    """Open a register whose next number of the year is given; one without entries can be opened again."""
    if next_number < 1:
        raise ValueError(f"the first number must be 1 or more, not {next_number}")
    key = {"unit_id": unit_id, "code": code, "direction": direction, "kind": kind}
    tx.execute(tx.insert_new(registers).values(**key, mode=mode, suspended=False))
    register = lock_register(tx, unit_id, code, direction, kind)
    used = sa.exists().where(entries.c.series_id == series_rows.c.id, series_rows.c.register_id == register.id)
    if tx.connection.execute(sa.select(used)).scalar():
        raise ConflictError(f"register {code!r} has entries already; its numbers go on from the last one")
    tx.execute(sa.update(registers).where(registers.c.id == register.id).values(mode=mode))
    set_next_number(tx, next_in_series(tx, register, year), next_number)
    return replace(register, mode=mode)


def lock_register(tx: Transaction, unit_id: int, code: str, direction: str = "in", kind: str = "ordinary") -> Register:
    """Read a register and keep every other filing in it waiting until this transaction ends. Read the time after this."""
    key = (registers.c.unit_id == unit_id, registers.c.code == code, registers.c.direction == direction, registers.c.kind == kind)
    row = tx.connection.execute(sa.select(registers).where(*key).with_for_update()).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f"unit {unit_id} has no register {code!r}")
    return draft_of(Register, row)


def list_registers(tx: Transaction, unit_id: int) -> list[Register]:
    """List the unit's registers by code."""
    statement = sa.select(registers).where(registers.c.unit_id == unit_id).order_by(registers.c.code, registers.c.id)
    return [draft_of(Register, row) for row in tx.connection.execute(statement).mappings()]


def set_suspended(tx: Transaction, register_id: int, *, suspended: bool) -> None:
    """Stop a register after a restore, or let it go on once its next number is confirmed."""
    changed = tx.execute(sa.update(registers).where(registers.c.id == register_id).values(suspended=suspended))
    if changed.rowcount != 1:
        raise NotFoundError(f"no register {register_id}")


def suspend_all(tx: Transaction) -> int:
    """Stop every register that this hub numbers, after a restore; tell how many."""
    own = sa.update(registers).where(registers.c.mode == RegisterMode.OWN)
    return tx.execute(own.values(suspended=True)).rowcount


def next_in_series(tx: Transaction, register: Register, year: int) -> Series:
    """Read the year's series of a locked register; a new year begins at 1."""
    tx.execute(tx.insert_new(series_rows).values(register_id=register.id, year=year, next_number=1))
    found = sa.select(series_rows).where(series_rows.c.register_id == register.id, series_rows.c.year == year)
    return draft_of(Series, tx.connection.execute(found).mappings().one(), register=register)


def list_series(tx: Transaction, register: Register) -> list[Series]:
    """List a register's series, the latest year first."""
    found = sa.select(series_rows).where(series_rows.c.register_id == register.id).order_by(series_rows.c.year.desc())
    return [draft_of(Series, row, register=register) for row in tx.connection.execute(found).mappings()]


def set_next_number(tx: Transaction, series: Series, next_number: int) -> None:
    """Let a series of a locked register go on with this number; ConflictError when it would be given twice."""
    last = sa.select(sa.func.max(entries.c.number)).where(entries.c.series_id == series.id)
    given: int = tx.connection.execute(last).scalar() or 0
    if next_number <= given:
        raise ConflictError(f"number {given} of {series.year} is given already; the next one must be higher than that")
    tx.execute(sa.update(series_rows).where(series_rows.c.id == series.id).values(next_number=next_number))


def last_arrival_date(tx: Transaction, register: Register) -> date | None:
    """Tell the latest arrival date in any year of a locked register."""
    last: date | None = tx.connection.execute(
        sa.select(sa.func.max(series_rows.c.last_arrival_date)).where(series_rows.c.register_id == register.id)
    ).scalar()
    return last


def arrival_moment(tx: Transaction, register: Register, zone: ZoneInfo) -> Arrival:
    """Read the time for a filing in a locked register.

    The date is that of the unit's zone, but never before the last one given: a clock set back neither dates an entry before
    its predecessor nor opens a closed year again. `filed_at` says what the clock said.
    """
    filed_at = tx.now()
    today, last = filed_at.astimezone(zone).date(), last_arrival_date(tx, register)
    return Arrival(filed_at=filed_at, date=today if last is None else max(today, last))


# --- entries ---------------------------------------------------------------------------------------------------------


def add_entry(
    tx: Transaction,
    series: Series,
    draft: EntryDraft,
    *,
    arrival_date: date,
    filed_at: datetime,
    number: int | None = None,
) -> Entry:
    """Give the series' next number to a letter. The register must be locked by this transaction.

    ConflictError when another entry holds the document key, or the letter has an entry: nothing is taken then and the
    transaction can go on. `number` is given only where another system numbers (`external`).
    """
    _require_open(series, arrival_date, number)
    with tx.claiming(f"document key {draft.document_key!r} or letter {draft.letter_id} has an entry already"):
        given = _take_number(tx, series, arrival_date, number)
        # A key claims a document that came in; what we issue has its place in its series alone.
        key = draft.document_key if series.register.direction == "in" else ""
        values = values_of(draft) | {"document_key": key or None}
        values |= {"series_id": series.id, "number": given, "state": EntryState.REGISTERED}
        values |= {"arrival_date": arrival_date, "filed_at": filed_at}
        entry_id = tx.insert(entries, values)
        searching.add(tx, draft.unit_id, entry_id, _searchable(series, draft, given))
    return _require(tx, entries.c.id == entry_id)


def get_entry(  # noqa: PLR0913  (a number's name has five parts)
    tx: Transaction,
    unit_id: int,
    *,
    register: str,
    year: int,
    number: int,
    direction: str = "in",
    kind: str = "ordinary",
) -> Entry:
    """Read the entry with this number of one register; several registers may share a code."""
    named = (registers.c.code == register, registers.c.direction == direction, registers.c.kind == kind)
    numbered = (series_rows.c.year == year, entries.c.number == number)
    found = _find(tx, _ENTRIES.where(entries.c.unit_id == unit_id, *named, *numbered))
    if not found:
        raise NotFoundError(f"register {register!r} has no number {number} in {year}")
    return found[0]


def with_ids(tx: Transaction, ids: Sequence[int]) -> list[Entry]:
    """Read the entries with these ids, newest first."""
    return _find(tx, _ENTRIES.where(entries.c.id.in_(ids)).order_by(entries.c.id.desc()))


def entry_of_letter(tx: Transaction, letter_id: int) -> Entry | None:
    """Find the entry of a letter, or the one it was linked to (a repeat), the latest first."""
    own = _find(tx, _ENTRIES.where(entries.c.letter_id == letter_id).order_by(entries.c.id.desc()).limit(1))
    if own:
        return own[0]
    linked = _ENTRIES.join(entry_letters, entry_letters.c.entry_id == entries.c.id)
    found = _find(tx, linked.where(entry_letters.c.letter_id == letter_id).order_by(entries.c.id.desc()).limit(1))
    return found[0] if found else None


def entry_by_key(tx: Transaction, unit_id: int, document_key: str) -> Entry | None:
    """Find the unit's incoming entry that holds a document key; voided entries hold none, and an empty key is nobody's."""
    return _first(tx, unit_id, entries.c.document_key, document_key)


def entry_by_content(tx: Transaction, unit_id: int, content_digest: str) -> Entry | None:
    """Find the unit's first incoming entry with exactly these files; voided entries are passed over."""
    return _first(tx, unit_id, entries.c.content_digest, content_digest)


def link_letter(tx: Transaction, entry_id: int, letter_id: int, relation: str) -> None:
    """Note that a letter belongs to an entry beside the one that was filed; saying it twice changes nothing."""
    tx.execute(tx.insert_new(entry_letters).values(entry_id=entry_id, letter_id=letter_id, relation=relation))


def unlink_letter(tx: Transaction, entry_id: int, letter_id: int) -> None:
    """Take back that a letter belongs to an entry."""
    mine = (entry_letters.c.entry_id == entry_id, entry_letters.c.letter_id == letter_id)
    tx.execute(sa.delete(entry_letters).where(*mine))


def set_state(tx: Transaction, entry_id: int, state: EntryState) -> Entry:
    """Move an entry to another state. Voiding frees its document key, never its number."""
    with tx.claiming(f"another entry holds the document of entry {entry_id} now"):
        tx.execute(sa.update(entries).where(entries.c.id == entry_id).values(state=state))
    return _require(tx, entries.c.id == entry_id)


def set_paper(tx: Transaction, entry_id: int, paper_at: datetime | None) -> Entry:
    """Note when the paper of an entry was handed in, or with None that it was not."""
    tx.execute(sa.update(entries).where(entries.c.id == entry_id).values(paper_at=paper_at))
    return _require(tx, entries.c.id == entry_id)


def blank(tx: Transaction, entry_id: int) -> Entry:
    """Seal a filed letter's line: number, dates and digest stay; what it says, its key and its words in the search go."""
    said = ("issuer", "reference", "document_type", "subject", "urgency", "search_text")
    values: dict[str, object] = dict.fromkeys(said, "") | {"document_key": None, "issued_on": None, "agency_id": None}
    tx.execute(sa.update(entries).where(entries.c.id == entry_id).values(**values))
    searching.remove(tx, entry_id)
    return _require(tx, entries.c.id == entry_id)


def list_(  # noqa: PLR0913
    tx: Transaction,
    unit_id: int,
    *,
    register: str | None = None,
    direction: str = "in",
    from_: datetime | None = None,
    to: datetime | None = None,
    limit: int,
    before_id: int | None = None,
) -> list[Entry]:
    """List the unit's entries of one direction that were filed from `from_` on and before `to`, newest first."""
    statement = _ENTRIES.where(entries.c.unit_id == unit_id, registers.c.direction == direction)
    if register is not None:
        statement = statement.where(registers.c.code == register)
    if from_ is not None:
        statement = statement.where(entries.c.filed_at >= from_)
    if to is not None:
        statement = statement.where(entries.c.filed_at < to)
    return _find(tx, page(statement, entries.c.id, before_id, limit))


def search(tx: Transaction, unit_id: int, text: str, limit: int, *, direction: str = "in") -> list[Entry]:
    """Find the unit's entries of one direction that hold every word of the text, newest first; tone marks do not matter."""
    found: list[Entry] = []
    before_id: int | None = None
    while len(found) < limit:
        asked = min(limit, _SEARCHED)
        ids = searching.newest(tx, unit_id, text, before_id=before_id, limit=asked)
        found += [entry for entry in with_ids(tx, ids) if (entry.draft.unit_id, entry.direction) == (unit_id, direction)]
        if len(ids) < asked:
            break
        before_id = ids[-1]
    return found[:limit]


# --- inside ----------------------------------------------------------------------------------------------------------


def _require_open(series: Series, arrival_date: date, number: int | None) -> None:
    register = series.register
    if register.suspended:
        raise RegisterClosedError(f"register {register.code!r} waits for its next number to be confirmed")
    if (register.mode is RegisterMode.EXTERNAL) != (number is not None):
        raise RegisterClosedError(f"register {register.code!r} is {register.mode}: who numbers its entries?")
    if arrival_date.year != series.year:
        raise ValueError(f"the arrival date {arrival_date} is not in the series of {series.year}")


def _take_number(tx: Transaction, series: Series, arrival_date: date, number: int | None) -> int:
    row = series_rows.c.id == series.id
    in_order = sa.or_(series_rows.c.last_arrival_date.is_(None), series_rows.c.last_arrival_date <= arrival_date)
    follow = series_rows.c.next_number + 1 if number is None else max(series.next_number, number + 1)
    taken: int | None = tx.connection.execute(
        sa.update(series_rows)
        .where(row, in_order)
        .values(next_number=follow, last_arrival_date=arrival_date)
        .returning(series_rows.c.next_number - 1)
    ).scalar()
    if taken is None:
        raise ConflictError(f"the arrival date {arrival_date} lies before the last one in the series of {series.year}")
    return taken if number is None else number


def _searchable(series: Series, draft: EntryDraft, number: int) -> tuple[str, ...]:
    # A tracking code is typed with or without its dashes.
    bare = "".join(char for char in draft.tracking_code if char.isalnum())
    place = f"{series.register.code} {number} {series.year}"
    return (place, draft.reference, draft.issuer, draft.subject, draft.tracking_code, bare, draft.search_text)


def _first(tx: Transaction, unit_id: int, column: sa.Column[str], value: str) -> Entry | None:
    if not value:
        return None
    held = _ENTRIES.where(entries.c.unit_id == unit_id, column == value, entries.c.state != EntryState.VOIDED)
    held = held.where(registers.c.direction == "in")
    found = _find(tx, held.order_by(entries.c.id).limit(1))
    return found[0] if found else None


def _require(tx: Transaction, condition: sa.ColumnElement[bool]) -> Entry:
    found = _find(tx, _ENTRIES.where(condition))
    if not found:
        raise NotFoundError("no such entry")
    return found[0]


def _find(tx: Transaction, statement: sa.Select[tuple[object, ...]]) -> list[Entry]:
    return [_entry(row) for row in tx.connection.execute(statement).mappings()]


def _entry(row: sa.RowMapping) -> Entry:
    draft = draft_of(EntryDraft, row, document_key=row["document_key"] or "")
    return draft_of(Entry, row, draft=draft)
