"""How clerks name records: h128 is a letter, 4818 an arrival number, K7M4-Q2XD a tracking code, 226/stc a reference."""

import re
from collections.abc import Sequence

from mailhub.cli.session import Session
from mailhub.errors import RefusedError
from mailhub.language import Text
from storage.records import Entry, LetterState

LETTER = re.compile(r"h(\d{1,18})", re.IGNORECASE)
ENTRY = re.compile(r"(\d{1,9})(?:/(\d{4}))?")
SUBMISSION = re.compile(r"\d{1,18}")


def letter_id(session: Session, text: str) -> int:
    """The letter that is meant; raises RefusedError where none or more than one is."""
    if match := LETTER.fullmatch(text):
        return int(match[1])
    if match := ENTRY.fullmatch(text):
        return _entry_by_number(session, match, None).draft.letter_id
    found = session.hub.submissions.named(session.unit.id, text)
    if found:
        views = [session.hub.submissions.show(session.unit.id, item.id) for item in found]
        return _only([letter.id for view in views for letter in view.letters], text)
    return _only(_letters_by_reference(session, text), text)


def entry_of(session: Session, text: str, register: str | None) -> Entry:
    """The entry that is meant; raises RefusedError where none or more than one is."""
    if match := ENTRY.fullmatch(text):
        return _entry_by_number(session, match, register)
    if match := LETTER.fullmatch(text):
        entry = session.hub.letters.show(session.unit.id, int(match[1])).entry
        if entry is None:
            raise RefusedError(Text(vi=f"{text} chưa vào sổ", en=f"{text} is not filed"))
        return entry
    entries = session.hub.registers.search(session.unit.id, text)
    if len(entries) == 1:
        return entries[0]
    raise _unclear(text, [str(entry.number) for entry in entries])


def submission_id(session: Session, text: str) -> int:
    """The submission that is meant, by its number or its tracking code."""
    if SUBMISSION.fullmatch(text):
        return int(text)
    found = session.hub.submissions.named(session.unit.id, text)
    if len(found) != 1:
        raise _unclear(text, [item.draft.tracking_code for item in found])
    return found[0].id


def _entry_by_number(session: Session, match: re.Match[str], register: str | None) -> Entry:
    year = int(match[2]) if match[2] else None
    return session.hub.registers.show(session.unit.id, int(match[1]), year=year, register=register)


def _letters_by_reference(session: Session, text: str) -> list[int]:
    """Letters on the desk first; what is filed is found by the register's search."""
    waiting = [letter.id for letter in session.hub.letters.find(session.unit.id, text, states=DESK)]
    return waiting or [entry.draft.letter_id for entry in session.hub.registers.search(session.unit.id, text)]


def _only(found: Sequence[int], text: str) -> int:
    if len(found) == 1:
        return found[0]
    raise _unclear(text, [f"h{item}" for item in found])


def _unclear(text: str, candidates: Sequence[str]) -> RefusedError:
    if not candidates:
        return RefusedError(
            Text(
                vi=f"không tìm thấy {text!r}; dùng h128, 4818, 4818/2024, mã tra cứu hoặc số ký hiệu",
                en=f"nothing is known by {text!r}; use h128, 4818, 4818/2024, a tracking code or a reference",
            )
        )
    listed = ", ".join(candidates)
    return RefusedError(Text(vi=f"{text!r} có thể là {listed}; hãy chọn một", en=f"{text!r} may be {listed}; choose one"))


DESK = (LetterState.WAITING, LetterState.PROPOSED, LetterState.HELD, LetterState.RETURN_DUE)
"""The states in which a letter still asks for something."""
