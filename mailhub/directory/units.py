"""Changes of the units that this hub serves. Each is an event, and another one takes it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from mailhub import codec
from mailhub.directory.changes import Change, Described, ToldChange, words_of
from mailhub.directory.directory import added_unit
from mailhub.errors import RefusedError
from mailhub.language import Text
from storage import directory, events, figures, registry
from storage.database import Database, Transaction
from storage.errors import ConflictError
from storage.records import Actor, EventDraft, Moment, Span, Tally, Unit, UnitDraft

LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Units:
    """Changes units; a unit's code stays."""

    database: Database

    def lately(self, unit: Unit) -> Tally:
        """What was filed in the last seven days."""
        with self.database.reading() as tx:
            now = tx.now()
            return figures.tally(tx, Span(unit_id=unit.id, from_=now - LATELY, to=now, moment=Moment.FILED))

    def edit(self, actor: Actor, before: Unit, described: Described[UnitDraft], *, reason: str) -> Unit:
        """Change what is said of a unit; raises RefusedError where an address is another's or the register is not open."""
        with self.database.transaction() as tx:
            before = directory.unit(tx, before.id)
            after = written(tx, before, described.over(draft_of_unit(before)))
            events.append(tx, _told("unit-edited", actor, before, after, reason))
        return after

    def undo(self, actor: Actor, before: Unit, *, reason: str) -> Unit:
        """Take the last change of a unit back; undone again, it is made again."""
        with self.database.transaction() as tx:
            before = directory.unit(tx, before.id)
            told = ToldChange.last(tx, f"unit/{before.id}", before.code)
            after = written(tx, before, codec.decode(codec.encode(told.required_before()), UnitDraft))
            events.append(tx, _told("unit-undone", actor, before, after, reason))
        return after

    def plan(self, described: Sequence[Described[UnitDraft]]) -> tuple[Change, ...]:
        """What descriptions would come to; changes nothing."""
        with self.database.reading() as tx:
            known = {unit.code.casefold(): draft_of_unit(unit) for unit in directory.units(tx)}
        befores = [(item, known.get(item.draft.code.casefold())) for item in described]
        return tuple(
            Change(
                code=item.draft.code,
                before=words_of(before) if before else None,
                after=words_of(item.over(before) if before else item.draft),
            )
            for item, before in befores
        )

    def import_(self, actor: Actor, described: Sequence[Described[UnitDraft]]) -> tuple[Change, ...]:
        """Add and change many units, all or none; gives what became of each."""
        changes = self.plan(described)
        told: list[EventDraft] = []
        with self.database.transaction() as tx:
            known = {unit.code.casefold(): unit for unit in directory.units(tx)}
            for item in described:
                before = known.get(item.draft.code.casefold())
                if before is None:
                    after = added_unit(tx, item.draft)
                    told.append(
                        Change(code=after.code, before=None, after=words_of(after)).event("unit-added", _subject(after), actor)
                    )
                else:
                    told += _told("unit-edited", actor, before, written(tx, before, item.over(draft_of_unit(before))), "import")
            events.append(tx, told)
        return changes


def written(tx: Transaction, before: Unit, draft: UnitDraft) -> Unit:
    """Write a unit anew."""
    if draft.register != before.register and all(
        register.code != draft.register for register in registry.list_registers(tx, before.id)
    ):
        raise RefusedError(
            Text(
                vi=f"chưa mở sổ {draft.register!r}; mở trước bằng `mailhub register open {draft.register}`",
                en=f"register {draft.register!r} is not open; open it first with `mailhub register open {draft.register}`",
            )
        )
    try:
        return directory.update_unit(tx, before.id, draft)
    except ConflictError as error:
        raise RefusedError(
            Text(
                vi=f"một địa chỉ của {before.code} đã thuộc đơn vị khác",
                en=f"an address of {before.code} belongs to another unit already",
            )
        ) from error


def draft_of_unit(unit: Unit) -> UnitDraft:
    """A unit without its id."""
    return UnitDraft(
        code=unit.code,
        name=unit.name,
        time_zone=unit.time_zone,
        register=unit.register,
        addresses=unit.addresses,
        aliases=unit.aliases,
    )


def _subject(unit: Unit) -> str:
    return f"unit/{unit.id}"


def _told(kind: str, actor: Actor, before: Unit, after: Unit, reason: str) -> list[EventDraft]:
    change = Change(code=after.code, before=words_of(before), after=words_of(after))
    return [] if change.kind == "same" else [change.event(kind, _subject(after), actor, reason=reason)]
