"""The units that this hub serves, looked up; nearly every command begins so, and needs nothing of the agencies for it."""

from dataclasses import dataclass

from mailhub.errors import RefusedError
from mailhub.language import Text
from storage import directory
from storage.database import Database
from storage.records import Unit


@dataclass(frozen=True, slots=True)
class ServedUnits:
    """Looks units up."""

    database: Database

    def units(self) -> tuple[Unit, ...]:
        """Every unit of the hub."""
        with self.database.reading() as tx:
            return tuple(directory.units(tx))

    def unit(self, code: str = "") -> Unit:
        """The unit with this code, or the only one; raises RefusedError when the choice is open."""
        units = self.units()
        chosen = [unit for unit in units if unit.code.casefold() == code.casefold()] if code else list(units)
        if len(chosen) == 1:
            return chosen[0]
        known = ", ".join(unit.code for unit in units) or "-"
        if not units:
            raise RefusedError(
                Text(
                    vi="chưa có đơn vị nào; thêm bằng `mailhub unit add MÃ --name … --address …`",
                    en="there is no unit yet; add one with `mailhub unit add CODE --name … --address …`",
                )
            )
        raise RefusedError(
            Text(
                vi=f"chưa rõ đơn vị {code!r}: chọn một trong {known} bằng --unit",
                en=f"which unit is meant by {code!r}: choose one of {known} with --unit",
            )
        )
