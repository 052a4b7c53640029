"""Runs inside a transaction that the caller opened and will commit."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], target_metadata=None)
context.run_migrations()
