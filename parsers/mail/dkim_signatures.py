"""DKIM signatures of a mail (RFC 6376): which keys they need, and whether they hold. Keys are arguments, and so is the time.

dkimpy was refused here and is the oracle of the tests: it takes quadratic time for a relaxed body, reads the clock, passes
content that was appended behind `l=`, and signs the last From field whichever is shown.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from parsers.mail.addresses import normalise_domain
from parsers.mail.authentication import DkimResult, Lookup, Result, TxtAnswer
from parsers.mail.canonical import CRLF, SignedField, SignedMail, canonical_field, selected
from parsers.mail.dmarc import aligned, is_host_name
from parsers.mail.header_fields import SINGLE
from parsers.mail.signing_keys import SigningKey, SigningKeyError, read_signing_key
from parsers.mail.tag_lists import TagListError, parse_tags, without_blanks

MOST_SIGNATURES: Final = 8
"""Signatures of one mail that are looked at, those of the From domain first."""
MOST_SIGNED_NAMES: Final = 500
LEAST_KEY_BITS: Final = 1024
MOST_RECORDS: Final = 5
CLOCK_SLACK: Final = timedelta(hours=1)
"""How far the signer's clock and ours may be apart (RFC 6376, 3.5)."""

ALGORITHMS: Final = {"rsa-sha256": "rsa", "ed25519-sha256": "ed25519"}
SELECTOR = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?\Z")
CANONICAL: Final = {"simple": False, "relaxed": True}
DIGITS = re.compile(r"[0-9]{1,12}\Z")

Keys = Mapping[str, TxtAnswer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature field, read: its tags and what follows from them."""

    field: SignedField
    tags: Mapping[str, str]
    domain: str
    selector: str
    headers: tuple[str, ...]
    relaxed_header: bool
    relaxed_body: bool
    length: int | None

    @property
    def key_name(self) -> str:
        """The name in DNS that its key stands at."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def algorithm(self) -> str:
        """The value of `a=` in lower case."""
        return self.tags["a"].lower()

    def result(self, result: Result, reason: str = "", key_bits: int = 0) -> DkimResult:
        """A result that names this signature."""
        return DkimResult(
            result=result,
            domain=self.domain,
            selector=self.selector,
            algorithm=self.algorithm,
            key_bits=key_bits,
            reason=reason,
        )


class SignatureError(Exception):
    """The field is no signature that can be checked; the message says why, the tags are those that could be read."""

    def __init__(self, reason: str, tags: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.tags = tags or {}

    @property
    def result(self) -> DkimResult:
        """The result of such a field."""
        domain, selector, algorithm = (_shown(self.tags.get(tag, "")) for tag in ("d", "s", "a"))
        return DkimResult(result=Result.PERMERROR, domain=domain, selector=selector, algorithm=algorithm, reason=str(self))


class BrokenError(Exception):
    """A signature does not hold, or is not accepted; the message says why."""

    def __init__(self, result: Result, reason: str, key_bits: int = 0) -> None:
        super().__init__(reason)
        self.result = result
        self.key_bits = key_bits


def signatures_of(mail: SignedMail, from_domain: str) -> tuple[Signature | SignatureError, ...]:
    """The signatures that are looked at, in their order."""
    read = [read_signature(item) for item in mail.every("dkim-signature")]
    ours = [item for item in read if isinstance(item, Signature) and aligned(item.domain, from_domain, strict=False)]
    chosen = (ours + [item for item in read if item not in ours])[:MOST_SIGNATURES]
    return tuple(item for item in read if item in chosen)


def key_names(signatures: tuple[Signature | SignatureError, ...]) -> tuple[str, ...]:
    """The names in DNS of the keys that signatures need, each once."""
    return tuple(dict.fromkeys(item.key_name for item in signatures if isinstance(item, Signature)))


def check_signature(mail: SignedMail, signature: Signature | SignatureError, keys: Keys, now: datetime) -> DkimResult:
    """Whether a signature holds at the time the mail came."""
    if isinstance(signature, SignatureError):
        return signature.result
    try:
        key = verified(mail, signature, keys, now)
    except BrokenError as broken:
        return signature.result(broken.result, str(broken), broken.key_bits)
    repeated = next((name for name in sorted(SINGLE) if len(mail.every(name)) > 1), "")
    if repeated:
        # The lowest one is signed, the topmost is shown.
        return signature.result(Result.POLICY, f"the mail has {repeated} twice", key.bits)
    return signature.result(Result.PASS, key_bits=key.bits)


def verified(mail: SignedMail, signature: Signature, keys: Keys, now: datetime) -> SigningKey:
    """The key that made the signature over this mail; raises BrokenError where it did not, or where it may not count."""
    _check_times(signature.tags, now)
    key = key_of(signature, keys)
    _check_body(mail, signature, key)
    names = signature.headers
    covered = [canonical_field(item, relaxed=signature.relaxed_header) for item in selected(mail.fields, names)]
    check_hash(signature, key, b"".join(covered) + signed_self(signature.field, relaxed=signature.relaxed_header))
    return key


def key_of(signature: Signature, keys: Keys) -> SigningKey:
    """The signer's key; raises BrokenError where there is none, or where it is too weak for anybody to rely on."""
    answer = keys.get(signature.key_name)
    if answer is None or answer.lookup is Lookup.UNAVAILABLE:
        raise BrokenError(Result.TEMPERROR, "DNS did not give the key")
    key = _first_key(answer.records)
    if key.algorithm != ALGORITHMS[signature.algorithm]:
        raise BrokenError(Result.PERMERROR, "the key is of another kind than the signature", key.bits)
    if key.algorithm == "rsa" and key.bits < LEAST_KEY_BITS:
        raise BrokenError(Result.POLICY, f"a key of {key.bits} bits is too weak", key.bits)
    if key.exact_domain and _identity(signature.tags, signature.domain) != signature.domain:
        raise BrokenError(Result.PERMERROR, "the key is not for subdomains", key.bits)
    return key


def _first_key(records: tuple[str, ...]) -> SigningKey:
    """The first key among a name's records; what else stands there is no key (RFC 6376, 3.6.2.2, leaves several open)."""
    fault = "there is no such key"
    for record in records[:MOST_RECORDS]:
        try:
            return read_signing_key(record)
        except SigningKeyError as error:
            fault = str(error)
    raise BrokenError(Result.PERMERROR, fault)


def check_hash(signature: Signature, key: SigningKey, covered: bytes) -> None:
    """Raise BrokenError unless the signature is the key's over these octets."""
    if not key.verifies(_base64(signature.tags["b"]), sha256(covered).digest()):
        raise BrokenError(Result.FAIL, "the header was changed, or the key is another", key.bits)


def signed_self(item: SignedField, *, relaxed: bool) -> bytes:
    """The signature's own field as it enters its hash: without the value of `b=` and without its last CRLF."""
    parts = item.value.split(b";")
    for place, part in enumerate(parts):
        name, equals, _ = part.partition(b"=")
        if equals and name.strip(b" \t\r\n") == b"b":
            parts[place] = name + b"="
    return canonical_field(replace(item, value=b";".join(parts)), relaxed=relaxed).removesuffix(CRLF)


def read_signature(item: SignedField, *, needed: tuple[str, ...] = ("v", "bh", "h")) -> Signature | SignatureError:
    """A DKIM-Signature field, or the field of ARC that is like one; the error where it cannot be checked."""
    try:
        tags = parse_tags(item.value.decode("latin_1"))
    except TagListError as error:
        return SignatureError(str(error))
    if "v" not in needed:
        # In ARC i= is the number of the hop.
        tags = {name: value for name, value in tags.items() if name != "i"}
    try:
        return _signature(item, tags, needed)
    except SignatureError as error:
        return SignatureError(str(error), tags)


def _signature(item: SignedField, tags: Mapping[str, str], needed: tuple[str, ...]) -> Signature:
    absent = [name for name in ("a", "b", "d", "s", *needed) if not tags.get(name)]
    if absent:
        raise SignatureError(f"{absent[0]}= is absent")
    domain, selector = _domain(tags["d"]), tags["s"].lower()
    if not is_host_name(domain) or not SELECTOR.match(selector):
        raise SignatureError("d= or s= is no name")
    _check_constants(tags, needed)
    if not _is_within(_identity(tags, domain), domain):
        raise SignatureError("i= is not within d=")
    header, _, body = tags.get("c", "simple/simple").lower().partition("/")
    body = body or "simple"
    if header not in CANONICAL or body not in CANONICAL:
        raise SignatureError("c= is unknown")
    return Signature(
        field=item,
        tags=tags,
        domain=domain,
        selector=selector,
        headers=_signed_names(tags) if "h" in needed else (),
        relaxed_header=CANONICAL[header],
        relaxed_body=CANONICAL[body],
        length=int(tags["l"]) if "l" in tags else None,
    )


def _check_constants(tags: Mapping[str, str], needed: tuple[str, ...]) -> None:
    if "v" in needed and tags["v"] != "1":
        raise SignatureError("v= is not 1")
    if tags["a"].lower() not in ALGORITHMS:
        raise SignatureError("SHA-1 proves nothing" if tags["a"].lower() == "rsa-sha1" else "a= is unknown")
    if "dns/txt" not in tags.get("q", "dns/txt").lower():
        raise SignatureError("q= is unknown")
    if any(not DIGITS.match(tags[name]) for name in ("t", "x", "l") if name in tags):
        raise SignatureError("t=, x= or l= is no number")
    for name in ("b", "bh"):
        if name in tags:
            _base64(tags[name])


def _signed_names(tags: Mapping[str, str]) -> tuple[str, ...]:
    names = tuple(name.lower() for name in without_blanks(tags["h"]).split(":"))
    if len(names) > MOST_SIGNED_NAMES:
        raise SignatureError(f"h= names more than {MOST_SIGNED_NAMES} fields")
    if "from" not in names:
        raise SignatureError("From is not signed")
    return names


def _check_times(tags: Mapping[str, str], now: datetime) -> None:
    """RFC 6376, 3.5: a signature is good from `t=` to `x=`."""
    since, until = (int(tags[name]) if name in tags else None for name in ("t", "x"))
    moment, slack = int(now.timestamp()), int(CLOCK_SLACK.total_seconds())
    if until is not None and (until + slack < moment or (since is not None and until < since)):
        raise BrokenError(Result.FAIL, f"the signature expired at {_shown_time(until)}")
    if since is not None and since > moment + slack:
        raise BrokenError(Result.FAIL, f"the signature is of {_shown_time(since)}, in the future")


def _check_body(mail: SignedMail, signature: Signature, key: SigningKey) -> None:
    digest, octets = mail.body_digest(relaxed=signature.relaxed_body, length=signature.length)
    if digest != _base64(signature.tags["bh"]):
        raise BrokenError(Result.FAIL, "the body was changed", key.bits)
    if signature.length is not None and signature.length > octets:
        raise BrokenError(Result.PERMERROR, "l= is longer than the body", key.bits)
    if signature.length is not None and signature.length < octets:
        raise BrokenError(Result.POLICY, f"l= leaves {octets - signature.length} octets unsigned", key.bits)


def _identity(tags: Mapping[str, str], domain: str) -> str:
    """The domain of the user or agent that signs (`i=`)."""
    return _domain(tags["i"].rpartition("@")[2]) if tags.get("i") else domain


def _is_within(domain: str, parent: str) -> bool:
    return domain == parent or domain.endswith(f".{parent}")


def _domain(text: str) -> str:
    """A domain in lower-case A-label form; what is none stays as it is and is refused later."""
    octets = text.encode("latin_1")
    try:
        return normalise_domain(octets.decode("utf_8")) or ""
    except UnicodeDecodeError:
        return ""


def _base64(value: str) -> bytes:
    try:
        return base64.b64decode(without_blanks(value), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureError("b= or bh= is no base64") from error


def _shown(text: str) -> str:
    """A value of a field that could not be read, fit to be stored and shown."""
    return "".join(character for character in text[:253] if character.isprintable())


def _shown_time(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return str(seconds)
