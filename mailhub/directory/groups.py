"""Groups of officials that are invited together, in the order of protocol. Every change is an event that can be undone."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailhub.directory.changes import Change, ToldChange, Words
from mailhub.directory.officials import roll, unknown_group
from mailhub.errors import RefusedError
from mailhub.language import Text
from storage import events, people
from storage.database import Database, Transaction
from storage.errors import NotFoundError
from storage.folding import fold
from storage.records import Actor, EventDraft, Official, OfficialGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """A group with its members, closed ones too."""

    group: OfficialGroup
    members: tuple[Official, ...]


@dataclass(frozen=True, slots=True)
class Groups:
    """Keeps the groups of a unit."""

    database: Database

    def list_(self, unit_id: int) -> tuple[OfficialGroup, ...]:
        """Every group by code."""
        with self.database.reading() as tx:
            return tuple(people.groups(tx, unit_id))

    def show(self, unit_id: int, code: str) -> GroupView:
        """A group with its members in their order; raises RefusedError where there is none."""
        with self.database.reading() as tx:
            group = _group(tx, unit_id, code)
            members = people.officials(tx, unit_id, group=code, include_closed=True)
            return GroupView(group=group, members=tuple(members))

    def of(self, official: Official) -> tuple[OfficialGroup, ...]:
        """The groups that an official belongs to."""
        return tuple(group for group in self.list_(official.unit_id) if official.id in group.member_ids)

    def add(self, actor: Actor, unit_id: int, code: str, *, name: str, texts: Sequence[str]) -> OfficialGroup:
        """Make a group, or rename it and put more members behind those it has; they are named as in `Officials.resolve`."""
        with self.database.transaction() as tx:
            before = _known_group(tx, unit_id, code)
            joining = [official.id for official in roll(tx, unit_id).resolve(texts).required()]
            members = dict.fromkeys([*(before.member_ids if before else ()), *joining])
            title = name or (before.name if before else "")
            if not title:
                raise RefusedError(Text(vi=f"nhóm mới {code!r} cần --name", en=f"the new group {code!r} needs a name (--name)"))
            after = people.put_group(tx, unit_id, before.code if before else code, title, list(members))
            events.append(tx, group_events(tx, actor, before, after))
        return after

    def remove(self, actor: Actor, unit_id: int, code: str, *, texts: Sequence[str], reason: str) -> OfficialGroup | None:
        """Take members out of a group, or without `texts` the group itself away; its members stay officials."""
        with self.database.transaction() as tx:
            before = _group(tx, unit_id, code)
            if not texts:
                told = group_events(tx, actor, before, None, reason)
                people.remove_group(tx, unit_id, code)
                events.append(tx, told)
                return None
            leaving = {official.id for official in roll(tx, unit_id).resolve(texts).required()}
            if absent := leaving - set(before.member_ids):
                names = ", ".join(people.official(tx, unit_id, id_).code for id_ in sorted(absent))
                raise RefusedError(
                    Text(vi=f"{names} không thuộc nhóm {before.code}", en=f"{names} is not in group {before.code}")
                )
            after = people.put_group(
                tx, unit_id, before.code, before.name, [id_ for id_ in before.member_ids if id_ not in leaving]
            )
            events.append(tx, group_events(tx, actor, before, after, reason))
        return after

    def undo(self, actor: Actor, unit_id: int, code: str, *, reason: str) -> OfficialGroup | None:
        """Take the last change of a group back, its removal too; undone again, it is made again."""
        with self.database.transaction() as tx:
            told = ToldChange.last(tx, _subject(unit_id, code), code)
            now, was = _known_group(tx, unit_id, code), told.change.before
            if was is None:
                people.remove_group(tx, unit_id, code)
                after = None
            else:
                members = [people.official(tx, unit_id, str(member)).id for member in _texts(was["members"])]
                after = people.put_group(tx, unit_id, told.change.code, str(was["name"]), members)
            change = Change(code=told.change.code, before=_words(tx, now), after=_words(tx, after))
            subject = _subject(unit_id, code)
            events.append(tx, [change.event("group-undone", subject, actor, reason=reason, undoes=told.number)])
        return after


def group_events(
    tx: Transaction, actor: Actor, before: OfficialGroup | None, after: OfficialGroup | None, reason: str = ""
) -> list[EventDraft]:
    """The event of a group's change; none where nothing changed."""
    group = after or before
    if group is None:
        return []
    change = Change(code=group.code, before=_words(tx, before), after=_words(tx, after))
    if change.kind == "same":
        return []
    return [change.event(f"group-{change.kind}", _subject(group.unit_id, group.code), actor, reason=reason)]


def _subject(unit_id: int, code: str) -> str:
    # By code and not by id: a group that is removed and made again is the same one to people.
    return f"official-group/{unit_id}/{fold(code)}"


def _words(tx: Transaction, group: OfficialGroup | None) -> Words | None:
    if group is None:
        return None
    members = [people.official(tx, group.unit_id, id_).code for id_ in group.member_ids]
    return {"name": group.name, "members": members}


def _texts(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _known_group(tx: Transaction, unit_id: int, code: str) -> OfficialGroup | None:
    try:
        return people.group(tx, unit_id, code)
    except NotFoundError:
        return None


def _group(tx: Transaction, unit_id: int, code: str) -> OfficialGroup:
    group = _known_group(tx, unit_id, code)
    if group is None:
        raise unknown_group(code)
    return group
