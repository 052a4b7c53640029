"""What outsiders see after the last crash, when the hub has stopped in order: 250s, mails, the register, the log."""

from collections import Counter
from collections.abc import Sequence
from email import message_from_bytes

from mailhub.cli.app import mailhub
from mailhub.demo.cast import OFFICE
from storage.records import DispatchState
from tests.integration.crashing import Crashes
from tests.integration.receiving import Receiver
from tests.servers.serving import told


def judge(crashes: Crashes, sent: Sequence[bytes]) -> None:
    """Every acknowledged letter has one number and one receipt; `sent` is what left, in whatever order."""
    home = crashes.hub.home
    entries = told(home, "register", "list", "--limit", "10000")
    assert Counter(entry["reference"] for entry in entries) == Counter(letter.reference for letter in crashes.acknowledged)
    first = OFFICE.first_number
    assert sorted(entry["number"] for entry in entries) == list(range(first, first + len(entries)))

    receipts = {content: message_from_bytes(content) for content in sent}
    answered = Counter(receipt["In-Reply-To"] for receipt in receipts.values())
    assert answered == Counter(letter.message_id for letter in crashes.acknowledged), "one receipt each, however often sent"
    dispatches = crashes.hub.outbox.list_(crashes.unit.id, limit=10_000)
    assert {dispatch.state for dispatch in dispatches} == {DispatchState.SENT}
    assert all(dispatch.repeated <= 1 for dispatch in dispatches)
    again = sum(dispatch.repeated for dispatch in dispatches)
    assert len(receipts) <= len(sent) <= len(receipts) + again, "the same bytes again, and only where the hub says so"
    assert mailhub.run(["--home", str(home), "audit", "verify"], {}) == 0


def judge_folder(crashes: Crashes) -> None:
    crashes.stop()
    written = list((crashes.hub.home / "outbox").iterdir())
    assert {file.suffix for file in written} == {".eml"}, "nothing half written is left"
    judge(crashes, [file.read_bytes() for file in written])


def judge_receiver(crashes: Crashes, receiver: Receiver) -> None:
    crashes.stop()
    judge(crashes, receiver.took)
