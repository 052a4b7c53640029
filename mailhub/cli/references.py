"""How clerks name records: h128 is a letter, 4818 an arrival number, G7-0312 paper, 226/stc a reference; or a tracking code."""

import re
from collections.abc import Sequence

from mailhub.cli.session import Session
from mailhub.deposit_codes import deposit_code, looks_like_deposit_code, parse_deposit_code
from mailhub.errors import RefusedError
from mailhub.language import Text
from storage.records import Deposit, DepositState, Entry, LetterState

LETTER = re.compile(r"h(\d{1,18})", re.IGNORECASE)
ENTRY = re.compile(r"(\d{1,9})(?:/(\d{4}))?")
SUBMISSION = re.compile(r"\d{1,18}")


def letter_id(session: Session, text: str) -> int:
    """The letter that is meant; raises RefusedError where none or more than one is."""
    if match := LETTER.fullmatch(text):
        return int(match[1])
    if match := ENTRY.fullmatch(text):
        return _entry_by_number(session, match, None).draft.letter_id
    if looks_like_deposit_code(text):
        return _letter_on_paper(session, text)
    found = session.hub.submission_views.named(session.unit.id, text)
    if found:
        views = [session.hub.submissions.show(session.unit.id, item.id) for item in found]
        return _only([letter.id for view in views for letter in view.letters], text)
    return _only(_letters_by_reference(session, text), text)


def entry_of(session: Session, text: str, register: str | None) -> Entry:
    """The entry that is meant; raises RefusedError where none or more than one is."""
    if match := ENTRY.fullmatch(text):
        return _entry_by_number(session, match, register)
    if match := LETTER.fullmatch(f"h{letter_id(session, text)}" if looks_like_deposit_code(text) else text):
        entry = session.hub.letter_views.show(session.unit.id, int(match[1])).entry
        if entry is None:
            raise RefusedError(Text(vi=f"{text} chưa vào sổ", en=f"{text} is not filed"))
        return entry
    entries = session.hub.registers.search(session.unit.id, text)
    if len(entries) == 1:
        return entries[0]
    raise _unclear(text, [str(entry.number) for entry in entries])


def deposit_id(session: Session, text: str) -> int:
    """The paper that is meant, by its code, its letter or its reference; raises RefusedError where none or several are."""
    found = parse_deposit_code(text)
    if found is not None:
        return found
    if looks_like_deposit_code(text):
        raise RefusedError(
            Text(
                vi=f"{text!r}: chữ số kiểm tra sai; xem lại mã trên phiếu",
                en=f"{text!r}: the check digit is wrong; read it again",
            )
        )
    if LETTER.fullmatch(text) or ENTRY.fullmatch(text):
        deposit = session.hub.letter_views.show(session.unit.id, letter_id(session, text)).deposit
        if deposit is None:
            raise RefusedError(Text(vi=f"{text} không phải bản giấy", en=f"{text} did not come on paper"))
        return deposit.id
    found_ones = _deposits_by_reference(session, text)
    if len(found_ones) == 1:
        return found_ones[0].id
    raise _unclear(text, [f"{deposit_code(item.id)} ({item.draft.reference or item.draft.sender})" for item in found_ones])


def agency_code(session: Session, text: str) -> str:
    """The code of the agency that is meant, by any of its codes or a part of its name; raises RefusedError where it is open."""
    found = session.hub.directory.agencies(session.unit.id, search=text, limit=20)
    wanted = text.strip().casefold()
    exact = [code.code for agency in found for code in agency.codes if code.code.casefold() == wanted]
    if exact or len(found) == 1:
        return exact[0] if exact else found[0].codes[0].code
    if not found:
        return text
    raise _unclear(text, [f"{agency.codes[0].code} {agency.name}" for agency in found])


def submission_id(session: Session, text: str) -> int:
    """The submission that is meant, by its number or its tracking code."""
    if SUBMISSION.fullmatch(text):
        return int(text)
    found = session.hub.submission_views.named(session.unit.id, text)
    if not found:
        raise RefusedError(
            Text(
                vi=f"không có thư {text!r}; nêu số của thư (57) hoặc mã tra cứu, xem `mailhub submission list`",
                en=f"there is no submission {text!r}; give its number (57) or tracking code, see `mailhub submission list`",
            )
        )
    if len(found) > 1:
        raise _unclear(text, [item.draft.tracking_code for item in found])
    return found[0].id


def _entry_by_number(session: Session, match: re.Match[str], register: str | None) -> Entry:
    year = int(match[2]) if match[2] else None
    return session.hub.registers.show(session.unit.id, int(match[1]), year=year, register=register)


def _deposits_by_reference(session: Session, text: str) -> Sequence[Deposit]:
    """Paper whose number begins so before any other, paper in the house before what has left it."""
    from storage.folding import fold

    found = session.hub.counter.search(session.unit.id, text)
    named = [item for item in found if fold(item.draft.reference).startswith(fold(text))] or list(found)
    return [item for item in named if item.draft.state not in OUT_OF_THE_HOUSE] or named


def _letter_on_paper(session: Session, text: str) -> int:
    letter = session.hub.counter.show(session.unit.id, deposit_id(session, text)).deposit.draft.letter_id
    if letter is None:
        raise RefusedError(Text(vi=f"{text} chỉ được ghi nhận, không có văn bản", en=f"{text} was only noted and has no letter"))
    return letter


def _letters_by_reference(session: Session, text: str) -> list[int]:
    """Letters on the desk first; what is filed is found by the register's search."""
    waiting = [letter.id for letter in session.hub.letter_views.find(session.unit.id, text, states=DESK)]
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

OUT_OF_THE_HOUSE = frozenset({DepositState.RETURNED, DepositState.CANCELLED})
"""The states of paper that is not here any more, or never was."""
