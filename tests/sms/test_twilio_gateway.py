"""The Twilio gateway against a scripted Twilio: every answer has an outcome, and the account shows nowhere."""

import logging
import socket
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest

from sms.gateway import Delivery, DeliveryState, SearchState, SendState, SmsFollowing, TextMessage
from sms.twilio_gateway import TwilioGateway, TwilioSettings
from tests.servers.twilio import (
    ACCOUNT,
    CREATED,
    HANG,
    HANG_IDLE,
    HTML_500,
    RESET_AFTER,
    RESET_BEFORE,
    TOKEN,
    Answer,
    error,
)

MESSAGE = TextMessage(to="+84912345678", text="HOAN HOP GM 226", reference="dispatch-7")


def gateway_to(url, **changes):
    settings = {"account": ACCOUNT, "token": TOKEN, "sender": "VPUB", "base_url": url, "seconds": 1.0} | changes
    return TwilioGateway(TwilioSettings(**settings))


@pytest.fixture
def gateway(scripted_twilio):
    return gateway_to(scripted_twilio.url)


LONG_AGO = datetime(2024, 8, 9, tzinfo=UTC)


def test_a_text_is_taken_and_named(gateway, scripted_twilio):
    outcome = gateway.send(MESSAGE)
    (made,) = scripted_twilio.made
    assert (outcome.state, outcome.sid) == (SendState.ACCEPTED, made.sid)
    assert (made.to, made.body, made.parameters["From"]) == ("+84912345678", "HOAN HOP GM 226", "VPUB")
    assert isinstance(gateway, SmsFollowing)


def test_a_messaging_service_goes_before_the_sender(scripted_twilio):
    gateway_to(scripted_twilio.url, service="MG7").send(MESSAGE)
    (made,) = scripted_twilio.made
    assert made.parameters["MessagingServiceSid"] == "MG7"
    assert "From" not in made.parameters


@pytest.mark.parametrize(("hours", "seconds"), [(0, "6"), (2, "7200"), (48, "36000")])
def test_how_long_a_text_is_worth_sending_is_told_within_twilio_s_limits(gateway, scripted_twilio, hours, seconds):
    gateway.send(TextMessage(to="+84912345678", text="x", reference="1", valid_for=timedelta(hours=hours)))
    assert scripted_twilio.made[0].parameters["ValidityPeriod"] == seconds


@pytest.mark.parametrize(
    ("answer", "state", "made"),
    [
        (error(400, 21211, "The 'To' number is not a valid phone number"), SendState.PERMANENT, 0),
        (error(400, 21610, "unsubscribed"), SendState.PERMANENT, 0),
        (error(400, 21614, "not a mobile number"), SendState.PERMANENT, 0),
        (error(400, 21408, "region"), SendState.PERMANENT, 0),
        (error(400, 21999, "a code of next year"), SendState.PERMANENT, 0),
        (error(401, 20003, "Authenticate"), SendState.TEMPORARY, 0),
        (error(403, 20999, "a code of next year"), SendState.TEMPORARY, 0),
        (error(400, 30001, "queue overflow"), SendState.THROTTLED, 0),
        (error(503, 20503, "unavailable"), SendState.TEMPORARY, 0),
        (error(500, 20500, "internal"), SendState.UNCERTAIN, 0),
        (HTML_500, SendState.UNCERTAIN, 0),
        (Answer(status=502, body=""), SendState.UNCERTAIN, 0),
        (Answer(status=302, headers={"Location": "http://127.0.0.1:1/"}), SendState.TEMPORARY, 0),
        (Answer(made=True, body="<html>fine</html>"), SendState.UNCERTAIN, 1),
        (Answer(made=True, body="[]"), SendState.UNCERTAIN, 1),
        (Answer(made=True, body="{}"), SendState.UNCERTAIN, 1),
        (RESET_BEFORE, SendState.UNCERTAIN, 0),
        (RESET_AFTER, SendState.UNCERTAIN, 1),
        (HANG, SendState.UNCERTAIN, 1),
        (HANG_IDLE, SendState.UNCERTAIN, 0),
    ],
)
def test_every_answer_has_an_outcome_and_is_asked_for_once(gateway, scripted_twilio, answer, state, made):
    scripted_twilio.creates.append(answer)
    outcome = gateway.send(MESSAGE)
    assert (outcome.state, outcome.sid) == (state, "")
    assert outcome.detail
    assert len(scripted_twilio.requests) == 1
    assert len(scripted_twilio.made) == made


@pytest.mark.parametrize(("headers", "seconds"), [({}, 30), ({"Retry_After": "7"}, 7), ({"Retry_After": "soon"}, 30)])
def test_a_throttling_answer_says_how_long_to_wait(gateway, scripted_twilio, headers, seconds):
    scripted_twilio.creates.append(error(429, 20429, "Too Many Requests", **headers))
    outcome = gateway.send(MESSAGE)
    assert (outcome.state, outcome.wait) == (SendState.THROTTLED, timedelta(seconds=seconds))


def test_where_nobody_listens_nothing_was_sent():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert gateway_to(f"http://127.0.0.1:{port}").send(MESSAGE).state is SendState.TEMPORARY


def test_a_server_that_cannot_prove_who_it_is_gets_no_text(scripted_twilio):
    outcome = gateway_to(scripted_twilio.url.replace("http:", "https:")).send(MESSAGE)
    assert outcome.state in {SendState.TEMPORARY, SendState.UNCERTAIN}
    assert scripted_twilio.requests == []


def test_the_status_follows_the_text_to_its_end(gateway, scripted_twilio):
    sid = gateway.send(MESSAGE).sid
    assert [gateway.status(sid).state for _ in range(4)] == [
        DeliveryState.PENDING,
        DeliveryState.SENT,
        DeliveryState.DELIVERED,
        DeliveryState.DELIVERED,
    ]


def test_a_text_that_did_not_arrive_says_why(gateway, scripted_twilio):
    scripted_twilio.statuses = ["undelivered 30003"]
    delivery = gateway.status(gateway.send(MESSAGE).sid)
    assert delivery.state is DeliveryState.UNDELIVERED
    assert delivery.detail == "30003: the handset is switched off or out of reach"


@pytest.mark.parametrize("answer", [error(404, 20404), HTML_500, HANG, RESET_BEFORE, error(429, 20429)])
def test_a_status_that_cannot_be_had_now_is_unknown(gateway, scripted_twilio, answer):
    scripted_twilio.fetches.append(answer)
    assert gateway.status("SM1").state is DeliveryState.UNKNOWN


def test_a_status_that_is_new_to_us_is_unknown(gateway, scripted_twilio):
    scripted_twilio.statuses = ["teleported"]
    assert gateway.status(gateway.send(MESSAGE).sid).state is DeliveryState.UNKNOWN


def test_nothing_leads_back_from_delivered():
    states = [
        DeliveryState.SENT,
        DeliveryState.DELIVERED,
        DeliveryState.UNDELIVERED,
        DeliveryState.PENDING,
        DeliveryState.UNKNOWN,
    ]
    last = Delivery(state=DeliveryState.UNKNOWN)
    for state in states:
        last = last.or_later(Delivery(state=state))
    assert last.state is DeliveryState.DELIVERED


def test_a_text_whose_answer_was_lost_is_found_by_its_number_and_words(gateway, scripted_twilio):
    scripted_twilio.creates.extend([RESET_AFTER, CREATED, CREATED])
    gateway.send(MESSAGE)
    gateway.send(TextMessage(to="+84912345678", text="ANOTHER", reference="8"))
    gateway.send(TextMessage(to="+84987654321", text=MESSAGE.text, reference="9"))
    search = gateway.find(MESSAGE, LONG_AGO)
    assert (search.state, search.sids) == (SearchState.ASKED, (scripted_twilio.made[0].sid,))


def test_the_list_is_asked_for_the_number_and_the_time(gateway, scripted_twilio):
    gateway.find(MESSAGE, datetime(2026, 8, 9, 1, 0, tzinfo=UTC))
    [(_, _, query, _)] = scripted_twilio.requests
    assert (query["To"], query["DateSent>"]) == ("+84912345678", "2026-08-09T00:55:00Z")


@pytest.mark.parametrize("body", ["Họp lúc 8h00 ", "Họp lúc 8h00\n", unicodedata.normalize("NFD", "Họp lúc 8h00")])
def test_words_are_compared_in_nfc_and_without_blanks_at_the_end(gateway, scripted_twilio, body):
    gateway.send(TextMessage(to="+84912345678", text=body, reference="1"))
    asked = TextMessage(to="+84912345678", text="Họp lúc 8h00", reference="1")
    assert len(gateway.find(asked, LONG_AGO).sids) == 1


def test_the_whole_list_is_read_oldest_first(gateway, scripted_twilio):
    scripted_twilio.page_size = 2
    sids = [gateway.send(MESSAGE).sid for _ in range(5)]
    assert gateway.find(MESSAGE, LONG_AGO).sids == tuple(sids)


@pytest.mark.parametrize("answer", [HTML_500, HANG, RESET_BEFORE, error(401, 20003), error(429, 20429)])
def test_a_list_that_cannot_be_had_is_not_an_empty_list(gateway, scripted_twilio, answer):
    scripted_twilio.lists.append(answer)
    assert gateway.find(MESSAGE, LONG_AGO).state is SearchState.FAILED


def test_account_and_token_show_in_no_outcome_no_log_and_no_repr(gateway, scripted_twilio, caplog):
    caplog.set_level(logging.DEBUG, logger="sms")
    caplog.set_level(logging.DEBUG, logger="twilio")
    scripted_twilio.creates.append(error(400, 20404, f"The resource /2010-04-01/Accounts/{ACCOUNT}/Messages was not found"))
    outcome = gateway.send(MESSAGE)
    gateway.send(MESSAGE)
    said = caplog.text + outcome.detail + repr(TwilioSettings(account=ACCOUNT, token=TOKEN))
    assert ACCOUNT not in said
    assert TOKEN not in said


def test_the_sdk_s_own_environment_variables_change_nothing(gateway, scripted_twilio, monkeypatch):
    for name, value in {"TWILIO_EDGE": "sydney", "TWILIO_REGION": "au1", "TWILIO_ACCOUNT_SID": "AC2"}.items():
        monkeypatch.setenv(name, value)
    assert gateway.send(MESSAGE).state is SendState.ACCEPTED
    assert ACCOUNT in scripted_twilio.requests[0][1]
