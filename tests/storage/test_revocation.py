"""Revocation data in the registry: the newest counts, older ones stay a while, and who needs what is found by its issuer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage import cases, hub, letters, revocation, validation_material
from storage.records import (
    CaseDraft,
    CaseState,
    LetterState,
    RevocationDraft,
    RevocationKind,
    RevocationSource,
    WatchedCertificate,
)
from storage.records.evidence import MaterialUse, ValidationMaterial
from tests.storage.builders import add_letter, add_submission, add_unit

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def a_list(**given: object) -> RevocationDraft:
    draft = RevocationDraft(
        kind=RevocationKind.CRL,
        sha256="11",
        der=b"list",
        issuer_key="key",
        issuer="CN=CA",
        serial="",
        scope="",
        this_update=NOW,
        next_update=NOW + DAY,
        number="1",
        source=RevocationSource.FILE,
        place="ca.crl",
        fetched_at=NOW,
    )
    return replace(draft, **given)


def a_certificate(sha256: str = "aa", **given: object) -> WatchedCertificate:
    certificate = WatchedCertificate(
        sha256=sha256,
        der=b"certificate",
        subject="CN=Person",
        issuer="CN=CA",
        issuer_key="key",
        serial="1f",
        is_authority=False,
        not_after=NOW + 365 * DAY,
        seen_at=NOW,
    )
    return replace(certificate, **given)


def a_case(unit_id: int, letter_id: int) -> CaseDraft:
    return CaseDraft(
        unit_id=unit_id,
        letter_id=letter_id,
        certificate="aa",
        signer="Person",
        revoked_at=NOW - DAY,
        proved_at=NOW,
        found_at=NOW,
    )


def test_a_newer_list_takes_the_place_of_the_older_one(open_database):
    database = open_database()
    with database.transaction() as tx:
        assert revocation.add(tx, a_list())
        before = revocation.version(tx)
        assert revocation.add(tx, a_list(sha256="22", der=b"newer", this_update=NOW + DAY))
        assert revocation.current_bytes(tx, RevocationKind.CRL) == (b"newer",)
        assert revocation.bytes_of(tx, "11") == b"list"
        assert revocation.version(tx) == before + 1


def test_an_older_list_or_the_same_changes_nothing(open_database):
    database = open_database()
    with database.transaction() as tx:
        revocation.add(tx, a_list())
        before = revocation.version(tx)
        assert not revocation.add(tx, a_list())
        assert not revocation.add(tx, a_list(sha256="22", der=b"replayed", this_update=NOW - DAY))
        assert revocation.current_bytes(tx, RevocationKind.CRL) == (b"list",)
        assert revocation.version(tx) == before


def test_another_issuer_another_part_and_another_certificate_stand_beside_it(open_database):
    database = open_database()
    others = (
        a_list(sha256="22", issuer_key="other"),
        a_list(sha256="33", scope="part"),
        a_list(sha256="44", kind=RevocationKind.OCSP, serial="1f"),
        a_list(sha256="55", kind=RevocationKind.OCSP, serial="2f"),
    )
    with database.transaction() as tx:
        assert all(revocation.add(tx, draft) for draft in (a_list(), *others))
        assert {item.sha256 for item in revocation.current(tx)} == {"11", "22", "33", "44", "55"}
        assert {item.sha256 for item in revocation.current(tx, issuer_keys=["other"])} == {"22"}


def test_what_was_superseded_is_swept_and_what_counts_is_not(open_database):
    database = open_database()
    with database.transaction() as tx:
        for day in range(3):
            revocation.add(tx, a_list(sha256=f"{day}", this_update=NOW + day * DAY))
        assert revocation.sweep(tx, tx.now() - DAY) == 0
        assert revocation.sweep(tx, tx.now() + DAY) == 2
        assert [revocation.bytes_of(tx, digest) is not None for digest in ("0", "1", "2")] == [False, False, True]


def test_a_certificate_seen_again_keeps_what_is_known_of_it(open_database):
    database = open_database()
    with database.transaction() as tx:
        revocation.watch(tx, [a_certificate()])
        revocation.set_revoked(tx, "aa", NOW)
        revocation.watch(tx, [a_certificate(seen_at=NOW + timedelta(hours=1))])
        assert revocation.watched_one(tx, "aa").seen_at == NOW
        revocation.watch(tx, [a_certificate(seen_at=NOW + DAY), a_certificate("bb", is_authority=True)])
        found = {item.sha256: item for item in revocation.watched(tx, issuer_keys=["key"])}
        assert found["aa"].revoked_at == NOW
        assert found["aa"].seen_at == NOW + DAY
        assert [item.sha256 for item in revocation.watched(tx, seen_since=NOW + DAY)] == ["aa"]
        assert revocation.authorities(tx) == [b"certificate"]


@pytest.fixture
def signed_letter(open_database):
    database = open_database()
    with database.transaction() as tx:
        office = add_unit(tx)
        unit = office.id
        submission = add_submission(tx, office)
        letter = add_letter(tx, office, submission_id=submission)
        brought = ValidationMaterial(sha256="aa", kind="certificate", der=b"certificate")
        validation_material.keep(tx, submission, [MaterialUse(sha256="aa", kind="certificate")], [brought])
    return database, unit, submission, letter


def test_letters_are_found_by_the_certificates_that_signed_them(signed_letter):
    database, unit, submission, letter = signed_letter
    with database.transaction() as tx:
        assert revocation.letters_of(tx, ["aa"]) == [(unit, letter)]
        assert revocation.letters_of(tx, ["cc"]) == []
        assert revocation.mails_of(tx, letter) == [submission]
        revocation.watch(tx, [a_certificate()])
        revocation.forget_unused(tx)
        assert len(revocation.watched(tx)) == 1
        validation_material.forget(tx, submission)
        revocation.forget_unused(tx)
        assert revocation.watched(tx) == []
        assert revocation.letters_of(tx, ["aa", "bb"]) == []


def test_a_waiting_letter_is_woken_and_no_other(signed_letter):
    database, unit, _, letter = signed_letter
    with database.transaction() as tx:
        found = letters.get(tx, unit, letter)
        later = tx.now() + DAY
        waiting = replace(found.draft, state=LetterState.WAITING, action="wait", due_at=later)
        found = letters.update(tx, found, waiting, decided_by="")
        revocation.watch(tx, [a_certificate()])
        assert revocation.waiting_for(tx, ["key"], "wait") == [letter]
        assert revocation.waiting_for(tx, ["other"], "wait") == []
        assert cases.wake(tx, [letter], "wait") == 1
        assert letters.get(tx, unit, letter).draft.due_at < later
        held = replace(found.draft, state=LetterState.HELD, due_at=later)
        letters.update(tx, found, held, decided_by="")
        assert cases.wake(tx, [letter], "wait") == 0


def test_an_order_is_given_once_and_taken_by_one(signed_letter):
    database, unit, _, letter = signed_letter
    with database.transaction() as tx:
        now = tx.now()
        assert cases.order(tx, [(unit, letter)], now) == 1
        assert cases.order(tx, [(unit, letter)], now) == 0
        (ordered,) = cases.due(tx, 10)
        assert cases.claim(tx, ordered, now + DAY)
        assert not cases.claim(tx, ordered, now + DAY)
        assert cases.due(tx, 10) == []
        cases.done(tx, letter, now + DAY)
        assert not cases.hold(tx, letter)


def test_an_order_that_is_given_anew_during_its_check_is_not_lost(signed_letter):
    database, unit, _, letter = signed_letter
    with database.transaction() as tx:
        now = tx.now()
        cases.order(tx, [(unit, letter)], now)
        (ordered,) = cases.due(tx, 10)
        assert cases.claim(tx, ordered, now + DAY)
    with database.transaction() as tx:
        assert cases.order(tx, [(unit, letter)], now) == 0
    with database.transaction() as tx:
        cases.done(tx, letter, now + DAY)
        cases.put_off(tx, letter, now + DAY, now + 2 * DAY)
        assert [item.letter_id for item in cases.due(tx, 10)] == [letter]


def test_a_case_is_raised_once_and_decided_once(signed_letter):
    database, unit, _, letter = signed_letter
    with database.transaction() as tx:
        number = cases.raise_(tx, a_case(unit, letter))
        assert number is not None
        assert cases.raise_(tx, a_case(unit, letter)) is None
        assert cases.open_count(tx, unit) == 1
        case = cases.get(tx, unit, number)
        assert cases.decide(tx, case, CaseState.SETTLED, by="lan", reason="hỏi lại")
        assert not cases.decide(tx, case, CaseState.SETTLED, by="hoa", reason="hỏi lại")
        assert cases.raise_(tx, a_case(unit, letter)) is None
        assert cases.list_(tx, unit, states=[CaseState.OPEN], limit=10) == []
        assert [item.reason for item in cases.of_letters(tx, [letter])] == ["hỏi lại"]
        cases.forget(tx, letter)
        assert cases.of_letters(tx, [letter]) == []


def test_an_address_is_tried_by_one_process_and_says_how_it_fared(open_database):
    database = open_database()
    wanted = [(RevocationKind.CRL, "http://ca.example/ca.crl", "key")]
    with database.transaction() as tx:
        revocation.want(tx, wanted)
        revocation.want(tx, wanted)
        (source,) = revocation.sources(tx)
        assert revocation.claim_source(tx, source, tx.now() + DAY)
        assert not revocation.claim_source(tx, source, tx.now() + DAY)
        revocation.keep_attempt(tx, source, due_at=tx.now() + DAY, error="no answer")
        (failed,) = revocation.sources(tx)
        assert (failed.failures, failed.last_error, failed.last_success_at) == (1, "no answer", None)
        revocation.hurry(tx, subjects=["key"], not_tried_since=tx.now() - DAY)
        assert revocation.sources(tx)[0].due_at > tx.now()
        revocation.hurry(tx, subjects=["key"], not_tried_since=tx.now() + DAY)
        assert revocation.sources(tx)[0].due_at <= tx.now()
        revocation.keep_attempt(tx, failed, due_at=tx.now() + DAY)
        assert revocation.sources(tx)[0].failures == 0
        revocation.drop_sources(tx, [source.id])
        assert revocation.sources(tx) == []


def test_the_version_is_the_hubs(open_database):
    with open_database().transaction() as tx:
        revocation.add(tx, a_list())
        assert hub.version(tx, "revocation-data") == revocation.version(tx) == 1
