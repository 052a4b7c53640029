"""What the mail itself says beside its attachments: its own words, announcements of paper, links to file stores."""

import re
from collections.abc import Iterator

from parsers.finding import Confidence, Finding, Source
from parsers.folding import clean
from parsers.letter import LetterCode, LetterRules
from parsers.letters.phrases import find_phrase, opens_with, without_openings
from parsers.letters.references import Reference, references_in

_LINK = re.compile(r"https?://([^\s/<>\"'\]]{3,100})([^\s<>\"'\]]{0,300})", re.IGNORECASE)
_REPLY = re.compile(r"^\s*([^\W\d_]{2,10}(?:\s[^\W\d_]{2,8})?)\s*(?:\[\d+\])?\s*:", re.UNICODE)
_BEFORE_REFERENCE = 45
_LONGEST_NOTE = 600


def own_text(body: str, rules: LetterRules) -> str:
    """The body without what it quotes from other mails."""
    kept: list[str] = []
    for line in body.splitlines():
        text = line.strip()
        if text.startswith(">"):
            continue
        if opens_quotation(text, rules):
            break
        kept.append(line)
    return clean_lines(kept)


def clean_lines(lines: list[str]) -> str:
    """NFC lines."""
    return "\n".join(clean(line.expandtabs()) for line in lines)


def opens_quotation(text: str, rules: LetterRules) -> bool:
    """Whether the line introduces a quoted mail."""
    folded = clean(text)
    if folded.startswith(("----", "____")) and (opens_with(rules.quotation_openings, folded.strip("-_ ")) or "___" in folded):
        return True
    ends = any(folded.casefold().endswith(ending) for ending in rules.quotation_endings)
    return (opens_with(rules.quotation_openings, folded) is not None and (ends or folded.startswith("-"))) or (
        ends and "@" in folded
    )


def is_reply(subject: str, rules: LetterRules) -> bool:
    """Whether the subject marks the mail as an answer."""
    prefix = _REPLY.match(clean(subject))
    return prefix is not None and opens_with(rules.reply_prefixes, prefix[1] + " ") is not None


def paper_finding(subject: str, body: str, rules: LetterRules) -> Finding | None:
    """The announcement that paper comes, or is all that comes; doubtful where only the subject names a number."""
    for text, source, place in (
        (subject, Source.HEADER, "header Subject"),
        (own_text(body, rules), Source.TEXT_LAYER, "mail text"),
    ):
        found = find_phrase(rules.paper_announcements, clean(text))
        if found:
            return Finding(
                code=LetterCode.PAPER_ANNOUNCED,
                source=source,
                place=place,
                confidence=Confidence.LIKELY,
                evidence=clean(text)[found.start() : found.end()],
            )
    if is_reply(subject, rules) or is_note(body, rules):
        return None
    reference = leading_reference(subject, rules)
    if reference is None:
        return None
    return Finding(
        code=LetterCode.PAPER_ANNOUNCED,
        source=Source.HEADER,
        place="header Subject",
        confidence=Confidence.DOUBTFUL,
        evidence=reference.printed,
    )


def is_note(body: str, rules: LetterRules) -> bool:
    """A short human answer: thanks, or that something arrived."""
    text = own_text(body, rules).strip()
    return len(text) < _LONGEST_NOTE and find_phrase(rules.thanks, text) is not None


def leading_reference(subject: str, rules: LetterRules) -> Reference | None:
    """The reference that the subject opens with, at most the name of a type before it: the letter's own number."""
    text = clean(subject)
    reference = next(references_in(text, rules), None)
    if reference is None:
        return None
    before = text[: text.find(reference.number)]
    label = re.sub(r"[\[\]():\-–_]", " ", before)
    openers = (
        *rules.document_types.values(),
        *rules.document_types,
        *rules.titled_types,
        *rules.number_labels,
        *rules.reference_openers,
    )
    return reference if not without_openings(openers, label.strip()) and len(before) <= _BEFORE_REFERENCE else None


def link_findings(body: str, rules: LetterRules) -> tuple[Finding, ...]:
    """Links to file stores in the mail's own words; they are named and never fetched."""
    return tuple(
        Finding(
            code=LetterCode.EXTERNAL_LINK,
            source=Source.TEXT_LAYER,
            place="mail text",
            confidence=Confidence.LIKELY,
            evidence=host,
        )
        for host in dict.fromkeys(_sharing_hosts(own_text(body, rules), rules))
    )


def _sharing_hosts(text: str, rules: LetterRules) -> Iterator[str]:
    for match in _LINK.finditer(text):
        host = match[1].lower().partition(":")[0].rstrip(".")
        address = host + match[2].lower()
        if any(_is_on(host, address, store) for store in rules.file_sharing_hosts):
            yield host


def _is_on(host: str, address: str, store: str) -> bool:
    if "/" in store:
        return address.startswith(store)
    return host == store or host.endswith("." + store)
