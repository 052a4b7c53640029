"""Timestamps in a CMS signature beside the one over its value: which there are, and what those prove that we can compute.

The content timestamp proves that the document is no younger, the archive timestamp of version 3 that the signature is not;
those of the other kinds, and evidence records, are recognised and said to be unchecked.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from asn1crypto import cms, core

from parsers.signatures.cms_message import SignedMessage
from parsers.signatures.cms_signers import Signer, digest
from parsers.signatures.engine import ENGINE_FAULTS, Imprint

CONTENT_STAMP = "content_time_stamp"
ARCHIVE_STAMP_3 = "0.4.0.1733.2.4"
HASH_INDEXES = frozenset({"0.4.0.1733.2.5", "0.4.0.19122.1.4", "0.4.0.19122.1.5"})
"""ats-hash-index and its two later versions (EN 319 122-1, 5.5.2)."""

UNCOMPUTED_STAMPS = {
    "1.2.840.113549.1.9.16.2.25": "references timestamp",
    "1.2.840.113549.1.9.16.2.26": "certificate references timestamp",
    "1.2.840.113549.1.9.16.2.27": "archive timestamp 1",
    "1.2.840.113549.1.9.16.2.48": "archive timestamp 2",
    "0.4.0.1733.2.3": "long-term validation",
    "microsoft_time_stamp_token": "Microsoft timestamp",
}
"""CAdES timestamps of older specifications (TS 101 733, 6), and one that is no part of any."""

EVIDENCE_RECORDS = frozenset({"1.2.840.113549.1.9.16.2.49", "1.2.840.113549.1.9.16.2.50"})
"""Internal and external evidence record (RFC 4998, 5)."""

MAX_STAMPS = 8
"""Timestamps of one kind looked at in one signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """One timestamp found in a signature; `imprint` is None where what it is over is not computed here.

    `token` is None for an evidence record, which is a tree of timestamps.

    `proves_signature` says that it covers the signature value and so proves when that existed.
    """

    name: str
    token: cms.SignedData | None
    imprint: Imprint | None
    proves_signature: bool = False


def stamps_of(signer: Signer, message: SignedMessage, content: bytes | None) -> list[Stamp]:
    """Every timestamp of a signer but the one over its signature value; what is no token at all is left out."""
    found: list[Stamp] = []
    imprint = None if content is None else imprint_of(content)
    found += [
        Stamp(name=f"content timestamp {number}", token=token, imprint=imprint)
        for number, token in numbered(signer, CONTENT_STAMP, signed=True)
    ]
    for number, token in numbered(signer, ARCHIVE_STAMP_3, signed=False):
        over = None if content is None else archive_imprint(signer, token, message, content)
        found.append(Stamp(name=f"archive timestamp {number}", token=token, imprint=over, proves_signature=True))
    for kind, name in UNCOMPUTED_STAMPS.items():
        found += [
            Stamp(name=f"{name} ({number})", token=token, imprint=None) for number, token in numbered(signer, kind, signed=False)
        ]
    records = sum(len(signer.attributes(kind, signed=False)) for kind in EVIDENCE_RECORDS)
    numbers = range(1, 1 + min(MAX_STAMPS, records))
    return found + [Stamp(name=f"evidence record {number}", token=None, imprint=None) for number in numbers]


def numbered(signer: Signer, kind: str, *, signed: bool) -> Iterator[tuple[int, cms.SignedData]]:
    """The tokens of one kind of attribute, from 1 on."""
    try:
        values = signer.attributes(kind, signed=signed)[:MAX_STAMPS]
    except ENGINE_FAULTS:
        return
    for number, value in enumerate(values, start=1):
        try:
            token = cms.ContentInfo.load(value.dump())["content"]
        except ENGINE_FAULTS:
            continue
        if isinstance(token, cms.SignedData):
            yield number, token


def imprint_of(content: bytes) -> Imprint:
    """The imprint of a timestamp over some bytes."""
    return lambda algorithm: digest(algorithm, content)


def archive_imprint(signer: Signer, token: cms.SignedData, message: SignedMessage, content: bytes) -> Imprint | None:
    """What an archive timestamp of version 3 is over (EN 319 122-1, 5.5.3); None where it lacks its hash index.

    The type of the content, the digest of the content, the signer's fields as they stand, and the hash index. That the index
    lists every certificate of the message does not matter for what we take it for: that the signature existed.
    """
    try:
        index = hash_index(token)
        if index is None:
            return None
        kind = message.signed["encap_content_info"]["content_type"].dump()
        fields = core.Sequence.load(signer.bare).contents
    except ENGINE_FAULTS:
        return None
    return lambda algorithm: digest(algorithm, kind + digest(algorithm, content) + fields + index)


def hash_index(token: cms.SignedData) -> bytes | None:
    """The one hash index in the unsigned attributes of a token, as it stands."""
    attributes = token["signer_infos"][0]["unsigned_attrs"] or ()
    found = [value.dump() for item in attributes if item["type"].dotted in HASH_INDEXES for value in item["values"]]
    return bytes(found[0]) if len(found) == 1 else None


def token_time(token: cms.SignedData | None) -> float:
    """Seconds since 1970 that a token claims, to order tokens by; 0 where it cannot be read."""
    if token is None:
        return 0.0
    try:
        return float(token["encap_content_info"]["content"].parsed["gen_time"].native.timestamp())
    except ENGINE_FAULTS:
        return 0.0


def is_token(message: SignedMessage) -> bool:
    """Whether a message is a timestamp token by itself."""
    return message.content_type == "tst_info"


def stamped_digest(message: SignedMessage) -> tuple[str, bytes] | None:
    """Algorithm and digest of the file that a token is over, None where it cannot be read."""
    try:
        imprint = message.signed["encap_content_info"]["content"].parsed["message_imprint"]
        return str(imprint["hash_algorithm"]["algorithm"].native), bytes(imprint["hashed_message"].native)
    except ENGINE_FAULTS:
        return None
