import base64

import pytest
from asn1crypto import cms, pem
from hypothesis import given
from hypothesis import strategies as st

from parsers.files.containers import FileKind
from parsers.files.signed_data import signed_content
from tests.parsers.mails import PDF, attachment, mixed, opened, text


def signed_data(content: bytes | None) -> bytes:
    """A SignedData in DER with this content and without any signer."""
    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "data"} | ({"content": content} if content is not None else {}),
            "signer_infos": [],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": data}).dump()


def in_pieces(*pieces: bytes) -> bytes:
    """The same in BER with indefinite lengths and a content cut into pieces, as streaming programs write it."""
    octets = b"\x24\x80" + b"".join(b"\x04" + bytes([len(piece)]) + piece for piece in pieces) + b"\x00\x00"
    info = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80" + octets + b"\x00\x00" * 2
    signed = b"\x30\x80\x02\x01\x01\x31\x80\x30\x00\x00\x00" + info + b"\x31\x00" + b"\x00\x00"
    return b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80" + signed + b"\x00\x00" * 2


@pytest.mark.parametrize(
    ("data", "content"),
    [
        (signed_data(PDF), PDF),
        (signed_data(b""), b""),
        (signed_data(None), None),
        (in_pieces(b"one ", b"two"), b"one two"),
        (pem.armor("PKCS7", signed_data(PDF)), PDF),
        (base64.encodebytes(signed_data(PDF)), PDF),
        (b"", None),
        (b"\x30\x80", None),
        (b"\x30\x80" * 100_000, None),
        (b"\x24\x80" * 100_000, None),
    ],
    ids=["DER", "empty", "detached", "BER in pieces", "PEM", "base64", "nothing", "cut", "nested sequences", "nested pieces"],
)
def test_signed_bytes_are_taken_out(data, content):
    assert signed_content(data) == content


@given(st.binary(max_size=200))
def test_der_of_any_content_gives_it_back(content):
    assert signed_content(signed_data(content)) == content


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=255))
def test_changed_bytes_are_survived(position, value):
    data = bytearray(signed_data(PDF))
    data[position % len(data)] = value
    signed_content(bytes(data))
    pieces = bytearray(in_pieces(b"one ", b"two"))
    pieces[position % len(pieces)] = value
    signed_content(bytes(pieces))


def test_agrees_with_another_reader_on_third_party_files(corpora):
    compared = 0
    for path in sorted((corpora / "signatures" / "cms").rglob("*.*")):
        data = path.read_bytes()
        der = pem.unarmor(data)[2] if pem.detect(data) else data
        try:
            theirs = cms.ContentInfo.load(der)["content"]["encap_content_info"]["content"].native
        except (ValueError, TypeError):
            continue
        compared += 1
        assert signed_content(data) == theirs, path.name
    assert compared > 50


@pytest.mark.parametrize("armour", [bytes, base64.encodebytes], ids=["DER", "base64"])
def test_file_in_an_opaque_signature_is_listed(armour):
    files, _ = opened(mixed(attachment(armour(signed_data(PDF)), "cong van.pdf.p7m", "application/pkcs7-mime")))
    assert [(path, file.kind) for path, file in files.items()] == [
        ("1", FileKind.SIGNATURE),
        ("1!cong van.pdf", FileKind.PDF),
    ]


def test_mail_in_an_opaque_signature_is_opened():
    entity = mixed(text("Kính gửi"), attachment(PDF), head=b"")
    raw = b"From: a@b.vn\r\nContent-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    files, _ = opened(raw + base64.encodebytes(signed_data(entity)))
    assert [(path, file.kind) for path, file in files.items()] == [
        ("1", FileKind.SIGNATURE),
        ("1!1", FileKind.TEXT),
        ("1!2", FileKind.PDF),
    ]


def test_detached_signature_holds_nothing():
    files, findings = opened(mixed(text("x"), attachment(signed_data(None), "smime.p7s", "application/pkcs7-signature")))
    assert (list(files), findings) == (["1", "2"], ())
