"""The schema's revisions, run by Alembic without a configuration file."""

from typing import Final

import sqlalchemy as sa

# The newest revision in `migrations`, which a test compares with Alembic's word: every command that opens a registry asks for
# it, and Alembic takes a third of a second to load.
HEAD: Final = "0001"

_VERSIONS = sa.table("alembic_version", sa.column("version_num", sa.Text))

# Any number that all hubs agree on; it queues two upgrades of one PostgreSQL database.
_UPGRADE_LOCK: Final = 7_241_901


def current_revision(connection: sa.Connection) -> str | None:
    """Name the revision of the database; None where there is none."""
    if not sa.inspect(connection).has_table(_VERSIONS.name):
        return None
    revision: str | None = connection.scalar(sa.select(_VERSIONS.c.version_num))
    return revision


def upgrade(connection: sa.Connection) -> None:
    """Run every missing revision inside the connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
    if current_revision(connection) == HEAD:
        return
    from alembic import command  # noqa: PLC0415  only an upgrade pays for it
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    # Named as package and folder, so that an installed wheel finds it too.
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
