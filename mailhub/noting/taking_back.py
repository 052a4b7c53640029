"""Taking a note back: a clerk says that the mail is work, and what a report had changed does not count."""

from mailhub.noting.words import Effect
from storage import noted
from storage.database import Transaction
from storage.records import Actor, DispatchState, EventDraft

STATES = {Effect.FAILED.value: DispatchState.FAILED, Effect.DELIVERED.value: DispatchState.DELIVERED}


def take_back(tx: Transaction, actor: Actor, submission_id: int, reason: str) -> list[EventDraft]:
    """Forget what a mail was noted as; a dispatch that still is what the report made of it was sent, and no more is known.

    What a calendar answered stays among the meeting's notes, where a call that is noted later takes its place.
    """
    note = noted.of_submission(tx, submission_id)
    if note is None:
        return []
    noted.take_back(tx, submission_id)
    state = STATES.get(note.effect)
    if note.dispatch_id is None or state is None or not noted.counts_no_more(tx, note.dispatch_id, state):
        return []
    data: dict[str, object] = {"submission": submission_id, "state": state.value}
    subject = f"dispatch/{note.dispatch_id}"
    return [EventDraft(kind="dispatch-report-taken-back", subject=subject, actor=actor, data=data, reason=reason)]
