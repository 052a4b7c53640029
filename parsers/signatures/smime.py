"""S/MIME (RFC 8551): where in a mail a signature stands, what it is over, and whether its signer is the sender.

A signature over a part of a mail says nothing about the rest, and one by somebody else than the sender nothing about the
sender; cryptography sees neither (measured: nineteen of twenty-six attacks on mail programs verify). So both are said of
every signature: whether the signed part is the whole message, and whether From is the signer.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from asn1crypto import x509

from parsers.files.model import ContainedFile, FileKind
from parsers.files.signed_data import signed_content
from parsers.mail.addresses import names_other_address
from parsers.mail.message import parse_message
from parsers.mail.mime import leaves
from parsers.mail.model import Message, MessageCode, Part
from parsers.mail.transfer import decode_transfer
from parsers.signatures.certificates import emails_of
from parsers.signatures.cms import check_cms, check_message
from parsers.signatures.cms_content import with_line_ends
from parsers.signatures.cms_message import SignedMessage, UnsignedMessageError, read_message
from parsers.signatures.cms_signers import digest, signer_of
from parsers.signatures.cms_walk import MailView
from parsers.signatures.engine import ENGINE_FAULTS
from parsers.signatures.findings import Findings, Request, fault
from parsers.signatures.model import Reason

OPAQUE_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
MIME_ENTITY = re.compile(rb"(?:[A-Za-z-]{1,80}:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?i:content-type):")
"""The beginning of what a mail program signs; anything else inside is a document."""
TYPE_FIELD = re.compile(rb"^content-type[ \t]*:", re.IGNORECASE | re.MULTILINE)
BOUNDARY = re.compile(rb"[;\s]boundary(?:\*[0-9]*\*?)?\s*=", re.IGNORECASE)
MAX_ENTITIES = 50
"""Mails and wrapped entities looked into, one inside another or beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSignature:
    """One signature of a mail: the message that holds it, and what it is over.

    `signed` are the bytes of the signed part as they stand in the mail, None where the signature wraps them. `sender` is the
    one clear address in From, empty where there is none. `is_whole` and `sender` are None for the signature of a text that
    only looks like a mail.
    """

    path: str
    holder: Part
    signed: bytes | None
    is_whole: bool | None
    sender: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A mail, an attached mail, or what a signature wraps. `is_whole` tells whether it is all that its mail shows."""

    raw: bytes
    message: Message
    prefix: str
    is_whole: bool | None
    sender: str | None


def mail_signatures(raw: bytes, message: Message, files: Sequence[ContainedFile]) -> dict[str, MailSignature]:
    """The signatures of a mail and of the mails inside it, by the paths of the files that hold them.

    `files` are those of the mail, what holds others before what it holds.
    """
    entities = [Entity(raw=raw, message=message, prefix="", is_whole=True, sender=sender_of(message))]
    found: dict[str, MailSignature] = {place.path: place for place in places_in(entities[0])}
    for file in files:
        entity = entity_in(file, found) if len(entities) < MAX_ENTITIES else None
        if entity is not None:
            entities.append(entity)
            found.update((place.path, place) for place in places_in(entity))
    return found


def entity_in(file: ContainedFile, found: dict[str, MailSignature]) -> Entity | None:
    """The mail that a file is, or the entity that a signature of a mail wraps."""
    prefix = f"{file.path}!"
    if file.kind is FileKind.MESSAGE and file.media_type == "message/rfc822":
        message = parse_message(file.content)
        return Entity(raw=file.content, message=message, prefix=prefix, is_whole=True, sender=sender_of(message))
    place = found.get(file.path)
    wrapped = signed_content(file.content) if place is not None and place.signed is None else None
    if place is None or wrapped is None:
        return None
    message = parse_message(wrapped)
    # A wrapped entity has no sender of its own, unless the whole mail was wrapped with its header (RFC 8551, 3.1), whose From
    # has to be that of the mail around it.
    has_other = bool(message.headers.from_) and sender_of(message) != place.sender
    sender = "" if has_other else place.sender
    return Entity(raw=wrapped, message=message, prefix=prefix, is_whole=place.is_whole, sender=sender)


def places_in(entity: Entity) -> Iterator[MailSignature]:
    """The signatures of one message, as its tree of parts tells them."""
    root = entity.message.root
    is_clear = entity.is_whole and is_read_alike(entity)
    for part in parts_of(root):
        if part.media_type == "multipart/signed" and len(part.children) > 1:
            first, last = part.children[0], part.children[1]
            yield MailSignature(
                path=entity.prefix + last.path,
                holder=last,
                signed=entity.raw[first.header.start : first.body.end],
                # A third part is signed by nobody, and a signed part beside others is not the message.
                is_whole=is_clear and (part is root and len(part.children) == 2),
                sender=entity.sender,
            )
    for leaf in leaves(root):
        if is_envelope(leaf) and wraps_entity(entity.raw, leaf):
            is_whole = is_clear and (leaf is root)
            yield MailSignature(path=entity.prefix + leaf.path, holder=leaf, signed=None, is_whole=is_whole, sender=entity.sender)


def is_read_alike(entity: Entity) -> bool:
    """Whether all readers find the same parts: a second type or a second boundary is another mail to some of them."""
    head = entity.message.root.header.of(entity.raw)
    return len(TYPE_FIELD.findall(head)) < 2 and len(BOUNDARY.findall(head)) < 2


def parts_of(part: Part) -> Iterator[Part]:
    """A part and all below it."""
    yield part
    for child in part.children:
        yield from parts_of(child)


def is_envelope(leaf: Part) -> bool:
    """Whether a part may be an opaque signature by its type or, for programs that know no such type, by its name."""
    return leaf.media_type in OPAQUE_TYPES or (leaf.filename or "").casefold().endswith(".p7m")


def wraps_entity(raw: bytes, leaf: Part) -> bool:
    """Whether an opaque signature wraps a part of a mail; a signed document that was attached wraps a document."""
    content = signed_content(content_of(raw, leaf))
    return content is not None and MIME_ENTITY.match(content[:4000]) is not None


def sender_of(message: Message) -> str:
    """The address in From, empty unless it is one, and its display name names no other."""
    senders = message.headers.from_
    several = any(finding.code == MessageCode.SEVERAL_FROM for finding in message.findings)
    if several or len(senders) != 1 or names_other_address(senders[0]):
        return ""
    return senders[0].address.casefold()


def check_entity(raw: bytes, request: Request) -> Findings:
    """Check all signatures of a file that looks like a mail and was not opened as one; what it attaches is not looked into.

    It may be an old mail of anybody that a stranger has attached as a text: about the mail that brings it, its signatures say
    nothing, so neither whether they are over the whole message nor whether they are by the sender is asked.
    """
    entity = Entity(raw=raw, message=parse_message(raw), prefix="", is_whole=None, sender=None)
    found = [
        check_mail_signature(content_of(raw, place.holder), place, request, prefix=f"{place.path}/")
        for place in islice(places_in(entity), request.limits.signatures)
    ]
    root = entity.message.root
    if not found and is_envelope(root):
        # A document in a header's clothes, as openssl writes it unasked.
        return check_cms(content_of(raw, root), request)
    if not found:
        return Findings(problem=Reason.UNREADABLE, detail="no signature where the mail says that there is one", seen=1)
    return Findings(
        reports=tuple(report for one in found for report in one.reports),
        seen=sum(one.seen for one in found),
        problem=next((one.problem for one in found if one.problem is not None), None),
        detail="; ".join(one.detail for one in found if one.detail),
        covers=tuple(dict.fromkeys(digest for one in found for digest in one.covers)),
        material=tuple(piece for one in found for piece in one.material),
        unchecked=tuple(name for one in found for name in one.unchecked),
    )


def content_of(raw: bytes, part: Part) -> bytes:
    """The decoded content of a part."""
    return decode_transfer(part.body.of(raw), part.transfer_encoding).content


def check_mail_signature(content: bytes, place: MailSignature, request: Request, *, prefix: str = "") -> Findings:
    """Check one signature of a mail; `prefix` goes before the names of its signatures.

    Whatever the engine raises is a problem of this signature, never an exception.
    """
    try:
        message = read_message(content)
        view = MailView(prefix=prefix, is_whole=place.is_whole, matches=lambda certificate: is_sender(certificate, place.sender))
        if place.signed is None:
            return check_message(message, message.content, request, view)
        if message.content is not None:
            message = replace(message, fault="content inside a signature that is over a part of the mail")
        return check_message(message, as_signed(message, place.signed), request, view)
    except UnsignedMessageError as error:
        return Findings(problem=error.reason, detail=error.detail, seen=int(error.reason is Reason.UNREADABLE))
    except Exception as error:  # noqa: BLE001 - a hostile file chooses what the engine raises; "not checked" is the only answer.
        return Findings(problem=Reason.UNREADABLE, detail=fault(error), seen=1)


def is_sender(certificate: x509.Certificate | None, sender: str | None) -> bool | None:
    """Whether a certificate names the sender's address; one without any address names nobody's. None if there is no mail."""
    if sender is None:
        return None
    if certificate is None or not sender:
        return False
    try:
        return sender in {address.casefold() for address in emails_of(certificate)}
    except ENGINE_FAULTS:
        return False


def as_signed(message: SignedMessage, part: bytes) -> bytes:
    """The part with CRLF line ends, as it has to be signed (RFC 8551, 3.1.1); as it stands if that is what was signed."""
    canonical = with_line_ends(part)
    if canonical != part and any(digest_fits(message, part)):
        return part
    return canonical


def digest_fits(message: SignedMessage, content: bytes) -> Iterable[bool]:
    """For each signer, whether it signed the digest of this content."""
    for data in message.signers:
        signer = signer_of(data, ())
        claimed = signer.claimed_digest
        yield claimed is not None and claimed == digest(signer.digest_algorithm, content)
