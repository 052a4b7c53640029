"""Whether a letter is meant for the unit, from its address lines and its list of copies."""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from mailhub.policy.case import DirectoryView
from mailhub.policy.settings import PolicySettings
from parsers.letter import LetterFields

SEPARATORS = re.compile(r"[;,\n•]|(?:^|\s)[-–+](?=\s)|^[-–+]")
BULLETS = " \t-–+."
PARENTHESES = re.compile(r"[()\[\]]")
WORD = re.compile(r"\w+")

Words = tuple[str, ...]


class Addressing(StrEnum):
    """How the unit stands in a letter's address lines."""

    TO = "to"
    INFORMATION = "information"
    OTHERS = "others"
    UNNAMED = "unnamed"


def addressing(fields: LetterFields, directory: DirectoryView, settings: PolicySettings) -> Addressing:
    """Whether the letter asks the unit to act, informs it, names only others, or names nobody.

    "Nơi nhận" counts as well as "Kính gửi": a decision has no other address line.
    """
    if not fields.addressees and not fields.copies_to:
        return Addressing.UNNAMED
    to = [entry for field in fields.addressees for entry in entries(field.value)]
    copies = [entry for field in fields.copies_to for entry in entries(field.value)]
    mine = [entry for entry in to if names_unit(entry, directory, settings)]
    if mine:
        informed = all(says_information(entry, settings) for entry in mine)
        return Addressing.INFORMATION if informed else Addressing.TO
    if any(names_unit(entry, directory, settings) for entry in copies):
        return Addressing.INFORMATION if to else Addressing.TO
    return Addressing.OTHERS


def entries(text: str) -> tuple[str, ...]:
    """The single addressees of one line; separators inside parentheses do not separate."""
    level, characters = 0, []
    for character in text:
        level += (character in "([") - (character in ")]" and level > 0)
        characters.append(" " if level and character in ";,\n" else character)
    return tuple(piece.strip(BULLETS) for piece in SEPARATORS.split("".join(characters)) if WORD.search(piece))


def names_unit(entry: str, directory: DirectoryView, settings: PolicySettings) -> bool:
    """Whether one addressee is the unit: its name or an alias, and around it only titles or words of the unit's own names.

    So "Thường trực UBND tỉnh" and "UBND tỉnh Hải Dương" are that province's committee, and "UBND tỉnh Bắc Ninh" is not.
    """
    plain = words(without_information(PARENTHESES.sub(" ", entry), settings))
    names = [words(name) for name in (directory.unit_name, *directory.unit_aliases) if words(name)]
    own = {word for name in names for word in name} | {word for title in settings.addressee_titles for word in words(title)}
    return any(set(rest) <= own for name in names for rest in rests(plain, name))


def rests(line: Words, name: Words) -> Iterable[Words]:
    """What is left of a line beside each occurrence of a name in it."""
    for start in range(len(line) - len(name) + 1):
        if line[start : start + len(name)] == name:
            yield line[:start] + line[start + len(name) :]


def says_information(entry: str, settings: PolicySettings) -> bool:
    """Whether the entry says that it is sent for information only."""
    line = words(entry)
    return any(True for phrase in settings.information_phrases for _ in rests(line, words(phrase)))


def without_information(entry: str, settings: PolicySettings) -> str:
    """The entry without its "for information" words."""
    line = words(entry)
    for phrase in sorted(settings.information_phrases, key=len, reverse=True):
        line = next(iter(rests(line, words(phrase))), line)
    return " ".join(line)


def words(text: str) -> Words:
    """The words of a text without marks and case, as the office's names are compared."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return tuple(WORD.findall("".join(character for character in decomposed if not unicodedata.combining(character))))
