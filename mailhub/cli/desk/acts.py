"""What the desk's keys do: each act on a letter as it was seen, with one sentence of what became of it."""

import io
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from mailhub.cli.explanation import show_explanation
from mailhub.cli.failures import sentence
from mailhub.cli.letter.lines import all_reasons
from mailhub.cli.letter.views import show_letter
from mailhub.cli.paper.views import show_view
from mailhub.cli.session import Session
from mailhub.cli.submission import safe_name, write_new
from mailhub.deposit_codes import deposit_code
from mailhub.desk import DeskLetter
from mailhub.errors import MailhubError, RefusedError
from mailhub.language import Text
from mailhub.policy.reasons import ReasonCode
from mailhub.profiles.vn.reasons import reason_text
from mailhub.undoing import LastAct, nothing_to_undo
from storage.errors import StorageError
from storage.records import Deposit, Letter

FAILURES = (MailhubError, StorageError, OSError)


@dataclass(frozen=True, slots=True)
class Acts:
    """The acts of one clerk."""

    session: Session

    def attempt(self, act: Callable[[], Text]) -> str:
        """Do it, or say why it was not done."""
        try:
            return self.say(act())
        except FAILURES as error:
            return f"! {sentence(error, self.session.language)}"

    def file(self, letter: Letter) -> Text:
        """Give it the next number."""
        entry = self.session.hub.letters.file_seen(self.session.actor, letter)
        name = f"h{letter.id} {letter.draft.reference}".strip()
        return Text(vi=f"{name}: số đến {entry.number}", en=f"{name}: number {entry.number}")

    def file_all(self, items: Sequence[DeskLetter]) -> list[str]:
        """File exactly these; each line says what became of one. A letter that has moved on is passed over."""
        return [self.attempt(lambda item=item: self.file(item.letter)) for item in items]  # type: ignore[misc]

    def send_back(self, letter: Letter, reasons: tuple[ReasonCode, ...], note: str = "") -> Text:
        """Return it after the delay."""
        after = self.session.hub.letters.return_seen(self.session.actor, letter, reasons=reasons, note=note)
        labels = ", ".join(reason_text(ReasonCode(code)).label.in_(self.session.language) for code in after.draft.reasons)
        return Text(
            vi=f"h{letter.id}: sẽ trả vì {labels}; z = rút lại",
            en=f"h{letter.id}: will be returned for {labels}; z = withdraw",
        )

    def hold(self, letter: Letter, reason: str) -> Text:
        """Keep it on the desk."""
        self.session.hub.letters.hold_seen(self.session.actor, letter, reason=reason)
        return Text(vi=f"h{letter.id}: giữ lại ({reason})", en=f"h{letter.id}: held ({reason})")

    def withdraw(self, letter: Letter) -> Text:
        """Take its return back."""
        reason = self.say(Text(vi="rút tại bàn", en="withdrawn at the desk"))
        self.session.hub.letters.withdraw(self.session.actor, letter.draft.unit_id, letter.id, reason=reason)
        return Text(vi=f"h{letter.id}: đã rút thư trả", en=f"h{letter.id}: the return is withdrawn")

    def return_paper(self, deposit: Deposit) -> Text:
        """Decide that paper without its e-copy goes back."""
        code = deposit_code(deposit.id)
        self.session.hub.counter.return_(self.session.actor, deposit.draft.unit_id, deposit.id)
        return Text(vi=f"{code}: sẽ báo trả giấy; z = rút lại", en=f"{code}: its return will be announced; z = withdraw")

    def withdraw_paper(self, deposit: Deposit) -> Text:
        """Take the return of paper back."""
        code, reason = deposit_code(deposit.id), self.say(Text(vi="rút tại bàn", en="withdrawn at the desk"))
        self.session.hub.counter.withdraw(self.session.actor, deposit.draft.unit_id, deposit.id, reason=reason)
        return Text(vi=f"{code}: đã rút việc trả giấy", en=f"{code}: the return is withdrawn")

    def paper_sheet(self, deposit: Deposit) -> str:
        """The paper with its deadline and notices, as a text to read."""
        with redirect_stdout(io.StringIO()) as written:
            show_view(self.session, self.session.hub.counter.show(deposit.draft.unit_id, deposit.id))
        return written.getvalue()

    def last(self) -> LastAct:
        """What `z` would take back."""
        act = self.session.hub.undoing.last(self.session.actor, self.session.unit.id)
        if act is None:
            raise nothing_to_undo()
        return act

    def undo(self, act: LastAct) -> Text:
        """Take it back."""
        reason = self.say(Text(vi="hoàn tác tại bàn", en="undone at the desk"))
        return self.session.hub.undoing.undo(self.session.actor, act, reason=reason)

    def save(self, letter: Letter, folder: Path) -> Text:
        """Write the letter's files into a folder of its own; those that are there already stay as they are."""
        hub, unit_id = self.session.hub, letter.draft.unit_id
        files = hub.letter_views.show(unit_id, letter.id).files
        if not files:
            raise RefusedError(Text(vi=f"h{letter.id} không có tệp nào", en=f"h{letter.id} has no files"))
        place = folder / f"h{letter.id}"
        place.mkdir(parents=True, exist_ok=True)
        for item in files:
            path = place / safe_name(item.file)
            if not path.exists():
                write_new(path, hub.submissions.file_bytes(self.session.actor, unit_id, item.file.submission_id, item.file.id))
        count = len(files)
        return Text(vi=f"{count} tệp ở {place.absolute()}", en=f"{count} files in {place.absolute()}")

    def sheet(self, letter_id: int) -> str:
        """The letter with its reasons, signatures, fields and findings, as a text to read."""
        with redirect_stdout(io.StringIO()) as written:
            show_letter(self.session, letter_id)
            try:
                explanation = self.session.hub.letters.explain(self.session.unit.id, letter_id)
            except MailhubError as error:
                return f"{written.getvalue()}\n{sentence(error, self.session.language)}"
            written.write("\n")
            show_explanation(self.session.unit_output, explanation)
        return written.getvalue()

    def reasons(self, letter: Letter) -> str:
        """The reasons in plain words."""
        return self.say(all_reasons(letter))

    def say(self, text: Text) -> str:
        """In the clerk's language."""
        return text.in_(self.session.language)
