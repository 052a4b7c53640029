"""Sets the profile's prints as PDF. The fonts are those inside the typesetter, so that a page looks the same everywhere."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from mailhub.notices.templates import one_line

if TYPE_CHECKING:
    import typst

PROFILE = "mailhub.profiles.vn"

UNPRINTABLE = re.compile(r"[^ -~\u00a0-\u024f\u1e00-\u1eff\u2010-\u2015\u2018-\u201e\u2020-\u2022\u2026\u20ac]")
"""Anything but Latin letters, with all Vietnamese ones, and usual punctuation."""


def set_pages(template: str, inputs: Mapping[str, str], created: datetime | None = None) -> bytes:
    """The pages of one print; equal arguments give equal bytes.

    With `created`, which goes into the file's properties, it is PDF/A-2b; without, a plain PDF to be drawn onto another one.
    """
    pdf = _compiler(template).compile(
        format="pdf",
        sys_inputs=dict(inputs),
        pdf_standards=["a-2b"] if created is not None else None,
        timestamp=int(created.timestamp()) if created is not None else None,
        pdf_tags=False,
    )
    if not isinstance(pdf, bytes):
        raise TypeError(f"one PDF was expected from {template}, not {type(pdf).__name__}")
    return pdf


def shortened(text: str, longest: int) -> str:
    """One line without controls, cut with an ellipsis where there is no room for it; PDF/A takes no sign without a glyph."""
    line = UNPRINTABLE.sub("?", unicodedata.normalize("NFC", str(one_line(text))))
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


@cache
def _compiler(template: str) -> "typst.Compiler":
    import typst  # noqa: PLC0415  a heavy library, only where something is printed

    with as_file(files(PROFILE) / "prints") as folder:
        return typst.Compiler(folder / f"{template}.typ", root=folder, ignore_system_fonts=True)
