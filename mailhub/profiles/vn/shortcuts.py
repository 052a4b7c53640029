"""The short words of the desk: data of `shortcuts.toml`, read once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from mailhub.policy.reasons import ReasonCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcuts:
    """What a clerk's words stand for; words are folded, with a dash between the words of one.

    `commands` are said alone; `letter`, `paper` and `meeting` behind the record's number. `reasons` are in the order of the
    desk's menu.
    """

    commands: Mapping[str, str]
    letter: Mapping[str, str]
    paper: Mapping[str, str]
    meeting: Mapping[str, str]
    reasons: Mapping[ReasonCode, tuple[str, ...]]

    def reason(self, word: str) -> ReasonCode | None:
        """The reason that a folded word, or the code itself, names."""
        return next((code for code, words in self.reasons.items() if word == code.value or word in words), None)


@cache
def shortcuts() -> Shortcuts:
    """The words of this profile."""
    table = tomllib.loads((files("mailhub.profiles.vn") / "shortcuts.toml").read_text("utf-8"))
    reasons = {ReasonCode(code): tuple(words) for code, words in table.pop("reasons").items()}
    return Shortcuts(reasons=reasons, **table)
