"""Which database, and where mail leaves to: what the tests of served hubs choose from."""

import pytest


def on(*worlds: tuple[str, str]):
    return pytest.mark.parametrize("crashes", worlds, ids="-".join, indirect=True)
