"""The table of mail that was noted: what it answers, and what followed."""

import sqlalchemy as sa

from storage.columns import Id, Time
from storage.tables.base import metadata, ref, text, whole

noted_mails = sa.Table(
    "noted_mails",
    metadata,
    sa.Column("submission_id", Id, sa.ForeignKey("submissions.id"), primary_key=True, autoincrement=False),
    ref("unit_id", "units"),
    ref("dispatch_id", "dispatches", nullable=True, index=True),
    ref("meeting_id", "meetings", nullable=True, index=True),
    ref("official_id", "officials", nullable=True),
    text("kind"),
    text("tied_by"),
    text("outcome"),
    text("effect"),
    text("doubt"),
    text("recipient"),
    text("status"),
    text("diagnostic"),
    whole("sequence"),
    sa.Column("stamp", Time),
    sa.Column("at", Time, nullable=False),
)
