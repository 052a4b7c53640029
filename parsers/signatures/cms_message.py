"""CMS messages as they come: armour off, one message read, its content compared with what other readers of the mail see."""

import codecs
from dataclasses import dataclass
from itertools import islice

from asn1crypto import cms, core, parser, pem, tsp

from parsers.errors import ParseError
from parsers.files.signed_data import from_base64, signed_content, values_in
from parsers.signatures.detect import HEADER_WITHIN, PDF_HEADER
from parsers.signatures.model import Reason

ENCRYPTED = frozenset({"enveloped_data", "signed_and_enveloped_data", "encrypted_data", "authenticated_enveloped_data"})
PADDING = b"\x00\t\n\x0b\x0c\r "
"""What may follow a message: line ends of a mail, and the zeros with which signing software fills a reserved space."""

END_OF_ARMOUR = b"-----END "

PEM_7 = b"-----BEGIN PKCS #7 SIGNED DATA-----"

MAX_ELEMENTS = 10_000
"""Values read side by side, such as the signers of a message."""


class Encapsulated(core.Sequence):  # type: ignore[misc]
    """EncapsulatedContentInfo whose content is left as it is: the engine would read it by its type and stumble over it."""

    _fields = [  # noqa: RUF012 - the name and the shape that asn1crypto asks for.
        ("content_type", core.ObjectIdentifier),
        ("content", core.OctetString, {"explicit": 0, "optional": True}),
    ]


class UnsignedMessageError(Exception):
    """A CMS message that holds no signature that could be read, with the reason for the report."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMessage:
    """A SignedData (RFC 5652, 5). `content` is what it encapsulates, None where it is detached.

    `signers` are its SignerInfos, as they stand and in their order; `digests` the algorithms that it announces for them.
    `fault` says why the message as a whole is malformed; `tail_ok` that nothing but padding follows it.
    """

    signed: cms.SignedData
    signers: tuple[bytes, ...]
    digests: frozenset[str]
    content_type: str
    content: bytes | None
    tail_ok: bool
    fault: str = ""


def read_message(content: bytes) -> SignedMessage:
    """One signed message of DER, BER, PEM or base64; UnsignedMessageError or an engine's fault where it is none."""
    data = without_armour(content)
    size = encoded_size(data)
    signed = signed_data(data[:size])
    read_fully(signed["version"])
    info = Encapsulated.load(signed["encap_content_info"].dump())
    carried = encapsulated(info)
    clear = carried == signed_content(data) and not hides_document(content, signed, carried)
    return SignedMessage(
        signed=signed,
        signers=tuple(elements(signed["signer_infos"].contents)),
        digests=frozenset(str(method["algorithm"].native) for method in signed["digest_algorithms"]),
        content_type=str(cms.ContentType(info["content_type"].dotted).native),
        content=carried,
        tail_ok=not data[size:].strip(PADDING) and not behind_armour(content).strip(PADDING),
        fault="" if clear else "its content depends on who reads it",
    )


def read_fully(value: core.Asn1Value) -> None:
    """Read a field of which only the form counts; ValueError where it is none. The engine looks into no field unasked."""
    _ = value.native


def hides_document(content: bytes, signed: cms.SignedData, carried: bytes | None) -> bool:
    """Whether viewers would find a PDF in a message that is not its content.

    They look for the header behind other bytes too, and a message has fields that nobody signs.
    """
    head = content[:HEADER_WITHIN]
    if PDF_HEADER not in head:
        return False
    in_front = b"".join(elements(signed.contents)[:2])
    return PDF_HEADER in in_front or head.count(PDF_HEADER) > (carried or b"")[:HEADER_WITHIN].count(PDF_HEADER)


def without_armour(content: bytes) -> bytes:
    """The binary message."""
    if PEM_7 in content:
        # A label that RFC 7468, 6, knows as an older one, and the engine not at all.
        content = content.replace(PEM_7, b"-----BEGIN PKCS7-----").replace(
            PEM_7.replace(b"BEGIN", b"END"), b"-----END PKCS7-----"
        )
    if pem.detect(content):
        return bytes(pem.unarmor(content.removeprefix(codecs.BOM_UTF8))[2])
    return from_base64(content)


def behind_armour(content: bytes) -> bytes:
    """What follows a PEM armour; a text in front of it is a heading (RFC 7468, 2), a text behind it nothing."""
    if not pem.detect(content):
        return b""
    line = content[content.find(END_OF_ARMOUR) :]
    return line[line.find(b"-----", len(END_OF_ARMOUR)) + 5 :]


def encoded_size(data: bytes) -> int:
    """Bytes that the first value takes, with its header and end mark."""
    _, _, _, header, contents, trailer = parser.parse(data)
    return len(header) + len(contents) + len(trailer)


def elements(contents: bytes) -> list[bytes]:
    """The values that follow one another in some contents, each as it stands; ValueError where one is cut off.

    The engine's own way to write a value that it has read takes a length that ends in 0x80 for an indefinite one, and then
    writes everything below in the order of DER: of 256 messages that are not in that order it would break one.
    """
    try:
        found = list(islice(values_in(contents), MAX_ELEMENTS + 1))
    except ParseError as error:
        raise ValueError(str(error)) from error
    if len(found) > MAX_ELEMENTS:
        raise ValueError(f"more than {MAX_ELEMENTS} elements")
    return found


def signed_data(data: bytes) -> cms.SignedData:
    """The SignedData of a message, or of an authority's answer that carries a timestamp token (RFC 3161, 2.4.2)."""
    if is_timestamp_response(data):
        info = tsp.TimeStampResp.load(data)["time_stamp_token"]
        if info.native is None:
            raise UnsignedMessageError(Reason.UNREADABLE, "an answer without a timestamp")
    else:
        info = cms.ContentInfo.load(data)
    kind = info["content_type"].native
    if kind in ENCRYPTED:
        raise UnsignedMessageError(Reason.ENCRYPTED, str(kind))
    if kind != "signed_data":
        raise UnsignedMessageError(Reason.FORMAT_NOT_CHECKED, str(kind))
    return info["content"]


def is_timestamp_response(data: bytes) -> bool:
    """Whether the first element inside is a sequence, the status, where a message has the identifier of its type."""
    _, _, tag, _, contents, _ = parser.parse(data)
    return bool(tag == 16 and contents[:1] == b"\x30")


def encapsulated(info: Encapsulated) -> bytes | None:
    """The octets of the content, None where there is none.

    PKCS #7 allowed other values than octets, whose digest leaves out their tag; a ValueError tells of such a message.
    """
    content = info["content"]
    return None if isinstance(content, core.Void) else bytes(content)
