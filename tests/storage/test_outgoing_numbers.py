"""Registers of two directions under one code, and paper noted on what was filed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from storage import registry
from storage.errors import NotFoundError
from tests.storage.builders import MOMENT, add_letter, add_unit, entry_draft


def number(tx, unit, direction, kind, **changes):
    """Give the next number of one of the unit's registers."""
    series = registry.next_in_series(tx, registry.lock_register(tx, unit.id, "den", direction, kind), 2026)
    draft = entry_draft(unit, add_letter(tx, unit), **changes)
    return registry.add_entry(tx, series, draft, arrival_date=date(2026, 11, 22), filed_at=MOMENT)


def file_one(tx, unit, document_key="", **changes):
    return number(tx, unit, "in", "ordinary", document_key=document_key, **changes)


def issue(tx, unit, **changes):
    return number(tx, unit, "out", "GM", **changes)


def add_office(tx):
    """A unit that also numbers its own invitations."""
    unit = add_unit(tx)
    registry.open_register(tx, unit.id, "den", direction="out", kind="GM", year=2026)
    return unit


def test_numbers_of_two_directions_under_one_code_are_told_apart(database):
    with database.transaction() as tx:
        unit = add_office(tx)
        incoming = file_one(tx, unit)
        outgoing = issue(tx, unit)
        assert (incoming.number, incoming.direction, incoming.kind) == (1, "in", "ordinary")
        assert (outgoing.number, outgoing.direction, outgoing.kind) == (1, "out", "GM")
        asked = {"register": "den", "year": incoming.year, "number": 1}
        assert registry.get_entry(tx, unit.id, **asked) == incoming
        assert registry.get_entry(tx, unit.id, **asked, direction="out", kind="GM") == outgoing
        with pytest.raises(NotFoundError):
            registry.get_entry(tx, unit.id, **asked, direction="out")


def test_lists_and_searches_show_what_came_in_unless_asked_for_what_went_out(database):
    with database.transaction() as tx:
        unit = add_office(tx)
        incoming, outgoing = file_one(tx, unit), issue(tx, unit)
        assert registry.list_(tx, unit.id, limit=9) == registry.search(tx, unit.id, "226/stc", 9) == [incoming]
        assert registry.list_(tx, unit.id, direction="out", limit=9) == [outgoing]
        assert registry.search(tx, unit.id, "226/stc", 9, direction="out") == [outgoing]


def test_what_we_issue_claims_no_document_that_comes_in(database):
    with database.transaction() as tx:
        unit = add_office(tx)
        first = issue(tx, unit, document_key="k", content_digest="d")
        second = issue(tx, unit, document_key="k", content_digest="d")
        assert (first.number, second.number, second.draft.document_key) == (1, 2, "")
        assert registry.entry_by_key(tx, unit.id, "k") is None
        assert registry.entry_by_content(tx, unit.id, "d") is None
        incoming = file_one(tx, unit, "k")
        assert registry.entry_by_key(tx, unit.id, "k") == incoming


def test_paper_is_noted_on_an_entry_with_its_exception_and_its_time(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        entry = file_one(tx, unit, channel="paper", exception="receiver-not-ready", paper_at=MOMENT)
        assert (entry.draft.channel, entry.draft.exception, entry.draft.paper_at) == ("paper", "receiver-not-ready", MOMENT)
        later = MOMENT + timedelta(hours=1)
        assert registry.set_paper(tx, entry.id, later).draft == replace(entry.draft, paper_at=later)
        assert registry.set_paper(tx, entry.id, None).draft.paper_at is None
        with pytest.raises(NotFoundError):
            registry.set_paper(tx, entry.id + 1, later)
