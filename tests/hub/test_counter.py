"""The counter: one document, one number, both times; paper without its e-copy goes back fairly, and nothing by surprise."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mailhub.counter.handing_in import DepositOrder
from mailhub.errors import RefusedError
from mailhub.policy.case import Mode
from mailhub.policy.paper import PaperException
from mailhub.policy.reasons import ReasonCode
from mailhub.registers import RegisterOrder
from parsers.letter import LetterCode
from storage.records import (
    Actor,
    AgencyCode,
    AgencyDraft,
    DepositKind,
    DepositState,
    DispatchState,
    EntryState,
    LetterState,
    RegisterMode,
)
from tests.hub.conftest import CLERK, edit_agency, reading_of
from tests.policy import builders

MACHINE = Actor(unit_id=None, name="mailhub", via="housekeeping")
THURSDAY_NINE = datetime(2024, 8, 8, 2, 0, tzinfo=UTC)
ORDER = DepositOrder(agency="H29.11", reference="226/STC-NS", issued_on=date(2024, 8, 8), subject="quyết toán", pages=4)
BROKEN = builders.signed_by(builders.by_person(*builders.BROKEN), builders.by_organisation())


class At:
    """The counter of a desk, with short ways."""

    def __init__(self, desk):
        self.desk, self.hub, self.unit, self.clock = desk, desk.hub, desk.unit, desk.clock
        self.clock.now = THURSDAY_NINE

    def receive(self, **changes):
        return self.hub.counter.receive(CLERK, self.unit.id, replace(ORDER, **changes))

    def mail(self, number=1, **changes):
        file = changes.pop("file", builders.a_file(path=f"c{number}", signed=builders.SIGNED))
        letter = replace(builders.letter(**changes), main=file.path)
        before = {view.letter.id for view in self.letters()}
        self.desk.receive(f"mail {number}".encode(), reading_of(letter, identity=f"i{number}", files=(file,)))
        return next(view.letter for view in self.letters() if view.letter.id not in before)

    def letters(self):
        return self.hub.letters.list_(self.unit.id, limit=1000)

    def show(self, view):
        return self.hub.counter.show(self.unit.id, view.deposit.id)

    def state(self, view):
        return self.show(view).deposit.draft.state

    def house(self, **length):
        """Let time pass and the housekeeping act."""
        self.clock.move(**length)
        while self.hub.counter.act_on_due(MACHINE):
            pass

    def entries(self):
        return self.hub.registers.list_(self.unit.id)

    def notices(self):
        return sorted((item.draft.kind, item.state) for item in self.hub.outbox.list_(self.unit.id))

    def events(self, view):
        from storage import events

        with self.hub.database.reading() as tx:
            return [event.kind for event in events.list_(tx, subject=f"deposit/{view.deposit.id}", limit=100)]

    def do(self, verb, view, **given):
        return getattr(self.hub.counter, verb)(CLERK, self.unit.id, view.deposit.id, **given)

    def propose(self):
        self.hub.directory.set_mode(CLERK, self.unit.id, "H29.11", Mode.PROPOSE)


@pytest.fixture
def at(desk):
    return At(desk)


# --- pairing ---------------------------------------------------------------------------------------------------------


def test_paper_at_nine_and_e_copy_at_two_are_one_entry_with_both_times_and_nothing_is_returned(at):
    paper = at.receive()
    assert at.state(paper) is DepositState.WAITING
    at.house(hours=5)
    letter = at.mail()
    (entry,) = at.entries()
    assert entry.draft.paper_at == THURSDAY_NINE
    assert entry.draft.received_at == at.clock.now
    assert entry.draft.channel == "electronic"
    after = at.show(paper)
    assert (after.deposit.draft.state, after.entry.number, after.deposit.partner_letter_id) == (
        DepositState.PAIRED,
        entry.number,
        letter.id,
    )
    at.house(days=5)
    assert at.notices() == [("receipt", DispatchState.DUE)]
    assert at.events(paper) == ["paper-received", "paper-paired"]


def test_the_receipt_tells_that_the_paper_has_the_same_number(at, desk):
    at.receive()
    at.mail()
    dispatcher = desk.hub.dispatcher("d")
    while dispatcher.run_once():
        pass
    (file,) = desk.hub.settings.outbox.folder.glob("*.eml")
    assert "belongs to this number" in file.read_text().replace("=\n", "")


def test_paper_of_a_filed_letter_is_paired_at_once_and_takes_no_number(at):
    at.mail()
    at.clock.move(hours=1)
    paper = at.receive()
    (entry,) = at.entries()
    assert at.state(paper) is DepositState.PAIRED
    assert entry.draft.paper_at == at.clock.now
    assert at.hub.letters.show(at.unit.id, paper.deposit.draft.letter_id).entry.number == entry.number


@pytest.mark.parametrize("written", ["226/STC-NS", "226 / stc–ns", "0226/STC-NS"])
def test_the_number_is_compared_in_folded_form(at, written):
    at.mail()
    assert at.receive(reference=written).deposit.draft.state is DepositState.PAIRED


def test_another_date_with_the_same_number_is_shown_and_never_paired_silently(at):
    letter = at.mail()
    paper = at.receive(issued_on=date(2024, 8, 7))
    assert at.state(paper) is DepositState.WAITING
    (candidate,) = paper.candidates
    assert (candidate.letter_id, candidate.entry.number) == (letter.id, 1)
    at.house(days=1)
    assert at.state(paper) is DepositState.OVERDUE  # never by machine while there is a candidate
    paired = at.do("pair", paper, letter_id=letter.id)
    assert (paired.deposit.draft.state, paired.entry.number) == (DepositState.PAIRED, 1)


def test_a_number_of_the_year_before_is_a_candidate(at):
    at.mail()
    paper = at.receive(issued_on=date(2023, 8, 8))
    assert [candidate.entry.number for candidate in paper.candidates] == [1]
    assert at.do("pair", paper).deposit.draft.state is DepositState.PAIRED


def test_a_later_mail_with_another_date_does_not_close_the_wait(at):
    paper = at.receive(issued_on=date(2024, 8, 7))
    at.mail()
    assert at.state(paper) is DepositState.WAITING
    assert len(at.show(paper).candidates) == 1


def test_the_same_number_of_another_agency_is_nobody_s_e_copy(at):
    at.mail()
    at.hub.directory.add_agency(
        CLERK, at.unit.id, AgencyDraft(codes=(AgencyCode(code="H29.15"),), name="Sở Y tế", kind="state", mode="propose")
    )
    paper = at.receive(agency="H29.15")
    assert at.state(paper) is DepositState.WAITING
    assert paper.candidates == ()


# --- the wait --------------------------------------------------------------------------------------------------------


def test_the_wait_does_not_run_out_while_the_e_copy_is_on_the_desk(at):
    at.propose()
    letter = at.mail()
    paper = at.receive()
    assert paper.partner.id == letter.id
    for _ in range(4):
        at.house(days=1)
    assert at.state(paper) is DepositState.WAITING
    assert at.hub.letters.file(CLERK, at.unit.id, letter.id).number == 1
    assert at.state(paper) is DepositState.PAIRED


def test_after_its_e_copy_was_sent_back_the_paper_waits_anew(at):
    paper = at.receive()
    at.clock.move(hours=4)
    at.mail(file=replace(BROKEN, path="c1"))
    at.clock.move(minutes=11)
    at.desk.work()
    assert at.letters()[0].letter.draft.state is LetterState.RETURNED
    again = at.show(paper).deposit.draft
    assert (again.state, again.due_at) == (DepositState.WAITING, datetime(2024, 8, 9, 6, 11, tzinfo=UTC))
    at.house(days=1, minutes=-12)
    assert at.state(paper) is DepositState.WAITING
    at.house(minutes=12)
    assert at.state(paper) is DepositState.RETURN_DUE


def test_after_its_e_copy_was_dismissed_the_wait_goes_on(at):
    at.propose()
    letter = at.mail()
    paper = at.receive()
    at.hub.submissions.dismiss(CLERK, at.unit.id, (letter.draft.submission_id,), reason="sent by mistake")
    at.house(days=1)
    assert at.state(paper) is DepositState.OVERDUE


def test_a_mail_that_only_announces_paper_is_no_e_copy(at):
    paper = at.receive()
    finding = builders.finding(LetterCode.PAPER_ANNOUNCED)
    letter = builders.letter(main=None, findings=(finding,))
    at.desk.receive(b"only words", reading_of(letter, files=()))
    assert at.show(paper).partner is None
    assert at.entries() == ()


def test_the_wait_is_one_working_day(at):
    assert at.receive().deposit.draft.due_at == datetime(2024, 8, 9, 2, 0, tzinfo=UTC)
    at.clock.now = datetime(2024, 8, 9, 11, 0, tzinfo=UTC)  # Friday, 18:00
    assert at.receive(reference="227/STC-NS").deposit.draft.due_at == datetime(2024, 8, 13, 0, 30, tzinfo=UTC)


def test_a_day_off_that_is_announced_later_moves_the_deadline(at):
    paper = at.receive()
    vars(at.hub).pop("counter", None)
    vars(at.hub).pop("pairing", None)
    calendar = at.hub.settings.calendar.model_copy(update={"days_off": (date(2024, 8, 9),)})
    object.__setattr__(at.hub, "settings", at.hub.settings.model_copy(update={"calendar": calendar}))
    at.house(days=1)
    moved = at.show(paper).deposit.draft
    assert (moved.state, moved.due_at) == (DepositState.WAITING, datetime(2024, 8, 12, 2, 0, tzinfo=UTC))
    assert at.events(paper)[-1] == "paper-due-moved"


def test_an_agency_that_is_not_promoted_is_proposed_for_return_and_not_returned(at):
    at.propose()
    paper = at.receive()
    at.house(days=1)
    assert at.state(paper) is DepositState.OVERDUE
    at.house(days=9)
    assert at.notices() == []


@pytest.mark.parametrize("kind", ["superior", "party"])
def test_superior_and_party_bodies_are_never_returned_by_machine(at, kind):
    edit_agency(at.hub, at.unit.id, kind=kind, mode="auto")
    paper = at.receive()
    at.house(days=1)
    at.house(days=1)
    assert at.state(paper) is DepositState.OVERDUE


def test_a_letter_of_the_agency_without_a_read_number_keeps_the_machine_from_returning(at):
    paper = at.receive()
    at.mail(reference=None)
    assert len(at.show(paper).doubtful) == 1
    at.house(days=1)
    assert at.state(paper) is DepositState.OVERDUE


def test_a_mail_that_names_the_paper_s_code_is_shown_even_where_its_number_was_misread(at):
    at.propose()
    paper = at.receive()
    mail = replace(builders.MAIL, subject=f"Bản điện tử, mã {paper.code}")
    letter = builders.letter(reference=builders.text("228/STC-NS"))
    at.desk.receive(b"mail", reading_of(letter, mail=mail))
    assert [candidate.reference for candidate in at.show(paper).doubtful] == ["228/STC-NS"]
    at.hub.directory.set_mode(CLERK, at.unit.id, "H29.11", Mode.AUTO)
    at.house(days=1)
    assert at.state(paper) is DepositState.OVERDUE


# --- going back ------------------------------------------------------------------------------------------------------


def test_paper_without_an_e_copy_is_announced_after_the_delay_and_returned_when_signed_for(at):
    paper = at.receive()
    at.house(days=1)
    assert at.state(paper) is DepositState.RETURN_DUE
    assert at.notices() == []
    at.house(minutes=11)
    assert at.state(paper) is DepositState.ANNOUNCED
    assert at.notices() == [("paper-return", DispatchState.DUE)]
    after = at.do("hand_over", paper, to="Trần Văn B, Sở Tài chính")
    assert (after.deposit.draft.state, after.deposit.handed_to) == (DepositState.RETURNED, "Trần Văn B, Sở Tài chính")
    assert at.do("take_back", paper, reason="wrong paper").deposit.draft.state is DepositState.ANNOUNCED
    assert at.show(paper).deposit.handed_at is None
    assert at.entries() == ()
    assert at.hub.audit.verify().head


def test_the_notice_of_a_return_goes_to_the_registered_address_and_names_the_code(at):
    paper = at.receive()
    at.house(days=1)
    at.house(minutes=11)
    dispatcher = at.hub.dispatcher("d")
    while dispatcher.run_once():
        pass
    import email
    from email import policy

    (file,) = at.hub.settings.outbox.folder.glob("*.eml")
    mail = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    told = mail.get_body(("plain",)).get_content()
    assert mail["To"].addresses[0].addr_spec == "vanthu@stc.tinh.gov.vn"
    assert mail["Subject"] == "Đề nghị gửi bản điện tử – 226/STC-NS (bản giấy nhận 08/8/2024)"
    assert f"ghi mã {paper.code} ở tiêu đề" in told
    assert "mời nhận lại trước ngày 19/8/2024" in told
    assert "quyết toán" not in told


def with_phones(at, *phones, gateway="folder"):
    edit_agency(at.hub, at.unit.id, phones=phones)
    sms = at.hub.settings.sms.model_copy(update={"gateway": gateway})
    object.__setattr__(at.hub, "settings", at.hub.settings.model_copy(update={"sms": sms}))


def test_the_return_is_also_told_by_one_sms_without_marks_and_without_the_subject(at):
    with_phones(at, "0912345678", "0220 3 000 111")
    at.receive()
    at.house(days=1)
    at.house(minutes=11)
    from mailhub.texting import text_of
    from sms.text import measure

    (text,) = [item for item in at.hub.outbox.list_(at.unit.id) if item.draft.channel == "sms"]
    assert text.draft.recipient == "+84912345678"
    with at.hub.database.reading() as tx:
        words = text_of(tx, text)
    assert measure(words).segments == 1
    assert "226/STC-NS" in words
    assert "9h00 08/8" in words
    assert "quyet toan" not in words
    assert words.isascii()


def test_without_a_gateway_no_sms_is_intended(at):
    with_phones(at, "0912345678", gateway="none")
    at.receive()
    at.house(days=1)
    at.house(minutes=11)
    assert [item.draft.channel for item in at.hub.outbox.list_(at.unit.id)] == ["mail"]


def test_a_return_is_withdrawn_within_its_delay_without_a_trace_outside(at):
    at.propose()
    paper = at.receive()
    assert at.do("return_", paper).deposit.draft.state is DepositState.RETURN_DUE
    at.do("withdraw", paper, reason="they telephoned")
    at.house(days=3)
    assert at.state(paper) is DepositState.OVERDUE
    assert at.notices() == []


def test_a_return_that_was_announced_is_withdrawn_with_an_apology(at):
    paper = at.receive()
    at.house(days=1)
    at.house(minutes=11)
    dispatcher = at.hub.dispatcher("d")
    while dispatcher.run_once():
        pass
    at.do("withdraw", paper, reason="the law asks for paper")
    assert at.notices() == [("apology", DispatchState.DUE), ("paper-return", DispatchState.SENT)]


def test_an_announcement_that_has_not_left_is_stopped(at):
    paper = at.receive()
    at.house(days=1)
    at.house(minutes=11)
    at.do("withdraw", paper, reason="the law asks for paper")
    assert at.notices() == [("paper-return", DispatchState.CANCELLED)]


@pytest.mark.parametrize("sent", [True, False])
def test_a_matching_mail_closes_the_wait_even_when_the_return_is_announced(at, sent):
    paper = at.receive()
    at.house(days=1)
    at.house(minutes=11)
    if sent:
        at.hub.dispatcher("d").run_once()
    at.mail()
    assert at.state(paper) is DepositState.PAIRED
    notice = DispatchState.SENT if sent else DispatchState.CANCELLED
    assert at.notices() == [("paper-return", notice), ("receipt", DispatchState.DUE)]
    assert at.entries()[0].draft.paper_at == THURSDAY_NINE


def test_a_mail_on_the_desk_stops_a_return_in_its_delay(at):
    paper = at.receive()
    at.house(days=1)
    at.propose()
    at.mail()
    at.house(minutes=11)
    assert at.state(paper) is DepositState.WAITING
    assert at.notices() == []


def test_paper_whose_e_copy_is_here_is_not_returned_by_a_clerk(at):
    at.propose()
    letter = at.mail()
    paper = at.receive()
    with pytest.raises(RefusedError, match=f"h{letter.id} is on the desk"):
        at.do("return_", paper)


def test_handing_over_within_the_delay_announces_the_return_with_it(at):
    paper = at.receive()
    at.do("return_", paper)
    after = at.do("hand_over", paper, to="B")
    assert after.deposit.draft.state is DepositState.RETURNED
    assert at.notices() == [("paper-return", DispatchState.DUE)]
    assert at.events(paper)[-2:] == ["paper-return-announced", "paper-handed-over"]


def test_returned_paper_may_be_handed_in_again(at):
    paper = at.receive()
    at.do("return_", paper)
    at.do("hand_over", paper, to="B")
    assert at.receive().deposit.draft.state is DepositState.WAITING


def test_a_return_is_announced_once_whoever_acts(at):
    from concurrent.futures import ThreadPoolExecutor

    at.receive()
    at.house(days=1)
    at.clock.move(minutes=11)
    with ThreadPoolExecutor(4) as houses:
        list(houses.map(lambda _: at.hub.counter.act_on_due(MACHINE), range(4)))
    assert at.notices() == [("paper-return", DispatchState.DUE)]


# --- exceptions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exception", [PaperException.LAW, PaperException.UNDIGITISED, PaperException.ORGANISATION])
def test_paper_under_an_exception_is_filed_under_the_next_number_at_once(at, exception):
    at.hub.registers.open(CLERK, at.unit.id, RegisterOrder(code="UBND", next_number=4818))
    paper = at.receive(exception=exception)
    (entry,) = at.entries()
    assert (entry.number, entry.draft.channel, entry.draft.exception) == (4818, "paper", exception.value)
    assert (entry.draft.received_at, entry.draft.paper_at) == (THURSDAY_NINE, THURSDAY_NINE)
    assert (paper.deposit.draft.state, paper.entry.id) == (DepositState.ACCEPTED, entry.id)
    assert at.hub.registers.search(at.unit.id, paper.code)[0].id == entry.id
    at.house(days=9)
    assert at.notices() == []


@pytest.mark.parametrize("kind", ["citizen", "enterprise"])
def test_citizens_and_enterprises_need_no_e_copy(at, kind):
    person = AgencyDraft(codes=(AgencyCode(code="CD1"),), name="Nguyễn Văn A", kind=kind, mode="propose")
    at.hub.directory.add_agency(CLERK, at.unit.id, person)
    at.receive(agency="CD1", reference="", issued_on=None, subject="đơn kiến nghị")
    (entry,) = at.entries()
    assert entry.draft.exception == "exempt-sender"


def test_paper_of_a_person_whom_nobody_knows_is_filed_as_exempt(at):
    at.receive(agency="", sender="Trần Thị C", reference="", issued_on=None, exception=PaperException.EXEMPT_SENDER)
    assert at.entries()[0].draft.issuer == "Trần Thị C"


def test_a_register_that_another_system_numbers_takes_its_number_for_paper(at):
    at.hub.registers.open(CLERK, at.unit.id, RegisterOrder(code="UBND", mode=RegisterMode.EXTERNAL))
    with pytest.raises(RefusedError, match="paper receive --number"):
        at.receive(exception=PaperException.LAW)
    assert at.hub.counter.list_(at.unit.id) == ()
    at.receive(exception=PaperException.LAW, number=77)
    assert at.entries()[0].number == 77


def test_an_exception_beside_an_e_copy_on_the_desk_is_refused(at):
    at.propose()
    letter = at.mail()
    with pytest.raises(RefusedError, match=f"h{letter.id}"):
        at.receive(exception=PaperException.LAW)


def test_the_e_copy_of_paper_that_was_filed_is_told_the_first_number(at):
    paper = at.receive(exception=PaperException.LAW)
    letter = at.mail()
    assert letter.draft.state is LetterState.HELD
    assert letter.draft.reasons[0] == ReasonCode.POSSIBLE_REPLACEMENT.value
    after = at.do("pair", paper)
    assert after.deposit.partner_letter_id == letter.id
    assert len(at.entries()) == 1
    assert at.letters()[0].letter.draft.state is LetterState.REPEAT
    assert at.letters()[0].entry.number == 1
    assert at.notices() == [("repeat", DispatchState.DUE)]
    at.do("unpair", paper, reason="another letter")
    assert at.letters()[0].letter.draft.state is LetterState.HELD
    assert at.notices() == [("repeat", DispatchState.CANCELLED)]


# --- what is only counted --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{"kind": DepositKind.SECRET}, {"exception": PaperException.SECRET}])
def test_secret_paper_is_only_counted(at, changes):
    paper = at.receive(reference="", issued_on=None, subject="", **changes)
    draft = paper.deposit.draft
    assert (draft.state, draft.kind, draft.letter_id, draft.subject) == (
        DepositState.COUNTED,
        DepositKind.SECRET,
        None,
        "",
    )
    assert at.entries() == ()
    assert at.letters() == ()


@pytest.mark.parametrize("told", [{"subject": "về quân sự"}, {"reference": "1/A"}, {"note": "mật khẩu"}])
def test_secret_paper_with_any_word_of_its_content_is_refused(at, told):
    blank = {"reference": "", "issued_on": None, "subject": "", "kind": DepositKind.SECRET}
    with pytest.raises(RefusedError, match="only counted"):
        at.receive(**(blank | told))


def test_an_envelope_addressed_to_a_person_is_noted_unopened_and_handed_to_its_addressee(at):
    paper = at.receive(kind=DepositKind.ENVELOPE, subject="", note="gửi ông Phó Chủ tịch Hà")
    assert (paper.deposit.draft.state, paper.deposit.draft.letter_id) == (DepositState.COUNTED, None)
    after = at.do("hand_over", paper, to="Nguyễn Hà")
    assert (after.deposit.draft.state, after.deposit.handed_to) == (DepositState.COUNTED, "Nguyễn Hà")
    assert at.do("take_back", paper, reason="not given yet").deposit.handed_to == ""


# --- mistakes --------------------------------------------------------------------------------------------------------


def test_the_same_paper_twice_is_refused_and_the_first_is_named(at):
    first = at.receive()
    with pytest.raises(RefusedError, match=first.code):
        at.receive(reference="226/stc-ns")
    at.mail()
    with pytest.raises(RefusedError, match="arrival number 1"):
        at.receive()


def test_a_deposit_entered_by_mistake_is_cancelled_and_may_be_entered_right(at):
    first = at.receive()
    assert at.do("cancel", first, reason="wrong number").deposit.draft.state is DepositState.CANCELLED
    assert at.receive().deposit.draft.state is DepositState.WAITING


def test_cancelling_paper_that_was_filed_voids_its_number_and_keeps_its_place(at):
    first = at.receive(exception=PaperException.LAW)
    at.do("cancel", first, reason="not under the exception")
    again = at.receive(exception=PaperException.ORGANISATION)
    assert again.entry.number == 2
    assert [(entry.number, entry.state) for entry in reversed(at.entries())] == [
        (1, EntryState.VOIDED),
        (2, EntryState.REGISTERED),
    ]


def test_a_document_that_turns_out_secret_leaves_nothing_of_its_words(at):
    paper = at.receive(exception=PaperException.LAW, note="xem trang 3")
    at.do("seal", paper, reason="a red mark on the paper")
    draft = at.show(paper).deposit.draft
    assert (draft.kind, draft.state, draft.letter_id) == (DepositKind.SECRET, DepositState.COUNTED, None)
    assert at.hub.counter.search(at.unit.id, "quyet toan") == ()
    assert at.hub.registers.search(at.unit.id, "quyet toan") == ()
    (entry,) = at.entries()
    assert (entry.number, entry.draft.subject, entry.draft.reference) == (1, "", "")
    assert at.letters()[0].letter.draft.subject == ""
    assert at.receive(exception=PaperException.LAW, reference="9/STC-NS").entry.number == 2


def test_paired_paper_is_not_sealed_before_it_is_unpaired(at):
    at.mail()
    paper = at.receive()
    with pytest.raises(RefusedError, match="is paired"):
        at.do("seal", paper, reason="x")


def test_a_pairing_is_undone_and_not_made_again_by_itself(at):
    letter = at.mail()
    paper = at.receive()
    after = at.do("unpair", paper, reason="another document")
    assert (after.deposit.draft.state, after.entry) == (DepositState.WAITING, None)
    assert at.entries()[0].draft.paper_at is None
    assert [candidate.letter_id for candidate in after.candidates] == [letter.id]
    at.house(days=1)
    assert at.state(paper) is DepositState.OVERDUE


def test_a_paired_deposit_is_closed_for_return_and_cancelling(at):
    at.mail()
    paper = at.receive()
    for verb, given in (("return_", {}), ("cancel", {"reason": "x"}), ("withdraw", {"reason": "x"}), ("hand_over", {"to": "B"})):
        with pytest.raises(RefusedError, match="is paired"):
            at.do(verb, paper, **given)


def test_a_clerk_pairs_paper_with_a_letter_whose_number_was_misread(at):
    letter = at.mail(reference=builders.text("228/STC-NS", builders.Confidence.DOUBTFUL))
    paper = at.receive()
    waiting = at.do("pair", paper, letter_id=letter.id)
    assert (waiting.deposit.draft.state, waiting.partner.id) == (DepositState.WAITING, letter.id)
    at.house(days=3)
    assert at.state(paper) is DepositState.WAITING
    at.hub.letters.file(CLERK, at.unit.id, letter.id)
    assert at.state(paper) is DepositState.PAIRED


def test_paper_is_paired_again_when_its_number_was_voided_and_the_letter_filed_anew(at):
    paper = at.receive()
    at.mail()
    entry = at.entries()[0]
    at.hub.voiding.void(CLERK, entry, reason="wrong register")
    again = at.hub.letters.file(CLERK, at.unit.id, entry.draft.letter_id)
    assert at.show(paper).entry.number == again.number == 2
    assert at.entries()[0].draft.paper_at == THURSDAY_NINE


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"agency": ""}, "who hands it in"),
        ({"agency": "X9"}, "no agency with code"),
        ({"reference": ""}, "--reference"),
        ({"issued_on": None}, "--date"),
        ({"deposited_at": datetime(2024, 8, 9, tzinfo=UTC)}, "still to come"),
    ],
)
def test_an_order_that_says_too_little_is_refused(at, changes, words):
    with pytest.raises(RefusedError, match=words):
        at.receive(**changes)
    assert at.hub.counter.list_(at.unit.id) == ()


def test_paper_may_be_entered_after_it_was_handed_in(at):
    at.clock.move(hours=2)
    paper = at.receive(deposited_at=THURSDAY_NINE)
    assert paper.deposit.draft.due_at == datetime(2024, 8, 9, 2, 0, tzinfo=UTC)


def test_an_unknown_deposit_is_named_by_its_code(at):
    with pytest.raises(RefusedError, match="G7-0312"):
        at.hub.counter.show(at.unit.id, 312)


def test_an_agency_that_the_directory_does_not_know_is_told_at_the_counter_only(at):
    paper = at.receive(agency="", sender="Hội Khuyến học")
    at.do("return_", paper)
    at.house(minutes=11)
    assert at.state(paper) is DepositState.ANNOUNCED
    assert at.notices() == []


def test_paper_and_e_copy_at_the_same_moment_never_overlook_each_other(at):
    from concurrent.futures import ThreadPoolExecutor

    at.propose()
    for number in range(6):
        reference = f"{300 + number}/STC-NS"
        letter = at.mail(number=number, reference=builders.text(reference))
        with ThreadPoolExecutor(2) as both:
            filing = both.submit(at.hub.letters.file, CLERK, at.unit.id, letter.id)
            handing_in = both.submit(at.receive, reference=reference)
        assert filing.result().number == number + 1
        assert at.state(handing_in.result()) is DepositState.PAIRED
    assert all(entry.draft.paper_at == THURSDAY_NINE for entry in at.entries())


def test_two_clerks_who_take_the_same_paper_in_enter_it_once(at):
    from concurrent.futures import ThreadPoolExecutor

    def receive(_):
        try:
            return at.receive(exception=PaperException.LAW).entry.number
        except RefusedError:
            return None

    with ThreadPoolExecutor(4) as clerks:
        given = list(clerks.map(receive, range(4)))
    assert sorted(number for number in given if number is not None) == [1]
    assert len(at.entries()) == 1


def test_serving_acts_on_paper_and_says_once_a_day_that_days_off_are_open(at, caplog):
    from types import SimpleNamespace

    from mailhub.serving.housekeeping import Housekeeping

    house = Housekeeping(at.hub, SimpleNamespace(owner=lambda role: role))
    paper = at.receive()
    assert not house.act_on_paper()
    at.clock.move(days=1)
    assert house.act_on_paper()
    assert at.state(paper) is DepositState.RETURN_DUE
    at.clock.now = datetime(2098, 12, 1, 3, 0, tzinfo=UTC)
    house.watch_calendar()
    house.watch_calendar()
    (warning,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert warning.years == [2098, 2099]
