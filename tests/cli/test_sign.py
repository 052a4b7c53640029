"""`mailhub sign`: the seal from the command line, and the check of the keys."""

import json
from datetime import timedelta

import pytest

from mailhub.clock import system_clock
from tests.cli.conftest import CLERK
from tests.pki.authority import DAY, Wish, make_pki
from tests.pki.documents import Signing, letter, sign
from tests.signing.key_stores import PASSWORD, write_p12
from tests.signing.pictures import png

SETTINGS = """
[signing]
system_file = "system.p12"
seal_file = "seal.p12"
seal_picture = "seal.png"
"""


@pytest.fixture
def sealing(office):
    """A hub with both keys, whose certificates are valid by this machine's clock, and a letter that a leader has signed."""
    now, pki = system_clock().replace(microsecond=0), make_pki()
    years = (now - 100 * DAY, now + 300 * DAY)

    def issue(name, key):
        return pki.issuing.issue(Wish(common_name=name, key=key, years=years))

    write_p12(office.home / "system.p12", issue("Hệ thống tiếp nhận", 5), pki.issuing.identity)
    write_p12(office.home / "seal.p12", issue("Văn phòng UBND tỉnh", 4), pki.issuing.identity)
    png(office.home / "seal.png", 40, 40)
    with (office.home / "mailhub.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS)
    office.environ |= {"MAILHUB_SIGNING__SYSTEM_PASSWORD": PASSWORD, "MAILHUB_SIGNING__SEAL_PASSWORD": PASSWORD}
    for name, identity, purpose in (("root", pki.root.identity, "signer"), ("issuing", pki.issuing.identity, "intermediate")):
        path = office.home.parent / f"{name}.cer"
        path.write_bytes(identity.der)
        office.done("trust", "add", path, "--purpose", purpose)
    person = Signing(identity=issue("Nguyễn Văn Mẫu", 0), field="Leader", at=now - timedelta(hours=1), box=(300, 100, 450, 150))
    (office.home.parent / "cong-van.pdf").write_bytes(sign(letter(), person))
    (office.home.parent / "phu-luc.pdf").write_bytes(letter())
    return office


@pytest.fixture
def typed(sealing, monkeypatch):
    """The environment sets the secrets of the program itself."""
    for name, value in sealing.environ.items():
        monkeypatch.setenv(name, value)
    return sealing


def test_a_clerk_seals_a_letter_and_the_file_is_valid_by_our_own_verify(typed):
    folder = typed.home.parent
    made = typed.json("sign", "seal", folder / "cong-van.pdf", "--out", folder / "ra.pdf", "--reason", "phát hành")
    assert (made["form"], made["level"], made["persons"]) == ("document", "B-B", ["Nguyễn Văn Mẫu"])
    [verdict] = typed.json("verify", folder / "ra.pdf", "--trust", folder)
    assert [found["indication"] for found in verdict["signatures"]] == ["TOTAL-PASSED", "TOTAL-PASSED"]
    log = typed.json("audit", "show")
    [event] = [event for event in log if event["kind"] == "document-sealed-with-unit-key"]
    assert event["body"]["actor"]["name"] == CLERK
    answer = typed.run("sign", "seal", folder / "phu-luc.pdf", "--copy", "sao-y", "--out", folder / "sao.pdf", lang="vi")
    assert "sao y" in answer.out
    assert "B-B" in answer.err


def test_a_refusal_says_why_and_writes_nothing(typed):
    folder = typed.home.parent
    said = typed.refused("sign", "seal", folder / "phu-luc.pdf", "--out", folder / "ra.pdf", lang="vi")
    assert "người ký phải ký trước" in said
    assert not (folder / "ra.pdf").exists()
    both = ("--copy", "sao-y", "--annex-of", folder / "cong-van.pdf")
    assert "choose one" in typed.refused("sign", "seal", folder / "phu-luc.pdf", "--out", folder / "ra.pdf", *both)
    assert typed.run("sign", "seal", folder / "phu-luc.pdf", "--out", folder / "ra.pdf", "--at", "here").code == 2


def test_a_dead_authority_is_try_later(typed):
    folder = typed.home.parent
    with (typed.home / "mailhub.toml").open("a", encoding="utf-8") as file:
        file.write('tsa_url = "http://127.0.0.1:1/tsa"\n')
    answer = typed.run("sign", "seal", folder / "cong-van.pdf", "--out", folder / "ra.pdf")
    assert answer.code == 75
    assert "--without-timestamp" in answer.err


def test_the_check_shows_both_keys_and_signs_no_document(typed):
    shown = typed.json("sign", "check")
    assert [(key["purpose"], key["ready"]) for key in shown["keys"]] == [("system", True), ("seal", True)]
    assert shown["tsa"] is None
    assert shown["keys"][0]["days_left"] in {299, 300}
    table = typed.done("sign", "check", lang="vi")
    assert "chứng thư hệ thống" in table
    assert "con dấu số của cơ quan" in table
    log = typed.json("audit", "show")
    assert all(event["kind"] != "document-sealed-with-unit-key" for event in log)


def test_the_check_tells_what_is_wrong_with_each_key_and_fails(typed, monkeypatch):
    monkeypatch.setenv("MAILHUB_SIGNING__SYSTEM_PASSWORD", "nhầm")
    soon = make_pki().issuing.issue(
        Wish(common_name="Văn phòng UBND tỉnh", key=4, years=(system_clock() - 90 * DAY, system_clock() + 10 * DAY))
    )
    write_p12(typed.home / "seal.p12", soon)
    answer = typed.run("sign", "check", "--json")
    assert answer.code == 1
    system, seal = json.loads(answer.out)["keys"]
    assert not system["ready"]
    assert "MAILHUB_SIGNING__SYSTEM_PASSWORD" in system["problems"][0]
    assert "nhầm" not in answer.out + answer.err
    assert seal["ready"]
    assert "expires in" in seal["warnings"][0]


def test_the_check_of_an_office_without_keys_says_where_to_set_them(office):
    answer = office.run("sign", "check")
    assert answer.code == 0
    assert "[signing]" in answer.err


ORDER = ("--agency", "H29.11", "--reference", "540/STC-NS", "--date", "2024-08-06", "--subject", "kiện toàn")


def test_a_slip_is_signed_by_the_system_certificate(typed):
    slip = typed.home.parent / "phieu.pdf"
    answer = typed.run("paper", "receive", *ORDER, "--slip", slip)
    assert answer.code == 0, answer.err
    assert "phieu.pdf (B-B)" in answer.err
    [verdict] = typed.json("verify", slip, "--trust", typed.home.parent)
    assert [found["indication"] for found in verdict["signatures"]] == ["TOTAL-PASSED"]


def test_a_slip_that_cannot_be_signed_is_printed_and_that_is_said(typed):
    (typed.home / "system.p12").unlink()
    slip = typed.home.parent / "phieu.pdf"
    answer = typed.run("paper", "receive", *ORDER, "--slip", slip)
    assert answer.code == 0
    assert "the slip is not signed" in answer.err
    assert slip.read_bytes().startswith(b"%PDF-")
