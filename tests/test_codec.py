from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.codec import decode, encode
from mailhub.errors import DamagedDocumentError
from mailhub.policy.case import Action, Decision
from mailhub.policy.reasons import ReasonCode
from parsers.signatures.trust import TrustSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    at: datetime
    on: date | None
    tags: tuple[str, ...]
    action: Action
    raw: bytes
    notes: dict[str, int] = field(default_factory=dict)


SAMPLES = st.builds(
    Sample,
    at=st.datetimes(timezones=st.just(UTC)),
    on=st.none() | st.dates(),
    tags=st.lists(st.text()).map(tuple),
    action=st.sampled_from(Action),
    raw=st.binary(),
    notes=st.dictionaries(st.text(), st.integers(min_value=-(2**53), max_value=2**53)),
)


@given(SAMPLES)
def test_what_was_encoded_is_decoded_to_the_same_value(sample):
    assert decode(encode(sample), Sample) == sample


def test_equal_values_give_equal_bytes_whatever_the_order_of_keys():
    first = {"b": 1, "a": {"d": 1, "c": 2}}
    second = {"a": {"c": 2, "d": 1}, "b": 1}
    assert encode(first) == encode(second) == b'{"a":{"c":2,"d":1},"b":1}'


def test_a_decision_survives_the_round_trip():
    decision = Decision(
        action=Action.HOLD,
        reasons=(ReasonCode.ENCLOSURES_MISSING, ReasonCode.COPY),
        automatic=False,
        legal_value="full",
        register="UBND",
        missing=("Phụ lục 2",),
        rule_set=1,
        policy_version="p",
        trust_version="t",
    )
    assert decode(encode(decision), Decision) == decision


def test_bytes_survive_the_round_trip():
    snapshot = TrustSnapshot(signer_anchors=(b"\x00\xff",))
    assert decode(encode(snapshot), TrustSnapshot) == snapshot


@pytest.mark.parametrize("body", [b"", b"{", b'"text"', b'{"at":1}', b"\xff\xfe", b'{"at":"2024-08-09T00:00:00Z"}'])
def test_a_damaged_document_is_named_as_such(body):
    with pytest.raises(DamagedDocumentError, match="Sample"):
        decode(body, Sample)


@given(st.binary())
def test_decode_never_raises_anything_but_damaged_document(body):
    with suppress(DamagedDocumentError):
        decode(body, Sample)


def test_a_field_of_a_newer_version_is_passed_over():
    assert decode(b'{"signer_anchors":[],"colour":"red"}', TrustSnapshot) == TrustSnapshot()
