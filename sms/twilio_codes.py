"""What Twilio's answers mean: errors of creating a message by code, unknown codes by HTTP class, and message statuses."""

from sms.gateway import DeliveryState, SendState

_BY_CODE = {
    20003: SendState.TEMPORARY,  # wrong credentials: the office's to mend, no fault of the text
    20429: SendState.THROTTLED,
    20503: SendState.TEMPORARY,
    21211: SendState.PERMANENT,  # not a telephone number
    21408: SendState.PERMANENT,  # the country is not switched on
    21610: SendState.PERMANENT,  # the receiver has opted out
    21611: SendState.THROTTLED,  # the sender's queue is full
    21612: SendState.PERMANENT,  # not reachable by SMS
    21614: SendState.PERMANENT,  # not a mobile number
    21617: SendState.PERMANENT,  # longer than 1,600 characters
    30001: SendState.THROTTLED,  # queue overflow
}
_CREDENTIALS = frozenset({401, 403})

UNDELIVERED = {
    30001: "queue overflow",
    30002: "the account is suspended",
    30003: "the handset is switched off or out of reach",
    30004: "blocked by the receiver or the carrier",
    30005: "the handset is unknown",
    30006: "a fixed line, or a carrier that cannot be reached",
    30007: "filtered as spam by the carrier",
    30008: "the carrier does not say why",
    30010: "dearer than allowed",
}
"""Why a text that Twilio had taken did not arrive, by its error code."""

_STATUSES = {
    "accepted": DeliveryState.PENDING,
    "scheduled": DeliveryState.PENDING,
    "queued": DeliveryState.PENDING,
    "sending": DeliveryState.PENDING,
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.DELIVERED,
    # A text with a hole in it has reached nobody.
    "partially_delivered": DeliveryState.UNDELIVERED,
    "undelivered": DeliveryState.UNDELIVERED,
    "failed": DeliveryState.UNDELIVERED,
    "canceled": DeliveryState.UNDELIVERED,
}


def outcome_of(http_status: int, code: int) -> SendState:
    """What an error answer says about the text.

    Codes become more specific over the years, so an unknown one counts as its HTTP class does. After a 5xx nobody knows
    whether the message was made: creating one is not idempotent (error page 20500), and the list has to be asked.
    """
    if code in _BY_CODE:
        return _BY_CODE[code]
    if http_status == 429:
        return SendState.THROTTLED
    if http_status in _CREDENTIALS or 300 <= http_status < 400:
        return SendState.TEMPORARY
    return SendState.PERMANENT if 400 <= http_status < 500 else SendState.UNCERTAIN


def delivery_of(status: str) -> DeliveryState:
    """How far a message with this status has come; a status that Twilio adds later says nothing yet."""
    return _STATUSES.get(status, DeliveryState.UNKNOWN)
