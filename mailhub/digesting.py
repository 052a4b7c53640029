"""Digests: answers beyond an address's daily cap leave together in one mail, so that a sender is never left without one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import assert_never
from zoneinfo import ZoneInfo

from mailhub import codec
from mailhub.answering import DIGEST, MAIL, NOT_KNOWN_YET, new_message_id
from mailhub.documents import NOTICE
from mailhub.errors import DamagedDocumentError
from mailhub.language import Text
from mailhub.notices.context import (
    ApologyContext,
    DigestContext,
    DigestLine,
    EntryName,
    HeldContext,
    ReasonLine,
    ReceiptContext,
    RepeatContext,
    ReturnContext,
)
from mailhub.notices.kinds import CONTEXTS
from storage import documents, outbox
from storage.database import Database, Transaction
from storage.errors import NotFoundError
from storage.records import Claim, Dispatch, DispatchDraft

BATCH = 500

LetterNotice = ReceiptContext | RepeatContext | ReturnContext | HeldContext | ApologyContext
"""The notices that speak of one letter, and so can be gathered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digesting:
    """Gathers what waits for a digest."""

    name: str
    database: Database
    domain: str
    lease: timedelta
    life: timedelta

    def run_once(self) -> bool:
        """Make one digest for each address that is due; False when there was none. All of it is one transaction."""
        with self.database.reading() as tx:
            if not outbox.any_due(tx, (DIGEST,)):
                return False
        with self.database.transaction() as tx:
            claimed = outbox.claim(tx, owner=self.name, lease=self.lease, limit=BATCH, channels=(DIGEST,))
            for _, group in groupby(sorted(claimed, key=addressee_key), key=addressee_key):
                told = [(claim, dispatch, context) for claim, dispatch in group if (context := readable(tx, claim, dispatch))]
                if told:
                    self._gather(tx, told)
        return bool(claimed)

    def _gather(self, tx: Transaction, gathered: list[tuple[Claim, Dispatch, LetterNotice]]) -> None:
        now, first = tx.now(), gathered[0][1].draft
        contexts = [context for _, _, context in gathered]
        context_id = documents.add(tx, NOTICE.kind, NOTICE.version, codec.encode(digest_of(contexts, now)))
        outbox.add(
            tx,
            DispatchDraft(
                unit_id=first.unit_id,
                letter_id=None,
                submission_id=None,
                kind="digest",
                # Each digest is an intention of its own; without this the second one to an address would count as the first.
                revision=gathered[0][1].id,
                channel=MAIL,
                recipient=first.recipient,
                message_id=new_message_id("digest", self.domain),
                context_id=context_id,
                due_at=now,
                expires_at=now + self.life,
            ),
        )
        for claim, _, _ in gathered:
            outbox.sent(tx, claim, now)


def addressee_key(item: tuple[Claim, Dispatch]) -> tuple[int, str]:
    """What goes into one digest: the same unit's answers to the same address."""
    return item[1].draft.unit_id, item[1].draft.recipient


def readable(tx: Transaction, claim: Claim, dispatch: Dispatch) -> LetterNotice | None:
    """The context of a gathered notice; one that is gone or damaged fails alone and leaves the digest to the others."""
    try:
        return context_of(tx, dispatch)
    except (NotFoundError, DamagedDocumentError) as error:
        outbox.failed(tx, claim, str(error))
        return None


def context_of(tx: Transaction, dispatch: Dispatch) -> LetterNotice:
    """The stored context of a gathered notice."""
    context = codec.decode(documents.get(tx, dispatch.draft.context_id).body, CONTEXTS[dispatch.draft.kind])
    if not isinstance(context, LetterNotice):
        raise TypeError(f"a {dispatch.draft.kind} is not gathered into a digest")
    return context


def digest_of(contexts: list[LetterNotice], now: datetime) -> DigestContext:
    """One mail for many answers, in the order they came up."""
    about = contexts[-1].about
    return DigestContext(
        addressee=about.addressee,
        unit_name=about.unit_name,
        unit_address=about.unit_address,
        time_zone=about.time_zone,
        contact=about.contact,
        day=now.astimezone(ZoneInfo(about.time_zone)).date(),
        lines=tuple(digest_line(context) for context in contexts),
        chain=NOT_KNOWN_YET,
    )


def digest_line(context: LetterNotice) -> DigestLine:
    """One answer in one line."""
    return DigestLine(
        tracking_code=context.about.tracking_code,
        outcome=outcome_of(context),
        letter=context.letter,
        received_at=context.about.received_at,
    )


def outcome_of(context: LetterNotice) -> Text:
    """The sentence that the notice would have said."""
    match context:
        case ReceiptContext():
            return numbered("đã tiếp nhận", "taken in", context.entry)
        case RepeatContext():
            return numbered("đã tiếp nhận từ trước", "taken in before", context.entry)
        case ReturnContext():
            return returned(context.reasons)
        case HeldContext():
            return Text(vi="đã đến, Văn thư đang xem", en="has come and is being looked at by a clerk")
        case ApologyContext():
            return Text(
                vi="Văn phòng xin lỗi vì đã trả nhầm; văn bản đang được xem lại",
                en="returned by mistake, for which the Office apologises; it is being looked at again",
            )
        case _:
            assert_never(context)


def numbered(vi: str, en: str, entry: EntryName) -> Text:
    """An outcome with its number."""
    day = entry.arrival_date
    return Text(
        vi=f"{vi}, số đến {entry.number}, sổ {entry.register}, ngày {day.day:02}/{day.month}/{day.year}",
        en=f"{en}, arrival number {entry.number}, register {entry.register}, {day.isoformat()}",
    )


def returned(reasons: tuple[ReasonLine, ...]) -> Text:
    """Why, and what is asked for."""
    return Text(
        vi=" ".join(text for reason in reasons for text in (reason.sentence.vi, reason.remedy.vi) if text),
        en=" ".join(text for reason in reasons for text in (reason.sentence.en, reason.remedy.en) if text),
    )
