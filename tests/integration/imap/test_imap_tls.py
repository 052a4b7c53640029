"""TLS before a real server: both ways of it, and a certificate that nobody we trust has signed."""

import pytest

from mailhub.doors.imap import Encryption
from mailhub.doors.imap.faults import ImapFault
from tests.servers.dovecot import running_dovecot

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def guarded():
    with running_dovecot(tls=True) as server:
        yield server


def account(server, encryption):
    port = server.tls_port if encryption is Encryption.IMPLICIT else server.port
    return {"host": "localhost", "port": port, "encryption": encryption}


@pytest.mark.parametrize("encryption", [Encryption.IMPLICIT, Encryption.STARTTLS])
def test_mail_is_taken_over_tls_with_the_root_that_the_office_names(open_box, guarded, user, encryption):
    box = open_box(guarded, user, ca_file=guarded.certificate, **account(guarded, encryption))
    box.poll()
    assert box.told.successes
    assert box.told.faults == []


@pytest.mark.parametrize("encryption", [Encryption.IMPLICIT, Encryption.STARTTLS])
def test_a_certificate_of_nobody_is_refused_before_the_password_is_said(open_box, guarded, user, encryption):
    box = open_box(guarded, user, **account(guarded, encryption))
    with pytest.raises(ImapFault, match="is not trusted"):
        box.poll()


def test_a_certificate_of_another_name_is_refused(open_box, guarded, user):
    box = open_box(guarded, user, ca_file=guarded.certificate, **(account(guarded, Encryption.IMPLICIT) | {"host": "127.0.0.1"}))
    with pytest.raises(ImapFault, match="is not trusted"):
        box.poll()


def test_roots_that_cannot_be_read_are_named(open_box, guarded, user, tmp_path):
    (tmp_path / "empty.pem").write_text("")
    for file in (tmp_path / "nowhere.pem", tmp_path / "empty.pem"):
        box = open_box(guarded, user, ca_file=file, **account(guarded, Encryption.IMPLICIT))
        with pytest.raises(ImapFault, match=f"{file} holds no certificates"):
            box.poll()
