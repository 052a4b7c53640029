"""How Vietnamese letters are laid out and worded, for the readers of `parsers`."""

import tomllib
from collections.abc import Mapping
from importlib import resources

from parsers.letter import LetterRules, Urgency


def _rules(tables: Mapping[str, Mapping[str, object]]) -> LetterRules:
    """Build the rules; a key that LetterRules does not know is a TypeError at import."""
    wording = dict(tables["wording"])
    untyped, abbreviations = wording.pop("untyped_document"), wording.pop("name_abbreviations")
    if not isinstance(untyped, str) or not isinstance(abbreviations, Mapping):
        raise TypeError("wording.untyped_document must be a text and wording.name_abbreviations a table")
    return LetterRules(
        untyped_document=untyped,
        name_abbreviations=_texts(abbreviations),
        document_types=_texts(tables["document_types"]),
        further_types=_texts(tables["further_types"]),
        marks_of_secrecy=_texts(tables["marks_of_secrecy"]),
        marks_of_urgency=_urgencies(tables["marks_of_urgency"]),
        urgent_types=_urgencies(tables["urgent_types"]),
        secrecy_openers=_list(tables["secrecy"]["openers"]),
        secrecy_labels=_list(tables["secrecy"]["labels"]),
        false_secrecy_contexts=_list(tables["secrecy"]["false_contexts"]),
        reference_patterns=_list(tables["patterns"]["references"]),
        date_patterns=_list(tables["patterns"]["dates"]),
        number_words={word: int(str(value)) for word, value in tables["number_words"].items()},
        **{key: _list(value) for key, value in wording.items()},
    )


def _list(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"expected a list of texts, got {value!r}")
    return tuple(str(item) for item in value)


def _texts(table: Mapping[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in table.items()}


def _urgencies(table: Mapping[str, object]) -> dict[str, Urgency]:
    return {key: Urgency(str(value)) for key, value in table.items()}


LETTER_RULES = _rules(tomllib.loads(resources.files("mailhub.profiles.vn").joinpath("letter.toml").read_text("utf-8")))
