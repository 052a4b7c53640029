"""How a sender that is proved, forged or unknown counts: what is held, who is answered, and which of two letters waits."""

import shutil
from dataclasses import replace

import pytest

from mailhub.policy.case import Action
from mailhub.policy.verdict import STRONGEST
from parsers.letter import ReadLetter
from parsers.mail.authentication import Method, Proof, SenderAuthentication
from parsers.mail.model import Mailbox
from storage.records import AgencyCode, AgencyDraft, LetterState, SubmissionState
from tests.hub.conftest import CLERK, reading_of
from tests.policy import builders

HEALTH = AgencyDraft(
    codes=(AgencyCode(code="H29.15"),), name="Sở Y tế", kind="state", mode="propose", addresses=("vanthu@syt.tinh.gov.vn",)
)
ALONE = builders.signed_by(builders.by_person())
OTHER = replace(ALONE, sha256="9" * 64)


@pytest.fixture
def database_url(sqlite_template, tmp_path):
    """SQLite alone: what of it depends on the database is tested with the directory and the letters (tests/storage)."""
    shutil.copy(sqlite_template, tmp_path / "mailhub.db")
    return f"sqlite:///{tmp_path / 'mailhub.db'}"


def mail_with(proof, address="vanthu@stc.tinh.gov.vn", name="Văn thư", login="", **changes):
    checked = SenderAuthentication(method=Method.DNS, proof=proof, domain=address.partition("@")[2], login=login)
    box = Mailbox(name=name, address=address)
    return replace(builders.MAIL, from_=(box,), return_path=address, authentication=checked, **changes)


def tell_held(desk):
    notices = desk.hub.settings.notices.model_copy(update={"held": True})
    object.__setattr__(desk.hub, "settings", desk.hub.settings.model_copy(update={"notices": notices}))


def notices(desk):
    return [(item.draft.kind, item.draft.recipient) for item in desk.hub.outbox.list_(desk.unit.id)]


def letter_in(desk, raw, reading):
    desk.receive(raw, reading)
    return desk.hub.letters.list_(desk.unit.id)[0].letter


def sender(desk, letter):
    return desk.hub.letters.explain(desk.unit.id, letter.id).record.directory.sender


def test_a_proved_sender_is_filed_by_machine(desk):
    letter = letter_in(desk, b"proved", reading_of(mail=mail_with(Proof.PROVED)))
    assert (letter.draft.state, notices(desk)) == (LetterState.FILED, [("receipt", "vanthu@stc.tinh.gov.vn")])


@pytest.mark.parametrize(
    ("proof", "reason", "told"),
    [
        (Proof.PROVED, "one-signature-missing", [("held", "vanthu@stc.tinh.gov.vn")]),
        (Proof.UNCHECKED, "one-signature-missing", [("held", "vanthu@stc.tinh.gov.vn")]),
        (Proof.UNPROVED, "sender-unproved", []),
        (Proof.PENDING, "sender-not-settled", []),
        (Proof.FAILED, "sender-failed", []),
    ],
)
def test_a_forged_address_makes_the_hub_write_to_nobody(desk, proof, reason, told):
    tell_held(desk)
    letter = letter_in(desk, b"held", reading_of(files=(ALONE,), mail=mail_with(proof)))
    assert (letter.draft.state, letter.draft.reasons[0], notices(desk)) == (LetterState.HELD, reason, told)


def test_a_clerk_who_files_an_unproved_letter_has_its_sender_told_and_of_a_forged_one_nobody(desk):
    for raw, proof in ((b"unproved", Proof.UNPROVED), (b"forged", Proof.FAILED)):
        letter = letter_in(desk, raw, reading_of(letter_number(raw), identity=str(raw), mail=mail_with(proof)))
        desk.hub.letters.file(CLERK, desk.unit.id, letter.id, reason="đã gọi điện")
    assert notices(desk) == [("receipt", "vanthu@stc.tinh.gov.vn")]


def letter_number(raw) -> ReadLetter:
    number = str(len(raw))
    fields = replace(builders.FIELDS, number=builders.text(number), reference=builders.text(f"{number}/STC-NS"))
    return replace(builders.LETTER, fields=fields)


def test_an_authenticated_stranger_is_answered_and_another_is_not(desk):
    tell_held(desk)
    for number, proof in enumerate((Proof.PROVED, Proof.UNPROVED, Proof.UNCHECKED)):
        mail = mail_with(proof, address=f"dan{number}@nha.example")
        desk.receive(
            b"%d" % number, reading_of(identity=str(number), mail=mail, files=(replace(ALONE, sha256=f"{number}" * 64),))
        )
    assert notices(desk) == [("held", "dan0@nha.example")]


def test_a_domain_that_passes_and_is_not_registered_is_held_as_that(desk):
    letter = letter_in(desk, b"x", reading_of(mail=mail_with(Proof.PROVED, address="vanthu@taichinh.example", name="")))
    assert letter.draft.reasons[:2] == ("domain-not-registered", "unknown-sender")


@pytest.mark.parametrize(
    ("address", "name", "by"),
    [
        ("vanthu@stc.tlnh.gov.vn", "", "look"),
        ("vanthu@stc-tinh.gov.vn", "", "look"),
        ("vanthu@stc.tinh.gov.vn.ru-mail.example", "", "look"),
        ("vanthu@xn--tc-doc.tinh-vn.example", "Văn thư Sở Tài chính", "name"),
        ("so.taichinh.tinh@gmail.com", "SỞ TÀI CHÍNH", "name"),
    ],
)
def test_a_stranger_who_resembles_an_agency_is_held_as_that(desk, address, name, by):
    letter = letter_in(desk, b"x", reading_of(mail=mail_with(Proof.PROVED, address=address, name=name)))
    imitated = desk.hub.letters.explain(desk.unit.id, letter.id).record.directory.imitated
    assert letter.draft.reasons[0] == "sender-deceives"
    assert (imitated.code, imitated.matched_by) == ("H29.11", by)


@pytest.mark.parametrize("address", ["vanthu@sxd.tinh.gov.vn", "a@congty.example", "nguoidan@gmail.com"])
def test_a_neighbour_a_firm_and_a_citizen_resemble_nobody(desk, address):
    letter = letter_in(desk, b"x", reading_of(mail=mail_with(Proof.PROVED, address=address, name="Nguyễn Văn A")))
    assert "sender-deceives" not in letter.draft.reasons


def test_a_login_proves_an_agency_whatever_domain_it_writes_from(desk):
    desk.hub.logins.set_(CLERK, desk.unit.id, "H29.11", "stc", "mot mat khau rat dai 123")
    mail = mail_with(Proof.UNPROVED, address="a@moi.example", login="stc")
    letter = letter_in(desk, b"x", reading_of(mail=mail))
    found = sender(desk, letter)
    assert (found.code, found.matched_by, found.proof, letter.draft.sender_strength) == (
        "H29.11",
        "login",
        Proof.PROVED,
        STRONGEST,
    )
    assert letter.draft.state is LetterState.FILED


def test_a_login_is_no_proof_for_another_agency_s_address(desk):
    desk.hub.directory.add_agency(CLERK, desk.unit.id, HEALTH)
    desk.hub.logins.set_(CLERK, desk.unit.id, "H29.15", "syt", "mot mat khau rat dai 123")
    letter = letter_in(desk, b"x", reading_of(mail=mail_with(Proof.PROVED, login="syt")))
    assert (sender(desk, letter).code, letter.draft.reasons[0]) == ("H29.11", "sender-failed")


def test_a_forged_letter_with_a_number_keeps_the_proved_one_with_it_from_nothing(desk):
    desk.receive(b"forged", reading_of(identity="f", files=(OTHER,), mail=mail_with(Proof.FAILED)))
    proved = letter_in(desk, b"proved", reading_of(identity="p", files=(ALONE,), mail=mail_with(Proof.PROVED)))
    assert "possible-replacement" not in proved.draft.reasons
    third = letter_in(
        desk, b"third", reading_of(identity="t", files=(replace(ALONE, sha256="8" * 64),), mail=mail_with(Proof.PROVED))
    )
    assert "possible-replacement" in third.draft.reasons


def test_the_same_mail_again_with_better_proof_is_decided_anew_and_one_with_less_changes_nothing(desk):
    first = letter_in(desk, b"forged copy", reading_of(mail=mail_with(Proof.FAILED)))
    assert first.draft.reasons == ("sender-failed",)
    (view,) = desk.receive(b"genuine", reading_of(mail=mail_with(Proof.PROVED)))
    assert (view.letter.id, view.letter.draft.state) == (first.id, LetterState.FILED)
    desk.receive(b"forged again", reading_of(mail=mail_with(Proof.FAILED)))
    (again,) = desk.hub.letters.list_(desk.unit.id)
    assert (again.letter.draft.state, sender(desk, again.letter).proof) == (LetterState.FILED, Proof.PROVED)


def test_a_copy_that_a_clerk_dismissed_as_forged_does_not_bury_the_genuine_one(desk):
    letter_in(desk, b"forged copy", reading_of(mail=mail_with(Proof.FAILED)))
    (copy,) = desk.hub.submissions.list_(desk.unit.id)
    desk.hub.submissions.dismiss(CLERK, desk.unit.id, (copy.id,), reason="giả mạo")
    (view,) = desk.receive(b"genuine", reading_of(mail=mail_with(Proof.PROVED)))
    assert view.letter.draft.state is LetterState.FILED
    state = desk.hub.submissions.show(desk.unit.id, copy.id).submission.draft.state
    assert state is SubmissionState.SETTLED


def test_what_a_clerk_holds_stays_held_however_well_it_is_proved_later(desk):
    letter = letter_in(desk, b"forged copy", reading_of(mail=mail_with(Proof.FAILED)))
    desk.hub.letters.hold(CLERK, desk.unit.id, letter.id, reason="chờ xác minh")
    (view,) = desk.receive(b"genuine", reading_of(mail=mail_with(Proof.PROVED)))
    assert (view.letter.draft.state, view.letter.decided_by) == (LetterState.HELD, "lan")


def test_a_sender_that_dns_did_not_tell_is_checked_again_until_it_does(desk):
    pending = reading_of(mail=mail_with(Proof.PENDING), pending=("sender",))
    letter = letter_in(desk, b"mail", pending)
    assert (letter.draft.state, letter.draft.action) == (LetterState.WAITING, Action.WAIT.value)
    desk.readers.readings[b"mail"] = reading_of(mail=mail_with(Proof.PROVED))
    desk.clock.move(minutes=16)
    desk.work()
    (view,) = desk.hub.letters.list_(desk.unit.id)
    assert (view.letter.draft.state, view.letter.draft.sender_strength) == (LetterState.FILED, 3)


def test_a_sender_that_dns_never_tells_is_shown_to_a_clerk_at_the_deadline(desk):
    letter_in(desk, b"mail", reading_of(mail=mail_with(Proof.PENDING), pending=("sender",)))
    for _ in range(20):
        desk.clock.move(minutes=16)
        desk.work()
    (view,) = desk.hub.letters.list_(desk.unit.id)
    assert (view.letter.draft.state, view.letter.draft.reasons) == (LetterState.HELD, ("sender-not-settled", "checks-pending"))


def test_the_decision_on_a_sender_is_explained_by_what_was_stored(desk):
    letter = letter_in(desk, b"x", reading_of(mail=mail_with(Proof.FAILED)))
    explanation = desk.hub.letters.explain(desk.unit.id, letter.id)
    assert explanation.again == explanation.record.decision
    assert explanation.record.facts.mail.authentication.proof is Proof.FAILED


def test_a_copy_with_a_mark_of_secrecy_leaves_nothing_behind_however_well_it_is_proved(desk):
    letter_in(desk, b"plain", reading_of(mail=mail_with(Proof.FAILED)))
    secret = replace(builders.LETTER, secrecy=(builders.finding("secrecy-mark"),))
    desk.receive(b"marked", reading_of(secret, mail=mail_with(Proof.PROVED, subject="MẬT: kế hoạch")))
    (mail,) = desk.hub.submissions.list_(desk.unit.id)
    reading = desk.hub.submissions.show(desk.unit.id, mail.id).reading
    assert reading is None or "MẬT" not in reading.mail.subject
