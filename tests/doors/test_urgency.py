"""What is read first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.doors.urgency import HEAD_OCTETS, ORDINARY, URGENT, priority_of


@pytest.mark.parametrize("field", [b"X-Priority: 1 (Highest)", b"importance: High", b"Priority: urgent"])
def test_a_mail_marked_urgent_is_read_first(field):
    assert priority_of(b"Subject: x\r\n" + field + b"\r\n\r\nbody") == URGENT


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"X-Priority: 3\r\n\r\n",
        b"X-Priority: 10\r\n\r\n",
        b"Subject: Importance: high\r\n\r\n",
        b"Subject: x\r\n\r\nImportance: high\r\n",
        b"X: " + b"x" * HEAD_OCTETS + b"\r\nImportance: high\r\n\r\n",
    ],
)
def test_every_other_mail_waits_its_turn(raw):
    assert priority_of(raw) == ORDINARY


@given(st.binary())
def test_any_octets_have_a_priority(raw):
    assert priority_of(raw) in {ORDINARY, URGENT}
