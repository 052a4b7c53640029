"""Slips of the counter: PDF/A-2b on one sheet, a copy for the office and one for whoever hands paper in or takes it back.

The words stand in the profile's prints.
"""

import io
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from mailhub.notices.typesetting import set_pages, shortened

QUIET_ZONE = 0
"""The badge around the QR code is its quiet zone."""

LONGEST = {"sender": 120, "reference": 60, "document_type": 40, "subject": 200, "legal_basis": 160, "note": 100, "exception": 120}
"""What a half sheet has room for, in characters; the register has the whole of it."""


class SlipKind(StrEnum):
    """Which slip; its print has this name."""

    RECEIVING = "receiving-slip"
    RETURN = "return-slip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What stands on a slip, every value as it is printed; empty ones are left out.

    `state` and `kind` are those of the deposit. `deadline` is until when the e-copy is, or was, waited for.
    """

    code: str
    kind: str
    state: str
    unit_name: str
    address: str
    contact: str
    sender: str
    reference: str
    issued_on: str
    document_type: str
    subject: str
    pages: str
    deposited_at: str
    received_by: str
    deadline: str
    number: str
    exception: str
    legal_basis: str
    note: str
    reason: str = ""
    pick_up_before: str = ""
    handed_to: str = ""
    clerk: str = ""


def print_slip(which: SlipKind, slip: Slip, created: datetime) -> bytes:
    """The slip as PDF/A-2b; equal arguments give equal bytes. `created` goes into the file's properties."""
    values = {name: shortened(value, LONGEST.get(name, len(value))) for name, value in asdict(slip).items()}
    inputs = {"slip": json.dumps(values, ensure_ascii=False), "qr": qr_code(slip.code)}
    return set_pages(which.value, inputs, created)


def qr_code(text: str) -> str:
    """A QR code (ISO/IEC 18004, error correction Q) as SVG: a stamp over a quarter of it does no harm."""
    import segno  # noqa: PLC0415  only where a slip is printed

    drawing = io.BytesIO()
    segno.make(text, error="q", micro=False).save(drawing, kind="svg", border=QUIET_ZONE, dark="#1d2b4f", xmldecl=False)
    return drawing.getvalue().decode()
