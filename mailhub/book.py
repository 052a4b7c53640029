"""The register as a book: every line of an interval in the order of its numbers, read page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from storage import book
from storage.database import Database
from storage.records import Entry

PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class BookOrder:
    """Which lines are wanted: of one register or all of one direction, filed from `from_` on and before `to`."""

    register: str | None = None
    direction: str = "in"
    from_: datetime | None = None
    to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Volume:
    """Lines of the book that are read as they are asked for; each page is a snapshot of its own."""

    database: Database
    chapters: tuple[book.Chapter, ...]

    def __len__(self) -> int:
        return sum(chapter.entries for chapter in self.chapters)

    def __iter__(self) -> Iterator[Entry]:
        for chapter in self.chapters:
            after = chapter.first - 1
            while after < chapter.last:
                with self.database.reading() as tx:
                    page = book.read(tx, chapter, after=after, limit=PAGE)
                if not page:
                    break
                yield from page
                after = page[-1].number


@dataclass(frozen=True, slots=True)
class Book:
    """Opens the book."""

    database: Database

    def open(self, unit_id: int, order: BookOrder) -> Volume:
        """The lines of an interval; what is filed later is not among them."""
        with self.database.reading() as tx:
            found = book.chapters(tx, unit_id, register=order.register, direction=order.direction, from_=order.from_, to=order.to)
        return Volume(self.database, tuple(found))
