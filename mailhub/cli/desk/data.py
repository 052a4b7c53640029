"""The desk as data for programs; keys and codes are never translated."""

from mailhub.deposit_codes import deposit_code
from mailhub.desk import DeskLetter, DeskView
from storage.records import Deposit, LetterState


def desk_data(view: DeskView) -> dict[str, object]:
    """Everything the screen shows."""
    return {
        "unit": view.unit.code,
        "at": view.at,
        "next_numbers": {series.register.code: series.next_number for series in view.series},
        "last_arrival": {"door": view.arrival.door, "at": view.arrival.at} if view.arrival else None,
        "door_alarms": [{"door": door.door, "account": door.account, "alarms": door.alarms} for door in view.alarms],
        "unread": view.unread,
        "being_checked": view.checking,
        "filed_today": view.filed_today,
        "unanswered_today": view.unanswered,
        "flash": [{"id": f"h{flash.letter.id}", "number": flash.entry.number if flash.entry else None} for flash in view.flashes],
        "undecided": [letter_data(item) for item in view.undecided],
        "ready": [letter_data(item) for item in view.ready],
        "leaving": [letter_data(item) for item in view.leaving],
        "tray": [deposit_data(item) for item in view.deposits],
        "unreadable": [submission.id for submission in view.unreadable],
        "letterless": view.letterless,
        "cases": [{"id": case.id, "letter": f"h{case.draft.letter_id}"} for case in view.cases],
        "calls": [{"meeting": f"m{call.meeting_id}", "name": call.name, "phones": call.phones} for call in view.calls],
        "stuck": [
            {
                "id": item.id,
                "kind": item.draft.kind,
                "channel": item.draft.channel,
                "recipient": item.draft.recipient,
                "state": item.state,
            }
            for item in view.stuck
        ],
    }


def letter_data(item: DeskLetter) -> dict[str, object]:
    """One letter; what a sealed one says stays unsaid."""
    draft = item.letter.draft
    return {
        "id": f"h{item.letter.id}",
        "received_at": draft.received_at,
        "sender": item.sender,
        "reference": draft.reference,
        "subject": None if draft.state is LetterState.SEALED else draft.subject,
        "state": draft.state,
        "action": draft.action,
        "reasons": draft.reasons,
        "urgency": draft.urgency,
        "signatures_valid": draft.signatures_valid,
        "signatures_seen": draft.signatures_seen,
        "files": item.files,
        "enclosures_found": draft.enclosures_found,
        "enclosures_declared": draft.enclosures_declared,
        "due_at": draft.due_at,
        "same_number_as": f"h{item.twin_id}" if item.twin_id else None,
    }


def deposit_data(item: Deposit) -> dict[str, object]:
    """One paper in the tray."""
    draft = item.draft
    return {
        "id": deposit_code(item.id),
        "state": draft.state,
        "sender": draft.sender,
        "reference": draft.reference,
        "subject": draft.subject,
        "deposited_at": draft.deposited_at,
        "due_at": draft.due_at,
    }
