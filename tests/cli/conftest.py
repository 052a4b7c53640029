"""The command line over a real home: what a clerk types, and what comes back."""

import json
import shutil
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from mailhub.cli.app import mailhub
from mailhub.clock import system_clock
from mailhub.hub import open_hub
from tests.hub.conftest import READY, Desk, FixedClock, PreparedReaders, reading_of
from tests.policy import builders

CLERK = "Nguyễn Thị Lan"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass
class Answer:
    """What one command said."""

    code: int
    out: str
    err: str


@dataclass
class Shell:
    """Types commands in one home."""

    home: object
    capsys: object
    environ: dict = field(default_factory=dict)

    def run(self, *arguments, lang="en"):
        """Run a command; gives its exit code and what it said."""
        self.capsys.readouterr()
        environ = {"MAILHUB_HOME": str(self.home), "MAILHUB_LANG": lang, "MAILHUB_CLERK": CLERK, **self.environ}
        code = mailhub.run([str(argument) for argument in arguments], environ, "mailhub")
        said = self.capsys.readouterr()
        return Answer(code, said.out, said.err)

    def done(self, *arguments, lang="en"):
        """Run a command that must succeed; gives its data."""
        answer = self.run(*arguments, lang=lang)
        assert answer.code == 0, answer.err
        return answer.out

    def json(self, *arguments):
        """Run a command with --json; gives the parsed data."""
        return json.loads(self.done(*arguments, "--json"))

    def refused(self, *arguments, lang="en"):
        """Run a command that must be refused; gives the sentence."""
        answer = self.run(*arguments, lang=lang)
        assert answer.code == 1, answer.out
        assert "Traceback" not in answer.err
        return answer.err


@pytest.fixture(autouse=True)
def _one_year():
    """Commands go by the clock on the wall, and a number of last year is not found in this one: see the new year in first."""
    while (now := system_clock().astimezone(ZONE)).year != (now + timedelta(seconds=20)).year:
        time.sleep(0.5)


@pytest.fixture(autouse=True)
def _readers(kept_readers):
    """No command waits for a child's libraries again."""


@pytest.fixture
def shell(tmp_path, capsys):
    """A shell in a folder that is no hub yet."""
    return Shell(home=tmp_path / "hub", capsys=capsys)


def root_certificate(name):
    """A self-signed certificate in PEM form."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 1)
    builder = builder.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory):
    """A home with one unit and one agency whose certificates are tied; made once and copied."""
    home = tmp_path_factory.mktemp("furnished") / "hub"
    aliases = [f"--alias={alias}" for alias in builders.DIRECTORY.unit_aliases]
    unit = ("--name", "Văn phòng UBND tỉnh", "--address", "vpub@tinh.gov.vn", "--register", "UBND", *aliases)
    agency = ("--name", "Sở Tài chính", "--address", "vanthu@stc.tinh.gov.vn")
    root = home.parent / "root.pem"
    root.write_bytes(root_certificate("Gốc thử"))
    lines = [
        ("init", str(home)),
        ("trust", "add", str(root)),
        ("unit", "add", "VPUB", *unit),
        ("agency", "add", "H29.11", *agency),
    ]
    lines += [("agency", "tie", "H29.11", item, "--reason", "checked by telephone") for item in (builders.PERSON, builders.SEAL)]
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as said:
        for line in lines:
            assert mailhub.run(line, {"MAILHUB_HOME": str(home), "MAILHUB_CLERK": CLERK}, "mailhub") == 0, said.getvalue()
    (home / "mailhub.toml").write_text(READY, encoding="utf-8")
    return home


@pytest.fixture
def office(shell, furnished):
    """A shell in a hub with one unit and one agency."""
    shutil.copytree(furnished, shell.home)
    return shell


@pytest.fixture
def bring(office):
    """Bring mails in as a door and a worker do: each is its raw bytes and what a reader says of it."""

    def bring_all(*mails):
        clock = FixedClock(now=system_clock())
        hub = open_hub(office.home, {}, clock)
        readers = PreparedReaders()
        vars(hub)["readers"] = readers
        desk = Desk(hub=hub, clock=clock, readers=readers, unit=hub.directory.unit())
        desk.count = len(hub.submissions.list_(desk.unit.id))
        try:
            for raw, reading in mails:
                desk.bring(raw, reading)
            desk.work()
        finally:
            hub.close()

    return bring_all


@pytest.fixture
def letter(office, bring):
    """One complete letter that waits for the clerk's word."""
    bring((b"mail one", reading_of()))
    return "h1"
