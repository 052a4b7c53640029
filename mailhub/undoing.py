"""Undoing: the clerk's last act of today that another act takes back. Every undo is an event of its own."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mailhub.answering import midnight
from mailhub.counter.counter import Counter
from mailhub.deposit_codes import deposit_code
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.letters import Letters
from mailhub.voiding import Voiding
from storage import deposits, directory, events, letters, registry
from storage.database import Database, Transaction
from storage.errors import NotFoundError
from storage.records import Actor, Deposit, DepositState, Entry, EntryState, Event, Letter, LetterState

PAGE = 200


class Undo(StrEnum):
    """How an act is taken back."""

    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    RELEASE = "release"
    VOID = "void"
    WITHDRAW_PAPER = "withdraw-paper"
    UNPAIR = "unpair"
    TAKE_BACK = "take-back"
    CANCEL_PAPER = "cancel-paper"


ASKED = frozenset({Undo.REOPEN, Undo.VOID, Undo.CANCEL_PAPER})
"""What is told to somebody outside or leaves a mark in the register is asked first."""

OF_PAPER: Mapping[str, tuple[Undo, frozenset[DepositState]]] = {
    "paper-return-decided": (Undo.WITHDRAW_PAPER, frozenset({DepositState.RETURN_DUE})),
    "paper-handed-over": (Undo.TAKE_BACK, frozenset({DepositState.RETURNED})),
    "paper-received": (
        Undo.CANCEL_PAPER,
        frozenset({DepositState.WAITING, DepositState.ACCEPTED, DepositState.COUNTED}),
    ),
    "paper-paired": (Undo.UNPAIR, frozenset({DepositState.PAIRED})),
    "paper-waits-for": (Undo.UNPAIR, frozenset({DepositState.WAITING})),
}
"""How an act on paper is taken back, and in which states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastAct:
    """A clerk's act that still stands, on a letter or on paper. `entry` is the number that would be voided."""

    event: Event
    undo: Undo
    letter: Letter | None = None
    deposit: Deposit | None = None
    entry: Entry | None = None

    @property
    def asks(self) -> bool:
        """Whether a clerk is asked before it is taken back."""
        return self.undo in ASKED

    @property
    def name(self) -> str:
        """What was acted on."""
        if self.letter is not None:
            return f"h{self.letter.id} {self.letter.draft.reference}".strip()
        return f"{deposit_code(self.deposit.id)} {self.deposit.draft.reference}".strip() if self.deposit is not None else ""

    @property
    def words(self) -> Text:
        """What would be done."""
        name, number = self.name, self.entry.number if self.entry else 0
        return {
            Undo.WITHDRAW: Text(vi=f"rút thư trả {name}", en=f"withdraw the return of {name}"),
            Undo.REOPEN: Text(vi=f"mở lại {name} (bên gửi nhận thư xin lỗi)", en=f"reopen {name} (its sender gets an apology)"),
            Undo.RELEASE: Text(vi=f"thôi giữ {name}, để máy xét lại", en=f"stop holding {name}; the machine decides it again"),
            Undo.VOID: Text(
                vi=f"hủy số đến {number} của {name} (số vẫn giữ chỗ trong sổ)",
                en=f"void number {number} of {name} (it keeps its place in the register)",
            ),
            Undo.WITHDRAW_PAPER: Text(vi=f"rút việc trả giấy {name}", en=f"withdraw the return of paper {name}"),
            Undo.UNPAIR: Text(vi=f"bỏ ghép {name}", en=f"unpair {name}"),
            Undo.TAKE_BACK: Text(vi=f"bỏ lần giao {name}", en=f"take back the handing over of {name}"),
            Undo.CANCEL_PAPER: Text(vi=f"hủy lần nhận giấy {name}", en=f"cancel the deposit {name}"),
        }[self.undo]


@dataclass(frozen=True, slots=True)
class Undoing:
    """Finds the last act of a clerk and takes it back."""

    database: Database
    letters: Letters
    voiding: Voiding
    counter: Counter

    def last(self, actor: Actor, unit_id: int) -> LastAct | None:
        """The clerk's latest act of today that still stands and can be taken back."""
        with self.database.reading() as tx:
            for event in self._of_today(tx, unit_id):
                act = standing(tx, actor, unit_id, event)
                if act is not None:
                    return act
        return None

    def undo(self, actor: Actor, act: LastAct, *, reason: str) -> Text:
        """Take an act back; tells what was done. Raises RefusedError when somebody has acted on it since."""
        if act.letter is not None:
            self._undo_letter(actor, act, act.letter, reason)
        elif act.deposit is not None:
            unit_id, number, counter = act.deposit.draft.unit_id, act.deposit.id, self.counter
            acts: dict[Undo, Callable[[], object]] = {
                Undo.WITHDRAW_PAPER: lambda: counter.withdraw(actor, unit_id, number, reason=reason),
                Undo.UNPAIR: lambda: counter.unpair(actor, unit_id, number, reason=reason),
                Undo.TAKE_BACK: lambda: counter.take_back(actor, unit_id, number, reason=reason),
                Undo.CANCEL_PAPER: lambda: counter.cancel(actor, unit_id, number, reason=reason),
            }
            acts[act.undo]()
        return Text(vi=f"Đã {act.words.vi}.", en=f"Done: {act.words.en}.")

    def _undo_letter(self, actor: Actor, act: LastAct, letter: Letter, reason: str) -> None:
        unit_id = letter.draft.unit_id
        if act.undo is Undo.VOID and act.entry is not None:
            self.voiding.void(actor, act.entry, reason=reason)
        elif act.undo is Undo.WITHDRAW:
            self.letters.withdraw(actor, unit_id, letter.id, reason=reason)
        elif act.undo is Undo.REOPEN:
            self.letters.reopen(actor, unit_id, letter.id, reason=reason)
        else:
            self.letters.release(actor, letter, reason=reason)

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
    if event.kind not in OF_PAPER and event.kind not in {"letter-decided", "entry-filed"}:
        return None
    told = json.loads(event.body)
    if told["actor"]["name"] != actor.name or told["actor"]["unit_id"] != unit_id:
        return None
    try:
        if noun == "deposit":
            return on_paper(tx, event, deposits.get(tx, unit_id, int(number)))
        return on_letter(tx, event, letters.get(tx, unit_id, int(number)), told["data"], actor)
    except NotFoundError:
        return None


def on_letter(tx: Transaction, event: Event, letter: Letter, data: Mapping[str, object], actor: Actor) -> LastAct | None:
    """A filing, return or holding whose letter is as it left it, and still this clerk's."""
    if letter.decided_by != actor.name:
        return None
    if event.kind == "entry-filed":
        entry = registry.entry_of_letter(tx, letter.id)
        stands = entry is not None and entry.id == data["entry"] and entry.state is EntryState.REGISTERED
        filed = letter.draft.state is LetterState.FILED and letter.draft.facts_id is not None
        return LastAct(event=event, undo=Undo.VOID, letter=letter, entry=entry) if stands and filed else None
    undo = undo_of(str(data["action"]), letter)
    return LastAct(event=event, undo=undo, letter=letter) if undo else None


def undo_of(action: str, letter: Letter) -> Undo | None:
    """How the clerk's decision on a letter is taken back in the state that the letter is in."""
    match action, letter.draft.state:
        case "return", LetterState.RETURN_DUE:
            return Undo.WITHDRAW
        case "return", LetterState.RETURNED:
            return Undo.REOPEN
        case "hold", LetterState.HELD:
            return Undo.RELEASE
        case _:
            return None


def on_paper(tx: Transaction, event: Event, deposit: Deposit) -> LastAct | None:
    """An act on paper after which nothing more happened to it.

    Paper that was paired by the filing of its e-copy is no act of its own: the filing is what is taken back.
    """
    undo, states = OF_PAPER[event.kind]
    before = events.latest(tx, before=event.number, limit=1)
    by_filing = event.kind == "paper-paired" and any(one.kind == "entry-filed" and one.at == event.at for one in before)
    later = events.list_(tx, subject=event.subject, after=event.number, limit=PAGE)
    stands = deposit.draft.state in states and all(one.at == event.at for one in later)
    return LastAct(event=event, undo=undo, deposit=deposit) if stands and not by_filing else None
