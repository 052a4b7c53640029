"""Secrecy: what is sealed is nowhere else, in every unit, mail and notice that it touched (design, promise 8)."""

from dataclasses import replace

import pytest

from mailhub.errors import RefusedError
from mailhub.policy.case import Mode
from mailhub.relays import Outcome, OutcomeKind
from parsers.mail.answers import AutomaticKind, AutomaticMail, Fate, RecipientFate
from storage import captures, mailboxes
from storage.records import DispatchState, LetterState, MailboxPlace, Recipient, SubmissionState, UnitDraft
from tests.hub.conftest import CLERK, reading_of
from tests.hub.test_dispatching import ScriptedRelay
from tests.hub.test_way_in import MARK, secret_words_left
from tests.policy import builders

SECRET = replace(builders.LETTER, secrecy=(MARK,))
RAW = b"very secret words"


@pytest.fixture
def proposing(desk):
    desk.hub.directory.set_mode(CLERK, desk.unit.id, "H29.11", Mode.PROPOSE)
    return desk


def letters_of(desk, unit=None):
    return [view.letter for view in desk.hub.letters.list_((unit or desk.unit).id)]


def states(desk, unit=None):
    return [letter.draft.state for letter in letters_of(desk, unit)]


def seal(desk, letter_id):
    desk.hub.secrecy.seal(CLERK, desk.unit.id, letter_id, reason="red stamp")


def second_unit(desk):
    return desk.hub.directory.add_unit(
        CLERK,
        UnitDraft(code="SNV", name="Sở Nội vụ", time_zone="Asia/Ho_Chi_Minh", register="SNV", addresses=("snv@tinh.gov.vn",)),
    )


def to_both(desk, other):
    both = (Recipient(address="vpub@tinh.gov.vn", unit_id=desk.unit.id), Recipient(address="snv@tinh.gov.vn", unit_id=other.id))
    desk.bring(RAW, reading_of(), recipients=both)
    desk.work()


def test_what_a_clerk_seals_is_nowhere_readable_any_more(proposing):
    (view,) = proposing.receive(RAW, reading_of())
    seal(proposing, view.letter.id)
    assert secret_words_left(proposing) == []


def test_what_a_sealed_mail_was_noted_as_says_none_of_its_words(proposing):
    fate = RecipientFate(recipient="quyết toán@stc.tinh.gov.vn", fate=Fate.FAILED, diagnostic=RAW.decode())
    notice = AutomaticMail(kind=AutomaticKind.DELIVERY_REPORT, fates=(fate,))
    (view,) = proposing.receive(RAW, reading_of(mail=replace(builders.MAIL, notice=notice)))
    assert "noted_mails" in secret_words_left(proposing)
    seal(proposing, view.letter.id)
    assert secret_words_left(proposing) == []


def test_sealing_in_one_unit_seals_the_mail_in_every_unit_it_came_to(proposing):
    other = second_unit(proposing)
    to_both(proposing, other)
    seal(proposing, letters_of(proposing)[0].id)
    assert states(proposing) + states(proposing, other) == [LetterState.SEALED] * 2
    assert secret_words_left(proposing) == []


def test_purging_in_one_unit_purges_the_mail_in_every_unit_it_came_to(proposing):
    other = second_unit(proposing)
    to_both(proposing, other)
    (letter,) = letters_of(proposing)
    seal(proposing, letter.id)
    proposing.hub.secrecy.purge(CLERK, proposing.unit.id, letter.id, reason="confirmed")
    assert states(proposing) + states(proposing, other) == [LetterState.PURGED] * 2


def test_a_copy_that_comes_after_a_clerk_has_sealed_is_sealed_too(proposing):
    (view,) = proposing.receive(b"mail one", reading_of())
    seal(proposing, view.letter.id)
    proposing.bring(RAW, reading_of())
    proposing.work()
    assert states(proposing) == [LetterState.SEALED]
    assert secret_words_left(proposing) == []


def test_a_copy_that_comes_after_a_purge_is_destroyed_too(proposing):
    (view,) = proposing.receive(b"mail one", reading_of())
    seal(proposing, view.letter.id)
    proposing.hub.secrecy.purge(CLERK, proposing.unit.id, view.letter.id, reason="confirmed")
    capture_id = proposing.bring(RAW, reading_of())
    proposing.work()
    with proposing.hub.database.reading() as tx:
        capture = captures.get(tx, capture_id)
    with pytest.raises(RefusedError):
        proposing.hub.sealing.opened(capture)
    assert secret_words_left(proposing) == []


def test_a_notice_that_has_not_left_goes_with_the_seal_and_stops_no_other(proposing):
    settings = proposing.hub.settings
    told = settings.notices.model_copy(update={"held": True})
    object.__setattr__(proposing.hub, "settings", settings.model_copy(update={"notices": told}))
    alone = builders.signed_by(builders.by_person())
    (view,) = proposing.receive(RAW, reading_of(files=(alone,)))
    dispatcher = replace(
        proposing.hub.dispatcher("d"), relay=ScriptedRelay([Outcome(kind=OutcomeKind.TEMPORARY, reply="451 later")])
    )
    dispatcher.run_once()
    seal(proposing, view.letter.id)
    (dispatch,) = proposing.hub.outbox.list_(proposing.unit.id)
    assert dispatch.state is DispatchState.CANCELLED
    proposing.clock.move(hours=3)
    assert not dispatcher.run_once()
    assert secret_words_left(proposing) == []


def test_a_mail_is_unsealed_once_and_a_second_time_is_refused_with_a_sentence(desk):
    (view,) = desk.receive(b"mail one", reading_of(SECRET))
    desk.hub.secrecy.unseal(CLERK, desk.unit.id, view.letter.id, reason="false alarm")
    for act in (desk.hub.secrecy.unseal, desk.hub.secrecy.purge):
        with pytest.raises(RefusedError, match="read again"):
            act(CLERK, desk.unit.id, view.letter.id, reason="once more")
    desk.work()
    assert states(desk) == [LetterState.FILED]


def test_a_mail_read_anew_with_fewer_letters_leaves_none_sealed(proposing):
    other = builders.a_file(path="5", signed=builders.SIGNED)
    second = replace(builders.letter(reference=builders.text("300/STC-NS")), main="5")
    proposing.receive(b"mail one", reading_of(builders.LETTER, second, files=(builders.MAIN, other)))
    first = min(letter.id for letter in letters_of(proposing))
    seal(proposing, first)
    proposing.readers.readings[b"mail one"] = reading_of(files=(builders.MAIN, other))
    proposing.hub.secrecy.unseal(CLERK, proposing.unit.id, first, reason="false alarm")
    proposing.work()
    assert sorted(states(proposing)) == [LetterState.MERGED, LetterState.PROPOSED]


def test_sealing_a_letter_joined_from_two_mails_seals_both(proposing):
    other = builders.a_file(path="5", signed=builders.SIGNED)
    second = replace(builders.letter(reference=builders.text("300/STC-NS")), main="5")
    proposing.receive(b"mail one", reading_of())
    proposing.receive(RAW, reading_of(second, identity="i2", files=(other,)))
    first, last = sorted(letter.id for letter in letters_of(proposing))
    proposing.hub.regrouping.join(CLERK, proposing.unit.id, (first, last), reason="one dossier")
    seal(proposing, first)
    assert states(proposing) == [LetterState.SEALED] * 2
    proposing.hub.secrecy.unseal(CLERK, proposing.unit.id, first, reason="false alarm")
    proposing.work()
    assert states(proposing) == [LetterState.PROPOSED] * 2


def test_sealed_and_purged_mail_is_shown_and_explained_in_a_sentence(proposing):
    (view,) = proposing.receive(b"mail one", reading_of())
    (mail,) = proposing.hub.submissions.list_(proposing.unit.id)
    seal(proposing, view.letter.id)
    with pytest.raises(RefusedError, match="sealed"):
        proposing.hub.letters.explain(proposing.unit.id, view.letter.id)
    proposing.hub.secrecy.purge(CLERK, proposing.unit.id, view.letter.id, reason="confirmed")
    assert proposing.hub.submissions.show(proposing.unit.id, mail.id).reading is None
    with pytest.raises(RefusedError, match="purged"):
        proposing.hub.letters.explain(proposing.unit.id, view.letter.id)


def test_a_mail_sealed_by_machine_and_purged_is_explained_in_a_sentence(desk):
    (view,) = desk.receive(b"mail one", reading_of(SECRET))
    assert desk.hub.letters.explain(desk.unit.id, view.letter.id).reproduced
    desk.hub.secrecy.purge(CLERK, desk.unit.id, view.letter.id, reason="confirmed")
    with pytest.raises(RefusedError, match="purged"):
        desk.hub.letters.explain(desk.unit.id, view.letter.id)
    assert desk.hub.submissions.list_(desk.unit.id)[0].draft.state is SubmissionState.SETTLED


def careful(desk):
    """The desk of an office that wants two clerks for a purge."""
    return replace(desk.hub.secrecy, two_clerks_to_purge=True)


def named(name):
    return replace(CLERK, name=name)


def test_where_the_office_wants_two_clerks_one_alone_purges_nothing(proposing):
    (view,) = proposing.receive(b"mail one", reading_of())
    seal(proposing, view.letter.id)
    office = careful(proposing)
    for name in ("Lan", "lan", "Lan"):
        assert not office.purge(named(name), proposing.unit.id, view.letter.id, reason="confirmed")
        assert states(proposing) == [LetterState.SEALED]
    assert office.purge(named("Hoa"), proposing.unit.id, view.letter.id, reason="confirmed too")
    assert states(proposing) == [LetterState.PURGED]


def test_a_word_for_a_purge_does_not_outlive_the_seal(proposing):
    (view,) = proposing.receive(b"mail one", reading_of())
    seal(proposing, view.letter.id)
    office = careful(proposing)
    assert not office.purge(named("Lan"), proposing.unit.id, view.letter.id, reason="confirmed")
    proposing.hub.secrecy.unseal(CLERK, proposing.unit.id, view.letter.id, reason="false alarm")
    proposing.work()
    letter = next(item for item in letters_of(proposing) if item.draft.state is LetterState.PROPOSED)
    seal(proposing, letter.id)
    assert not office.purge(named("Hoa"), proposing.unit.id, letter.id, reason="confirmed")
    assert office.purge(named("Lan"), proposing.unit.id, letter.id, reason="confirmed")


def test_a_purge_orders_the_original_in_a_mailbox_deleted_and_a_seal_does_not(proposing):
    key = "vanthu@12ab34cd/INBOX/17/4"
    proposing.bring(RAW, reading_of(), door="imap", door_key=key)
    proposing.work()
    (letter,) = letters_of(proposing)
    seal(proposing, letter.id)

    def ordered():
        with proposing.hub.database.reading() as tx:
            return [order.places for order in mailboxes.pending_deletions(tx, "vanthu@12ab34cd")]

    assert ordered() == []
    proposing.hub.secrecy.purge(CLERK, proposing.unit.id, letter.id, reason="confirmed")
    place = MailboxPlace(folder="INBOX", uidvalidity=17, uid=4)
    assert ordered() == [(place,)]
    # The same mail once more, in another folder of that mailbox: it is destroyed unread, and there too.
    proposing.bring(RAW, reading_of(), door="imap", door_key=key.replace("INBOX", "Riêng"))
    proposing.work()
    assert ordered() == [(place,), (replace(place, folder="Riêng"),)]
