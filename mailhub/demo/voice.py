"""How the story is told: one aligned line per mail, in the chosen language, coloured where a terminal shows it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailhub.cli.app import mailhub
from mailhub.demo.cast import CORRESPONDENTS, OFFICE
from mailhub.demo.outcome import ActOutcome, Ending, Outcome, Told
from mailhub.demo.scenes import Scene
from mailhub.language import Language, Text
from mailhub.profiles.vn.reasons import reason_text

if TYPE_CHECKING:
    from mailhub.demo.acts import Act

_WHAT_COLUMNS = 34
_OUTCOME_COLUMNS = 10

_OUTCOMES: dict[Outcome, tuple[Text, str]] = {
    Outcome.FILED: (Text(vi="VÀO SỔ", en="FILED"), "green"),
    Outcome.REPEAT: (Text(vi="ĐÃ CÓ", en="REPEAT"), "green"),
    Outcome.RETURNED: (Text(vi="TRẢ LẠI", en="RETURNED"), "red"),
    Outcome.PROPOSED: (Text(vi="ĐỀ XUẤT", en="PROPOSED"), "yellow"),
    Outcome.HELD: (Text(vi="CHỜ QUYẾT", en="HELD"), "yellow"),
    Outcome.SEALED: (Text(vi="NIÊM PHONG", en="SEALED"), "magenta"),
    Outcome.DISMISSED: (Text(vi="BỎ QUA", en="IGNORED"), "blue"),
    Outcome.OTHER: (Text(vi="KHÁC", en="OTHER"), "red"),
}
_ACTS: dict[ActOutcome, tuple[Text, str]] = {
    ActOutcome.WAITS: (Text(vi="CHỜ", en="WAITS"), "yellow"),
    ActOutcome.PAIRED: (Text(vi="GHÉP", en="PAIRED"), "green"),
    ActOutcome.ACCEPTED: (Text(vi="VÀO SỔ", en="FILED"), "green"),
    ActOutcome.RETURNED: (Text(vi="TRẢ LẠI", en="RETURNED"), "red"),
    ActOutcome.REFUSED: (Text(vi="CHƯA GỬI", en="NOT SENT"), "red"),
    ActOutcome.CONVENED: (Text(vi="MỜI", en="CONVENED"), "green"),
    ActOutcome.MOVED: (Text(vi="DỜI", en="MOVED"), "yellow"),
    ActOutcome.POSTPONED: (Text(vi="HOÃN", en="POSTPONED"), "yellow"),
    ActOutcome.REACHED: (Text(vi="GẶP ĐƯỢC", en="REACHED"), "green"),
    ActOutcome.OTHER: (Text(vi="KHÁC", en="OTHER"), "red"),
}
_NOTICES = {
    "receipt": Text(vi="đã báo nhận", en="receipt sent"),
    "repeat": Text(vi="đã báo lại số", en="number told again"),
    "return": Text(vi="đã báo nơi gửi", en="sender told"),
}
_TITLE = Text(
    vi="Văn bản ký số gửi qua thư điện tử: một buổi sáng ở Văn thư, bằng SMTP và chữ ký số thật.",
    en="Signed documents that arrive by mail: a morning at the registry, with real SMTP and real signatures.",
)


@dataclass(frozen=True, slots=True)
class Voice:
    """Tells the story in one language."""

    language: Language

    def title(self) -> None:
        """What this is."""
        self._line(_TITLE, bold=True)

    def opening(self, port: int, seconds: float) -> None:
        """What stands ready before the first mail."""
        agencies = len(CORRESPONDENTS)
        self._line(
            Text(
                vi=f"Cơ quan nhận: {OFFICE.name}, sổ {OFFICE.register}, số đến từ {OFFICE.first_number}.",
                en=f"The office: {OFFICE.name}, register {OFFICE.register}, numbers from {OFFICE.first_number}.",
            )
        )
        self._line(
            Text(
                vi=f"{agencies} cơ quan gửi, {2 * agencies} chứng thư số, dựng trong {self._decimal(seconds)} giây.",
                en=f"{agencies} agencies with {2 * agencies} certificates, made in {self._decimal(seconds)} s.",
            )
        )
        self._line(Text(vi=f"Cửa SMTP: 127.0.0.1:{port}\n", en=f"SMTP door: 127.0.0.1:{port}\n"))

    def scene(self, number: int, scene: Scene, ending: Ending) -> None:
        """One mail and what became of it."""
        label, colour = _OUTCOMES[ending.outcome]
        what = scene.what.in_(self.language).ljust(_WHAT_COLUMNS)
        outcome = click.style(label.in_(self.language).ljust(_OUTCOME_COLUMNS), fg=colour, bold=True)
        details = self._details(ending)
        if scene.confirmed:
            details.insert(1, Text(vi="văn thư đồng ý", en="clerk agreed").in_(self.language))
        click.echo(f"{number:>2}  {what} {outcome} {', '.join(details)}")

    def chapter(self) -> None:
        """What the acts behind the mails are about."""
        self._line(Text(vi="\nTại quầy, và một cuộc họp:", en="\nAt the counter, and a meeting:"))

    def act(self, number: int, act: "Act", told: Told) -> None:
        """One act and what became of it."""
        click.echo(f"{number:>2}  {act.what.in_(self.language).ljust(_WHAT_COLUMNS)} {self._told(told)}")

    def act_surprise(self, expected: Told) -> None:
        """What should have become of it."""
        words = self._told(expected)
        click.secho(Text(vi=f"    ! phải là: {words}", en=f"    ! expected: {words}").in_(self.language), fg="red")

    def _told(self, told: Told) -> str:
        label, colour = _ACTS[told.outcome]
        details = [Text(vi=f"số đến {number}", en=f"no. {number}") for number in told.numbers]
        if told.mails:
            details.append(Text(vi=f"{told.mails} thư", en=f"{told.mails} mail{'' if told.mails == 1 else 's'}"))
        if told.texts:
            details.append(Text(vi=f"{told.texts} tin nhắn", en=f"{told.texts} text{'' if told.texts == 1 else 's'}"))
        if told.more is not None:
            details.append(told.more)
        outcome = click.style(label.in_(self.language).ljust(_OUTCOME_COLUMNS), fg=colour, bold=True)
        return f"{outcome} {', '.join(detail.in_(self.language) for detail in details)}"

    def surprise(self, expected: Ending) -> None:
        """What should have become of it."""
        words = ", ".join((_OUTCOMES[expected.outcome][0].in_(self.language), *self._details(expected)))
        click.secho(Text(vi=f"    ! phải là: {words}", en=f"    ! expected: {words}").in_(self.language), fg="red")

    def run(self, home: Path, *arguments: str) -> int:
        """Run a command on the hub as its clerk would, with the command line above its answer; gives its exit code."""
        line = ["--home", str(home), *arguments]
        click.secho(f"\n$ mailhub {' '.join(line)}", dim=True)
        return mailhub.run([*line, "--lang", self.language.value], os.environ)

    def whereabouts(self, home: Path, places: tuple[Path, Path, Path, Path]) -> None:
        """Where to look, and how to go on. The places are those of the mails in and out, the texts and the prints."""
        sent, outbox, texts, prints = places
        lines = (
            (Text(vi="Thư gửi đến", en="Mails that were sent"), str(sent)),
            (Text(vi="Thư hệ thống đã gửi", en="Mails that the hub sent"), str(outbox)),
            (Text(vi="Tin nhắn đã gửi", en="Texts that the hub sent"), str(texts)),
            (Text(vi="Phiếu và giấy mời (PDF)", en="Slips and invitations (PDF)"), str(prints)),
            (Text(vi="Bàn làm việc của văn thư", en="The clerk's desk"), f"mailhub --home {home} desk"),
            (Text(vi="Chạy tiếp hệ thống này", en="Go on with this hub"), f"mailhub --home {home} serve"),
        )
        click.echo()
        for label, place in lines:
            click.echo(f"{label.in_(self.language).ljust(30)} {place}")

    def verdict(self, surprises: int, seconds: float) -> None:
        """Whether everything went as it should."""
        done = Text(
            vi=f"\nXong trong {self._decimal(seconds)} giây, mọi kết quả đúng như mong đợi.",
            en=f"\nDone in {self._decimal(seconds)} s, every outcome as expected.",
        )
        failed = Text(
            vi=f"\n{surprises} kết quả không như mong đợi; xem các dòng có dấu ! ở trên.",
            en=f"\n{surprises} outcomes were not as expected; see the lines marked ! above.",
        )
        click.secho((failed if surprises else done).in_(self.language), fg="red" if surprises else "green", bold=True)

    def _details(self, ending: Ending) -> list[str]:
        details = []
        if ending.numbers:
            numbers = ", ".join(map(str, ending.numbers))
            details.append(Text(vi=f"số đến {numbers}", en=f"no. {numbers}").in_(self.language))
        elif ending.reason is not None:
            details.append(reason_text(ending.reason).label.in_(self.language))
        if ending.notices:
            details.append(_NOTICES[ending.notices[0]].in_(self.language))
        elif ending.outcome is Outcome.DISMISSED:
            details.append(Text(vi="không trả lời", en="no answer").in_(self.language))
        return details

    def _decimal(self, value: float) -> str:
        text = f"{value:.1f}"
        return text.replace(".", ",") if self.language is Language.VI else text

    def _line(self, text: Text, *, bold: bool = False) -> None:
        click.echo(click.style(text.in_(self.language), bold=bold) if bold else text.in_(self.language))
