"""Bytes of a named or unknown charset to clean NFC text, in time linear in their number."""

import re
import unicodedata
from dataclasses import dataclass

from parsers.vietnamese_charsets import CODECS, decode_vietnamese, is_vietnamese, likely_codec

# Only codecs that decode text in linear time may be reached from a label in a mail: punycode and idna are quadratic,
# zlib and its like are no text encodings at all.
_CODEC_NAMES = (
    "utf_8 utf_7 utf_16 utf_16_le utf_16_be utf_32 utf_32_le utf_32_be ascii latin_1 "
    "iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6 iso8859_7 iso8859_8 iso8859_9 iso8859_10 iso8859_11 iso8859_13 "
    "iso8859_14 iso8859_15 iso8859_16 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp437 cp737 cp775 "
    "cp850 cp852 cp855 cp857 cp858 cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp869 cp874 cp932 cp949 cp950 koi8_r koi8_u "
    "koi8_t big5 big5hkscs gb2312 gbk gb18030 hz euc_jp euc_jis_2004 euc_kr shift_jis shift_jis_2004 iso2022_jp iso2022_jp_1 "
    "iso2022_jp_2 iso2022_jp_3 iso2022_jp_ext iso2022_kr johab mac_roman mac_cyrillic mac_greek mac_latin2 mac_turkish "
    "ptcp154 tis_620"
)
_CODECS = frozenset((*_CODEC_NAMES.split(), *CODECS))
# What mail programs mean by a label; the supersets are those of the WHATWG Encoding Standard.
_LABELS = {
    "us_ascii": "cp1252",
    "ascii": "cp1252",
    "ansi_x3_4_1968": "cp1252",
    "latin_1": "cp1252",
    "latin1": "cp1252",
    "l1": "cp1252",
    "cp819": "cp1252",
    "iso8859_1": "cp1252",
    "iso8859_9": "cp1254",
    "iso8859_11": "cp874",
    "tis_620": "cp874",
    "iso8859_8_i": "iso8859_8",
    "iso8859_8_e": "iso8859_8",
    "iso8859_6_i": "iso8859_6",
    "utf8": "utf_8",
    "utf_8_sig": "utf_8",
    "utf8mb4": "utf_8",
    "unicode_1_1_utf_7": "utf_7",
    "utf7": "utf_7",
    "utf16": "utf_16",
    "utf_16le": "utf_16_le",
    "utf_16be": "utf_16_be",
    "ucs_2": "utf_16",
    "unicode": "utf_16",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312_80": "gb18030",
    "x_gbk": "gb18030",
    "cp936": "gb18030",
    "hz_gb_2312": "hz",
    "big5_hkscs": "big5hkscs",
    "ks_c_5601_1987": "cp949",
    "ks_c_5601": "cp949",
    "euc_kr": "cp949",
    "euckr": "cp949",
    "shift_jis": "cp932",
    "sjis": "cp932",
    "x_sjis": "cp932",
    "cp31j": "cp932",
    "ms_kanji": "cp932",
    "eucjp": "euc_jp",
    "x_euc_jp": "euc_jp",
    "iso_2022_jp": "iso2022_jp_ext",
    "iso_2022_kr": "iso2022_kr",
    "koi8": "koi8_r",
    "macintosh": "mac_roman",
    "x_mac_roman": "mac_roman",
    "vietnamese": "cp1258",
    "tcvn": "tcvn3",
    "tcvn_5712": "tcvn3",
    "tcvn5712_1": "tcvn3",
    "tcvn_5712_1": "tcvn3",
    "x_viet_tcvn": "tcvn3",
    "x_viet_tcvn5712": "tcvn3",
    "csviscii": "viscii",
    "viscii1_1_1": "viscii",
    "x_viet_viscii": "viscii",
    "x_viet_vni": "vni",
    "vni_win": "vni",
}
_LABEL_GAPS = re.compile(r"[^a-z0-9]+")
_LONG_RUN = re.compile("[^\x00-\u02ff]{512}")
_CHUNK = 256
MIN_SYLLABLES = 3
"""Vietnamese syllables with accents that speak against the label of a Western charset."""
_WESTERN_BYTES = {char: byte for byte in range(0x80, 0xA0) if (char := bytes([byte]).decode("cp1252", "replace")) != "\ufffd"}
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class DecodedText:
    """Text and the charset labels in it that nobody knows."""

    text: str
    unknown_charsets: tuple[str, ...] = ()


def codec_of(label: str) -> str | None:
    """The Python codec for a charset label, None where the label is unknown."""
    name = _LABEL_GAPS.sub("_", label[:64].lower()).strip("_")
    name = re.sub(r"^(?:iso_?8859|iso_ir_8859)_?", "iso8859_", name)
    name = re.sub(r"^(?:windows|x_cp|cp|ibm|win|x_windows)_?(?=\d)", "cp", name)
    name = _LABELS.get(name, name)
    return name if name in _CODECS else None


def decode_text(data: bytes, label: str) -> DecodedText:
    """Text of the bytes; without a usable label UTF-8, else the legacy charset in which they spell Vietnamese."""
    codec = codec_of(label) if label else None
    if codec is None:
        return DecodedText(_guessed(data), (label[:64],) if label else ())
    return DecodedText(nfc(_declared(data, codec)))


def nfc(text: str) -> str:
    """Text in Normalization Form C, without lone surrogates."""
    if text.isascii():
        return text
    if not _is_encodable(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    # Normalisation sorts a run of combining marks by insertion; long runs are cut, as UAX #15 (stream-safe text) advises.
    if _LONG_RUN.search(text):
        return "".join(unicodedata.normalize("NFC", text[at : at + _CHUNK]) for at in range(0, len(text), _CHUNK))
    return unicodedata.normalize("NFC", text)


def untangled(text: str) -> str:
    """Text whose UTF-8 somebody took for Latin letters and encoded again, as it was meant (`Sá»Ÿ` is `Sở`).

    Only where what comes out is Vietnamese; no other text is touched.
    """
    if text.isascii():
        return text
    try:
        meant = bytes(map(_byte_of, text)).decode("utf_8")
    except ValueError:
        return text
    return nfc(meant) if is_vietnamese(meant) else text


def printable(text: str, limit: int = 200) -> str:
    """A short piece of text from the mail that may stand in a report: one line, no control characters."""
    line = " ".join(_CONTROLS.sub("?", text[: limit * 4]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _declared(data: bytes, codec: str) -> str:
    if codec == "cp1252":
        return _western(data)
    if codec in CODECS:
        return decode_vietnamese(data, codec)
    try:
        text = data.decode(codec)
    except UnicodeError:
        text = _mostly_utf8(data) if codec == "utf_8" else data.decode(codec, "replace")
    return text.removeprefix("\ufeff")


def _western(data: bytes) -> str:
    # Labels of Western charsets are often a mail program's default and untrue; valid UTF-8 is never chance, and neither is
    # a text of Vietnamese syllables.
    try:
        return data.decode("utf_8")
    except UnicodeError:
        pass
    legacy = likely_codec(data, MIN_SYLLABLES)
    if legacy is not None:
        return decode_vietnamese(data, legacy)
    try:
        return data.decode("cp1252")
    except UnicodeError:
        return data.decode("latin_1")


def _guessed(data: bytes) -> str:
    try:
        return nfc(data.decode("utf_8").removeprefix("\ufeff"))
    except UnicodeError:
        return nfc(_mostly_utf8(data))


def _mostly_utf8(data: bytes) -> str:
    """UTF-8 with a few bad bytes stays UTF-8; what is mostly bad was never UTF-8."""
    text = data.decode("utf_8", "replace")
    bad = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    return text if bad <= good else decode_vietnamese(data, likely_codec(data) or "cp1258")


def _byte_of(char: str) -> int:
    """The byte that Windows-1252 shows as this letter; ValueError where there is none."""
    return ord(char) if char <= "\xff" else _WESTERN_BYTES.get(char, 256)


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf_8")
    except UnicodeEncodeError:
        return False
    return True
