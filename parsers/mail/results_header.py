"""Authentication-Results (RFC 8601): the field read without recursion, and whose results count."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from parsers.mail.addresses import normalise_domain
from parsers.mail.authentication import Result
from parsers.mail.canonical import SignedField

MOST_OCTETS: Final = 16_384
MOST_RESULTS: Final = 50

_PIECE = re.compile(
    r"""(?P<blank>[ \t\r\n]+)
      | (?P<quoted>"(?:[^"\\]|\\.)*")
      | (?P<open>".*)
      | (?P<mark>[;=()])
      | (?P<word>[^ \t\r\n";=()\\]+)
      | (?P<stray>.)""",
    re.VERBOSE | re.DOTALL,
)
_COMMENT_MARK = re.compile(r"\\.|[()]", re.DOTALL)
_BY = re.compile(rb"(?:\A|[ \t\r\n])by[ \t\r\n]+([A-Za-z0-9_.:\[\]-]{1,255})", re.IGNORECASE)
_POLICY_COMMENT = re.compile(r"(?:\A|[\s(;,])(s?p)=(none|quarantine|reject)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodResult:
    """One result: `dkim=pass`, its reason, its properties (`header.d`) and the text of its comments."""

    method: str
    result: Result | None
    reason: str = ""
    properties: tuple[tuple[str, str], ...] = ()
    comment: str = ""

    def value(self, *names: str) -> str:
        """The first of these properties that is there, empty where none is.

        One that stands twice with different values is worth nothing: a sender's address may have broken out of its quotes.
        """
        values: dict[str, set[str]] = {}
        for name, value in self.properties:
            values.setdefault(name, set()).add(value)
        found = next((values[name] for name in names if values.get(name)), set())
        return next(iter(found)) if len(found) == 1 else ""

    def domain(self, *names: str) -> str:
        """The domain of the first of these properties, in lower-case A-label form; an address gives its domain."""
        return normalise_domain(self.value(*names).rpartition("@")[2]) or ""

    def policy(self, *, subdomain: bool = False) -> str:
        """The policy of DMARC that the server names, in a property or, as most do, in a comment; for a subdomain its own."""
        named = self.value("policy.published-domain-policy", "policy.dmarc").lower()
        told = {tag.lower(): word.lower() for tag, word in reversed(_POLICY_COMMENT.findall(self.comment))}
        return named or (told.get("sp", "") if subdomain else "") or told.get("p", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationResults:
    """The results of one field and the identity of the server that gives them."""

    authserv_id: str
    results: tuple[MethodResult, ...]

    def of(self, method: str) -> tuple[MethodResult, ...]:
        """The results of one method."""
        return tuple(item for item in self.results if item.method == method)

    def dmarc_passes(self, from_domain: str) -> bool:
        """Whether DMARC passed for exactly this domain in From, and no other result for it stands beside that."""
        told = [item.result for item in self.of("dmarc") if from_domain and item.domain("header.from") == from_domain]
        return set(told) == {Result.PASS}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def read_results(value: bytes) -> AuthenticationResults | None:
    """A field's value; None where it names no server. Results that cannot be read are left out."""
    text = value[:MOST_OCTETS].decode("utf_8", "replace")
    statements = list(_statements(text))
    head = [token for token in statements[0] if token.kind != "comment"] if statements else []
    if not head or head[0].kind not in {"word", "quoted"} or not head[0].text:
        return None
    read = (_method_result(tokens) for tokens in statements[1 : MOST_RESULTS + 1])
    return AuthenticationResults(authserv_id=head[0].text.lower(), results=tuple(item for item in read if item is not None))


def trusted_results(
    fields: Sequence[SignedField], authserv_id: str, *, own_hosts: Collection[str], any_hop: bool
) -> AuthenticationResults | None:
    """The topmost results of this server that stand before any Received field of a foreign host; None without any.

    Received fields of `own_hosts` and of the server itself are its own hops. With `any_hop`, for mailboxes of a provider
    that strips forged copies, hops do not matter.
    """
    own = {authserv_id.lower(), *(host.lower() for host in own_hosts)}
    for item in fields:
        if item.key == "received" and not any_hop and received_by(item) not in own:
            return None
        if item.key == "authentication-results":
            read = read_results(item.value)
            if read is not None and read.authserv_id == authserv_id.lower():
                return read
    return None


def claimed_elsewhere(
    fields: Sequence[SignedField], ids: Collection[str], own_hosts: Collection[str], *, from_outside: bool
) -> tuple[str, ...]:
    """Identities of ours under which results stand behind a foreign hop: somebody forged them.

    `from_outside`: the mail did not come from one of our servers, so that none of its fields is ours.
    """
    ours = {name.lower() for name in ids}
    own = ours | {host.lower() for host in own_hosts}
    foreign, forged = from_outside, []
    for item in fields:
        foreign = foreign or (item.key == "received" and received_by(item) not in own)
        if foreign and item.key == "authentication-results":
            read = read_results(item.value)
            if read is not None and read.authserv_id in ours:
                forged.append(read.authserv_id)
    return tuple(dict.fromkeys(forged))


def received_by(item: SignedField) -> str:
    """The host that a Received field says took the mail, in lower case; empty where it names none."""
    found = _BY.search(item.value)
    return found[1].decode("latin_1").lower().rstrip(".") if found else ""


def _statements(text: str) -> Iterator[list[_Token]]:
    """The tokens between semicolons, comments kept as one token each."""
    statement: list[_Token] = []
    for token in _tokens(text):
        if token == _Token("mark", ";"):
            yield statement
            statement = []
        elif token.kind != "blank":
            statement.append(token)
    yield statement


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        if text[position] == "(":
            end = _comment_end(text, position)
            yield _Token("comment", text[position + 1 : end - 1])
            position = end
            continue
        match = _PIECE.match(text, position)
        if match is None:
            return
        kind = match.lastgroup or "stray"
        yield _Token(kind, _unquoted(match[0]) if kind == "quoted" else match[0])
        position = match.end()


def _comment_end(text: str, start: int) -> int:
    """Offset behind the comment that starts here; one that never ends takes the rest."""
    depth = 0
    for match in _COMMENT_MARK.finditer(text, start):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0 and match[0] == ")":
            return match.end()
    return len(text)


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)


def _method_result(tokens: list[_Token]) -> MethodResult | None:
    """`method=result (comment) reason=x ptype.property=value …`; None for `none` and for what is no result."""
    comment = " ".join(token.text for token in tokens if token.kind == "comment")
    pairs = list(_pairs([token for token in tokens if token.kind != "comment"]))
    if not pairs:
        return None
    (method, word), rest = pairs[0], pairs[1:]
    return MethodResult(
        method=method.partition("/")[0].lower(),
        result=_result(word),
        reason=next((value for name, value in rest if name.lower() == "reason"), ""),
        properties=tuple((name.lower(), value) for name, value in rest if "." in name),
        comment=comment,
    )


def _pairs(tokens: list[_Token]) -> Iterator[tuple[str, str]]:
    """The `name=value` pairs; a value may itself hold `=`, as base64 does."""
    for place, token in enumerate(tokens):
        if token == _Token("mark", "=") and 0 < place < len(tokens) - 1:
            name, value = tokens[place - 1], tokens[place + 1]
            if name.kind == "word" and value.kind in {"word", "quoted"}:
                yield name.text, value.text


def _result(word: str) -> Result | None:
    """The result's word; `hardfail` is an old one, and methods of others may say what we do not know."""
    text = word.lower()
    if text in set(Result):
        return Result(text)
    return Result.FAIL if text == "hardfail" else None
