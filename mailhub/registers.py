"""The registers of a unit as clerks see them: opening, looking, searching, resuming after a restore."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mailhub.errors import RefusedError
from mailhub.language import Text
from storage import directory, events, registry
from storage.database import Database, Transaction
from storage.errors import ConflictError, NotFoundError
from storage.records import Actor, Entry, EventDraft, Register, RegisterMode, Series

INCOMING = "in"
ORDINARY = "ordinary"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterOrder:
    """A register to open: its code, whether this hub numbers it, and the first number of this year.

    An outgoing register (`direction` "out") is of a `kind`, such as GM for invitations.
    """

    code: str
    direction: str = INCOMING
    kind: str = ORDINARY
    mode: RegisterMode = RegisterMode.OWN
    next_number: int = 1


@dataclass(frozen=True, slots=True)
class Registers:
    """Opens registers and finds entries; numbers are given by filing alone."""

    database: Database

    def open(self, actor: Actor, unit_id: int, order: RegisterOrder) -> Series:
        """Open a register, or set the next number of one in which nothing was filed this year.

        A hub that takes over from a book starts at the book's next number. Raises RefusedError when that number is not after
        the last one given.
        """
        if order.next_number < 1:
            raise RefusedError(Text(vi="số bắt đầu phải từ 1", en="the first number must be at least 1"))
        with self.database.transaction() as tx:
            year = self._year(tx, unit_id)
            try:
                register = registry.open_register(
                    tx,
                    unit_id,
                    order.code,
                    direction=order.direction,
                    kind=order.kind,
                    mode=order.mode,
                    next_number=order.next_number,
                    year=year,
                )
            except ConflictError as error:
                raise RefusedError(
                    Text(
                        vi=f"sổ {order.code!r} đã có văn bản; số chạy tiếp từ số cuối cùng",
                        en=f"register {order.code!r} has entries already; its numbers go on from the last one",
                    )
                ) from error
            series = registry.next_in_series(tx, register, year)
            data: dict[str, object] = {
                "register": order.code,
                "direction": order.direction,
                "kind": order.kind,
                "mode": order.mode.value,
                "next": series.next_number,
            }
            events.append(tx, [EventDraft(kind="register-opened", subject=f"register/{register.id}", actor=actor, data=data)])
        return series

    def resume(
        self, actor: Actor, unit_id: int, code: str, next_number: int, reason: str, *, direction: str | None = None
    ) -> Series:
        """Let a register number again after a restore, from a number that the clerk has confirmed.

        `direction` is needed only where an incoming and an outgoing register have the same code.
        """
        with self.database.transaction() as tx:
            register = named(tx, unit_id, code, direction)
            require_suspended(register)
            arrival = registry.arrival_moment(tx, register, ZoneInfo(directory.unit(tx, unit_id).time_zone))
            series = registry.next_in_series(tx, register, arrival.date.year)
            try:
                registry.set_next_number(tx, series, next_number)
            except ConflictError as error:
                raise RefusedError(
                    Text(
                        vi=f"sổ {code!r}: số {next_number} không lớn hơn số đã cấp trong năm {series.year}",
                        en=f"register {code!r}: number {next_number} is not after the last one given in {series.year}",
                    )
                ) from error
            registry.set_suspended(tx, register.id, suspended=False)
            data: dict[str, object] = {"register": code, "next": next_number}
            events.append(
                tx,
                [EventDraft(kind="register-resumed", subject=f"register/{register.id}", actor=actor, data=data, reason=reason)],
            )
            return registry.next_in_series(tx, register, arrival.date.year)

    def _year(self, tx: Transaction, unit_id: int) -> int:
        return tx.now().astimezone(ZoneInfo(directory.unit(tx, unit_id).time_zone)).year

    def series(self, unit_id: int) -> tuple[Series, ...]:
        """Every series of the unit, with its next number."""
        with self.database.reading() as tx:
            known = registry.list_registers(tx, unit_id)
            return tuple(series for register in known for series in registry.list_series(tx, register))

    def list_(  # noqa: PLR0913  each narrows the list in its own way
        self,
        unit_id: int,
        *,
        register: str | None = None,
        direction: str = INCOMING,
        from_: datetime | None = None,
        to: datetime | None = None,
        limit: int = 100,
        before_id: int | None = None,
    ) -> tuple[Entry, ...]:
        """Entries filed in the half-open interval, newest first."""
        with self.database.reading() as tx:
            return tuple(
                registry.list_(
                    tx,
                    unit_id,
                    register=register,
                    direction=direction,
                    from_=from_,
                    to=to,
                    limit=limit,
                    before_id=before_id,
                )
            )

    def show(self, unit_id: int, number: int, *, year: int | None = None, register: str | None = None) -> Entry:
        """One entry by its number, of this year and the default register unless told otherwise."""
        with self.database.reading() as tx:
            unit = directory.unit(tx, unit_id)
            chosen = register or unit.register
            direction, kind = book_of(tx, unit_id, chosen)
            try:
                return registry.get_entry(
                    tx,
                    unit_id,
                    register=chosen,
                    year=year or self._year(tx, unit_id),
                    number=number,
                    direction=direction,
                    kind=kind,
                )
            except NotFoundError as error:
                raise RefusedError(
                    Text(
                        vi=f"sổ {chosen!r} không có số đến {number}" + (f" năm {year}" if year else " trong năm nay"),
                        en=f"register {chosen!r} has no number {number}" + (f" in {year}" if year else " this year"),
                    )
                ) from error

    def search(self, unit_id: int, text: str, limit: int = 50) -> tuple[Entry, ...]:
        """Entries by number, symbol, issuer, subject, tracking code; accents and spacing do not matter."""
        with self.database.reading() as tx:
            return tuple(registry.search(tx, unit_id, text, limit))


def require_running(register: Register) -> None:
    """Refuse while the next number is not confirmed after a restore."""
    if register.suspended:
        code = register.code
        raise RefusedError(
            Text(
                vi=f"sổ {code!r} tạm dừng sau khi phục hồi: xác nhận số kế tiếp, `mailhub register resume {code} --next SỐ`",
                en=f"register {code!r} stands still after a restore: confirm the next number, "
                f"`mailhub register resume {code} --next N`",
            )
        )


def require_suspended(register: Register) -> None:
    """Refuse to set the next number of a register that runs: that would leave a gap."""
    if not register.suspended:
        raise RefusedError(
            Text(
                vi=f"sổ {register.code!r} không tạm dừng; số đến chạy tiếp từ số cuối cùng",
                en=f"register {register.code!r} is not suspended; its numbers go on from the last one",
            )
        )


def book_of(tx: Transaction, unit_id: int, code: str) -> tuple[str, str]:
    """Direction and kind of the register with a code, the incoming one first."""
    found = sorted((item.direction, item.kind) for item in registry.list_registers(tx, unit_id) if item.code == code)
    return found[0] if found else (INCOMING, ORDINARY)


def named(tx: Transaction, unit_id: int, code: str, direction: str | None) -> Register:
    """Lock the register of a code, incoming or outgoing; raises RefusedError when there is none, or the choice is open."""
    found = [item for item in registry.list_registers(tx, unit_id) if item.code == code and direction in {None, item.direction}]
    if len(found) > 1:
        raise RefusedError(
            Text(
                vi=f"có {len(found)} sổ mang mã {code!r}: nêu --direction in hoặc out",
                en=f"{len(found)} registers have the code {code!r}: give --direction in or out",
            )
        )
    if not found:
        return locked(tx, unit_id, code)
    return registry.lock_register(tx, unit_id, code, found[0].direction, found[0].kind)


def locked(tx: Transaction, unit_id: int, code: str) -> Register:
    """Lock a register of the unit; raises RefusedError when there is none."""
    try:
        return registry.lock_register(tx, unit_id, code)
    except NotFoundError as error:
        raise RefusedError(
            Text(
                vi=f"không có sổ {code!r}; mở bằng `mailhub register open {code} --from 1`",
                en=f"there is no register {code!r}; open it with `mailhub register open {code} --from 1`",
            )
        ) from error


def lock_incoming(tx: Transaction, unit_id: int) -> None:
    """Lock every incoming register of the unit, in one order: no filing is under way then that this transaction cannot see."""
    for register in registry.list_registers(tx, unit_id):
        if register.direction == "in":
            registry.lock_register(tx, unit_id, register.code, register.direction, register.kind)
