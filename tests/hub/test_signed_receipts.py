"""Receipts with a signed sheet: signed once and stored, the same bytes at every attempt, never kept back by a key."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from types import SimpleNamespace

import pytest

from mailhub.audit import read_anchors
from mailhub.dispatching import Patience
from mailhub.relays import Outcome, OutcomeKind
from mailhub.serving.housekeeping import Housekeeping
from mailhub.signing.keys import KeyPurpose
from mailhub.signing.pkcs12 import FileKey
from mailhub.signing.system import SystemSignature
from parsers.signatures.check import check
from parsers.signatures.model import Indication
from storage.records import DispatchState
from tests.hub.conftest import FIRST, reading_of
from tests.hub.test_dispatching import ScriptedRelay, only
from tests.pki.authority import DAY, Wish, make_pki
from tests.signing.key_stores import PASSWORD, write_p12

YEARS = (FIRST - 100 * DAY, FIRST + 100 * DAY)


@pytest.fixture
def system(tmp_path):
    identity = make_pki().issuing.issue(Wish(common_name="Hệ thống tiếp nhận văn bản", key=5, years=YEARS))
    path = write_p12(tmp_path / "system.p12", identity, make_pki().issuing.identity)
    return SystemSignature(key=FileKey(purpose=KeyPurpose.SYSTEM, path=path, password=PASSWORD))


@pytest.fixture
def sending(desk, system):
    """A desk with one receipt due, whose dispatcher signs."""
    desk.receive(b"mail one", reading_of())
    relay = ScriptedRelay()
    patience = Patience(first=timedelta(minutes=1), longest=timedelta(hours=2))
    rendering = replace(desk.hub.rendering, system=system)
    return desk, replace(desk.hub.dispatcher("d1"), relay=relay, patience=patience, rendering=rendering), relay


def sheets(raw):
    """The PDF files of a mail: name and content."""
    return [
        (part.get_filename(), part.get_payload(decode=True))
        for part in message_from_bytes(raw).walk()
        if part.get_content_type() == "application/pdf"
    ]


def test_a_receipt_carries_a_sheet_that_our_own_check_passes_and_the_level_is_kept(sending):
    desk, dispatcher, relay = sending
    dispatcher.run_once()
    [(name, content)] = sheets(relay.taken[0][2])
    assert name.endswith(".pdf")
    found = check(content, "sheet.pdf", make_pki().trust, received_at=FIRST + DAY, now=FIRST + DAY)
    assert found.indication is Indication.TOTAL_PASSED
    assert (only(desk).state, only(desk).signature) == (DispatchState.SENT, "B-B")


def test_it_is_signed_once_and_the_same_bytes_go_again(sending):
    desk, dispatcher, relay = sending
    relay.script = [Outcome(kind=OutcomeKind.TEMPORARY, reply="451 later")]
    dispatcher.run_once()
    desk.clock.move(minutes=2)
    dispatcher.run_once()
    assert relay.taken[0] == relay.taken[1]
    assert only(desk).signature == "B-B"


def test_a_certificate_that_has_expired_keeps_no_receipt_back(sending, system):
    desk, dispatcher, relay = sending
    identity = make_pki().issuing.issue(Wish(common_name="Cũ", key=5, years=(FIRST - 9 * DAY, FIRST - DAY)))
    write_p12(system.key.path, identity)
    dispatcher.run_once()
    assert sheets(relay.taken[0][2]) == []
    assert (only(desk).state, only(desk).signature) == (DispatchState.SENT, "unsigned")
    assert desk.hub.status.of(desk.unit).unsigned == 1
    desk.clock.move(days=2)
    assert desk.hub.status.of(desk.unit).unsigned == 0


def test_without_a_system_certificate_nothing_is_attached_and_nothing_noted(sending):
    desk, dispatcher, relay = sending
    replace(dispatcher, rendering=replace(dispatcher.rendering, system=None)).run_once()
    assert sheets(relay.taken[0][2]) == []
    assert only(desk).signature == ""


def test_the_sheet_says_what_the_mail_says(sending):
    import pypdfium2

    desk, dispatcher, relay = sending
    dispatcher.run_once()
    [(_, content)] = sheets(relay.taken[0][2])
    text = " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in pypdfium2.PdfDocument(content))
    entry = desk.hub.letters.list_(desk.unit.id)
    assert entry
    for words in ("PHIẾU TIẾP NHẬN VĂN BẢN ĐIỆN TỬ", "Số đến 1, sổ UBND", "Sở Tài chính", "Mốc nhật ký", "Mã tra cứu"):
        assert words in text
    assert text.count("SHA-256") == 1


def test_the_audit_s_anchor_is_still_read_from_a_receipt_with_a_file(sending, tmp_path):
    _, dispatcher, relay = sending
    dispatcher.run_once()
    path = tmp_path / "receipt.eml"
    path.write_bytes(relay.taken[0][2])
    assert len(set(read_anchors(path))) == 1


def test_a_served_hub_says_once_a_day_that_its_certificate_ends_soon(desk, system, caplog):
    house = Housekeeping(desk.hub, SimpleNamespace(owner=lambda role: role))
    vars(desk.hub)["system_key"] = system.key
    house.watch_key()
    assert caplog.records == []
    desk.clock.move(days=90)
    house.watch_key()
    house.watch_key()
    [warning] = caplog.records
    assert "expires in 10 days" in warning.problem
    system.key.path.unlink()
    desk.clock.move(days=1)
    house.watch_key()
    assert "cannot be read" in caplog.records[-1].problem
