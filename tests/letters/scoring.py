"""Comparing what was read with what a clerk reads."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from parsers.folding import clean
from parsers.letter import ReadLetter, TextField
from tests.letters.sample import Sample

SINGLE = (
    "reference",
    "number",
    "symbol",
    "issuer",
    "parent_issuer",
    "document_type",
    "subject",
    "signer",
    "signer_position",
    "copy_form",
)
LISTS = ("addressees", "copies_to")


def same(one: str, other: str) -> bool:
    """Equal but for blanks; accents and case count."""
    return re.sub(r"\s+", " ", clean(one)).strip() == re.sub(r"\s+", " ", clean(other)).strip()


@dataclass
class Score:
    """Per field: right, absent though printed, and wrong (also where nothing is printed)."""

    right: Counter[str] = field(default_factory=Counter)
    absent: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, sample: Sample, letter: ReadLetter | None, where: str) -> None:
        for name, truth, value in comparisons(sample, letter):
            if truth == value:
                self.right[name] += 1
            else:
                (self.wrong if value else self.absent)[name] += 1
                self.faults.append(f"{where}: {name}: expected {truth!r}, read {value!r}")

    def rate(self, counter: Counter[str], names: Iterable[str] | None = None) -> float:
        keys = set(names or (*self.right, *self.absent, *self.wrong))
        total = sum(self.right[key] + self.absent[key] + self.wrong[key] for key in keys)
        return sum(counter[key] for key in keys) / max(total, 1)

    def table(self) -> str:
        names = dict.fromkeys((*self.right, *self.absent, *self.wrong))
        rows = [
            f"{name:16} right {self.right[name]:4}  absent {self.absent[name]:3}  wrong {self.wrong[name]:3}" for name in names
        ]
        return "\n".join([*rows, f"all: right {self.rate(self.right):.1%}, wrong {self.rate(self.wrong):.2%}", *self.faults])


def comparisons(sample: Sample, letter: ReadLetter | None) -> Iterator[tuple[str, object, object]]:
    """Field name, truth, value read; texts equal but for blanks compare equal."""
    truth = sample.truth
    fields = letter.fields if letter else None
    for name in SINGLE:
        found = getattr(fields, name) if fields else None
        yield name, *_texts(getattr(truth, name), found)
    yield "issued_on", truth.issued_on, fields.issued_on.value if fields and fields.issued_on else None
    for name in LISTS:
        yield name, *_lists(getattr(truth, name), tuple(item.value for item in getattr(fields, name)) if fields else ())
    yield "urgency", truth.urgency, letter.urgency.value if letter else None
    yield "secrecy", truth.secrecy, letter.secrecy[0].evidence if letter and letter.secrecy else None
    yield "enclosures", *_lists(truth.enclosures, tuple(item.title for item in letter.declared_enclosures) if letter else ())


def _texts(truth: str | None, found: TextField | None) -> tuple[str | None, str | None]:
    value = found.value if found else None
    return (truth, truth) if truth and value and same(truth, value) else (truth, value)


def _lists(truth: tuple[str, ...], value: tuple[str, ...]) -> tuple[object, object]:
    equal = len(truth) == len(value) and all(same(a, b) for a, b in zip(truth, value, strict=True))
    return (truth, truth) if equal else (truth, value)
