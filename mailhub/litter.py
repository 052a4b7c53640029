"""Litter: blobs that nothing names. A crash between the bytes and their row leaves some, and a refused command may.

Nobody was told that such a mail was taken, so its sender has sent it again. A registry that was restored from a backup is
another matter: what was taken after the backup looks like litter there, and is not. That is why there is a limit on how much
is destroyed at once, and why the command shows everything first.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from mailhub.documents import DECISION, FACTS, READING, SHEET, SMS
from mailhub.errors import RefusedError
from mailhub.language import Text
from storage import events, references
from storage.blobs import StoredBlob, SweptStore
from storage.database import Database
from storage.records import Actor, EventDraft
from storage.segments import BadRange

OLD_ENOUGH: Final = timedelta(days=1)
"""Younger blobs are let be: their row may be on its way."""

NAMELESS_KINDS: Final = frozenset(kind.kind for kind in (READING, FACTS, DECISION, SMS, SHEET))
"""Documents that name no blobs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What lies about: blobs that nothing names, and ranges of segments that are no sound record. `octets` of the blobs."""

    litter: tuple[StoredBlob, ...]
    damaged: tuple[BadRange, ...]
    named: int

    @property
    def octets(self) -> int:
        """How much the litter holds."""
        return sum(blob.size for blob in self.litter)


@dataclass(frozen=True, slots=True)
class Litter:
    """Finds litter, and destroys it."""

    database: Database
    blobs: SweptStore

    def look(self) -> Found:
        """Everything that was stored more than a day ago and is named nowhere, and what is damaged."""
        with self.database.reading() as tx:
            before = tx.now() - OLD_ENOUGH
        # The store first: what is stored and named after that is not even looked at.
        held = list(self.blobs.stored(before))
        with self.database.reading() as tx:
            named = references.blobs(tx, without_kinds=NAMELESS_KINDS)
        return Found(
            litter=tuple(item for item in held if isinstance(item, StoredBlob) and item.ref not in named),
            damaged=tuple(item for item in held if isinstance(item, BadRange)),
            named=sum(isinstance(item, StoredBlob) and item.ref in named for item in held),
        )

    def destroy(self, actor: Actor, *, most: int, reason: str) -> Found:
        """Overwrite the litter; an event tells how much. Raises RefusedError where there is more of it than `most` blobs."""
        found = self.look()
        if len(found.litter) > most:
            raise RefusedError(
                Text(
                    vi=(
                        f"có {len(found.litter)} khối không thuộc bản ghi nào, nhiều hơn {most}. Nếu vừa khôi phục từ bản sao "
                        "lưu, đó có thể là thư nhận sau bản sao lưu: đừng xóa. Nếu chắc chắn là rác, nêu --most lớn hơn"
                    ),
                    en=(
                        f"{len(found.litter)} blobs belong to no record, more than {most}. After a restore from a backup these "
                        "may be mails taken after it: do not destroy them. If this is litter for sure, give a larger --most"
                    ),
                )
            )
        if found.litter:
            # Written first: a crash in between leaves litter that the next sweep finds.
            data: dict[str, object] = {"blobs": len(found.litter), "octets": found.octets}
            with self.database.transaction() as tx:
                swept = EventDraft(kind="litter-swept", subject="blobs", actor=actor, data=data, reason=reason)
                events.append(tx, [swept])
        for blob in found.litter:
            self.blobs.overwrite(blob.ref)
        return found
