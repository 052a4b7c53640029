"""Opening a hub, making a new one, and bringing one to this program's schema."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from mailhub.clock import Clock, system_clock
from mailhub.errors import RefusedError
from mailhub.hub.hub import Hub
from mailhub.hub.keys import KEY_BYTES, KEY_FILE
from mailhub.language import Language, Text
from mailhub.settings import load, write_default
from storage.database import Database

LOCK_FILE = "mailhub.lock"


def open_hub(home: Path, environ: Mapping[str, str] | None = None, clock: Clock | None = None) -> Hub:
    """Open the hub in a folder.

    Raises SettingsError for a wrong `mailhub.toml`, SchemaVersionError for a registry of another version. A given clock
    is used instead of the machine's and the database's.
    """
    settings = load(home, os.environ if environ is None else environ)
    database = Database.open(settings.storage.database, lock_file=home / LOCK_FILE, clock=clock)
    database.require_current_schema()
    return Hub(home=home, settings=settings, database=database, clock=clock or system_clock)


def upgrade_hub(home: Path, environ: Mapping[str, str] | None = None) -> tuple[str | None, str | None]:
    """Bring the registry to this program's schema; gives the version before and after."""
    settings = load(home, os.environ if environ is None else environ)
    database = Database.open(settings.storage.database, lock_file=home / LOCK_FILE)
    try:
        before = database.schema_version()
        database.upgrade()
        return before, database.schema_version()
    finally:
        database.close()


def create_home(home: Path, environ: Mapping[str, str] | None = None, language: Language = Language.VI) -> None:
    """Make a new hub's folder: settings with comments in this language, an empty registry, the sealing key.

    Raises RefusedError where the folder is a hub already.
    """
    if (home / "mailhub.toml").exists():
        raise RefusedError(
            Text(
                vi=f"{home} đã là một hệ thống; chạy nó bằng `mailhub --home {home} serve`",
                en=f"{home} is a hub already; run it with `mailhub --home {home} serve`",
            )
        )
    home.mkdir(parents=True, exist_ok=True)
    write_default(home, language)
    (home / KEY_FILE).parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(home / KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    upgrade_hub(home, environ)
