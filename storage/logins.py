"""Logins of agencies that submit directly. A name is known to one agency for good: old mail came under it."""

from typing import Final

import sqlalchemy as sa

from storage.database import Transaction
from storage.errors import ConflictError, NotFoundError
from storage.records import AgencyLogin
from storage.rows import draft_of
from storage.tables import agencies, agency_logins

_REMOVED: Final = ""


def set_(tx: Transaction, unit_id: int, agency_id: int, name: str, password_hash: str) -> AgencyLogin:
    """Give an agency a login, or an old one a new password; ConflictError when the name is or was another agency's."""
    row = (
        tx.connection.execute(sa.select(agency_logins).where(agency_logins.c.name_key == name.casefold()))
        .mappings()
        .one_or_none()
    )
    if row is None:
        values = {"unit_id": unit_id, "agency_id": agency_id, "name": name, "name_key": name.casefold()}
        with tx.claiming(f"the login {name!r} is another agency's already"):
            tx.insert(agency_logins, values | {"password_hash": password_hash, "set_at": tx.now(), "removed_at": None})
    elif (row["unit_id"], row["agency_id"]) != (unit_id, agency_id):
        raise ConflictError(f"the login {name!r} is or was another agency's")
    else:
        _update(tx, name, password_hash=password_hash, set_at=tx.now(), removed_at=None)
    return get(tx, unit_id, name)


def remove(tx: Transaction, unit_id: int, name: str) -> AgencyLogin:
    """Let nobody log in under a name any more; NotFoundError when nobody can."""
    if get(tx, unit_id, name).removed_at is not None:
        raise NotFoundError(f"the login {name!r} was removed already")
    _update(tx, name, password_hash=_REMOVED, removed_at=tx.now())
    return get(tx, unit_id, name)


def get(tx: Transaction, unit_id: int, name: str) -> AgencyLogin:
    """Read a login by its name in any case, a removed one too; whose mail came under it can be told for good."""
    statement = _known(unit_id).where(agency_logins.c.name_key == name.casefold())
    row = tx.connection.execute(statement).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f"unit {unit_id} has no login {name!r}")
    return draft_of(AgencyLogin, row)


def list_(tx: Transaction, unit_id: int, *, include_removed: bool = False) -> list[AgencyLogin]:
    """List the unit's logins by name."""
    statement = _known(unit_id).order_by(agency_logins.c.name_key)
    if not include_removed:
        statement = statement.where(agency_logins.c.removed_at.is_(None))
    return [draft_of(AgencyLogin, row) for row in tx.connection.execute(statement).mappings()]


def password_hash(tx: Transaction, name: str) -> tuple[str, str] | None:
    """A login's name as it was given and the hash of its password, in any unit; None where nobody can log in under it."""
    statement = sa.select(agency_logins.c.name, agency_logins.c.password_hash).where(
        agency_logins.c.name_key == name.casefold(), agency_logins.c.removed_at.is_(None)
    )
    row = tx.connection.execute(statement).one_or_none()
    return (row.name, row.password_hash) if row else None


def _known(unit_id: int) -> sa.Select[tuple[object, ...]]:
    columns = (agency_logins, agencies.c.name.label("agency_name"))
    return (
        sa.select(*columns).join(agencies, agencies.c.id == agency_logins.c.agency_id).where(agency_logins.c.unit_id == unit_id)
    )


def _update(tx: Transaction, name: str, **values: object) -> None:
    tx.execute(sa.update(agency_logins).where(agency_logins.c.name_key == name.casefold()).values(**values))
