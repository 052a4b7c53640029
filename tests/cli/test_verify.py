import json
import os
import zipfile
from datetime import timedelta
from email.message import EmailMessage

import pytest
from rich.cells import cell_len

from mailhub.checking.failures import Evidence, ReaderDiedError
from mailhub.cli import companions, verdict_lines, verdicts
from mailhub.cli.app import mailhub
from mailhub.cli.signatures import INDICATIONS, REASONS, SUB_INDICATIONS
from mailhub.clock import system_clock
from mailhub.demo.letters import LetterText, compose_letter
from mailhub.demo.pki import Holder, Pki
from mailhub.demo.signing import Signing, flip_byte, sign
from parsers.signatures.model import Indication, Reason, SubIndication
from tests.parsers.files.test_rar import file_5, rar_5

LETTER = LetterText(
    parent="UBND TỈNH TÂY NINH",
    authority="SỞ TÀI CHÍNH",
    issuer="Sở Tài chính",
    reference="226/STC-NS",
    subject="báo cáo",
    place_and_date="Tây Ninh, ngày 22 tháng 11 năm 2026",
    body=("Nội dung.",),
    signing_as=("GIÁM ĐỐC",),
    signer="Nguyễn Thị Thu Hà",
    copies=("Như trên;",),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A signed letter, the same with one byte changed, an unsigned one, a mail with the signed one, and the trust folder."""
    folder = tmp_path_factory.mktemp("files")
    moment = system_clock().replace(microsecond=0) - timedelta(hours=1)
    pki, composed = Pki.make(moment), compose_letter(LETTER, moment)
    leader = pki.person(Holder(name="Nguyễn Thị Thu Hà", organisation="UBND tỉnh", email="ha@stc.example"))
    signed = sign(
        composed.pdf, pki, [Signing(identity=leader, field="NguoiKy", moment=moment, placement=composed.hand(LETTER.signer))]
    )
    (folder / "signed.pdf").write_bytes(signed)
    (folder / "broken.pdf").write_bytes(flip_byte(signed, b"/MediaBox"))
    (folder / "plain.pdf").write_bytes(composed.pdf)
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "vanthu@stc.example", "226/STC-NS"
    mail.set_content("Kính gửi")
    mail.add_attachment(signed, maintype="application", subtype="pdf", filename="226.pdf")
    (folder / "mail.eml").write_bytes(mail.as_bytes())
    (folder / "trust").mkdir()
    for name, identity in (("root", pki.root), ("issuing", pki.issuing)):
        (folder / "trust" / f"{name}.cer").write_bytes(identity.der)
    return folder


def test_a_file_whose_signatures_all_pass_exits_with_0(shell, folder):
    answer = shell.run("verify", folder / "signed.pdf", "--trust", folder / "trust")
    assert answer.code == 0, answer.out
    assert "VALID" in answer.out
    assert "Nguyễn Thị Thu Hà" in answer.out
    assert "226/STC-NS" in answer.out
    assert answer.err == ""


def test_the_json_is_one_array_with_one_object_for_each_file_as_given(shell, folder):
    paths = [str(folder / name) for name in ("signed.pdf", "broken.pdf", "plain.pdf", "mail.eml", "nowhere.pdf")]
    answer = shell.run("verify", *paths, "--trust", folder / "trust", "--json")
    values = json.loads(answer.out)
    assert [value["file"] for value in values] == paths
    assert [value["outcome"] for value in values] == ["passed", "failed", "unsigned", "passed", "unreadable"]
    assert values[0]["signatures"][0]["indication"] == "TOTAL-PASSED"
    assert values[1]["signatures"][0]["indication"] == "TOTAL-FAILED"
    assert isinstance(values[0]["signatures"][0]["reasons"], list)
    assert values[3]["signatures"][0]["name"] == "226.pdf"
    assert (values[2]["signatures"], values[4]["signatures"]) == ([], [])
    assert "no such file" in values[4]["reason"]
    assert answer.code == 1


@pytest.mark.parametrize(
    ("name", "word"), [("broken.pdf", "NOT VALID"), ("plain.pdf", "NO SIGNATURE"), ("nowhere.pdf", "UNREADABLE")]
)
def test_anything_less_exits_with_1(shell, folder, name, word):
    answer = shell.run("verify", folder / name, "--trust", folder / "trust")
    assert answer.code == 1
    assert word in answer.out


def test_without_trust_integrity_alone_is_judged_and_never_called_invalid(shell, folder):
    answer = shell.run("verify", folder / "signed.pdf", lang="vi")
    assert answer.code == 1
    assert "CHƯA KIỂM TRA ĐƯỢC" in answer.out
    assert "không hợp lệ" not in answer.out.lower()
    assert "--trust" in answer.err


def test_a_file_that_kills_its_reader_is_a_verdict_and_the_next_is_still_read(shell, folder, monkeypatch):
    read = verdicts.ReaderPool.read

    def dying(pool, job):
        if job.body.startswith(b"poison"):
            raise ReaderDiedError("the reader died of signal 11", Evidence(exit_status=-11, last_line=""))
        return read(pool, job)

    monkeypatch.setattr(verdicts.ReaderPool, "read", dying)
    (folder / "poison.pdf").write_bytes(b"poison")
    values = json.loads(shell.run("verify", folder / "poison.pdf", folder / "signed.pdf", "--json").out)
    assert [value["outcome"] for value in values] == ["unreadable", "indeterminate"]
    assert "signal 11" in values[0]["reason"]


def test_bytes_of_any_kind_are_a_verdict(shell, folder):
    for name, content in (
        ("a.pdf", b""),
        ("b.eml", b"\x00\xff" * 50),
        ("c.zip", b"PK\x03\x04rest"),
        ("d", b"%PDF-1.7\n/ByteRange"),
    ):
        (folder / name).write_bytes(content)
        answer = shell.run("verify", folder / name)
        assert answer.code == 1
        assert "Traceback" not in answer.err


def test_names_that_are_no_text_and_pipes_that_nobody_fills_keep_no_other_file_waiting(shell, folder, monkeypatch):
    monkeypatch.setattr(companions, "PIPE_SECONDS", 0)
    os.mkfifo(folder / "pipe")
    odd, missing = (folder / os.fsdecode(b"%s\xe9.pdf" % part) for part in (b"a", b"b"))
    odd.write_bytes((folder / "signed.pdf").read_bytes())
    answer = shell.run("verify", folder / "pipe", odd, missing, folder / "signed.pdf", "--trust", folder / "trust", "--json")
    values = json.loads(answer.out)
    assert [value["outcome"] for value in values] == ["unreadable", "passed", "unreadable", "passed"]
    assert "nobody writes" in values[0]["reason"]
    assert values[1]["file"].endswith("a\ufffd.pdf")


def test_what_was_not_opened_is_said_and_not_passed_over_in_silence(shell, folder):
    (folder / "a.rar").write_bytes(rar_5(file_5("công văn.pdf", b"?", packing=3)))
    answer = shell.run("verify", folder / "a.rar", "--lang", "vi")
    assert "chưa mở được: a.rar: công văn.pdf" in answer.out


def test_a_trust_folder_that_is_missing_is_refused(shell, folder):
    assert "nowhere" in shell.refused("verify", folder / "signed.pdf", "--trust", folder / "nowhere")


def test_a_signed_file_in_an_archive_is_found_and_named(shell, folder):
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(folder / "signed.pdf", "cong-van.pdf")
        archive.write(folder / "plain.pdf", "phu-luc.pdf")
    answer = shell.run("verify", folder / "a.zip", "--trust", folder / "trust")
    assert "(person) · cong-van.pdf" in answer.out
    (found,) = json.loads(shell.run("verify", folder / "a.zip", "--trust", folder / "trust", "--json").out)
    assert (found["outcome"], found["signatures"][0]["path"]) == ("passed", "1!cong-van.pdf")
    assert found["unsigned_parts"] == ["1!phu-luc.pdf"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_no_line_is_wider_than_the_terminal(shell, folder, monkeypatch, lang):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(verdict_lines, "is_terminal", lambda: True)
    for options in ((), ("-v",)):
        answer = shell.run("verify", folder / "broken.pdf", folder / "signed.pdf", *options, lang=lang)
        lines = [line for line in answer.out.splitlines() if str(folder) not in line]
        assert max(map(cell_len, lines)) <= 80
        assert len(lines) > 8


def test_details_say_what_to_tell_the_sender(shell, folder):
    plain, detailed = (shell.run("verify", folder / "broken.pdf", *options, lang="vi").out for options in ((), ("-v",)))
    assert "Đề nghị Quý cơ quan" not in plain
    assert "SHA-256" not in plain
    assert "Nói với bên gửi: Nội dung tệp không khớp" in detailed
    assert "SHA-256" in detailed


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ({"passed"}, 0),
        ({"try-later"}, 75),
        ({"passed", "try-later"}, 75),
        ({"try-later", "failed"}, 1),
        ({"indeterminate"}, 1),
        ({"unsigned", "passed"}, 1),
    ],
)
def test_the_exit_code_says_try_later_only_when_nothing_else_stands_in_the_way(monkeypatch, capsys, outcomes, code):
    class Known(verdicts.FileVerdict):
        outcome = None

    def known(outcome):
        verdict = Known(file="x", reading=None, unreadable=None)
        object.__setattr__(verdict, "outcome", verdicts.Outcome(outcome))
        return verdict

    monkeypatch.setattr(verdicts, "check_files", lambda paths, question: iter([known(outcome) for outcome in outcomes]))
    assert mailhub.run(["verify", "x"], {}, "mailhub") == code


@pytest.mark.parametrize(("table", "codes"), [(INDICATIONS, Indication), (SUB_INDICATIONS, SubIndication), (REASONS, Reason)])
def test_every_code_of_a_signature_has_words(table, codes):
    assert set(table) == set(codes)
