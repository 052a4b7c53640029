"""Networks of clients."""

import pytest

from mailhub.doors.networks import Networks, network_of


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2ff::1", "2001:db8:1:200::/56"),
        ("fe80::1%eth0", "fe80::/56"),
        ("", ""),
    ],
)
def test_clients_of_one_network_count_as_one(peer, network):
    assert network_of(peer) == network


def test_a_list_of_networks_holds_addresses_of_both_kinds():
    networks = Networks.of(["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"])
    held = ["10.9.9.9", "2001:db8::5", "192.0.2.1", "::ffff:10.1.1.1"]
    assert [peer for peer in [*held, "192.0.2.2", "::1", "", "unix"] if networks.holds(peer)] == held
