"""A changed telephone is told to the old and to the new number, so that nobody's invitations go astray unseen."""

from dataclasses import dataclass
from datetime import date, timedelta

from mailhub.language import Language
from mailhub.notices.sms import TextRules
from mailhub.texting import intend_text
from storage import directory
from storage.database import Transaction
from storage.records import Official, OfficialDraft

KIND = "phone-change"
LIFE = timedelta(days=1)
SHOWN_DIGITS = 3

Known = Official | OfficialDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirming:
    """Intends the texts, where the office sends texts. `phone` is whom to call when the change is wrong."""

    sends: bool
    rules: TextRules
    language: Language
    phone: str

    def confirm(self, tx: Transaction, before: Official, after: Official) -> tuple[str, ...]:
        """Intend a text to every number that comes or goes, in the transaction of the change; gives the numbers."""
        numbers = told_numbers(before, after) if self.sends else ()
        if not numbers:
            return ()
        now = tx.now()
        text = self.rules.fit(self._wording(directory.unit(tx, after.unit_id).name, before, after)).text
        for number in numbers:
            intend_text(
                tx,
                unit_id=after.unit_id,
                kind=KIND,
                # A change, its undoing and the change again are three acts, each told.
                revision=int(now.timestamp()),
                number=number,
                text=text,
                due_at=now,
                expires_at=now + LIFE,
                official_id=after.id,
            )
        return numbers

    def _wording(self, unit: str, before: Official, after: Official) -> str:
        old, new = lasting(before), lasting(after)
        gone = ", ".join(number[-SHOWN_DIGITS:] for number in old if number not in new)
        come = ", ".join(number[-SHOWN_DIGITS:] for number in new if number not in old)
        who = after.name or f"{after.position} {after.organisation}".strip()
        day = first_day(before, after)
        match self.language:
            case Language.VI:
                since = f" từ {day:%d/%m/%Y}" if day else ""
                changed = "; ".join([*([f"thôi số đuôi {gone}"] if gone else []), *([f"dùng số đuôi {come}"] if come else [])])
                ask = f" Không đúng xin gọi {self.phone}." if self.phone else ""
                return f"{unit}: số nhận tin của {who}{since}: {changed}.{ask}"
            case Language.EN:
                since = f" from {day.isoformat()}" if day else ""
                changed = "; ".join([*([f"no more to ..{gone}"] if gone else []), *([f"now to ..{come}"] if come else [])])
                ask = f" If this is wrong, call {self.phone}." if self.phone else ""
                return f"{unit}: texts for {who}{since}: {changed}.{ask}"


def told_numbers(before: Known, after: Known) -> tuple[str, ...]:
    """The numbers that come and go between two states of an official; the old ones first."""
    old, new = lasting(before), lasting(after)
    if set(old) == set(new):
        return ()
    return tuple(
        dict.fromkeys([*(number for number in old if number not in new), *(number for number in new if number not in old)])
    )


def lasting(official: Known) -> tuple[str, ...]:
    """The numbers that serve until further notice."""
    return tuple(dict.fromkeys(phone.number for phone in official.phones if phone.valid_until is None))


def first_day(before: Official, after: Official) -> date | None:
    """The day from which the change holds."""
    known = set(before.phones)
    days = [day for phone in after.phones if phone not in known for day in (phone.valid_from, phone.valid_until) if day]
    return max(days, default=None)
