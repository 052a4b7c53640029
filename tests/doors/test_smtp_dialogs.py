"""Conversations with the SMTP door, one pitfall a file."""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mailhub.doors.smtp import DoorMeans
from tests.doors.dialog import Dialog, settings_of
from tests.doors.fakes import NOON, FakeIntake, open_door

DIALOGS = sorted((Path(__file__).parent.parent / "dialogs").glob("*.smtp"))


@pytest.fixture(scope="session")
def tls_context(tmp_path_factory):
    """A server's context with a key and a self-signed certificate of its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub.tinh.example")])
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(NOON - timedelta(days=1))
        .not_valid_after(NOON + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "key-and-certificate.pem"
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_there_are_dialogs():
    assert len(DIALOGS) >= 20


@pytest.mark.parametrize("path", DIALOGS, ids=lambda path: path.stem)
def test_dialog(path, tls_context, caplog):
    intake = FakeIntake()
    door = open_door(intake, means=DoorMeans(tls=tls_context), **settings_of(path))
    dialog = Dialog(door.port, intake)
    try:
        dialog.run(path)
    finally:
        dialog.close()
        door.stop(5)
    assert [record for record in caplog.records if record.name == "asyncio" or record.exc_info] == []
