"""A letter and what is stored about it as opaque documents, read back: its facts and its latest decision."""

from mailhub import codec
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.policy.case import LetterFacts
from mailhub.policy.record import DecisionRecord
from storage import deposits, documents
from storage.database import Transaction
from storage.records import Letter, LetterState


def facts_of_letter(tx: Transaction, letter: Letter) -> LetterFacts:
    """The stored facts of a letter; raises RefusedError for paper, which has none, and where a purge has destroyed them."""
    refuse_paper(tx, letter)
    if letter.draft.facts_id is None:
        raise RefusedError(
            Text(vi=f"nội dung của h{letter.id} không còn được lưu", en=f"the content of h{letter.id} is no longer kept")
        )
    return codec.decode(documents.get(tx, letter.draft.facts_id).body, LetterFacts)


def decision_of_letter(tx: Transaction, letter: Letter) -> DecisionRecord:
    """The letter's latest decision with its inputs; raises RefusedError where there is none (any more)."""
    refuse_paper(tx, letter)
    if letter.draft.state is LetterState.PURGED:
        raise RefusedError(
            Text(
                vi=f"h{letter.id} đã được tiêu hủy vì là bí mật; nội dung và căn cứ quyết định không còn",
                en=f"h{letter.id} was purged as a secret; neither its content nor what was decided on is kept",
            )
        )
    if letter.draft.state is LetterState.SEALED and letter.draft.decision_id is None:
        raise RefusedError(
            Text(
                vi=f"h{letter.id} do văn thư niêm phong; các quyết định trước đó đã được xóa cùng nội dung",
                en=f"h{letter.id} was sealed by a clerk; earlier decisions went with its content",
            )
        )
    if letter.draft.decision_id is None:
        raise RefusedError(Text(vi=f"h{letter.id} chưa có quyết định nào", en=f"h{letter.id} has no decision yet"))
    return codec.decode(documents.get(tx, letter.draft.decision_id).body, DecisionRecord)


def refuse_paper(tx: Transaction, letter: Letter) -> None:
    """Refuse what only mailed letters have: nothing was read of paper, and no machine has decided it."""
    if letter.draft.submission_id is None and deposits.of_letter(tx, letter.id) is not None:
        raise on_paper(letter)


def on_paper(letter: Letter) -> RefusedError:
    """Paper has verbs of its own."""
    name = f"h{letter.id}"
    return RefusedError(
        Text(
            vi=f"{name} là bản giấy nộp tại quầy: dùng `mailhub paper` (xem `mailhub paper show {name}`)",
            en=f"{name} is paper from the counter: use `mailhub paper` (see `mailhub paper show {name}`)",
        )
    )
