"""`mailhub demo`: the way in, told with real mail on this machine. The hub is the one that `mailhub serve` runs.

Nothing here knows how a letter is judged: the story sends mail by SMTP, waits, and reads what a clerk would read. Where
an outcome is not the expected one it says so and fails, so the demo is also a check of the machine that it runs on.
"""

import logging
import tempfile
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from mailhub.clock import system_clock
from mailhub.demo.acts import ACTS
from mailhub.demo.cast import CORRESPONDENTS, OFFICE, OWN_OFFICE
from mailhub.demo.correspondence import Correspondence
from mailhub.demo.dossier import Desk
from mailhub.demo.home import furnish
from mailhub.demo.pki import Pki
from mailhub.demo.scenes import SCENES
from mailhub.demo.stage import PRINTS_FOLDER, SENT_FOLDER, Stage
from mailhub.demo.voice import Voice
from mailhub.errors import RefusedError
from mailhub.hub import Hub
from mailhub.language import Language, Text
from mailhub.serving import Server
from storage.records import Unit

AFTERWARDS = (
    ("register", "list"),
    ("paper", "list", "--all"),
    ("meeting", "reach", "m1"),
    ("report", "week"),
    ("desk", "--once"),
    ("audit", "verify"),
)


def tell(home: Path | None, language: Language) -> int:
    """Tell the story in a fresh folder, by default a temporary one; 0 when everything went as it should.

    Raises RefusedError for a folder that holds something already, and when a mail is not taken or comes to no end.
    """
    started = time.monotonic()
    folder, voice = fresh_folder(home), Voice(language)
    # What a hub warns its operator of, as of days off that are not known yet each December, is no part of the story.
    logging.getLogger("mailhub").setLevel(logging.ERROR)
    voice.title()
    now = system_clock().astimezone(ZoneInfo(OFFICE.time_zone)).replace(microsecond=0)
    desk = Desk.furnish(Pki.make(now), (*CORRESPONDENTS, OWN_OFFICE), now)
    hub, unit = furnish(folder, desk.pki, desk.seals)
    try:
        surprises = play(hub, unit, Correspondence(desk), voice, started)
    finally:
        hub.close()
    surprises += sum(voice.run(folder, *arguments) != 0 for arguments in AFTERWARDS)
    settings = hub.settings
    voice.whereabouts(folder, (folder / SENT_FOLDER, settings.outbox.folder, settings.sms.folder, folder / PRINTS_FOLDER))
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
        stage = Stage(hub=hub, unit=unit, port=server.smtp.port, voice=voice, correspondence=correspondence)
        voice.opening(stage.port, time.monotonic() - started)
        surprises = sum(not stage.perform(number, scene) for number, scene in enumerate(SCENES, start=1))
        voice.chapter()
        return surprises + sum(not act.play(number, stage) for number, act in enumerate(ACTS, start=len(SCENES) + 1))
    finally:
        server.stop()
