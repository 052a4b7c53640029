"""SPF of the envelope (RFC 7208) by pyspf, with our own resolver in place of its hook and within our limits."""

import ipaddress
from dataclasses import dataclass
from typing import Final

from mailhub.authentication.resolver import Asking
from parsers.mail.addresses import normalise_domain
from parsers.mail.authentication import Lookup, Result, SpfResult
from parsers.mail.dmarc import is_host_name

LONGEST_RECORD: Final = 4096
LONGEST_REASON: Final = 300

FAULTS: Final = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What pyspf lets out where a stranger's record is one that its authors did not think of."""


def check_spf(asking: Asking, *, peer: str, mail_from: str, helo: str) -> SpfResult:
    """Whether the host may send for the return path's domain; for the null return path the HELO name is checked."""
    address = ip_of(peer)
    domain = normalise_domain((mail_from.rpartition("@")[2] if mail_from else helo).strip()) or ""
    identity = "mailfrom" if mail_from else "helo"
    if address is None:
        return SpfResult(result=Result.NONE, domain=domain, identity=identity, reason="the peer has no address")
    if not is_host_name(domain):
        return SpfResult(result=Result.NONE, domain=domain[:253], identity=identity, reason="no domain to check")
    local = mail_from.rpartition("@")[0] if mail_from else ""
    import spf  # noqa: PLC0415  only where senders are checked

    from mailhub.authentication.spf_query import SpfQuery  # noqa: PLC0415  imports pyspf

    question = SpfQuery(address=address, local=local, domain=domain, helo=helo_name(helo) if mail_from else domain)
    question.dns = SpfDns(asking)
    try:
        word, _, text = question.check()
    except (spf.PermError, *FAULTS) as fault:
        word, text = "permerror", f"{type(fault).__name__}: {fault}"
    except spf.TempError as fault:
        word, text = "temperror", str(fault)
    result = Result(word) if word in set(Result) else Result.PERMERROR
    reason = text.strip()[:LONGEST_REASON] if result in {Result.PERMERROR, Result.TEMPERROR} else ""
    return SpfResult(result=result, domain=domain, identity=identity, reason=reason)


def helo_name(helo: str) -> str:
    """The HELO name for macros; what is none must not get into a question."""
    name = normalise_domain(helo.strip()) or ""
    return name if is_host_name(name) else "unknown"


def ip_of(peer: str) -> str | None:
    """The peer's address in the form that pyspf takes; an IPv4 address in IPv6 clothes is that of IPv4."""
    try:
        address = ipaddress.ip_address(peer.partition("%")[0].strip("[]"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


@dataclass(slots=True)
class SpfDns:
    """DNS as pyspf calls it. Its own hook is one for the whole process, and its own resolver obeys no limit of ours."""

    asking: Asking
    empty_answers: int = 0

    def __call__(self, name: str, qtype: str, cnames: object = None, *, ignore_void: bool = False) -> list[object]:
        """The values of a name; raises TempError where DNS did not tell, PermError beyond the limits of RFC 7208, 4.6.4."""
        import spf  # noqa: PLC0415

        answer = self.asking.ask(str(name), qtype)
        if answer.lookup is Lookup.UNAVAILABLE:
            raise spf.TempError(f"DNS gave no answer for {name}")
        if not answer.values and not ignore_void:
            self.empty_answers += 1
            if self.empty_answers > spf.MAX_VOID_LOOKUPS:
                raise spf.PermError(f"more than {spf.MAX_VOID_LOOKUPS} empty answers")
        if any(isinstance(value, bytes) and len(value) > LONGEST_RECORD for value in answer.values):
            raise spf.PermError(f"a record of {name} is longer than {LONGEST_RECORD} octets")
        # A record is a list of strings to pyspf, and its caller sorts lists of its own.
        return [[value] if qtype == "TXT" else value for value in answer.values]
