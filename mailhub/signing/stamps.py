"""The words and the picture that a signature of the unit shows, set as a small page (Decree 30/2020/NĐ-CP, appendix I)."""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from pyhanko.pdf_utils.reader import PdfFileReader

from mailhub.language import Text
from mailhub.notices.typesetting import set_pages, shortened
from mailhub.signing.errors import KeyUnusableError

POINTS_PER_MM = 72 / 25.4
PNG = b"\x89PNG\r\n\x1a\n"
TRANSPARENT_COLOURS = frozenset({4, 6})
"""Grey and true colour with an alpha channel (ISO/IEC 15948, 11.2.2)."""
MOST_OCTETS = 1 << 20
MOST_PIXELS = 4000
LONGEST_LINE = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class StampPage:
    """A page of its own size (points), of which `aside` stand left of the picture."""

    pdf: bytes
    size: tuple[float, float]
    aside: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SealPicture:
    """The picture of the seal and its real width (mm)."""

    content: bytes
    width_mm: int


def read_picture(path: Path, width_mm: int) -> SealPicture:
    """The picture of the seal; raises KeyUnusableError for anything but a PNG with a transparent background."""
    try:
        content = path.read_bytes() if path.stat().st_size <= MOST_OCTETS else b""
    except OSError as error:
        raise KeyUnusableError(
            Text(
                vi=f"không đọc được hình con dấu {path}: {error.strerror}; sửa signing.seal_picture",
                en=f"the picture of the seal {path} cannot be read: {error.strerror}; change signing.seal_picture",
            )
        ) from error
    if not content.startswith(PNG) or len(content) < 33:
        raise unfit(path, Text(vi="không phải tệp .png (hoặc quá 1 MiB)", en="is no .png file, or has more than 1 MiB"))
    across, up = struct.unpack(">II", content[16:24])
    if not (0 < across <= MOST_PIXELS and 0 < up <= MOST_PIXELS):
        raise unfit(path, Text(vi=f"quá {MOST_PIXELS} điểm ảnh mỗi chiều", en=f"has more than {MOST_PIXELS} pixels on a side"))
    if content[25] not in TRANSPARENT_COLOURS and b"tRNS" not in content:
        raise unfit(
            path, Text(vi="nền không trong suốt, sẽ che chữ ký", en="has no transparent background and would hide the signature")
        )
    return SealPicture(content=content, width_mm=width_mm)


def unfit(path: Path, why: Text) -> KeyUnusableError:
    """The picture cannot serve."""
    return KeyUnusableError(
        Text(vi=f"hình con dấu {path}: {why.vi}; sửa signing.seal_picture", en=f"the picture of the seal {path} {why.en}")
    )


def seal_stamp(picture: SealPicture, lines: Sequence[str] = ()) -> StampPage:
    """The seal in its real size, with small words at its left foot."""
    octets = json.dumps(list(picture.content), separators=(",", ":"))
    try:
        pdf = set_pages("seal-stamp", {"picture": octets, "width": str(picture.width_mm), "lines": listed(lines)})
    except RuntimeError as error:
        # The typesetter's own error, which begins with this class, where the picture's data cannot be decoded.
        raise KeyUnusableError(
            Text(
                vi="hình con dấu bị hỏng; sửa signing.seal_picture",
                en="the picture of the seal is damaged; change signing.seal_picture",
            )
        ) from error
    size = size_of(pdf)
    return StampPage(pdf=pdf, size=size, aside=max(0.0, size[0] - picture.width_mm * POINTS_PER_MM))


def text_stamp(lines: Sequence[str]) -> StampPage:
    """Words only."""
    pdf = set_pages("text-stamp", {"lines": listed(lines)})
    return StampPage(pdf=pdf, size=size_of(pdf))


def listed(lines: Sequence[str]) -> str:
    """Lines as the typesetter takes them; a sign that its font does not have would be drawn as a box."""
    return json.dumps([shortened(line, LONGEST_LINE) for line in lines], ensure_ascii=False)


def size_of(pdf: bytes) -> tuple[float, float]:
    """Width and height of the first page in points."""
    left, bottom, right, top = (float(corner) for corner in PdfFileReader(BytesIO(pdf)).root["/Pages"]["/Kids"][0]["/MediaBox"])
    return right - left, top - bottom
