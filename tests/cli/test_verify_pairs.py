"""`mailhub verify` over signatures that stand alone, and by trust that comes from folders or a hub."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto.pem import armor
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mailhub.cli.companions import company_of
from mailhub.cli.given_trust import trust_in
from mailhub.errors import RefusedError
from tests.pki.authority import DAY, NOW, Wish, make_pki
from tests.pki.messages import CmsSigning, message, timestamp_answer, token

PKI = make_pki()
DOCUMENT = "Công văn: another file signs this".encode()
SIGNATURE = message(None, CmsSigning(identity=PKI.person, at=NOW, tsa=PKI.tsa, stamped_at=NOW), over=DOCUMENT)


@pytest.fixture
def folder(tmp_path):
    """A document, its signature, and the folder of whom to believe."""
    folder = tmp_path / "files"
    for name in ("trust/signers", "trust/tsa", "trust/intermediates"):
        (folder / name).mkdir(parents=True)
    (folder / "trust/signers/root.cer").write_bytes(PKI.root.identity.der)
    (folder / "trust/tsa/root.cer").write_bytes(PKI.root.identity.der)
    (folder / "trust/intermediates/ca.cer").write_bytes(PKI.issuing.identity.der)
    (folder / "x.txt").write_bytes(DOCUMENT)
    (folder / "x.txt.p7s").write_bytes(SIGNATURE)
    return folder


def values(shell, *arguments):
    answer = shell.run("verify", *arguments, "--json")
    return answer.code, json.loads(answer.out)


def test_a_document_and_its_signature_in_one_call_answer_for_each_other(shell, folder):
    code, found = values(shell, folder / "x.txt", folder / "x.txt.p7s", "--trust", folder / "trust")
    document, signature = found
    assert (code, document["outcome"], signature["outcome"]) == (0, "passed", "passed")
    assert document["signatures"] == []
    assert document["signed_by"] == [str(folder / "x.txt.p7s")]
    assert [(one["file"], one["given"], one["signed"]) for one in signature["beside"]] == [(str(folder / "x.txt"), True, True)]
    said = shell.run("verify", folder / "x.txt", folder / "x.txt.p7s", "--trust", folder / "trust").out
    assert "stands in another file" in said
    assert "Signs the file" in said
    assert "2 files: 2 valid" in said


def test_names_do_not_matter_where_digests_fit(shell, folder):
    (folder / "x.txt.p7s").rename(folder / "chu-ky.dat")
    code, found = values(shell, folder / "chu-ky.dat", folder / "x.txt", "--trust", folder / "trust")
    assert (code, [one["outcome"] for one in found]) == (0, ["passed", "passed"])


def test_a_timestamp_finds_its_file_and_is_nobodys_signature(shell, folder):
    (folder / "x.txt.tst").write_bytes(timestamp_answer(PKI.tsa, DOCUMENT, NOW))
    code, (stamp, document) = values(shell, folder / "x.txt.tst", folder / "x.txt", "--trust", folder / "trust")
    assert (code, stamp["outcome"], document["outcome"]) == (1, "indeterminate", "indeterminate")
    assert "timestamp-only" in stamp["reasons"]


@pytest.mark.parametrize("name", ["x.txt.p7s", "x.p7s"])
def test_a_signature_given_alone_is_checked_with_what_lies_next_to_it_under_its_name_and_says_so(shell, folder, name):
    (folder / "x.txt.p7s").rename(folder / name)
    (folder / "y.txt").write_bytes(b"another")
    code, (found,) = values(shell, folder / name, "--trust", folder / "trust")
    assert (code, found["outcome"]) == (0, "passed")
    assert [(one["file"], one["given"]) for one in found["beside"]] == [(str(folder / "x.txt"), False)]
    assert "lies next to it" in shell.run("verify", folder / name, "--trust", folder / "trust").out


def test_a_signature_without_its_document_is_open_and_says_what_to_do(shell, folder):
    (folder / "x.txt").rename(folder / "z.txt")
    code, (found,) = values(shell, folder / "x.txt.p7s", "--trust", folder / "trust")
    assert (code, found["outcome"], found["sub_indication"]) == (1, "indeterminate", "SIGNED_DATA_NOT_FOUND")
    assert "check both files together" in found["sentences"]["clerk"]["en"]
    assert "trong cùng một thư" in found["sentences"]["sender"]["vi"]


def test_the_wrong_document_under_the_right_name_fails(shell, folder):
    (folder / "x.txt").write_bytes(DOCUMENT + b" changed")
    code, found = values(shell, folder / "x.txt", folder / "x.txt.p7s", "--trust", folder / "trust")
    assert code == 1
    assert found[1]["outcome"] == "failed"
    assert found[1]["signatures"][0]["sub_indication"] == "HASH_FAILURE"
    assert found[0]["outcome"] != "passed"


def test_no_document_is_carried_to_one_that_signs_itself_and_no_more_than_there_is_room_for(folder, monkeypatch):
    given = [str(folder / name) for name in ("x.txt", "x.txt.p7s")]
    assert company_of(given[0], DOCUMENT, given).files == ()
    monkeypatch.setattr("mailhub.cli.companions.MOST_BESIDE", len(DOCUMENT) - 1)
    company = company_of(given[1], SIGNATURE, given)
    assert (company.files, company.left_out) == ((), 1)


def test_what_wraps_its_own_content_is_asked_about_no_other_file(folder):
    given = [str(folder / name) for name in ("x.txt", "x.p7m", "x.tst")]
    opaque = message(DOCUMENT, CmsSigning(identity=PKI.person))
    assert company_of(given[1], opaque, given).files == ()
    assert company_of(given[1], armor("CMS", opaque), given).files == ()
    # A timestamp wraps words about another file.
    assert company_of(given[2], token(PKI.tsa, DOCUMENT, NOW).dump(), given).files


def test_no_name_writes_a_line_of_its_own(shell, folder):
    stranger = PKI.issuing.issue(Wish(common_name="Trần Giả\nx.pdf  VALID", organisation="O\n  valid", key=9))
    (folder / "y\ny.p7m").write_bytes(message(DOCUMENT, CmsSigning(identity=stranger)))
    answer = shell.run("verify", folder / "y\ny.p7m")
    assert len([line for line in answer.out.splitlines() if "Trần Giả x.pdf  VALID" in line]) == 1
    assert not [line for line in answer.out.splitlines() if line.strip().startswith(("x.pdf", "y.p7m", "valid"))]


def test_two_files_next_to_a_signature_point_nowhere(folder):
    (folder / "x.p7s").write_bytes(SIGNATURE)
    (folder / "x.doc").write_bytes(b"another")
    assert company_of(str(folder / "x.p7s"), SIGNATURE, ()).neighbour == ""


# --- trust -----------------------------------------------------------------------------------------------------------


def pem(der):
    return x509.load_der_x509_crl(der).public_bytes(Encoding.PEM)


@pytest.mark.parametrize("form", [bytes, pem])
def test_lists_in_the_trust_folder_convict(shell, folder, form):
    lists = PKI.issuing.revocation_list(revoked={PKI.person: NOW - DAY})
    (folder / "trust/ca.crl").write_bytes(form(lists))
    code, found = values(shell, folder / "x.txt", folder / "x.txt.p7s", "--trust", folder / "trust")
    assert code == 1
    (signature,) = found[1]["signatures"]
    assert (signature["indication"], signature["sub_indication"]) == ("TOTAL-FAILED", "REVOKED")
    assert signature["revocation"]["revoked_at"].startswith(f"{NOW - DAY:%Y-%m-%d}")


def test_answers_in_the_trust_folder_convict(shell, folder):
    (folder / "trust/signers/person.ors").write_bytes(PKI.issuing.answer(PKI.person, revoked_at=NOW - DAY))
    code, found = values(shell, folder / "x.txt.p7s", "--trust", folder / "trust")
    assert (code, found[0]["signatures"][0]["revocation"]["status"]) == (1, "revoked")


def test_purposes_of_folders_are_kept_apart(folder):
    trust = trust_in(folder / "trust")
    assert trust.signer_anchors == trust.tsa_anchors == (PKI.root.identity.der,)
    assert trust.intermediates == (PKI.issuing.identity.der,)
    (folder / "trust/tsa/root.cer").unlink()
    (folder / "trust/signers/root.cer").rename(folder / "trust/intermediates/root.cer")
    trust = trust_in(folder / "trust")
    assert (trust.signer_anchors, trust.tsa_anchors) == ((), ())
    assert trust_in(folder / "trust/intermediates/root.cer").signer_anchors == (PKI.root.identity.der,)


@pytest.mark.parametrize("name", ["ca.crl", "a.ocsp"])
def test_damaged_revocation_data_is_refused(folder, name):
    (folder / "trust" / name).write_bytes(b"no such thing")
    with pytest.raises(RefusedError, match=name):
        trust_in(folder / "trust")


def test_nothing_passes_without_revocation_data_where_it_is_required(shell, folder):
    code, (found,) = values(shell, folder / "x.txt.p7s", "--trust", folder / "trust", "--require-revocation")
    assert (code, found["outcome"], found["sub_indication"]) == (75, "try-later", "TRY_LATER")


def test_a_hub_lends_its_trust_set(office, folder):
    office.done("trust", "add", folder / "trust/signers", "--purpose", "signer")
    office.done("trust", "add", folder / "trust/intermediates", "--purpose", "intermediate")
    answer = office.run("verify", folder / "x.txt.p7s")
    assert "trust set and the revocation data of the hub" in answer.err
    assert "  Nguyễn Văn Mẫu" in answer.out
    assert "\n    valid\n" in answer.out
    # What is named goes before what the hub has.
    answer = office.run("verify", folder / "x.txt.p7s", "--trust", folder / "trust")
    assert (answer.code, answer.err) == (0, "")


def test_a_hub_that_was_named_and_is_not_there_is_refused(shell, folder):
    assert "nowhere" in shell.refused("verify", folder / "x.txt.p7s", "--home", folder / "nowhere")


# --- time, and what programs are told --------------------------------------------------------------------------------


def test_the_time_of_receipt_proves_that_it_was_signed_in_time(shell, folder):
    old = PKI.issuing.issue(Wish(common_name="Nguyễn Cũ", years=(NOW - 100 * DAY, NOW + 10 * DAY), key=4))
    (folder / "x.txt.p7s").write_bytes(message(None, CmsSigning(identity=old, at=NOW), over=DOCUMENT))
    late = values(shell, folder / "x.txt.p7s", "--trust", folder / "trust")
    assert late[1][0]["sub_indication"] == "OUT_OF_BOUNDS_NO_POE"
    day = f"{NOW + timedelta(days=1):%Y-%m-%d}"
    code, _ = values(shell, folder / "x.txt.p7s", "--trust", folder / "trust", "--received-at", day)
    assert code == 0


def test_every_key_is_documented(shell, folder):
    _, (found,) = values(shell, folder / "x.txt.p7s", "--trust", folder / "trust")
    page = (Path(__file__).parents[2] / "docs" / "signatures.md").read_text("utf-8")
    table = page.partition("## `mailhub verify`")[2]
    documented = set(re.findall(r"`([a-z0-9_]+)`", table))
    assert set(found) | set(found["signatures"][0]) | set(found["files"][0]) <= documented


def test_a_mail_on_standard_input_is_read_as_one(shell, folder, monkeypatch):
    mail = folder / "in"
    mail.write_bytes(b"From: a@b.example\r\nSubject: x\r\n\r\nKinh gui\r\n")
    monkeypatch.setattr("mailhub.cli.companions.STANDARD_INPUT", str(mail))
    _, (found,) = values(shell, "-")
    assert (found["file"], found["outcome"]) == ("-", "unsigned")
    assert found["files"][0]["media_type"] == "text/plain"


def test_a_folder_and_a_file_that_is_too_large_are_verdicts(shell, folder, monkeypatch):
    monkeypatch.setattr("mailhub.cli.companions.LARGEST", 10)
    code, found = values(shell, folder, folder / "x.txt")
    assert code == 1
    assert [one["outcome"] for one in found] == ["unreadable", "unreadable"]
    assert "folder" in found[0]["reason"]
    assert "Larger" in found[1]["reason"]
