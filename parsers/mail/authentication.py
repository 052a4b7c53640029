"""Who sent a mail, as far as it can be proved: the values that checks of SPF, DKIM, ARC and DMARC take and give. Pure data."""

from dataclasses import dataclass, field
from enum import StrEnum


class Result(StrEnum):
    """Result words of RFC 8601, 2.7. `policy` is a signature that holds and that we do not accept (weak key, SHA-1, `l=`)."""

    PASS = "pass"  # noqa: S105  a result, no password
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"
    POLICY = "policy"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


class Method(StrEnum):
    """How the results came about. `off`: nothing was checked, because nothing is configured."""

    OFF = "off"
    DNS = "dns"
    BORDER = "border"


class Proof(StrEnum):
    """What all results together say of the address in From.

    `proved`: the domain's owner vouches for the mail (an aligned pass). `unproved`: nobody does. `failed`: the domain asks
    to distrust such mail (DMARC quarantine or reject). `pending`: DNS did not answer. `unchecked`: nothing was checked.
    """

    PROVED = "proved"
    UNCHECKED = "unchecked"
    UNPROVED = "unproved"
    PENDING = "pending"
    FAILED = "failed"


class SenderCode(StrEnum):
    """Findings about the sender of a mail."""

    FORGED_RESULTS = "forged-authentication-results"
    REPLY_TO_ELSEWHERE = "reply-to-elsewhere"
    MIXED_SCRIPT_DOMAIN = "mixed-script-domain"


class Lookup(StrEnum):
    """How a DNS question ended. `absent`: the name or the type does not exist. `unavailable`: nobody could tell."""

    FOUND = "found"
    ABSENT = "absent"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class TxtAnswer:
    """The TXT records of one name (lower case, no final dot), each joined to one text of Latin-1 characters."""

    name: str
    lookup: Lookup
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfResult:
    """SPF of the envelope (RFC 7208). `identity` is `mailfrom` or `helo`, `domain` the one that was checked."""

    result: Result
    domain: str = ""
    identity: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimResult:
    """One DKIM signature (RFC 6376). `aligned`: its domain is that of the From address, as far as DMARC asks."""

    result: Result
    domain: str = ""
    selector: str = ""
    algorithm: str = ""
    key_bits: int = 0
    aligned: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArcResult:
    """The ARC chain (RFC 8617). `sealer` is the domain of the newest seal; `vouched` what a believed sealer says of DMARC."""

    result: Result
    sealer: str = ""
    hops: int = 0
    believed: bool = False
    vouched: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcResult:
    """DMARC of the From domain (RFC 7489). `policy` is what its owner asks for mail that fails, empty without a record."""

    result: Result
    policy: str = ""
    record_domain: str = ""
    organisation: str = ""
    percent: int = 100
    reason: str = ""


NO_SPF = SpfResult(result=Result.NONE)
NO_ARC = ArcResult(result=Result.NONE)
NO_DMARC = DmarcResult(result=Result.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderQuestions:
    """What must be asked of DNS about one mail: the domain of its only From address, and the names of its signers' keys."""

    from_domain: str = ""
    key_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderEvidence:
    """What is known from outside the mail.

    `method` is `off` where nothing is checked. With `border_id` the mail came from the border server whose results are
    believed under that identity; Received fields of `border_hosts` are its own, and with `any_hop` (a provider's mailbox)
    hops do not matter. Where its results are absent and `method` is `dns`, the answers count. `known_ids` are all identities
    whose results somebody might forge. `from_domain_exists` is None where nobody asked. `arc_sealers` are believed.
    `junk_believed`: the mail came from where a mark as junk is not the sender's own. `login`: who logged in to hand it in.
    """

    method: Method = Method.OFF
    spf: SpfResult = NO_SPF
    answers: tuple[TxtAnswer, ...] = ()
    from_domain_exists: bool | None = None
    border_id: str = ""
    border_hosts: tuple[str, ...] = ()
    any_hop: bool = False
    known_ids: tuple[str, ...] = ()
    arc_sealers: tuple[str, ...] = ()
    junk_believed: bool = True
    login: str = ""


NOTHING_ASKED = SenderEvidence()


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderAuthentication:
    """Every result about one mail, and what they prove of the domain in From; empty where there is not exactly one.

    `login` is the name under which the mail was handed in at our own door (SMTP AUTH).
    """

    method: Method = Method.OFF
    proof: Proof = Proof.UNCHECKED
    domain: str = ""
    spf: SpfResult = NO_SPF
    spf_aligned: bool = False
    dkim: tuple[DkimResult, ...] = field(default=())
    arc: ArcResult = NO_ARC
    dmarc: DmarcResult = NO_DMARC
    authserv_id: str = ""
    login: str = ""
    reason: str = ""


NOT_CHECKED = SenderAuthentication()
