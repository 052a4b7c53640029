"""What an act changed in a record of the directory: for the log, for the clerk's eyes, and to take it back by another event."""

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, Self, TypeVar

import msgspec

from mailhub.errors import RefusedError
from mailhub.language import Text
from storage import events
from storage.database import Transaction
from storage.records import Actor, EventDraft

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Draft = TypeVar("Draft", bound="DataclassInstance")

PAGE = 500

Words = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field before and after."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A record before and after an act; None where there was or is none."""

    code: str
    before: Words | None
    after: Words | None

    @property
    def fields(self) -> tuple[FieldChange, ...]:
        """The fields that differ."""
        before, after = self.before or {}, self.after or {}
        return tuple(
            FieldChange(field=field, before=before.get(field), after=after.get(field))
            for field in (after or before)
            if before.get(field) != after.get(field)
        )

    @property
    def kind(self) -> str:
        """`added`, `changed`, `same` or `removed`."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "changed" if self.fields else "same"

    def event(self, kind: str, subject: str, actor: Actor, *, reason: str = "", undoes: int | None = None) -> EventDraft:
        """The event that tells it, with everything that is needed to take it back."""
        data: Words = {"code": self.code, "before": self.before, "after": self.after}
        return EventDraft(
            kind=kind, subject=subject, actor=actor, data=data if undoes is None else data | {"undoes": undoes}, reason=reason
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldChange:
    """A change as an event of the log tells it."""

    number: int
    change: Change

    def required_before(self) -> Words:
        """How the record was; raises RefusedError where the change was its beginning."""
        if self.change.before is None:
            name = self.change.code
            raise RefusedError(Text(vi=f"{name} chưa sửa lần nào", en=f"{name} was never changed"))
        return self.change.before

    @classmethod
    def last(cls, tx: Transaction, subject: str, name: str) -> Self:
        """The last change of a record; raises RefusedError where the log holds none that can be taken back."""
        found: Self | None = None
        after = 0
        while page := events.list_(tx, subject=subject, after=after, limit=PAGE):
            after = page[-1].number
            for event in page:
                data = json.loads(event.body)["data"]
                if "before" in data and "after" in data and "code" in data:
                    told = Change(code=data["code"], before=data["before"], after=data["after"])
                    found = cls(number=event.number, change=told)
        if found is None:
            raise RefusedError(
                Text(vi=f"{name}: chưa có thay đổi nào để hoàn tác", en=f"{name}: there is no change to take back yet")
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Described(Generic[Draft]):
    """A record as it was described: `draft` is whole, with defaults; `given` are the fields that were said."""

    draft: Draft
    given: frozenset[str]

    def over(self, before: Draft) -> Draft:
        """What was said, over what was there."""
        return replace(before, **{name: getattr(self.draft, name) for name in self.given})


def words_of(record: object) -> Words:
    """A record's fields as an event keeps them: texts, numbers, lists."""
    words = json.loads(msgspec.json.encode(record))
    if not isinstance(words, dict):
        raise TypeError(f"no record: {record!r}")
    return words
