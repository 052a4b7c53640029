"""Keys in PKCS#12 files: opened, or refused with what to do."""

import logging
from datetime import timedelta

import pytest

from mailhub.signing.errors import KeyUnusableError
from mailhub.signing.keys import KeyPurpose
from mailhub.signing.pkcs12 import FileKey
from mailhub.signing.proof import proves
from parsers.signatures.model import SignerKind
from tests.pki.authority import DAY, NOW, Wish, rsa_key
from tests.signing.key_stores import PASSWORD, write_p12


def opened(key):
    with key.opened() as found:
        return found


def refused(key, moment=NOW):
    with pytest.raises(KeyUnusableError) as caught, key.opened() as found:
        found.require(KeyPurpose.SYSTEM, moment)
    return caught.value.message


def test_a_key_is_opened_with_its_certificate_and_chain_and_signs(system_key, pki):
    found = opened(system_key)
    assert found.summary.common_name == "Hệ thống tiếp nhận văn bản tỉnh Mẫu"
    assert [item.dump() for item in found.chain] == [pki.issuing.identity.der]
    assert proves(found)
    found.require(KeyPurpose.SYSTEM, NOW)


def test_a_file_is_read_again_only_when_it_has_changed(system_key, system, pki):
    first = opened(system_key)
    assert opened(system_key) is first
    write_p12(system_key.path, system)
    assert opened(system_key).chain == ()


def test_a_missing_file_is_named_with_its_setting(system_key):
    system_key.path.unlink()
    said = refused(system_key)
    assert "system.p12" in said.vi
    assert "signing.system_file" in said.en


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password_is_told_with_the_variable_to_set_and_never_shown(system_key, password, caplog):
    caplog.set_level(logging.DEBUG)
    wrong = FileKey(purpose=KeyPurpose.SYSTEM, path=system_key.path, password=password)
    said = refused(wrong)
    assert "MAILHUB_SIGNING__SYSTEM_PASSWORD" in said.vi
    for words in (said.vi, said.en, repr(wrong), caplog.text):
        assert PASSWORD not in words
        assert "wrong'" not in words


def test_neither_key_nor_password_stands_in_what_is_printed_of_a_key(system_key):
    opened(system_key)
    assert PASSWORD not in repr(system_key)
    assert "PrivateKeyInfo" not in repr(system_key)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"-----BEGIN CERTIFICATE-----", b"0\x82\x01\x00" + b"x" * 40])
def test_what_is_no_pkcs12_is_refused_in_a_sentence(system_key, content):
    system_key.path.write_bytes(content)
    assert "PKCS#12" in refused(system_key).en or "password" in refused(system_key).en


def test_a_file_that_is_far_too_large_is_not_read(system_key):
    system_key.path.write_bytes(b"0" * ((1 << 20) + 1))
    assert "too large" in refused(system_key).en


def test_a_key_that_is_not_the_certificate_s_is_refused(tmp_path, system):
    path = write_p12(tmp_path / "mixed.p12", system, key=rsa_key(0))
    said = refused(FileKey(purpose=KeyPurpose.SYSTEM, path=path, password=PASSWORD))
    assert "không khớp" in said.vi


@pytest.mark.parametrize(
    ("years", "words"),
    [((NOW - 100 * DAY, NOW - DAY), "expired on"), ((NOW + DAY, NOW + 100 * DAY), "begins on")],
)
def test_an_expired_or_future_certificate_is_refused_at_the_moment_of_signing(tmp_path, pki, years, words):
    identity = pki.issuing.issue(Wish(common_name="Hệ thống", key=5, years=years))
    key = FileKey(purpose=KeyPurpose.SYSTEM, path=write_p12(tmp_path / "old.p12", identity), password=PASSWORD)
    assert words in refused(key).en
    with key.opened() as found:
        found.require(KeyPurpose.SYSTEM, years[0] + timedelta(hours=1))


def test_a_certificate_that_is_not_meant_for_signing_is_refused(tmp_path, pki):
    identity = pki.issuing.issue(Wish(common_name="Máy chủ", key=5, usage=frozenset({"key_encipherment"})))
    key = FileKey(purpose=KeyPurpose.SYSTEM, path=write_p12(tmp_path / "server.p12", identity), password=PASSWORD)
    assert "not meant for signing" in refused(key).en


def test_the_seal_never_serves_as_the_system_certificate_nor_the_other_way_round(system_key, seal_key):
    assert "must not serve" in refused(seal_key).en
    with system_key.opened() as found, pytest.raises(KeyUnusableError):
        found.require(KeyPurpose.SEAL, NOW)


def test_what_the_certificate_names_is_known(seal_key):
    assert opened(seal_key).kind is SignerKind.ORGANISATION
