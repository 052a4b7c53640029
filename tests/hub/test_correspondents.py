"""Changes of units, agencies and clerks over a real registry, on both databases."""

import json
from dataclasses import replace

import pytest

from mailhub.directory.changes import Described
from mailhub.directory.units import draft_of_unit
from mailhub.errors import RefusedError
from storage import directory, events
from storage.errors import NotFoundError
from storage.records import AgencyCode, AgencyDraft, ClerkDraft
from tests.hub.conftest import CLERK
from tests.policy import builders

NEW = AgencyDraft(codes=(AgencyCode(code="G30"),), name="Sở mới", kind="state", mode="propose")


def told(desk, subject):
    with desk.hub.database.reading() as tx:
        return [json.loads(event.body)["kind"] for event in events.list_(tx, subject=subject, limit=100)]


def test_mail_under_a_closed_code_belongs_to_the_successor_until_undone(desk):
    keeping, unit_id = desk.hub.correspondents, desk.unit.id
    old = desk.hub.directory.agency(unit_id, "H29.11")
    new = desk.hub.directory.add_agency(CLERK, unit_id, NEW)
    keeping.close(CLERK, unit_id, "H29.11", successor="G30", reason="merged")
    with desk.hub.database.reading() as tx:
        assert directory.find_by_address(tx, unit_id, "vanthu@stc.tinh.gov.vn") == new
    assert keeping.undo(CLERK, unit_id, "H29.11", reason="not yet") == old
    assert told(desk, f"agency/{old.id}")[-2:] == ["agency-closed", "agency-undone"]


def test_a_sheet_of_agencies_keeps_other_codes_and_writes_no_event_for_what_is_the_same(desk):
    keeping, unit_id = desk.hub.correspondents, desk.unit.id
    two = replace(NEW, codes=(AgencyCode(code="G30"), AgencyCode(code="G31")))
    agency = desk.hub.directory.add_agency(CLERK, unit_id, two)
    described = Described(draft=replace(NEW, name="Sở khác"), given=frozenset({"name"}))
    assert [change.kind for change in keeping.import_(CLERK, unit_id, [described])] == ["changed"]
    assert [change.kind for change in keeping.import_(CLERK, unit_id, [described])] == ["same"]
    after = desk.hub.directory.agency(unit_id, "G31")
    assert (after.name, after.codes) == ("Sở khác", two.codes)
    assert told(desk, f"agency/{agency.id}") == ["agency-added", "agency-edited"]


def test_an_import_that_meets_a_taken_code_adds_nothing(desk):
    described = [Described(draft=replace(NEW, codes=(AgencyCode(code=code),)), given=frozenset()) for code in ("G1", "G2", "G1")]
    with pytest.raises(RefusedError, match="another agency"):
        desk.hub.correspondents.import_(CLERK, desk.unit.id, described)
    assert [agency.name for agency in desk.hub.directory.agencies(desk.unit.id)] == ["Sở Tài chính"]


def test_an_untied_certificate_is_first_seen_again(desk):
    desk.hub.correspondents.untie(CLERK, desk.unit.id, builders.SEAL, reason="wrong")
    with desk.hub.database.transaction() as tx:
        assert directory.ties(tx, desk.unit.id, [builders.SEAL]) == {}
        with pytest.raises(NotFoundError):
            directory.untie_certificate(tx, desk.unit.id, builders.SEAL)


def test_a_unit_is_changed_and_changed_back(desk):
    draft = replace(draft_of_unit(desk.unit), name="Tên khác", addresses=("moi@tinh.gov.vn",))
    after = desk.hub.units.edit(CLERK, desk.unit, Described(draft=draft, given=frozenset({"name", "addresses"})), reason="new")
    assert (after.name, after.addresses, after.aliases) == ("Tên khác", ("moi@tinh.gov.vn",), desk.unit.aliases)
    assert desk.hub.units.undo(CLERK, desk.unit, reason="no") == desk.unit
    assert told(desk, f"unit/{desk.unit.id}") == ["unit-added", "unit-edited", "unit-undone"]


def test_a_clerk_is_known_by_code_and_name_while_not_closed(desk):
    clerks, unit_id = desk.hub.clerks, desk.unit.id
    assert clerks.acting(unit_id, "lan").known == ()
    lan = clerks.add(CLERK, unit_id, ClerkDraft(code="lan", name="Nguyễn Thị Lan", role="clerk"))
    assert clerks.acting(unit_id, "LAN").clerk == clerks.acting(unit_id, "nguyen thi lan").clerk == lan
    with pytest.raises(RefusedError, match="another clerk"):
        clerks.add(CLERK, unit_id, ClerkDraft(code="Lan", name="Trần Lan", role="clerk"))
    clerks.close(CLERK, unit_id, "lan", reason="left")
    assert clerks.acting(unit_id, "lan").clerk is None
    assert clerks.reopen(CLERK, unit_id, "lan", reason="back") == lan
    assert told(desk, f"clerk/{lan.id}") == ["clerk-added", "clerk-closed", "clerk-reopened"]
