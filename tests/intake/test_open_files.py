"""A process may open as many files as its door needs, where the system lets it."""

import pytest

from mailhub.serving import descriptors


@pytest.mark.parametrize(
    ("limits", "sessions", "set_to"),
    [
        ((1024, 524_288), 200, None),
        ((1024, 524_288), 5000, 10_512),
        ((1024, 4096), 5000, 4096),
        ((-1, -1), 5000, None),
        ((1024, -1), 5000, 10_512),
    ],
)
def test_the_soft_limit_is_raised_as_far_as_needed_and_allowed(monkeypatch, caplog, limits, sessions, set_to):
    done = []
    monkeypatch.setattr("resource.getrlimit", lambda _: limits)
    monkeypatch.setattr("resource.setrlimit", lambda _, new: done.append(new))
    descriptors.allow(sessions)
    assert done == ([] if set_to is None else [(set_to, limits[1])])
    assert bool(caplog.records) == (set_to == 4096)
