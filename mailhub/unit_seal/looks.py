"""How the seal shows, by what it is put on (Decree 30/2020/NĐ-CP, appendix I)."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from mailhub.errors import RefusedError
from mailhub.language import Text
from mailhub.signing.look import Look
from mailhub.signing.places import SignablePdf
from mailhub.signing.stamps import POINTS_PER_MM, StampPage, read_picture, seal_stamp, text_stamp
from mailhub.unit_seal.orders import COPY_WORDS, SealForm, Spot
from storage.records import Unit

SIDE = 15 * POINTS_PER_MM
ABOVE = 5 * POINTS_PER_MM
"""From the right edge and from the top: inside the margins of an official document, above its heading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealLooks:
    """Sets stamps with the office's picture; `captioned` ones say the unit's name and the time beside it."""

    picture: Path | None
    width_mm: int
    captioned: bool = True

    def on_document(self, pdf: SignablePdf, field: str, moment: datetime, unit: Unit, spot: Spot | None) -> Look:
        """The picture over the left third of the person's signature, the unit's name and the time beside it."""
        if self.picture is None:
            raise RefusedError(
                Text(
                    vi="chưa có hình con dấu: điền signing.seal_picture (.png, màu đỏ, nền trong suốt)",
                    en="there is no picture of the seal: set signing.seal_picture (.png, red, transparent)",
                )
            )
        stamp = seal_stamp(
            read_picture(self.picture, self.width_mm), (unit.name, shown_time(moment, unit)) if self.captioned else ()
        )
        if spot is not None:
            return at_spot(pdf, stamp, spot)
        place = pdf.place_of(field)
        if place.rectangle is None:
            raise RefusedError(
                Text(
                    vi="chữ ký của người có thẩm quyền không có hình; nêu chỗ đặt dấu: --at TRANG,TRÁI,DƯỚI (mm)",
                    en="the person's signature shows nowhere; say where the seal goes: --at PAGE,LEFT,BOTTOM (mm)",
                )
            )
        box = place.sheet.beside(place.rectangle, stamp.size)
        return Look(page=place.page, box=box, picture=stamp.pdf, turn=place.sheet.turn)

    def on_annex(self, pdf: SignablePdf, reference: str, moment: datetime, unit: Unit) -> Look:
        """Number and symbol of the document and the time, at the top right of the first page."""
        return at_top(pdf, text_stamp((f"Số: {reference}", shown_time(moment, unit))))

    def on_copy(self, pdf: SignablePdf, form: SealForm, moment: datetime, unit: Unit) -> Look:
        """Form of copy, the unit's name and the time, at the top right of the first page."""
        return at_top(pdf, text_stamp((COPY_WORDS[form], unit.name, shown_time(moment, unit))))


def shown_time(moment: datetime, unit: Unit) -> str:
    """Date, hours, minutes, seconds and zone (ISO 8601) by the unit's clocks."""
    return moment.astimezone(ZoneInfo(unit.time_zone)).isoformat(timespec="seconds")


def at_top(pdf: SignablePdf, stamp: StampPage) -> Look:
    """At the top right of the first page."""
    sheet = pdf.sheet(0)
    return Look(page=0, box=sheet.top_right(stamp.size, side=SIDE, above=ABOVE), picture=stamp.pdf, turn=sheet.turn)


def at_spot(pdf: SignablePdf, stamp: StampPage, spot: Spot) -> Look:
    """Where the clerk says: the lower left corner of the picture itself."""
    if not 1 <= spot.page <= len(pdf.pages):
        raise RefusedError(
            Text(vi=f"tệp có {len(pdf.pages)} trang, không có trang {spot.page}", en=f"there is no page {spot.page}")
        )
    sheet = pdf.sheet(spot.page - 1)
    left = spot.left_mm * POINTS_PER_MM - stamp.aside
    box = sheet.box(left, spot.bottom_mm * POINTS_PER_MM, stamp.size)
    return Look(page=spot.page - 1, box=box, picture=stamp.pdf, turn=sheet.turn)
