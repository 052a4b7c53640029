"""The ARC chain of a forwarded mail (RFC 8617): whether it holds, who sealed it last, and what the sealers saw."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from parsers.mail.authentication import ArcResult, Result
from parsers.mail.canonical import SignedField, SignedMail, canonical_field
from parsers.mail.dkim_signatures import (
    BrokenError,
    Keys,
    Signature,
    SignatureError,
    check_hash,
    key_of,
    read_signature,
    signed_self,
    verified,
)
from parsers.mail.header_fields import SINGLE
from parsers.mail.results_header import AuthenticationResults, read_results

MOST_HOPS: Final = 10
"""RFC 8617 allows 50; a letter that was forwarded more than ten times is looked at by a person."""

_INSTANCE = re.compile(rb"[ \t\r\n]*i[ \t\r\n]*=[ \t\r\n]*([0-9]{1,2})[ \t\r\n]*(?:;|\Z)")
_FIELDS: Final = ("arc-authentication-results", "arc-message-signature", "arc-seal")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArcSet:
    """What one hop added: the results that it saw, its signature over the mail, and its seal over the chain."""

    results: SignedField
    message: Signature
    seal: Signature


class ChainError(Exception):
    """The fields are no chain; the message says why."""


def chain_of(mail: SignedMail) -> tuple[ArcSet, ...]:
    """The sets of the chain, oldest first, empty without ARC; raises ChainError where its structure is wrong."""
    found: dict[int, dict[str, SignedField]] = {}
    for item in mail.fields:
        if item.key in _FIELDS:
            place = found.setdefault(instance_of(item), {})
            if item.key in place:
                raise ChainError(f"{item.key} stands twice")
            place[item.key] = item
    if not found:
        return ()
    if len(found) > MOST_HOPS or sorted(found) != list(range(1, len(found) + 1)):
        raise ChainError("the instances are not numbered from 1, or are too many")
    return tuple(arc_set(number, found[number]) for number in sorted(found))


def chain_key_names(mail: SignedMail) -> tuple[str, ...]:
    """The names in DNS of the keys that the chain needs: every seal's, and the newest signature's."""
    try:
        chain = chain_of(mail)
    except ChainError:
        return ()
    needed = [step.seal for step in chain] + [step.message for step in chain[-1:]]
    return tuple(dict.fromkeys(signature.key_name for signature in needed))


def check_chain(mail: SignedMail, keys: Keys, now: datetime, *, believed: Collection[str], from_domain: str) -> ArcResult:
    """Whether the chain holds (RFC 8617, 5.2), and whether sealers that are believed saw DMARC pass for this From domain."""
    try:
        chain = chain_of(mail)
    except ChainError as error:
        return ArcResult(result=Result.FAIL, reason=str(error))
    if not chain:
        return ArcResult(result=Result.NONE)
    sealer, hops, vouchers = chain[-1].seal.domain, len(chain), _believed_tail(chain, believed)
    try:
        _check_newest(mail, chain[-1].message, keys, now)
        for number in range(hops, 0, -1):
            _check_seal(chain[:number], keys)
    except BrokenError as broken:
        result = Result.TEMPERROR if broken.result is Result.TEMPERROR else Result.FAIL
        return ArcResult(result=result, sealer=sealer, hops=hops, believed=bool(vouchers), reason=str(broken))
    return ArcResult(
        result=Result.PASS,
        sealer=sealer,
        hops=hops,
        believed=bool(vouchers),
        vouched=any(_saw_pass(step, from_domain) for step in vouchers),
    )


def arc_set(number: int, fields: Mapping[str, SignedField]) -> ArcSet:
    """One hop's fields, read; raises ChainError where one is absent or malformed."""
    if len(fields) < len(_FIELDS):
        raise ChainError(f"set {number} is incomplete")
    results, message, seal = (fields[name] for name in _FIELDS)
    signature, sealed = read_signature(message, needed=("bh", "h")), read_signature(seal, needed=("cv",))
    if isinstance(signature, SignatureError) or isinstance(sealed, SignatureError):
        raise ChainError(f"set {number}: {signature if isinstance(signature, SignatureError) else sealed}")
    validity = "none" if number == 1 else "pass"
    if sealed.tags["cv"].lower() != validity:
        raise ChainError(f"seal {number} says cv={sealed.tags['cv'][:10]}")
    if "h" in sealed.tags or "arc-seal" in signature.headers:
        raise ChainError(f"set {number} signs what it may not")
    return ArcSet(results=results, message=signature, seal=sealed)


def instance_of(item: SignedField) -> int:
    """The number of the hop that added the field; raises ChainError where it names none."""
    for part in item.value.split(b";")[:100]:
        found = _INSTANCE.match(part)
        if found:
            return int(found[1])
    raise ChainError(f"{item.key} without a number")


def results_in(step: ArcSet) -> AuthenticationResults | None:
    """What a hop saw: its results behind the `i=` that stands first."""
    return read_results(step.results.value.partition(b";")[2])


def _check_newest(mail: SignedMail, signature: Signature, keys: Keys, now: datetime) -> None:
    key = verified(mail, signature, keys, now)
    if any(len(mail.every(name)) > 1 for name in SINGLE):
        raise BrokenError(Result.POLICY, "a field that stands at most once stands twice", key.bits)


def _check_seal(chain: tuple[ArcSet, ...], keys: Keys) -> None:
    """Check the newest seal of a chain; it covers all sets in their order, in relaxed form (RFC 8617, 5.1.1)."""
    seal = chain[-1].seal
    fields = [item for step in chain for item in (step.results, step.message.field, step.seal.field)][:-1]
    covered = b"".join(canonical_field(item, relaxed=True) for item in fields)
    check_hash(seal, key_of(seal, keys), covered + signed_self(seal.field, relaxed=True))


def _believed_tail(chain: tuple[ArcSet, ...], believed: Collection[str]) -> tuple[ArcSet, ...]:
    """The newest sets without a gap whose sealers are believed: what stands behind a stranger's seal is hearsay."""
    tail: list[ArcSet] = []
    for step in reversed(chain):
        if step.seal.domain not in believed:
            break
        tail.append(step)
    return tuple(tail)


def _saw_pass(step: ArcSet, from_domain: str) -> bool:
    results = results_in(step)
    return results is not None and results.dmarc_passes(from_domain)
