from datetime import UTC, datetime

from sms.folder_gateway import FolderGateway
from sms.gateway import DeliveryState, SearchState, SendState, SmsFollowing, TextMessage

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


def test_a_text_is_written_once_however_often_it_is_sent(tmp_path):
    gateway = FolderGateway(tmp_path / "sms")
    message = TextMessage(to="0912345678", text="HOAN HOP", reference="dispatch-7")
    first, second = gateway.send(message), gateway.send(message)
    assert (first, first.state) == (second, SendState.ACCEPTED)
    (written,) = (tmp_path / "sms").iterdir()
    assert written.read_text() == "To: +84912345678\n\nHOAN HOP\n"


def test_a_number_that_can_take_no_sms_is_refused_for_good(tmp_path):
    outcome = FolderGateway(tmp_path).send(TextMessage(to="19001234", text="x", reference="1"))
    assert outcome.state is SendState.PERMANENT


def test_a_folder_that_cannot_be_written_is_worth_another_try(tmp_path):
    (tmp_path / "sms").write_text("a file stands where the folder should be")
    outcome = FolderGateway(tmp_path / "sms").send(TextMessage(to="0912345678", text="x", reference="1"))
    assert outcome.state is SendState.TEMPORARY


def test_a_text_is_found_and_delivered_once_it_is_written(tmp_path):
    gateway = FolderGateway(tmp_path)
    message = TextMessage(to="+84912345678", text="HOAN HOP", reference="dispatch-7")
    assert isinstance(gateway, SmsFollowing)
    assert gateway.find(message, LONG_AGO).sids == ()
    sid = gateway.send(message).sid
    search = gateway.find(message, LONG_AGO)
    assert (search.state, search.sids) == (SearchState.ASKED, (sid,))
    assert gateway.status(sid).state is DeliveryState.DELIVERED
    assert gateway.status("another").state is DeliveryState.UNKNOWN
