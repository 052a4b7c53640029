from dataclasses import replace

import pytest

from mailhub.notices.wording import file_lines, file_verdict, letter_name, reason_line, reason_lines, told_missing, told_reasons
from mailhub.policy.case import Action
from mailhub.policy.decide import decide
from mailhub.policy.reasons import ReasonCode
from parsers.files.containers import FileKind
from parsers.letter import LetterFields
from parsers.signatures.model import Indication, SubIndication
from tests.policy import builders as b
from tests.policy.variants import BROKEN, TWO_OF_THREE


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b.MAIN, "2 chữ ký số hợp lệ"),
        (b.a_file(signed=b.signatures()), "không ký số"),
        (b.a_file(kind=FileKind.IMAGE), "không ký số"),
        (b.a_file(), "chữ ký số chưa kiểm tra được"),
        (BROKEN, "chữ ký số không khớp nội dung"),
        (b.signed_by(b.by_person(*b.CHANGED), b.by_organisation(*b.BROKEN)), "nội dung thay đổi sau khi ký số"),
        (b.signed_by(b.by_person(*b.TRY_LATER), b.by_organisation()), "chữ ký số chưa kiểm tra xong"),
        (b.signed_by(b.by_person(Indication.TOTAL_FAILED, SubIndication.REVOKED)), "chứng thư số không có hiệu lực khi ký"),
    ],
)
def test_a_file_is_called_by_the_worst_that_was_found(file, words):
    assert file_verdict(file).vi == words
    assert file_verdict(file).en


def test_pictures_inside_the_mail_s_text_are_not_listed():
    assert [line.name for line in file_lines(b.facts(files=(b.a_file("3", FileKind.IMAGE, inline=True),)))] == ["file-2.pdf"]


def test_a_letter_is_called_by_what_was_read():
    assert letter_name(b.FIELDS).reference == "226/STC-NS"
    assert letter_name(LetterFields()).reference == ""


def test_a_machine_tells_only_what_was_proved():
    letter = replace(TWO_OF_THREE, fields=replace(b.FIELDS, addressees=(b.text("Sở Y tế"),)))
    decision = decide(b.facts(main=BROKEN, letter=letter), b.KNOWN, b.DIRECTORY, b.SETTINGS, b.NOW)
    assert decision.automatic
    assert told_reasons(decision) == (ReasonCode.SIGNATURE_BROKEN,)
    assert told_missing(decision) == ()
    by_clerk = replace(decision, automatic=False)
    assert told_reasons(by_clerk) == (
        ReasonCode.SIGNATURE_BROKEN,
        ReasonCode.WRONG_ADDRESSEE,
        ReasonCode.ENCLOSURES_MISSING,
    )
    assert told_missing(by_clerk) == ("Phụ lục 2",)


def test_the_office_s_own_troubles_are_not_told():
    decision = decide(b.facts(main=BROKEN, trust_configured=False), b.KNOWN, b.DIRECTORY, b.SETTINGS, b.NOW)
    assert (decision.action, ReasonCode.TRUST_NOT_CONFIGURED in decision.reasons) == (Action.RETURN, True)
    assert [line.code for line in reason_lines(decision, b.facts(main=BROKEN))] == [ReasonCode.SIGNATURE_BROKEN]


def test_signatures_beside_a_file_are_told_with_their_files():
    beside = (b.beside("3", b.by_person()), b.beside("4", b.by_organisation()))
    (line,) = file_lines(b.facts(main=b.a_file(signed=b.signatures()), signature_files=beside))
    assert line.verdict.vi == "2 chữ ký số hợp lệ (file-3.signature, file-4.signature)"
    (line,) = file_lines(b.facts(main=b.a_file(signed=b.signatures()), signature_files=(b.of_mail(),)))
    assert line.verdict.vi == "không ký số"


@pytest.mark.parametrize(
    ("sub", "asked"),
    [(SubIndication.REVOKED, "bằng chứng thư đang có hiệu lực"), (SubIndication.EXPIRED, "gia hạn chứng thư")],
)
def test_a_return_for_a_signature_says_what_its_verdict_says(sub, asked):
    main = b.signed_by(b.by_person(Indication.TOTAL_FAILED, sub), b.by_organisation())
    facts = b.facts(main=main)
    decision = replace(decide(facts, b.KNOWN, b.DIRECTORY, b.SETTINGS, b.NOW), reasons=(ReasonCode.CERTIFICATE_NOT_VALID,))
    (line,) = reason_lines(decision, facts)
    assert (line.code, asked in line.remedy.vi) == (ReasonCode.CERTIFICATE_NOT_VALID, True)


def test_where_verdicts_differ_the_reason_speaks_for_all():
    main = b.signed_by(
        b.by_person(Indication.TOTAL_FAILED, SubIndication.REVOKED),
        b.by_organisation(Indication.TOTAL_FAILED, SubIndication.EXPIRED),
    )
    facts = b.facts(main=main)
    decision = replace(decide(facts, b.KNOWN, b.DIRECTORY, b.SETTINGS, b.NOW), reasons=(ReasonCode.CERTIFICATE_NOT_VALID,))
    assert reason_lines(decision, facts) == (reason_line(ReasonCode.CERTIFICATE_NOT_VALID),)
