"""Who holds which position, by which phones they are reached, who follows whom. Every change is an event that can be undone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from mailhub import codec
from mailhub.directory import phones
from mailhub.directory.changes import Change, ToldChange
from mailhub.directory.confirming import Confirming
from mailhub.directory.groups import group_events
from mailhub.directory.naming import label
from mailhub.directory.officials import known, named, official_words
from mailhub.directory.sketches import OfficialSketch, Planned, draft_of_official
from mailhub.errors import RefusedError
from mailhub.language import Text
from storage import directory, events, people
from storage.database import Database, Transaction
from storage.records import Actor, EventDraft, Official, OfficialDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """When something changes hands, and why; without a day it is today."""

    reason: str
    day: date | None = None

    def on(self, tx: Transaction, unit_id: int) -> date:
        """The day of the change in the unit's zone."""
        return self.day or directory.today(tx, unit_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the log tells of an official beside the draft."""

    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Appointing:
    """Keeps the officials of a unit."""

    database: Database
    confirming: Confirming

    def add(self, actor: Actor, unit_id: int, sketch: OfficialSketch) -> Official:
        """Add an official; raises RefusedError for a taken code, an unknown agency or assistant."""
        with self.database.transaction() as tx:
            after = _added(tx, unit_id, sketch)
            events.append(tx, [_event("official-added", actor, None, after)])
        return after

    def edit(self, actor: Actor, unit_id: int, sketch: OfficialSketch, *, reason: str) -> Official:
        """Change what the sketch says of the official under its code."""
        with self.database.transaction() as tx:
            before = named(tx, unit_id, sketch.code)
            (planned,) = known(tx, unit_id).plan([replace(sketch, code=before.code)])
            return self._write(tx, actor, before, _sound(planned), reason)

    def import_(
        self, actor: Actor, unit_id: int, sketches: Sequence[OfficialSketch], *, quiet: bool = False
    ) -> tuple[Change, ...]:
        """Add and change many officials, all or none; what is the same already is left alone. Gives what became of each.

        `quiet` tells nobody of changed numbers.
        """
        with self.database.transaction() as tx:
            planned = known(tx, unit_id).plan(sketches)
            wanted = [(item, _sound(item)) for item in planned]
            changes = tuple(item.change for item in planned)
            different = [pair for pair, change in zip(wanted, changes, strict=True) if change.kind != "same"]
            written = people.put_officials(
                tx, unit_id, [(item.before.id if item.before else None, draft) for item, draft in different]
            )
            told: list[EventDraft] = []
            for (item, _), after in zip(different, written, strict=True):
                if item.before and not quiet:
                    self.confirming.confirm(tx, item.before, after)
                told.append(_event("official-edited" if item.before else "official-added", actor, item.before, after))
            events.append(tx, told)
        return changes

    def put_phone(
        self, actor: Actor, unit_id: int, code: str, number: str, handover: Handover, *, beside: bool = False
    ) -> Official:
        """From a day on the official has this number (E.164), in place of the old ones or beside them.

        A number that goes last serves the day before.
        """
        put = phones.joined_by if beside else phones.replaced_by
        with self.database.transaction() as tx:
            before = named(tx, unit_id, code)
            draft = draft_of_official(before)
            changed = replace(draft, phones=put(draft.phones, number, handover.on(tx, unit_id)))
            return self._write(tx, actor, before, changed, handover.reason)

    def end_phone(self, actor: Actor, unit_id: int, code: str, number: str, handover: Handover) -> Official:
        """From a day on the number serves no more; raises RefusedError when it does not serve."""
        with self.database.transaction() as tx:
            before = named(tx, unit_id, code)
            draft = draft_of_official(before)
            changed = replace(draft, phones=phones.without(draft.phones, number, handover.on(tx, unit_id)))
            return self._write(tx, actor, before, changed, handover.reason)

    def close(self, actor: Actor, unit_id: int, code: str, handover: Handover) -> Official:
        """From a day on the official is invited no more."""
        with self.database.transaction() as tx:
            before = named(tx, unit_id, code)
            after = people.close_official(tx, unit_id, before.id, handover.on(tx, unit_id))
            events.append(tx, [_event("official-closed", actor, before, after, handover.reason)])
        return after

    def reopen(self, actor: Actor, unit_id: int, code: str, *, reason: str) -> Official:
        """The official can be invited again; raises RefusedError when it was not closed."""
        with self.database.transaction() as tx:
            before = named(tx, unit_id, code)
            if before.closed_on is None:
                raise RefusedError(Text(vi=f"{before.code} chưa hề đóng", en=f"{before.code} is not closed"))
            after = people.close_official(tx, unit_id, before.id, None)
            events.append(tx, [_event("official-reopened", actor, before, after, reason)])
        return after

    def replace(self, actor: Actor, unit_id: int, code: str, sketch: OfficialSketch, handover: Handover) -> Official:
        """Another person takes the position over: same organisation and assistants, same places in the groups."""
        with self.database.transaction() as tx:
            leaving = named(tx, unit_id, code)
            taking = replace(
                sketch,
                position=leaving.position,
                organisation=leaving.organisation,
                assistants=leaving.assistant_codes if sketch.assistants is None else sketch.assistants,
            )
            coming = _added(tx, unit_id, taking, agency_id=leaving.agency_id)
            closed = people.close_official(tx, unit_id, leaving.id, handover.on(tx, unit_id))
            told = [
                _event("official-closed", actor, leaving, closed, handover.reason),
                _event("official-added", actor, None, coming, handover.reason),
            ]
            for group in people.groups(tx, unit_id):
                if leaving.id in group.member_ids:
                    members = [coming.id if member == leaving.id else member for member in group.member_ids]
                    after = people.put_group(tx, unit_id, group.code, group.name, members)
                    told += group_events(tx, actor, group, after, handover.reason)
            events.append(tx, told)
        return coming

    def undo(self, actor: Actor, unit_id: int, code: str, *, reason: str) -> Official:
        """Take the last change of an official back; undone again, it is made again."""
        with self.database.transaction() as tx:
            before = named(tx, unit_id, code)
            told = ToldChange.last(tx, _subject(before), before.code)
            if told.change.before is None:
                raise RefusedError(
                    Text(
                        vi=f"{before.code} chưa sửa lần nào; muốn bỏ thì dùng `mailhub official close {before.code}`",
                        en=f"{before.code} was never changed; to take it out use `mailhub official close {before.code}`",
                    )
                )
            body = codec.encode(told.change.before)
            people.update_official(tx, unit_id, before.id, codec.decode(body, OfficialDraft))
            after = people.close_official(tx, unit_id, before.id, codec.decode(body, Standing).closed_on)
            self.confirming.confirm(tx, before, after)
            change = Change(code=before.code, before=official_words(before), after=official_words(after))
            events.append(tx, [change.event("official-undone", _subject(after), actor, reason=reason, undoes=told.number)])
        return after

    def _write(self, tx: Transaction, actor: Actor, before: Official, draft: OfficialDraft, reason: str) -> Official:
        """Write one official anew, with the texts to both numbers and the event; nothing where nothing changes."""
        if draft == draft_of_official(before):
            return before
        after = people.update_official(tx, before.unit_id, before.id, draft)
        self.confirming.confirm(tx, before, after)
        events.append(tx, [_event("official-edited", actor, before, after, reason)])
        return after


def _added(tx: Transaction, unit_id: int, sketch: OfficialSketch, agency_id: int | None = None) -> Official:
    (planned,) = known(tx, unit_id).plan([sketch])
    if planned.before is not None:
        holder = label(planned.before)
        raise RefusedError(
            Text(
                vi=f"mã {sketch.code!r} đã là {holder}; sửa bằng `mailhub official edit`",
                en=f"code {sketch.code!r} is taken by {holder}; change it with `mailhub official edit`",
            )
        )
    draft = _sound(planned)
    return people.add_official(tx, unit_id, draft if agency_id is None else replace(draft, agency_id=agency_id))


def _sound(planned: Planned) -> OfficialDraft:
    """The draft, where nothing is wrong with it."""
    if planned.problems:
        raise RefusedError(
            Text(
                vi="; ".join(problem.text.vi for problem in planned.problems),
                en="; ".join(problem.text.en for problem in planned.problems),
            )
        )
    return planned.draft


def _subject(official: Official) -> str:
    return f"official/{official.id}"


def _event(kind: str, actor: Actor, before: Official | None, after: Official, reason: str = "") -> EventDraft:
    was = official_words(before) if before else None
    return Change(code=after.code, before=was, after=official_words(after)).event(kind, _subject(after), actor, reason=reason)
