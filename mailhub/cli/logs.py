"""The operator's log on stderr: one line a fact, `message key=value ...`."""

import json
import logging
from datetime import UTC, datetime
from functools import lru_cache

ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every log record has; all else is what the logging call added."""

# These log whole message lines or secrets at DEBUG.
CHATTY = ("mail.log", "asyncio", "sqlalchemy", "alembic", "pyhanko", "pyhanko_certvalidator", "twilio", "urllib3")

# Made once: `json.dumps` makes one for each value, and the doors write a line for each mail.
_encoded = json.JSONEncoder(ensure_ascii=False, default=str).encode


class LineFormatter(logging.Formatter):
    """Time in UTC, level, message, then the values of the call."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  the library's name
        """To the second, in UTC."""
        return _moment(int(record.created))

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback follows on its own lines."""
        words = [f"{key}={_encoded(value)}" for key, value in vars(record).items() if key not in ORDINARY]
        line = super().format(record)
        head, newline, trace = line.partition("\n")
        return " ".join([head, *words]) + newline + trace


@lru_cache(maxsize=2)
def _moment(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%SZ}"


def start_logging() -> None:
    """Log to stderr from INFO up."""
    # No line names them, and asking the system for them at every line takes its time.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
