"""What the libraries themselves no longer make: data signed with digests that can be forged."""

from asn1crypto import algos, crl
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from tests.pki.authority import Authority


def sha1_list(authority: Authority) -> bytes:
    """The authority's list, signed with SHA-1."""
    found = crl.CertificateList.load(authority.revocation_list())
    algorithm = algos.SignedDigestAlgorithm({"algorithm": "sha1_rsa"})
    body = found["tbs_cert_list"]
    body["signature"] = algorithm
    signature = authority.identity.key.sign(body.dump(force=True), padding.PKCS1v15(), hashes.SHA1())
    return crl.CertificateList({"tbs_cert_list": body, "signature_algorithm": algorithm, "signature": signature}).dump(force=True)
