"""Which mails are read first: what the sender's mail program says in the head of the message, found without parsing it."""

import re
from typing import Final

ORDINARY: Final = 0
URGENT: Final = 1

HEAD_OCTETS: Final = 16 * 1024
"""The search ends here, whatever the message holds."""

URGENT_FIELD: Final = re.compile(
    rb"^(?:X-Priority:[ \t]*1\b|Importance:[ \t]*high\b|Priority:[ \t]*urgent\b)", re.IGNORECASE | re.MULTILINE
)


def priority_of(raw: bytes) -> int:
    """Priority of a mail that nobody has read yet (RFC 2156, 5.3.6; X-Priority as mail programs write it).

    It moves a mail forward in the queue and decides nothing: the marks in the documents do that.
    """
    head = re.split(rb"\r?\n\r?\n", raw[:HEAD_OCTETS], maxsplit=1)[0]
    return URGENT if URGENT_FIELD.search(head) else ORDINARY
