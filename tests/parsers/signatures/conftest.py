"""What every test of signatures starts from: a PKI, a letter with one signature, a letter with two."""

import logging
from collections.abc import Callable

import pytest

from parsers.signatures.check import check
from parsers.signatures.model import DocumentSignatures
from tests.pki.authority import DAY, NOW, Pki, make_pki
from tests.pki.documents import Signing, letter, sign

RECEIVED = NOW + DAY

# The engine logs every finding with its traceback, which costs more than the check.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

Verify = Callable[..., DocumentSignatures]


@pytest.fixture(scope="session")
def pki() -> Pki:
    return make_pki()


@pytest.fixture(scope="session")
def verify(pki: Pki) -> Verify:
    """Check against the test PKI, as of a day after signing unless told otherwise."""

    def run(content: bytes, trust=None, received_at=RECEIVED, **options) -> DocumentSignatures:
        return check(content, "letter.pdf", trust or pki.trust, received_at=received_at, now=received_at + DAY, **options)

    return run


@pytest.fixture(scope="session")
def leader(pki: Pki) -> Signing:
    """A leader's signature with a timestamp of the same moment."""
    return Signing(identity=pki.person, field="Leader", tsa=pki.tsa)


@pytest.fixture(scope="session")
def seal(pki: Pki) -> Signing:
    """The organisation's signature, an hour later."""
    return Signing(identity=pki.organisation, field="Seal", tsa=pki.tsa, box=(220, 90, 300, 170))


@pytest.fixture(scope="session")
def one_signature(leader: Signing) -> bytes:
    return sign(letter(2, compressed=False), leader)


@pytest.fixture(scope="session")
def two_signatures(one_signature: bytes, seal: Signing) -> bytes:
    return sign(one_signature, seal)
