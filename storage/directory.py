"""The directory: units that this hub serves, and the agencies they correspond with."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from storage.database import Transaction
from storage.errors import NotFoundError
from storage.folding import fold
from storage.records import Agency, AgencyCode, AgencyDraft, CertificateTie, Unit, UnitDraft
from storage.rows import draft_of, portions, values_of
from storage.tables import agencies as agency_rows
from storage.tables import agency_codes, agency_keys, certificate_ties, unit_addresses
from storage.tables import units as unit_rows

_MOST_SUCCESSORS = 16


# --- units -----------------------------------------------------------------------------------------------------------


def add_unit(tx: Transaction, draft: UnitDraft) -> Unit:
    """Add a unit; ConflictError when its code or one of its addresses belongs to another."""
    with tx.claiming(f"the code {draft.code!r} or an address of {draft.addresses!r} belongs to another unit already"):
        values = values_of(draft, without=frozenset({"addresses"}))
        new = tx.insert(unit_rows, values)
        _add_addresses(tx, new, draft)
    return unit(tx, new)


def update_unit(tx: Transaction, unit_id: int, draft: UnitDraft) -> Unit:
    """Write a unit anew; its code stays. ConflictError when one of the addresses belongs to another."""
    with tx.claiming(f"an address of {draft.addresses!r} belongs to another unit already"):
        values = values_of(draft, without=frozenset({"addresses", "code"}))
        tx.execute(sa.update(unit_rows).where(unit_rows.c.id == unit_id).values(**values))
        tx.execute(sa.delete(unit_addresses).where(unit_addresses.c.unit_id == unit_id))
        _add_addresses(tx, unit_id, draft)
    return unit(tx, unit_id)


def unit(tx: Transaction, code: str | int) -> Unit:
    """Read a unit by its code or id."""
    column = unit_rows.c.id if isinstance(code, int) else unit_rows.c.code
    row = tx.connection.execute(sa.select(unit_rows).where(column == code)).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f"no unit {code!r}")
    return _unit(row, recipients(tx))


def units(tx: Transaction) -> list[Unit]:
    """List every unit by code."""
    known = recipients(tx)
    rows = tx.connection.execute(sa.select(unit_rows).order_by(unit_rows.c.code)).mappings()
    return [_unit(row, known) for row in rows]


def recipients(tx: Transaction) -> dict[str, int]:
    """Map every address that the hub takes mail for, in lower case, to its unit."""
    statement = sa.select(unit_addresses).order_by(unit_addresses.c.unit_id, unit_addresses.c.position)
    return {row.address: row.unit_id for row in tx.connection.execute(statement)}


def today(tx: Transaction, unit_id: int) -> date:
    """Tell the date where the unit is."""
    zone: str = tx.connection.execute(sa.select(unit_rows.c.time_zone).where(unit_rows.c.id == unit_id)).scalar_one()
    return tx.now().astimezone(ZoneInfo(zone)).date()


def _add_addresses(tx: Transaction, unit_id: int, draft: UnitDraft) -> None:
    rows = [
        {"address": address, "unit_id": unit_id, "position": position}
        for position, address in enumerate(dict.fromkeys(_address(address) for address in draft.addresses))
    ]
    if rows:
        tx.execute(sa.insert(unit_addresses), rows)


def _unit(row: sa.RowMapping, known: dict[str, int]) -> Unit:
    addresses = tuple(address for address, unit_id in known.items() if unit_id == row["id"])
    return draft_of(Unit, row, addresses=addresses)


# --- agencies --------------------------------------------------------------------------------------------------------


def add_agencies(tx: Transaction, unit_id: int, drafts: Sequence[AgencyDraft]) -> list[Agency]:
    """Add many agencies with few statements, in the order given; ConflictError when a code belongs to another agency."""
    if not drafts:
        return []
    with tx.claiming("one of the codes belongs to another agency already"):
        rows = [{"unit_id": unit_id, **values_of(draft, without=frozenset({"codes"}))} for draft in drafts]
        insert = sa.insert(agency_rows).returning(agency_rows.c.id, sort_by_parameter_order=True)
        new: list[int] = [row.id for row in tx.execute(insert, rows)]
        _add_keys(tx, unit_id, list(zip(new, drafts, strict=True)))
    found = {agency.id: agency for agency in agencies(tx, unit_id)}
    return [found[id_] for id_ in new]


def update_agency(tx: Transaction, unit_id: int, agency_id: int, draft: AgencyDraft) -> Agency:
    """Write an agency anew; its successor stays."""
    _agency(tx, unit_id, agency_id)
    with tx.claiming(_taken(draft)):
        values = values_of(draft, without=frozenset({"codes"}))
        tx.execute(sa.update(agency_rows).where(agency_rows.c.id == agency_id).values(**values))
        tx.execute(sa.delete(agency_codes).where(agency_codes.c.agency_id == agency_id))
        tx.execute(sa.delete(agency_keys).where(agency_keys.c.agency_id == agency_id))
        _add_keys(tx, unit_id, [(agency_id, draft)])
    return _agency(tx, unit_id, agency_id)


def set_mode(tx: Transaction, unit_id: int, agency_id: int, mode: str) -> None:
    """Change the unit's standing with an agency."""
    _change(tx, unit_id, agency_id, {"mode": mode})


def set_successor(tx: Transaction, unit_id: int, agency_id: int, successor_id: int | None) -> None:
    """Name the agency that mail under closed codes belongs to."""
    if successor_id is not None:
        _agency(tx, unit_id, successor_id)
    _change(tx, unit_id, agency_id, {"successor_id": successor_id})


def agency(tx: Transaction, unit_id: int, code: str | int) -> Agency:
    """Read an agency by id, or by code: a closed code leads to the successor."""
    if isinstance(code, int):
        return _agency(tx, unit_id, code)
    row = tx.connection.execute(
        sa.select(agency_codes).where(agency_codes.c.unit_id == unit_id, agency_codes.c.code == code.strip())
    ).one_or_none()
    if row is None:
        raise NotFoundError(f"no agency with code {code!r}")
    found = _agency(tx, unit_id, row.agency_id)
    closed = row.closed_on is not None and row.closed_on <= today(tx, unit_id)
    return _successor(tx, unit_id, found) if closed else found


def agencies(tx: Transaction, unit_id: int, *, search: str = "", limit: int | None = None) -> list[Agency]:
    """List the unit's agencies by name; `search` finds parts of names, aliases and codes, without tone marks."""
    statement = sa.select(agency_rows).where(agency_rows.c.unit_id == unit_id)
    wanted = fold(search)
    if wanted:
        named = sa.select(agency_keys.c.agency_id).where(
            agency_keys.c.unit_id == unit_id,
            agency_keys.c.kind.in_(["name", "code"]),
            agency_keys.c.key.contains(wanted, autoescape=True),
        )
        statement = statement.where(agency_rows.c.id.in_(named))
    return _all(tx, statement.order_by(agency_rows.c.name, agency_rows.c.id).limit(limit))


def find_by_address(tx: Transaction, unit_id: int, address: str) -> Agency | None:
    """Find the agency that writes from this address; an address that several share finds none."""
    return _find(tx, unit_id, "address", _address(address))


def find_by_domain(tx: Transaction, unit_id: int, domain: str) -> Agency | None:
    """Find the agency that owns this mail domain; a domain that several share proves nothing and finds none."""
    return _find(tx, unit_id, "domain", _address(domain))


def find_by_name(tx: Transaction, unit_id: int, name: str) -> Agency | None:
    """Find the agency with this name or alias, folded; a name that several bear finds none."""
    return _find(tx, unit_id, "name", fold(name))


def keys(tx: Transaction, unit_id: int, kinds: Sequence[str]) -> list[tuple[str, int]]:
    """List the keys of these kinds (`name`, `address`, `domain`) with the agencies that they lead to."""
    mine = agency_keys.c.unit_id == unit_id, agency_keys.c.kind.in_(list(kinds))
    rows = tx.connection.execute(sa.select(agency_keys.c.key, agency_keys.c.agency_id).where(*mine).order_by(agency_keys.c.key))
    return [(row.key, row.agency_id) for row in rows]


# --- certificates ----------------------------------------------------------------------------------------------------


def tie_certificate(tx: Transaction, unit_id: int, tie: CertificateTie, confirmed_by: str) -> None:
    """Tie a certificate to an agency; a later tie replaces an earlier one, and keeps its holder where it names none."""
    _agency(tx, unit_id, tie.agency_id)
    key = {"unit_id": unit_id, "certificate_sha256": tie.certificate_sha256}
    values = {"agency_id": tie.agency_id, "kind": tie.kind, "confirmed_by": confirmed_by, "confirmed_at": tx.now()}
    named: dict[str, object] = {"holder": tie.holder, "emails": tie.emails}
    tx.execute(tx.insert_new(certificate_ties).values(**key, **values, **named))
    tx.execute(sa.update(certificate_ties).filter_by(**key).values(**values, **(named if tie.holder else {})))


def untie_certificate(tx: Transaction, unit_id: int, certificate_sha256: str) -> None:
    """Forget whose a certificate is; NotFoundError when nobody has said so."""
    key = {"unit_id": unit_id, "certificate_sha256": certificate_sha256}
    if tx.execute(sa.delete(certificate_ties).filter_by(**key)).rowcount != 1:
        raise NotFoundError(f"certificate {certificate_sha256} is tied to no agency")


def ties_of(tx: Transaction, unit_id: int, agency_id: int) -> list[CertificateTie]:
    """List the certificates that are tied to an agency, the latest first."""
    owner = _agency(tx, unit_id, agency_id)
    mine = sa.select(certificate_ties).filter_by(unit_id=unit_id, agency_id=agency_id)
    rows = tx.connection.execute(mine.order_by(certificate_ties.c.confirmed_at.desc(), certificate_ties.c.certificate_sha256))
    return [_tie(row, owner) for row in rows.mappings()]


def tie(tx: Transaction, unit_id: int, certificate: str) -> CertificateTie:
    """Read a tie as the clerk made it; NotFoundError when nobody has said whose the certificate is."""
    mine = sa.select(certificate_ties).filter_by(unit_id=unit_id, certificate_sha256=certificate)
    row = tx.connection.execute(mine).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f"certificate {certificate} is tied to no agency")
    return _tie(row, _agency(tx, unit_id, row["agency_id"]))


def ties(tx: Transaction, unit_id: int, certificates: Sequence[str]) -> dict[str, CertificateTie]:
    """Map those of the certificates (hex SHA-256) that a clerk has tied to their agencies, or to whoever followed them."""
    of_unit = sa.select(certificate_ties).where(certificate_ties.c.unit_id == unit_id)
    rows = [
        row
        for portion in portions(certificates)
        for row in tx.connection.execute(of_unit.where(certificate_ties.c.certificate_sha256.in_(portion))).mappings()
    ]
    owners = {id_: _current(tx, unit_id, id_) for id_ in {row["agency_id"] for row in rows}}
    return {row["certificate_sha256"]: _tie(row, owners[row["agency_id"]]) for row in rows}


def ties_of_holder(tx: Transaction, unit_id: int, holder: str) -> list[CertificateTie]:
    """List the ties of certificates that name this holder, of agencies as they are now; nobody's certificate is known."""
    if not holder:
        return []
    mine = certificate_ties.c.unit_id == unit_id, certificate_ties.c.holder == holder
    rows = tx.connection.execute(sa.select(certificate_ties).where(*mine).order_by(certificate_ties.c.certificate_sha256))
    return [_tie(row, _current(tx, unit_id, row["agency_id"])) for row in rows.mappings()]


# --- inside ----------------------------------------------------------------------------------------------------------


def _tie(row: sa.RowMapping, owner: Agency) -> CertificateTie:
    return draft_of(CertificateTie, row, agency_id=owner.id, agency_name=owner.name)


def _address(address: str) -> str:
    return address.strip().lower()


def _taken(draft: AgencyDraft) -> str:
    codes = ", ".join(code.code for code in draft.codes)
    return f"one of the codes {codes} of {draft.name!r} belongs to another agency already"


def _add_keys(tx: Transaction, unit_id: int, owners: Sequence[tuple[int, AgencyDraft]]) -> None:
    codes = [
        {"unit_id": unit_id, "agency_id": id_, "position": position, **values_of(code)}
        for id_, draft in owners
        for position, code in enumerate(draft.codes)
    ]
    if codes:
        tx.execute(sa.insert(agency_codes), codes)
    keys = [
        {"unit_id": unit_id, "agency_id": id_, "kind": kind, "key": key} for id_, draft in owners for kind, key in _keys(draft)
    ]
    if keys:
        tx.execute(sa.insert(agency_keys), keys)


def _keys(draft: AgencyDraft) -> list[tuple[str, str]]:
    keys = (
        [("name", fold(name)) for name in (draft.name, *draft.aliases)]
        + [("code", fold(code.code)) for code in draft.codes]
        + [("address", _address(address)) for address in draft.addresses]
        + [("domain", _address(domain)) for domain in draft.domains]
    )
    return [(kind, key) for kind, key in dict.fromkeys(keys) if key]


def _change(tx: Transaction, unit_id: int, agency_id: int, values: dict[str, object]) -> None:
    mine = sa.update(agency_rows).where(agency_rows.c.unit_id == unit_id, agency_rows.c.id == agency_id)
    if tx.execute(mine.values(**values)).rowcount != 1:
        raise NotFoundError(f"unit {unit_id} has no agency {agency_id}")


def _find(tx: Transaction, unit_id: int, kind: str, key: str) -> Agency | None:
    statement = sa.select(agency_keys.c.agency_id).where(
        agency_keys.c.unit_id == unit_id, agency_keys.c.kind == kind, agency_keys.c.key == key
    )
    found = {_current(tx, unit_id, id_).id for id_ in tx.connection.execute(statement).scalars().all()}
    return _agency(tx, unit_id, found.pop()) if len(found) == 1 else None


def _current(tx: Transaction, unit_id: int, agency_id: int) -> Agency:
    found = _agency(tx, unit_id, agency_id)
    day = today(tx, unit_id)
    gone = all(code.closed_on is not None and code.closed_on <= day for code in found.codes)
    return _successor(tx, unit_id, found) if gone else found


def _successor(tx: Transaction, unit_id: int, found: Agency) -> Agency:
    for _ in range(_MOST_SUCCESSORS):
        if found.successor_id is None:
            break
        found = _agency(tx, unit_id, found.successor_id)
    return found


def _agency(tx: Transaction, unit_id: int, agency_id: int) -> Agency:
    mine = sa.select(agency_rows).where(agency_rows.c.unit_id == unit_id, agency_rows.c.id == agency_id)
    found = _all(tx, mine)
    if not found:
        raise NotFoundError(f"unit {unit_id} has no agency {agency_id}")
    return found[0]


def _all(tx: Transaction, statement: sa.Select[tuple[object, ...]]) -> list[Agency]:
    rows = tx.connection.execute(statement).mappings().all()
    codes: dict[int, list[AgencyCode]] = {}
    mine = sa.select(agency_codes).where(agency_codes.c.agency_id.in_([row["id"] for row in rows]))
    for code in tx.connection.execute(mine.order_by(agency_codes.c.position)).mappings():
        codes.setdefault(code["agency_id"], []).append(draft_of(AgencyCode, code))
    return [draft_of(Agency, row, codes=tuple(codes.get(row["id"], ()))) for row in rows]
