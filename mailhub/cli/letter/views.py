"""One letter or several as every verb shows them, and how letters are named in its help."""

from collections.abc import Sequence

from mailhub.cli.letter.lines import LETTER_FILE_LINE, LETTER_LINE, LETTER_SHEET
from mailhub.cli.session import Session
from mailhub.language import Text

NO_LETTER = Text(vi="Không có văn bản nào.", en="There is no letter.")
WHICH = Text(
    vi="Văn bản nêu bằng h128, số đến 4818, số ký hiệu 226/stc hoặc mã tra cứu.",
    en="A letter is named by h128, arrival number 4818, reference 226/stc or tracking code.",
)


def about(vi: str, en: str) -> Text:
    """What a command does, and how a letter is named."""
    return Text(vi=f"{vi} {WHICH.vi}", en=f"{en} {WHICH.en}")


def show_letter(session: Session, found: int) -> None:
    """One letter with its files."""
    view, output = session.hub.letter_views.show(session.unit.id, found), session.unit_output
    files = output.part("files", Text(vi="Tệp", en="Files"), LETTER_FILE_LINE, view.files)
    output.record(LETTER_SHEET, view, (files,))


def show_letters(session: Session, found: Sequence[int]) -> None:
    """Several letters after an act."""
    views = [session.hub.letter_views.show(session.unit.id, item) for item in found]
    session.unit_output.table(LETTER_LINE, views, empty=NO_LETTER)
