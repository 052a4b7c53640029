"""What signing programs take a file for before they digest it: bytes as they stand, or a text with the line ends of a mail."""

import re

from parsers.signatures.cms_signers import Signer, digest
from parsers.signatures.detect import HEADER_WITHIN, PDF_HEADER
from parsers.signatures.engine import ENGINE_FAULTS

BARE_LINE_FEED = re.compile(rb"(?<!\r)\n")
NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
"""Bytes that stand in no text of any charset in use; line feeds, tabs and page feeds do."""


def with_line_ends(content: bytes) -> bytes:
    """A text in the form in which mails carry it (RFC 8551, 3.1.1)."""
    return BARE_LINE_FEED.sub(b"\r\n", content)


def is_plain_text(content: bytes) -> bool:
    """Whether other line ends leave a file what it says; those of a PDF stand in its offsets and streams, too."""
    return PDF_HEADER not in content[:HEADER_WITHIN] and NO_TEXT.search(content) is None


def forms_of(signer: Signer, content: bytes) -> tuple[bytes, ...]:
    """What a file beside its signature may have been to the signer: itself, or a text, which openssl takes all files for unasked.

    The digest that was signed tells which; without one both have to be tried.
    """
    text = with_line_ends(content)
    if text == content:
        return (content,)
    if not signer.has_signed_attributes:
        return content, text
    return (text,) if is_altered(signer, content) and not is_altered(signer, text) else (content,)


def is_altered(signer: Signer, content: bytes) -> bool:
    """Whether the digest that was signed is certainly not the content's."""
    try:
        claimed = signer.claimed_digest
        return claimed is not None and digest(signer.digest_algorithm, content) != claimed
    except ENGINE_FAULTS:
        return False
