"""What several tests of the doors need."""

import ssl
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mailhub.doors.smtp import DoorMeans
from tests.doors.fakes import NOON, FakeIntake, FakeRefusals, open_door


@pytest.fixture(scope="session")
def tls_certificate(tmp_path_factory):
    """A file with a server's key and its self-signed certificate."""
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
    return path


@pytest.fixture(scope="session")
def tls_context(tls_certificate):
    """A server's context with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls_certificate)
    return context


@pytest.fixture
def intake():
    intake = FakeIntake()
    yield intake
    intake.gate.set()


@pytest.fixture
def refusals():
    return FakeRefusals()


@pytest.fixture
def opened(intake, refusals):
    """Opens doors that are stopped at the end."""
    doors = []

    def open_(**settings):
        means = settings.pop("means", {})
        doors.append(open_door(intake, means=DoorMeans(refusals=refusals, **means), **settings))
        return doors[-1]

    yield open_
    intake.gate.set()
    for door in doors:
        door.stop(5)
