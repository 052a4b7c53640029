"""Every form in which mail programs write the name of an attachment, as functions from a name to the header of a part.

Each is written from what the programs send, by code of its own, and by Python's writer where that has the form. The values
are folded as they travel; the name is composed or not as the form has it.
"""

import re
import unicodedata
from base64 import b64encode
from collections.abc import Callable
from email.header import Header
from email.message import EmailMessage, Message
from email.policy import SMTP
from urllib.parse import quote

from parsers.vietnamese_charsets import _TABLES

Form = Callable[[str], bytes]

ATTACHMENT = b"Content-Disposition: attachment"
FOLDS = (b"\r\n ", b"\r\n\t", b" ", b"\r\n    ", b"\n ")


def composed(name: str) -> bytes:
    return unicodedata.normalize("NFC", name).encode()


def percent(data: bytes, *, lower: bool = False) -> bytes:
    return b"".join((b"%%%02x" if lower else b"%%%02X") % byte for byte in data)


def pieces(data: bytes, width: int) -> list[bytes]:
    return [data[at : at + width] for at in range(0, len(data), width)] or [b""]


def character_pieces(name: str, width: int) -> list[bytes]:
    return [name[at : at + width].encode() for at in range(0, len(name), width)]


def quoted(value: bytes) -> bytes:
    return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def disposition(value: bytes, parameter: bytes = b"filename=") -> bytes:
    return ATTACHMENT + b";\r\n " + parameter + value + b"\r\n"


def segments(values: list[bytes], *, first: bytes = b"UTF-8''", star: bytes = b"*", number: str = "%d") -> list[bytes]:
    """`filename*0*=…`, the charset in front of the first."""
    return [
        b"filename*" + (number % place).encode() + star + b"=" + (first if place == 0 else b"") + value
        for place, value in enumerate(values)
    ]


def header(parameters: list[bytes], fold: bytes = b"\r\n ") -> bytes:
    return (b";" + fold).join([ATTACHMENT, *parameters]) + b"\r\n"


def escapes(name: str) -> bytes:
    return quote(unicodedata.normalize("NFC", name), safe="").encode()


def q_word(data: bytes, charset: bytes = b"UTF-8", *, lower: bool = False, letter: bytes = b"Q") -> bytes:
    escaped = b"=%02x" if lower else b"=%02X"
    body = b"".join(b"_" if byte == 0x20 else bytes([byte]) if bytes([byte]).isalnum() else escaped % byte for byte in data)
    return b"=?" + charset + b"?" + letter + b"?" + body + b"?="


def b_word(data: bytes, charset: bytes = b"UTF-8", letter: bytes = b"B") -> bytes:
    return b"=?" + charset + b"?" + letter + b"?" + b64encode(data) + b"?="


def words(values: list[bytes], fold: bytes = b"\r\n ") -> bytes:
    return b'"' + fold.join(values) + b'"'


def windows_1258(name: str) -> bytes:
    """As Windows writes it: a letter with its hat, then its tone."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    written = []
    for char in unicodedata.normalize("NFC", name):
        decomposed = unicodedata.normalize("NFD", char)
        tone = "".join(mark for mark in decomposed if mark in tones)
        base = unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in tones))
        written.append(base + tone)
    return "".join(written).encode("cp1258")


def tcvn3(name: str) -> bytes:
    return _through(name, "tcvn3")


def vni(name: str) -> bytes:
    letters = {read: chr(byte) for byte, read in _TABLES["vni"].items() if len(read) == 1 and read.isalpha()}
    marks = {read: chr(byte) for byte, read in sorted(_TABLES["vni"].items(), reverse=True) if not read.isalpha()}
    written = ""
    for char in unicodedata.normalize("NFC", name):
        if char in letters:
            written += letters[char]
            continue
        base, tone = _vni_parts(char, letters)
        written += base + (marks[tone] if tone else "")
    return written.encode("latin_1")


def _vni_parts(char: str, letters: dict[str, str]) -> tuple[str, str]:
    decomposed = unicodedata.normalize("NFD", char)
    base, marks = decomposed[0], decomposed[1:]
    if marks.startswith("\u031b"):
        horned = unicodedata.normalize("NFC", base + "\u031b")
        return letters[horned], marks[1:]
    # Canonical order has the dot before the hat; VNI's tables name the hat first.
    hats = "".join(mark for mark in marks if mark in "\u0302\u0306")
    if "\u031b" in marks:
        return letters[unicodedata.normalize("NFC", base + "\u031b")], marks.replace("\u031b", "")
    return base, hats + "".join(mark for mark in marks if mark not in "\u0302\u0306")


def _through(name: str, table: str) -> bytes:
    cells = {read: chr(byte) for byte, read in _TABLES[table].items()}
    return "".join(cells.get(char, char) for char in unicodedata.normalize("NFC", name)).encode("latin_1")


def python_new(name: str) -> bytes:
    """What Python's own writer makes of it, the policy of today."""
    part = EmailMessage(policy=SMTP)
    part.add_header("Content-Disposition", "attachment", filename=name)
    return bytes(part).rstrip(b"\r\n") + b"\r\n"


def python_old(name: str) -> bytes:
    """The same with the policy of old: RFC 2231 in one piece."""
    part = Message()
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
    return bytes(part).rstrip(b"\n") + b"\r\n"


def python_words(name: str) -> bytes:
    """A header of encoded words by Python's folding writer."""
    return disposition(b'"' + Header(name, "utf-8", maxlinelen=60).encode(linesep="\r\n").encode() + b'"')


RFC_2231: dict[str, Form] = {
    "one value": lambda n: header([b"filename*=UTF-8''" + escapes(n)]),
    "one value, lower-case hex": lambda n: header([b"filename*=utf-8''" + percent(composed(n), lower=True)]),
    "one value, every byte escaped": lambda n: header([b"filename*=UTF-8''" + percent(composed(n))]),
    "one value with a language": lambda n: header([b"FileName*=UTF-8'vi-VN'" + escapes(n)]),
    "one value in quotes": lambda n: header([b"filename*=\"UTF-8''" + escapes(n) + b'"']),
    "one value without a charset": lambda n: header([b"filename*=''" + escapes(n)]),
    "one value without charset and quotes": lambda n: header([b"filename*=" + escapes(n)]),
    "one value, raw bytes not escaped": lambda n: header(
        [b"filename*=UTF-8''" + composed(n).replace(b"%", b"%25").replace(b" ", b"%20")]
    ),
    "one value of an unknown charset": lambda n: header([b"filename*=x-vn-unknown''" + escapes(n)]),
    "one value of the wrong charset iso-8859-1": lambda n: header([b"filename*=iso-8859-1''" + escapes(n)]),
    "one value, windows-1258": lambda n: header([b"filename*=windows-1258''" + percent(windows_1258(n))]),
    "one value, gb18030": lambda n: header([b"filename*=gb18030''" + percent(n.encode("gb18030"))]),
    "one value, utf-16": lambda n: header([b"filename*=utf-16''" + percent(n.encode("utf-16"))]),
    "continued between characters": lambda n: header(segments([percent(p) for p in character_pieces(n, 9)])),
    "continued inside characters": lambda n: header(segments([percent(p) for p in pieces(composed(n), 7)])),
    "continued inside an escape": lambda n: header(segments(pieces(percent(composed(n)), 11))),
    "continued in lower case": lambda n: header(segments(pieces(percent(composed(n), lower=True), 16), first=b"utf-8''")),
    "continued, each in quotes": lambda n: header(
        [p.replace(b"=", b'="', 1) + b'"' for p in segments([percent(p) for p in pieces(composed(n), 9)])]
    ),
    "continued out of order": lambda n: header(segments([percent(p) for p in pieces(composed(n), 8)])[::-1]),
    "continued with leading zeros": lambda n: header(segments([percent(p) for p in pieces(composed(n), 20)], number="%02d")),
    "continued from 1": lambda n: header(
        [
            b"filename*%d*=%s" % (at, (b"UTF-8''" if at == 1 else b"") + percent(p))
            for at, p in enumerate(pieces(composed(n), 9), 1)
        ]
    ),
    "continued, the charset in every piece": lambda n: header(
        [b"filename*%d*=UTF-8''%s" % (at, percent(p)) for at, p in enumerate(character_pieces(n, 9))]
    ),
    "continued without a charset": lambda n: header(segments([percent(p) for p in pieces(composed(n), 9)], first=b"")),
    "continued, plain pieces between encoded ones": lambda n: header(
        [
            b"filename*0*=UTF-8''" + escapes(n[:5]),
            *(
                b"filename*%d=" % at + quoted(p.encode()) if p.isascii() else b"filename*%d*=" % at + escapes(p)
                for at, p in enumerate(list(n[5:]), 1)
            ),
        ]
    ),
    "continued over lines of tabs": lambda n: header(segments([percent(p) for p in pieces(composed(n), 9)]), b"\r\n\t"),
    "continued, raw UTF-8 in plain pieces": lambda n: header(
        [b"filename*%d=" % at + quoted(p) for at, p in enumerate(pieces(composed(n), 13))]
    ),
    "continued encoded words in plain pieces": lambda n: header(
        [b'filename*%d="%s"' % (at, b_word(p)) for at, p in enumerate(pieces(composed(n), 20))]
    ),
    "an encoded word cut into plain pieces": lambda n: header(
        [b'filename*%d="%s"' % (at, p) for at, p in enumerate(pieces(b_word(composed(n)), 25))]
    ),
    "behind an ASCII stand-in": lambda n: header([b'filename="Cong van.pdf"', b"filename*=UTF-8''" + escapes(n)]),
    "before an ASCII stand-in": lambda n: header([b"filename*=UTF-8''" + escapes(n), b'filename="Cong van.pdf"']),
    "behind a stand-in of question marks": lambda n: header(
        [
            b'filename="' + n.encode("ascii", "replace").replace(b'"', b"?").replace(b"\\", b"?") + b'"',
            b"filename*=UTF-8''" + escapes(n),
        ]
    ),
    "continued behind an ASCII stand-in": lambda n: header(
        [b'filename="Cong van.pdf"', *segments([percent(p) for p in pieces(composed(n), 9)])]
    ),
    "an empty plain value before it": lambda n: header([b'filename=""', b"filename*=UTF-8''" + escapes(n)]),
    "an empty extended value before a plain one": lambda n: header([b"filename*=UTF-8''", b"filename=" + quoted(composed(n))]),
    "spaces around the equals sign": lambda n: header([b"filename* = UTF-8''" + escapes(n)]),
    "Python of today": python_new,
    "Python of old": python_old,
}

RFC_2047: dict[str, Form] = {
    "B in quotes (Gmail)": lambda n: disposition(quoted(b_word(composed(n)))),
    "Q in quotes (Outlook)": lambda n: disposition(quoted(q_word(composed(n)))),
    "b of utf-8 in lower case": lambda n: disposition(quoted(b_word(composed(n), b"utf-8", b"b"))),
    "q with lower-case hex": lambda n: disposition(quoted(q_word(composed(n), b"utf-8", lower=True, letter=b"q"))),
    "without quotes": lambda n: disposition(b_word(composed(n))),
    "Q without quotes": lambda n: disposition(q_word(composed(n))),
    "several words without quotes": lambda n: disposition(b"\r\n ".join(map(b_word, character_pieces(n, 9)))),
    "B words between characters": lambda n: disposition(words([b_word(p) for p in character_pieces(n, 9)])),
    "B words inside characters (Exchange, Zimbra)": lambda n: disposition(words([b_word(p) for p in pieces(composed(n), 10)])),
    "Q words inside characters": lambda n: disposition(words([q_word(p) for p in pieces(composed(n), 10)])),
    "B words cut inside a base64 quantum": lambda n: disposition(
        words([b"=?UTF-8?B?" + p + b"?=" for p in pieces(b64encode(composed(n)).rstrip(b"="), 13)])
    ),
    "words folded with a tab": lambda n: disposition(words([b_word(p) for p in pieces(composed(n), 10)], b"\r\n\t")),
    "words folded with several blanks": lambda n: disposition(words([b_word(p) for p in pieces(composed(n), 10)], b" \r\n  ")),
    "words without white space between": lambda n: disposition(words([b_word(p) for p in pieces(composed(n), 10)], b"")),
    "Q words without white space between": lambda n: disposition(words([q_word(p) for p in pieces(composed(n), 10)], b"")),
    "each word in quotes of its own": lambda n: disposition(b"\r\n ".join(quoted(b_word(p)) for p in pieces(composed(n), 10))),
    "B and Q words mixed": lambda n: disposition(
        words([b_word(p) if at % 2 else q_word(p) for at, p in enumerate(pieces(composed(n), 7))])
    ),
    "with a language": lambda n: disposition(quoted(b_word(composed(n), b"UTF-8*vi"))),
    "windows-1258": lambda n: disposition(quoted(q_word(windows_1258(n), b"windows-1258"))),
    "utf-16be": lambda n: disposition(quoted(b_word(n.encode("utf-16-be"), b"utf-16be"))),
    "utf-7": lambda n: disposition(quoted(q_word(n.encode("utf-7"), b"utf-7"))),
    "gb18030": lambda n: disposition(quoted(b_word(n.encode("gb18030"), b"gb18030"))),
    "unknown charset": lambda n: disposition(quoted(b_word(composed(n), b"x-unknown"))),
    "the wrong charset us-ascii": lambda n: disposition(quoted(b_word(composed(n), b"us-ascii"))),
    "encoded twice": lambda n: disposition(quoted(q_word(b_word(composed(n))))),
    "decomposed (macOS)": lambda n: disposition(quoted(b_word(unicodedata.normalize("NFD", n).encode()))),
    "Python's folded words": python_words,
    "inside RFC 2231": lambda n: header([b"filename*=UTF-8''" + quote(b_word(composed(n)), safe="").encode()]),
}

RAW: dict[str, Form] = {
    "UTF-8 in quotes": lambda n: disposition(quoted(composed(n))),
    "UTF-8 in quotes, decomposed (macOS)": lambda n: disposition(quoted(unicodedata.normalize("NFD", n).encode())),
    "UTF-8 without quotes": lambda n: disposition(composed(n)),
    "UTF-8 on the line of the field": lambda n: ATTACHMENT + b"; filename=" + quoted(composed(n)) + b"\r\n",
    "UTF-8 without a closing quote": lambda n: disposition(b'"' + composed(n)),
    "UTF-8 after a byte order mark": lambda n: disposition(quoted(b"\xef\xbb\xbf" + composed(n))),
    "escapes without the star": lambda n: disposition(quoted(escapes(n))),
    "escapes in lower case without the star": lambda n: disposition(
        quoted(re.sub(rb"%..", lambda escape: escape[0].lower(), escapes(n)))
    ),
    "escapes without star and quotes": lambda n: disposition(escapes(n)),
    "charset and escapes without the star": lambda n: disposition(quoted(b"UTF-8''" + escapes(n))),
    "HTML entities by number": lambda n: disposition(quoted(n.encode("ascii", "xmlcharrefreplace"))),
    "HTML entities in hex": lambda n: disposition(quoted("".join(c if c.isascii() else f"&#x{ord(c):x};" for c in n).encode())),
    "JavaScript's escapes": lambda n: disposition(
        quoted("".join(c if c.isascii() else f"%u{ord(c):04X}" for c in n.replace("%", "%25")).encode())
    ),
    "a Windows path before it": lambda n: disposition(b'"C:\\Users\\van thu\\' + composed(n) + b'"'),
    "a Unix path before it": lambda n: disposition(quoted(b"/home/vt/" + composed(n))),
}

CONTENT_TYPE: dict[str, Form] = {
    f"only in Content-Type: {form}": (
        lambda n, form=form, forms=forms: (
            forms[form](n).replace(ATTACHMENT, b"Content-Type: application/pdf").replace(b"filename", b"name")
        )
    )
    for forms, form in (
        (RFC_2231, "one value"),
        (RFC_2231, "continued inside characters"),
        (RFC_2047, "B in quotes (Gmail)"),
        (RFC_2047, "B words inside characters (Exchange, Zimbra)"),
        (RFC_2047, "without quotes"),
        (RAW, "UTF-8 in quotes"),
    )
}

FORMS: dict[str, Form] = {
    **{f"RFC 2231: {name}": form for name, form in RFC_2231.items()},
    **{f"RFC 2047: {name}": form for name, form in RFC_2047.items()},
    **{f"raw: {name}": form for name, form in RAW.items()},
    **CONTENT_TYPE,
}

SPELLED: dict[str, Form] = {
    "one value, TCVN, RFC 2231": lambda n: header([b"filename*=TCVN-5712''" + percent(tcvn3(n))]),
    "one value, VISCII, RFC 2231": lambda n: header([b"filename*=VISCII''" + percent(_through(n, "viscii"))]),
    "TCVN, RFC 2047": lambda n: disposition(quoted(q_word(tcvn3(n), b"x-viet-tcvn5712"))),
    "VNI, RFC 2047": lambda n: disposition(quoted(q_word(vni(n), b"x-viet-vni"))),
    "Windows-1258": lambda n: disposition(quoted(windows_1258(n))),
    "UTF-8 taken for Latin-1 and encoded again": lambda n: disposition(quoted(composed(n).decode("latin_1").encode())),
    "UTF-8 taken for Windows-1252 and encoded again": lambda n: disposition(quoted(_as_windows_1252(n))),
    "TCVN3 (ABC) in quotes": lambda n: disposition(quoted(tcvn3(n))),
    "VNI in quotes": lambda n: disposition(quoted(vni(n))),
    "TCVN3 under the label iso-8859-1": lambda n: disposition(quoted(q_word(tcvn3(n), b"iso-8859-1"))),
    "VNI under the label windows-1252": lambda n: disposition(quoted(b_word(vni(n), b"windows-1252"))),
    "Windows-1258 under the label iso-8859-1": lambda n: disposition(quoted(q_word(windows_1258(n), b"iso-8859-1"))),
}
"""Forms that are told by what they spell: they need a few words of the language."""


def _as_windows_1252(name: str) -> bytes:
    # Bytes that have no cell in Windows-1252 come through as controls, as browsers have it.
    read = "".join(chr(b) if b in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else bytes([b]).decode("cp1252") for b in composed(name))
    return read.encode()
