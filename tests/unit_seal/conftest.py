"""An office with its seal, a leader's signed letter, and the reader child that checks both."""

import json
import logging
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from mailhub.checking.pool import ReaderPool
from mailhub.demo.letters import LetterText, compose_letter
from mailhub.hub import create_home, open_hub
from mailhub.meetings.signed import LetterFile
from mailhub.trust.certificates import CertificateFile
from mailhub.unit_seal.orders import SealOrder
from storage.records import Actor, TrustPurpose, UnitDraft
from tests.hub.conftest import FixedClock
from tests.pki.authority import NOW, YEARS, Identity, Wish, make_pki
from tests.pki.documents import Signing, letter, sign
from tests.signing.key_stores import PASSWORD, write_p12
from tests.signing.pictures import png

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

CLERK = Actor(unit_id=None, name="lan", via="cli")
UNIT = "Sở Tài chính tỉnh Mẫu"
SETTINGS = """
[contact]
name = "Nguyễn Thị Lan"
phone = "0220 3 000 111"

[signing]
seal_file = "seal.p12"
seal_picture = "seal.png"
"""
SEALED_AT = NOW + timedelta(hours=1, seconds=5)


@dataclass
class SharedReaders:
    """The pool of the whole run, which no hub may close."""

    pool: ReaderPool

    def read(self, job):
        return self.pool.read(job)

    def close(self):
        pass


@pytest.fixture(scope="session")
def readers():
    with ReaderPool(1) as pool:
        yield SharedReaders(pool)


@pytest.fixture(scope="session")
def pki():
    return make_pki()


@dataclass
class Office:
    """A hub whose unit has a seal."""

    hub: object
    unit: object
    clock: FixedClock
    folder: Path

    def seal(self, content, name="cong-van.pdf", out="out.pdf", **order):
        """Put the seal on a file; gives what came of it."""
        wanted = SealOrder(file=LetterFile(name=name, content=content), out=self.folder / out, **order)
        return self.hub.unit_seal.seal(CLERK, self.unit, wanted)

    def events(self):
        """What the log says of the seal."""
        found = [json.loads(event.body) for event in self.hub.audit.show(limit=1000)]
        return [event for event in found if event["kind"] == "document-sealed-with-unit-key"]

    def files(self):
        """What stands in the folder that results are written to."""
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture(scope="session")
def furnished(tmp_path_factory, pki):
    """A home with its unit and its trust set; made once and copied."""
    home = tmp_path_factory.mktemp("furnished") / "hub"
    create_home(home, {})
    hub = open_hub(home, {}, FixedClock(now=SEALED_AT))
    hub.directory.add_unit(
        CLERK,
        UnitDraft(code="STC", name=UNIT, time_zone="Asia/Ho_Chi_Minh", register="STC", addresses=("vt@stc.example",)),
    )
    root, issuing = certificate_of(pki.root.identity), certificate_of(pki.issuing.identity)
    hub.trust.add(CLERK, [root], TrustPurpose.SIGNER)
    hub.trust.add(CLERK, [root], TrustPurpose.TSA)
    hub.trust.add(CLERK, [issuing], TrustPurpose.INTERMEDIATE)
    hub.close()
    return home


def certificate_of(identity: Identity) -> CertificateFile:
    """A certificate as it is read from a file."""
    return CertificateFile(certificate=identity.certificate, source="test")


@pytest.fixture
def make_office(tmp_path, readers, pki, furnished):
    """Make an office; closed at the end."""
    made = []

    def make(settings=SETTINGS, *, seal=None):
        home = tmp_path / f"hub{len(made)}"
        shutil.copytree(furnished, home)
        (home / "mailhub.toml").write_text(settings, encoding="utf-8")
        write_p12(home / "seal.p12", seal or pki.organisation, pki.issuing.identity)
        png(home / "seal.png", 40, 40)
        clock = FixedClock(now=SEALED_AT)
        hub = open_hub(home, {"MAILHUB_SIGNING__SEAL_PASSWORD": PASSWORD}, clock)
        made.append(hub)
        vars(hub)["readers"] = readers
        folder = home / "out"
        folder.mkdir()
        return Office(hub=hub, unit=hub.directory.unit(), clock=clock, folder=folder)

    yield make
    for hub in made:
        hub.close()


@pytest.fixture
def office(make_office):
    return make_office()


@pytest.fixture(scope="session")
def leader(pki):
    """A leader's signature with a timestamp, visible on the page."""
    return Signing(identity=pki.person, field="Leader", tsa=pki.tsa, box=(300, 100, 450, 150))


@pytest.fixture(scope="session")
def signed(leader) -> bytes:
    return sign(letter(), leader)


@pytest.fixture(scope="session")
def numbered(leader) -> bytes:
    """A letter with number and symbol, signed by the leader."""
    text = LetterText(
        parent="UBND TỈNH MẪU",
        authority="",
        issuer="SỞ TÀI CHÍNH",
        reference="226/STC-NS",
        subject="báo cáo ngân sách",
        place_and_date="Mẫu, ngày 09 tháng 8 năm 2024",
        body=("Sở Tài chính báo cáo như sau.",),
        signing_as=("GIÁM ĐỐC",),
        signer="Nguyễn Văn Mẫu",
        copies=("Như trên;", "Lưu: VT."),
        addressees=("Ủy ban nhân dân tỉnh Mẫu",),
    )
    return sign(compose_letter(text, NOW).pdf, leader)


@pytest.fixture(scope="session")
def stranger(pki):
    """A person whose certificate was issued by nobody we trust."""
    from tests.pki.authority import Authority

    usage = frozenset({"key_cert_sign", "crl_sign"})
    root = Authority.self_signed(Wish(common_name="Root lạ", usage=usage, purposes=None, authority=True, key=6, years=YEARS))
    return root.issue(Wish(common_name="Trần Văn Lạ", key=7))
