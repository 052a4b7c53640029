"""A sample letter: what is printed on it, and what a reader should find."""

import tomllib
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent / "samples"


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What a clerk reads off the letter; None and empty where it says nothing."""

    reference: str | None = None
    number: str | None = None
    symbol: str | None = None
    issued_on: date | None = None
    issuer: str | None = None
    parent_issuer: str | None = None
    document_type: str | None = None
    subject: str | None = None
    addressees: tuple[str, ...] = ()
    copies_to: tuple[str, ...] = ()
    signer: str | None = None
    signer_position: str | None = None
    copy_form: str | None = None
    urgency: str = "normal"
    secrecy: str | None = None
    enclosures: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The printed parts, line by line as the author broke them; `layout` is the way in which this letter came."""

    name: str
    layout: str
    number: str
    date: str
    truth: Truth
    parent: tuple[str, ...] = ()
    issuer: tuple[str, ...] = ()
    header: str = "state"
    title: str = ""
    subject: tuple[str, ...] = ()
    authority: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()
    corner: str = ""
    to: tuple[str, ...] = ()
    to_label: str = "Kính gửi:"
    body: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    capacity: tuple[str, ...] = ()
    signer: str = ""
    annex: tuple[str, ...] = ()
    own: frozenset[str] = field(default=frozenset())

    @property
    def untyped(self) -> bool:
        return not self.title


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def load(path: Path) -> Sample:
    table = tomllib.loads(path.read_text("utf-8"))
    truth = {key: _value(value) for key, value in table.pop("truth").items()}
    unknown = set(truth) - {item.name for item in fields(Truth)}
    assert not unknown, (path.name, unknown)
    return Sample(name=path.stem, truth=Truth(**truth), **{key: _value(value) for key, value in table.items()})


def load_all() -> list[Sample]:
    return [load(path) for path in sorted(SAMPLES.glob("*.toml"))]
