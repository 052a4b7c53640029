"""When a submission is settled: every letter of it has had its answer."""

from storage import letters, submissions
from storage.database import Transaction
from storage.records import Letter, LetterState, SubmissionState

ANSWERED = frozenset(
    {
        LetterState.FILED,
        LetterState.RETURNED,
        LetterState.REPEAT,
        LetterState.MERGED,
        LetterState.PURGED,
        LetterState.DISMISSED,
    }
)


def settle(tx: Transaction, letter: Letter) -> None:
    """Mark the letter's submission settled when this was its last open letter, and open again when it is not."""
    submission_id = letter.draft.submission_id
    if submission_id is None:
        return
    states = {item.draft.state for item in letters.of_submission(tx, submission_id)}
    answered = states <= ANSWERED
    submissions.set_state(tx, submission_id, SubmissionState.SETTLED if answered else SubmissionState.READ)
