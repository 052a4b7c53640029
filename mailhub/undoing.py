"""Undoing: the clerk's last act of today that another act takes back. Every undo is an event of its own."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from mailhub.answering import midnight
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.letters import Letters
from mailhub.returning import Returning
from mailhub.voiding import Voiding
from storage import directory, events, letters, registry
from storage.database import Database, Transaction
from storage.errors import NotFoundError
from storage.records import Actor, Entry, EntryState, Event, Letter, LetterState

PAGE = 200


class Undo(StrEnum):
    """How an act is taken back."""

    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    RELEASE = "release"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastAct:
    """A clerk's act that still stands: its event, and how it is taken back. `entry` is the number that would be voided."""

    event: Event
    undo: Undo
    letter: Letter
    entry: Entry | None = None

    @property
    def asks(self) -> bool:
        """Whether taking it back is told to somebody outside or leaves a mark in the register, so that it is asked first."""
        return self.undo in {Undo.REOPEN, Undo.VOID}

    @property
    def words(self) -> Text:
        """What would be taken back."""
        name = f"h{self.letter.id} {self.letter.draft.reference}".strip()
        match self.undo:
            case Undo.WITHDRAW:
                return Text(vi=f"rút thư trả {name}", en=f"withdraw the return of {name}")
            case Undo.REOPEN:
                return Text(
                    vi=f"mở lại {name} đã trả (bên gửi nhận thư xin lỗi)", en=f"reopen {name} (its sender gets an apology)"
                )
            case Undo.RELEASE:
                return Text(vi=f"thôi giữ {name}, để máy xét lại", en=f"stop holding {name}; the machine decides it again")
            case Undo.VOID:
                number = self.entry.number if self.entry else 0
                return Text(
                    vi=f"hủy số đến {number} của {name} (số vẫn giữ chỗ trong sổ)",
                    en=f"void number {number} of {name} (it keeps its place in the register)",
                )
            case _:
                assert_never(self.undo)


@dataclass(frozen=True, slots=True)
class Undoing:
    """Finds the last act of a clerk and takes it back."""

    database: Database
    letters: Letters
    returning: Returning
    voiding: Voiding

    def last(self, actor: Actor, unit_id: int) -> LastAct | None:
        """The clerk's latest act of today that still stands and can be taken back."""
        with self.database.reading() as tx:
            for event in self._of_today(tx, unit_id):
                act = standing(tx, actor, unit_id, event)
                if act is not None:
                    return act
        return None

    def undo(self, actor: Actor, act: LastAct, *, reason: str) -> Text:
        """Take an act back; tells what became of it. Raises RefusedError when somebody has acted on it since."""
        unit_id, letter = act.letter.draft.unit_id, act.letter
        match act.undo:
            case Undo.WITHDRAW:
                self.returning.withdraw(actor, unit_id, letter.id, reason)
                return Text(vi=f"Đã rút thư trả h{letter.id}.", en=f"The return of h{letter.id} is withdrawn.")
            case Undo.REOPEN:
                self.returning.reopen(actor, unit_id, letter.id, reason)
                return Text(vi=f"Đã mở lại h{letter.id}.", en=f"h{letter.id} is open again.")
            case Undo.RELEASE:
                self.letters.release(actor, letter, reason=reason)
                return Text(vi=f"Đã thôi giữ h{letter.id}; máy xét lại ngay.", en=f"h{letter.id} is decided again at once.")
            case Undo.VOID:
                if act.entry is None:
                    raise ValueError(f"nothing to void: {act.event.number}")
                entry = self.voiding.void(actor, act.entry, reason=reason)
                return Text(
                    vi=f"Đã hủy số đến {entry.number}; h{letter.id} về lại bàn.",
                    en=f"Number {entry.number} is void; h{letter.id} is back on the desk.",
                )
            case _:
                assert_never(act.undo)

    def _of_today(self, tx: Transaction, unit_id: int) -> Iterator[Event]:
        today = midnight(tx.now(), directory.unit(tx, unit_id).time_zone)
        before: int | None = None
        while page := events.latest(tx, before=before, limit=PAGE):
            for event in page:
                if event.at < today:
                    return
                yield event
            before = page[-1].number


def nothing_to_undo() -> RefusedError:
    """There is no act to take back."""
    return RefusedError(
        Text(
            vi="hôm nay không có việc nào của bạn còn hoàn tác được",
            en="you did nothing today that could still be undone",
        )
    )


def standing(tx: Transaction, actor: Actor, unit_id: int, event: Event) -> LastAct | None:
    """The act that an event tells, if this clerk did it and it still stands."""
    noun, _, number = event.subject.partition("/")
    if noun != "letter" or event.kind not in {"letter-decided", "entry-filed"}:
        return None
    told = json.loads(event.body)
    if told["actor"]["name"] != actor.name or told["actor"]["unit_id"] != unit_id:
        return None
    try:
        letter = letters.get(tx, unit_id, int(number))
    except NotFoundError:
        return None
    if letter.decided_by != actor.name:
        return None
    if event.kind == "entry-filed":
        entry = registry.entry_of_letter(tx, letter.id)
        stands = entry is not None and entry.id == told["data"]["entry"] and entry.state is EntryState.REGISTERED
        filed = letter.draft.state is LetterState.FILED and letter.draft.facts_id is not None
        return LastAct(event=event, undo=Undo.VOID, letter=letter, entry=entry) if stands and filed else None
    undo = undo_of(told["data"]["action"], letter)
    return LastAct(event=event, undo=undo, letter=letter) if undo else None


def undo_of(action: str, letter: Letter) -> Undo | None:
    """How the clerk's decision on a letter is taken back in the state that the letter is in."""
    match action, letter.draft.state:
        case "return", LetterState.RETURN_DUE:
            return Undo.WITHDRAW
        case "return", LetterState.RETURNED:
            return Undo.REOPEN
        case "hold", LetterState.HELD if letter.draft.submission_id is not None:
            return Undo.RELEASE
        case _:
            return None
