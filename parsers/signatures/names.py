"""Whether the names in a certificate are those of a person or of an organisation.

Vietnamese certificates carry no flag for it: the names themselves, the identifiers beside them and the issuer's habits are
all there is, so UNKNOWN is an honest answer and a clerk's word goes before it.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from parsers.signatures.model import SignerKind

SURNAMES = frozenset(
    (
        *("nguyen", "tran", "le", "pham", "hoang", "huynh", "phan", "vu", "vo", "dang", "bui", "do", "ho", "ngo"),
        *("duong", "ly", "dinh", "truong", "lam", "mai", "trinh", "dao", "doan", "luong", "ha", "cao", "chu", "to"),
        *("ta", "quach", "thai", "kieu", "trieu", "la", "luu", "vuong", "phung", "nong", "than", "tong", "ung", "au"),
        *("mac", "quan", "tang", "chau", "thach", "son", "danh", "kim"),
    )
)
"""Family names that carry nearly all personal names of Viet Nam, without accents."""

VGCA = "ban co yeu chinh phu"
"""Organisation of the issuer in certificates for state bodies and officials, without accents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectNames:
    """The parts of a certificate's subject that hint at who holds it."""

    common_name: str
    organisation: str
    issuer_organisation: str
    user_ids: tuple[str, ...] = ()
    personal: bool = False
    """Whether a given name, surname or pseudonym stands in the subject."""
    organisation_identifier: bool = False
    """Whether an organisation identifier stands in the subject (ETSI EN 319 412-1, 5.1.4)."""


MOST_REMEMBERED = 2000
"""Characters of names whose kind is remembered."""


def signer_kind(names: SubjectNames, organisation_words: tuple[str, ...]) -> SignerKind:
    """Person or organisation by the strongest hint; UNKNOWN where none speaks. Found out once for the same short names."""
    short = len(names.common_name) + len(names.organisation) + sum(map(len, names.user_ids)) <= MOST_REMEMBERED
    return kind_of(names, organisation_words) if short else kind_of.__wrapped__(names, organisation_words)


@lru_cache(maxsize=1024)
def kind_of(names: SubjectNames, organisation_words: tuple[str, ...]) -> SignerKind:
    """Person or organisation by the strongest hint."""
    if names.personal:
        return SignerKind.PERSON
    if names.organisation_identifier or is_organisation_name(names.common_name, organisation_words):
        return SignerKind.ORGANISATION
    if names.organisation and fold(names.common_name) == fold(names.organisation):
        return SignerKind.ORGANISATION
    identified = kind_by_user_ids(names.user_ids)
    return identified if identified is not SignerKind.UNKNOWN else kind_by_form(names)


def kind_by_user_ids(user_ids: tuple[str, ...]) -> SignerKind:
    """`MST:` is a tax number, `CMND:`, `CCCD:` and `HC:` are papers of a person; a certificate with both says nothing."""
    tax = any(value.upper().startswith("MST:") for value in user_ids)
    paper = any(value.upper().startswith(("CMND:", "CCCD:", "HC:")) for value in user_ids)
    if tax == paper:
        return SignerKind.UNKNOWN
    return SignerKind.ORGANISATION if tax else SignerKind.PERSON


def kind_by_form(names: SubjectNames) -> SignerKind:
    """A personal name by its shape: a known family name in front; for VGCA, any words beside another organisation."""
    words = fold(names.common_name).split()
    if not 2 <= len(words) <= 6 or not all(word.isalpha() for word in words):
        return SignerKind.UNKNOWN
    if words[0] in SURNAMES:
        return SignerKind.PERSON
    issued_to_state = fold(names.issuer_organisation) == VGCA and bool(names.organisation)
    return SignerKind.PERSON if issued_to_state else SignerKind.UNKNOWN


def is_organisation_name(name: str, words: tuple[str, ...]) -> bool:
    """Whether one of the words or phrases marks the name.

    Short and accented single words count only in front and only as written: without accents `Vụ` is the family name Vũ.
    """
    exact = f" {' '.join(unicodedata.normalize('NFC', name).casefold().split())} "
    folded = f" {fold(name)} "
    for word in words:
        plain = unicodedata.normalize("NFC", word).casefold()
        if " " in plain:
            found = f" {fold(plain)} " in folded
        elif plain.isascii() and len(plain) > 3:
            found = f" {plain} " in folded
        else:
            found = exact.startswith(f" {plain} ")
        if found:
            return True
    return False


def fold(text: str) -> str:
    """Lower case without marks, `đ` as `d`, single spaces: how names of G1 and G2 certificates compare."""
    marked = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(char for char in marked if not unicodedata.combining(char)).split())
