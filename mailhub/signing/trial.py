"""Trying out keys and authority: what `mailhub sign check` shows. No document is signed."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from mailhub.language import Text
from mailhub.signing.errors import KeyUnusableError, TimestampMissingError
from mailhub.signing.keys import KeyPurpose, OpenKey, SigningKey, objections
from mailhub.signing.proof import proves
from mailhub.signing.timestamps import Timestamping
from parsers.signatures.engine import ENGINE_FAULTS
from parsers.signatures.model import CertificateSummary, SignerKind, TimestampSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTrial:
    """One key: where it lies, its certificate, whether it signs, what keeps it from signing, and what will soon."""

    purpose: KeyPurpose
    place: str
    certificate: CertificateSummary | None = None
    works: bool = False
    days_left: int | None = None
    problems: tuple[Text, ...] = ()
    warnings: tuple[Text, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether the key may sign now."""
        return self.works and not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class TsaTrial:
    """The authority: whether it gave a timestamp that holds, how long it took (seconds), and whose it is."""

    url: str
    seconds: float
    stamp: TimestampSummary | None = None
    problem: Text | None = None


def try_key(key: SigningKey, now: datetime, warn_before: timedelta, also: Callable[[OpenKey], None] | None = None) -> KeyTrial:
    """Open a key and let it sign words that are no document; `also` may refuse it for reasons of its own."""
    try:
        with key.opened() as opened:
            problems = list(objections(opened.certificate, key.purpose, now))
            works = works_now(opened, problems)
            if also is not None:
                also(opened)
            summary, kind = opened.summary, opened.kind
    except KeyUnusableError as error:
        return KeyTrial(purpose=key.purpose, place=key.place, problems=(said(error),))
    if not works and not problems:
        problems.append(Text(vi="chữ ký thử không khớp chứng thư", en="its trial signature does not match the certificate"))
    days = (summary.not_after - now) // timedelta(days=1)
    warnings = []
    if not problems and summary.not_after - now < warn_before:
        warnings.append(Text(vi=f"còn {days} ngày là hết hạn; xin gia hạn ngay", en=f"expires in {days} days; renew it now"))
    if key.purpose is KeyPurpose.SEAL and kind is SignerKind.PERSON:
        names_person = Text(
            vi="chứng thư mang tên người; nếu là của cơ quan thì gắn nó với --kind organisation",
            en="its certificate names a person; if it is the organisation's, tie it with --kind organisation",
        )
        warnings.append(names_person)
    return KeyTrial(
        purpose=key.purpose,
        place=key.place,
        certificate=summary,
        works=works,
        days_left=days,
        problems=tuple(problems),
        warnings=tuple(warnings),
    )


def works_now(opened: OpenKey, problems: list[Text]) -> bool:
    """Whether a trial signature succeeds and is right; a fault of the device joins the problems."""
    try:
        return proves(opened)
    except (*opened.faults, *ENGINE_FAULTS) as error:
        name = type(error).__name__
        problems.append(Text(vi=f"khóa không ký được ({name})", en=f"the key did not sign ({name})"))
        return False


def try_authority(timestamping: Timestamping) -> TsaTrial:
    """Ask for one timestamp over nothing in particular."""
    began = monotonic()
    try:
        stamp = timestamping.stamp(hashlib.sha256(os.urandom(32)).digest(), "sha256").summary
    except TimestampMissingError as error:
        return TsaTrial(url=timestamping.address.url, seconds=monotonic() - began, problem=said(error))
    return TsaTrial(url=timestamping.address.url, seconds=monotonic() - began, stamp=stamp)


def said(error: KeyUnusableError | TimestampMissingError) -> Text:
    """The sentence of an error."""
    return error.message if isinstance(error.message, Text) else Text(vi=str(error), en=str(error))
