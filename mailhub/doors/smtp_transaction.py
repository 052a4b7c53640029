"""One mail transaction: what MAIL, RCPT and DATA may do, without a socket."""

from mailhub.doors import smtp_replies as replies
from mailhub.doors.addresses import AddressBook
from mailhub.doors.budget import Reservation
from mailhub.doors.free_space import FreeSpace
from mailhub.doors.smtp_paths import BadAddressError, PathArgument, PathSyntaxError, parse_path
from mailhub.doors.smtp_replies import Reply
from mailhub.doors.smtp_settings import SmtpDoorSettings
from storage.records import Recipient

SIZE_DIGITS = 20
"""RFC 1870, 4."""


class SmtpTransaction:
    """Sender and recipients up to DATA. `mail_from` is None before MAIL and empty for the null reverse-path.

    `sender` and `size` are those of the last MAIL, taken or not; `refused` is the recipient of the last RCPT, if it was.
    """

    def __init__(self, settings: SmtpDoorSettings, book: AddressBook, reservation: Reservation, space: FreeSpace) -> None:
        self._settings = settings
        self._book = book
        self._space = space
        self._recipients: dict[str, Recipient] = {}
        self.reservation = reservation
        self.mail_from: str | None = None
        self.sender = ""
        self.size: int | None = None
        self.refused = ""

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """The recipients taken so far, each once."""
        return tuple(self._recipients.values())

    def begin(self, argument: str | None) -> Reply:
        """MAIL."""
        if self.mail_from is not None:
            return replies.NESTED_MAIL
        try:
            path = parse_path("FROM:", argument)
        except PathSyntaxError:
            return replies.BAD_MAIL
        except BadAddressError:
            return replies.BAD_SENDER
        self.sender, self.size = path.address, None
        refusal = self._parameter_refusal(path) or self._room_refusal()
        if refusal is not None:
            return refusal
        self.mail_from = path.address
        return replies.SENDER_TAKEN

    def add_recipient(self, argument: str | None) -> Reply:
        """RCPT."""
        if self.mail_from is None:
            return replies.MAIL_FIRST
        try:
            path = parse_path("TO:", argument)
        except PathSyntaxError:
            return replies.BAD_RCPT
        except BadAddressError:
            return replies.BAD_RECIPIENT
        if path.parameters:
            return replies.UNKNOWN_PARAMETER
        if not path.address:
            return replies.BAD_RECIPIENT
        reply = self._resolve(path.address)
        self.refused = "" if reply is replies.RECIPIENT_TAKEN else path.address
        return reply

    def data_refusal(self, argument: str | None) -> Reply | None:
        """Why DATA may not begin now."""
        if self.mail_from is None:
            return replies.MAIL_FIRST
        if not self._recipients:
            return replies.RCPT_FIRST
        return replies.BAD_DATA if argument else None

    def _parameter_refusal(self, path: PathArgument) -> Reply | None:
        for name, value in path.parameters.items():
            match name:
                case "SIZE":
                    refusal = self._size_refusal(value or "")
                case "BODY":
                    refusal = None if (value or "").upper() in {"7BIT", "8BITMIME"} else replies.BAD_MAIL
                case "SMTPUTF8":
                    refusal = None if value is None else replies.BAD_MAIL
                case "AUTH":
                    # RFC 4954, 5: to be accepted, and believed of nobody.
                    refusal = None if value else replies.BAD_MAIL
                case _:
                    refusal = replies.UNKNOWN_PARAMETER
            if refusal is not None:
                return refusal
        return None

    def _size_refusal(self, digits: str) -> Reply | None:
        if not (digits.isascii() and digits.isdigit() and len(digits) <= SIZE_DIGITS):
            return replies.BAD_MAIL
        self.size, limit = int(digits), self._settings.message_octets
        return replies.too_large(self.size, limit) if self.size > limit else None

    def _room_refusal(self) -> Reply | None:
        if not self._space.has_room(self.size or 0):
            return replies.DISK_FULL
        return None if self.reservation.declare(self.size or 0) else replies.NO_ROOM

    def _resolve(self, address: str) -> Reply:
        if address in self._recipients:
            return replies.RECIPIENT_TAKEN
        # RFC 5321 4.5.3.1.10: 452, so that the client sends the rest in another transaction.
        if len(self._recipients) >= self._settings.recipients:
            return replies.TOO_MANY_RECIPIENTS
        recipient = self._book.resolve(address)
        if recipient is None:
            return replies.UNKNOWN_ADDRESS
        self._recipients[address] = recipient
        return replies.RECIPIENT_TAKEN
