"""Open files: a session needs one, a large message one more, and systems allow a process few of them at first."""

import logging
import resource
from typing import Final

log = logging.getLogger(__name__)

OTHERS: Final = 512
"""Database connections, segments, readers, mailboxes."""


def allow(sessions: int) -> None:
    """Raise what this process may open, as far as the system lets it without asking anybody."""
    wanted = 2 * sessions + OTHERS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < wanted:
        log.warning("too few open files for smtp.max_sessions", extra={"allowed": allowed, "wanted": wanted})
