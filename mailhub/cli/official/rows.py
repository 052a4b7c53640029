"""Officials as a sheet or the options of a command describe them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from mailhub.cli.cells import Row
from mailhub.cli.sheets import Heading

if TYPE_CHECKING:
    from mailhub.directory.sketches import OfficialSketch

HEADINGS = (
    Heading(key="code", required=True, also=("mã", "mã cán bộ")),
    Heading(key="name", also=("tên", "họ tên", "họ và tên")),
    Heading(key="position", also=("chức vụ", "chức danh")),
    Heading(key="organisation", also=("cơ quan", "đơn vị", "cơ quan công tác", "đơn vị công tác")),
    Heading(key="agency", also=("mã cơ quan",)),
    Heading(key="addresses", also=("address", "địa chỉ", "địa chỉ thư", "email", "thư điện tử")),
    Heading(key="phones", also=("phone", "điện thoại", "di động", "số điện thoại")),
    Heading(key="assistants", also=("assistant", "trợ lý", "thư ký", "mã trợ lý")),
)


def sketch_reader(number: Callable[[str], str]) -> Callable[[Row], "OfficialSketch"]:
    """What reads an official from a row; `number` checks a telephone number and gives it as E.164."""
    from mailhub.directory.sketches import OfficialSketch

    def read(row: Row) -> "OfficialSketch":
        return OfficialSketch(
            code=row.code("code"),
            name=row.text("name") if row.has("name") else None,
            position=row.text("position") if row.has("position") else None,
            organisation=row.text("organisation") if row.has("organisation") else None,
            agency=row.text("agency") if row.has("agency") else None,
            addresses=row.addresses("addresses") if row.has("addresses") else None,
            numbers=row.numbers("phones", number) if row.has("phones") else None,
            assistants=row.parts("assistants") if row.has("assistants") else None,
        )

    return read
