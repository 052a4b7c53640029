"""Keys in a token (SoftHSM): opened for one signature, or refused with what to do."""

from io import BytesIO
from threading import Thread

import pytest

from mailhub.signing.errors import KeyUnusableError
from mailhub.signing.keys import KeyPurpose
from mailhub.signing.opening import require_other_key
from mailhub.signing.pdf import Act, sign_pdf
from mailhub.signing.pkcs11 import TokenKey
from parsers.signatures.check import check
from parsers.signatures.model import Indication
from tests.pki.authority import NOW
from tests.pki.documents import letter
from tests.signing.key_stores import MODULE, PIN


def key_in(token, label="system", *, pin=PIN, purpose=KeyPurpose.SYSTEM, module=MODULE, name=None):
    return TokenKey(purpose=purpose, module=module, token=name or token.label, label=label, pin=pin)


def refused(key):
    with pytest.raises(KeyUnusableError) as caught, key.opened():
        pass
    return caught.value.message


def test_a_key_in_a_token_signs_a_pdf_that_our_own_check_believes(token, pki):
    with key_in(token).opened() as key:
        key.require(KeyPurpose.SYSTEM, NOW)
        signed = sign_pdf(letter(), key, Act(field="A", moment=NOW))
    found = check(signed.content, "letter.pdf", pki.trust, received_at=NOW, now=NOW)
    assert found.indication is Indication.TOTAL_PASSED


def test_a_token_can_be_opened_again_and_again_and_by_several_threads(token):
    key, found = key_in(token), []

    def work():
        for _ in range(3):
            with key.opened() as opened:
                found.append(sign_pdf(letter(), opened, Act(field="A", moment=NOW)).level)

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6


def test_both_keys_may_lie_in_one_token_and_are_told_apart(token):
    with key_in(token, "seal", purpose=KeyPurpose.SEAL).opened() as seal:
        require_other_key(seal, key_in(token))
        with pytest.raises(KeyUnusableError, match="same key"):
            require_other_key(seal, key_in(token, "seal"))


def test_a_wrong_pin_is_told_with_the_variable_to_set_and_never_shown(token):
    key = key_in(token, pin="000000")
    said = refused(key)
    assert "MAILHUB_SIGNING__SYSTEM_PIN" in said.vi
    assert "000000" not in f"{said.vi}{said.en}{key!r}"


def test_a_pin_that_was_wrong_is_not_tried_again_for_tokens_lock_themselves(token):
    key = key_in(token, pin="000000")
    refused(key)
    key.pin = PIN
    assert "wrong PIN" in refused(key).en
    with key_in(token).opened():
        pass


def test_a_token_that_is_pulled_out_while_it_signs_is_the_key_s_fault(token):
    import pkcs11

    key = key_in(token)
    with key.opened() as opened:

        async def gone(*_args, **_kwargs):
            raise pkcs11.DeviceRemoved

        opened.signer.async_sign_raw = gone
        with pytest.raises(KeyUnusableError, match="plug the token in"):
            sign_pdf(letter(), opened, Act(field="A", moment=NOW))


def test_an_absent_token_is_asked_for(token):
    assert "plug it in" in refused(key_in(token, name="usb-token")).en


def test_a_missing_library_is_named_with_its_setting(token, tmp_path):
    said = refused(key_in(token, module=tmp_path / "vendor.so"))
    assert "signing.system_module" in said.en
    assert "vendor.so" in said.en


def test_a_file_that_is_no_library_is_refused_in_a_sentence(token, tmp_path):
    module = tmp_path / "vendor.so"
    module.write_bytes(b"no library")
    assert "vendor.so" in refused(key_in(token, module=module)).en


def test_several_keys_need_a_label_and_an_unknown_label_is_named(token):
    assert "3 signing keys" in refused(key_in(token, "")).en
    assert "0 signing keys" in refused(key_in(token, "nobody")).en


def test_a_key_that_is_not_its_certificate_s_is_refused(token):
    assert "not that of its certificate" in refused(key_in(token, "mixed")).en


def test_a_file_that_is_no_pdf_is_the_document_s_fault_not_the_token_s(token):
    from mailhub.signing.errors import DocumentNotSignableError

    with key_in(token).opened() as key, pytest.raises(DocumentNotSignableError):
        sign_pdf(BytesIO(b"no pdf").getvalue(), key, Act(field="A", moment=NOW))
