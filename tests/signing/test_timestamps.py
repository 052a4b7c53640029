"""Timestamps: from a living authority over HTTP, and from one that is dead, slow, or says something else."""

import hashlib
import random
import socket
from contextlib import suppress
from datetime import timedelta

import pytest
from asn1crypto import tsp
from werkzeug.wrappers import Response

from mailhub.signing.errors import TimestampMissingError
from mailhub.signing.timestamps import MOST_OCTETS, REPLY, Timestamping, TimestampResponse, TsaAddress
from parsers.signatures.trust import TrustSnapshot
from tests.pki.authority import NOW, make_pki
from tests.pki.documents import stamper
from tests.pki.services import ARCHITECTURE

DIGEST = hashlib.sha256(b"a signature value").digest()
PATH = f"/{ARCHITECTURE}/tsa/tsa"
HEADERS = {"Content-Type": REPLY}


def refused(stamping):
    with pytest.raises(TimestampMissingError) as caught:
        stamping.stamp(DIGEST, "sha256")
    return caught.value.message.en


def changed(laboratory, change):
    """The authority's own answers, changed."""

    def answer(request):
        from werkzeug.test import EnvironBuilder, run_wsgi_app

        asked = EnvironBuilder(method="POST", path=PATH, data=request.get_data(), content_type=request.content_type)
        body, _status, _headers = run_wsgi_app(laboratory.animator, asked.get_environ(), buffered=True)
        return Response(change(b"".join(body)), headers=HEADERS)

    return answer


def test_a_timestamp_of_the_authority_is_believed_and_says_whose_it_is(stamping):
    stamp = stamping().stamp(DIGEST, "sha256")
    assert stamp.summary.trusted
    assert (stamp.summary.authority, stamp.summary.generated_at) == ("TSA Phòng thí nghiệm", NOW)


def test_without_anchors_for_authorities_a_token_that_holds_is_taken_and_not_called_trusted(stamping):
    stamp = stamping(trust=TrustSnapshot()).stamp(DIGEST, "sha256")
    assert not stamp.summary.trusted


def test_an_authority_that_leads_to_none_of_our_anchors_is_not_believed(stamping):
    other = TrustSnapshot(tsa_anchors=(make_pki().root.identity.der,))
    assert "no trusted timestamping authority" in refused(stamping(trust=other))


def test_a_dead_authority_is_told_at_once(stamping):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "refused" in refused(stamping(url=f"http://127.0.0.1:{port}/tsa")).lower()


def test_a_silent_authority_costs_no_more_than_its_time(stamping, laboratory):
    with laboratory.answering(PATH, laboratory.manners.is_silent()):
        assert "no answer within 0.2 s" in refused(stamping(seconds=0.2))


def test_an_authority_that_drips_octet_by_octet_costs_no_more_than_its_time(stamping, laboratory):
    with laboratory.answering(PATH, laboratory.manners.drips()):
        assert "no answer within 0.3 s" in refused(stamping(seconds=0.3))


@pytest.mark.parametrize(
    ("body", "status", "headers", "words"),
    [
        (b"garbage", 200, HEADERS, "cannot be read"),
        (b"", 200, HEADERS, "cannot be read"),
        (b"<html>login</html>", 200, {"Content-Type": "text/html"}, "not a timestamp"),
        (b"", 302, {"Location": "http://127.0.0.1:9/"}, "HTTP 302"),
        (b"", 403, {}, "HTTP 403"),
        (b"", 500, {}, "HTTP 500"),
        (b"0" * (MOST_OCTETS + 1), 200, HEADERS, f"more than {MOST_OCTETS}"),
    ],
)
def test_what_is_no_timestamp_is_refused_with_its_cause(stamping, laboratory, body, status, headers, words):
    with laboratory.answering(PATH, laboratory.manners.says(body, status=status, headers=headers)):
        assert words in refused(stamping())


def test_a_refusal_of_the_authority_is_told_in_its_words(stamping, laboratory):
    status = tsp.PKIStatusInfo({"status": "rejection", "status_string": ["quota used up"]})
    body = TimestampResponse({"status": status}).dump()
    with laboratory.answering(PATH, laboratory.manners.says(body, headers=HEADERS)):
        assert "quota used up" in refused(stamping())


def answering_with(token):
    return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump()


def made_by(identity, nonce, digest=DIGEST, at=NOW):
    """A token of another signer, or over something else."""
    import asyncio

    client = stamper(identity, at)
    _, request = client.request_cms(digest, "sha256")
    request["nonce"] = nonce
    return asyncio.run(client.async_request_tsa_response(request))["time_stamp_token"]


def forged(laboratory, **how):
    def answer(request):
        nonce = tsp.TimeStampReq.load(request.get_data())["nonce"].native + how.get("shift", 0)
        identity = how.get("identity") or laboratory.identity("tsa")
        token = made_by(identity, nonce, how.get("digest", DIGEST), how.get("at", NOW))
        return Response(answering_with(token), headers=HEADERS)

    return answer


def test_a_token_with_another_nonce_is_an_old_answer(stamping, laboratory):
    with laboratory.answering(PATH, forged(laboratory, shift=1)):
        assert "wrong nonce" in refused(stamping())


def test_a_token_over_something_else_is_refused(stamping, laboratory):
    other = hashlib.sha256(b"another value").digest()
    with laboratory.answering(PATH, forged(laboratory, digest=other)):
        assert "over something else" in refused(stamping())


def test_a_token_by_a_certificate_that_is_not_for_timestamping_is_refused_with_and_without_anchors(stamping, laboratory):
    with laboratory.answering(PATH, forged(laboratory, identity=laboratory.identity("organisation"))):
        assert "no trusted timestamping authority" in refused(stamping())
        assert "not one for timestamping" in refused(stamping(trust=TrustSnapshot()))


def test_a_token_whose_signature_was_changed_is_refused(stamping, laboratory):
    with laboratory.answering(PATH, changed(laboratory, lambda body: body[:-1] + bytes([body[-1] ^ 1]))):
        assert refused(stamping())
        assert refused(stamping(trust=TrustSnapshot()))


def test_an_answer_that_was_damaged_anywhere_is_refused_or_holds_and_nothing_else_happens(stamping, laboratory):
    chance = random.Random(7)
    client = stamping()
    for _ in range(30):
        client.breaker.succeeded()

        def damage(body):
            at = chance.randrange(len(body))
            return (
                body[:at] if chance.random() < 0.2 else body[:at] + bytes([body[at] ^ 1 << chance.randrange(8)]) + body[at + 1 :]
            )

        with laboratory.answering(PATH, changed(laboratory, damage)), suppress(TimestampMissingError):
            assert client.stamp(DIGEST, "sha256").summary.trusted


def test_an_answer_under_another_name_is_taken_for_what_it_is(stamping, laboratory):
    def answer(request):
        response = changed(laboratory, lambda body: body)(request)
        response.headers["Content-Type"] = "application/octet-stream"
        return response

    with laboratory.answering(PATH, answer):
        assert stamping().stamp(DIGEST, "sha256").summary.trusted


def test_a_clock_that_is_far_from_ours_is_not_believed(stamping):
    assert "away from this machine's" in refused(stamping(now=NOW + timedelta(hours=2)))


def test_the_login_goes_with_the_request_and_stays_out_of_what_is_printed(stamping, laboratory):
    seen = []

    def answer(request):
        seen.append(request.authorization)
        return Response(b"", status=401)

    client = stamping(user="vpub", password="bí-mật")
    with laboratory.answering(PATH, answer):
        assert "HTTP 401" in refused(client)
    assert (seen[0].username, seen[0].password) == ("vpub", "bí-mật")
    assert "bí-mật" not in repr(client)


def test_no_proxy_of_the_environment_is_asked(stamping, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert stamping().stamp(DIGEST, "sha256").summary.trusted


def test_a_failing_authority_is_left_alone_for_a_while_and_then_tried_once(stamping, laboratory):
    now = [0.0]
    client = stamping()
    client.breaker.monotonic = lambda: now[0]
    with laboratory.answering(PATH, laboratory.manners.says(b"", status=503)):
        refused(client)
        asked = len(laboratory.asked)
        for _ in range(5):
            assert "left alone" in refused(client)
        assert len(laboratory.asked) == asked
        now[0] = 61.0
        assert "HTTP 503" in refused(client)
        now[0] = 130.0
        assert "left alone" in refused(client)
    now[0] = 200.0
    assert client.stamp(DIGEST, "sha256").summary.trusted
    assert client.stamp(DIGEST, "sha256").summary.trusted


def test_an_address_that_cannot_be_resolved_is_told_in_time():
    address = TsaAddress(url="http://127.0.0.1.invalid./tsa", seconds=2)
    client = Timestamping(address=address, trust=TrustSnapshot, clock=lambda: NOW)
    assert refused(client)
