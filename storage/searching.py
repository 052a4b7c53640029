"""The search index of entries: the same words and the same results in FTS5 and in PostgreSQL.

Both engines get finished words from `folding` and only compare them; neither tokenises, stems or ranks by itself.
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from storage.database import Transaction
from storage.folding import tokens

_MOST_WORDS: Final = 2000
_MOST_WORDS_ASKED: Final = 16

_index = sa.table("entry_search", sa.column("rowid"), sa.column("entry_id"), sa.column("words"))


def add(tx: Transaction, unit_id: int, entry_id: int, texts: tuple[str, ...]) -> None:
    """Index an entry under the words of these texts."""
    words = [_unit_word(unit_id), *dict.fromkeys(word for text in texts for word in tokens(text))][:_MOST_WORDS]
    if tx.is_postgresql:
        vector = sa.func.array_to_tsvector(sa.cast(words, postgresql.ARRAY(sa.Text)))
        tx.execute(sa.insert(_index).values(entry_id=entry_id, words=vector))
        return
    tx.execute(sa.insert(_index).values(rowid=entry_id, words=" ".join(words)))


def remove(tx: Transaction, entry_id: int) -> None:
    """Take an entry out of the index."""
    tx.execute(sa.delete(_index).where(_key(tx) == entry_id))


def newest(tx: Transaction, unit_id: int, text: str, *, before_id: int | None, limit: int) -> Sequence[int]:
    """List the ids of the unit's entries that hold every word asked for, newest first; a text without words finds nothing.

    A word finds every word that begins with it, a number only itself: 48 is not 4818. Asked for in this order and for a few
    only, FTS5 stops at them, however many entries hold a common word.
    """
    asked = tokens(text)[:_MOST_WORDS_ASKED]
    if not asked:
        return []
    key = _key(tx)
    found = sa.select(key).select_from(_index).where(_tsquery(unit_id, asked) if tx.is_postgresql else _fts5(unit_id, asked))
    if before_id is not None:
        found = found.where(key < before_id)
    return tx.connection.execute(found.order_by(key.desc()).limit(limit)).scalars().all()


def _key(tx: Transaction) -> sa.ColumnClause[int]:
    return _index.c.entry_id if tx.is_postgresql else _index.c.rowid


def _unit_word(unit_id: int) -> str:
    # Keeps another unit's entries out of the scan. No text holds this word, for `tokens` drops leading zeros.
    return f"00{unit_id}"


def _tsquery(unit_id: int, asked: list[str]) -> sa.ColumnElement[bool]:
    # Words hold letters and digits only, so quoting them is safe.
    words = [f"'{_unit_word(unit_id)}'", *(f"'{word}'" if _is_number(word) else f"'{word}':*" for word in asked)]
    return _index.c.words.op("@@", is_comparison=True)(sa.cast(" & ".join(words), postgresql.TSQUERY))


def _fts5(unit_id: int, asked: list[str]) -> sa.ColumnElement[bool]:
    words = [f'"{_unit_word(unit_id)}"', *(f'"{word}"' if _is_number(word) else f'"{word}"*' for word in asked)]
    return sa.literal_column("entry_search", sa.Text).op("MATCH", is_comparison=True)(" AND ".join(words))


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal()
