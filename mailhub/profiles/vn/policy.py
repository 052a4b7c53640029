"""The Vietnamese words that the policy compares address lines with."""

import tomllib
from functools import cache
from importlib.resources import files

from mailhub.policy.settings import PolicySettings


@cache
def default_policy() -> PolicySettings:
    """The policy settings of a new office, with this profile's words; an office replaces single fields."""
    table = tomllib.loads((files("mailhub.profiles.vn") / "policy.toml").read_text("utf-8"))
    return PolicySettings(
        addressee_titles=tuple(table["addressee_titles"]), information_phrases=tuple(table["information_phrases"])
    )
