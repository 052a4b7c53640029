"""A served hub speaks of its trust set before signatures can no longer be checked."""

from datetime import timedelta
from types import SimpleNamespace

from mailhub.clock import system_clock
from mailhub.serving.housekeeping import Housekeeping
from mailhub.trust.certificates import CertificateFile
from storage.records import TrustPurpose
from tests.hub.conftest import CLERK
from tests.pki.authority import Authority, Wish


def test_a_served_hub_says_once_a_day_that_a_root_ends_soon(desk, caplog):
    now = system_clock()
    years = (now - timedelta(days=900), now + timedelta(days=20))
    usage = frozenset({"key_cert_sign"})
    root = Authority.self_signed(Wish(common_name="Gốc", usage=usage, purposes=None, authority=True, years=years))
    desk.clock.now = now
    file = CertificateFile(certificate=root.identity.certificate, source="goc.cer")
    desk.hub.trust.add(CLERK, [file], TrustPurpose.SIGNER)
    house = Housekeeping(desk.hub, SimpleNamespace(owner=lambda role: role))
    house.watch_trust()
    house.watch_trust()
    said = [record.remark for record in caplog.records if record.message == "trust set"]
    assert said.count("expires-soon") == 1
    desk.clock.move(days=1)
    house.watch_trust()
    assert [record.remark for record in caplog.records].count("expires-soon") == 2
