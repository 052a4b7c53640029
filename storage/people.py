"""Officials and their groups: whom a unit invites. One invites the position; the person holds it."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from storage.columns import holds_words
from storage.database import Transaction
from storage.directory import today
from storage.errors import NotFoundError
from storage.folding import fold
from storage.records import Official, OfficialDraft, OfficialGroup, OfficialPhone
from storage.rows import draft_of, values_of
from storage.tables import official_group_members as member_rows
from storage.tables import official_groups as group_rows
from storage.tables import official_phones
from storage.tables import officials as official_rows

# --- officials -------------------------------------------------------------------------------------------------------


def add_official(tx: Transaction, unit_id: int, draft: OfficialDraft) -> Official:
    """Add an official to the unit's directory; ConflictError when the code is another's, folded."""
    with tx.claiming(_taken(draft)):
        new = tx.insert(official_rows, {"unit_id": unit_id, **_values(draft)})
        _insert_phones(tx, [(new, draft)])
    return official(tx, unit_id, new)


def update_official(tx: Transaction, unit_id: int, official_id: int, draft: OfficialDraft) -> Official:
    """Write an official anew; whether it is closed stays. ConflictError when the code is another's, folded."""
    official(tx, unit_id, official_id)
    with tx.claiming(_taken(draft)):
        tx.execute(sa.update(official_rows).where(official_rows.c.id == official_id).values(**_values(draft)))
        tx.execute(sa.delete(official_phones).where(official_phones.c.official_id == official_id))
        _insert_phones(tx, [(official_id, draft)])
    return official(tx, unit_id, official_id)


def put_officials(tx: Transaction, unit_id: int, drafts: Sequence[tuple[int | None, OfficialDraft]]) -> list[Official]:
    """Add and write many officials with few statements: an id is that of a present one, None a new one; in the order given.

    ConflictError when a code is another's, folded.
    """
    with tx.claiming("a code belongs to another official already"):
        present = [(id_, draft) for id_, draft in drafts if id_ is not None]
        if present:
            rows = [{"this_id": id_, **_values(draft)} for id_, draft in present]
            mine = official_rows.c.unit_id == unit_id, official_rows.c.id == sa.bindparam("this_id")
            tx.execute(sa.update(official_rows).where(*mine), rows)
            owned = sa.delete(official_phones).where(official_phones.c.official_id == sa.bindparam("this_id"))
            tx.execute(owned, [{"this_id": id_} for id_, _ in present])
        new = [draft for id_, draft in drafts if id_ is None]
        if new:
            tx.execute(sa.insert(official_rows), [{"unit_id": unit_id, "closed_on": None, **_values(draft)} for draft in new])
        keyed = sa.select(official_rows.c.code_key, official_rows.c.id).where(official_rows.c.unit_id == unit_id)
        ids: dict[str, int] = {row.code_key: row.id for row in tx.connection.execute(keyed)}
        _insert_phones(tx, [(ids[fold(draft.code)], draft) for _, draft in drafts])
    written = {one.id: one for one in officials(tx, unit_id, include_closed=True)}
    return [written[ids[fold(draft.code)]] for _, draft in drafts]


def close_official(tx: Transaction, unit_id: int, official_id: int, closed_on: date | None) -> Official:
    """Invite an official no more from this day on, or with None again."""
    mine = sa.update(official_rows).where(official_rows.c.unit_id == unit_id, official_rows.c.id == official_id)
    tx.execute(mine.values(closed_on=closed_on))
    return official(tx, unit_id, official_id)


def official(tx: Transaction, unit_id: int, code: str | int) -> Official:
    """Read an official by code (folded) or id, a closed one too."""
    named = official_rows.c.id == code if isinstance(code, int) else official_rows.c.code_key == fold(code)
    found = _officials(tx, sa.select(official_rows).where(official_rows.c.unit_id == unit_id, named))
    if not found:
        raise NotFoundError(f"unit {unit_id} has no official {code!r}")
    return found[0]


def officials(
    tx: Transaction,
    unit_id: int,
    *,
    search: str = "",
    group: str | None = None,
    include_closed: bool = False,
    limit: int | None = None,
) -> list[Official]:
    """List the unit's officials by code, or a group's in its order.

    `search` finds those whose code, name, position or organisation hold every word of it, without tone marks.
    """
    statement = sa.select(official_rows).where(official_rows.c.unit_id == unit_id)
    statement = statement.where(holds_words(official_rows.c.search_text, fold(search).split()))
    if not include_closed:
        statement = statement.where(_open(tx, unit_id))
    if group is None:
        return _officials(tx, statement.order_by(official_rows.c.code_key).limit(limit))
    members = statement.join(member_rows, member_rows.c.official_id == official_rows.c.id)
    members = members.where(member_rows.c.group_id == _group_id(tx, unit_id, group))
    return _officials(tx, members.order_by(member_rows.c.position).limit(limit))


# --- groups ----------------------------------------------------------------------------------------------------------


def put_group(tx: Transaction, unit_id: int, code: str, name: str, member_ids: Sequence[int]) -> OfficialGroup:
    """Store a group with its members in this order, in place of what it was; NotFoundError when a member is not the unit's."""
    members = list(dict.fromkeys(member_ids))
    _require_officials(tx, unit_id, members)
    key = {"unit_id": unit_id, "code_key": fold(code)}
    tx.execute(tx.insert_new(group_rows).values(**key, code=code.strip(), name=name))
    tx.execute(sa.update(group_rows).filter_by(**key).values(code=code.strip(), name=name))
    group_id = _group_id(tx, unit_id, code)
    tx.execute(sa.delete(member_rows).where(member_rows.c.group_id == group_id))
    rows = [{"group_id": group_id, "position": position, "official_id": id_} for position, id_ in enumerate(members)]
    if rows:
        tx.execute(sa.insert(member_rows), rows)
    return group(tx, unit_id, code)


def group(tx: Transaction, unit_id: int, code: str) -> OfficialGroup:
    """Read a group by its code, folded."""
    return _groups(tx, sa.select(group_rows).where(group_rows.c.id == _group_id(tx, unit_id, code)))[0]


def groups(tx: Transaction, unit_id: int) -> list[OfficialGroup]:
    """List the unit's groups by code."""
    return _groups(tx, sa.select(group_rows).where(group_rows.c.unit_id == unit_id).order_by(group_rows.c.code_key))


def remove_group(tx: Transaction, unit_id: int, code: str) -> None:
    """Forget a group; its members stay officials."""
    group_id = _group_id(tx, unit_id, code)
    tx.execute(sa.delete(member_rows).where(member_rows.c.group_id == group_id))
    tx.execute(sa.delete(group_rows).where(group_rows.c.id == group_id))


# --- inside ----------------------------------------------------------------------------------------------------------


def _taken(draft: OfficialDraft) -> str:
    return f"the code {draft.code!r} belongs to another official already"


def _values(draft: OfficialDraft) -> dict[str, object]:
    words = fold(f"{draft.code} {draft.name} {draft.position} {draft.organisation}")
    values = values_of(draft, without=frozenset({"phones", "code"}))
    return values | {"code": draft.code.strip(), "code_key": fold(draft.code), "search_text": words}


def _insert_phones(tx: Transaction, owners: Sequence[tuple[int, OfficialDraft]]) -> None:
    phones = [
        {"official_id": id_, "position": position, **values_of(phone)}
        for id_, draft in owners
        for position, phone in enumerate(draft.phones)
    ]
    if phones:
        tx.execute(sa.insert(official_phones), phones)


def _open(tx: Transaction, unit_id: int) -> sa.ColumnElement[bool]:
    return sa.or_(official_rows.c.closed_on.is_(None), official_rows.c.closed_on > today(tx, unit_id))


def _officials(tx: Transaction, statement: sa.Select[tuple[object, ...]]) -> list[Official]:
    rows = tx.connection.execute(statement).mappings().all()
    phones: dict[int, list[OfficialPhone]] = {}
    mine = sa.select(official_phones).where(official_phones.c.official_id.in_([row["id"] for row in rows]))
    for phone in tx.connection.execute(mine.order_by(official_phones.c.position)).mappings():
        phones.setdefault(phone["official_id"], []).append(draft_of(OfficialPhone, phone))
    return [draft_of(Official, row, phones=tuple(phones.get(row["id"], ()))) for row in rows]


def _group_id(tx: Transaction, unit_id: int, code: str) -> int:
    mine = sa.select(group_rows.c.id).where(group_rows.c.unit_id == unit_id, group_rows.c.code_key == fold(code))
    found: int | None = tx.connection.execute(mine).scalar()
    if found is None:
        raise NotFoundError(f"unit {unit_id} has no group {code!r}")
    return found


def _require_officials(tx: Transaction, unit_id: int, official_ids: list[int]) -> None:
    known = sa.select(official_rows.c.id).where(official_rows.c.unit_id == unit_id, official_rows.c.id.in_(official_ids))
    missing = set(official_ids) - set(tx.connection.execute(known).scalars())
    if missing:
        raise NotFoundError(f"unit {unit_id} has no official {min(missing)}")


def _groups(tx: Transaction, statement: sa.Select[tuple[object, ...]]) -> list[OfficialGroup]:
    rows = tx.connection.execute(statement).mappings().all()
    members: dict[int, list[int]] = {}
    mine = sa.select(member_rows).where(member_rows.c.group_id.in_([row["id"] for row in rows]))
    for member in tx.connection.execute(mine.order_by(member_rows.c.position)):
        members.setdefault(member.group_id, []).append(member.official_id)
    return [draft_of(OfficialGroup, row, member_ids=tuple(members.get(row["id"], ()))) for row in rows]
