"""What comes out of a container: its files under safe names, and how much of them one mail may still unpack."""

from dataclasses import dataclass

from parsers.charsets import printable
from parsers.errors import ParseError
from parsers.files.model import ContainerCode, ContainerLimits
from parsers.mail.filenames import safe_name

RATIO_FLOOR = 1 << 20
"""Unpacked bytes below which the ratio says nothing: a blank page packs very well."""

_MAX_STEPS = 20
_MOST_NAMES_TOLD = 8


class ArchiveError(ParseError):
    """An archive, or a member of it, that was not unpacked; `code` is the finding to report.

    `unpacked` are the bytes that came out before that was known.
    """

    def __init__(self, code: ContainerCode, evidence: str, unpacked: int = 0) -> None:
        super().__init__(evidence)
        self.code = code
        self.unpacked = unpacked
        self.evidence = shown(evidence)


def shown(text: str) -> str:
    """A short piece of text for a finding; what cannot be seen, as a soft hyphen of a name, stands as a question mark."""
    return "".join(letter if letter.isprintable() else "?" for letter in printable(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One unpacked file: safe relative path and name. `unsafe` says that its name tried to deceive or to escape.

    `inline` is True for the text of a message rather than a file that was attached to it.
    """

    path: str
    name: str
    content: bytes
    unsafe: bool = False
    inline: bool = False


@dataclass(slots=True)
class Budget:
    """Files and bytes that one mail may still unpack."""

    files: int
    bytes: int

    @classmethod
    def of(cls, limits: ContainerLimits) -> "Budget":
        """The whole allowance of one mail."""
        return cls(limits.files, limits.total_bytes)


@dataclass(slots=True)
class Allowance:
    """What one archive may still unpack: its part of the mail's budget, bounded by its own packed size."""

    budget: Budget
    bytes: int
    file_bytes: int

    @classmethod
    def of(cls, budget: Budget, limits: ContainerLimits, packed: int) -> "Allowance":
        """The allowance of an archive of `packed` bytes."""
        return cls(budget, max(packed * limits.ratio, RATIO_FLOOR), limits.file_bytes)

    @property
    def room(self) -> int:
        """Bytes that the next file may have."""
        return max(0, min(self.bytes, self.file_bytes, self.budget.bytes))

    def open_file(self) -> None:
        """Count one more file; ArchiveError where there are too many."""
        if self.budget.files <= 0:
            raise ArchiveError(ContainerCode.ARCHIVE_BOMB, "too many files")
        self.budget.files -= 1

    def check(self, name: str, length: int) -> None:
        """ArchiveError where a file of this length is more than may be unpacked."""
        if length > self.room:
            raise ArchiveError(ContainerCode.ARCHIVE_BOMB, f"{name}: more than {self.room} bytes")

    def take(self, name: str, length: int) -> None:
        """Use up so many bytes; ArchiveError where there are not enough."""
        self.check(name, length)
        self.use_up(length)

    def use_up(self, length: int) -> None:
        """Count bytes that were unpacked, also in vain: many small bombs together are a large one."""
        self.bytes = max(0, self.bytes - length)
        self.budget.bytes = max(0, self.budget.bytes - length)


def member(written: str, content: bytes, *, inline: bool = False) -> Member:
    """A member under the path that its archive gives it, made relative and safe to store and to show."""
    full = written.replace("\\", "/")
    parts = [part for part in full.split("/") if part]
    safe = [safe_name(part) for part in parts if part != "."]
    kept = [step_name(part.name) for part in safe if part.name] or ["unnamed"]
    unsafe = full.startswith("/") or ".." in parts or any(part.changed for part in safe)
    return Member(path="/".join(kept[-_MAX_STEPS:]), name=kept[-1], content=content, unsafe=unsafe, inline=inline)


def step_name(name: str) -> str:
    """A name as one step of a path, in which `!` goes into a container."""
    return name.replace("!", "_") or "unnamed"


def told_names(names: list[str]) -> str:
    """The first names of an archive that was not opened, for the clerk."""
    told = ", ".join(names[:_MOST_NAMES_TOLD])
    return f"{told}, … ({len(names)})" if len(names) > _MOST_NAMES_TOLD else told
