"""Who is meant by what a clerk types: officials by code, name or position, groups by `nhom:CODE`."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from mailhub.errors import RefusedError
from mailhub.language import Language, Text
from mailhub.profiles.vn.positions import without_honorific, written_out
from storage.folding import fold
from storage.records import Official, OfficialGroup

GROUP = re.compile(r"\s*(?:nhóm|nhom|group)\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)
MOST_NEAR = 5
MOST_SHOWN = 12
NEAR_ENOUGH = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A text that names nobody who can be invited, with what comes near it: codes with names, ready to be shown."""

    text: str
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """A text that names several officials."""

    text: str
    officials: tuple[Official, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """The officials that texts name, each once, in the order of the texts; and the texts that are not clear."""

    officials: tuple[Official, ...]
    unknown: tuple[Unknown, ...]
    ambiguous: tuple[Ambiguous, ...]

    def required(self) -> tuple[Official, ...]:
        """The officials where every text is clear; raises RefusedError that tells all that are not."""
        if not self.unknown and not self.ambiguous:
            return self.officials
        raise RefusedError(Text(vi="\n".join(self._unclear(Language.VI)), en="\n".join(self._unclear(Language.EN))))

    def _unclear(self, language: Language) -> Iterator[str]:
        yield Text(vi="chưa rõ là ai:", en="it is not clear who is meant:").in_(language)
        for unknown in self.unknown:
            near = "; ".join(unknown.near)
            told = Text(vi=f"; gần giống: {near}", en=f"; near it: {near}").in_(language) if near else ""
            nobody = Text(vi=f"{unknown.text!r}: không có cán bộ hay nhóm này", en=f"{unknown.text!r}: no such official or group")
            yield f"  {nobody.in_(language)}{told}"
        for several in self.ambiguous:
            count, shown = len(several.officials), "; ".join(label(official) for official in several.officials[:MOST_SHOWN])
            more = "; …" if count > MOST_SHOWN else ""
            yield "  " + Text(
                vi=f"{several.text!r}: có {count} người, hãy nêu mã: {shown}{more}",
                en=f"{several.text!r}: {count} officials, give the code: {shown}{more}",
            ).in_(language)


class _Key(NamedTuple):
    """A way to name somebody: written out and folded, and as it was written."""

    folded: str
    exact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """The officials and groups of a unit, ready to be named on this `day`.

    `aliases` are other names of agencies, by agency id.
    """

    day: date
    officials: Sequence[Official]
    groups: Sequence[OfficialGroup] = ()
    aliases: Mapping[int, Sequence[str]] = field(default_factory=dict)

    def resolve(self, texts: Sequence[str]) -> Resolved:
        """Find who is meant. Each text is a code, a name, a position with or without its organisation, or `nhom:CODE`."""
        index = _Index(self)
        found: dict[int, Official] = {}
        unknown: list[Unknown] = []
        ambiguous: list[Ambiguous] = []
        for text in dict.fromkeys(texts):
            meant = index.meant(text)
            if not meant:
                unknown.append(Unknown(text=text, near=index.near(text)))
            elif len(meant) > 1 and not GROUP.fullmatch(text):
                ambiguous.append(Ambiguous(text=text, officials=meant))
            else:
                found |= {official.id: official for official in meant if official.id not in found}
        return Resolved(officials=tuple(found.values()), unknown=tuple(unknown), ambiguous=tuple(ambiguous))


class _Index:
    """All the ways in which the roll's officials can be named, by how sure they are: code, full name, bare position."""

    def __init__(self, roll: Roll) -> None:
        self._roll = roll
        self._open = {official.id: official for official in roll.officials if holds_office(official, roll.day)}
        self._codes: dict[str, list[Official]] = defaultdict(list)
        self._names: dict[str, list[tuple[Official, str]]] = defaultdict(list)
        self._positions: dict[str, list[tuple[Official, str]]] = defaultdict(list)
        for official in self._open.values():
            self._codes[fold(official.code)].append(official)
            for key in _full_names(official, _bodies(official, roll.aliases)):
                self._names[key.folded].append((official, key.exact))
            self._positions[written_out(official.position)].append((official, _exact(official.position)))
        self._pairs: dict[str, Counter[str]] = {}

    def meant(self, text: str) -> tuple[Official, ...]:
        """Everybody that the text may mean; for a group its members."""
        if group := GROUP.fullmatch(text):
            return self._members(group[1])
        if by_code := self._codes.get(fold(text)):
            return tuple(by_code)
        key = written_out(text)
        if not key:
            return ()
        named = self._names.get(key) or self._names.get(without_honorific(key)) or self._positions.get(key) or ()
        # Different marks may fold to one: Hà and Hạ. Who is written just like this is meant.
        exact = _exact(text)
        chosen = [official for official, written in named if written == exact] or [official for official, _ in named]
        return tuple({official.id: official for official in chosen}.values())

    def near(self, text: str) -> tuple[str, ...]:
        """What a mistyped text may have meant, best first; for somebody who left, who holds the position now."""
        if group := GROUP.fullmatch(text):
            return self._near_groups(group[1])
        found = self._followers(text) or self._alike(written_out(text))
        return tuple(dict.fromkeys(map(label, found)))[:MOST_NEAR]

    def _followers(self, text: str) -> list[Official]:
        closed = tuple(replace(official, closed_on=None) for official in self._roll.officials if official.id not in self._open)
        left = _Index(replace(self._roll, officials=closed)).meant(text) if closed else ()
        held = {(official.position, official.organisation) for official in left}
        return [official for official in self._open.values() if (official.position, official.organisation) in held]

    def _alike(self, wanted: str) -> list[Official]:
        if not self._pairs:
            self._pairs |= {key: _pairs(key) for key in (*self._names, *self._positions)}
        pairs = _pairs(wanted)
        alike = {key: _likeness(pairs, other) for key, other in self._pairs.items()}
        best = sorted((key for key, likeness in alike.items() if likeness >= NEAR_ENOUGH), key=lambda key: -alike[key])
        return [official for key in best[: 10 * MOST_NEAR] for official, _ in self._names.get(key) or self._positions[key]]

    def _members(self, text: str) -> tuple[Official, ...]:
        wanted = fold(text)
        by_code = [group for group in self._roll.groups if fold(group.code) == wanted]
        groups = by_code or [group for group in self._roll.groups if fold(group.name) == wanted]
        return tuple(self._open[id_] for group in groups[:1] for id_ in group.member_ids if id_ in self._open)

    def _near_groups(self, text: str) -> tuple[str, ...]:
        wanted = _pairs(fold(text))
        alike = {
            group.code: max(_likeness(wanted, _pairs(fold(name))) for name in (group.code, group.name))
            for group in self._roll.groups
        }
        best = sorted(self._roll.groups, key=lambda group: -alike[group.code])
        # There are few groups: the likeliest come first, and none is left out for a mistyped code of three letters.
        return tuple(f"nhom:{group.code} ({group.name})" for group in best[:MOST_NEAR])


def holds_office(official: Official, day: date) -> bool:
    """Whether the official can be invited on this day."""
    return official.closed_on is None or official.closed_on > day


def label(official: Official) -> str:
    """An official in one line that begins with the code to type."""
    position = f"{official.position} {official.organisation}".strip()
    return f"{official.code} ({', '.join(part for part in (official.name, position) if part)})"


def _bodies(official: Official, aliases: Mapping[int, Sequence[str]]) -> tuple[str, ...]:
    other = aliases.get(official.agency_id, ()) if official.agency_id is not None else ()
    return tuple(dict.fromkeys(body for body in (official.organisation, *other) if body))


def _full_names(official: Official, bodies: Sequence[str]) -> Iterator[_Key]:
    """Names that stand for one person: the name, the position at a body, and both together."""
    position = _key(official.position)
    organisations = [_key(body) for body in bodies]
    places = [_both(position, body) for body in organisations]
    yield from places
    if official.name:
        name = _key(official.name)
        yield name
        yield from (_both(name, place) for place in (*places, position, *organisations))
        yield from (_both(place, name) for place in (*places, position))


def _key(text: str) -> _Key:
    return _Key(folded=written_out(text), exact=_exact(text))


def _both(first: _Key, second: _Key) -> _Key:
    return _Key(folded=f"{first.folded} {second.folded}".strip(), exact=f"{first.exact} {second.exact}".strip())


def _exact(text: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold()))


def _pairs(key: str) -> Counter[str]:
    return Counter(key[start : start + 2] for start in range(len(key) - 1))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Dice's coefficient over pairs of letters; a text that lies wholly inside a longer name is near it."""
    shared = (one & other).total()
    if not shared:
        return 0.0
    return max(2 * shared / (one.total() + other.total()), 0.9 * shared / one.total() - 0.2)
