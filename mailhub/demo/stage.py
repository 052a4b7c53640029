"""The stage: a served hub that mails are sent to, where the story waits until everything has come to its end."""

import re
import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from mailhub.demo.cast import OFFICE
from mailhub.demo.correspondence import Correspondence, Mail
from mailhub.demo.outcome import Ending, Outcome, ending_of
from mailhub.demo.scenes import Scene
from mailhub.demo.voice import Voice
from mailhub.errors import RefusedError, TryLaterError
from mailhub.hub import Hub
from mailhub.language import Text
from storage.records import Actor, Unit

DEADLINE_SECONDS = 60.0
POLL_SECONDS = 0.05
SENT_FOLDER = "sent"
PRINTS_FOLDER = "pdf"

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A served hub that mails are sent to."""

    hub: Hub
    unit: Unit
    port: int
    voice: Voice
    correspondence: Correspondence

    def perform(self, number: int, scene: Scene) -> bool:
        """Send one mail, wait for its end, tell it; True when it ended as it should."""
        mail = scene.write(self.correspondence)
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
        for letter_id in ending.letters:
            self.hub.letters.return_(self.clerk, self.unit.id, letter_id, reasons=())

    def _wait(self, capture_id: int) -> Ending:
        """Look until the mail has come to its end."""
        what = Text(vi=f"lượt tiếp nhận {capture_id}", en=f"capture {capture_id}")
        return self.until(lambda: ending_of(self.hub, self.unit, capture_id), what)

    @property
    def clerk(self) -> Actor:
        """Who acts at the office."""
        return Actor(unit_id=self.unit.id, name=OFFICE.contact_name, via="demo")

    def deliver(self, mail: Mail) -> Ending:
        """Send a mail and wait for its end."""
        return self._wait(self._send(mail))

    def until(self, look: Callable[[], Value | None], what: Text) -> Value:
        """Look as often as a person would not notice, until there is something to see."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while (seen := look()) is None:
            if time.monotonic() > deadline:
                raise RefusedError(
                    Text(
                        vi=f"{what.vi} sau {DEADLINE_SECONDS:.0f} giây vẫn chưa xong",
                        en=f"{what.en} has come to no end within {DEADLINE_SECONDS:.0f} s",
                    )
                )
            time.sleep(POLL_SECONDS)
        return seen

    def keep_print(self, name: str, content: bytes) -> None:
        """Leave a PDF to look at."""
        folder = self.hub.home / PRINTS_FOLDER
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
