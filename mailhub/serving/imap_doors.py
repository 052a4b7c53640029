"""The IMAP doors as the settings want them: one for each account."""

import logging
from datetime import date
from threading import Event

from mailhub.doors.addresses import AddressBook
from mailhub.doors.free_space import FreeSpace
from mailhub.doors.imap import Encryption, ImapAccount, ImapDoor, Mode
from mailhub.doors.imap.credentials import Credentials, Kind
from mailhub.doors.imap.hub_side import HubSide
from mailhub.hub import Hub
from mailhub.intake import Intake
from mailhub.settings import ImapSettings
from storage import mailboxes

log = logging.getLogger(__name__)


def imap_doors(hub: Hub, book: AddressBook, intake: Intake, owner: str, stopping: Event) -> dict[str, ImapDoor]:
    """A door for each account by its name; `owner` names this process in their leases."""
    side = HubSide(
        database=hub.database,
        intake=intake,
        book=book,
        refusals=hub.refusal_book,
        health=hub.door_health,
        clock=hub.clock,
        owner=owner,
        language=hub.settings.notices.languages[0],
        space=FreeSpace((hub.home, hub.settings.storage.blobs), hub.settings.smtp.free_disk_mib << 20),
    )
    accounts = {name: imap_account(name, settings) for name, settings in hub.settings.imap.items()}
    _warn_of_originals(hub, {account.key for account in accounts.values()})
    return {name: ImapDoor(account, side, stopping) for name, account in accounts.items()}


def _warn_of_originals(hub: Hub, served: set[str]) -> None:
    """A purge is not whole while the original lies in a mailbox that nobody polls any more."""
    with hub.database.reading() as tx:
        ordered = {order.account for order in mailboxes.pending_deletions(tx)}
    if ordered - served:
        log.warning(
            "originals of purged mails lie in mailboxes that are not served", extra={"accounts": sorted(ordered - served)}
        )


def imap_account(name: str, settings: ImapSettings) -> ImapAccount:
    """One account as the door knows it."""
    return ImapAccount(
        name=name,
        host=settings.host,
        port=settings.port,
        encryption=Encryption(settings.tls),
        ca_file=settings.ca_file,
        user=settings.user,
        credentials=_credentials(settings),
        folders=settings.folders,
        recipient=settings.recipient,
        recipient_header=settings.recipient_header,
        mode=Mode(settings.mode),
        taken=settings.taken,
        rejected=settings.rejected,
        since=date.fromisoformat(settings.since) if settings.since else None,
        idle=settings.idle,
        poll_seconds=float(settings.poll_seconds),
        seconds=float(settings.timeout_seconds),
        largest=settings.size_limit,
    )


def _credentials(settings: ImapSettings) -> Credentials:
    token = bool(settings.token_file or settings.token_command)
    return Credentials(
        kind=Kind.TOKEN if token else Kind.PASSWORD,
        value=settings.password,
        file=settings.token_file or settings.password_file,
        command=settings.token_command or settings.password_command,
    )
