"""Frozen sheets."""

from datetime import timedelta

import pytest

from storage import documents, sheets
from storage.errors import NotFoundError
from storage.records import SheetDraft
from tests.storage.builders import MOMENT, SteppingClock, add_unit


def test_a_frozen_sheet_is_kept_and_listed_newest_first(open_database):
    with open_database(SteppingClock()).transaction() as tx:
        unit = add_unit(tx)

        def freeze(kind: str) -> int:
            document_id = documents.add(tx, "sheet", 1, b"{}")
            draft = SheetDraft(
                unit_id=unit.id,
                kind=kind,
                from_at=MOMENT - timedelta(days=7),
                to_at=MOMENT,
                document_id=document_id,
                made_by="van-thu",
            )
            new = sheets.add(tx, draft)
            assert (new.draft, new.made_at) == (draft, MOMENT)
            assert sheets.get(tx, unit.id, new.id) == new
            return new.id

        week, period, next_week = freeze("week"), freeze("period"), freeze("week")
        assert [sheet.id for sheet in sheets.list_(tx, unit.id, limit=9)] == [next_week, period, week]
        assert [sheet.id for sheet in sheets.list_(tx, unit.id, kind="week", limit=9)] == [next_week, week]
        assert [sheet.id for sheet in sheets.list_(tx, unit.id, limit=9, before_id=period)] == [week]
        assert sheets.list_(tx, unit.id + 1, limit=9) == []
        with pytest.raises(NotFoundError):
            sheets.get(tx, unit.id + 1, week)
