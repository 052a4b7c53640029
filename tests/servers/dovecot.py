"""A private Dovecot: own configuration, own mailboxes, one loopback port; any user logs in with one password."""

import imaplib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from imapclient import IMAPClient

from tests.servers.memory import memory_folder
from tests.servers.waiting import PATIENCE_SECONDS, free_port, until

PASSWORD = "secret"
CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log/dovecot.log
protocols = imap
listen = 127.0.0.1
{tls}
auth_mechanisms = plain login
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
mail_location = maildir:{folder}/mail/%u
mail_uid = {owner}
mail_gid = nogroup
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 100
mail_fsync = never
auth_failure_delay = 0
imap_capability = {capability}
namespace inbox {{
  inbox = yes
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid=nogroup home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
  chroot =
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""

TLS = """\
ssl = required
ssl_cert = <{certificate}
ssl_key = <{certificate}
disable_plaintext_auth = yes"""


def self_signed() -> bytes:
    """A certificate for localhost and its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)  # noqa: TID251  a certificate of now
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    signed = builder.sign(key, hashes.SHA256())
    pkcs8 = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(serialization.Encoding.PEM, pkcs8, serialization.NoEncryption())
    return signed.public_bytes(serialization.Encoding.PEM) + secret


class Dovecot:
    """A running instance. Every user has a mailbox from the first login on."""

    def __init__(self, folder: Path, port: int, tls_port: int = 0) -> None:
        self.folder = folder
        self.port = port
        self.tls_port = tls_port
        self.certificate = folder / "server.pem"
        self.configuration = folder / "dovecot.conf"

    def client(self, user: str) -> IMAPClient:
        """A logged-in client, as people have."""
        client = IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=PATIENCE_SECONDS)
        client._imap.debug = 0
        client.login(user, PASSWORD)
        return client

    def deliver(self, user: str, mails: Sequence[bytes], folder: str = "INBOX") -> None:
        """Put mails into a folder, in one command where there are many."""
        with self.client(user) as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.multiappend(folder, list(mails))

    def mails(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """The octets of every mail in a folder; a folder that is not there is empty."""
        with self.client(user) as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            uids = client.search()
            return [data[b"BODY[]"] for _, data in sorted(client.fetch(uids, ["BODY.PEEK[]"]).items())] if uids else []

    def flags(self, user: str, folder: str = "INBOX") -> list[set[str]]:
        """The flags of every mail, without \\Recent."""
        with self.client(user) as client:
            client.select_folder(folder, readonly=True)
            found = client.get_flags(client.search())
            return [{flag.decode() for flag in flags} - {"\\Recent"} for _, flags in sorted(found.items())]

    def kick(self, user: str) -> None:
        """End every session of a user, as a server does that is restarted."""
        subprocess.run([_found("doveadm"), "-c", str(self.configuration), "kick", user], capture_output=True, check=False)

    def maildir(self, user: str) -> Path:
        """Where a user's mail lies."""
        return self.folder / "mail" / user


@contextmanager
def running_dovecot(*, capability: str = "", tls: bool = False) -> Iterator[Dovecot]:
    """Run Dovecot as root; `capability` replaces what it says it can, as an older server would.

    With `tls` it has a certificate for localhost that nobody has signed, and lets nobody log in without encryption.
    """
    if os.geteuid() != 0:
        pytest.fail("Dovecot can only be started by root here; run the tests as root, or leave the IMAP tests out")
    folder = Path(tempfile.mkdtemp(prefix="mailhub-dovecot-", dir=memory_folder()))
    server = Dovecot(folder, free_port(), free_port() if tls else 0)
    process = None
    try:
        _configure(server, capability)
        process = subprocess.Popen(
            [_found("dovecot"), "-F", "-c", str(server.configuration)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: _answers(server.port), "Dovecot to answer", said=lambda: _log(folder))
        yield server
    finally:
        if process is not None:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=PATIENCE_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _configure(server: Dovecot, capability: str) -> None:
    # Dovecot's own users must reach it, so the folder lies outside pytest's, which only root may enter.
    folder = server.folder
    folder.chmod(0o755)
    for name in ("run", "log", "mail"):
        (folder / name).mkdir()
    shutil.chown(folder / "mail", "nobody", "nogroup")
    if server.tls_port:
        server.certificate.write_bytes(self_signed())
    server.configuration.write_text(
        CONFIGURATION.format(
            folder=folder,
            port=server.port,
            tls_port=server.tls_port,
            tls=TLS.format(certificate=server.certificate) if server.tls_port else "ssl = no\ndisable_plaintext_auth = no",
            password=PASSWORD,
            capability=capability,
            internal="dovecot",
            group="dovecot",
            login="dovenull",
            owner="nobody",
        )
    )


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            return connection.recv(4) == b"* OK"
    except (OSError, imaplib.IMAP4.error):
        return False


def _log(folder: Path) -> str:
    return "".join(path.read_text(errors="replace") for path in (folder / "log").iterdir())


def _found(program: str) -> str:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin:/sbin:/bin"
    found = shutil.which(program, path=path)
    if found is None:
        pytest.fail("Dovecot is not installed; make test installs it, or: apt-get install dovecot-imapd")
    return found
