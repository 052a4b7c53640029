"""Single bytes of good files changed, with every anchor trusted: what passes then must lie where no signature can reach."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from parsers.signatures.beside import Beside, beside_of
from parsers.signatures.check import check
from parsers.signatures.model import Indication
from tests.parsers.signatures.adversarial.attack import RECEIVED
from tests.parsers.signatures.adversarial.message_attacks import DOCUMENT, PERSON
from tests.parsers.signatures.adversarial.pdf_attacks import two
from tests.pki.authority import make_pki
from tests.pki.messages import PART, message, multipart_signed, opaque_signed

PKI = make_pki()
STAMPED = replace(PERSON, tsa=PKI.tsa)
POSITIONS = 60

Free = Callable[[bytes, int], bool]


def beyond_the_first_value(message_der: bytes, place: int) -> bool:
    """Bytes of a CMS message that its signature does not cover: all but the content, the certificate and the signed attributes.

    The list of digests at the beginning is for programs that read in one go, the name of the certificate is compared as people
    read it, and who passes a message on may add and take unsigned attributes (RFC 5652, 5.1 and 5.3). A timestamp that was
    changed no longer counts.
    """
    attributes = message_der.index(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03")
    value = message_der.index(b"\x04\x82\x01\x00", attributes)
    content = message_der.index(b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")
    certificates = message_der.index(b"\xa0\x82", content)
    named = message_der.index(b"\x31\x82", certificates + 900)
    in_signer = named <= place < attributes - 2 or value - 20 <= place < value + 4
    return place < content or in_signer or place >= value + 4 + 256


def between_contents(pdf: bytes, place: int) -> bool:
    """The signature values themselves: padding, and unsigned attributes with their timestamps."""
    return any(found.start() < place < found.end() for found in re.finditer(rb"/Contents <[0-9A-Fa-f]+>", pdf))


def not_the_part(mail: bytes, place: int) -> bool:
    """The header of a mail and what stands around the part: no signature covers a header (RFC 8551, 3.1)."""
    start = mail.find(PART)
    return not start <= place < start + len(PART)


def detached() -> tuple[Beside, ...]:
    return (beside_of("a.pdf", DOCUMENT),)


FILES: dict[str, tuple[Callable[[], bytes], Free, Callable[[], tuple[Beside, ...]]]] = {
    "a.pdf": (two, between_contents, tuple),
    "a.p7m": (lambda: message(DOCUMENT, STAMPED), beyond_the_first_value, tuple),
    "a.p7s": (lambda: message(None, STAMPED, over=DOCUMENT), beyond_the_first_value, detached),
    "part.eml": (lambda: multipart_signed(PART, message(None, PERSON, over=PART)), not_the_part, tuple),
}


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_passes_only_where_no_signature_reaches(name):
    make, is_free, beside = FILES[name]
    content = cache(make)()
    wrong = []
    for place in range(3, len(content), max(1, len(content) // POSITIONS)):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 7
        found = check(bytes(changed), name, PKI.trust, received_at=RECEIVED, now=RECEIVED, beside=beside())
        if found.indication is Indication.TOTAL_PASSED and not is_free(content, place):
            wrong.append((place, content[max(0, place - 10) : place + 10]))
    assert wrong == []


def test_every_byte_of_what_was_said_counts():
    """The part of a mail, byte for byte; of an opaque mail, the words inside."""
    whole = multipart_signed(PART, message(None, PERSON, over=PART))
    start = whole.index(PART)
    for place in range(start, start + len(PART)):
        changed = bytearray(whole)
        changed[place] ^= 1
        found = check(bytes(changed), "a.eml", PKI.trust, received_at=RECEIVED, now=RECEIVED)
        assert found.indication is not Indication.TOTAL_PASSED, place
    wrapped = opaque_signed(message(PART.replace(b"Kinh", b"Xinh"), PERSON, over=PART))
    assert check(wrapped, "a.eml", PKI.trust, received_at=RECEIVED, now=RECEIVED).indication is Indication.TOTAL_FAILED
