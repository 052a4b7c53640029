"""How the story is told: one aligned line per mail, in the chosen language, coloured where a terminal shows it."""

import os
from dataclasses import dataclass
from pathlib import Path

import click

from mailhub.cli.app import mailhub
from mailhub.demo.cast import CORRESPONDENTS, OFFICE
from mailhub.demo.outcome import Ending, Outcome
from mailhub.demo.scenes import Scene
from mailhub.language import Language, Text
from mailhub.profiles.vn.reasons import reason_text

_WHAT_COLUMNS = 34
_OUTCOME_COLUMNS = 10

_OUTCOMES: dict[Outcome, tuple[Text, str]] = {
    Outcome.FILED: (Text(vi="VÀO SỔ", en="FILED"), "green"),
    Outcome.REPEAT: (Text(vi="ĐÃ CÓ", en="REPEAT"), "green"),
    Outcome.RETURNED: (Text(vi="TRẢ LẠI", en="RETURNED"), "red"),
    Outcome.HELD: (Text(vi="CHỜ QUYẾT", en="HELD"), "yellow"),
    Outcome.SEALED: (Text(vi="NIÊM PHONG", en="SEALED"), "magenta"),
    Outcome.DISMISSED: (Text(vi="BỎ QUA", en="IGNORED"), "blue"),
    Outcome.OTHER: (Text(vi="KHÁC", en="OTHER"), "red"),
}
_TITLE = Text(
    vi="Văn bản ký số gửi qua thư điện tử: một buổi sáng ở Văn thư, bằng SMTP và chữ ký số thật.",
    en="Signed documents that arrive by mail: a morning at the registry, with real SMTP and real signatures.",
)
_AFTERWARDS = Text(vi="Sau đó, bằng dòng lệnh:", en="Afterwards, on the command line:")


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
        click.echo(f"{number:>2}  {what} {outcome} {', '.join(self._details(ending))}")

    def surprise(self, expected: Ending) -> None:
        """What should have become of it."""
        words = ", ".join((_OUTCOMES[expected.outcome][0].in_(self.language), *self._details(expected)))
        click.secho(Text(vi=f"    ! phải là: {words}", en=f"    ! expected: {words}").in_(self.language), fg="red")

    def run(self, home: Path, *arguments: str) -> int:
        """Run a command on the hub as its clerk would, with the command line above its answer; gives its exit code."""
        line = ["--home", str(home), *arguments]
        click.secho(f"\n$ mailhub {' '.join(line)}", dim=True)
        return mailhub.run([*line, "--lang", self.language.value], os.environ)

    def farewell(self, home: Path, sent: Path, seconds: float, surprises: int) -> None:
        """Where everything is, how to go on, and whether it went as it should."""
        self._line(
            Text(
                vi=(
                    f"\nThư đã gửi đến: {sent}\n"
                    f"Thư hệ thống gửi đi: {home / 'outbox'}\n"
                    f"Chạy tiếp: mailhub --home {home} serve\n"
                    f"Vì sao một văn bản chờ quyết: mailhub --home {home} letter explain h4"
                ),
                en=(
                    f"\nThe mails that were sent: {sent}\n"
                    f"The mails that the hub sent: {home / 'outbox'}\n"
                    f"Go on: mailhub --home {home} serve\n"
                    f"Why a letter waits for a clerk: mailhub --home {home} letter explain h4"
                ),
            )
        )
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
            told = Text(vi="đã báo nơi gửi", en="sender told")
            details.append(told.in_(self.language))
        elif ending.outcome is Outcome.DISMISSED:
            details.append(Text(vi="không trả lời", en="no answer").in_(self.language))
        return details

    def _decimal(self, value: float) -> str:
        text = f"{value:.1f}"
        return text.replace(".", ",") if self.language is Language.VI else text

    def _line(self, text: Text, *, bold: bool = False) -> None:
        click.echo(click.style(text.in_(self.language), bold=bold) if bold else text.in_(self.language))
