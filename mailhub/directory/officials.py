"""Officials: who there is, and who is meant by what a clerk types."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailhub.directory.changes import Words, words_of
from mailhub.directory.naming import Resolved, Roll
from mailhub.directory.sketches import Known, OfficialSketch, Planned, draft_of_official
from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.profiles.vn.positions import written_out
from storage import directory, people
from storage.database import Database, Transaction
from storage.errors import NotFoundError
from storage.records import Official


@dataclass(frozen=True, slots=True)
class Officials:
    """Reads the officials of a unit and knows who is meant by what a clerk types."""

    database: Database

    def list_(
        self, unit_id: int, *, search: str = "", group: str | None = None, include_closed: bool = False, limit: int | None = None
    ) -> tuple[Official, ...]:
        """Officials by code, or a group's in its order; raises RefusedError for an unknown group.

        `search` takes parts of words, as they stand or with abbreviations written out: `gd y te`.
        """
        with self.database.reading() as tx:
            for text in dict.fromkeys([search, written_out(search)]):
                try:
                    found = people.officials(tx, unit_id, search=text, group=group, include_closed=include_closed, limit=limit)
                except NotFoundError as error:
                    raise unknown_group(group or "") from error
                if found:
                    return tuple(found)
        return ()

    def show(self, unit_id: int, text: str) -> Official:
        """The official under a code, also a closed one, or the only one that the text names."""
        with self.database.reading() as tx:
            return named(tx, unit_id, text)

    def resolve(self, unit_id: int, texts: Sequence[str]) -> Resolved:
        """Who is meant: each text is a code, a name, a position such as `GĐ Sở Y tế`, or `nhom:CODE`."""
        with self.database.reading() as tx:
            return roll(tx, unit_id).resolve(texts)

    def plan(self, unit_id: int, sketches: Sequence[OfficialSketch]) -> tuple[Planned, ...]:
        """What sketches would come to, with everything wrong with them; changes nothing."""
        with self.database.reading() as tx:
            return known(tx, unit_id).plan(sketches)

    def assistants(self, official: Official) -> tuple[Official, ...]:
        """The official's assistants who can be invited, in the order given."""
        with self.database.reading() as tx:
            there = {one.code: one for one in people.officials(tx, official.unit_id)}
        return tuple(there[code] for code in official.assistant_codes if code in there)


def roll(tx: Transaction, unit_id: int) -> Roll:
    """The unit's officials and groups, ready to be named; agencies also by their other names."""
    return Roll(
        day=directory.today(tx, unit_id),
        officials=people.officials(tx, unit_id, include_closed=True),
        groups=people.groups(tx, unit_id),
        aliases={agency.id: (agency.name, *agency.aliases) for agency in directory.agencies(tx, unit_id)},
    )


def known(tx: Transaction, unit_id: int) -> Known:
    """The directory as it stands, for drawing sketches out."""
    return Known(
        officials=people.officials(tx, unit_id, include_closed=True),
        agencies=directory.agencies(tx, unit_id),
        day=directory.today(tx, unit_id),
    )


def named(tx: Transaction, unit_id: int, text: str) -> Official:
    """The official under a code, also a closed one, or the only one that the text names."""
    try:
        return people.official(tx, unit_id, text)
    except NotFoundError:
        meant = roll(tx, unit_id).resolve([text]).required()
    if len(meant) != 1:
        raise RefusedError(
            Text(vi=f"{text!r} là {len(meant)} người; cần đúng một", en=f"{text!r} names {len(meant)} officials; one is needed")
        )
    return meant[0]


def unknown_group(code: str) -> RefusedError:
    """There is no group under this code."""
    return RefusedError(
        Text(
            vi=f"không có nhóm {code!r}; xem `mailhub official group list`",
            en=f"there is no group {code!r}; see `mailhub official group list`",
        )
    )


def official_words(official: Official) -> Words:
    """An official as an event keeps it."""
    closed_on = official.closed_on.isoformat() if official.closed_on else None
    return words_of(draft_of_official(official)) | {"closed_on": closed_on}
