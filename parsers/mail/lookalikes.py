"""Domains that are made to be taken for another: what a reader's eye makes of them, in one comparable form."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Final

import idna

from parsers.mail.dmarc import organisational_domain

LEAST_FOR_ONE_LETTER: Final = 8
"""Characters of a domain from which one letter more, less or changed is no other name any more."""
LEAST_BELOW_SUFFIX: Final = 6
"""The same below a suffix that both domains have: mof.gov.vn, moh.gov.vn and moha.gov.vn are three honest ministries."""
SCRIPTS: Final = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "HEBREW", "ARABIC", "CHEROKEE", "GEORGIAN")

_CONFUSABLE: Final = str.maketrans(
    {
        **dict(zip("аеорсухіјѕһԁԛԝӏвкмнтьгзпб", "aeopcyxijshdqwlbkmhtbr3n6", strict=True)),
        **dict(zip("αβγδεηικνορτυχωϲ", "aby8enikvoptuxwc", strict=True)),
        **dict(zip("ıſƖǀɑɡɩոսօցհ", "isllaginuogh", strict=True)),
        "0": "o",
        "1": "l",
        "i": "l",
        "5": "s",
    }
)
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_SEPARATORS = re.compile(r"[.\-_]+")


def shown_domain(domain: str) -> str:
    """A domain as programs show it: A-labels decoded where they can be, in lower case."""
    return ".".join(map(_shown_label, domain.split(".")))


def mixes_scripts(domain: str) -> bool:
    """Whether a label mixes letters of two scripts, as no honest name does."""
    return any(len(_scripts(label)) > 1 for label in shown_domain(domain).split("."))


@lru_cache(maxsize=20_000)
def skeleton(domain: str) -> str:
    """What a quick eye sees: look-alike letters as one, no tone marks, no dots and hyphens."""
    text = unicodedata.normalize("NFKD", shown_domain(domain).replace("đ", "d"))
    bare = "".join(character for character in text if not unicodedata.combining(character))
    seen = bare.translate(_CONFUSABLE)
    for pair, letter in _PAIRS:
        seen = seen.replace(pair, letter)
    return _SEPARATORS.sub("", seen)


def imitated(domain: str, known: Iterable[str], *, own: Collection[str] = ()) -> str:
    """The known domain that this one is made to be taken for; empty where it is none, or one of `own`.

    It looks the same, differs by one letter, or bears the whole known name in front of a stranger's.
    """
    if not domain or domain in own:
        return ""
    seen = skeleton(domain)
    for other in sorted(known):
        if organisational_domain(domain) == organisational_domain(other):
            # One owner gives out both names; whose they are is a matter of the directory.
            continue
        name = skeleton(other)
        if seen == name or _is_mistyped(domain, other) or _bears(domain, other):
            return other
    return ""


def _bears(domain: str, other: str) -> bool:
    """Whether a stranger's domain carries the whole of another in its labels: `stc.tinh.gov.vn.example.com`."""
    plain = shown_domain(domain)
    return f".{plain}.".find(f".{other}.") >= 0 or f"-{other.replace('.', '-')}-" in f"-{_SEPARATORS.sub('-', plain)}-"


def _is_mistyped(domain: str, other: str) -> bool:
    """Whether a domain is another one but for a letter, and long enough not to be a name of its own."""
    suffix = organisational_domain(domain).partition(".")[2]
    if suffix and domain.endswith(f".{suffix}") and other.endswith(f".{suffix}"):
        left, right = skeleton(domain.removesuffix(f".{suffix}")), skeleton(other.removesuffix(f".{suffix}"))
        return min(len(left), len(right)) >= LEAST_BELOW_SUFFIX and _is_one_letter_off(left, right)
    left, right = skeleton(domain), skeleton(other)
    return min(len(left), len(right)) >= LEAST_FOR_ONE_LETTER and _is_one_letter_off(left, right)


def _is_one_letter_off(left: str, right: str) -> bool:
    """Whether two forms differ by one letter changed, added or left out, or by two neighbours exchanged."""
    if abs(len(left) - len(right)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    rest, other = left[start:], right[start:]
    changed = rest[1:] == other[1:] or rest[1:] == other or rest == other[1:]
    return changed or (rest[:2] == other[:2][::-1] and rest[2:] == other[2:])


def _shown_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label.lower()
    try:
        return idna.decode(label).lower()
    except (idna.IDNAError, UnicodeError):
        try:
            # What IDNA 2008 forbids is decoded all the same: just such names are made to deceive.
            return label[4:].encode("ascii", "ignore").decode("punycode").lower()
        except UnicodeError:
            return label


def _scripts(label: str) -> set[str]:
    names = (unicodedata.name(character, "") for character in label if character.isalpha())
    return {script for name in names for script in SCRIPTS if name.startswith(script)}
