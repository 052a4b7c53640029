"""DMARC (RFC 7489): the policy record of a domain, the organisational domain, and whether a passed check speaks for From.

Written anew because what there is gets it wrong: a hyphenated domain was looked up by its first letters, `sp=` was applied to
the organisational domain itself, and an old list of suffixes let strangers under hanoi.vn or id.vn speak for one another.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from parsers.mail.authentication import DmarcResult, Lookup, Result, TxtAnswer

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

MOST_CHARACTERS: Final = 4096
MOST_TAGS: Final = 50

_HOST = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
_VERSION = re.compile(r"v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|\Z)")
_REPORT_URI = re.compile(r"[ \t]*[A-Za-z][A-Za-z0-9+.-]*:[^\s,;!]", re.ASCII)


class Policy(StrEnum):
    """What a domain asks for mail that fails (RFC 7489, 6.3)."""

    NONE = "none"
    QUARANTINE = "quarantine"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcRecord:
    """A policy record; `sp` and `np` are None where they are absent."""

    p: Policy
    sp: Policy | None = None
    np: Policy | None = None
    strict_dkim: bool = False
    strict_spf: bool = False
    percent: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """The record that governs a From domain: where it stands, and what it asks for this domain.

    `unavailable` says that DNS did not tell; `reason` why there is no record.
    """

    record: DmarcRecord | None = None
    domain: str = ""
    policy: Policy = Policy.NONE
    unavailable: bool = False
    reason: str = ""


@cache
def suffixes() -> "PublicSuffixList":
    """The public suffixes, of the date that the library's version names."""
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415  a tenth of a second, which only checked mail pays

    return PublicSuffixList()


def is_host_name(domain: str) -> bool:
    """Whether a domain in lower-case A-label form can be asked for in DNS: two labels or more, no literal."""
    return _HOST.match(domain) is not None


@lru_cache(maxsize=20_000)
def organisational_domain(domain: str) -> str:
    """The domain that somebody registered (RFC 7489, 3.2): one label more than the public suffix; a suffix is its own."""
    return suffixes().privatesuffix(domain) or domain


def aligned(domain: str, from_domain: str, *, strict: bool) -> bool:
    """Whether a domain that was authenticated speaks for the one in From (RFC 7489, 3.1)."""
    if not domain or not from_domain:
        return False
    return domain == from_domain or (not strict and organisational_domain(domain) == organisational_domain(from_domain))


def record_names(from_domain: str) -> tuple[str, ...]:
    """The names under which a domain's policy may stand, in the order in which they count."""
    organisation = organisational_domain(from_domain)
    return tuple(f"_dmarc.{domain}" for domain in dict.fromkeys((from_domain, organisation)))


def parse_record(text: str) -> DmarcRecord | None:
    """A policy record; None where the text is none or asks for nothing that can be understood.

    A faulty value counts as absent. A record without a usable `p`, or with a wrong `sp`, that names where reports go asks
    for nothing but reports (RFC 7489, 6.6.3).
    """
    if not _VERSION.match(text) or len(text) > MOST_CHARACTERS:
        return None
    tags = _tags(text)
    p, sp, np = (_policy(tags.get(name)) for name in ("p", "sp", "np"))
    if p is None or ("sp" in tags and sp is None):
        if not _REPORT_URI.match(tags.get("rua", "")):
            return None
        p = sp = np = Policy.NONE
    percent = tags.get("pct", "")
    return DmarcRecord(
        p=p,
        sp=sp,
        np=np,
        strict_dkim=tags.get("adkim", "").lower() == "s",
        strict_spf=tags.get("aspf", "").lower() == "s",
        percent=min(int(percent), 100) if re.fullmatch(r"[0-9]{1,3}", percent) else 100,
    )


def discover(from_domain: str, answers: Iterable[TxtAnswer], *, exists: bool | None) -> Discovery:
    """The policy of a From domain among the answers to `record_names` (RFC 7489, 6.6.3).

    `exists` is whether the From domain is in DNS at all, None where nobody asked; only `np` depends on it.
    """
    told = {answer.name: answer for answer in answers}
    for name in record_names(from_domain):
        answer = told.get(name)
        if answer is None or answer.lookup is Lookup.UNAVAILABLE:
            return Discovery(unavailable=True, reason=f"{name}: no answer")
        versioned = [text for text in answer.records if _VERSION.match(text)]
        if len(versioned) > 1:
            return Discovery(reason=f"{name}: {len(versioned)} records")
        if versioned:
            domain = name.removeprefix("_dmarc.")
            record = parse_record(versioned[0])
            if record is None:
                return Discovery(reason=f"{name}: no policy in the record")
            return Discovery(record=record, domain=domain, policy=policy_for(record, domain, from_domain, exists=exists))
    return Discovery(reason="no record")


def policy_for(record: DmarcRecord, record_domain: str, from_domain: str, *, exists: bool | None) -> Policy:
    """What a record asks for mail from a domain: `sp` and `np` are for those below the one it stands at, never for itself."""
    if from_domain == record_domain:
        return record.p
    if exists is False and record.np is not None:
        return record.np
    return record.sp or record.p


def dmarc_result(from_domain: str, found: Discovery, passed_by: str) -> DmarcResult:
    """The result once it is known which check passed and is aligned; `passed_by` is empty where none is."""
    organisation = organisational_domain(from_domain)
    if found.record is None:
        result = Result.TEMPERROR if found.unavailable else Result.NONE
        return DmarcResult(result=result, organisation=organisation, reason=found.reason)
    return DmarcResult(
        result=Result.PASS if passed_by else Result.FAIL,
        policy=found.policy.value,
        record_domain=found.domain,
        organisation=organisation,
        percent=found.record.percent,
        reason=passed_by or "nothing that passed is aligned",
    )


def _tags(text: str) -> Mapping[str, str]:
    """The tags as far as they can be read: a part that is none is passed over, of a repeated one the first counts."""
    tags: dict[str, str] = {}
    for part in text.split(";")[:MOST_TAGS]:
        name, equals, value = part.partition("=")
        if equals:
            tags.setdefault(name.strip().lower(), value.strip())
    return tags


def _policy(value: str | None) -> Policy | None:
    return Policy(value.lower()) if value is not None and value.lower() in set(Policy) else None
