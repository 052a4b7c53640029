import hashlib
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from mailhub.cli import trust_lines
from mailhub.profiles.vn.pins import Pin, pins
from tests.cli.conftest import root_certificate
from tests.pki.authority import DAY, NOW, Authority, Wish, make_pki

LONG = (NOW - 3650 * DAY, NOW + 3650 * DAY)
CA = {"usage": frozenset({"key_cert_sign", "crl_sign"}), "purposes": None, "authority": True, "years": LONG}


def sha256(identity):
    return hashlib.sha256(identity.der).hexdigest()


def test_trusted_certificates_are_listed_with_their_fingerprints(office):
    (record,) = office.json("trust", "list")
    assert record["subject"] == "CN=Gốc thử"
    assert len(record["sha256"]) == 64
    assert " ".join(record["sha256"][i : i + 4] for i in range(0, 64, 4)) in office.done("trust", "list")


def test_a_folder_of_certificates_is_added_at_once(office):
    folder = office.home / "trust"
    folder.mkdir()
    certificates = [root_certificate(f"Gốc {number}") for number in range(3)]
    for number, pem in enumerate(certificates):
        (folder / f"root{number}.pem").write_bytes(pem)
    added = office.json("trust", "add", folder, "--purpose", "tsa")
    fingerprints = {
        hashlib.sha256(x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)).hexdigest() for pem in certificates
    }
    assert {record["sha256"] for record in added} == fingerprints
    assert {record["purpose"] for record in added} == {"tsa"}


def test_what_changes_nothing_is_no_event(office, tmp_path):
    root = tmp_path / "root.pem"
    root.write_bytes(root_certificate("Gốc mới"))
    (tmp_path / "empty").mkdir()
    office.done("trust", "add", root)
    before = office.json("audit", "show")
    office.done("trust", "add", root)
    assert "no certificate to add" in office.refused("trust", "add", tmp_path / "empty")
    assert office.json("audit", "show") == before


def test_a_certificate_is_removed_by_the_beginning_of_its_fingerprint(office):
    (record,) = office.json("trust", "list")
    start = record["sha256"][:8].upper()
    (office.home / "next.pem").write_bytes(root_certificate("Gốc mới"))
    office.done("trust", "add", office.home / "next.pem")
    office.done("trust", "remove", f"{start[:4]} {start[4:]}", "--reason", "revoked by its authority")
    assert [left["subject"] for left in office.json("trust", "list")] == ["CN=Gốc mới"]


def test_the_last_root_for_signers_stays_until_another_one_is_there(office):
    (record,) = office.json("trust", "list")
    assert "Add the one that replaces it first" in office.refused("trust", "remove", record["sha256"], "--reason", "x")
    assert office.json("trust", "list") == [record]


def test_a_hub_without_a_root_says_how_to_add_one(shell):
    shell.done("init", shell.home)
    assert "trust add" in shell.run("trust", "list").err
    answer = shell.run("trust", "check")
    assert answer.code == 1
    assert "mailhub trust add FILE" in answer.out


class Folder:
    """A folder of certificates as an operator keeps it: root, issuing authority, TSA root."""

    def __init__(self, path):
        self.path = path
        pki = make_pki()
        self.root, self.issuing = pki.root.identity, pki.issuing.identity
        self.tsa = Authority.self_signed(Wish(common_name="Gốc TSA", key=5, **CA)).identity
        for name in ("", "tsa", "intermediates"):
            (path / name).mkdir(exist_ok=True)
        (path / "root.cer").write_bytes(self.root.der)
        (path / "tsa" / "tsa.cer").write_bytes(self.tsa.der)
        (path / "intermediates" / "ca.p7b").write_bytes(pkcs7.serialize_certificates([self.issuing.certificate], Encoding.DER))


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def lines(records):
    return {(record["change"], record["purpose"], record["sha256"][:8]) for record in records}


def test_a_folder_is_imported_after_it_was_shown_and_twice_changes_nothing(office, folder):
    (old,) = office.json("trust", "list")
    expected = {
        ("added", "signer", sha256(folder.root)[:8]),
        ("added", "tsa", sha256(folder.tsa)[:8]),
        ("added", "intermediate", sha256(folder.issuing)[:8]),
    }
    gone = {("removed", "signer", old["sha256"][:8])}
    assert lines(office.json("trust", "import", folder.path, "--dry-run")) == expected
    assert lines(office.json("trust", "diff", folder.path)) == expected | gone
    assert len(office.json("trust", "list")) == 1
    office.done("trust", "import", folder.path, "--reason", "bộ chứng thư 2026")
    assert len(office.json("trust", "list")) == 4
    assert {kind for kind, _, _ in lines(office.json("trust", "import", folder.path))} == {"same"}
    assert lines(office.json("trust", "import", folder.path, "--prune")) >= gone
    assert "no difference" in office.run("trust", "diff", folder.path).err
    office.done("audit", "verify")


def test_an_import_that_would_leave_no_root_for_signers_is_refused_whole(office, folder):
    only = folder.path / "tsa"
    assert "last trusted root" in office.refused("trust", "import", only, "--purpose", "tsa", "--prune")
    assert len(office.json("trust", "list")) == 1


@pytest.mark.parametrize("trial", [["--dry-run"], []])
def test_no_import_makes_an_anchor_of_what_is_no_root(office, folder, trial):
    signers = folder.path / "signers"
    signers.mkdir()
    (signers / "ca.cer").write_bytes(folder.issuing.der)
    assert "is no root" in office.refused("trust", "import", folder.path, *trial)
    assert "is no root" in office.refused("trust", "import", folder.path / "intermediates", "--purpose", "tsa", *trial)
    assert len(office.json("trust", "list")) == 1


def test_versions_of_the_set_are_kept_and_compared(office, folder):
    office.done("trust", "import", folder.path, "--prune")
    (first,) = office.json("trust", "list", "--version", "1")
    assert len(office.json("trust", "list", "--version", "2")) == 3
    assert lines(office.json("trust", "diff", "--from", "1")) == lines(office.json("trust", "diff", "--from", "1", "--to", "2"))
    assert ("removed", "signer", first["sha256"][:8]) in lines(office.json("trust", "diff", "--from", "1"))
    assert "the last is 2" in office.refused("trust", "diff", "--from", "1", "--to", "7")
    assert "--from" in office.refused("trust", "diff")


def test_what_a_set_lacks_is_told_with_what_to_do(office, folder):
    office.done("trust", "import", folder.path, "--prune")
    assert office.json("trust", "check") == []
    (folder.path / "root.cer").unlink()
    leaf = make_pki().person
    (folder.path / "intermediates" / "person.cer").write_bytes(leaf.der)
    ended = Authority.self_signed(Wish(common_name="Gốc cũ", key=6, **CA | {"years": (NOW - 900 * DAY, NOW - 500 * DAY)}))
    (folder.path / "old.cer").write_bytes(ended.identity.der)
    office.done("trust", "import", folder.path, "--prune", "--reason", "x")
    answer = office.run("trust", "check", "--json")
    assert answer.code == 1
    found = {(remark["weight"], remark["code"]) for remark in json.loads(answer.out)}
    assert found == {("problem", "no-path"), ("problem", "no-authority"), ("warning", "expired")}


def test_a_published_fingerprint_is_named_beside_the_certificate(office, monkeypatch):
    (record,) = office.json("trust", "list")
    assert record["published_as"] is None
    pin = Pin(sha256=record["sha256"], name="Gốc đã công bố", anchor=True, address="x.example", sources=1)
    monkeypatch.setattr(trust_lines, "pins", lambda: {record["sha256"]: pin})
    assert office.json("trust", "list")[0]["published_as"] == "Gốc đã công bố"


def test_every_pin_of_the_profile_is_a_fingerprint_with_a_name():
    assert len(pins()) == 6
    assert all(pin.name and pin.address and pin.sources for pin in pins().values())
    assert sum(pin.anchor for pin in pins().values()) == 3


def test_an_unknown_fingerprint_is_refused(office):
    assert "mailhub trust list" in office.refused("trust", "remove", "ffff", "--reason", "x")


def test_what_is_no_certificate_is_refused(office):
    (office.home / "x.pem").write_text("no")
    assert "X.509" in office.refused("trust", "add", office.home / "x.pem")
    assert "nowhere" in office.refused("trust", "add", office.home / "nowhere.pem")
