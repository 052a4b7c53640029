"""Split and join, with real letters and the real reader (desk, check 1)."""

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from mailhub import codec
from mailhub.checking import reader
from mailhub.checking.held import HELD
from mailhub.checking.jobs import MailJob
from mailhub.checking.pool import ReadJob
from mailhub.demo.cast import CORRESPONDENTS, HEALTH, JUSTICE, OFFICE
from mailhub.demo.correspondence import _REVIEW, Correspondence
from mailhub.demo.dossier import Desk as Writers
from mailhub.demo.dossier import Table
from mailhub.demo.home import fill
from mailhub.demo.pki import Pki
from mailhub.errors import RefusedError
from mailhub.hub import open_hub
from mailhub.policy.reasons import ReasonCode
from parsers.signatures.limits import RevocationPolicy
from storage.records import LetterState, Recipient
from tests.hub.conftest import CLERK, Desk, FixedClock, reading_of
from tests.hub.test_way_in import MARK
from tests.policy import builders

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@dataclass
class ReadersInPlace:
    """The reader's functions without a child process around them."""

    def read(self, job: ReadJob) -> bytes:
        HELD.take(job.holding)
        return getattr(reader, job.function)(job.header, job.body)

    def close(self) -> None:
        pass


@dataclass
class Office(Desk):
    """A desk whose mails are read for real."""

    def take(self, raw: bytes) -> None:
        self.readers.readings = {}
        self.bring(raw, None, recipients=(Recipient(address=OFFICE.address, unit_id=self.unit.id),))
        self.work()

    def bring(self, raw, reading, *, recipients=None, door="smtp"):
        readers, self.readers = self.readers, type("Nobody", (), {"readings": {}})()
        try:
            return super().bring(raw, reading, recipients=recipients, door=door)
        finally:
            self.readers = readers


@pytest.fixture(scope="module")
def writers():
    return Writers.furnish(Pki.make(NOW), CORRESPONDENTS, NOW)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory, bare_home, writers):
    """The home of a furnished office; made once and copied."""
    home = shutil.copytree(bare_home, tmp_path_factory.mktemp("furnished") / "hub")
    hub = open_hub(home, {}, FixedClock(NOW))
    fill(hub, writers.pki, writers.seals)
    hub.close()
    return home


@pytest.fixture
def office(tmp_path, furnished):
    hub = open_hub(shutil.copytree(furnished, tmp_path / "hub"), {}, FixedClock(NOW))
    unit = hub.directory.unit()
    readers = ReadersInPlace()
    readers.readings = {}
    vars(hub)["readers"] = readers
    yield Office(hub=hub, clock=hub.clock, readers=readers, unit=unit)
    hub.close()


def late_annex(writers):
    """The third annex, which comes in a mail of its own."""
    table = Table(label="Phụ lục 3", title="Danh mục văn bản bị bãi bỏ", columns=("TT", "Văn bản"), rows=(("1", "12/2019"),))
    annex = writers.annex(JUSTICE, _REVIEW, table)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = JUSTICE.address, OFFICE.address, "Gửi bổ sung phụ lục 3"
    message["Message-ID"] = "<late@stp.example>"
    message.set_content("Sở Tư pháp gửi bổ sung phụ lục 3.", cte="base64")
    message.add_attachment(annex.content, maintype="application", subtype="pdf", filename=annex.name)
    return message.as_bytes()


def views(office):
    return office.hub.letters.list_(office.unit.id)


def entries(office):
    return office.hub.registers.list_(office.unit.id)


def test_a_dossier_in_two_mails_is_joined_and_gets_one_number(office, writers):
    office.take(Correspondence(writers).enclosure_missing().raw)
    office.take(late_annex(writers))
    second, first = (view.letter.id for view in views(office))
    office.hub.regrouping.join(CLERK, office.unit.id, (first, second), reason="phụ lục gửi sau")
    office.work()
    states = {view.letter.id: view.letter.draft.state for view in views(office)}
    assert states == {first: LetterState.FILED, second: LetterState.MERGED}
    assert len(entries(office)) == 1
    assert len(office.hub.letters.show(office.unit.id, first).files) == 4


def test_a_joining_is_taken_back_as_if_it_had_not_been(office, writers):
    office.take(Correspondence(writers).enclosure_missing().raw)
    office.take(late_annex(writers))
    second, first = (view.letter.id for view in views(office))
    before = {view.letter.id: [file.file.id for file in view.files] for view in views(office)}
    office.hub.regrouping.join(CLERK, office.unit.id, (first, second), reason="nhầm")
    assert office.hub.regrouping.unjoin(CLERK, office.unit.id, first, reason="không phải") == (first, second)
    office.work()
    assert {view.letter.id: [file.file.id for file in view.files] for view in views(office)} == before
    assert {view.letter.draft.state for view in views(office)} == {LetterState.HELD}
    with pytest.raises(RefusedError):
        office.hub.regrouping.unjoin(CLERK, office.unit.id, first, reason="lại")


def test_letters_taken_for_one_are_split_and_each_gets_its_number(office, writers):
    from mailhub.policy.case import Mode

    office.hub.directory.set_mode(CLERK, office.unit.id, HEALTH.code, Mode.PROPOSE)
    office.take(Correspondence(writers).three_letters().raw)
    ids = sorted(view.letter.id for view in views(office))
    joined = office.hub.regrouping.join(CLERK, office.unit.id, ids, reason="thử")
    files = [file.file.id for file in office.hub.letters.show(office.unit.id, joined).files]
    office.hub.directory.set_mode(CLERK, office.unit.id, HEALTH.code, Mode.AUTO)
    made = office.hub.regrouping.split(CLERK, office.unit.id, joined, [[file] for file in files], reason="ba văn bản")
    office.work()
    assert len(made) == 3
    assert sorted(entry.number for entry in entries(office)) == [4818, 4819, 4820]
    assert len({entry.draft.reference for entry in entries(office)}) == 3


def test_a_split_that_does_not_share_out_every_file_once_is_refused(office, writers):
    office.take(Correspondence(writers).enclosure_missing().raw)
    (view,) = views(office)
    for groups in ([], [[1]], [[1], [1]], [[1], []], [[1], [999]]):
        with pytest.raises(RefusedError, match=f"h{view.letter.id}"):
            office.hub.regrouping.split(CLERK, office.unit.id, view.letter.id, groups, reason="x")


def test_a_filed_letter_is_neither_split_nor_joined(office, writers):
    office.take(Correspondence(writers).correct().raw)
    (view,) = views(office)
    files = [file.file.id for file in view.files]
    with pytest.raises(RefusedError):
        office.hub.regrouping.split(CLERK, office.unit.id, view.letter.id, [files[:1], files[1:]], reason="x")


@pytest.fixture
def proposing(desk):
    """A desk whose mails are read as a test says, and whose letters all wait for a clerk."""
    from mailhub.policy.case import Mode

    desk.hub.directory.set_mode(CLERK, desk.unit.id, "H29.11", Mode.PROPOSE)
    return desk


def prepared(desk, number, **changes):
    """A letter of a mail of its own; gives its id."""
    file = builders.a_file(path=f"c{number}", signed=builders.SIGNED)
    letter = replace(builders.letter(reference=builders.text(f"{number}/STC-NS")), main=file.path, **changes)
    desk.bring(f"mail {number}".encode(), reading_of(letter, identity=f"i{number}", files=(file,)))
    desk.work()
    return views(desk)[0].letter.id


def states_of(desk):
    return {view.letter.id: view.letter.draft.state for view in views(desk)}


def test_joinings_are_taken_back_one_after_the_other(proposing):
    main, second, third = (prepared(proposing, number) for number in (1, 2, 3))
    regrouping = proposing.hub.regrouping
    regrouping.join(CLERK, proposing.unit.id, (main, second), reason="x")
    regrouping.join(CLERK, proposing.unit.id, (main, third), reason="x")
    assert regrouping.unjoin(CLERK, proposing.unit.id, main, reason="x") == (main, third)
    assert regrouping.unjoin(CLERK, proposing.unit.id, main, reason="x") == (main, second)
    with pytest.raises(RefusedError):
        regrouping.unjoin(CLERK, proposing.unit.id, main, reason="x")


def test_a_letter_that_has_been_joined_elsewhere_since_is_not_taken_out_of_there(proposing):
    main, second, third = (prepared(proposing, number) for number in (1, 2, 3))
    regrouping = proposing.hub.regrouping
    regrouping.join(CLERK, proposing.unit.id, (main, second), reason="x")
    regrouping.unjoin(CLERK, proposing.unit.id, main, reason="x")
    regrouping.join(CLERK, proposing.unit.id, (third, second), reason="x")
    with pytest.raises(RefusedError):
        regrouping.unjoin(CLERK, proposing.unit.id, main, reason="x")
    assert states_of(proposing)[second] is LetterState.MERGED


def two_files(desk, **changes):
    """A letter of two files, read with one signed main document; gives its id and its files' ids."""
    files = (builders.MAIN, builders.a_file(path="5", signed=builders.SIGNED))
    letter = replace(builders.LETTER, enclosures=("5",), **changes)
    desk.bring(b"mail one", reading_of(letter, files=files))
    desk.work()
    other = replace(builders.letter(reference=builders.text("300/STC-NS")), main="5", **changes)
    apart = reading_of(replace(builders.LETTER, **changes), other, files=files)
    return apart, views(desk)[0].letter.id


def split(desk, letter_id, apart):
    desk.readers.readings[b"mail one"] = apart
    files = [file.file.id for file in desk.hub.letters.show(desk.unit.id, letter_id).files]
    made = desk.hub.regrouping.split(CLERK, desk.unit.id, letter_id, [[file] for file in files], reason="two letters")
    desk.work()
    return made


def test_a_false_alarm_stays_one_when_its_letter_is_split(proposing):
    apart, letter_id = two_files(proposing, secrecy=(MARK,))
    proposing.hub.secrecy.unseal(CLERK, proposing.unit.id, letter_id, reason="false alarm")
    proposing.work()
    split(proposing, letter_id, apart)
    assert set(states_of(proposing).values()) == {LetterState.PROPOSED}


def test_a_split_asks_for_revocation_where_the_office_does(proposing):
    apart, letter_id = two_files(proposing)
    settings = proposing.hub.settings
    trust = settings.trust.model_copy(update={"revocation": "required"})
    object.__setattr__(proposing.hub, "settings", settings.model_copy(update={"trust": trust}))
    headers = []
    read = proposing.readers.read
    proposing.readers.read = lambda job: (headers.append(job.header), read(job))[1]
    split(proposing, letter_id, apart)
    assert codec.decode(headers[0], MailJob).signatures.revocation is RevocationPolicy.REQUIRED


def test_letters_merged_into_one_are_no_several_letters_any_more(proposing):
    files = (builders.MAIN, builders.a_file(path="5", signed=builders.SIGNED))
    nameless = builders.letter(reference=None)
    proposing.bring(b"mail one", reading_of(nameless, replace(nameless, main="5"), files=files))
    proposing.work()
    first, second = sorted(states_of(proposing))
    proposing.hub.regrouping.join(CLERK, proposing.unit.id, (first, second), reason="one letter")
    proposing.work()
    reasons = proposing.hub.letters.show(proposing.unit.id, first).letter.draft.reasons
    assert ReasonCode.SEVERAL_LETTERS.value not in reasons
