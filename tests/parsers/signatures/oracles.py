"""Other programs asked the same question, and the answers in which we differ from them, file by file.

A table of differences is a TOML file beside the tests: one section a file, with what the program says, what we say, who is
right, and why. A difference that is not in the table, or no longer there, fails the test.
"""

import os
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest

from parsers.signatures.model import TIMESTAMP_FORMAT, DocumentSignatures, SubIndication

BROKEN = {SubIndication.HASH_FAILURE, SubIndication.SIG_CRYPTO_FAILURE, SubIndication.FORMAT_FAILURE}


class Integrity(StrEnum):
    """Whether the bytes are those signed and the value is the key's; trust is no part of it."""

    INTACT = "intact"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    """The document, the certificate or the algorithm is missing."""

    @classmethod
    def of(cls, intact: bool | None) -> "Integrity":  # noqa: FBT001 - it is what was found out.
        """What a program said, None where it did not find out."""
        return cls.UNKNOWN if intact is None else cls.INTACT if intact else cls.BROKEN


@dataclass(frozen=True, slots=True)
class Difference:
    """What two programs say of one file."""

    theirs: Integrity
    ours: Integrity


def needs(program: str) -> pytest.MarkDecorator:
    missing = shutil.which(program) is None
    # In CI it fails where it is called: what was not compared must not look compared.
    return pytest.mark.skipif(missing and not os.environ.get("CI"), reason=f"{program} is not installed")


def openssl_cms(message: Path, content: Path | None = None) -> Integrity:
    """What `openssl cms -verify` says of a binary message when asked for no path."""
    command = ["openssl", "cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", str(message)]
    command += ["-content", str(content)] if content is not None else []
    done = subprocess.run([*command, "-out", "/dev/null"], capture_output=True, text=True, check=False, timeout=200)
    if done.returncode == 0:
        return Integrity.INTACT
    missing = ("no content", "signer certificate not found")
    return Integrity.UNKNOWN if any(word in done.stderr for word in missing) else Integrity.BROKEN


def integrity_of(found: DocumentSignatures) -> Integrity:
    """The worst of our signatures, asked for integrity alone; timestamps and what hangs on a signature are not asked."""
    ours = [report for report in found.signatures if report.format != TIMESTAMP_FORMAT and not report.countersigns]
    if any(report.sub_indication in BROKEN for report in ours):
        return Integrity.BROKEN
    unknown = {SubIndication.SIGNED_DATA_NOT_FOUND, SubIndication.NO_SIGNING_CERTIFICATE_FOUND, SubIndication.GENERIC}
    if not ours or any(report.sub_indication in unknown or "algorithm" in report.reasons for report in ours):
        return Integrity.UNKNOWN
    return Integrity.INTACT


def listed(table: Path) -> dict[str, Difference]:
    """The differences that are known, each with its reason."""
    known = tomllib.loads(table.read_text())
    assert all(entry["right"] in {"we", "they", "both"} and len(entry["why"]) > 20 for entry in known.values())
    return {name: Difference(Integrity(entry["theirs"]), Integrity(entry["ours"])) for name, entry in known.items()}
