"""The other files of a mail, or of a call: where a signature that stands alone finds what it is over."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One other file; `sha256` is hex over its bytes, `declared_type` what the mail calls them."""

    name: str
    sha256: str
    content: bytes
    declared_type: str = ""


def beside_of(name: str, content: bytes) -> Beside:
    """A file with its digest."""
    return Beside(name=name, sha256=hashlib.sha256(content).hexdigest(), content=content)


def by_digest(files: Iterable[Beside], algorithm: str, digest: bytes) -> Beside | None:
    """The file with that digest; equal files are one. `algorithm` is a name that hashlib knows, else ValueError."""
    for file in files:
        if algorithm == "sha256":
            found = bytes.fromhex(file.sha256)
        else:
            found = hashlib.new(algorithm, file.content, usedforsecurity=False).digest()
        if found == digest:
            return file
    return None


def by_name(files: Sequence[Beside], name: str) -> Beside | None:
    """The file that the name of a detached signature points to: `x.pdf.p7s`, or `x.p7s` where one `x.pdf` is there.

    Two different candidates point nowhere.
    """
    wanted = last_part(name)
    stem = PurePosixPath(wanted).stem
    whole = [file for file in files if last_part(file.name) == stem]
    alike = [file for file in files if PurePosixPath(last_part(file.name)).stem == stem and last_part(file.name) != wanted]
    for candidates in (whole, alike):
        if len({file.sha256 for file in candidates}) == 1:
            return candidates[0]
    return None


PAGES = (".htm", ".html", ".shtml", ".hta", ".mht", ".mhtml")
PAGE_TYPE = "text/html"


def is_page(name: str, declared_type: str = "") -> bool:
    """Whether a file opens as HTML by its name or by the type that its mail declares.

    Browsers then find other tags in it than XML has, and other comments.
    """
    return declared_type == PAGE_TYPE or last_part(name).rstrip(". ").endswith(PAGES)


def last_part(name: str) -> str:
    """A name without its folders, as far as case does not count."""
    return PurePosixPath(name.replace("\\", "/")).name.casefold()
