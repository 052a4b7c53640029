"""Rendering: a dispatch with its stored context becomes the bytes of one mail. What it says was fixed with the intention."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from mailhub import codec
from mailhub.language import Language
from mailhub.meetings.enclosures import enclosures
from mailhub.notices import return_path
from mailhub.notices.compose import Letterhead, compose
from mailhub.notices.context import Contact, DigestContext, ReceiptContext, RepeatContext
from mailhub.notices.enclosing import NOTHING, Enclosed, EnclosedFile
from mailhub.notices.kinds import NoticeContext, context_type
from mailhub.notices.meeting_context import MeetingContext
from mailhub.notices.receipt_sheet import MEDIA_TYPE, SheetContext, file_name, receipt_sheet
from mailhub.notices.templates import Templates
from storage import documents, events, hub
from storage.blobs import BlobStore
from storage.database import Database
from storage.records import ChainHead, Dispatch

if TYPE_CHECKING:
    from mailhub.signing.system import SystemSignature


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One mail, and what the own signature in it amounts to; empty where none was due."""

    content: bytes
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """Composes notices and signs their return paths.

    `contact` is named in a notice that was intended while the office had not said whom agencies may call. With a system
    certificate receipts carry a signed sheet.
    """

    database: Database
    blobs: BlobStore
    templates: Templates
    languages: tuple[Language, ...]
    contact: Contact
    domain: str
    key: bytes
    system: "SystemSignature | None" = None

    def return_path(self, dispatch: Dispatch) -> str:
        """The envelope sender of one dispatch; what comes back to it is known as ours."""
        return return_path.sign(dispatch.id, key=self.key, domain=self.domain)

    def render(self, dispatch: Dispatch) -> Rendered:
        """The mail, with the audit chain's head of this moment; raises NoticeError where it must not go."""
        with self.database.reading() as tx:
            body = documents.get(tx, dispatch.draft.context_id).body
            head, mark, now = events.head(tx), hub.hub_id(tx), tx.now()
        context = with_contact(codec.decode(body, context_type(dispatch.draft.kind)), self.contact)
        context = with_chain(context, head)
        enclosed, signature = self._enclosed(context, now)
        content = compose(
            context,
            message_id=dispatch.draft.message_id,
            letterhead=letterhead_of(context, mark),
            date=now,
            templates=self.templates,
            languages=self.languages,
            enclosed=enclosed,
        )
        return Rendered(content=content, signature=signature)

    def _enclosed(self, context: NoticeContext, now: datetime) -> tuple[Enclosed, str]:
        """What goes with the text, and how it is signed."""
        if isinstance(context, MeetingContext):
            return enclosures(context, self.blobs), ""
        if self.system is not None and isinstance(context, ReceiptContext | RepeatContext):
            return signed_sheet(context, self.system, now)
        return NOTHING, ""


def signed_sheet(context: SheetContext, system: "SystemSignature", now: datetime) -> tuple[Enclosed, str]:
    """The receipt's sheet, signed. Where it cannot be signed the mail leaves without it: an unsigned one proves nothing."""
    signed = system.sign(receipt_sheet(context, now), now)
    if signed.obstacle is not None:
        return NOTHING, signed.level
    sheet = EnclosedFile(name=file_name(context), media_type=MEDIA_TYPE, content=signed.content)
    return Enclosed(files=(sheet,)), signed.level


def with_contact(context: NoticeContext, contact: Contact) -> NoticeContext:
    """The context with somebody to call; a meeting is never convened without."""
    if isinstance(context, MeetingContext):
        return context
    if isinstance(context, DigestContext):
        return context if context.contact.complete else replace(context, contact=contact)
    return context if context.about.contact.complete else replace(context, about=replace(context.about, contact=contact))


def with_chain(context: NoticeContext, head: ChainHead) -> NoticeContext:
    """The context with the chain's head, which was not known yet when the notice was intended."""
    if isinstance(context, MeetingContext):
        return context
    if isinstance(context, DigestContext):
        return replace(context, chain=head)
    return replace(context, about=replace(context.about, chain=head))


def letterhead_of(context: NoticeContext, mark: str) -> Letterhead:
    """Whom the notice comes from."""
    source = context if isinstance(context, DigestContext | MeetingContext) else context.about
    return Letterhead(name=source.unit_name, address=source.unit_address, loop_mark=mark)
