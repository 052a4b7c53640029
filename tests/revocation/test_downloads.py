"""One exchange with a real server on the loopback, and every way in which it can go wrong."""

import socket
import threading
from contextlib import suppress
from dataclasses import replace

import pytest

from mailhub.revocation.addresses import FetchFailedError, Permission
from mailhub.revocation.downloads import Downloads
from tests.pki.services import Laboratory, crl_path, ocsp_path

PATH = crl_path()


def downloads(laboratory: Laboratory, **given: object) -> Downloads:
    permission = Permission.of([laboratory.host], ["127.0.0.0/8"])
    return replace(Downloads(permission=permission, seconds=20.0, octets=100_000), **given)


def refusal(asking: Downloads, address: str) -> str:
    with pytest.raises(FetchFailedError) as caught:
        asking.get(address)
    return str(caught.value)


def test_what_is_there_comes_whole(laboratory: Laboratory):
    assert downloads(laboratory).get(laboratory.crl_url()) == laboratory.revocation_list()
    assert laboratory.asked == [f"GET {PATH}"]


def test_a_question_is_posted(laboratory: Laboratory):
    with laboratory.answering(ocsp_path(), lambda request: laboratory.manners.says(request.get_data())(request)):
        assert downloads(laboratory).post(laboratory.ocsp_url(), b"question", "application/x") == b"question"


def test_a_host_that_is_not_listed_is_not_asked(laboratory: Laboratory):
    asking = downloads(laboratory, permission=Permission.of(["ca.gov.vn"], ["127.0.0.0/8"]))
    assert "not in revocation.hosts" in refusal(asking, laboratory.crl_url())
    assert laboratory.asked == []


def test_a_private_address_is_not_reached_by_default(laboratory: Laboratory):
    asking = downloads(laboratory, permission=Permission.of([laboratory.host]))
    assert "not public" in refusal(asking, laboratory.crl_url())
    assert laboratory.asked == []


def test_a_name_with_one_private_address_among_public_ones_is_not_reached(laboratory: Laboratory):
    asking = downloads(laboratory, permission=Permission.of(["ca.example"]), resolve=lambda *_: ["203.162.0.181", "10.0.0.1"])
    assert "10.0.0.1 is not public" in refusal(asking, "http://ca.example/crl")


def test_the_connection_goes_to_the_address_that_was_checked(laboratory: Laboratory):
    """A name server that says another thing the second time is not asked a second time."""
    told = [["127.0.0.1"], ["10.0.0.1"]]
    port = laboratory.host.partition(":")[2]
    permission = Permission.of([f"ca.example:{port}"], ["127.0.0.0/8"])
    asking = downloads(laboratory, permission=permission, resolve=lambda *_: told.pop(0))
    assert asking.get(f"http://ca.example:{port}{PATH}") == laboratory.revocation_list()
    assert told == [["10.0.0.1"]]


def test_a_redirect_to_a_listed_host_is_followed(laboratory: Laboratory):
    with laboratory.answering("/old.crl", laboratory.manners.sends_on_to(PATH)):
        assert downloads(laboratory).get(f"{laboratory.address}/old.crl") == laboratory.revocation_list()


@pytest.mark.parametrize("target", ["http://169.254.169.254/latest/meta-data/", "http://evil.example/", "file:///etc/passwd"])
def test_a_redirect_off_the_list_is_not_followed(laboratory: Laboratory, target: str):
    with laboratory.answering("/old.crl", laboratory.manners.sends_on_to(target)):
        refusal(downloads(laboratory), f"{laboratory.address}/old.crl")
    assert laboratory.asked == ["GET /old.crl"]


def test_a_redirect_without_end_is_not_followed(laboratory: Laboratory):
    with laboratory.answering("/a.crl", laboratory.manners.sends_on_to("/a.crl")):
        assert "too many redirects" in refusal(downloads(laboratory), f"{laboratory.address}/a.crl")
    assert len(laboratory.asked) == 4


def test_a_redirect_to_a_host_whose_name_is_rebound_is_checked_again(laboratory: Laboratory):
    port = laboratory.host.partition(":")[2]
    permission = Permission.of([laboratory.host, f"ca.example:{port}"], ["127.0.0.0/8"])
    asking = downloads(laboratory, permission=permission, resolve=lambda host, _: [host] if host[0] == "1" else ["192.168.0.1"])
    with laboratory.answering("/old.crl", laboratory.manners.sends_on_to(f"http://ca.example:{port}/x")):
        assert "192.168.0.1 is not public" in refusal(asking, f"{laboratory.address}/old.crl")


def test_a_flood_is_cut_off(laboratory: Laboratory):
    with laboratory.answering(PATH, laboratory.manners.floods(10 << 20)):
        assert "longer than 100000 octets" in refusal(downloads(laboratory), laboratory.crl_url())


def test_what_announces_too_much_is_not_read(laboratory: Laboratory):
    announced = laboratory.manners.says(b"0" * 100_001)
    with laboratory.answering(PATH, announced):
        assert "longer than" in refusal(downloads(laboratory), laboratory.crl_url())


def test_a_server_that_drips_does_not_hold_the_job_up(laboratory: Laboratory):
    with laboratory.answering(PATH, laboratory.manners.drips(pause=0.02)):
        assert "took longer than" in refusal(downloads(laboratory, seconds=0.3), laboratory.crl_url())


def test_a_silent_server_does_not_hold_the_job_up(laboratory: Laboratory):
    with laboratory.answering(PATH, laboratory.manners.is_silent()):
        assert "took longer than" in refusal(downloads(laboratory, seconds=0.3), laboratory.crl_url())


def test_redirects_share_one_time_limit(laboratory: Laboratory):
    def slow(request):
        laboratory.manners.over.wait(0.2)
        return laboratory.manners.sends_on_to("/a.crl")(request)

    with laboratory.answering("/a.crl", slow):
        assert "took longer than" in refusal(downloads(laboratory, seconds=0.3), f"{laboratory.address}/a.crl")


def test_an_unreachable_server_is_told_of(laboratory: Laboratory):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        host = f"127.0.0.1:{closed.getsockname()[1]}"
    asking = downloads(laboratory, permission=Permission.of([host], ["127.0.0.0/8"]))
    assert "could not be reached (ConnectionRefusedError)" in refusal(asking, f"http://{host}/")


@pytest.mark.parametrize("status", [204, 304, 404, 500])
def test_any_other_answer_is_no_data(laboratory: Laboratory, status: int):
    with laboratory.answering(PATH, laboratory.manners.says(b"no", status=status)):
        assert f"answered {status}" in refusal(downloads(laboratory), laboratory.crl_url())


@pytest.mark.parametrize(
    "answer",
    [
        *(b"", b"\x00" * 100, b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", b"HTTP/1.1 abc\r\n\r\n"),
        *(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000, b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000),
        *(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense",
            b"HTTP/1.1 302 Found\r\nLocation: http://[bad\r\n\r\n",
        ),
    ],
)
def test_garbage_instead_of_http_is_a_failure_and_no_crash(laboratory: Laboratory, answer: bytes):
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=say, args=(server, answer), daemon=True)
        thread.start()
        host = f"127.0.0.1:{server.getsockname()[1]}"
        asking = downloads(laboratory, permission=Permission.of([host], ["127.0.0.0/8"]))
        refusal(asking, f"http://{host}/")
        thread.join()


def say(server: socket.socket, answer: bytes) -> None:
    """Answer one request with these bytes and hang up; who has heard enough may be gone by then."""
    connection, _ = server.accept()
    with connection, suppress(ConnectionError):
        connection.recv(65536)
        connection.sendall(answer)
