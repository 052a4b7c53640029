"""Whether anchors are there is asked for every letter: no certificate and no revocation list is read for that."""

from mailhub.trust.store import TrustStore


def test_policy_reads_no_revocation_list(desk, monkeypatch):
    monkeypatch.setattr(TrustStore, "snapshot", lambda _: 1 / 0)
    assert desk.hub.policy().trust_configured == bool(desk.hub.trust.certificates().signer_anchors)
    assert desk.hub.trust.has_anchors() == desk.hub.policy().trust_configured
