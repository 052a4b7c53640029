"""How a signature shows on a page: a box in the page's own coordinates, and a picture that stands upright for the reader."""

import math
from dataclasses import dataclass
from io import BytesIO
from uuid import uuid4

from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.stamp import StaticStampStyle

Box = tuple[int, int, int, int]

UPRIGHT = {0: "1 0 0 1 0 0", 90: "0 1 -1 0 {height} 0", 180: "-1 0 0 -1 {width} {height}", 270: "0 -1 1 0 0 {width}"}
"""What turns a picture against the page's own turn, by the page's /Rotate (ISO 32000-2, 7.7.3.3); sizes are the picture's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Page from 0, box in points from the page's own lower left corner, the page's turn in degrees, and a one-page PDF."""

    page: int
    box: Box
    picture: bytes
    turn: int = 0


class Drawing(PdfContent):
    """The first page of a PDF as the content of a stamp."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look

    def render(self) -> bytes:
        """Bring the page in and draw it turned."""
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(BytesIO(self.look.picture)))
        name = f"/Picture{uuid4().hex}"
        self.resources.xobject[name] = page
        left, bottom, right, top = (float(corner) for corner in page.get_object()["/BBox"])
        width, height = abs(right - left), abs(top - bottom)
        lying = self.look.turn in {90, 270}
        self.box = BoxConstraints(width=height if lying else width, height=width if lying else height)
        matrix = UPRIGHT[self.look.turn].format(width=f"{width:.4f}", height=f"{height:.4f}")
        return f"q {matrix} cm {name} Do Q".encode()


def style_of(look: Look) -> StaticStampStyle:
    """The engine's style for a look: nothing but the drawing."""
    whole = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, margins=Margins(0, 0, 0, 0))
    return StaticStampStyle(border_width=0, background=Drawing(look), background_layout=whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page as the reader sees it: its visible box in its own coordinates, and its turn clockwise in degrees."""

    left: float
    bottom: float
    right: float
    top: float
    turn: int = 0

    @property
    def width(self) -> float:
        """As the reader sees it, in points."""
        return self.top - self.bottom if self.turn in {90, 270} else self.right - self.left

    @property
    def height(self) -> float:
        """As the reader sees it, in points."""
        return self.right - self.left if self.turn in {90, 270} else self.top - self.bottom

    def seen(self, x: float, y: float) -> tuple[float, float]:
        """A point of the page where the reader sees it, from the lower left corner of what is seen."""
        match self.turn:
            case 90:
                return y - self.bottom, self.right - x
            case 180:
                return self.right - x, self.top - y
            case 270:
                return self.top - y, x - self.left
            case _:
                return x - self.left, y - self.bottom

    def own(self, u: float, v: float) -> tuple[float, float]:
        """A point as the reader sees it in the page's coordinates."""
        match self.turn:
            case 90:
                return self.right - v, self.bottom + u
            case 180:
                return self.right - u, self.top - v
            case 270:
                return self.left + v, self.top - u
            case _:
                return self.left + u, self.bottom + v

    def box(self, left: float, bottom: float, size: tuple[float, float]) -> Box:
        """The box of something upright of this size (points) at a place as the reader sees it, kept on the page."""
        width, height = size
        left = min(max(left, 0.0), max(0.0, self.width - width))
        bottom = min(max(bottom, 0.0), max(0.0, self.height - height))
        corners = (self.own(left, bottom), self.own(left + width, bottom + height))
        x, y = (min(corner[axis] for corner in corners) for axis in (0, 1))
        # Whole points, for fields have them, and of the same size for every turn, so that nothing is scaled.
        lying = self.turn in {90, 270}
        across, up = math.ceil(height if lying else width), math.ceil(width if lying else height)
        return round(x), round(y), round(x) + across, round(y) + up

    def beside(self, signature: tuple[float, float, float, float], size: tuple[float, float]) -> Box:
        """Over the left third of a signature: the right edge a third into it, middle at middle (Decree 30, appendix I)."""
        corners = (self.seen(*signature[:2]), self.seen(*signature[2:]))
        left, right = sorted(corner[0] for corner in corners)
        bottom, top = sorted(corner[1] for corner in corners)
        width, height = size
        return self.box(left + (right - left) / 3 - width, (bottom + top) / 2 - height / 2, size)

    def top_right(self, size: tuple[float, float], *, side: float, above: float) -> Box:
        """At the top right, this far from the edges (points)."""
        return self.box(self.width - side - size[0], self.height - above - size[1], size)
