"""The SMPP gateway against smpp34's own server as the SMSC."""

import socket
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import smpp34

from sms.gateway import DeliveryState, SearchState, SendState, SmsFollowing, TextMessage
from sms.smpp_gateway import SmppGateway
from sms.smpp_link import SmppSettings
from tests.servers.smsc import HOLD, RECEIPT_FIRST, ScriptedSmsc
from tests.servers.waiting import free_port, until

NUMBER, DIGITS = "+84912345678", "84912345678"
THROTTLED, QUEUE_FULL, NO_SUCH_NUMBER, SYSTEM_ERROR = 0x58, 0x14, 0x0B, 0x08


@pytest.fixture
def smsc():
    with ScriptedSmsc() as server:
        yield server


@pytest.fixture
def opened():
    gateways = []

    def open_(port, **changes):
        settings = {"host": "127.0.0.1", "system_id": "vpub", "password": "secret", "source": "VPUB", "seconds": 20.0} | changes
        gateways.append(SmppGateway(SmppSettings(port=port, **settings)))
        return gateways[-1]

    yield open_
    for gateway in gateways:
        gateway.close()


@pytest.fixture
def gateway(smsc, opened):
    return opened(smsc.port)


def text(words="HOAN HOP GM 226", reference="dispatch-7", **changes):
    return TextMessage(to=NUMBER, text=words, reference=reference, **changes)


def test_a_text_is_submitted_as_the_carrier_wants_it(gateway, smsc):
    outcome = gateway.send(text(valid_for=timedelta(hours=26, seconds=90)))
    (submitted,) = smsc.submitted
    assert (outcome.state, outcome.sid) == (SendState.ACCEPTED, "1")
    assert submitted.destination_addr == DIGITS
    assert (submitted.dest_addr_ton, submitted.dest_addr_npi) == (1, 1)
    assert (submitted.source_addr, submitted.source_addr_ton, submitted.source_addr_npi) == ("VPUB", 5, 0)
    assert (submitted.data_coding, submitted.esm_class, submitted.registered_delivery) == (0, 0, 1)
    assert submitted.short_message == b"HOAN HOP GM 226"
    assert isinstance(gateway, SmsFollowing)


def test_gsm_letters_are_sent_by_their_codes_and_others_as_ucs_2(gateway, smsc):
    gateway.send(text("@ 5€ à"))
    gateway.send(text("Hoãn họp"))
    first, second = smsc.submitted
    assert (first.data_coding, first.short_message) == (0, b"\x00 5\x1be \x7f")
    assert (second.data_coding, second.short_message) == (8, "Hoãn họp".encode("utf-16-be"))


@pytest.mark.parametrize(("words", "parts"), [("a" * 160, 1), ("a" * 161, 2), ("đ" * 70, 1), ("đ" * 135, 3)])
def test_a_long_text_goes_in_parts_that_a_phone_joins_again(gateway, smsc, words, parts):
    outcome = gateway.send(text(words))
    assert len(smsc.submitted) == len(outcome.sid.split()) == parts
    if parts == 1:
        return
    headers = [event.short_message[:6] for event in smsc.submitted]
    assert [header[:3] for header in headers] == [b"\x05\x00\x03"] * parts
    assert len({header[3] for header in headers}) == 1
    assert [(header[4], header[5]) for header in headers] == [(parts, place) for place in range(1, parts + 1)]
    assert all(event.esm_class == 0x40 for event in smsc.submitted)
    coding = "ascii" if words[0] == "a" else "utf-16-be"
    assert "".join(event.short_message[6:].decode(coding) for event in smsc.submitted) == words


def test_consecutive_long_texts_to_one_phone_have_references_of_their_own_and_wrap(gateway, smsc):
    for _ in range(257):
        gateway.send(text("a" * 161))
    references = [event.short_message[3] for event in smsc.submitted[::2]]
    assert len(set(references[:256])) == 256
    assert references[256] == references[0]


def test_a_long_text_goes_whole_where_the_carrier_takes_payloads(smsc, opened):
    outcome = opened(smsc.port, payload=True).send(text("a" * 200))
    (submitted,) = smsc.submitted
    assert outcome.sid == "1"
    assert (submitted.short_message, [(tlv.tag, tlv.value) for tlv in submitted.tlvs]) == (b"", [(0x0424, b"a" * 200)])


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (THROTTLED, SendState.THROTTLED),
        (QUEUE_FULL, SendState.THROTTLED),
        (NO_SUCH_NUMBER, SendState.PERMANENT),
        (SYSTEM_ERROR, SendState.TEMPORARY),
        (0x0400, SendState.TEMPORARY),
    ],
)
def test_a_refused_text_has_an_outcome_by_its_status(gateway, smsc, status, state):
    smsc.script.append(status)
    outcome = gateway.send(text())
    assert outcome.state is state
    assert outcome.detail
    assert (outcome.wait is not None) == (state is SendState.THROTTLED)
    assert len(smsc.submitted) == 1


def test_a_long_text_that_is_throttled_midway_is_finished_and_never_begun_again(gateway, smsc):
    smsc.script.extend(["a1", THROTTLED, "a2", "a3"])
    outcome = gateway.send(text("a" * 400))
    assert (outcome.state, outcome.sid) == (SendState.ACCEPTED, "a1 a2 a3")
    assert [event.short_message[5] for event in smsc.submitted] == [1, 2, 2, 3]


def test_a_long_text_that_cannot_be_finished_is_uncertain(gateway, smsc, monkeypatch):
    smsc.script.extend(["a1", *[THROTTLED] * 50])
    # Time is up when the second part has been offered for the third time.
    monkeypatch.setattr("sms.smpp_gateway._left", lambda _deadline: 20.0 if len(smsc.submitted) < 4 else 0.0)
    outcome = gateway.send(text("a" * 400))
    assert outcome.state is SendState.UNCERTAIN
    assert outcome.detail.startswith("part 2 of 3")


def test_a_text_without_an_answer_is_uncertain_and_the_link_goes_on(smsc, opened):
    gateway = opened(smsc.port, seconds=1.0)
    smsc.script.append(HOLD)
    assert gateway.send(text()).state is SendState.UNCERTAIN
    until(lambda: gateway.send(text()).state is SendState.ACCEPTED, "an answer in time")
    assert smsc.bound == 1


def test_where_no_link_can_be_had_nothing_was_sent(opened):
    gateway = opened(free_port(), seconds=1.0)

    def refused():
        outcome = gateway.send(text())
        assert outcome.state is SendState.TEMPORARY
        return "refused" in outcome.detail

    until(refused, "the refusal to be heard of")


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_server_whose_name_is_not_known_is_no_link(opened):
    assert opened(2775, host="smsc.invalid", seconds=1.0).send(text()).state is SendState.TEMPORARY


def test_a_wrong_password_is_no_link_and_shows_nowhere(opened):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuse():
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(struct.pack(">IIII", 16, 0x80000009, 0x0E, 1))

        threading.Thread(target=refuse, daemon=True).start()
        outcome = opened(server.getsockname()[1], seconds=1.0).send(text())
    assert outcome.state is SendState.TEMPORARY
    assert "secret" not in outcome.detail + repr(SmppSettings(host="h", port=1, system_id="s", password="secret", source="V"))


def test_a_link_that_was_lost_is_made_again(gateway, smsc):
    gateway.send(text())
    smsc.stop()
    smsc.start()
    assert until(lambda: gateway.send(text()).state is SendState.ACCEPTED, "the link to be made again")


def test_a_link_lost_in_the_middle_leaves_every_text_on_its_way_uncertain_and_none_sent_twice(gateway, smsc):
    smsc.script.extend([HOLD] * 10)
    with ThreadPoolExecutor(15) as pool:
        sent = [pool.submit(gateway.send, text(reference=str(number))) for number in range(15)]
        until(lambda: smsc.held == 10, "a full window")
        time.sleep(0.1)
        assert len(smsc.submitted) == 10
        smsc.stop()
        smsc.start()
        states = [future.result().state for future in sent]
    assert states.count(SendState.UNCERTAIN) == 10
    # Those that had found no place in the window went over the new link, once.
    assert states.count(SendState.ACCEPTED) == 5
    assert len(smsc.submitted) == 15


def test_a_receipt_tells_what_became_of_a_text(gateway, smsc):
    sid = gateway.send(text()).sid
    assert gateway.status(sid).state is DeliveryState.PENDING
    smsc.receipt(DIGITS, f"id:{sid} stat:DELIVRD err:000")
    until(lambda: gateway.status(sid).state is DeliveryState.DELIVERED, "the receipt")
    smsc.receipt(DIGITS, f"id:{sid} stat:UNDELIV err:011")
    smsc.receipt(DIGITS, "id:other stat:DELIVRD")
    until(lambda: gateway.status("other").state is DeliveryState.DELIVERED, "the receipts after it")
    assert gateway.status(sid).state is DeliveryState.DELIVERED


def test_a_receipt_may_come_before_the_answer_to_the_submission(gateway, smsc):
    smsc.script.append(RECEIPT_FIRST)
    sid = gateway.send(text()).sid
    assert gateway.status(sid).state is DeliveryState.DELIVERED


def test_a_receipt_of_parameters_alone_is_read(gateway, smsc):
    sid = gateway.send(text()).sid
    named = smpp34.Tlv(0x001E, sid.encode() + b"\0")
    smsc.receipt(DIGITS, "", tlvs=[named, smpp34.Tlv(0x0427, b"\x05")])
    until(lambda: gateway.status(sid).state is DeliveryState.UNDELIVERED, "the receipt")


def test_a_long_text_has_arrived_when_all_its_parts_have(gateway, smsc):
    sid = gateway.send(text("a" * 400)).sid
    first, second, third = sid.split()
    for part in (first, second):
        smsc.receipt(DIGITS, f"id:{part} stat:DELIVRD")
    until(lambda: gateway.status(second).state is DeliveryState.DELIVERED, "two receipts")
    assert gateway.status(sid).state is DeliveryState.PENDING
    smsc.receipt(DIGITS, f"id:{third} stat:EXPIRED err:027")
    until(lambda: gateway.status(sid).state is DeliveryState.UNDELIVERED, "the third receipt")
    assert gateway.status(sid).detail == "error 027"


def test_a_receipt_in_another_notation_counts_for_the_same_phone_only(gateway, smsc):
    smsc.script.extend(["2F", "30"])
    first, second = gateway.send(text()).sid, gateway.send(text()).sid
    smsc.receipt(DIGITS, "id:0000000047 stat:DELIVRD")
    smsc.receipt(DIGITS, "id:47 stat:DELIVRD")
    smsc.receipt("84987654321", "id:48 stat:DELIVRD")
    until(lambda: gateway.status("48").state is DeliveryState.DELIVERED, "the receipts")
    assert gateway.status(first).state is DeliveryState.DELIVERED
    assert gateway.status(second).state is DeliveryState.PENDING


def test_a_text_from_a_phone_is_no_receipt(gateway, smsc):
    sid = gateway.send(text()).sid
    smsc.receipt(DIGITS, f"id:{sid} stat:DELIVRD", esm_class=0)
    smsc.receipt(DIGITS, "id:last stat:DELIVRD")
    until(lambda: gateway.status("last").state is DeliveryState.DELIVERED, "the receipt after it")
    assert gateway.status(sid).state is DeliveryState.PENDING


def test_an_smsc_has_no_list(gateway):
    assert gateway.find(text(), datetime(2024, 8, 9, tzinfo=UTC)).state is SearchState.NO_LIST


def test_closing_waits_for_answers_unbinds_and_sends_no_more(smsc, opened):
    gateway = opened(smsc.port)
    gateway.send(text())
    gateway.close()
    until(lambda: smsc.unbound == 1, "the unbind")
    assert gateway.send(text()).state is SendState.TEMPORARY
    assert len(smsc.submitted) == 1
    assert not any(thread.name == "smpp" for thread in threading.enumerate())


def test_a_gateway_that_was_never_used_has_nothing_to_close(opened):
    opened(free_port()).close()
