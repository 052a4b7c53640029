"""One folding for every search: what a clerk types without tone marks finds what an agency wrote with them."""

import re
import unicodedata
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
_LONGEST_TOKEN: Final = 64
# Letters with a stroke do not decompose. U+00D0 and U+0189 look like Đ and are typed for it.
_STROKES: Final = str.maketrans({"đ": "d", "ð": "d", "ɖ": "d"})


def fold(text: str) -> str:
    """Drop tone marks, case and the stroke of đ; every run of white space is one blank."""
    lowered = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    bare = "".join(char for char in lowered if unicodedata.category(char) != "Mn")
    return " ".join(bare.translate(_STROKES).split())


def tokens(text: str) -> list[str]:
    """Split folded text into words and numbers; `07` and `7` are one number, a word is cut at 64 characters."""
    return [_token(word) for word in _WORD.findall(fold(text))]


def _token(word: str) -> str:
    if word.isascii() and word.isdecimal():
        return (word.lstrip("0") or "0")[:_LONGEST_TOKEN]
    return word[:_LONGEST_TOKEN]
