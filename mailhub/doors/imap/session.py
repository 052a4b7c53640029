r"""One connection to an account, in the words of mailboxes: what lies there, its octets, where it goes.

Everything that is known about imapclient's and imaplib's insides is here and in `login`. Every failure is an ImapFault.
UIDs are those of the selected folder, and no sequence number is ever used. Nothing here sets \Seen.
"""

import imaplib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from imapclient import IMAPClient

from mailhub.doors.imap.account import ImapAccount
from mailhub.doors.imap.faults import ImapFault, fault_of_answer, talking, words
from mailhub.doors.imap.idling import idle
from mailhub.doors.imap.login import hang_up, logged_in
from mailhub.language import Text
from storage.records import MailboxPlace

SLACK_OCTETS: Final = 1024 * 1024
"""A literal may be this much larger than the largest mail: some servers round RFC822.SIZE."""

HEADER_OCTETS: Final = 64 * 1024
COPYUID: Final = re.compile(rb"(\d+) (\S+) (\S+)")
MOST_COPIES: Final = 100_000
PRINTABLE: Final = re.compile(r"[!#-\[\]-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """The selected folder as it is now. `keeps_keywords` says whether a keyword set there stays for others to see."""

    name: str
    uidvalidity: int
    read_only: bool
    keeps_keywords: bool


class ImapSession:
    """A logged-in connection; `close` it, whatever happened."""

    def __init__(self, account: ImapAccount, client: IMAPClient) -> None:
        self._account = account
        self._client = client
        with talking(account.host):
            self.capabilities = frozenset(name.decode("ascii", "replace") for name in client.capabilities())
            self._prefix, self._separator = self._namespace()
        self.selected: Selected | None = None
        self._seen: set[str] = set()

    @classmethod
    def open(cls, account: ImapAccount) -> Self:
        """Connect and log in."""
        client = logged_in(account, account.largest + SLACK_OCTETS)
        try:
            return cls(account, client)
        except BaseException:
            hang_up(client)
            raise

    def close(self) -> None:
        """Say goodbye as far as the server still listens. Nothing is expunged by that."""
        try:
            self._client.logout()
        except (imaplib.IMAP4.error, OSError, EOFError, ValueError):
            hang_up(self._client)

    # --- folders ------------------------------------------------------------------------------------------------------

    def folders(self) -> list[str]:
        """Every folder that can be selected, as the server names it."""
        with talking(self._account.host):
            listed = self._client.list_folders()
        return [str(name) for flags, _, name in listed if b"\\noselect" not in {flag.lower() for flag in flags}]

    def path(self, name: str) -> str:
        """A folder as this server wants it named: in the personal namespace, and with its separator for a slash."""
        if name.upper() == "INBOX":
            return "INBOX"
        own = name.replace("/", self._separator)
        return own if own.startswith(self._prefix) else self._prefix + own

    def select(self, name: str, *, look_only: bool = False) -> Selected:
        """Open a folder afresh; one that may not be written is opened for reading. ImapFault names those there are."""
        self.selected = None
        with talking(self._account.host):
            try:
                told = self._client.select_folder(name, readonly=look_only)
            except imaplib.IMAP4.readonly:
                told = self._client.select_folder(name, readonly=True)
                look_only = True
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                raise self._no_folder(name, error) from error
        uidvalidity = told.get(b"UIDVALIDITY", 0)
        if not uidvalidity:
            raise ImapFault(
                Text(
                    vi=f"thư mục {name} không có UIDVALIDITY nên không thể nhận mỗi thư đúng một lần; báo người quản trị máy chủ",
                    en=f"folder {name} has no UIDVALIDITY, so no mail could be taken exactly once; tell the server's operator",
                )
            )
        keywords = told.get(b"PERMANENTFLAGS", ())
        self.selected = Selected(
            name=name, uidvalidity=int(uidvalidity), read_only=look_only, keeps_keywords=any(b"\\*" in flag for flag in keywords)
        )
        return self.selected

    def ensure(self, name: str) -> bool:
        """Create a folder where there is none; True when it was created."""
        with talking(self._account.host):
            if self._client.folder_exists(name):
                return False
            self._client.create_folder(name)
            # Mail programs show what is subscribed; a folder that nobody sees looks like lost mail.
            self._client.subscribe_folder(name)
            return True

    # --- mails of the selected folder ---------------------------------------------------------------------------------

    def uids(self, since: date | None = None) -> list[int]:
        """Every mail that lies there now, in the order of arrival; UIDs have gaps."""
        with talking(self._account.host):
            found = self._client.search(["ALL"] if since is None else ["SINCE", since])
        return sorted({int(uid) for uid in found})

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Octets of each mail as the server counts them; who has vanished is missing."""
        told = self._fetched(uids, "RFC822.SIZE", b"RFC822.SIZE")
        return {uid: size for uid, size in told.items() if isinstance(size, int)}

    def bodies(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The octets of each mail; missing are those that have vanished or came without octets."""
        return self._octets(uids, "BODY.PEEK[]", b"BODY[]")

    def headers(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The beginning of each mail's header, at most 64 KiB."""
        return self._octets(uids, f"BODY.PEEK[HEADER]<0.{HEADER_OCTETS}>", b"BODY[HEADER]<0>")

    def _octets(self, uids: Sequence[int], asked: str, key: bytes) -> dict[int, bytes]:
        return {uid: octets for uid, octets in self._fetched(uids, asked, key).items() if isinstance(octets, bytes) and octets}

    def _fetched(self, uids: Sequence[int], asked: str, key: bytes) -> dict[int, object]:
        if not uids:
            return {}
        with talking(self._account.host):
            answer = self._client.fetch(list(uids), [asked])
        wanted = set(uids)
        return {uid: data[key] for uid, data in answer.items() if uid in wanted and key in data}

    def alike(self, message_id: str, size: int) -> list[int]:
        """Mails with this Message-ID or of exactly this size."""
        criteria: list[list[object]] = [["LARGER", size - 1, "SMALLER", size + 1]]
        if PRINTABLE.fullmatch(message_id):
            criteria.append(["HEADER", "Message-ID", message_id])
        with talking(self._account.host):
            found = [self._client.search(criterion) for criterion in criteria]
        return sorted({int(uid) for uids in found for uid in uids})

    # --- putting away -------------------------------------------------------------------------------------------------

    @property
    def can_move(self) -> bool:
        """Whether one mail can be taken out of a folder that holds others'."""
        return "MOVE" in self.capabilities or "UIDPLUS" in self.capabilities

    def move(self, uids: Sequence[int], target: str) -> dict[int, MailboxPlace]:
        """Move mails; gives where each of them lies now, as far as the server tells. Who has vanished is no error."""
        if target not in self._seen:
            self.ensure(target)
            self._seen.add(target)
        try:
            return self._moved(uids, target)
        except _MissingFolderError:
            self.ensure(target)
            return self._moved(uids, target)

    def _moved(self, uids: Sequence[int], target: str) -> dict[int, MailboxPlace]:
        command = self._client.move if "MOVE" in self.capabilities else self._client.copy
        self._client._imap.response("COPYUID")  # noqa: SLF001  what an earlier command left
        with talking(self._account.host):
            try:
                command(list(uids), target)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                if "TRYCREATE" in str(error) or not self._client.folder_exists(target):
                    raise _MissingFolderError(target) from error
                raise
        places = self._places(target)
        if "MOVE" not in self.capabilities:
            self.delete(uids)
        return places

    def _places(self, target: str) -> dict[int, MailboxPlace]:
        _, told = self._client._imap.response("COPYUID")  # noqa: SLF001  the library throws it away
        places: dict[int, MailboxPlace] = {}
        for line in told:
            if line is not None and (match := COPYUID.match(line)):
                uidvalidity = int(match[1])
                for before, after in zip(uids_of(match[2]), uids_of(match[3]), strict=False):
                    places[before] = MailboxPlace(folder=target, uidvalidity=uidvalidity, uid=after)
        return places

    def flag(self, uids: Sequence[int], keyword: str) -> None:
        """Set a keyword; who has vanished is no error."""
        with talking(self._account.host):
            self._client.add_flags(list(uids), [keyword.encode("ascii")], silent=True)

    def delete(self, uids: Sequence[int]) -> bool:
        """Delete just these mails; False where the server cannot, and they are only marked so: others' marks are not ours."""
        self.flag(uids, "\\Deleted")
        if "UIDPLUS" not in self.capabilities:
            return False
        with talking(self._account.host):
            self._client.uid_expunge(list(uids))
        return True

    # --- waiting ------------------------------------------------------------------------------------------------------

    @property
    def can_idle(self) -> bool:
        """Whether the server tells by itself what comes in."""
        return "IDLE" in self.capabilities

    def idle(self, seconds: float, waiting: Callable[[], bool]) -> None:
        """Wait until something comes into the selected folder, the time is over or `waiting` says no.

        `waiting` is asked every second. A dead connection ends in an ImapFault.
        """
        with talking(self._account.host):
            idle(self._client, seconds, waiting)

    # --- inside -------------------------------------------------------------------------------------------------------

    def _namespace(self) -> tuple[str, str]:
        if "NAMESPACE" in self.capabilities:
            personal = self._client.namespace().personal
            if personal:
                prefix, separator = personal[0]
                return str(prefix or ""), str(separator or "/")
        listed = self._client.list_folders("", "INBOX")
        return "", str(listed[0][1].decode() if listed and listed[0][1] else "/")

    def _no_folder(self, name: str, error: imaplib.IMAP4.error) -> ImapFault:
        there = ", ".join(self.folders()[:30])
        fault = fault_of_answer(self._account.host, error)
        if fault.pause or name == "INBOX":
            return fault
        return ImapFault(
            Text(
                vi=f"không mở được thư mục {name} ({words(error)}); các thư mục đang có: {there}",
                en=f"folder {name} cannot be opened ({words(error)}); there are: {there}",
            ),
            refused=True,
        )


class _MissingFolderError(Exception):
    """The target of a move is not there."""


def uids_of(uid_set: bytes) -> list[int]:
    """The UIDs of a set such as 4,7:9 in their order (RFC 4315: the n-th of one set became the n-th of the other)."""
    uids: list[int] = []
    for part in uid_set.split(b","):
        first, _, last = part.partition(b":")
        if not first.isdigit() or (last and not last.isdigit()):
            return []
        low, high = sorted((int(first), int(last or first)))
        if len(uids) + high - low > MOST_COPIES:
            return []
        uids += range(low, high + 1)
    return uids
