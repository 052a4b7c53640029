import hashlib

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.cli.conftest import root_certificate


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


def test_a_certificate_is_removed_by_the_beginning_of_its_fingerprint(office):
    (record,) = office.json("trust", "list")
    start = record["sha256"][:8].upper()
    office.done("trust", "remove", f"{start[:4]} {start[4:]}", "--reason", "revoked by its authority")
    assert office.json("trust", "list") == []
    assert "trust add" in office.run("trust", "list").err


def test_an_unknown_fingerprint_is_refused(office):
    assert "mailhub trust list" in office.refused("trust", "remove", "ffff", "--reason", "x")


def test_what_is_no_certificate_is_refused(office):
    (office.home / "x.pem").write_text("no")
    assert "X.509" in office.refused("trust", "add", office.home / "x.pem")
    assert "nowhere" in office.refused("trust", "add", office.home / "nowhere.pem")
