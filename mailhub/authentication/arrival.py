"""What is known of a mail from outside it: the door it came through, its envelope, and what DNS says of its sender."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from mailhub import codec
from mailhub.authentication.resolver import Asking, Dns
from mailhub.authentication.spf import check_spf, ip_of
from mailhub.checking.jobs import QuestionsJob
from mailhub.checking.protocol import ReadJob
from parsers.mail.authentication import NO_SPF, Method, SenderEvidence, SenderQuestions, SpfResult, TxtAnswer
from parsers.mail.dmarc import is_host_name, organisational_domain, record_names
from storage import mailboxes
from storage.records import CaptureDraft

HEADER_OCTETS: Final = 256 << 10
"""A header is read no further, so nothing beyond it raises a question."""

SMTP = "smtp"


class Readers(Protocol):
    """The part of the reader pool that is needed: the header is looked at where a hostile mail does no harm."""

    def read(self, job: ReadJob, /) -> bytes:
        """Run one job in a child."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """The border server: the identity of its results, where it connects from, its hosts, and what its mailboxes are worth.

    `mailboxes` maps IMAP accounts to the identity under which their provider writes results.
    """

    authserv_id: str = ""
    networks: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    mailboxes: Mapping[str, str] = field(default_factory=dict)

    @property
    def known_ids(self) -> tuple[str, ...]:
        """All identities that somebody might forge."""
        return tuple(dict.fromkeys(name for name in (self.authserv_id, *self.mailboxes.values()) if name))

    def is_peer(self, peer: str) -> bool:
        """Whether the border server connects from this address."""
        address = ip_of(peer)
        return address is not None and any(
            ipaddress.ip_address(address) in ipaddress.ip_network(network) for network in self.networks
        )

    def evidence(self, capture: CaptureDraft) -> SenderEvidence:
        """What the way that a mail came says of the results and marks that it carries."""
        by_mailbox = self.mailboxes.get(mailboxes.account_name(capture.door_key), "") if capture.door == mailboxes.DOOR else ""
        from_border = capture.door == SMTP and self.is_peer(capture.peer)
        return SenderEvidence(
            border_id=by_mailbox or (self.authserv_id if from_border else ""),
            border_hosts=self.hosts,
            any_hop=bool(by_mailbox),
            known_ids=self.known_ids,
            # Nobody forges a mark in a file that was put into a folder of this machine.
            junk_believed=bool(by_mailbox) or from_border or capture.door not in {mailboxes.DOOR, SMTP},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderChecks:
    """Gathers the evidence about a mail. Without `dns` nothing is asked; without a border server too, nothing is checked."""

    readers: Readers
    border: Border
    dns: Dns | None = None
    arc_sealers: tuple[str, ...] = ()

    def evidence(self, capture: CaptureDraft, raw: bytes) -> SenderEvidence:
        """Everything about one mail, asked now; a DNS that does not answer is an answer of its own. Raises ReaderFailedError."""
        known = replace(self.border.evidence(capture), login=capture.auth)
        if self.dns is None:
            return replace(known, method=Method.BORDER if self.border.authserv_id else Method.OFF)
        known = replace(known, method=Method.DNS, arc_sealers=self.arc_sealers)
        questions = self._questions(raw, known)
        asking = self.dns.asking()
        return replace(
            known,
            spf=self._spf(asking, capture),
            answers=answers_to(asking, questions),
            from_domain_exists=existence(asking, questions.from_domain),
        )

    def _questions(self, raw: bytes, known: SenderEvidence) -> SenderQuestions:
        job = ReadJob(function="questions_job", header=codec.encode(QuestionsJob(evidence=known)), body=header_of(raw))
        return codec.decode(self.readers.read(job), SenderQuestions)

    def _spf(self, asking: Asking, capture: CaptureDraft) -> SpfResult:
        """The border server and a mailbox's provider took the mail from its sender, not we: their host proves nothing."""
        if capture.door != SMTP or self.border.is_peer(capture.peer):
            return replace(NO_SPF, reason="the mail came through another server of ours")
        return check_spf(asking, peer=capture.peer, mail_from=capture.mail_from, helo=capture.helo)


def header_of(raw: bytes) -> bytes:
    """The mail up to the end of its header, or as far as a header is read."""
    end = raw.find(b"\r\n\r\n", 0, HEADER_OCTETS)
    return raw[: end + 4] if end >= 0 else raw[:HEADER_OCTETS]


def answers_to(asking: Asking, questions: SenderQuestions) -> tuple[TxtAnswer, ...]:
    """The policy records of the From domain and the keys; what a child asks for is believed no further than its form."""
    if not is_host_name(questions.from_domain):
        return ()
    names = (*record_names(questions.from_domain), *questions.key_names)
    return tuple(asking.txt(name) for name in dict.fromkeys(names) if is_host_name(name))


def existence(asking: Asking, from_domain: str) -> bool | None:
    """Whether the From domain is in DNS, where that decides: below an organisational domain that asks it of them."""
    if not is_host_name(from_domain) or organisational_domain(from_domain) == from_domain:
        return None
    own, *above = (asking.txt(name) for name in record_names(from_domain))
    asked_for = not own.records and any("np" in text for answer in above for text in answer.records)
    return asking.exists(from_domain) if asked_for else None
