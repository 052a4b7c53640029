"""The schema's revisions, run by Alembic without a configuration file."""

from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

# Any number that all hubs agree on; it queues two upgrades of one PostgreSQL database.
_UPGRADE_LOCK: Final = 7_241_901


def _config() -> Config:
    config = Config()
    # Named as package and folder, so that an installed wheel finds it too.
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("path_separator", "os")
    return config


def head_revision() -> str | None:
    """Name the revision that this program works with."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current_revision(connection: sa.Connection) -> str | None:
    """Name the revision of the database; None where there is none."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: sa.Connection) -> None:
    """Run every missing revision inside the connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
