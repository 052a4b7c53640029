"""One cache of compiled statements for all registries of a test run.

A hub compiles each of its statements once and then runs it for months; a test run opens thousands of registries, and compiling
the same statements anew for each took a third of its time. What is compiled depends on the kind of the database only.
"""

from collections import defaultdict

import sqlalchemy as sa

LARGEST = 5000
"""Statements kept for one kind of database; far more than there are, unless tests make up new ones."""


class SharedStatements(dict):
    """A cache as SQLAlchemy asks it, with the engine left out of its keys."""

    def get(self, key, default=None):
        return super().get(key[1:], default)

    def __setitem__(self, key, compiled):
        if len(self) >= LARGEST:
            self.clear()
        super().__setitem__(key[1:], compiled)


_SHARED = defaultdict(SharedStatements)


@sa.event.listens_for(sa.Engine, "engine_connect")
def share_compiled_statements(connection):
    connection.execution_options(compiled_cache=_SHARED[connection.dialect.name])
