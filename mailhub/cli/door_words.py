"""The doors and what is wrong with them, in words."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mailhub.language import Text

if TYPE_CHECKING:
    from mailhub.intake_status import DoorStatus

DOOR_ALARMS: Mapping[str, Text] = {
    "closed": Text(vi="ĐÓNG", en="CLOSED"),
    "failing": Text(vi="KHÔNG KẾT NỐI ĐƯỢC", en="NOT REACHABLE"),
    "silent": Text(vi="IM LẶNG BẤT THƯỜNG", en="UNUSUALLY SILENT"),
}
FINE = Text(vi="bình thường", en="fine")


def door_name(door: "DoorStatus") -> str:
    """A door as clerks call it."""
    return f"{door.door}:{door.account}" if door.account else door.door


def alarms_of(door: "DoorStatus") -> Text:
    """What is wrong with a door."""
    words = [DOOR_ALARMS[alarm] for alarm in door.alarms] or [FINE]
    return Text(vi=", ".join(word.vi for word in words), en=", ".join(word.en for word in words))


def alarms_line(doors: "Sequence[DoorStatus]") -> Text:
    """What is wrong with any door, in one line; empty where nothing is."""
    told = [(door_name(door), alarms_of(door)) for door in doors]
    return Text(
        vi=", ".join(f"cửa {name} {words.vi}" for name, words in told),
        en=", ".join(f"door {name} {words.en}" for name, words in told),
    )
