"""Digests: answers beyond the daily cap are gathered, and none of them is lost (design, promise 10)."""

import pytest

from storage.records import DispatchState
from tests.hub.test_answering import file_letters
from tests.storage.builders import destroy_document


@pytest.fixture
def capped(desk):
    """A desk that answers one mail a day at once; everything else is gathered."""
    notices = desk.hub.settings.notices.model_copy(update={"daily_cap": 1})
    object.__setattr__(desk.hub, "settings", desk.hub.settings.model_copy(update={"notices": notices}))
    return desk


def digests(desk):
    return [item for item in desk.hub.outbox.list_(desk.unit.id, limit=1000) if item.draft.kind == "digest"]


def test_a_second_digest_to_the_same_address_leaves_too(capped):
    gatherer = capped.hub.digesting("g")
    for first in (1, 10):
        file_letters(capped, 3, start=first)
        capped.clock.move(minutes=61)
        gatherer.run_once()
    assert len(digests(capped)) == 2


def test_answers_that_come_up_while_a_digest_gathers_join_it(capped):
    file_letters(capped, 2)
    capped.clock.move(minutes=30)
    file_letters(capped, 1, start=10)
    capped.clock.move(minutes=31)
    assert capped.hub.digesting("g").run_once()
    gathered = [item for item in capped.hub.outbox.list_(capped.unit.id) if item.draft.channel == "digest"]
    assert [item.state for item in gathered] == [DispatchState.SENT] * 2
    assert len(digests(capped)) == 1


def test_an_answer_that_cannot_be_read_any_more_fails_alone(capped):
    file_letters(capped, 3)
    gathered = [item for item in capped.hub.outbox.list_(capped.unit.id) if item.draft.channel == "digest"]
    with capped.hub.database.transaction() as tx:
        destroy_document(tx, gathered[0].draft.context_id)
    capped.clock.move(minutes=61)
    assert capped.hub.digesting("g").run_once()
    states = {item.id: item.state for item in capped.hub.outbox.list_(capped.unit.id)}
    assert [states[item.id] for item in gathered] == [DispatchState.FAILED, DispatchState.SENT]
    assert len(digests(capped)) == 1
