"""What verdicts rest on is kept once, as long as a mail needs it."""

import hashlib

from storage import trust, validation_material
from storage.records import TrustCertificate, TrustPurpose
from storage.records.evidence import MaterialUse, ValidationMaterial
from tests.storage.builders import MOMENT, add_submission, add_unit, in_threads


def piece(der: bytes, kind: str = "certificate") -> ValidationMaterial:
    return ValidationMaterial(sha256=hashlib.sha256(der).hexdigest(), kind=kind, der=der)


def use(item: ValidationMaterial) -> MaterialUse:
    return MaterialUse(sha256=item.sha256, kind=item.kind)


LEAF, ROOT, LIST = piece(b"leaf"), piece(b"root"), piece(b"a long list" * 100_000, "crl")


def test_a_piece_that_two_mails_rest_on_is_kept_once_and_goes_with_the_last(database):
    with database.transaction() as tx:
        unit = add_unit(tx)
        first, second = add_submission(tx, unit, "one"), add_submission(tx, unit, "two")
        assert validation_material.keep(tx, first, [use(LEAF), use(LIST)], [LEAF, LIST]) == []
        assert validation_material.keep(tx, second, [use(LIST)], []) == []
    with database.transaction() as tx:
        validation_material.forget(tx, first)
    with database.reading() as tx:
        assert validation_material.read(tx, [LEAF.sha256, LIST.sha256]) == [LIST]
        assert validation_material.of_submission(tx, first) == []
    with database.transaction() as tx:
        validation_material.forget(tx, second)
        assert validation_material.read(tx, [LIST.sha256]) == []


def test_what_the_trust_set_holds_is_copied_and_outlives_it(database):
    certificate = TrustCertificate(
        sha256=ROOT.sha256, der=ROOT.der, purpose=TrustPurpose.SIGNER, source="root.cer", added_at=MOMENT
    )
    with database.transaction() as tx:
        submission = add_submission(tx, add_unit(tx))
        trust.add(tx, [certificate])
        assert validation_material.keep(tx, submission, [use(ROOT), use(LEAF)], []) == [LEAF.sha256]
        trust.remove(tx, ROOT.sha256, TrustPurpose.SIGNER)
        assert validation_material.read(tx, [ROOT.sha256]) == [ROOT]


def test_what_a_file_brought_and_no_signature_refers_to_is_not_kept(database):
    with database.transaction() as tx:
        submission = add_submission(tx, add_unit(tx))
        validation_material.keep(tx, submission, [use(LEAF)], [LEAF, ROOT])
        assert validation_material.read(tx, [LEAF.sha256, ROOT.sha256]) == [LEAF]


def test_more_pieces_than_a_statement_takes_are_kept(database, monkeypatch):
    monkeypatch.setattr("storage.rows.MOST_VALUES", 2)
    pieces = [piece(b"%d" % number) for number in range(5)]
    with database.transaction() as tx:
        submission = add_submission(tx, add_unit(tx))
        assert validation_material.keep(tx, submission, [use(item) for item in pieces], pieces) == []
        assert {item.der for item in validation_material.read(tx, [item.sha256 for item in pieces])} == {
            item.der for item in pieces
        }
        validation_material.forget(tx, submission)
        assert validation_material.read(tx, [item.sha256 for item in pieces]) == []


def test_keeping_the_same_again_changes_nothing(database):
    with database.transaction() as tx:
        submission = add_submission(tx, add_unit(tx))
        for _ in range(2):
            assert validation_material.keep(tx, submission, [use(LEAF), use(LEAF)], [LEAF]) == []
        assert validation_material.of_submission(tx, submission) == [LEAF.sha256]


def test_a_piece_that_is_forgotten_while_another_mail_takes_it_stays(open_database):
    database = open_database()
    with database.transaction() as tx:
        unit = add_unit(tx)
        mails = [add_submission(tx, unit, f"mail {number}") for number in range(4)]
        validation_material.keep(tx, mails[0], [use(LEAF)], [LEAF])

    def work(mail):
        with database.transaction() as tx:
            if mail == mails[0]:
                validation_material.forget(tx, mail)
            else:
                validation_material.keep(tx, mail, [use(LEAF)], [LEAF])

    in_threads(mails, work)
    with database.reading() as tx:
        kept = [mail for mail in mails if validation_material.of_submission(tx, mail)]
        assert bool(validation_material.read(tx, [LEAF.sha256])) == bool(kept)
