"""Which addresses are asked at all: hosts that are listed, at addresses that are public, over plain HTTP."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhub.revocation.addresses import FetchFailedError, HttpAddress, Permission, can_be_asked, http_address, list_addresses
from tests.pki.authority import Wish, make_pki
from tests.pki.services import Laboratory

ALLOWED = Permission.of(["CA.gov.vn", "ocsp.ca.gov.vn:8080", "127.0.0.1:80"])


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("http://ca.gov.vn/pki/crl/cp.crl", HttpAddress("ca.gov.vn", 80, "/pki/crl/cp.crl")),
        ("HTTP://CA.GOV.VN.", HttpAddress("ca.gov.vn", 80, "/")),
        ("http://ca.gov.vn:8080/a?b=c#d", HttpAddress("ca.gov.vn", 8080, "/a?b=c")),
    ],
)
def test_an_address_is_read(address: str, meant: HttpAddress):
    assert http_address(address) == meant


@pytest.mark.parametrize(
    "address",
    [
        *(
            "https://ca.gov.vn/",
            "ldap://ca.gov.vn/cn=CA",
            "file:///etc/passwd",
            "ftp://ca.gov.vn/",
            "//ca.gov.vn/",
            "ca.gov.vn",
            "",
        ),
        *("http:///crl", "http://:80/", "http://user@ca.gov.vn/", "http://user:word@ca.gov.vn/", "http://ca.gov.vn:99999/"),
        *("http://ca.gov.vn/a b", "http://ca.gov.vn/\r\nHost: x", "http://ca.gov.vn/đ", "http://ca.gov.vn/" + "a" * 1000),
    ],
)
def test_what_is_no_plain_address_is_refused(address: str):
    with pytest.raises(FetchFailedError):
        http_address(address)


@given(st.text() | st.text("http:/[]@%\\?#.0123456789abc").map(lambda text: "http://" + text))
def test_any_text_is_an_address_or_refused(text: str):
    if can_be_asked(text):
        found = http_address(text)
        assert found.host and found.path.startswith("/")  # noqa: PT018  one thing: it can be asked
        assert "\n" not in found.name + found.path


def test_only_listed_hosts_are_asked():
    for address in ("http://ca.gov.vn/", "http://ca.gov.vn:80/", "http://ocsp.ca.gov.vn:8080/", "http://127.0.0.1/"):
        ALLOWED.require_host(http_address(address))
    for address in ("http://ca.gov.vn:8080/", "http://ocsp.ca.gov.vn/", "http://evil.ca.gov.vn/", "http://ca.gov.vn.evil/"):
        with pytest.raises(FetchFailedError):
            ALLOWED.require_host(http_address(address))


@pytest.mark.parametrize("address", ["203.162.0.181", "2001:ee0:4::1", "8.8.8.8"])
def test_public_addresses_are_reached(address: str):
    ALLOWED.require_address(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1"),
        *("::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::1", "2001:0:7f00:1::"),
    ],
)
def test_addresses_that_are_not_public_are_never_reached(address: str):
    with pytest.raises(FetchFailedError):
        ALLOWED.require_address(address)


def test_a_network_that_the_operator_names_is_reached_and_no_other():
    allowed = Permission.of(["ca.noi-bo"], ["10.1.2.0/24"])
    allowed.require_address("10.1.2.3")
    with pytest.raises(FetchFailedError):
        allowed.require_address("10.1.3.3")


def test_points_of_a_certificate_are_read(laboratory: Laboratory):
    assert list_addresses(laboratory.identity("person").certificate) == (laboratory.crl_url(),)
    assert list_addresses(make_pki().person.certificate) == ()


def test_a_directory_cannot_be_asked():
    named = make_pki().issuing.issue(Wish(common_name="LDAP", pointer="ldap://ca.example/cn=crl"))
    assert list_addresses(named.certificate) == ()
