"""A trial signature over words that are no document: proves that a key works and is that of its certificate."""

import asyncio
import os

from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator.sig_validate import DEFAULT_SIGNATURE_VALIDATOR

from mailhub.signing.keys import OpenKey

DIGEST = "sha256"
WORDS = b"mailhub key check, not a document: "


def proves(key: OpenKey) -> bool:
    """Whether what the key signs is right by its certificate. The words are new each time and can stand for nothing."""
    words = WORDS + os.urandom(32)
    signature = asyncio.run(key.signer.async_sign_raw(words, DIGEST))
    mechanism = key.signer.get_signature_mechanism_for_digest(DIGEST)
    try:
        DEFAULT_SIGNATURE_VALIDATOR.validate_signature(signature, words, key.certificate.public_key, mechanism)
    except InvalidSignature:
        return False
    return True
