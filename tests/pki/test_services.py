"""The laboratory itself: what the other tests rely on."""

from urllib.request import Request, urlopen

import pytest
from asn1crypto import crl, ocsp, tsp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as requests

from tests.pki.authority import NOW
from tests.pki.services import NAMES, Laboratory


def fetched(address: str, body: bytes | None = None) -> bytes:
    with urlopen(Request(address, data=body), timeout=10) as answer:
        return answer.read()


def test_the_list_names_the_revoked_and_is_of_today(laboratory: Laboratory):
    found = crl.CertificateList.load(fetched(laboratory.crl_url()))

    serials = {entry["user_certificate"].native for entry in found["tbs_cert_list"]["revoked_certificates"]}
    assert serials == {laboratory.identity("revoked").certificate.serial_number}
    assert found["tbs_cert_list"]["this_update"].native == NOW


@pytest.mark.parametrize(("label", "status"), [("person", "good"), ("revoked", "revoked")])
def test_the_responder_says_what_the_list_says(laboratory: Laboratory, label: str, status: str):
    subject, issuer = laboratory.identity(label).certificate, laboratory.identity("issuing").certificate
    request = requests.OCSPRequestBuilder().add_certificate(subject, issuer, hashes.SHA1()).build()
    answer = ocsp.OCSPResponse.load(fetched(laboratory.ocsp_url(), request.public_bytes(Encoding.DER)))

    assert answer.response_data["responses"][0]["cert_status"].name == status


def test_the_stamping_authority_stamps_at_the_hour_of_the_laboratory(laboratory: Laboratory):
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)}
    request = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "cert_req": True})
    answer = tsp.TimeStampResp.load(fetched(laboratory.tsa_url, request.dump()))

    assert answer["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed["gen_time"].native == NOW


def test_every_name_has_a_certificate(laboratory: Laboratory):
    assert {laboratory.identity(label).certificate.not_valid_before_utc < NOW for label in NAMES} == {True}
