"""Published fingerprints of authorities, data of `pins.toml`: a cross-check for whoever confirms a certificate, never trust."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One fingerprint: SHA-256 (hex) of the DER, whose it is, where it is published, and in how many unrelated places."""

    sha256: str
    name: str
    anchor: bool
    address: str
    sources: int


@cache
def pins() -> Mapping[str, Pin]:
    """Every pin by its fingerprint."""
    table = tomllib.loads((files("mailhub.profiles.vn") / "pins.toml").read_text("utf-8"))
    return {sha256: pin_of(sha256, row) for sha256, row in table.items()}


def pin_of(sha256: str, row: Mapping[str, object]) -> Pin:
    """One row; raises ValueError for a fingerprint or a purpose that is none."""
    if len(bytes.fromhex(sha256)) != 32 or row["purpose"] not in {"anchor", "intermediate"}:
        raise ValueError(f"pins.toml: {sha256}")
    anchor, sources = row["purpose"] == "anchor", int(str(row["sources"]))
    return Pin(sha256=sha256, name=str(row["name"]), anchor=anchor, address=str(row["address"]), sources=sources)
