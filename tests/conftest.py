"""Fixtures that every part of the suite shares."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.servers.memory import memory_folder

# The same examples in every run and on every machine, however slow it is: a run says something about a change, not about luck.
# `pytest --hypothesis-profile=explore` takes others each time; `make fuzz` looks further and deeper than a run has time for.
settings.register_profile(
    "suite", max_examples=60, deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", settings.get_profile("suite"), derandomize=False)
settings.load_profile("suite")

if memory := memory_folder():
    # Before pytest makes its first folder; workers of xdist take it over.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))

pytest_plugins = [
    "tests.compiled_statements",
    "tests.fixtures_agencies",
    "tests.fixtures_pki",
    "tests.fixtures_sms",
    "tests.fixtures_storage",
    "tests.kept_offices",
    "tests.kept_readers",
]

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of third-party test data, which stands beside the checkout."""
    if CORPORA.is_dir():
        return CORPORA
    message = f"third-party test data not found: expected a folder shared/corpora beside the checkout ({CORPORA})"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
