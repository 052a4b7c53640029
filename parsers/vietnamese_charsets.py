"""The charsets in which Vietnamese was written before Unicode: TCVN3 (ABC), VNI for Windows, VISCII and Windows-1258.

Mails carry their bytes without a label, or under the label of a Western charset, for a font made them look right. They
are told apart by what they spell: only one of them gives syllables of the language.
"""

import re
import unicodedata
from dataclasses import dataclass

CODECS = ("cp1258", "tcvn3", "vni", "viscii")
"""In the order in which one is preferred where several spell equally well."""

_SAMPLE_BYTES = 64 << 10
# TCVN 5712:1993 from 0xA1; capitals with a tone are left to a font of capitals, so those cells are seldom used.
_TCVN3 = (
    "ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
)
_TCVN3_LOW = "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ\xa0"
# RFC 1456.
_VISCII = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
# VNI writes a letter and behind it what stands on it, as a letter of Latin-1.
_VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_HATS = {"": "â", "\u0301": "á", "\u0300": "à", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"}
_VNI_BREVES = {"": "ê", "\u0301": "é", "\u0300": "è", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}
_VNI_MARKS = {
    **_VNI_TONES,
    **{letter: "\u0302" + tone for tone, letter in _VNI_HATS.items()},
    **{letter: "\u0306" + tone for tone, letter in _VNI_BREVES.items()},
}
_VNI_LETTERS = {"ñ": "đ", "ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI = str.maketrans(
    {
        **_VNI_MARKS,
        **{letter.upper(): mark for letter, mark in _VNI_MARKS.items()},
        **_VNI_LETTERS,
        **{letter.upper(): read.upper() for letter, read in _VNI_LETTERS.items()},
    }
)
_TABLES = {
    "tcvn3": str.maketrans({chr(0x80 + place): letter for place, letter in enumerate(_TCVN3_LOW + _TCVN3)}),
    "viscii": str.maketrans({chr(0x80 + place): letter for place, letter in enumerate(_VISCII)}),
    "vni": _VNI,
}

_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
# A sign in the middle of a word tells that its byte was meant for a letter.
_WORD = re.compile("[A-Za-z\x80-\x9f\xa1-\uffff]+")
_SIGNS = "“”‘’„–—…«»•·§°"
_LONGEST_SYLLABLE = 7
_ONSETS = "b|ch|c|d|đ|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|q|r|s|th|tr|t|v|x"
_RIMES = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu "
    "i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu "
    "o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong op ot "
    "ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "u ua uân uâng uât uây uc uê uêch uênh ui um un ung uơ uôc uôi uôm uôn uông uôt up ut "
    "uy uya uych uyên uyêt uynh uyt uyu ư ưa ưc ưi ưm ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu "
    "y yêm yên yêng yêt yêu"
)
_SYLLABLE = re.compile(f"(?:{_ONSETS})?(?:{'|'.join(sorted(_RIMES.split(), key=len, reverse=True))})")
_STOPPED = ("c", "ch", "p", "t")
_STOPPED_TONES = frozenset({"\u0301", "\u0323"})


@dataclass(frozen=True, slots=True)
class _Spelling:
    """How many words with accents a reading has, and how many of them are syllables of the language."""

    words: int
    syllables: int

    def is_vietnamese(self) -> bool:
        """Whether it has such words, and hardly one of them belongs to another language."""
        return self.syllables > 0 and self.syllables * 10 >= self.words * 8


def decode_vietnamese(data: bytes, codec: str) -> str:
    """Text of the bytes in one of the `CODECS`; what stands in no cell is read as Latin-1."""
    if codec == "cp1258":
        return data.decode("cp1258", "replace")
    return data.decode("latin_1").translate(_TABLES[codec])


def likely_codec(data: bytes, at_least: int = 1) -> str | None:
    """The charset in which the bytes spell Vietnamese syllables and little else, None where none spells `at_least` so many.

    Judged by at most 64 KiB, in one pass for each charset.
    """
    sample = data[:_SAMPLE_BYTES]
    if not sample.strip(bytes(range(0x80))):
        return None
    found = {codec: _spelling(decode_vietnamese(sample, codec)) for codec in CODECS}
    best = max(CODECS, key=lambda codec: (_share(found[codec]), -CODECS.index(codec)))
    return best if found[best].syllables >= at_least and found[best].is_vietnamese() else None


def is_vietnamese(text: str) -> bool:
    """Whether the words with accents in a text are syllables of the language, and there are some."""
    return _spelling(text[:_SAMPLE_BYTES]).is_vietnamese()


def is_syllable(word: str) -> bool:
    """Whether a word is spelled as Vietnamese syllables are; loan words and names of other languages are not."""
    if len(word) > _LONGEST_SYLLABLE:
        return False
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = _TONES.findall(decomposed)
    plain = unicodedata.normalize("NFC", _TONES.sub("", decomposed))
    if len(tones) > 1 or not _SYLLABLE.fullmatch(plain):
        return False
    return not plain.endswith(_STOPPED) or set(tones) <= _STOPPED_TONES


def _share(spelling: _Spelling) -> float:
    return spelling.syllables / spelling.words if spelling.words else 0.0


def _spelling(text: str) -> _Spelling:
    words = [word.strip(_SIGNS) for word in _WORD.findall(unicodedata.normalize("NFC", text))]
    accented = [word for word in words if not word.isascii()]
    return _Spelling(len(accented), sum(map(is_syllable, accented)))
