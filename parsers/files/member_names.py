"""Names that an archive gives as bytes of an unnamed charset; Vietnamese ones are recognised by their syllables."""

import re

from parsers.charsets import nfc
from parsers.vietnamese_charsets import decode_vietnamese, likely_codec

# These bytes are letters in code page 437 and none in Windows-1258.
_CP437_LETTERS = re.compile(rb"[\x80-\xa5]")


def decode_name(raw: bytes) -> str:
    """A name in NFC: UTF-8 where the bytes are that, else the charset in which they spell Vietnamese.

    Where they spell it in none, bytes that are letters only in code page 437 (the ZIP specification, appendix D) are read
    in it and all others in Windows-1258.
    """
    try:
        return nfc(raw.decode("utf_8"))
    except UnicodeDecodeError:
        codec = likely_codec(raw)
    if codec is not None:
        return nfc(decode_vietnamese(raw, codec))
    return nfc(raw.decode("cp437" if _CP437_LETTERS.search(raw) else "cp1258", "replace"))
