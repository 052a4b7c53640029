"""Who is answered, and how (design, promise 10)."""

import email
from dataclasses import replace
from email import policy

import pytest

from mailhub.policy.case import Mode
from mailhub.policy.reasons import ReasonCode
from parsers.mail.model import Mailbox
from storage.records import DispatchState
from tests.hub.conftest import CLERK, edit_agency, reading_of
from tests.policy import builders


def file_letters(desk, count, start=1, mail=builders.MAIL):
    for number in range(start, start + count):
        file = builders.a_file(path=f"c{number}", signed=builders.SIGNED)
        letter = replace(builders.letter(reference=builders.text(f"{number}/STC-NS")), main=file.path)
        desk.bring(f"mail {number}".encode(), reading_of(letter, identity=f"i{number}", files=(file,), mail=mail))
    desk.work()


def notices(desk):
    return sorted((item.draft.kind, item.draft.channel) for item in desk.hub.outbox.list_(desk.unit.id, limit=1000))


def sent_mails(desk):
    """Everything that is due leaves; gives the mails as a recipient reads them."""
    dispatcher = desk.hub.dispatcher("d")
    while dispatcher.run_once():
        pass
    out = desk.hub.settings.outbox.folder
    return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(out.glob("*.eml"))]


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def test_a_receipt_tells_number_tracking_code_files_and_the_head_of_the_log(desk):
    file_letters(desk, 1)
    (mail,) = sent_mails(desk)
    head = desk.hub.audit.verify().head
    code = desk.hub.submissions.list_(desk.unit.id)[0].draft.tracking_code
    told = text_of(mail)
    assert all(words in told for words in ("số đến 1,", code, "1 of 1 files", f"{head.number}/{head.hash}", "Nguyễn Thị Lan"))
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["In-Reply-To"] == builders.MAIL.message_id


@pytest.mark.parametrize(
    "changes",
    [
        {"from_": (Mailbox(name="x", address="someone@example.org"),)},
        {"automatic": ("Auto-Submitted",)},
        {"return_path": ""},
        {"loop_marks": ("another-hub",)},
        {"from_": (Mailbox(name="x", address="vpub@tinh.gov.vn"),)},
    ],
)
def test_strangers_robots_null_paths_loops_and_ourselves_get_no_answer(desk, changes):
    desk.hub.directory.set_mode(CLERK, desk.unit.id, "H29.11", Mode.PROPOSE)
    file_letters(desk, 1, mail=replace(builders.MAIL, **changes))
    (view,) = desk.hub.letters.list_(desk.unit.id)
    desk.hub.letters.file(CLERK, desk.unit.id, view.letter.id)
    assert notices(desk) == []


def test_answers_beyond_the_daily_cap_leave_together_in_one_digest(desk):
    cap = 4
    few = desk.hub.settings.notices.model_copy(update={"daily_cap": cap})
    object.__setattr__(desk.hub, "settings", desk.hub.settings.model_copy(update={"notices": few}))
    file_letters(desk, cap + 3)
    assert notices(desk).count(("receipt", "digest")) == 3
    assert len(sent_mails(desk)) == cap
    desk.clock.move(minutes=61)
    assert desk.hub.digesting("g").run_once()
    assert not desk.hub.digesting("g").run_once()
    mails = [mail for mail in sent_mails(desk) if mail["Auto-Submitted"] == "auto-generated"]
    assert len(mails) == 1
    assert all(f"{number}/STC-NS" in text_of(mails[0]) for number in range(cap + 1, cap + 4))
    states = {item.state for item in desk.hub.outbox.list_(desk.unit.id, limit=1000)}
    assert states == {DispatchState.SENT}


def test_a_clerk_s_note_and_reasons_reach_the_sender_of_a_returned_letter(desk):
    desk.hub.directory.set_mode(CLERK, desk.unit.id, "H29.11", Mode.PROPOSE)
    file_letters(desk, 1)
    (view,) = desk.hub.letters.list_(desk.unit.id)
    desk.hub.letters.return_(
        CLERK, desk.unit.id, view.letter.id, reasons=(ReasonCode.WRONG_ADDRESSEE,), note="Văn bản gửi Sở Nội vụ."
    )
    desk.clock.move(minutes=11)
    desk.work()
    (mail,) = sent_mails(desk)
    assert "Văn bản gửi Sở Nội vụ." in text_of(mail)
    assert "Quy chế 12/QĐ-VP" in text_of(mail)


def test_a_notice_that_would_have_a_hole_is_not_sent_and_says_which(desk):
    settings = desk.hub.settings
    contactless = settings.model_copy(update={"contact": settings.contact.model_copy(update={"phone": ""})})
    object.__setattr__(desk.hub, "settings", contactless)
    file_letters(desk, 1)
    assert sent_mails(desk) == []
    (dispatch,) = desk.hub.outbox.list_(desk.unit.id)
    assert dispatch.state is DispatchState.FAILED
    assert "contact.phone" in dispatch.last_error


def hold_one(desk, *, told, kind="state"):
    notices_settings = desk.hub.settings.notices.model_copy(update={"held": told})
    object.__setattr__(desk.hub, "settings", desk.hub.settings.model_copy(update={"notices": notices_settings}))
    edit_agency(desk.hub, desk.unit.id, kind=kind)
    alone = builders.signed_by(builders.by_person())
    desk.receive(b"mail one", reading_of(files=(alone,)))


@pytest.mark.parametrize(("told", "kind", "expected"), [(False, "state", 0), (True, "state", 1), (True, "superior", 0)])
def test_a_sender_is_told_of_a_held_letter_only_where_the_office_wants_it_and_never_a_superior_body(desk, told, kind, expected):
    hold_one(desk, told=told, kind=kind)
    mails = sent_mails(desk)
    assert len(mails) == expected
    assert all("226/STC-NS" in text_of(mail) for mail in mails)
