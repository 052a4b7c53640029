"""What an office decides for itself; part of every stored decision."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from mailhub.codec import encode
from parsers.files.model import FileKind


class Handling(StrEnum):
    """What the office wants done with letters whose signatures are incomplete, or whose files carry macros."""

    FILE = "file"
    HOLD = "hold"
    RETURN = "return"


RECOGNISED_TYPES = tuple(kind for kind in FileKind if kind not in {FileKind.EXECUTABLE, FileKind.OTHER})
"""Every kind of file that a desk can open and that no program runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySettings:
    """The office's choices.

    `automatic_returns` stays False until legal basis, contact and trust set are configured. `pending_minutes` is the
    deadline of unfinished checks where the facts name none. `accept_unproved` takes a registered address as genuine though
    nothing confirms it. `addressee_titles` are words that may surround the unit's name
    in an address line, `information_phrases` those that say a letter is for information only. `changed_before_seal` is
    never `return`: the seal shows that the agency itself made the change.
    """

    one_signature: Handling = Handling.HOLD
    unsigned: Handling = Handling.RETURN
    macros: Handling = Handling.HOLD
    allowed_types: tuple[FileKind, ...] = RECOGNISED_TYPES
    automatic_returns: bool = False
    trust_configured: bool = True
    pending_minutes: int = 240
    accept_unproved: bool = False
    addressee_titles: tuple[str, ...] = ()
    information_phrases: tuple[str, ...] = ()
    changed_before_seal: Handling = Handling.HOLD


LATER: dict[str, object] = {"changed_before_seal": Handling.HOLD.value}
"""Settings that came after rule set 2, with what held before: left so, a policy keeps the version that it had."""


def policy_version(settings: PolicySettings) -> str:
    """Digest of the settings that a decision read: equal settings, equal version."""
    values = msgspec.to_builtins(settings)
    told = {name: value for name, value in values.items() if LATER.get(name, ...) != value}
    return hashlib.sha256(encode(told)).hexdigest()[:16]
