"""What clerks type after `mh`: short words, without accents, in any order of the day."""

import shlex
from datetime import date
from pathlib import Path

import pytest

from mailhub.cli.app import ENTRIES
from mailhub.cli.shortcuts import command_line, folded
from mailhub.errors import RefusedError
from mailhub.language import Language
from mailhub.policy.reasons import ReasonCode
from mailhub.profiles.vn.reasons import reason_text
from mailhub.profiles.vn.shortcuts import shortcuts
from tests.cli.commands import all_commands

NOUNS = (*ENTRIES, "paper", "meeting")


def said(line):
    return " ".join(command_line(line.split(), NOUNS, lambda: date(2024, 8, 9)))


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("", "desk"),
        ("4818", "register show 4818"),
        ("4818/2024", "register show 4818/2024"),
        ("226/stc", "letter show 226/stc"),
        ("K7M4", "letter show K7M4"),
        ("k7m4-q2xd --json", "letter show k7m4-q2xd --json"),
        ("h128", "letter show h128"),
        ("H128", "letter show H128"),
        ("G7-0312", "paper show G7-0312"),
        ("m12", "meeting show m12"),
        ("h128 vao", "letter file h128"),
        ("h128 vào", "letter file h128"),
        ("h128 VÀO-SỔ --register VPUB", "letter file h128 --register VPUB"),
        ("h128 tra", "letter return h128"),
        ("h128 tra thieu-tep", "letter return h128 --reason enclosures-missing"),
        ("h128 trả thiếu-tệp thieu-ky", "letter return h128 --reason enclosures-missing --reason one-signature-missing"),
        ("h128 tra unsigned --note thiếu", "letter return h128 --reason unsigned --note thiếu"),
        ("h128 giu chị Hoa gọi", "letter hold h128 --reason chị Hoa gọi"),
        ("h128 rut đã đủ --json", "letter withdraw h128 --reason đã đủ --json"),
        ("4818 huy nhầm văn bản", "register void 4818 --reason nhầm văn bản"),
        ("226/stc vi-sao", "letter explain 226/stc"),
        ("giay nhan --agency H29.11", "paper receive --agency H29.11"),
        ("giấy nhận", "paper receive"),
        ("giay", "paper list"),
        ("G7-0312 tra", "paper return G7-0312"),
        ("G7-0312 giao --to Hoa", "paper hand-over G7-0312 --to Hoa"),
        ("m12 hoan", "meeting postpone m12"),
        ("in hom-nay", "register list --from 2024-08-09 --to 2024-08-09 --limit 10000"),
        ("in hôm-nay --json", "register list --from 2024-08-09 --to 2024-08-09 --limit 10000 --json"),
        ("tim quyet toan", "register search quyet toan"),
        ("z", "undo"),
        ("letter list --state held", "letter list --state held"),
        ("--help", "--help"),
    ],
)
def test_short_words_stand_for_an_ordinary_command(line, command):
    assert said(line) == command


@pytest.mark.parametrize(
    ("line", "near"),
    [
        ("h128 vaoo", "vao"),
        ("h128 trar", "tra"),
        ("h128 tra thieu-tap", "thieu-tep"),
        ("lettr", "letter"),
        ("in thang", "in hom-nay"),
        ("in", "in hom-nay"),
        ("xyz", "desk"),
    ],
)
def test_unknown_words_are_answered_with_their_neighbours(line, near):
    with pytest.raises(RefusedError) as refused:
        said(line)
    assert near in refused.value.in_(Language.VI)


def test_assigning_is_politely_put_off():
    with pytest.raises(RefusedError) as refused:
        said("4818 giao ktn")
    assert "bản sau" in refused.value.in_(Language.VI)
    assert "later version" in refused.value.in_(Language.EN)


def test_every_reason_word_is_folded_and_names_one_reason():
    words = [word for known in shortcuts().reasons.values() for word in known]
    assert len(words) == len(set(words))
    assert all(word == folded(word) for word in words)
    assert all(shortcuts().reason(code.value) is code for code in shortcuts().reasons)


@pytest.mark.parametrize("code", shortcuts().reasons, ids=str)
def test_a_reason_is_also_named_by_what_the_desk_calls_it(code):
    assert said(f"h1 tra {folded(reason_text(code).label.vi)}") == f"letter return h1 --reason {code.value}"


def test_every_word_stands_for_a_command_that_there_is():
    known = {" ".join(path) for path, _ in all_commands()}
    tables = (shortcuts().commands, shortcuts().letter, shortcuts().paper, shortcuts().meeting)
    missing = {command for table in tables for command in table.values()} - known
    assert missing == set()


def test_all_reasons_that_send_a_letter_back_are_on_the_menu():
    sent_back = {ReasonCode.NO_E_COPY, ReasonCode.UNSIGNED, ReasonCode.SIGNATURE_BROKEN, ReasonCode.CHANGED_AFTER_SIGNING}
    assert sent_back <= set(shortcuts().reasons)


def mh(shell, *words, lang="vi"):
    """Type it as `mh`."""
    from mailhub.cli.app import mailhub

    shell.capsys.readouterr()
    environ = {"MAILHUB_HOME": str(shell.home), "MAILHUB_LANG": lang, "MAILHUB_CLERK": "Lan"}
    code = mailhub.run(list(words), environ, "mh")
    heard = shell.capsys.readouterr()
    return code, heard.out + heard.err


def test_a_clerks_morning_in_short_words(office, letter):
    code = office.json("submission", "list")[0]["tracking_code"]
    assert "CẦN QUYẾT" in mh(office)[1]
    assert "226/STC-NS" in mh(office, "226/stc")[1]
    assert "226/STC-NS" in mh(office, code[:4].lower())[1]
    assert "226/STC-NS" in mh(office, code.replace("-", " "))[1]
    assert "sắp trả" in mh(office, "h1", "tra", "thieu-tep")[1]
    assert "Đã rút thư trả h1" in mh(office, "z")[1]
    assert "226/STC-NS" in mh(office, "h1", "vao")[1]
    assert "226/STC-NS" in mh(office, "1")[1]
    assert "226/STC-NS" in mh(office, "in", "hom-nay")[1]
    assert mh(office, "1", "giao", "ktn")[0] == 1
    assert mh(office, "1", "huy", "nhầm")[0] == 0
    assert mh(office, "lettr")[0] == 1


def test_the_long_name_knows_no_short_words(office):
    assert office.run("h1").code == 2


@pytest.mark.parametrize("page", ["docs/clerk.md", "docs/vi/van-thu.md"])
def test_what_the_clerks_pages_type_are_commands(page):
    known = {" ".join(path) for path, _ in all_commands()}
    text = (Path(__file__).parents[2] / page).read_text(encoding="utf-8")
    lines = [shlex.split(line.removeprefix("$ ")) for line in text.splitlines() if line.startswith("$ ")]
    typed = [words[1:] for words in lines if words[0] == "mh" and words[1:] not in (["h8", "trar"], ["4818", "giao", "ktn"])]
    meant = [command_line(words, NOUNS, lambda: date(2024, 8, 9)) for words in typed]
    meant += [words[1:] for words in lines if words[0] == "mailhub"]
    assert len(meant) >= 8
    assert [words for words in meant if not {words[0], " ".join(words[:2])} & known] == []
