"""`mh`: what a clerk types fifty times a day. Short words become an ordinary command line; everything else stays as it is.

mh                     the desk                    mh h128 tra thieu-tep   return h128, enclosures missing
mh 4818                the register's line         mh h128 vao             file it
mh 226/stc, mh K7M4    the letter                  mh in hom-nay           today's lines of the register
mh G7-0312, mh m12     the paper, the meeting      mh z                    take back the last act
"""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from mailhub.deposit_codes import looks_like_deposit_code
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.policy.reasons import ReasonCode
from mailhub.profiles.vn.reasons import reason_text
from mailhub.profiles.vn.shortcuts import shortcuts
from mailhub.tracking import beginning
from storage.folding import fold

MEETING: Final = re.compile(r"m\d{1,18}", re.IGNORECASE)
NUMBER: Final = re.compile(r"\d{1,9}(/\d{4})?")
REASON_WORDS: Final = frozenset({"letter hold", "letter withdraw", "letter reopen", "register void"})
"""Commands whose further words are the reason."""

PRINTED: Final = 10_000
TODAY: Final = frozenset({"hom-nay", "today"})
LATER: Final = frozenset({"giao", "xong", "thu-hoi"})


def command_line(words: Sequence[str], nouns: Sequence[str], today: Callable[[], date]) -> list[str]:
    """The ordinary command line that the words stand for.

    Options stay behind the words as they are. Raises RefusedError for words that mean nothing, with their neighbours.
    """
    if not words:
        return ["desk"]
    if words[0] in nouns or words[0].startswith("-"):
        return list(words)
    if folded(words[0]) == "in":
        return printing(words[1:], today)
    spoken = command_of(words)
    if spoken is not None:
        return spoken
    verbs, shown = verbs_of(words[0])
    if shown:
        return on_record(words, verbs, shown)
    everything = [*nouns, *shortcuts().commands, "in hom-nay"]
    if beginning(words[0]) and not alike(words[0], everything):
        return on_record(words, shortcuts().letter, "letter show")
    raise unknown(words[0], everything)


def command_of(words: Sequence[str]) -> list[str] | None:
    """The command that the first two words, or the first one, stand for."""
    commands = shortcuts().commands
    for length in (2, 1):
        said = " ".join(folded(word) for word in words[:length])
        if len(words) >= length and said in commands:
            return [*commands[said].split(), *words[length:]]
    return None


def verbs_of(record: str) -> tuple[Mapping[str, str], str]:
    """What can be done with a record, and the command that shows it; nothing for a word that names none."""
    known = shortcuts()
    if looks_like_deposit_code(record):
        return known.paper, "paper show"
    if MEETING.fullmatch(record):
        return known.meeting, "meeting show"
    if NUMBER.fullmatch(record):
        return known.letter, "register show"
    named = "/" in record or any(character.isdigit() for character in record)
    return (known.letter, "letter show") if named else ({}, "")


def on_record(words: Sequence[str], verbs: Mapping[str, str], shown: str) -> list[str]:
    """A record's number alone shows it; a verb behind it acts on it."""
    record, *rest = words
    if not rest or rest[0].startswith("-"):
        return [*shown.split(), record, *rest]
    verb, *further = rest
    command = verbs.get(folded(verb))
    if command is None and folded(verb) in LATER:
        raise RefusedError(
            Text(
                vi=f"{verb!r}: giao việc và theo dõi xử lý sẽ có ở bản sau; nay xin ghi ở sổ hoặc báo trực tiếp người xử lý",
                en=f"{verb!r}: assigning and following work comes with a later version; please tell the handler directly for now",
            )
        )
    if command is None:
        raise unknown(verb, list(verbs))
    if command == "letter return":
        return [*command.split(), record, *returned_for(further)]
    if command in REASON_WORDS and further and not further[0].startswith("-"):
        words_of_reason = [word for word in further if not word.startswith("-")]
        return [*command.split(), record, "--reason", " ".join(words_of_reason), *further[len(words_of_reason) :]]
    return [*command.split(), record, *further]


def returned_for(words: Sequence[str]) -> list[str]:
    """Reasons in the clerk's words as options; the ordinary options behind them stay."""
    arguments: list[str] = []
    for position, word in enumerate(words):
        if word.startswith("-"):
            return [*arguments, *words[position:]]
        arguments += ["--reason", reason_of(word).value]
    return arguments


def reason_of(word: str) -> ReasonCode:
    """The reason that a word names: the code, its words in the profile, or its label without accents."""
    said = folded(word)
    named = shortcuts().reason(said)
    if named is not None:
        return named
    labels = {folded(reason_text(code).label.vi): code for code in shortcuts().reasons}
    if said in labels:
        return labels[said]
    raise unknown(word, [*labels, *(code.value for code in shortcuts().reasons), *sum(shortcuts().reasons.values(), ())])


def printing(words: Sequence[str], today: Callable[[], date]) -> list[str]:
    """`in hom-nay`: the lines of the register that were filed today; a table, until pages are printed."""
    if not words or folded(words[0]) not in TODAY:
        raise unknown(" ".join(["in", *words[:1]]), ["in hom-nay"])
    day = today().isoformat()
    return ["register", "list", "--from", day, "--to", day, "--limit", str(PRINTED), *words[1:]]


def folded(word: str) -> str:
    """A word without accents and capitals, with dashes for blanks."""
    return "-".join(fold(word).replace("_", "-").split())


def alike(word: str, words: Sequence[str]) -> list[str]:
    """The words that look like this one."""
    spelled = {folded(item): item for item in words}
    return [spelled[item] for item in difflib.get_close_matches(folded(word), spelled, n=4)]


def unknown(word: str, words: Sequence[str]) -> RefusedError:
    """Words that mean nothing here, with those that look like them."""
    listed = ", ".join(alike(word, words) or list(dict.fromkeys(words))[:12])
    return RefusedError(
        Text(vi=f"không hiểu {word!r}; có phải là: {listed}?", en=f"{word!r} is not known; did you mean: {listed}?")
    )
