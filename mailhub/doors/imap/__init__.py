"""The IMAP door: takes mail out of mailboxes that other servers keep, each mail once, and puts it away where people find it."""

from mailhub.doors.imap.account import Encryption, ImapAccount, Mode
from mailhub.doors.imap.door import ImapDoor

__all__ = ["Encryption", "ImapAccount", "ImapDoor", "Mode"]
