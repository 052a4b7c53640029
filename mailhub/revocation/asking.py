"""Asking an OCSP responder about one certificate (RFC 6960, 4.1), and whether what came is an answer to that."""

import secrets

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from mailhub.revocation.addresses import failed
from mailhub.revocation.authorities import CERTIFICATE_FAULTS

MEDIA_TYPE = "application/ocsp-request"
NONCE_OCTETS = 16


def question(certificate: x509.Certificate, issuer: x509.Certificate) -> tuple[bytes, bytes]:
    """The request and its nonce. SHA-1 only names the issuer here, and it is the digest that every responder knows."""
    nonce = secrets.token_bytes(NONCE_OCTETS)
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303  a name, no proof
    request = builder.add_extension(x509.OCSPNonce(nonce), critical=False).build()
    return request.public_bytes(Encoding.DER), nonce


def require_answer(content: bytes, certificate: x509.Certificate, nonce: bytes) -> None:
    """Raise FetchFailedError unless this answers the question: about this certificate, and not an answer to an older one.

    Many responders sign their answers beforehand and leave the nonce out; another nonce than ours is somebody else's answer.
    """
    try:
        found = ocsp.load_der_ocsp_response(content)
        if found.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            reason = found.response_status.name.lower()
            raise failed(f"máy chủ OCSP từ chối trả lời ({reason})", f"the OCSP responder gives no answer ({reason})")
        serials = [answer.serial_number for answer in found.responses]
        echoed = [item.value.nonce for item in found.extensions if isinstance(item.value, x509.OCSPNonce)]
    except CERTIFICATE_FAULTS as error:
        raise failed("trả lời OCSP không đọc được", "the OCSP answer cannot be read") from error
    if serials != [certificate.serial_number]:
        raise failed("trả lời OCSP về chứng thư khác", "the OCSP answer is about another certificate")
    if echoed and echoed != [nonce]:
        raise failed("trả lời OCSP cho câu hỏi khác (nonce)", "the OCSP answer is to another question (nonce)")
