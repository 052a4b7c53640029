"""Which certificates a stored list or answer speaks of, as far as its own words tell."""

from datetime import timedelta

import pytest
from cryptography import x509

from mailhub.revocation.authorities import authorities_of
from mailhub.revocation.coverage import covers, words_of
from mailhub.revocation.watching import watched
from storage.records import RevocationItem, RevocationKind, RevocationSource
from tests.pki.authority import NOW
from tests.pki.services import Laboratory
from tests.revocation.test_verifying import point


def an_item(scope: str, issuer_key: str, **given: object) -> RevocationItem:
    values = {
        "id": 1,
        "kind": RevocationKind.CRL,
        "sha256": "11",
        "size": 1,
        "issuer_key": issuer_key,
        "issuer": "CN=CA",
        "serial": "",
        "scope": scope,
        "this_update": NOW,
        "next_update": NOW + timedelta(days=1),
        "number": "1",
        "source": RevocationSource.FILE,
        "place": "x",
        "fetched_at": NOW,
        "superseded_at": None,
    }
    return RevocationItem(**values | given)


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        *(("", True), ("users", True), ("authorities", False), ("{own}", True), ("http://ca.example/2.crl", False)),
        *(("http://ca.example/2.crl {own}", True), ("{own} users", True), ("{own} authorities", False)),
    ],
)
def test_a_list_covers_what_its_words_say(laboratory: Laboratory, scope: str, covered: bool):  # noqa: FBT001  a parameter
    (person,) = watched([laboratory.identity("person").certificate], authorities_of(laboratory.trust), NOW)
    item = an_item(scope.replace("{own}", laboratory.crl_url()), person.issuer_key)

    assert covers(item, person) is covered
    assert not covers(an_item("", "another key"), person)


def test_an_answer_covers_one_certificate(laboratory: Laboratory):
    (person,) = watched([laboratory.identity("person").certificate], authorities_of(laboratory.trust), NOW)

    assert covers(an_item("", person.issuer_key, kind=RevocationKind.OCSP, serial=person.serial), person)
    assert not covers(an_item("", person.issuer_key, kind=RevocationKind.OCSP, serial="1"), person)


def test_the_words_of_a_point_are_its_addresses_and_what_it_is_only_about():
    first, second = x509.UniformResourceIdentifier("http://b"), x509.UniformResourceIdentifier("http://a")
    name = x509.DirectoryName(x509.Name([]))

    assert words_of(point(full_name=[first, second], only_contains_user_certs=True)) == "http://a http://b users"
    assert words_of(point(only_contains_ca_certs=True)) == "authorities"
    assert len(words_of(point(full_name=[name]))) == 64
