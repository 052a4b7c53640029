"""Tables of evidence: what verdicts on signatures rest on, each piece once, and the mails whose signatures need it."""

import sqlalchemy as sa

from storage.columns import Key
from storage.tables.base import metadata, ref, text, whole

validation_material = sa.Table(
    "validation_material",
    metadata,
    sa.Column("sha256", Key, primary_key=True),
    text("kind"),
    whole("size"),
    sa.Column("der", sa.LargeBinary, nullable=False),
)

submission_material = sa.Table(
    "submission_material",
    metadata,
    ref("submission_id", "submissions"),
    sa.Column("sha256", Key, sa.ForeignKey("validation_material.sha256"), nullable=False, index=True),
    sa.PrimaryKeyConstraint("submission_id", "sha256"),
)
