"""The words of notes: what a mail was noted as, how it was tied, what followed, why nothing did."""

from enum import StrEnum

REPLY = "reply"
"""What a person's answer to our notice is noted as, and the channel of a calendar's answer among the notes of a meeting."""

AUTOMATIC = "automatic"
"""What a program's mail is noted as that is none of the known kinds."""

COUNTER = "counter"
"""The outcome of an answer that asks for another time."""


class TiedBy(StrEnum):
    """How it is known which dispatch a mail answers."""

    RETURN_PATH = "return-path"
    MESSAGE_ID = "message-id"
    CALENDAR = "calendar"


class Doubt(StrEnum):
    """Why an answer changes nothing."""

    UNKNOWN_DISPATCH = "unknown-dispatch"
    UNKNOWN_MEETING = "unknown-meeting"
    NOT_INVITED = "not-invited"
    FORGED_SENDER = "forged-sender"
    DELEGATE = "delegate"
    UNKNOWN_REVISION = "unknown-revision"
    OVERTAKEN = "overtaken"
    ALREADY_ENDED = "already-ended"


class Effect(StrEnum):
    """What an answer changed."""

    FAILED = "failed"
    DELIVERED = "delivered"
    REACH = "reach"
