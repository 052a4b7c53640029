"""The kinds of notices: the type of each one's context, and what all of them have."""

from collections.abc import Mapping

from mailhub.notices.context import (
    Addressee,
    ApologyContext,
    DigestContext,
    HeldContext,
    Original,
    PaperReturnContext,
    ReceiptContext,
    RepeatContext,
    ReturnContext,
    VoidContext,
)
from mailhub.notices.meeting_context import MEETING_KINDS, MeetingContext

NoticeContext = (
    ReceiptContext
    | RepeatContext
    | ReturnContext
    | HeldContext
    | ApologyContext
    | VoidContext
    | PaperReturnContext
    | DigestContext
    | MeetingContext
)

CONTEXTS: Mapping[str, type[NoticeContext]] = {
    "receipt": ReceiptContext,
    "repeat": RepeatContext,
    "return": ReturnContext,
    "held": HeldContext,
    "apology": ApologyContext,
    "void": VoidContext,
    "paper-return": PaperReturnContext,
    "digest": DigestContext,
}
"""The kinds of answers to mail. A dispatch's kind chooses the type of its stored context, and the name of its templates."""


def context_type(kind: str) -> type[NoticeContext]:
    """The type of the stored context of a dispatch of this kind."""
    return MeetingContext if kind in MEETING_KINDS.values() else CONTEXTS[kind]


def kind_of(context: NoticeContext) -> str:
    """The kind of a notice by its context."""
    if isinstance(context, MeetingContext):
        return MEETING_KINDS[context.notice]
    return next(kind for kind, type_ in CONTEXTS.items() if isinstance(context, type_))


def addressee_of(context: NoticeContext) -> Addressee:
    """Who gets the notice."""
    return context.addressee if isinstance(context, DigestContext | MeetingContext) else context.about.addressee


def original_of(context: NoticeContext) -> Original:
    """The mail that is answered, or the one before it; a digest answers many and continues none."""
    if isinstance(context, MeetingContext):
        return context.original
    return Original() if isinstance(context, DigestContext) else context.about.original


def time_zone_of(context: NoticeContext) -> str:
    """The zone that the unit's clocks show."""
    return context.time_zone if isinstance(context, DigestContext | MeetingContext) else context.about.time_zone
