"""Header fields with Vietnamese words in them, folded so that every reader gets the same words back.

The library's folding loses a blank where it cuts between two words: of two encoded words that follow each other RFC 2047, 6.2
wants the blank between them ignored, and it puts the text's own blank there. Where a line would not read back, the words are
encoded here.
"""

from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from parsers.mail.encoded_words import decode_words

# Bytes above 127 would need 8BITMIME, which no relay has to offer (RFC 6152).
POLICY = SMTP.clone(cte_type="7bit")


def put_words(message: EmailMessage, field: str, words: str) -> None:
    """A field of free words, such as the subject."""
    if reads_back(field, words, words):
        message[field] = words
    else:
        message.set_raw(field, encoded(words, field))


def put_mailbox(message: EmailMessage, field: str, mailbox: Address) -> None:
    """A field with one mailbox."""
    if mailbox.display_name.isascii() or reads_back(field, mailbox, f"{mailbox.display_name} <{mailbox.addr_spec}>"):
        message[field] = mailbox
    else:
        message.set_raw(field, f"{encoded(mailbox.display_name, field)}\r\n <{mailbox.addr_spec}>")


def reads_back(field: str, value: str | Address, words: str) -> bool:
    """Whether the library's folded line holds these words for a reader that follows RFC 2047."""
    message = EmailMessage(policy=POLICY)
    message[field] = value
    line = message.as_bytes().partition(b"\r\n\r\n")[0].partition(b":")[2]
    return decode_words(line.replace(b"\r\n", b"").strip()).text == words


def encoded(words: str, field: str) -> str:
    """The words as RFC 2047 words, one a line, blanks inside them."""
    return Header(words, "utf-8", maxlinelen=75, header_name=field).encode(linesep="\r\n")
