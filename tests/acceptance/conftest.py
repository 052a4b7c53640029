"""A served hub of production with a test PKI: agencies write real signed letters, mails come by SMTP, clerks type commands."""

import json
import shutil
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from zoneinfo import ZoneInfo

import pytest

from mailhub.cli.app import mailhub
from mailhub.clock import system_clock
from mailhub.demo.cast import OFFICE
from mailhub.demo.correspondence import Correspondence, Mail
from mailhub.demo.dossier import Desk
from mailhub.demo.home import furnish, on_any_port
from mailhub.demo.stage import Stage
from mailhub.demo.voice import Voice
from mailhub.hub import open_hub
from mailhub.language import Language, Text
from mailhub.serving import Server, loops
from storage.records import LetterState

CLERK = "Nguyễn Thị Lan"
ZONE = ZoneInfo(OFFICE.time_zone)


@dataclass
class House:
    """The office: its hub, what agencies write, and the clerk's keyboard."""

    stage: Stage
    desk: Desk
    capsys: object

    @property
    def hub(self):
        return self.stage.hub

    @property
    def unit(self):
        return self.stage.unit

    @property
    def mails(self) -> Correspondence:
        return self.stage.correspondence

    @property
    def today(self):
        """The date at the office."""
        return self.hub.clock().astimezone(ZONE).date()

    def deliver(self, mail):
        """Send a mail by SMTP and wait for its end."""
        return self.stage.deliver(mail)

    def run(self, *words, name="mailhub"):
        """Type a command; gives its exit code and what it said on stdout and stderr."""
        self.capsys.readouterr()
        environ = {"MAILHUB_HOME": str(self.hub.home), "MAILHUB_LANG": "vi", "MAILHUB_CLERK": CLERK}
        code = mailhub.run([str(word) for word in words], environ, name)
        said = self.capsys.readouterr()
        return code, said.out, said.err

    def done(self, *words, name="mailhub"):
        """Type a command that must succeed; gives its data."""
        code, out, err = self.run(*words, name=name)
        assert code == 0, err
        return out

    def json(self, *words):
        """Type a command with --json; gives the parsed data."""
        return json.loads(self.done(*words, "--json"))

    def letter(self, by, content, **changes):
        """A signed letter as an agency attaches it."""
        return self.desk.letter(by, replace(content, **changes))

    def mail(self, by, files, subject="Gửi văn bản", text="Kính gửi Văn thư.", **headers):
        """A mail of an agency with these files."""
        message = EmailMessage(policy=SMTP)
        message_id = make_msgid(domain=by.domain)
        message["From"], message["To"], message["Subject"], message["Message-ID"] = (
            by.address,
            OFFICE.address,
            subject,
            message_id,
        )
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(text, cte="base64")
        for file in files:
            message.add_attachment(file.content, maintype="application", subtype="pdf", filename=file.name)
        return Mail(sender=by.address, message_id=message_id, raw=message.as_bytes())

    def entries(self):
        """(number, reference) of the register, in order."""
        return sorted((entry.number, entry.draft.reference) for entry in self.hub.registers.list_(self.unit.id))

    def notices(self):
        """The kinds of everything that was ever to leave."""
        return sorted(dispatch.draft.kind for dispatch in self.hub.outbox.list_(self.unit.id))

    def states(self):
        """The states of all letters."""
        return {f"h{view.letter.id}": view.letter.draft.state for view in self.hub.letters.list_(self.unit.id)}

    def settled(self, letter):
        """Wait until a letter is decided; gives its state."""
        number = int(letter[1:])

        def look():
            state = self.hub.letters.show(self.unit.id, number).letter.draft.state
            return None if state is LetterState.WAITING else state

        return self.stage.until(look, Text(vi=letter, en=letter))


@pytest.fixture(scope="session")
def furnished(agencies, tmp_path_factory):
    """The home of the office on a fresh day, to copy from."""
    home = tmp_path_factory.mktemp("furnished") / "hub"
    hub, _ = furnish(home, agencies.pki, agencies.seals)
    hub.close()
    return home


@pytest.fixture
def house(agencies, furnished, tmp_path, capsys, kept_readers, monkeypatch):
    """The office on a fresh day, served by loops that rest for moments: nobody but a test waits for each of them.

    It goes by the clock on the wall, and a day's report tells of that day: where midnight is near, it is seen in first.
    """
    while (now := system_clock().astimezone(ZONE)).date() != (now + timedelta(seconds=30)).date():
        time.sleep(0.5)
    monkeypatch.setattr(loops, "IDLE_SECONDS", 0.03)
    monkeypatch.setattr(loops, "HOUSEKEEPING_SECONDS", 0.1)
    hub = on_any_port(open_hub(shutil.copytree(furnished, tmp_path / "hub"), {}))
    unit = hub.directory.unit()
    server = Server(hub)
    server.start()
    correspondence = Correspondence(agencies)
    stage = Stage(hub=hub, unit=unit, port=server.smtp.port, voice=Voice(Language.EN), correspondence=correspondence)
    try:
        yield House(stage=stage, desk=agencies, capsys=capsys)
    finally:
        server.stop()
        hub.close()
