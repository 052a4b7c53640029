"""What each reason code says, in both languages: data of `reasons.toml`, read once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from mailhub.language import Text
from mailhub.policy.reasons import ReasonCode


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonText:
    """The words for one reason: a label for the desk, a sentence each for clerk and sender, what the sender can do.

    `status` is the status code of QCVN 102:2016 when this reason decides. `remedy` is empty where nothing is asked.
    """

    code: ReasonCode
    status: str
    label: Text
    clerk: Text
    sender: Text
    remedy: Text


def reason_text(code: ReasonCode) -> ReasonText:
    """The words for one reason code."""
    return reason_texts()[code]


@cache
def reason_texts() -> Mapping[ReasonCode, ReasonText]:
    """The words for every reason code, in the order of the codes."""
    return read_reasons((files("mailhub.profiles.vn") / "reasons.toml").read_text("utf-8"))


def read_reasons(document: str) -> Mapping[ReasonCode, ReasonText]:
    """Read a table of reasons; a missing or unknown code, or a field without both languages, raises ValueError."""
    table = tomllib.loads(document)
    unknown, missing = set(table) - set(ReasonCode), set(ReasonCode) - set(table)
    if unknown or missing:
        raise ValueError(f"reasons.toml: unknown codes {sorted(unknown)}, missing codes {sorted(missing)}")
    return {code: reason_of(code, table[code]) for code in ReasonCode}


def reason_of(code: ReasonCode, row: Mapping[str, object]) -> ReasonText:
    """One row of the table."""
    return ReasonText(
        code=code,
        status=str(row.get("status", "")),
        label=pair(code, row, "label"),
        clerk=pair(code, row, "clerk"),
        sender=pair(code, row, "sender"),
        remedy=pair(code, row, "remedy"),
    )


def pair(code: ReasonCode, row: Mapping[str, object], field: str) -> Text:
    """One field in both languages."""
    match row.get(field):
        case {"vi": str(vi), "en": str(en)}:
            return Text(vi=vi, en=en)
        case found:
            raise ValueError(f"reasons.toml: {code}.{field} is {found!r}, expected a sentence in vi and en")
