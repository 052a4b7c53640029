"""What the tests of own signing start from: the test PKI, keys in a file and in a token, a clock that stands still."""

import logging
import shutil
from collections.abc import Iterator
from datetime import datetime

import pytest

from mailhub.signing.keys import KeyPurpose
from mailhub.signing.pkcs12 import FileKey
from mailhub.signing.timestamps import Timestamping, TsaAddress
from tests.pki.authority import NOW, Pki, Wish, make_pki
from tests.signing.key_stores import MODULE, PASSWORD, SoftToken, soft_token, write_p12

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


@pytest.fixture(scope="session")
def pki() -> Pki:
    return make_pki()


@pytest.fixture(scope="session")
def system(pki):
    """The certificate that signs receipts."""
    return pki.issuing.issue(
        Wish(common_name="Hệ thống tiếp nhận văn bản tỉnh Mẫu", organisation="Văn phòng UBND tỉnh Mẫu", key=5)
    )


@pytest.fixture
def system_key(pki, system, tmp_path) -> FileKey:
    path = write_p12(tmp_path / "system.p12", system, pki.issuing.identity)
    return FileKey(purpose=KeyPurpose.SYSTEM, path=path, password=PASSWORD)


@pytest.fixture
def seal_key(pki, tmp_path) -> FileKey:
    path = write_p12(tmp_path / "seal.p12", pki.organisation, pki.issuing.identity)
    return FileKey(purpose=KeyPurpose.SEAL, path=path, password=PASSWORD)


@pytest.fixture(scope="session")
def token(tmp_path_factory) -> Iterator[SoftToken]:
    """A token with three pairs: `system`, `seal`, and `mixed`, whose certificate is another key's."""
    if shutil.which("softhsm2-util") is None or not MODULE.exists():
        pytest.fail("softhsm2-util is not installed: install the package softhsm2")
    with soft_token(tmp_path_factory.mktemp("token")) as made:
        pki = make_pki()
        made.store("system", pki.issuing.issue(Wish(common_name="Hệ thống tỉnh Mẫu", key=5)), 1)
        made.store("seal", pki.organisation, 2)
        made.store("mixed", pki.person, 3, certificate=pki.organisation)
        yield made


@pytest.fixture
def stamping(laboratory):
    """A client of the living authority; its time is NOW."""

    def make(*, seconds: float = 20, trust=None, now: datetime = NOW, url: str = "", **login) -> Timestamping:
        address = TsaAddress(url=url or laboratory.tsa_url, seconds=seconds, **login)
        return Timestamping(address=address, trust=lambda: trust or laboratory.trust, clock=lambda: now)

    return make
