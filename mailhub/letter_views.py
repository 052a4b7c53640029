"""Letters as clerks look at them. Looking needs nothing of what decides, so that the commands that only look start soon."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.pairing import waiting_for
from storage import cases, deposits, letters, registry
from storage.database import Database, Transaction
from storage.errors import NotFoundError
from storage.folding import fold
from storage.records import Case, CaseState, Deposit, Entry, Letter, LetterFile, LetterState


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterView:
    """A letter with its files and, once it has one, its number; `deposit` where it was handed in on paper.

    `cases` are what turned up after it was decided. `waiting_paper` is what waits at the counter for this letter, its e-copy;
    only a single letter is asked for it.
    """

    letter: Letter
    files: tuple[LetterFile, ...]
    entry: Entry | None
    deposit: Deposit | None = None
    waiting_paper: Deposit | None = None
    cases: tuple[Case, ...] = ()

    @property
    def open_cases(self) -> int:
        """How many cases of the letter wait for a clerk."""
        return sum(case.state is CaseState.OPEN for case in self.cases)


@dataclass(frozen=True, slots=True)
class LetterViews:
    """Looks letters up."""

    database: Database

    def list_(
        self, unit_id: int, *, states: Iterable[LetterState] | None = None, limit: int = 100, before_id: int | None = None
    ) -> tuple[LetterView, ...]:
        """Letters, newest first."""
        with self.database.reading() as tx:
            found = letters.list_(tx, unit_id, states=states, limit=limit, before_id=before_id)
            return tuple(view_of(tx, letter) for letter in found)

    def show(self, unit_id: int, letter_id: int) -> LetterView:
        """One letter; raises RefusedError when the unit has none with this id."""
        with self.database.reading() as tx:
            view = view_of(tx, letter_of(tx, unit_id, letter_id))
            return replace(view, waiting_paper=next(iter(waiting_for(tx, view.letter)), None))

    def find(self, unit_id: int, reference: str, *, states: Iterable[LetterState], limit: int = 20) -> tuple[Letter, ...]:
        """Letters in these states whose number and symbol begin so, newest first; tone marks and case do not matter."""
        with self.database.reading() as tx:
            return tuple(letters.find_by_reference(tx, unit_id, fold(reference), states, limit))


def letter_of(tx: Transaction, unit_id: int, letter_id: int) -> Letter:
    """A letter of the unit, or the sentence that there is none."""
    try:
        return letters.get(tx, unit_id, letter_id)
    except NotFoundError as error:
        raise RefusedError(
            Text(
                vi=f"không có văn bản h{letter_id}; xem `mailhub letter list`",
                en=f"there is no letter h{letter_id}; see `mailhub letter list`",
            )
        ) from error


def view_of(tx: Transaction, letter: Letter) -> LetterView:
    """A letter as clerks look at it."""
    deposit = deposits.of_letter(tx, letter.id) if letter.draft.submission_id is None else None
    entry = registry.entry_of_letter(tx, letter.id)
    found = tuple(cases.of_letters(tx, [letter.id]))
    return LetterView(letter=letter, files=letters.files(tx, letter.id), entry=entry, deposit=deposit, cases=found)
