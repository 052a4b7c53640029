"""Logins under which agencies submit directly at the SMTP door."""

import re
from dataclasses import dataclass
from typing import Final

from mailhub.directory.directory import unknown_agency
from mailhub.directory.passwords import hashed, is_right
from mailhub.errors import RefusedError
from mailhub.language import Text
from storage import directory, events, logins
from storage.database import Database, Transaction
from storage.errors import ConflictError, NotFoundError
from storage.records import Actor, AgencyLogin, EventDraft

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")


@dataclass(frozen=True, slots=True)
class Logins:
    """Keeps the logins of a unit's agencies; every change is an event, and no event knows a password."""

    database: Database

    def list_(self, unit_id: int, *, include_removed: bool = False) -> tuple[AgencyLogin, ...]:
        """Logins by name."""
        with self.database.reading() as tx:
            return tuple(logins.list_(tx, unit_id, include_removed=include_removed))

    def set_(self, actor: Actor, unit_id: int, code: str, name: str, password: str, *, reason: str = "") -> AgencyLogin:
        """Give an agency a login, or the login a new password.

        Raises RefusedError for an unknown agency, another agency's name, a name or password that is none.
        """
        if not NAME.fullmatch(name):
            raise RefusedError(
                Text(
                    vi=f"{name!r} không phải tên đăng nhập: cần chữ không dấu, số và . _ @ + -, tối đa 64 ký tự",
                    en=f"{name!r} is no login: expected letters without accents, digits and . _ @ + -, at most 64 characters",
                )
            )
        kept = hashed(password)
        with self.database.transaction() as tx:
            try:
                agency = directory.agency(tx, unit_id, code)
            except NotFoundError as error:
                raise unknown_agency(code) from error
            try:
                login = logins.set_(tx, unit_id, agency.id, name, kept)
            except ConflictError as error:
                raise RefusedError(
                    Text(
                        vi=f"tên {name!r} đang hoặc đã từng là của cơ quan khác; chọn tên khác",
                        en=f"the name {name!r} is or was another agency's; choose another",
                    )
                ) from error
            _tell(tx, "login-set", actor, login, reason)
        return login

    def remove(self, actor: Actor, unit_id: int, name: str, *, reason: str) -> AgencyLogin:
        """Let nobody log in under a name any more; raises RefusedError where nobody can. Set again, it works again."""
        with self.database.transaction() as tx:
            try:
                login = logins.remove(tx, unit_id, name)
            except NotFoundError as error:
                raise RefusedError(
                    Text(
                        vi=f"không có tên đăng nhập {name!r}; xem `mailhub agency login list`",
                        en=f"there is no login {name!r}; see `mailhub agency login list`",
                    )
                ) from error
            _tell(tx, "login-removed", actor, login, reason)
        return login

    def check(self, name: str, password: str, /) -> str | None:
        """Give the login's name as it was given, None where name or password is wrong. Takes tens of milliseconds."""
        known: tuple[str, str] | None = None
        if NAME.fullmatch(name):
            with self.database.reading() as tx:
                known = logins.password_hash(tx, name)
        right = is_right(password, known[1] if known else None)
        return known[0] if known and right else None


def _tell(tx: Transaction, kind: str, actor: Actor, login: AgencyLogin, reason: str) -> None:
    data: dict[str, object] = {"login": login.name, "agency": login.agency_id}
    events.append(tx, [EventDraft(kind=kind, subject=f"agency/{login.agency_id}", actor=actor, data=data, reason=reason)])
