from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms.gateway import DeliveryState
from sms.smpp_pdu import MESSAGE_STATE, RECEIPTED_MESSAGE_ID, Receipt, read_receipt, segments, whole
from sms.smpp_receipts import Receipts, other_notations


@dataclass
class Parameter:
    tag: int
    value: bytes


@dataclass
class Delivered:
    short_message: bytes
    esm_class: int = 0x04
    source_addr: str = "84912345678"
    tlvs: list = field(default_factory=list)


@pytest.mark.parametrize(
    ("said", "receipt"),
    [
        (
            b"id:0123456789 sub:001 dlvrd:001 submit date:2408090810 done date:2408090812 stat:DELIVRD err:000 text:HOAN HOP",
            Receipt("0123456789", "84912345678", DeliveryState.DELIVERED),
        ),
        (b"id:a7 stat:UNDELIV err:021", Receipt("a7", "84912345678", DeliveryState.UNDELIVERED, "021")),
        (b"Id: A7 Stat: expired", Receipt("A7", "84912345678", DeliveryState.UNDELIVERED)),
        (b"id:a7 stat:ACCEPTD", Receipt("a7", "84912345678", DeliveryState.SENT)),
        (b"id:a7 stat:NOVEL", Receipt("a7", "84912345678", DeliveryState.UNKNOWN)),
        (b"id:a7", Receipt("a7", "84912345678", DeliveryState.UNKNOWN)),
        (b"stat:DELIVRD", None),
        (b"", None),
    ],
)
def test_receipts_as_carriers_write_them(said, receipt):
    assert read_receipt(Delivered(said)) == receipt


def test_parameters_go_before_the_text():
    tlvs = [Parameter(RECEIPTED_MESSAGE_ID, b"B8\0"), Parameter(MESSAGE_STATE, b"\x02")]
    receipt = read_receipt(Delivered(b"id:a7 stat:UNDELIV", tlvs=tlvs))
    assert receipt == Receipt("B8", "84912345678", DeliveryState.DELIVERED)


parameters = st.builds(Parameter, st.sampled_from([RECEIPTED_MESSAGE_ID, MESSAGE_STATE, 0x1400]), st.binary(max_size=8))
deliveries = st.builds(
    Delivered,
    st.binary(max_size=60) | st.text(alphabet="id:stater 0DLIVR\n", max_size=60).map(str.encode),
    st.integers(0, 255),
    st.text(max_size=20),
    st.lists(parameters, max_size=3),
)


@given(deliveries)
def test_any_delivery_is_a_receipt_or_none(event):
    receipt = read_receipt(event)
    assert receipt is None or receipt.message_id


@given(st.text(min_size=1, max_size=500), st.integers(0, 255))
def test_every_part_of_a_text_fits_a_short_message(text, reference):
    parts = segments(text, reference)
    assert all(len(part.octets) <= 160 for part in parts)
    assert len({part.data_coding for part in parts}) == 1
    joined = b"".join(part.octets[6:] if part.esm_class else part.octets for part in parts)
    assert joined == whole(text).octets


@given(st.integers(0, 2**64))
def test_a_number_is_found_in_the_notation_of_the_other_side(number):
    assert str(number) in other_notations(f"{number:X}") or f"{number:X}" == str(number)
    assert f"{number:X}" in other_notations(str(number)) or f"{number:X}" == str(number)


@given(st.text(max_size=20))
def test_any_message_id_may_be_asked_for(message_id):
    assert message_id not in other_notations(message_id)


def test_only_the_latest_receipts_are_kept():
    receipts = Receipts(most=2)
    for name in ("1a", "2b", "3c"):
        receipts.take(Receipt(name, "84912345678", DeliveryState.DELIVERED))
    assert [receipts.delivery(name).state for name in ("1a", "2b", "3c")] == [
        DeliveryState.PENDING,
        DeliveryState.DELIVERED,
        DeliveryState.DELIVERED,
    ]
