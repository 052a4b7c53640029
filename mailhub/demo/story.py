"""`mailhub demo`: the way in, told with real mail on this machine. The hub is the one that `mailhub serve` runs.

Nothing here knows how a letter is judged: the story sends mail by SMTP, waits, and reads what a clerk would read. Where
an outcome is not the expected one it says so and fails, so the demo is also a check of the machine that it runs on.
"""

import re
import smtplib
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from mailhub.clock import system_clock
from mailhub.demo.cast import CORRESPONDENTS, OFFICE
from mailhub.demo.correspondence import Correspondence, Mail
from mailhub.demo.dossier import Desk
from mailhub.demo.home import furnish
from mailhub.demo.outcome import Ending, Outcome, ending_of
from mailhub.demo.pki import Pki
from mailhub.demo.scenes import SCENES, Scene
from mailhub.demo.voice import Voice
from mailhub.errors import RefusedError, TryLaterError
from mailhub.hub import Hub
from mailhub.language import Language, Text
from mailhub.serving import Server
from storage.records import Actor, Unit

DEADLINE_SECONDS = 60.0
POLL_SECONDS = 0.05
SENT_FOLDER = "sent"
AFTERWARDS = (("register", "list"), ("outbox", "list"), ("audit", "verify"))


def tell(home: Path | None, language: Language) -> int:
    """Tell the story in a fresh folder, by default a temporary one; 0 when everything went as it should.

    Raises RefusedError for a folder that holds something already, and when a mail is not taken or comes to no end.
    """
    started = time.monotonic()
    folder, voice = fresh_folder(home), Voice(language)
    voice.title()
    now = system_clock().astimezone(ZoneInfo(OFFICE.time_zone)).replace(microsecond=0)
    desk = Desk.furnish(Pki.make(now), CORRESPONDENTS, now)
    hub, unit = furnish(folder, desk.pki, desk.seals)
    try:
        surprises = play(hub, unit, Correspondence(desk), voice, started)
    finally:
        hub.close()
    surprises += sum(voice.run(folder, *arguments) != 0 for arguments in AFTERWARDS)
    voice.whereabouts(folder, folder / SENT_FOLDER, hub.settings.outbox.folder)
    voice.verdict(surprises, time.monotonic() - started)
    return 1 if surprises else 0


def fresh_folder(home: Path | None) -> Path:
    """The folder for the demo's hub, empty or still to be made."""
    if home is None:
        return Path(tempfile.mkdtemp(prefix="mailhub-demo-"))
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise RefusedError(
            Text(
                vi=f"{home} không trống; hãy chọn một thư mục mới cho --keep",
                en=f"{home} is not empty; choose a new folder for --keep",
            )
        )
    return home.absolute()


def play(hub: Hub, unit: Unit, correspondence: Correspondence, voice: Voice, started: float) -> int:
    """Serve the hub and play every scene; gives how many did not end as they should."""
    server = Server(hub)
    server.start()
    try:
        stage = Stage(hub=hub, unit=unit, port=server.smtp.port, voice=voice)
        voice.opening(stage.port, time.monotonic() - started)
        return sum(not stage.perform(number, scene, correspondence) for number, scene in enumerate(SCENES, start=1))
    finally:
        server.stop()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A served hub that mails are sent to."""

    hub: Hub
    unit: Unit
    port: int
    voice: Voice

    def perform(self, number: int, scene: Scene, correspondence: Correspondence) -> bool:
        """Send one mail, wait for its end, tell it; True when it ended as it should."""
        mail = scene.write(correspondence)
        if scene.ending.outcome is not Outcome.SEALED:
            self._keep(number, mail)
        capture_id = self._send(mail)
        ending = self._wait(capture_id)
        if scene.confirmed and ending.outcome is Outcome.PROPOSED:
            self._confirm(ending)
            ending = self._wait(capture_id)
        self.voice.scene(number, scene, ending)
        if ending == scene.ending:
            return True
        self.voice.surprise(scene.ending)
        return False

    def _keep(self, number: int, mail: Mail) -> None:
        """Leave a copy to look at; of secret content there is none, here as in the hub."""
        folder = self.hub.home / SENT_FOLDER
        folder.mkdir(exist_ok=True)
        (folder / f"{number:02}.eml").write_bytes(mail.raw)

    def _send(self, mail: Mail) -> int:
        """Hand the mail to the door as any mail server would; gives the capture that the 250 names."""
        with smtplib.SMTP("127.0.0.1", self.port, local_hostname="mx.tayninh.example", timeout=30) as client:
            client.ehlo()
            client.mail(mail.sender)
            client.rcpt(OFFICE.address)
            code, answer = client.data(mail.raw)
        named = re.search(rb"capture (\d+)", answer)
        if code != 250 or named is None:
            said = answer.decode(errors="replace")
            raise TryLaterError(f"the door answered {code} {said}")
        return int(named[1])

    def _confirm(self, ending: Ending) -> None:
        """Agree to what the machine proposes, as the clerk does by `mailhub letter return`."""
        clerk = Actor(unit_id=self.unit.id, name=OFFICE.contact_name, via="demo")
        for letter_id in ending.letters:
            self.hub.letters.return_(clerk, self.unit.id, letter_id, reasons=())

    def _wait(self, capture_id: int) -> Ending:
        """Look until the mail has come to its end, as often as a person would not notice."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while (ending := ending_of(self.hub, self.unit, capture_id)) is None:
            if time.monotonic() > deadline:
                raise RefusedError(
                    Text(
                        vi=f"lượt tiếp nhận {capture_id} sau {DEADLINE_SECONDS:.0f} giây vẫn chưa xong",
                        en=f"capture {capture_id} has come to no end within {DEADLINE_SECONDS:.0f} s",
                    )
                )
            time.sleep(POLL_SECONDS)
        return ending
