"""An agency logs in at the door of a real hub: the capture knows under which name, and the name knows the agency."""

import shutil
import smtplib
import ssl

import pytest

from mailhub.demo.home import set_values
from mailhub.errors import RefusedError
from mailhub.hub import open_hub, upgrade_hub
from mailhub.intake import Intake
from mailhub.refusals import RefusedBecause
from mailhub.serving.addresses import address_book
from mailhub.serving.smtp_door import smtp_door, tls_context
from storage import captures, logins
from storage.records import Actor, AgencyCode, AgencyDraft, RefusalFilter, UnitDraft
from tests.servers.waiting import free_port

ADMIN = Actor(unit_id=None, name="admin", via="cli")
PASSWORD = "a password of thirty characters"


@pytest.fixture
def hub(tmp_path, bare_home, tls_certificate):
    home = shutil.copytree(bare_home, tmp_path / "hub")
    port, tls_port = free_port(), free_port()
    certificate = {"smtp.tls_certificate": f'"{tls_certificate}"', "smtp.tls_key": f'"{tls_certificate}"'}
    limits = {"smtp.login_failures": "2", "smtp.exempt_networks": "[]"}
    set_values(home, {"smtp.port": str(port), "smtp.implicit_tls_port": str(tls_port), **limits, **certificate})
    upgrade_hub(home, {})
    hub = open_hub(home, {})
    unit = UnitDraft(code="VP", name="VP", time_zone="Asia/Ho_Chi_Minh", register="UBND", addresses=("vanthu@tinh.example",))
    unit_id = hub.directory.add_unit(ADMIN, unit).id
    agency = AgencyDraft(codes=(AgencyCode(code="G22"),), name="Sở Tài chính", kind="state", mode="propose")
    hub.directory.add_agency(ADMIN, unit_id, agency)
    hub.logins.set_(ADMIN, unit_id, "G22", "Stc", PASSWORD)
    yield hub
    hub.close()


@pytest.fixture
def door(hub):
    intake = Intake(hub.blobs, hub.database)
    door = smtp_door(hub, address_book(hub), intake)
    door.start()
    yield door
    door.stop(5)
    intake.close()


@pytest.fixture
def believing():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def test_a_mail_under_a_login_belongs_to_the_agency_of_the_login(hub, door, believing):
    with smtplib.SMTP_SSL("127.0.0.1", door.implicit_tls_port, context=believing) as client:
        client.login("stc", PASSWORD)
        client.sendmail("ai-do@gmail.com", "vanthu@tinh.example", b"Subject: x\r\n\r\nx\r\n")
    with hub.database.reading() as tx:
        capture = captures.get(tx, 1)
        assert (capture.draft.auth, capture.draft.tls[:5]) == ("Stc", "TLSv1")
        assert logins.get(tx, hub.directory.unit().id, capture.draft.auth).agency_name == "Sở Tài chính"


def test_a_wrong_login_over_starttls_is_refused_noted_and_blocks_its_network(hub, door, believing):
    with smtplib.SMTP("127.0.0.1", door.port) as client:
        client.starttls(context=believing)
        with pytest.raises(smtplib.SMTPAuthenticationError, match=r"5\.7\.8"):
            client.login("stc", "wrong")
        with pytest.raises(smtplib.SMTPAuthenticationError, match=r"4\.7\.0"):
            client.login("stc", PASSWORD)
    hub.refusal_book.write()
    [line] = hub.refusals.list_(RefusalFilter(), limit=10)
    assert (line.draft.reason, line.draft.count, PASSWORD in repr(line)) == (RefusedBecause.LOGIN_FAILED, 4, False)


@pytest.mark.parametrize("octets", [None, b"no certificate"])
def test_tls_that_cannot_be_set_up_is_refused_with_the_names_of_its_files(tmp_path, octets):
    certificate = tmp_path / "hub.pem"
    if octets is not None:
        certificate.write_bytes(octets)
    with pytest.raises(RefusedError, match=r"hub\.pem.*hub\.key"):
        tls_context(certificate, tmp_path / "hub.key")
