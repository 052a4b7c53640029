"""The fifteen checks that tell whether the desk is right, with real signed letters, real SMTP and the clerk's own commands.

| check | here | elsewhere, or what is left |
|---|---|---|
| 1 three letters, a dossier in two mails, a crash | yes | crashes at every flush: tests/integration/test_crashes.py |
| 2 a superior body's letter is held, no mail leaves | yes | |
| 3 thirty harmless words seal none; a purge leaves nothing | yes | backups and an IMAP mailbox do not exist yet |
| 4 `register open --from 4818` | yes | left: the shadow run |
| 5 thirty letters in sixty key presses | | tests/cli/test_desk.py, on a terminal: thirty presses |
| 6 the same number with another file | yes | left: linking the two, and telling sender and handler |
| 7 `meeting convene --letter` | yes | the hub holds no key that could sign a document |
| 8 the duty SMS at night | | left: duty roster, escalation |
| 9 "Cảm ơn" is a note, spam has no answer | yes | |
| 10 the right book, 45-CV/VPTU | yes | left: choosing between several books |
| 11 two moves, one text each; the assistant's copy | yes | tests/meetings/test_convening.py, test_reach.py |
| 12 paper at nine, e-copy at two | yes | tests/hub/test_counter.py |
| 13 reprinting, closing | | left: printing and the end of the year |
| 14 numbers and counts agree, frozen sheets stay | the counts | frozen sheets: tests/cli/test_report.py |
| 15 `doctor`, a bounced receipt | | left: `doctor`, delivery reports |
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailhub.demo.cast import CONSTRUCTION, CORRESPONDENTS, FINANCE, HOME_AFFAIRS, JUSTICE
from mailhub.demo.correspondence import _BUDGET, _OPINIONS, _POSTS, _RELATED, _REVIEW, _ROAD
from mailhub.demo.dossier import Attached, Table
from mailhub.demo.home import set_values
from mailhub.demo.letters import compose_letter
from mailhub.demo.outcome import Outcome
from mailhub.demo.signing import Signing, sign
from mailhub.language import Text
from mailhub.policy.reasons import ReasonCode
from storage.records import DispatchState, LetterState

GONE = frozenset({DispatchState.SENT, DispatchState.DELIVERED})
pytestmark = pytest.mark.timeout(300)

HARMLESS = (
    "mật độ dân cư, mật độ xây dựng, mật độ giao thông, mật độ cây xanh, mật độ điện thoại, mật độ lưới điện",
    "có mặt đúng giờ, có mặt tại hội trường, có mặt đầy đủ, vắng mặt có lý do, các đại biểu có mặt, danh sách có mặt",
    "bảo mật thông tin, bảo mật dữ liệu, an toàn bảo mật, cam kết bảo mật, chính sách bảo mật, phần mềm bảo mật",
    "Mặt trận Tổ quốc, Ủy ban Mặt trận, cán bộ Mặt trận, công tác Mặt trận, ngày hội Mặt trận, Mặt trận xã",
    "giải mật hồ sơ lịch sử, mất giấy tờ tùy thân, mất điện cục bộ, mật ong rừng, bề mặt đường, mặt bằng sạch",
)
COMPARISON = Table(
    label="Phụ lục 3",
    title="Bảng so sánh các điều khoản",
    columns=("TT", "Điều", "Dự thảo", "Hiện hành"),
    rows=(("1", "Điều 5", "05 ngày", "07 ngày"),),
)


def test_1_a_mail_with_three_letters_gives_three_entries(house):
    ending = house.deliver(house.mails.three_letters())
    assert ending.numbers == (4818, 4819, 4820)
    assert [reference for _, reference in house.entries()] == ["319/SYT-NVY", "320/SYT-KHTC", "321/SYT-TCCB"]


def test_1_a_dossier_in_two_mails_gives_one_entry(house):
    first = house.mail(
        JUSTICE,
        (
            house.letter(JUSTICE, _REVIEW),
            house.desk.annex(JUSTICE, _REVIEW, _OPINIONS),
            house.desk.annex(JUSTICE, _REVIEW, _RELATED),
        ),
        subject="77/STP-XDKT, thư 1/2",
    )
    assert house.deliver(first).reason is ReasonCode.ENCLOSURES_MISSING
    house.deliver(house.mail(JUSTICE, (house.desk.annex(JUSTICE, _REVIEW, COMPARISON),), subject="77/STP-XDKT, thư 2/2"))
    assert house.states() == {"h1": LetterState.HELD, "h2": LetterState.HELD}
    house.done("letter", "join", "h1", "h2", "--reason", "hồ sơ gửi thành hai thư")
    if house.settled("h1") is not LetterState.FILED:
        house.done("h1", "vao", name="mh")
    assert house.entries() == [(4818, "77/STP-XDKT")]
    assert house.states() == {"h1": LetterState.FILED, "h2": LetterState.MERGED}


@pytest.mark.parametrize("fault", ["flipped", "one_signature", "enclosure_missing"])
def test_2_a_superior_body_s_letter_that_fails_a_check_is_held_and_no_mail_leaves(house, fault):
    for agency in CORRESPONDENTS:
        house.done("agency", "edit", agency.code, "--kind", "superior", "--reason", "cơ quan cấp trên")
    ending = house.deliver(getattr(house.mails, fault)())
    assert ending.outcome is Outcome.HELD
    assert house.notices() == []


def test_3_thirty_harmless_words_seal_no_letter(house):
    assert sum(len(words.split(", ")) for words in HARMLESS) == 30
    contents = [replace(_ROAD, number=100 + n, body=(f"{words}./.",)) for n, words in enumerate(HARMLESS)]
    ending = house.deliver(house.mail(CONSTRUCTION, [house.letter(CONSTRUCTION, content) for content in contents]))
    assert ending.outcome is Outcome.FILED
    assert len(ending.numbers) == 5


def test_3_after_a_confirmed_purge_nothing_of_the_content_is_left(house):
    assert house.deliver(house.mails.secret()).outcome is Outcome.SEALED
    house.done("letter", "purge", "h1", "--yes", "--reason", "văn bản mật, chuyển đường mật")
    needles = [text.encode() for text in ("12/BC-TTT", "12_BC-TTT", "thinhbq@", "Kết quả xác minh")]
    files = [file for file in house.hub.home.rglob("*") if file.is_file()]
    assert [(file, needle) for file in files for needle in needles if needle in file.read_bytes()] == []
    assert "12/BC-TTT" not in house.done("desk", "--once") + house.done("letter", "list", "--all")


def test_4_a_register_that_is_opened_from_4818_begins_there(house):
    house.done("register", "open", "VP", "--from", "4818")
    house.done("agency", "mode", FINANCE.code, "propose", "--reason", "đợt thử")
    house.deliver(house.mails.correct())
    house.done("letter", "file", "h1", "--register", "VP")
    assert house.json("register", "show", "4818", "--register", "VP")["reference"] == "226/STC-NS"


def test_6_the_same_number_with_another_file_is_held_beside_the_first(house):
    assert house.deliver(house.mails.correct()).numbers == (4818,)
    other = replace(_BUDGET, body=(_BUDGET.body[0], "Số liệu đã chỉnh sửa./."), enclosures=())
    ending = house.deliver(house.mail(FINANCE, (house.letter(FINANCE, other),)))
    assert (ending.outcome, ending.reason) == (Outcome.HELD, ReasonCode.POSSIBLE_REPLACEMENT)
    assert house.entries() == [(4818, "226/STC-NS")]
    desk = house.done("desk", "--once")
    assert "226/STC-NS" in desk
    assert "trùng số, gửi lại?" in desk


@pytest.mark.parametrize(("sealed", "code"), [(False, 1), (True, 0)])
def test_7_only_a_letter_with_both_signatures_convenes_a_meeting(house, tmp_path, sealed, code):
    letter = house.mails.invitation(sealed=sealed)
    path = tmp_path / "giay-moi.pdf"
    path.write_bytes(letter.content)
    start = f"{house.mails.meeting_at:%d/%m/%Y %H:%M}"
    said = house.run("meeting", "convene", "--letter", path, "--start", start, "--place", "P1", "--invite", "STC-GD", "--yes")
    assert said[0] == code, said
    assert ("thiếu chữ ký số của cơ quan" in said[2]) is not sealed
    assert len(house.json("meeting", "list")) == sealed


def test_9_thanks_for_a_receipt_are_a_note_that_nobody_answers(house):
    house.deliver(house.mails.correct())
    (receipt,) = house.hub.outbox.list_(house.unit.id)
    thanks = house.mail(
        FINANCE,
        (),
        subject="Re: Đã tiếp nhận 226/STC-NS",
        text="Dạ em nhận được, cảm ơn chị!",
        In_Reply_To=receipt.draft.message_id,
    )
    house.deliver(thanks)
    assert house.json("submission", "list")[0]["state"] == "noted"
    assert house.notices() == ["receipt"]


def test_9_a_hundred_advertisements_get_no_answer_and_ring_no_bell(house):
    junk = house.mails.junk()
    for number in range(99):
        house.stage._send(replace(junk, raw=junk.raw.replace(b"khuyenmai@", b"khuyenmai%d@" % number)))
    house.deliver(junk)
    everything_read = Text(vi="thư rác", en="the junk")
    house.stage.until(lambda: None if house.hub.submissions.waiting_captures(house.unit.id) else True, everything_read)
    assert house.notices() == []
    desk = house.json("desk")
    assert (desk["undecided"], desk["unreadable"], desk["flash"], desk["stuck"]) == ([], [], [], [])


def test_10_a_letter_to_the_committee_and_a_department_is_filed_here(house):
    content = replace(_POSTS, number=541, addressees=("Ủy ban nhân dân tỉnh Tây Ninh", "Sở Tài chính"))
    ending = house.deliver(house.mail(HOME_AFFAIRS, (house.letter(HOME_AFFAIRS, content),)))
    assert (ending.outcome, ending.numbers) == (Outcome.FILED, (4818,))
    assert house.json("register", "show", "4818")["register"] == "UBND"


def test_10_the_number_of_a_party_body_is_read_whole(house):
    composed = house.desk.compose(HOME_AFFAIRS, replace(_POSTS, number=45))
    party = compose_letter(replace(composed.text, reference="45-CV/VPTU"), house.desk.now)
    seals = house.desk.seals[HOME_AFFAIRS.code]
    moment = house.desk.now - timedelta(hours=3)
    signings = [
        Signing(identity=seals.leader, field="NguoiKy", moment=moment, placement=party.hand(HOME_AFFAIRS.leader)),
        Signing(identity=seals.agency, field="CoQuan", moment=moment, placement=party.seal("VĂN PHÒNG TỈNH ỦY")),
    ]
    file = Attached(name="45-CV_VPTU.pdf", content=sign(party.pdf, house.desk.pki, signings))
    house.deliver(house.mail(HOME_AFFAIRS, (file,), subject="45-CV/VPTU"))
    (letter,) = house.json("letter", "list", "--all")
    assert letter["reference"] == "45-CV/VPTU"
    assert "45-CV/VPTU" in house.done("45-cv/vptu", name="mh")


def test_11_two_moves_send_one_text_each_and_an_assistant_s_copy_reaches_nobody(house):
    start = house.mails.meeting_at
    fields = ("--title", "Họp giao ban", "--start", f"{start:%d/%m/%Y %H:%M}", "--place", "P1", "--invite", "SYT-GD", "--yes")
    house.done("meeting", "convene", *fields)
    assert len(texts_of(house, 1)) == 2
    # The second move comes long before the texts of the first one are due.
    for hour, window_seconds in ((9, 3600), (10, 0)):
        set_values(house.hub.home, {"meetings.window_seconds": str(window_seconds)})
        house.done("meeting", "move", "m1", "--start", f"{start:%d/%m/%Y} {hour}:00", "--reason", "trùng lịch", "--yes")
    sent = texts_of(house, 3)
    assert sorted(item.draft.revision for item in sent) == [1, 1, 3, 3], "official and assistant, the first move swallowed"


def test_11_the_text_to_an_assistant_alone_leaves_the_official_to_be_called(house):
    house.done("official", "edit", "NCT-CT", "--assistant", "SYT-TK", "--reason", "thư ký chung")
    start = f"{house.mails.meeting_at:%d/%m/%Y %H:%M}"
    house.done("meeting", "convene", "--title", "Họp", "--start", start, "--place", "P1", "--invite", "NCT-CT", "--yes")
    assert len(texts_of(house, 1)) == 1
    (reach,) = house.json("meeting", "reach", "m1")
    assert reach["reached"] == "call"
    assert "GỌI 1: Chủ tịch Hội Người cao tuổi tỉnh (m1" in house.done("desk", "--once")


def texts_of(house, revision):
    """The texts that have left once everything up to a revision has."""

    def left():
        standing = house.hub.reaching.show(house.unit.id, 1)
        mine = [item for item in standing.dispatches if item.draft.channel == "sms"]
        open_ones = [item for item in mine if item.state in {DispatchState.DUE, DispatchState.SENDING}]
        last = [item for item in mine if item.draft.revision == revision]
        return [item for item in mine if item.state in GONE] if last and not open_ones else None

    return house.stage.until(left, Text(vi="tin nhắn", en="texts"))


def test_12_paper_in_the_morning_and_its_mail_in_the_afternoon_are_one_entry_with_both_times(house):
    day = house.mails.issued_on
    words = (
        "--agency",
        FINANCE.code,
        "--reference",
        "231/STC-HCSN",
        "--date",
        f"{day:%d/%m/%Y}",
        "--subject",
        "hướng dẫn",
        "--pages",
        "2",
    )
    house.done("giay", "nhan", *words, name="mh")
    ending = house.deliver(house.mails.after_its_paper())
    assert ending.numbers == (4818,)
    (entry,) = house.hub.registers.list_(house.unit.id)
    assert entry.draft.paper_at is not None
    assert entry.draft.paper_at < entry.draft.received_at + timedelta(days=1)
    assert house.notices() == ["receipt"]
    assert house.json("paper", "list", "--all")[0]["state"] == "paired"


def test_14_last_minus_first_plus_one_minus_void_equals_the_count(house):
    house.deliver(house.mails.three_letters())
    house.deliver(house.mails.correct())
    house.done("register", "void", "4819", "--reason", "vào sổ nhầm")
    # The agencies were made when the run began, which may be yesterday.
    today = f"{house.today:%d/%m/%Y}"
    sheet = house.done("report", "period", "--from", today, "--to", today)
    assert "4821 − 4818 + 1 − 1 = 3 ✓" in sheet
    assert [number for number, _ in house.entries()] == [4818, 4819, 4820, 4821]
