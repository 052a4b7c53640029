"""The operator's log on stderr: one line a fact, `message key=value ...`."""

import json
import logging
from datetime import UTC, datetime

ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every log record has; all else is what the logging call added."""

# These log whole message lines or secrets at DEBUG.
CHATTY = ("mail.log", "asyncio", "sqlalchemy", "alembic", "pyhanko", "pyhanko_certvalidator", "twilio", "urllib3")


class LineFormatter(logging.Formatter):
    """Time in UTC, level, message, then the values of the call."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  the library's name
        """To the second, in UTC."""
        return f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%SZ}"

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback follows on its own lines."""
        values = {key: value for key, value in vars(record).items() if key not in ORDINARY}
        words = [f"{key}={json.dumps(value, ensure_ascii=False, default=str)}" for key, value in values.items()]
        line = super().format(record)
        head, newline, trace = line.partition("\n")
        return " ".join([head, *words]) + newline + trace


def start_logging() -> None:
    """Log to stderr from INFO up."""
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
