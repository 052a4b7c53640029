"""The directory: who is known by which code, address, domain and name."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from storage import directory
from storage.errors import ConflictError, NotFoundError
from storage.records import AgencyCode, AgencyDraft, CertificateTie, UnitDraft
from tests.storage.builders import SteppingClock, add_agency, add_unit


def tie_of(sha256, agency, kind="unknown"):
    return CertificateTie(certificate_sha256=sha256, agency_id=agency.id, agency_name=agency.name, kind=kind)


def agency_draft(code="G7-0312", **changes):
    given = {
        "codes": (AgencyCode(code=code),),
        "name": "Sở Tài chính",
        "kind": "state",
        "mode": "propose",
        "aliases": ("STC", "Sở TC"),
        "addresses": ("VanThu@stc.example",),
        "domains": ("STC.example",),
        "phones": ("+84123",),
    }
    return AgencyDraft(**{**given, **changes})


def unit_draft(**changes):
    given = {
        "code": "H61",
        "name": "VP",
        "time_zone": "Asia/Ho_Chi_Minh",
        "register": "den",
        "addresses": ("A@X.example", "b@x.example"),
    }
    return UnitDraft(**{**given, "aliases": ("UBND tỉnh",), **changes})


def test_a_unit_is_read_by_code_and_id(database):
    with database.transaction() as tx:
        unit = directory.add_unit(tx, unit_draft())
        assert unit.addresses == ("a@x.example", "b@x.example")
        assert unit.aliases == ("UBND tỉnh",)
        assert directory.unit(tx, "H61") == directory.unit(tx, unit.id) == unit
        assert directory.units(tx) == [unit]
        assert directory.recipients(tx) == {"a@x.example": unit.id, "b@x.example": unit.id}
        with pytest.raises(NotFoundError):
            directory.unit(tx, "H62")


@pytest.mark.parametrize("changes", [{"addresses": ("c@x.example",)}, {"code": "H62", "addresses": ("B@x.example",)}])
def test_codes_and_addresses_belong_to_one_unit(database, changes):
    with database.transaction() as tx:
        directory.add_unit(tx, unit_draft())
        with pytest.raises(ConflictError):
            directory.add_unit(tx, unit_draft(**changes))
        assert len(directory.units(tx)) == 1


def test_an_agency_is_found_by_address_domain_and_name(database):
    with database.transaction() as tx:
        unit, other = add_unit(tx), add_unit(tx, "H62")
        agency = add_agency(tx, unit, agency_draft())
        assert (agency.name, agency.aliases, agency.phones) == ("Sở Tài chính", ("STC", "Sở TC"), ("+84123",))
        assert directory.find_by_address(tx, unit.id, " vanthu@STC.example ") == agency
        assert directory.find_by_domain(tx, unit.id, "stc.EXAMPLE") == agency
        for name in ("sở tài chính", "SO TAI CHINH", "stc"):
            assert directory.find_by_name(tx, unit.id, name) == agency
        assert directory.find_by_name(tx, unit.id, "so tai") is None
        assert directory.find_by_address(tx, other.id, "vanthu@stc.example") is None
        assert directory.agency(tx, unit.id, "G7-0312") == directory.agency(tx, unit.id, agency.id) == agency
        for missing in ("G7", 999):
            with pytest.raises(NotFoundError):
                directory.agency(tx, unit.id, missing)


def test_what_several_agencies_share_finds_none(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        add_agency(tx, unit, agency_draft())
        add_agency(tx, unit, agency_draft("G7-0400", name="Sở Y tế"))
        assert directory.find_by_domain(tx, unit.id, "stc.example") is None
        assert directory.find_by_address(tx, unit.id, "vanthu@stc.example") is None
        assert directory.find_by_name(tx, unit.id, "so y te") is not None


def test_the_keys_of_a_unit_s_agencies_are_listed_with_their_owners(database):
    with database.transaction() as tx:
        unit, other = add_unit(tx), add_unit(tx, "H62")
        agency = add_agency(tx, unit, agency_draft())
        add_agency(tx, other, agency_draft())
        assert directory.keys(tx, unit.id, ("address", "domain")) == [
            ("stc.example", agency.id),
            ("vanthu@stc.example", agency.id),
        ]
        assert {key for key, _ in directory.keys(tx, unit.id, ("name",))} == {"so tai chinh", "stc", "so tc"}
        assert directory.keys(tx, unit.id, ()) == []


def test_agencies_are_listed_by_name_and_searched_without_marks(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        finance = add_agency(tx, unit, agency_draft())
        health = add_agency(tx, unit, agency_draft("G7-0400_%", name="Bệnh viện", aliases=()))
        assert directory.agencies(tx, unit.id) == [health, finance]
        assert directory.agencies(tx, unit.id, limit=1) == [health]
        assert directory.agencies(tx, unit.id, search="TAI CH") == [finance]
        assert directory.agencies(tx, unit.id, search="g7-0") == [health, finance]
        assert directory.agencies(tx, unit.id, search="_%") == [health]
        assert directory.agencies(tx, unit.id, search="none") == []


def test_a_code_belongs_to_one_agency_of_a_unit(database):
    with database.transaction() as tx:
        unit, other = add_unit(tx), add_unit(tx, "H62")
        first = add_agency(tx, unit, agency_draft())
        with pytest.raises(ConflictError, match="belongs to another agency"):
            add_agency(tx, unit, agency_draft())
        add_agency(tx, other, agency_draft())
        second = add_agency(tx, unit, agency_draft("G7-0400"))
        with pytest.raises(ConflictError):
            directory.update_agency(tx, unit.id, second.id, agency_draft())
        assert directory.agency(tx, unit.id, "G7-0400").id == second.id
        assert directory.agencies(tx, unit.id, search="stc") == [first, second]


def test_an_agency_is_written_anew(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        agency = add_agency(tx, unit, agency_draft())
        changed = directory.update_agency(tx, unit.id, agency.id, agency_draft("G7-1", addresses=(), aliases=()))
        assert directory.find_by_address(tx, unit.id, "vanthu@stc.example") is None
        assert directory.agency(tx, unit.id, "G7-1") == changed
        directory.set_mode(tx, unit.id, agency.id, "auto")
        assert directory.agency(tx, unit.id, agency.id).mode == "auto"
        with pytest.raises(NotFoundError):
            directory.set_mode(tx, unit.id, 999, "auto")


def test_a_closed_code_leads_to_the_successor_from_its_day_in_the_units_zone(open_database):
    clock = SteppingClock(datetime(2026, 6, 30, 16, 59, tzinfo=UTC))
    with open_database(clock).transaction() as tx:
        unit = add_unit(tx)
        closed = (AgencyCode(code="OLD", closed_on=date(2026, 7, 1)),)
        old = add_agency(tx, unit, agency_draft(codes=closed))
        middle = add_agency(tx, unit, agency_draft("MID", addresses=(), domains=(), name="Mid", aliases=()))
        new = add_agency(tx, unit, agency_draft("NEW", addresses=(), domains=(), name="New", aliases=()))
        directory.set_successor(tx, unit.id, old.id, middle.id)
        directory.set_successor(tx, unit.id, middle.id, new.id)
        assert directory.agency(tx, unit.id, "OLD").id == old.id
        assert directory.find_by_address(tx, unit.id, "vanthu@stc.example").id == old.id
        clock.step(minutes=1)
        assert directory.agency(tx, unit.id, "OLD").id == new.id
        assert directory.find_by_address(tx, unit.id, "vanthu@stc.example").id == new.id
        assert directory.find_by_name(tx, unit.id, "so tai chinh").id == new.id
        assert directory.agency(tx, unit.id, old.id).codes == closed


def test_successors_in_a_circle_end(open_database):
    with open_database().transaction() as tx:
        unit = add_unit(tx)
        closed = (AgencyCode(code="OLD", closed_on=date(2020, 1, 1)),)
        agency = add_agency(tx, unit, agency_draft(codes=closed))
        directory.set_successor(tx, unit.id, agency.id, agency.id)
        assert directory.agency(tx, unit.id, "OLD").id == agency.id


def test_a_certificate_is_tied_to_one_agency_and_the_last_word_counts(database):
    with database.transaction() as tx:
        unit, other = add_unit(tx), add_unit(tx, "H62")
        first = add_agency(tx, unit, agency_draft())
        second = add_agency(tx, unit, agency_draft("G7-0400", name="Sở Y tế"))
        directory.tie_certificate(tx, unit.id, tie_of("aa", first), "lan")
        directory.tie_certificate(tx, unit.id, tie_of("aa", second, "person"), "mai")
        found = directory.ties(tx, unit.id, ["aa", "bb"])
        assert found == {"aa": tie_of("aa", second, "person")}
        assert directory.ties(tx, other.id, ["aa"]) == {}
        assert directory.ties(tx, unit.id, []) == {}
        with pytest.raises(NotFoundError):
            directory.tie_certificate(tx, other.id, tie_of("aa", first), "lan")


def test_a_tie_to_a_closed_agency_is_its_successors(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        first = add_agency(tx, unit, agency_draft(codes=(AgencyCode(code="OLD", closed_on=date(2020, 1, 1)),)))
        second = add_agency(tx, unit, agency_draft("G7-0400", name="Sở Y tế"))
        directory.tie_certificate(tx, unit.id, tie_of("aa", first), "lan")
        directory.set_successor(tx, unit.id, first.id, second.id)
        assert directory.ties(tx, unit.id, ["aa"]) == {"aa": tie_of("aa", second)}
        assert directory.tie(tx, unit.id, "aa").agency_id == first.id


def test_certificates_of_one_holder_are_found_and_a_later_word_without_a_name_keeps_it(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        agency = add_agency(tx, unit, agency_draft())
        named = replace(tie_of("aa", agency), holder="so tai chinh|ubnd|ban co yeu", emails=("vanthu@stc.gov.vn",))
        directory.tie_certificate(tx, unit.id, named, "lan")
        directory.tie_certificate(tx, unit.id, tie_of("aa", agency, "organisation"), "mai")
        assert directory.ties_of_holder(tx, unit.id, named.holder) == [replace(named, kind="organisation")]
        assert directory.ties_of_holder(tx, unit.id, "") == []
