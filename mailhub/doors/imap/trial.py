"""Trying an account's settings without taking, moving or marking anything: folders are opened for reading only."""

from dataclasses import dataclass

from mailhub.doors.addresses import AddressBook
from mailhub.doors.imap.account import ImapAccount, Mode
from mailhub.doors.imap.faults import ImapFault, fault_text
from mailhub.doors.imap.session import ImapSession
from mailhub.doors.imap.taking import no_unit
from mailhub.language import Text

TELLING = ("IDLE", "MOVE", "UIDPLUS", "NAMESPACE", "AUTH=XOAUTH2")


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderTrial:
    """One folder of an account: what waits there, and how much of it is larger than what is taken."""

    name: str
    role: str
    exists: bool
    mails: int = 0
    too_large: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTrial:
    """What a visit showed. `problems` keep mail from being taken or put away; none of them, and the account works."""

    name: str
    host: str
    capabilities: tuple[str, ...]
    folders: tuple[FolderTrial, ...]
    problems: tuple[Text, ...]

    @property
    def works(self) -> bool:
        """Whether the account can be served as it is set."""
        return not self.problems


def try_account(account: ImapAccount, book: AddressBook) -> AccountTrial:
    """Log in and look around; what is wrong is told, never raised."""
    problems = [] if book.resolve(account.recipient) else [fault_text(no_unit(account))]
    try:
        session = ImapSession.open(account)
    except ImapFault as fault:
        return _trial(account, (), (), [*problems, fault_text(fault)])
    try:
        folders, wrong = _folders(account, session)
    except ImapFault as fault:
        folders, wrong = [], [fault_text(fault)]
    finally:
        session.close()
    if account.mode is Mode.MOVE and not session.can_move:
        wrong.append(
            Text(
                vi='máy chủ không có MOVE và UIDPLUS, nên không chuyển được từng thư; đặt mode = "flag"',
                en='the server has neither MOVE nor UIDPLUS, so no single mail can be moved; set mode = "flag"',
            )
        )
    capabilities = tuple(name for name in TELLING if name in session.capabilities)
    return _trial(account, capabilities, tuple(folders), [*problems, *wrong])


def _folders(account: ImapAccount, session: ImapSession) -> tuple[list[FolderTrial], list[Text]]:
    there = set(session.folders())
    trials, problems = [], []
    for name in account.folders:
        path = session.path(name)
        try:
            session.select(path, look_only=True)
        except ImapFault as fault:
            problems.append(fault_text(fault))
            trials.append(FolderTrial(name=path, role="source", exists=path in there))
            continue
        sizes = session.sizes(session.uids(account.since))
        too_large = sum(size > account.largest for size in sizes.values())
        trials.append(FolderTrial(name=path, role="source", exists=True, mails=len(sizes), too_large=too_large))
    if account.mode is Mode.MOVE:
        for role, name in (("taken", account.taken), ("rejected", account.rejected)):
            path = session.path(name)
            trials.append(FolderTrial(name=path, role=role, exists=path in there))
    return trials, problems


def _trial(
    account: ImapAccount, capabilities: tuple[str, ...], folders: tuple[FolderTrial, ...], problems: list[Text]
) -> AccountTrial:
    return AccountTrial(
        name=account.name, host=account.host, capabilities=capabilities, folders=folders, problems=tuple(problems)
    )
