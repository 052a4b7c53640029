"""A unit's clerks: who may act, and in which role. Roles are recorded; what they allow is enforced where people log in."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from mailhub.directory.changes import Change, words_of
from mailhub.errors import RefusedError
from mailhub.language import Text
from storage import clerks, events
from storage.database import Database, Transaction
from storage.errors import ConflictError, NotFoundError
from storage.records import Actor, Clerk, ClerkDraft

Writing = Callable[[Transaction, Clerk], Clerk]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who acts under a name: the registered clerk, if it is one; `known` are those who might be meant where it is not.

    An office that has registered nobody has nobody to mix up: then `known` is empty.
    """

    name: str
    clerk: Clerk | None
    known: tuple[Clerk, ...]


@dataclass(frozen=True, slots=True)
class Clerks:
    """Keeps the clerks of a unit."""

    database: Database

    def list_(self, unit_id: int, *, include_closed: bool = False) -> tuple[Clerk, ...]:
        """Clerks by code."""
        with self.database.reading() as tx:
            return tuple(clerks.list_(tx, unit_id, include_closed=include_closed))

    def acting(self, unit_id: int, name: str) -> Acting:
        """Who acts under a code or a name; a clerk who has left is none."""
        known = self.list_(unit_id)
        with self.database.reading() as tx:
            try:
                found = clerks.get(tx, unit_id, name)
            except NotFoundError:
                return Acting(name=name, clerk=None, known=known)
        return Acting(name=found.name, clerk=found if found in known else None, known=known)

    def add(self, actor: Actor, unit_id: int, draft: ClerkDraft) -> Clerk:
        """Register a clerk; raises RefusedError where the code or the name is another's."""
        with self.database.transaction() as tx:
            try:
                clerk = clerks.add(tx, unit_id, draft)
            except ConflictError as error:
                raise taken(draft) from error
            change = Change(code=clerk.code, before=None, after=words_of(clerk))
            events.append(tx, [change.event("clerk-added", f"clerk/{clerk.id}", actor)])
        return clerk

    def edit(self, actor: Actor, unit_id: int, code: str, fields: dict[str, str], *, reason: str) -> Clerk:
        """Change name, role or phone of a clerk."""

        def write(tx: Transaction, before: Clerk) -> Clerk:
            was = ClerkDraft(code=before.code, name=before.name, role=before.role, phone=before.phone)
            draft = replace(was, **fields)
            try:
                return clerks.update(tx, before, draft)
            except ConflictError as error:
                raise taken(draft) from error

        return self._change(actor, unit_id, code, "clerk-edited", write, reason)

    def close(self, actor: Actor, unit_id: int, code: str, *, reason: str) -> Clerk:
        """From today on the clerk acts no more."""
        return self._change(actor, unit_id, code, "clerk-closed", lambda tx, clerk: clerks.close(tx, clerk, closed=True), reason)

    def reopen(self, actor: Actor, unit_id: int, code: str, *, reason: str) -> Clerk:
        """The clerk acts again."""
        return self._change(
            actor, unit_id, code, "clerk-reopened", lambda tx, clerk: clerks.close(tx, clerk, closed=False), reason
        )

    def _change(self, actor: Actor, unit_id: int, code: str, kind: str, write: Writing, reason: str) -> Clerk:
        with self.database.transaction() as tx:
            try:
                before = clerks.get(tx, unit_id, code)
            except NotFoundError as error:
                raise unknown(code) from error
            after = write(tx, before)
            change = Change(code=after.code, before=words_of(before), after=words_of(after))
            events.append(tx, [change.event(kind, f"clerk/{after.id}", actor, reason=reason)])
        return after


def unknown(code: str) -> RefusedError:
    """There is no clerk under this code or name."""
    return RefusedError(
        Text(
            vi=f"không có văn thư {code!r}; xem `mailhub clerk list`", en=f"there is no clerk {code!r}; see `mailhub clerk list`"
        )
    )


def taken(draft: ClerkDraft) -> RefusedError:
    """The code or the name is another clerk's."""
    return RefusedError(
        Text(
            vi=f"mã {draft.code!r} hoặc tên {draft.name!r} đã là của văn thư khác; thêm chữ để phân biệt hai người",
            en=f"code {draft.code!r} or name {draft.name!r} is another clerk's; add a word that tells the two apart",
        )
    )
