"""`mailhub verify --revision`: PDFs as they were signed, and what is said of pages that changed later."""

import json
from email.message import EmailMessage

import pytest

from tests.pki.authority import NOW, make_pki
from tests.pki.documents import Signing, letter, replace_page, sign, update

PKI = make_pki()


@pytest.fixture(scope="module")
def documents():
    """A letter of two pages signed by a person, the same with another second page, sealed by an organisation."""
    leader = Signing(identity=PKI.person, field="Leader", tsa=PKI.tsa, stamped_at=NOW)
    signed = sign(letter(2), leader)
    seal = Signing(identity=PKI.organisation, field="Seal", tsa=PKI.tsa, stamped_at=NOW, box=None)
    return signed, sign(update(signed, lambda writer: replace_page(writer, 1)), seal)


@pytest.fixture
def folder(tmp_path, documents):
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust/root.pem").write_bytes(PKI.root.identity.der)
    (tmp_path / "trust/ca.pem").write_bytes(PKI.issuing.identity.der)
    (tmp_path / "x.pdf").write_bytes(documents[1])
    return tmp_path


def test_each_signature_gives_its_revision_and_says_which_pages_changed_since(shell, folder, documents):
    answer = shell.run("verify", folder / "x.pdf", "--trust", folder / "trust", "--revision", folder / "out")
    assert answer.code == 1
    assert (folder / "out/x.Leader.pdf").read_bytes() == documents[0]
    assert (folder / "out/x.Seal.pdf").read_bytes() == documents[1]
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["x.Leader.pdf", "x.Seal.pdf"]
    assert "pages changed since: 2" in answer.out
    assert "no page changed since" in answer.out
    assert "Pages changed after signing: 2" in answer.out


def test_nothing_is_replaced_but_by_force(shell, folder, documents):
    (folder / "out").mkdir()
    (folder / "out/x.Leader.pdf").write_bytes(b"mine")
    said = shell.refused("verify", folder / "x.pdf", "--revision", folder / "out")
    assert "x.Leader.pdf exists already; --force" in said
    assert (folder / "out/x.Leader.pdf").read_bytes() == b"mine"
    shell.run("verify", folder / "x.pdf", "--revision", folder / "out", "--force")
    assert (folder / "out/x.Leader.pdf").read_bytes() == documents[0]


def test_a_pdf_inside_a_mail_has_its_revisions_too_and_never_leaves_the_folder(shell, folder, documents):
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@b.example", "x"
    mail.set_content("Kính gửi")
    mail.add_attachment(documents[0], maintype="application", subtype="pdf", filename="../../y.pdf")
    (folder / "thu.eml").write_bytes(mail.as_bytes())
    answer = shell.run("verify", folder / "thu.eml", "--trust", folder / "trust", "--revision", folder / "out", "--json")
    (found,) = json.loads(answer.out)
    assert answer.code == 0, answer.out
    (revision,) = found["revisions"]
    assert (revision["field"], revision["changed_pages"], revision["problem"]) == ("Leader", [], "")
    assert [path.read_bytes() for path in (folder / "out").iterdir()] == [documents[0]]
    assert found["unsigned_parts"] == []
    assert found["signatures"][0]["anchor"] == found["signatures"][0]["trust_path"][0]["subject"]


def test_files_of_one_name_keep_apart_and_the_same_bytes_are_written_once(shell, folder, documents):
    (folder / "two").mkdir()
    (folder / "two/x.pdf").write_bytes(documents[0])
    names = (folder / "x.pdf", folder / "x.pdf", folder / "two/x.pdf")
    found = json.loads(shell.run("verify", *names, "--revision", folder / "out", "--json").out)
    written = [[one["written"] for one in verdict["revisions"]] for verdict in found]
    assert written[0] == written[1]
    assert written[2] == written[0][:1]
    other = folder / "two/x.pdf"
    other.write_bytes(sign(letter(1), Signing(identity=PKI.person, field="Leader")))
    shell.run("verify", folder / "x.pdf", other, "--revision", folder / "new")
    assert {path.read_bytes() for path in (folder / "new").iterdir()} == {*documents, other.read_bytes()}
