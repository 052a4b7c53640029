"""Officials, their phones and groups, over a real registry."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mailhub.directory.appointing import Appointing, Handover
from mailhub.directory.changes import Described
from mailhub.directory.confirming import Confirming
from mailhub.directory.sketches import OfficialSketch
from mailhub.errors import RefusedError
from mailhub.language import Language
from mailhub.notices.sms import TextRules
from storage import events, outbox
from storage.records import Actor, AgencyCode, AgencyDraft, OfficialPhone, UnitDraft
from tests.hub.conftest import CLERK, FIRST

TODAY = FIRST.date()
OLD, NEW, THIRD = "+84912345678", "+84987654321", "+84903333333"
RULES = TextRules(diacritics=False, max_segments=3, ask_above=20, countries=("VN",))
HEALTH = OfficialSketch(code="SYT-GD", name="Trần Văn Hà", position="Giám đốc", organisation="Sở Y tế", numbers=(OLD,))
WHY = Handover(reason="công văn 12")


@pytest.fixture
def people(desk):
    """The desk with texts going out."""
    confirming = Confirming(sends=True, rules=RULES, language=Language.VI, phone="0220 3 000 111")
    vars(desk.hub)["appointing"] = Appointing(desk.hub.database, confirming)
    return desk


def add(desk, *sketches):
    return [desk.hub.appointing.add(CLERK, desk.unit.id, sketch) for sketch in sketches]


def told(desk, kind):
    with desk.hub.database.reading() as tx:
        return [json.loads(event.body) for event in events.list_(tx, limit=1000) if event.kind == kind]


def texts(desk):
    with desk.hub.database.reading() as tx:
        return [dispatch for dispatch in outbox.list_(tx, desk.unit.id, limit=50) if dispatch.draft.channel == "sms"]


def test_an_official_is_found_by_position_and_tied_to_its_agency(desk):
    agency = AgencyDraft(codes=(AgencyCode(code="G17"),), name="Sở Y tế", kind="state", mode="propose", aliases=("SYT",))
    agency = desk.hub.directory.add_agency(CLERK, desk.unit.id, agency)
    (official,) = add(desk, HEALTH)
    assert official.agency_id == agency.id
    assert official.phones_on(TODAY) == (OLD,)
    for text in ("syt-gd", "GĐ SYT", "Giám đốc Sở Y tế", "tran van ha"):
        assert desk.hub.officials.resolve(desk.unit.id, [text]).officials == (official,)
    (event,) = told(desk, "official-added")
    assert event["data"]["after"]["phones"][0]["number"] == OLD


@pytest.mark.parametrize(
    ("sketch", "word"),
    [
        (replace(HEALTH, name="Ai khác"), "taken by SYT-GD"),
        (OfficialSketch(code="A"), "a name or a position"),
        (OfficialSketch(code="A", name="A", agency="NOBODY"), "NOBODY"),
        (OfficialSketch(code="A", name="A", assistants=("B",)), "no official 'B'"),
        (OfficialSketch(code="A", name="A", assistants=("a",)), "assist itself"),
    ],
)
def test_a_wrong_official_is_refused(desk, sketch, word):
    add(desk, HEALTH)
    with pytest.raises(RefusedError, match=word):
        add(desk, sketch)


def test_a_new_number_ends_the_old_one_the_day_before_and_is_told_to_both(people):
    add(people, HEALTH)
    day = TODAY + timedelta(days=3)
    after = people.hub.appointing.put_phone(CLERK, people.unit.id, "SYT-GD", NEW, replace(WHY, day=day))
    assert after.phones == (OfficialPhone(number=OLD, valid_until=day), OfficialPhone(number=NEW, valid_from=day))
    assert [after.phones_on(day - timedelta(days=1)), after.phones_on(day)] == [(OLD,), (NEW,)]
    sent = texts(people)
    assert {dispatch.draft.recipient for dispatch in sent} == {OLD, NEW}
    assert {dispatch.draft.official_id for dispatch in sent} == {after.id}
    (event,) = told(people, "official-edited")
    assert (event["reason"], event["data"]["before"]["phones"][0]["valid_until"]) == ("công văn 12", None)


def test_an_office_without_a_gateway_texts_nobody(desk):
    add(desk, HEALTH)
    desk.hub.appointing.put_phone(CLERK, desk.unit.id, "SYT-GD", NEW, WHY)
    assert texts(desk) == []


def test_a_second_number_stands_beside_the_first_and_can_end(people):
    add(people, HEALTH)
    after = people.hub.appointing.put_phone(CLERK, people.unit.id, "SYT-GD", NEW, WHY, beside=True)
    assert after.phones_on(TODAY) == (OLD, NEW)
    after = people.hub.appointing.end_phone(CLERK, people.unit.id, "SYT-GD", OLD, WHY)
    assert after.phones_on(TODAY) == (NEW,)
    with pytest.raises(RefusedError, match="does not serve"):
        people.hub.appointing.end_phone(CLERK, people.unit.id, "SYT-GD", THIRD, WHY)


def test_the_last_change_is_undone_and_made_again(people):
    (before,) = add(people, HEALTH)
    changed = people.hub.appointing.edit(
        CLERK, people.unit.id, OfficialSketch(code="SYT-GD", name="Lê Thị Đào", numbers=(NEW,)), reason="mới"
    )
    undone = people.hub.appointing.undo(CLERK, people.unit.id, "SYT-GD", reason="nhầm")
    assert undone == before
    assert people.hub.appointing.undo(CLERK, people.unit.id, "SYT-GD", reason="đúng rồi") == changed
    first, second = told(people, "official-undone")
    assert first["data"]["undoes"] < second["data"]["undoes"]


def test_closing_is_taken_back_by_reopening_or_undoing(desk):
    (official,) = add(desk, HEALTH)
    closed = desk.hub.appointing.close(CLERK, desk.unit.id, "SYT-GD", WHY)
    assert closed.closed_on == TODAY
    assert desk.hub.officials.list_(desk.unit.id) == ()
    assert desk.hub.officials.resolve(desk.unit.id, ["SYT-GD"]).officials == ()
    assert desk.hub.appointing.reopen(CLERK, desk.unit.id, "SYT-GD", reason="nhầm") == official
    with pytest.raises(RefusedError, match="is not closed"):
        desk.hub.appointing.reopen(CLERK, desk.unit.id, "SYT-GD", reason="nhầm")
    assert desk.hub.appointing.undo(CLERK, desk.unit.id, "SYT-GD", reason="thôi").closed_on == TODAY


def test_who_was_only_added_cannot_be_undone(desk):
    add(desk, HEALTH)
    with pytest.raises(RefusedError, match="official close"):
        desk.hub.appointing.undo(CLERK, desk.unit.id, "SYT-GD", reason="?")


def test_closing_from_a_later_day_keeps_the_official_until_then(desk):
    add(desk, HEALTH)
    desk.hub.appointing.close(CLERK, desk.unit.id, "SYT-GD", replace(WHY, day=TODAY + timedelta(days=2)))
    assert len(desk.hub.officials.resolve(desk.unit.id, ["GĐ Sở Y tế"]).officials) == 1
    desk.clock.move(days=2)
    assert len(desk.hub.officials.resolve(desk.unit.id, ["GĐ Sở Y tế"]).unknown) == 1


def test_a_successor_takes_position_assistants_and_groups_over(desk):
    helper = OfficialSketch(code="TL", name="Vũ Trợ Lý")
    add(desk, helper, replace(HEALTH, assistants=("tl",)), OfficialSketch(code="CT", position="Chủ tịch"))
    desk.hub.groups.add(CLERK, desk.unit.id, "BCH", name="Ban Chỉ huy", texts=["GĐ Sở Y tế", "CT"])
    coming = desk.hub.appointing.replace(
        CLERK, desk.unit.id, "GĐ Sở Y tế", OfficialSketch(code="SYT-GD2", name="Lê Thị Đào", numbers=(NEW,)), WHY
    )
    assert (coming.position, coming.organisation, coming.assistant_codes) == ("Giám đốc", "Sở Y tế", ("TL",))
    assert [one.code for one in desk.hub.officials.assistants(coming)] == ["TL"]
    assert [one.code for one in desk.hub.officials.resolve(desk.unit.id, ["nhom:BCH"]).officials] == ["SYT-GD2", "CT"]
    (unknown,) = desk.hub.officials.resolve(desk.unit.id, ["Trần Văn Hà"]).unknown
    assert unknown.near == ("SYT-GD2 (Lê Thị Đào, Giám đốc Sở Y tế)",)
    assert [event["data"]["after"]["members"] for event in told(desk, "group-changed")] == [["SYT-GD2", "CT"]]


def test_groups_keep_their_order_and_every_change_is_undone(desk):
    add(desk, *(OfficialSketch(code=code, name=f"Người {code}") for code in ("A", "B", "C")))
    groups, unit_id = desk.hub.groups, desk.unit.id

    def codes():
        return [one.code for one in groups.show(unit_id, "bch").members]

    groups.add(CLERK, unit_id, "BCH", name="Ban Chỉ huy", texts=["C", "A"])
    groups.add(CLERK, unit_id, "bch", name="", texts=["B", "A"])
    assert codes() == ["C", "A", "B"]
    groups.remove(CLERK, unit_id, "BCH", texts=["C"], reason="thôi")
    assert codes() == ["A", "B"]
    groups.undo(CLERK, unit_id, "BCH", reason="nhầm")
    assert codes() == ["C", "A", "B"]
    groups.remove(CLERK, unit_id, "BCH", texts=[], reason="giải thể")
    assert groups.list_(unit_id) == ()
    groups.undo(CLERK, unit_id, "BCH", reason="nhầm")
    assert codes() == ["C", "A", "B"]
    with pytest.raises(RefusedError, match="no group"):
        groups.show(unit_id, "X")
    with pytest.raises(RefusedError, match="--name"):
        groups.add(CLERK, unit_id, "MOI", name="", texts=["A"])
    groups.remove(CLERK, unit_id, "BCH", texts=["B"], reason="thôi")
    with pytest.raises(RefusedError, match="B is not in group BCH"):
        groups.remove(CLERK, unit_id, "BCH", texts=["B"], reason="thôi")


def test_importing_again_changes_only_what_is_different(people):
    sketches = [replace(HEALTH, assistants=("TL",)), OfficialSketch(code="TL", name="Vũ Trợ Lý")]
    first = people.hub.appointing.import_(CLERK, people.unit.id, sketches)
    again = people.hub.appointing.import_(CLERK, people.unit.id, sketches)
    third = people.hub.appointing.import_(CLERK, people.unit.id, [replace(HEALTH, numbers=(NEW,)), *sketches[1:]])
    assert [[change.kind for change in changes] for changes in (first, again, third)] == [
        ["added", "added"],
        ["same", "same"],
        ["changed", "same"],
    ]
    assert [field.field for field in third[0].fields] == ["phones"]
    assert people.hub.officials.show(people.unit.id, "SYT-GD").phones_on(TODAY) == (NEW,)
    assert len(texts(people)) == 2
    assert len(told(people, "official-edited")) == 1


def test_one_wrong_sketch_stops_the_whole_import(desk):
    with pytest.raises(RefusedError, match="stands in a line above"):
        desk.hub.appointing.import_(CLERK, desk.unit.id, [HEALTH, replace(HEALTH, code="syt-gd")])
    assert desk.hub.officials.list_(desk.unit.id) == ()


def test_another_units_officials_are_neither_seen_nor_touched(desk):
    draft = UnitDraft(code="SNV", name="Sở Nội vụ", time_zone="Asia/Ho_Chi_Minh", register="SNV", addresses=("snv@tinh.gov.vn",))
    other = desk.hub.directory.add_unit(CLERK, draft)
    add(desk, HEALTH)
    assert desk.hub.officials.list_(other.id) == ()
    with pytest.raises(RefusedError):
        desk.hub.appointing.close(Actor(unit_id=other.id, name="x", via="cli"), other.id, "SYT-GD", WHY)


def statements(database, ask):
    """How many statements a question runs."""
    count = []
    listen = ("before_cursor_execute", lambda *_: count.append(1))
    sa.event.listen(database._reading, *listen)
    ask()
    sa.event.remove(database._reading, *listen)
    return len(count)


def test_eight_hundred_agencies_and_two_thousand_officials_take_as_few_questions_as_one(desk):
    def questions():
        hub, unit_id = desk.hub, desk.unit.id
        return [
            statements(hub.database, lambda: hub.directory.agencies(unit_id)),
            statements(hub.database, lambda: hub.directory.agencies(unit_id, search="so 17")),
            statements(hub.database, lambda: hub.officials.list_(unit_id)),
            statements(hub.database, lambda: hub.officials.list_(unit_id, search="giam doc so 17")),
            statements(hub.database, lambda: hub.officials.resolve(unit_id, ["GĐ Sở 17", "nobody", "S3-GD", "PGĐ Sở 5"])),
        ]

    few = questions()
    drafts = [
        AgencyDraft(codes=(AgencyCode(code=f"G{n}"),), name=f"Sở {n}", kind="state", mode="propose", aliases=(f"S{n}",))
        for n in range(800)
    ]
    described = [Described(draft=draft, given=frozenset()) for draft in drafts]
    desk.hub.correspondents.import_(CLERK, desk.unit.id, described)
    posts = (("GD", "Giám đốc"), ("PGD", "Phó Giám đốc"), ("CVP", "Chánh Văn phòng"))
    sketches = [
        OfficialSketch(code=f"S{n}-{code}", name=f"Nguyễn Văn {n} {code}", position=post, organisation=f"Sở {n}", numbers=(OLD,))
        for n in range(667)
        for code, post in posts
    ]
    desk.hub.appointing.import_(CLERK, desk.unit.id, sketches)
    assert questions() == few
    resolved = desk.hub.officials.resolve(desk.unit.id, ["GĐ S17", "Phó Giám đốc Sở 5", "Chánh Văn phòng Sở 666"])
    assert [one.code for one in resolved.required()] == ["S17-GD", "S5-PGD", "S666-CVP"]
    assert len(desk.hub.officials.list_(desk.unit.id, search="cvp so 666")) == 1


def test_a_day_in_the_units_zone_is_meant(desk):
    # 18:00 in UTC is the next day in Viet Nam.
    desk.clock.move(hours=17, minutes=50)
    add(desk, HEALTH)
    after = desk.hub.appointing.close(CLERK, desk.unit.id, "SYT-GD", WHY)
    assert after.closed_on == date(2024, 8, 10)
