"""Records of report sheets that were frozen."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetDraft:
    """A report over the half-open interval from `from_at` to `to_at`; `document_id` is the stored document of its figures."""

    unit_id: int
    kind: str
    from_at: datetime
    to_at: datetime
    document_id: int
    made_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A frozen sheet; it is never written anew."""

    id: int
    made_at: datetime
    draft: SheetDraft
