"""Putting away by outcome: a second pass that may be repeated, over what is stored and not over what was meant.

A mail is moved only when the registry says how it ended. A crash before the move leaves it for the next round; a move of what
has vanished is no error; a mail that lies there again after its move is moved again.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from mailhub.doors.imap.account import ImapAccount, Mode
from mailhub.doors.imap.faults import ImapFault, fault_text
from mailhub.doors.imap.ledger import Ledger
from mailhub.doors.imap.session import ImapSession, Selected
from mailhub.language import Text
from storage.records import MailboxPlace, MailboxState

logger = logging.getLogger(__name__)

CHUNK_MAILS: Final = 100
KEYWORDS: Final = {MailboxState.TAKEN: "$MailhubTaken", MailboxState.REJECTED: "$MailhubRejected"}


@dataclass(frozen=True, slots=True)
class Clearing:
    """Puts away what lies in the selected folder of a session."""

    account: ImapAccount
    session: ImapSession

    def clear(self, ledger: Ledger, selected: Selected, present: Iterable[int]) -> tuple[int, Text | None]:
        """Put away every mail that has an outcome; gives how many for the first time, and what hinders."""
        hindrance = self._hindrance(selected)
        there = set(present)
        targets = {MailboxState.TAKEN: self.account.taken, MailboxState.REJECTED: self.account.rejected}
        count = 0
        for state, target in targets.items():
            moves = self.account.mode is Mode.MOVE and hindrance is None
            settled = ledger.settled(state, also_put_away=moves)
            vanished = [uid for uid in ledger.settled(state, also_put_away=False) if uid not in there]
            ledger.put_away(dict.fromkeys(vanished))
            waiting = [uid for uid in settled if uid in there]
            first_time = len(set(waiting) & set(ledger.settled(state, also_put_away=False)))
            if selected.read_only:
                continue
            try:
                for start in range(0, len(waiting), CHUNK_MAILS):
                    chunk = waiting[start : start + CHUNK_MAILS]
                    ledger.put_away(self._moved(chunk, target) if moves else self._flagged(chunk, state, selected))
            except ImapFault as fault:
                if not fault.refused:
                    raise
                hindrance = self._refusal(selected, fault)
            else:
                count += first_time
        return count, hindrance

    def _refusal(self, selected: Selected, fault: ImapFault) -> Text:
        """A full mailbox, or a folder that may not be written: no reason to take no mail, or to come back later."""
        text = fault_text(fault)
        return Text(
            vi=f"thư trong {selected.name} được nhận nhưng không chuyển hay đánh dấu được: {text.vi}",
            en=f"mail in {selected.name} is taken, but cannot be moved or marked: {text.en}",
        )

    def _moved(self, uids: Sequence[int], target: str) -> dict[int, MailboxPlace | None]:
        folder = self.session.path(target)
        places = self.session.move(uids, folder)
        logger.info("mails moved", extra={"account": self.account.name, "mails": len(uids)})
        return {uid: places.get(uid, MailboxPlace(folder=folder)) for uid in uids}

    def _flagged(self, uids: Sequence[int], state: MailboxState, selected: Selected) -> dict[int, MailboxPlace | None]:
        if selected.keeps_keywords:
            self.session.flag(uids, KEYWORDS[state])
        return dict.fromkeys(uids)

    def _hindrance(self, selected: Selected) -> Text | None:
        name = selected.name
        if selected.read_only:
            return Text(
                vi=f"thư mục {name} chỉ cho đọc: thư vẫn được nhận nhưng không chuyển hay đánh dấu được; cấp quyền ghi",
                en=f"folder {name} is read-only: its mail is taken, but neither moved nor marked; let user write there",
            )
        if self.account.mode is Mode.MOVE and name in {
            self.session.path(self.account.taken),
            self.session.path(self.account.rejected),
        }:
            return Text(
                vi=f"thư trong {name} được nhận nhưng không chuyển vì taken hoặc rejected chính là thư mục ấy; đặt tên khác",
                en=f"mail in {name} is taken but not moved, because taken or rejected is that very folder; name another",
            )
        if self.account.mode is Mode.MOVE and not self.session.can_move:
            return Text(
                vi=f'máy chủ không có MOVE và UIDPLUS: thư trong {name} được nhận và chỉ đánh dấu; đặt mode = "flag"',
                en=f'the server has neither MOVE nor UIDPLUS: mail in {name} is taken and only marked; set mode = "flag"',
            )
        return None
