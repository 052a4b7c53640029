"""Reports without fields: the recipients, the diagnostic and the kind of failure, from the words of the notification."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parsers.mail.addresses import normalise_domain
from parsers.mail.answers import Fate, RecipientFate
from parsers.mail.bounce_words import DELAY_WORDS, DIVIDERS, GIVEN_UP_WORDS
from parsers.mail.status_codes import code_in, reply_in, status_of

MOST_LINES = 400
LONGEST_LINE = 2000
LONGEST_SPEECH = 16_000
MOST_RECIPIENTS = 50

_ADDRESS = re.compile(r"(?<![\w.+=/@-])([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[\w-]{1,63}\.)+[\w-]{2,63})(?![\w@-])")
_LINE_OF_ADDRESS = re.compile(r"[ \t>*\-•\d.)]{0,12}[<\"'(\[]{0,2}(?:mailto:)?[^\s<>\"'@]{1,64}@[^\s<>\"'@]{3,255}")
_OTHER_FIELD = re.compile(
    r"[ \t>]*(?:from|sender|reply-to|message-id|return-path|references|in-reply-to|received|date|dkim-signature|x-[\w-]+"
    r"|arc-[\w-]+|list-[\w-]+|envelope-from|content-[\w-]+|subject|cc)[ \t]*:",
    re.IGNORECASE,
)
_HELPERS = re.compile(r"(?:postmaster|mailer-?daemon|abuse|support|helpdesk|help|admin|administrator|hostmaster)@", re.IGNORECASE)
_RECIPIENT_LABEL = re.compile(
    r"(?:recipients?|to|rcpt to|address(?:es)?|người nhận|địa chỉ|đến|user|mailbox|failed)\W{0,4}[:<]\W{0,4}\Z", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Notification:
    """The text of a report: whole, and without the message that came back at its end."""

    whole: str
    told: str
    has_copy: bool

    @property
    def sentences(self) -> str:
        """The words without line breaks, as phrases are looked for in them."""
        return " ".join(self.told[:LONGEST_SPEECH].split())

    @classmethod
    def of(cls, text: str) -> "Notification":
        """Cut a text where the returned message begins."""
        divider = next((found for found in DIVIDERS.finditer(text) if text[: found.start()].strip()), None)
        return cls(whole=text, told=text[: divider.start()] if divider else text, has_copy=divider is not None)


def fates_in(
    notification: Notification, failed: Iterable[str], returned: Iterable[str], own: frozenset[str]
) -> tuple[RecipientFate, ...]:
    """The fate of every recipient that the words name, else of those that the returned message went to.

    `failed` were named in a header field; `own` are the addresses of the report itself, which nothing was refused to.
    """
    lines = [line[:LONGEST_LINE] for line in notification.told.split("\n")[:MOST_LINES]]
    fate = kind_of(notification.sentences)
    found = {address.lower(): address for address in failed}
    found |= {} if found else {address.lower(): address for address in _named(lines, own)}
    if not found:
        found = {address.lower(): address for address in returned if address.lower() not in own}
    general, general_status = _diagnostic(lines), status_of(notification.sentences)
    told = []
    for key, address in list(found.items())[:MOST_RECIPIENTS]:
        section = _section(lines, key, found.keys())
        diagnostic = _diagnostic(section) or ("" if status_of(" ".join(section)) else general)
        status = status_of(diagnostic) or status_of(" ".join(section)) or general_status
        told.append(RecipientFate(recipient=address, fate=fate, status=_of_kind(status, fate), diagnostic=diagnostic[:1000]))
    return tuple(told)


def kind_of(text: str) -> Fate:
    """A delay where the words say that it will be tried again and not that it is over, else a failure."""
    head = text[:4000]
    return Fate.DELAYED if DELAY_WORDS.search(head) and not GIVEN_UP_WORDS.search(head) else Fate.FAILED


def _of_kind(status: str, fate: Fate) -> str:
    """The status in the class that its fate has: a delay is never permanent."""
    return f"4{status[1:]}" if fate is Fate.DELAYED and status else status


def _named(lines: list[str], own: frozenset[str]) -> Iterator[str]:
    """The recipients: addresses that begin a line, else those behind a label, else any other."""
    ranked: tuple[list[str], ...] = ([], [], [], [])
    for line in lines:
        if _OTHER_FIELD.match(line):
            continue
        begins = _LINE_OF_ADDRESS.match(line) is not None
        for match in _ADDRESS.finditer(line):
            address = _normal(match[1])
            if address is None:
                continue
            is_labelled = _RECIPIENT_LABEL.search(line[: match.start()]) is not None
            # A report names its own addressee and whom to ask as well; they are meant only where nobody else is named.
            is_aside = address.lower() in own or _HELPERS.match(address) is not None
            ranked[3 if is_aside else 0 if begins else 1 if is_labelled else 2].append(address)
    yield from ranked[0] or ranked[1] or ranked[2][:3] or ranked[3][:1]


def _normal(text: str) -> str | None:
    local, _, host = text.strip(".'").rpartition("@")
    domain = normalise_domain(host)
    return f"{local}@{domain}" if domain and local else None


def _section(lines: list[str], address: str, all_addresses: Iterable[str]) -> list[str]:
    """The lines about one recipient: from where it is named first to where another one is."""
    others = [other for other in all_addresses if other != address]
    start = next((number for number, line in enumerate(lines) if address in line.lower()), None)
    if start is None:
        return []
    section = lines[start : start + 1]
    for line in lines[start + 1 :]:
        if any(other in line.lower() for other in others):
            break
        section.append(line)
    return section


def _diagnostic(lines: list[str]) -> str:
    """What the remote server said: the first line with an enhanced code, else with a reply code, and its continuation."""
    for bears in (code_in, reply_in):
        for number, line in enumerate(lines):
            if bears(line):
                behind = lines[number + 1] if number + 1 < len(lines) else ""
                more = behind.strip() if behind[:1] in {" ", "\t"} and not _ADDRESS.search(behind) else ""
                return f"{line.strip()} {more}".strip()
    return ""
