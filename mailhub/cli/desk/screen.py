"""The desk on a terminal. What arrives meanwhile never changes what a key acts on: lines change only after a clerk's key.

The letters are those that were there when the clerk looked (`r`); each act names the letter in the version that was shown,
and one that has moved on is refused and said.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mailhub.cli.desk.acts import FAILURES, Acts
from mailhub.cli.desk.canvas import Canvas
from mailhub.cli.desk.layout import Frame, Line, Tone, cut
from mailhub.cli.desk.lines import READY, body_lines, head_lines
from mailhub.cli.failures import sentence
from mailhub.cli.letter.lines import reason_words
from mailhub.deposit_codes import deposit_code
from mailhub.desk import DeskLetter, DeskView
from mailhub.language import Text
from mailhub.policy.reasons import ReasonCode
from mailhub.profiles.vn.shortcuts import shortcuts
from storage.folding import fold
from storage.records import Deposit, DepositState, Entry, LetterState

POLL_SECONDS = 5.0
"""How often the counts are read again while nobody types."""

KEYS = Text(
    vi="⏎xem o=tệp v=vào sổ t=trả k=giữ/gọi ?=lý do /=tìm z=hoàn tác r=làm mới q=thoát",
    en="⏎look o=files v=file t=return k=hold/call ?=why /=search z=undo r=refresh q=quit",
)
HOLDS = (
    Text(vi="đã gọi, chờ cơ quan gửi", en="called, waiting for the sender"),
    Text(vi="chờ bổ sung", en="waiting for what is missing"),
    Text(vi="chờ ý kiến lãnh đạo", en="waiting for a word from above"),
)
OTHER = Text(vi="lý do khác (gõ)", en="another reason (typed)")
SOME = 9


@dataclass
class DeskScreen:
    """One clerk's session at the desk."""

    acts: Acts
    canvas: Canvas
    look: Callable[[], DeskView]
    frame: Frame
    save_folder: Path
    selected: str = ""
    message: str = ""
    seen: DeskView = field(init=False)
    live: DeskView = field(init=False)
    known: frozenset[str] = field(init=False)

    def run(self) -> None:
        """Until the clerk leaves."""
        self.refresh()
        while True:
            self.paint()
            key = self.canvas.keyboard.read(POLL_SECONDS)
            if key == "q":
                return
            if key:
                self.message = ""
                self.press(key)
            else:
                self.poll()

    def press(self, key: str) -> None:
        """Do what a key asks for."""
        keys: dict[str, Callable[[], None]] = {
            "up": lambda: self.step(-1),
            "down": lambda: self.step(1),
            "j": lambda: self.step(1),
            "home": lambda: self.step(-len(self.targets())),
            "end": lambda: self.step(len(self.targets())),
            "page-up": lambda: self.step(-SOME),
            "page-down": lambda: self.step(SOME),
            "r": self.refresh,
            "V": self.file_all,
            "z": self.undo,
            "/": self.search,
        }
        on_letter: dict[str, Callable[[DeskLetter], None]] = {
            "enter": self.open,
            "v": self.file,
            "t": self.send_back,
            "k": self.hold,
            "o": self.save,
            "?": self.explain,
        }
        if key == "enter" and self.selected == READY:
            self.frame = replace(self.frame, expanded=not self.frame.expanded)
        elif key in keys:
            keys[key]()
        elif key in on_letter:
            item, paper = self.letter(), self.paper()
            if item is not None:
                on_letter[key](item)
            elif paper is not None:
                self.press_on_paper(key, paper)
            else:
                self.message = self.say(Text(vi="chọn một dòng văn bản trước (↑↓)", en="select a letter's line first (↑↓)"))

    def press_on_paper(self, key: str, paper: Deposit) -> None:
        """What a key does on the line of paper: look, or decide its return."""
        if key == "t":
            self.message = self.acts.attempt(lambda: self.acts.return_paper(paper))
            self.after_act(advance=True)
        elif key in {"enter", "?"}:
            self.canvas.show(self.acts.paper_sheet(paper), {})
        else:
            self.message = self.say(Text(vi="với giấy: ⏎ xem, t trả, z rút", en="paper: ⏎ look, t return, z withdraw"))

    # --- what is shown ---------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Take in what has arrived."""
        self.live = self.seen = self.look()
        self.known = names_in(self.seen)
        self.settle(self.targets())

    def poll(self) -> None:
        """Read the counts again; the lines stay. A hỏa tốc letter that is new rings."""
        before = {flash.letter.id for flash in self.live.flashes if flash.entry is None}
        self.live = self.look()
        if {flash.letter.id for flash in self.live.flashes if flash.entry is None} - before:
            self.canvas.ring()

    def after_act(self, *, advance: bool = False) -> None:
        """Show the same letters as they are now; `advance` goes on to the next line, wherever the letter went."""
        before = self.targets()
        self.live = self.look()
        self.seen = known_only(self.live, self.known)
        if advance:
            self.selected = self.beside(before)
        self.settle(before)

    def settle(self, before: Sequence[str]) -> None:
        """Keep the selection; where its line has gone, go to the one that was beside it."""
        now = self.targets()
        if self.selected not in now:
            self.selected = self.beside(before) or (now[0] if now else "")

    def beside(self, before: Sequence[str]) -> str:
        """The next line that was below the selected one, else the nearest above; what waits for a word comes first."""
        if self.selected not in before:
            return ""
        place, now = before.index(self.selected), self.targets()
        near = [target for target in (*before[place + 1 :], *reversed(before[:place])) if target in now]
        waiting = {f"h{item.letter.id}" for item in self.seen.undecided}
        waiting |= {deposit_code(item.id) for item in self.seen.overdue}
        return next((target for target in near if target in waiting), near[0] if near else "")

    def paint(self) -> None:
        """Draw head, lines around the selected one, message and keys."""
        columns, rows = self.canvas.size
        self.frame = replace(self.frame, width=columns)
        head = head_lines(self.live, self.frame)[: rows - 4]
        body = body_lines(self.seen, self.frame)
        room = rows - len(head) - 2
        place = next((n for n, line in enumerate(body) if line.target and line.target == self.selected), None)
        top = max(0, min((place or 0) - room // 2, len(body) - room))
        new = len(names_in(self.live) - self.known)
        fresh = self.say(Text(vi=f"mới {new}: r. ", en=f"new {new}: r. ")) if new else ""
        foot = [
            Line(text=cut(fresh + self.message, columns), tone=Tone.TITLE),
            Line(text=cut(f"> {self.selected} {self.say(KEYS)}", columns)),
        ]
        shown = body[top : top + room]
        padding = [Line(text="")] * (room - len(shown))
        selected = None if place is None else len(head) + place - top
        self.canvas.paint([*head, *shown, *padding, *foot], selected)

    def targets(self) -> list[str]:
        """What can be selected, from above."""
        return [line.target for line in body_lines(self.seen, self.frame) if line.target]

    def step(self, by: int) -> None:
        """Select another line."""
        targets = self.targets()
        if targets:
            place = targets.index(self.selected) if self.selected in targets else 0
            self.selected = targets[max(0, min(len(targets) - 1, place + by))]

    def letter(self) -> DeskLetter | None:
        """The selected letter as it was seen."""
        everything = (*self.seen.undecided, *self.seen.ready, *self.seen.leaving)
        return next((item for item in everything if f"h{item.letter.id}" == self.selected), None)

    def paper(self) -> Deposit | None:
        """The selected paper as it was seen."""
        return next((item for item in self.seen.deposits if deposit_code(item.id) == self.selected), None)

    # --- what is done ----------------------------------------------------------------------------------------------

    def file(self, item: DeskLetter) -> None:
        """`v`."""
        self.message = self.acts.attempt(lambda: self.acts.file(item.letter))
        self.after_act(advance=True)

    def file_all(self) -> None:
        """`V`: exactly the ready letters that are on the screen, after one question."""
        items = self.seen.ready
        if not items:
            self.message = self.say(Text(vi="không có văn bản nào sẵn sàng", en="nothing is ready"))
            return
        names = "\n".join(f"  h{item.letter.id}  {item.letter.draft.reference}  {item.sender}" for item in items)
        count = len(items)
        if self.canvas.ask(Text(vi=f"Vào sổ cả {count} văn bản?\n{names}", en=f"File all {count} letters?\n{names}")):
            told = self.acts.file_all(items)
            skipped = sum(line.startswith("!") for line in told)
            self.message = self.say(
                Text(vi=f"vào sổ {count - skipped}, bỏ qua {skipped}", en=f"filed {count - skipped}, passed over {skipped}")
            )
            self.canvas.show("\n".join(told), {})
            self.after_act()

    def send_back(self, item: DeskLetter) -> None:
        """`t`: with the proposed reasons or one from the menu."""
        proposed = tuple(ReasonCode(code) for code in item.letter.draft.reasons)
        menu: list[tuple[ReasonCode, ...]] = [(code,) for code in shortcuts().reasons if code not in proposed]
        if item.letter.draft.action == "return" and item.letter.draft.state is LetterState.PROPOSED:
            menu.insert(0, proposed)
        else:
            menu[:0] = [(code,) for code in proposed if code in shortcuts().reasons]
        options = [", ".join(self.say(reason_words(code.value)) for code in codes) for codes in menu[:SOME]]
        chosen = self.canvas.choose(Text(vi=f"Trả {self.selected} vì:", en=f"Return {self.selected} for:"), options)
        if chosen is not None:
            self.message = self.acts.attempt(lambda: self.acts.send_back(item.letter, menu[chosen]))
            self.after_act(advance=True)

    def hold(self, item: DeskLetter) -> None:
        """`k`."""
        options = [self.say(reason) for reason in (*HOLDS, OTHER)]
        chosen = self.canvas.choose(Text(vi=f"Giữ {self.selected} vì:", en=f"Hold {self.selected} because:"), options)
        if chosen is None:
            return
        reason = options[chosen] if chosen < len(HOLDS) else self.canvas.type(Text(vi="Lý do:", en="Reason:"))
        if reason:
            self.message = self.acts.attempt(lambda: self.acts.hold(item.letter, reason))
            self.after_act(advance=True)

    def undo(self) -> None:
        """`z`: on a return that waits, withdraw it; elsewhere take back the clerk's last act."""
        item, paper = self.letter(), self.paper()
        if item is not None and item.letter.draft.state is LetterState.RETURN_DUE:
            self.message = self.acts.attempt(lambda: self.acts.withdraw(item.letter))
        elif paper is not None and paper.draft.state is DepositState.RETURN_DUE:
            self.message = self.acts.attempt(lambda: self.acts.withdraw_paper(paper))
        else:
            self.message = self.undo_last()
        self.after_act()

    def undo_last(self) -> str:
        """Take back the clerk's last act; what leaves a mark is asked first."""
        try:
            act = self.acts.last()
        except FAILURES as error:
            return f"! {sentence(error, self.frame.language)}"
        if act.asks and not self.canvas.ask(Text(vi=f"Hoàn tác: {act.words.vi}?", en=f"Undo: {act.words.en}?")):
            return ""
        return self.acts.attempt(lambda: self.acts.undo(act))

    def save(self, item: DeskLetter) -> None:
        """`o`."""
        self.message = self.acts.attempt(lambda: self.acts.save(item.letter, self.save_folder))

    def open(self, item: DeskLetter) -> None:
        """Enter: read the letter's sheet; the keys of the desk work there too."""
        keys = Text(vi="vào sổ|trả|giữ|tệp|lý do", en="file|return|hold|files|why")
        key = self.canvas.show(self.acts.sheet(item.letter.id), dict(zip("vtko?", self.say(keys).split("|"), strict=True)))
        if key != "escape":
            self.press(key)

    def explain(self, item: DeskLetter) -> None:
        """`?`."""
        self.canvas.show(self.acts.reasons(item.letter), {})

    def search(self) -> None:
        """`/`: among the lines of the desk, then in the register."""
        text = self.canvas.type(
            Text(vi="Tìm (số, ký hiệu, cơ quan, trích yếu):", en="Search (number, reference, issuer, subject):")
        )
        if not text:
            return
        here = [item for item in (*self.seen.undecided, *self.seen.ready, *self.seen.leaving) if is_meant(item, text)]
        filed: tuple[Entry, ...] = self.acts.session.hub.registers.search(self.seen.unit.id, text, SOME)
        options = [f"h{item.letter.id}  {item.letter.draft.reference}  {item.sender}" for item in here]
        options += [f"{entry.number}/{entry.year}  {entry.draft.reference}  {entry.draft.issuer}" for entry in filed]
        if not options:
            self.message = self.say(Text(vi=f"không thấy {text!r}", en=f"nothing by {text!r}"))
            return
        chosen = self.canvas.choose(Text(vi=f"Tìm thấy {len(options)}:", en=f"Found {len(options)}:"), options)
        if chosen is None:
            return
        if chosen < len(here):
            self.frame = replace(self.frame, expanded=True)
            self.selected = f"h{here[chosen].letter.id}"
        else:
            self.canvas.show(self.acts.sheet(filed[chosen - len(here)].draft.letter_id), {})

    def say(self, text: Text) -> str:
        """In the clerk's language."""
        return text.in_(self.frame.language)


def names_in(view: DeskView) -> frozenset[str]:
    """Everything on the desk that can be acted on."""
    letters = {f"h{item.letter.id}" for item in (*view.undecided, *view.ready, *view.leaving)}
    return frozenset(letters | {f"g{deposit.id}" for deposit in view.deposits})


def known_only(view: DeskView, known: frozenset[str]) -> DeskView:
    """The desk without what came after the clerk looked."""

    def seen(items: Sequence[DeskLetter]) -> tuple[DeskLetter, ...]:
        return tuple(item for item in items if f"h{item.letter.id}" in known)

    return replace(
        view,
        undecided=seen(view.undecided),
        ready=seen(view.ready),
        leaving=seen(view.leaving),
        deposits=tuple(deposit for deposit in view.deposits if f"g{deposit.id}" in known),
    )


def is_meant(item: DeskLetter, text: str) -> bool:
    """Whether every word asked for stands in the line."""
    draft = item.letter.draft
    line = fold(f"h{item.letter.id} {draft.reference} {item.sender} {draft.subject}")
    return all(word in line for word in fold(text).split())
