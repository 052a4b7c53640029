"""The living authority, one for the whole run."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.pki.services import Laboratory


@pytest.fixture(scope="session")
def _laboratory(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Laboratory]":
    # Whoever needs no authority does not pay for its libraries.
    from tests.pki.services import running_laboratory

    with running_laboratory(tmp_path_factory.mktemp("laboratory")) as laboratory:
        yield laboratory


@pytest.fixture
def laboratory(_laboratory: "Laboratory") -> "Iterator[Laboratory]":
    """The authority as it should be: whatever a test makes odd ends with the test."""
    _laboratory.clear()
    yield _laboratory
    _laboratory.clear()
