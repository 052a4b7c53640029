"""What leaves, as clerks see it: listing, trying again, holding back, settling what nobody knows."""

from collections.abc import Iterable
from dataclasses import dataclass

from mailhub.errors import DamagedDocumentError, RefusedError
from mailhub.language import Text
from mailhub.texting import CHANNEL, text_of
from sms.text import measure
from storage import events, meetings, noted, outbox, texts
from storage.blobs import BlobStore
from storage.database import Database, Transaction
from storage.errors import ConflictError, NotFoundError
from storage.records import Actor, Dispatch, DispatchState, EventDraft, NotedMail

STOPPED = frozenset({DispatchState.FAILED, DispatchState.EXPIRED, DispatchState.HELD, DispatchState.UNCERTAIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A dispatch with what a text says and in how many segments; empty and 0 for mail, and for words that are gone."""

    dispatch: Dispatch
    text: str = ""
    segments: int = 0


@dataclass(frozen=True, slots=True)
class Outbox:
    """The clerk's side of the outbox; sending is the dispatcher's."""

    database: Database
    blobs: BlobStore

    def list_(
        self, unit_id: int, *, states: Iterable[DispatchState] | None = None, limit: int = 100, before_id: int | None = None
    ) -> tuple[Dispatch, ...]:
        """Dispatches, newest first."""
        with self.database.reading() as tx:
            return tuple(outbox.list_(tx, unit_id, states=states, limit=limit, before_id=before_id))

    def show(self, unit_id: int, dispatch_id: int) -> Dispatch:
        """One dispatch; raises RefusedError when the unit has none with this id."""
        with self.database.reading() as tx:
            return self._find(tx, unit_id, dispatch_id)

    def shown(self, unit_id: int, dispatches: Iterable[Dispatch]) -> tuple[Shown, ...]:
        """The unit's dispatches with the words of its texts."""
        with self.database.reading() as tx:
            return tuple(_shown(tx, dispatch) for dispatch in dispatches if dispatch.draft.unit_id == unit_id)

    def came_back(self, unit_id: int, dispatch_id: int) -> tuple[NotedMail, ...]:
        """The mails that answered a dispatch, in the order they came."""
        with self.database.reading() as tx:
            self._find(tx, unit_id, dispatch_id)
            return noted.of_dispatches(tx, [dispatch_id]).get(dispatch_id, ())

    def message(self, unit_id: int, dispatch_id: int) -> bytes:
        """The mail as it is sent; raises RefusedError while it is not rendered yet."""
        dispatch = self.show(unit_id, dispatch_id)
        if dispatch.blob is None:
            raise RefusedError(
                Text(
                    vi=f"lượt gửi {dispatch_id} chưa được soạn; nó được soạn ngay trước lần gửi đầu",
                    en=f"dispatch {dispatch_id} is not rendered yet; that happens just before its first attempt",
                )
            )
        return self.blobs.get(dispatch.blob)

    def retry(self, actor: Actor, unit_id: int, dispatch_id: int, *, reason: str = "") -> Dispatch:
        """Let a failed, expired, held or uncertain dispatch leave again, now."""
        with self.database.transaction() as tx:
            if superseded(tx, self._find(tx, unit_id, dispatch_id)):
                raise self._out_of_date(dispatch_id)
            try:
                outbox.retry_by_clerk(tx, unit_id, dispatch_id, due_at=tx.now())
            except ConflictError as error:
                if outbox.get(tx, unit_id, dispatch_id).state in STOPPED:
                    raise self._out_of_date(dispatch_id) from error
                raise self._not_possible(tx, unit_id, dispatch_id, Text(vi="gửi lại", en="sent again")) from error
            self._note(tx, actor, dispatch_id, "dispatch-retried", reason)
            return outbox.get(tx, unit_id, dispatch_id)

    def hold(self, actor: Actor, unit_id: int, dispatch_id: int, *, reason: str) -> Dispatch:
        """Keep a dispatch from leaving until it is retried."""
        with self.database.transaction() as tx:
            self._find(tx, unit_id, dispatch_id)
            try:
                outbox.hold_by_clerk(tx, unit_id, dispatch_id)
            except ConflictError as error:
                raise self._not_possible(tx, unit_id, dispatch_id, Text(vi="giữ lại", en="held back")) from error
            self._note(tx, actor, dispatch_id, "dispatch-held", reason)
            return outbox.get(tx, unit_id, dispatch_id)

    def settle(self, actor: Actor, unit_id: int, dispatch_id: int, *, sent: bool, reason: str) -> Dispatch:
        """Say whether a text was sent that nobody knows of; said wrongly, it is said again."""
        with self.database.transaction() as tx:
            self._find(tx, unit_id, dispatch_id)
            try:
                texts.settle(tx, unit_id, dispatch_id, sent_at=tx.now() if sent else None)
            except ConflictError as error:
                raise self._not_possible(tx, unit_id, dispatch_id, Text(vi="chốt bằng tay", en="settled by hand")) from error
            self._note(tx, actor, dispatch_id, "dispatch-settled", reason, {"sent": sent})
            return outbox.get(tx, unit_id, dispatch_id)

    def _find(self, tx: Transaction, unit_id: int, dispatch_id: int) -> Dispatch:
        try:
            return outbox.get(tx, unit_id, dispatch_id)
        except NotFoundError as error:
            raise RefusedError(
                Text(
                    vi=f"không có lượt gửi {dispatch_id}; xem `mailhub outbox list`",
                    en=f"there is no dispatch {dispatch_id}; see `mailhub outbox list`",
                )
            ) from error

    def _not_possible(self, tx: Transaction, unit_id: int, dispatch_id: int, done: Text) -> RefusedError:
        state = outbox.get(tx, unit_id, dispatch_id).state.value
        return RefusedError(
            Text(
                vi=f"lượt gửi {dispatch_id} đang ở trạng thái {state}, không thể {done.vi}",
                en=f"dispatch {dispatch_id} is {state} and cannot be {done.en}",
            )
        )

    def _out_of_date(self, dispatch_id: int) -> RefusedError:
        return RefusedError(
            Text(
                vi=f"lượt gửi {dispatch_id} đã cũ: cuộc họp đã có tin mới hơn cho người này",
                en=f"dispatch {dispatch_id} is out of date: its meeting has said something newer to this recipient",
            )
        )

    def _note(
        self, tx: Transaction, actor: Actor, dispatch_id: int, kind: str, reason: str, data: dict[str, object] | None = None
    ) -> None:
        draft = EventDraft(kind=kind, subject=f"dispatch/{dispatch_id}", actor=actor, data=data or {}, reason=reason)
        events.append(tx, [draft])


def _shown(tx: Transaction, dispatch: Dispatch) -> Shown:
    if dispatch.draft.channel != CHANNEL:
        return Shown(dispatch=dispatch)
    try:
        text = text_of(tx, dispatch)
    except (NotFoundError, DamagedDocumentError):
        return Shown(dispatch=dispatch)
    return Shown(dispatch=dispatch, text=text, segments=measure(text).segments)


def superseded(tx: Transaction, dispatch: Dispatch) -> bool:
    """Whether its meeting has another time, place or state by now, even if the recipient was never told of it."""
    if dispatch.draft.meeting_id is None:
        return False
    meeting = meetings.get(tx, dispatch.draft.unit_id, dispatch.draft.meeting_id)
    said = meetings.revisions(tx, meeting.id)[dispatch.draft.revision - 1]
    return said.draft.sequence != meeting.sequence
