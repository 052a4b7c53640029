"""What becomes of a message while it comes: kept, spilled, or read to its end and thrown away."""

import asyncio
import logging
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir
from typing import Final

from mailhub.doors import smtp_replies as replies
from mailhub.doors.budget import InFlightBudget, Reservation
from mailhub.doors.free_space import FreeSpace
from mailhub.doors.smtp_data import LINE_LIMIT, Content, begin, next_piece
from mailhub.doors.smtp_replies import Reply
from storage.bodies import Body, BodyWriter
from storage.errors import StorageFullError, StorageUnavailableError

logger = logging.getLogger(__name__)

SPILL_OCTETS: Final = 512 * 1024
"""What one message may hold in memory. Most mails are smaller and never touch the disk twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where messages are put while they come, and how much of them there may be at once."""

    budget: InFlightBudget
    space: FreeSpace = field(default_factory=FreeSpace)
    folder: Path = field(default_factory=lambda: Path(gettempdir()))


class BodyTaking:
    """Takes one message. `refusal` says why it is not kept, `octets` counts the wire so far, `size` the message."""

    def __init__(self, room: Room, limit: int, reservation: Reservation) -> None:
        self._room = room
        self._limit = limit
        self._reservation = reservation
        self._writer = BodyWriter(room.folder, SPILL_OCTETS)
        self.size = 0
        self._writing: asyncio.Future[None] | None = None
        self.octets = 0
        self.ended = False
        self.refusal: Reply | None = None

    @property
    def writing(self) -> bool:
        """Whether the client waits for our disk now."""
        return self._writing is not None

    async def read(self, reader: asyncio.StreamReader) -> Body | None:
        """Read up to the final dot. Gives None where the message was not kept, and `refusal` says why then."""
        content = Content()
        begin(reader)
        last = False
        while not last:
            piece, last = await next_piece(reader)
            self.octets += len(piece)
            octets = content.end(piece) if last else content.take(piece)
            self.size += len(octets)
            if self._keeps(content):
                await self._keep(octets)
        self.ended = True
        if self.size > self._limit:
            self.refusal = replies.too_large(self.size, self._limit)
        return self._writer.finish() if self.refusal is None else None

    def give_up(self) -> None:
        """Forget what was kept, as soon as no thread writes it any more. After `read` has given the body, harmless."""
        if self._writing is None:
            self._writer.discard()
        else:
            self._writing.add_done_callback(lambda _: self._writer.discard())

    def _keeps(self, content: Content) -> bool:
        if self.refusal is None:
            self.refusal = self._objection(content)
            if self.refusal is not None:
                self._writer.discard()
                self._reservation.release()
        return self.refusal is None

    def _objection(self, content: Content) -> Reply | None:
        if self.size > self._limit:
            return replies.too_large(self.size, self._limit)
        if content.line_too_long:
            return replies.line_too_long(LINE_LIMIT)
        if not self._reservation.cover(self.size):
            return replies.NO_ROOM
        return None if self._room.space.has_room() else replies.DISK_FULL

    async def _keep(self, octets: bytes) -> None:
        try:
            if self._writer.size + len(octets) <= SPILL_OCTETS:
                self._writer.write(octets)
            else:
                await self._write_beside(octets)
        except StorageUnavailableError as error:
            logger.error("a body cannot be spilled", exc_info=error)  # noqa: TRY400  without the session's frames
            self._writing = None
            self.refusal = replies.DISK_FULL if isinstance(error, StorageFullError) else replies.LOCAL_ERROR
            self._writer.discard()
            self._reservation.release()

    async def _write_beside(self, octets: bytes) -> None:
        """Write off the event loop: a disk may be slow. A client that leaves meanwhile must not close the file under it."""
        self._writing = asyncio.get_running_loop().run_in_executor(None, self._writer.write, octets)
        await asyncio.shield(self._writing)
        self._writing = None
