"""Vietnamese and English for people: both sentences stand where they are used, the reader's language chooses late."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never


class Language(StrEnum):
    """A language that the product speaks to people; codes and JSON keys are never translated."""

    VI = "vi"
    EN = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One sentence in both languages. Values are put in by f-strings where the pair is written."""

    vi: str
    en: str

    def in_(self, language: Language) -> str:
        """Give the sentence in one language."""
        match language:
            case Language.VI:
                return self.vi
            case Language.EN:
                return self.en
            case _:
                assert_never(language)

    def __str__(self) -> str:
        """Logs and tracebacks are read in English."""
        return self.en


def word(words: Mapping[str, Text], code: str) -> Text:
    """The word for a code; a code of a newer version is shown as it is."""
    return words.get(code, Text(vi=code, en=code))
