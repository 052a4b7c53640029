"""Cases: what turned up about letters that were decided already, and that a clerk has to decide."""

from collections.abc import Iterable
from dataclasses import dataclass

from mailhub.errors import RefusedError
from mailhub.language import Text
from storage import cases, events
from storage.database import Database, Transaction
from storage.errors import NotFoundError
from storage.records import Actor, Case, CaseState, EventDraft

SETTLED, REOPENED = "case-settled", "case-reopened"


@dataclass(frozen=True, slots=True)
class Cases:
    """The clerk's side of cases. Settling one changes no letter: what is done with the letter has verbs of its own."""

    database: Database

    def list_(
        self, unit_id: int, *, states: Iterable[CaseState] | None = None, limit: int = 100, before_id: int | None = None
    ) -> tuple[Case, ...]:
        """The unit's cases, newest first."""
        with self.database.reading() as tx:
            return tuple(cases.list_(tx, unit_id, states=states, limit=limit, before_id=before_id))

    def open_count(self, unit_id: int) -> int:
        """How many cases wait for a clerk."""
        with self.database.reading() as tx:
            return cases.open_count(tx, unit_id)

    def settle(self, actor: Actor, unit_id: int, case_id: int, *, reason: str) -> Case:
        """Note what a clerk has decided; raises RefusedError for a case that is settled already."""
        return self._decide(actor, unit_id, case_id, CaseState.SETTLED, reason)

    def reopen(self, actor: Actor, unit_id: int, case_id: int, *, reason: str) -> Case:
        """Take a settling back; raises RefusedError for a case that is open."""
        return self._decide(actor, unit_id, case_id, CaseState.OPEN, reason)

    def _decide(self, actor: Actor, unit_id: int, case_id: int, state: CaseState, reason: str) -> Case:
        with self.database.transaction() as tx:
            case = case_of(tx, unit_id, case_id)
            if not (case.state is not state and cases.decide(tx, case, state, by=actor.name, reason=reason)):
                said = Text(vi="đã xử lý xong", en="settled") if state is CaseState.SETTLED else Text(vi="đang mở", en="open")
                raise RefusedError(Text(vi=f"vụ việc {case_id} {said.vi}", en=f"case {case_id} is {said.en} already"))
            kind = SETTLED if state is CaseState.SETTLED else REOPENED
            data: dict[str, object] = {"case": case_id}
            subject = f"letter/{case.draft.letter_id}"
            events.append(tx, [EventDraft(kind=kind, subject=subject, actor=actor, data=data, reason=reason)])
            return cases.get(tx, unit_id, case_id)


def case_of(tx: Transaction, unit_id: int, case_id: int) -> Case:
    """A case of the unit, or the sentence that there is none."""
    try:
        return cases.get(tx, unit_id, case_id)
    except NotFoundError as error:
        raise RefusedError(
            Text(
                vi=f"không có vụ việc {case_id}; xem `mailhub case list`",
                en=f"there is no case {case_id}; see `mailhub case list`",
            )
        ) from error
