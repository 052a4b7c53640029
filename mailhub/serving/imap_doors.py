"""The IMAP doors as the settings want them: one for each account."""

from datetime import date
from threading import Event

from mailhub.doors.addresses import AddressBook
from mailhub.doors.imap import Encryption, ImapAccount, ImapDoor, Mode
from mailhub.doors.imap.credentials import Credentials, Kind
from mailhub.doors.imap.hub_side import HubSide
from mailhub.hub import Hub
from mailhub.intake import Intake
from mailhub.settings import ImapSettings


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
    )
    return {name: ImapDoor(imap_account(name, settings), side, stopping) for name, settings in hub.settings.imap.items()}


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
