"""How much of a page the stamps of later signatures take."""

from collections.abc import Mapping
from decimal import Decimal
from math import inf

from pyhanko.pdf_utils import generic

from parsers.signatures.pdf_objects import entry, items_of, resolved

LARGEST_STAMP = 0.1
"""Part of a page that the stamp of a later signature may take; the largest seals take a thirtieth of A4."""
STAMPS_TOGETHER = 4
"""How many stamps of that size all later signatures may put on one page."""
USUAL_STAMP = 20_000
"""Square points that a stamp with a signer's name, office and time takes: 10 by 7 cm."""


def covering(shares: Mapping[str, float], signings: set[str]) -> set[str]:
    """The fields of some signatures whose stamps take more of a page than any stamps need; all where it is all together.

    `shares` are what stamps take of the page by field, with that of the largest that may be there as 1.
    """
    found = {name for name in signings if shares.get(name, 0) > 1}
    return found if sum(shares.get(name, 0) for name in signings) <= STAMPS_TOGETHER else signings


def share(annotation: generic.DictionaryObject, most: float) -> float:
    """What one stamp takes of the page, with the largest that may be there as 1."""
    return area(entry(annotation, "/Rect")) / most if most else inf


def is_drawn(annotation: generic.DictionaryObject) -> bool:
    """Whether a widget shows anything: it has an appearance, and a rectangle with an area."""
    return "/AP" in annotation and area(entry(annotation, "/Rect")) > 0


def largest_stamp(page: Mapping[str, object], inherited: Mapping[str, object]) -> float:
    """What a stamp may take of a page; nothing of one whose size is not said, and on a slip of paper as much as it needs."""
    size = min(area(entry(inherited, name)) for name in ("/MediaBox", "/CropBox"))
    return 0 if size == inf else max(LARGEST_STAMP * size, 0 if "/UserUnit" in page else USUAL_STAMP)


def area(rectangle: object) -> float:
    """What a rectangle takes, in square units of the page; one that is none may be without bounds."""
    corners = [resolved(corner) for corner in items_of(rectangle)]
    numbers = [float(corner) for corner in corners if isinstance(corner, int | float | Decimal)]
    return abs((numbers[2] - numbers[0]) * (numbers[3] - numbers[1])) if len(numbers) == 4 else inf
