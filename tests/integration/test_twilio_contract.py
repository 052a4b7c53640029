"""What the Twilio gateway asks for is what Twilio's published API offers: Prism plays it from Twilio's own specification."""

import json
import os
from datetime import UTC, datetime, timedelta

import pytest

from sms.gateway import DeliveryState, SearchState, SendState, TextMessage
from sms.twilio_gateway import TwilioGateway, TwilioSettings
from tests.servers.prism import ROOT, missing, running_prism

ACCOUNT = "AC" + "0123456789abcdef" * 2
MESSAGE = TextMessage(to="+84912345678", text="HOAN HOP GM 226", reference="dispatch-7", valid_for=timedelta(hours=2))

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def url(corpora, tmp_path_factory):
    if why := missing():
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    with running_prism(corpora / "twilio" / "twilio_api_v2010.json", tmp_path_factory.mktemp("prism") / "log") as address:
        yield address


def gateway(url, **changes):
    settings = {"account": ACCOUNT, "token": "t", "sender": "+12025550123", "base_url": url, "seconds": 60.0}
    return TwilioGateway(TwilioSettings(**(settings | changes)))


def test_a_text_is_created(url):
    outcome = gateway(url).send(MESSAGE)
    assert outcome.state is SendState.ACCEPTED
    assert outcome.sid.startswith("SM")


def test_a_text_is_created_through_a_messaging_service(url):
    assert gateway(url, service="MG" + "a" * 32).send(MESSAGE).state is SendState.ACCEPTED


def test_what_does_not_fit_the_specification_is_refused_for_good(url):
    outcome = gateway(url, service="no-service").send(MESSAGE)
    assert outcome.state is SendState.PERMANENT
    assert ACCOUNT not in outcome.detail


def test_a_message_tells_its_status(url):
    sid = gateway(url).send(MESSAGE).sid
    assert gateway(url).status(sid).state is not DeliveryState.UNKNOWN


def test_the_list_can_be_asked_and_holds_no_text_of_ours(url):
    search = gateway(url).find(MESSAGE, datetime(2026, 8, 9, tzinfo=UTC))
    assert (search.state, search.sids) == (SearchState.ASKED, ())


def test_the_lock_of_prism_is_complete_and_names_no_registry():
    lock = json.loads((ROOT / ".requirements" / "prism" / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert len(packages) > 100
    assert all(package["integrity"] and "resolved" not in package for package in packages.values())
