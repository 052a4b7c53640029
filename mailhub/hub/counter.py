"""The counter: paper, its slips, and the last act taken back."""

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from mailhub.hub.register import RegisterRoom
from mailhub.hub.signing import SigningRoom

if TYPE_CHECKING:
    from mailhub.counter.counter import Counter
    from mailhub.counter.slips import PaperSlips
    from mailhub.undoing import Undoing


class CounterRoom(RegisterRoom, SigningRoom):
    """Paper handed in."""

    @cached_property
    def counter(self) -> "Counter":
        """Paper."""
        from mailhub.counter.cancelling import Cancelling
        from mailhub.counter.counter import Counter
        from mailhub.counter.e_copies import ECopies
        from mailhub.counter.notices import PaperNotices
        from mailhub.counter.returning import PaperReturning

        returning = PaperReturning(
            database=self.database,
            pairing=self.pairing,
            notices=PaperNotices(self.settings),
            settings=self.policy,
            working_days=self.working_days,
            delay=timedelta(seconds=self.settings.returns.delay_seconds),
            pick_up_days=self.settings.counter.pick_up_working_days,
        )
        return Counter(
            database=self.database,
            filing=self.filing,
            pairing=self.pairing,
            e_copies=ECopies(self.pairing, self.deciding),
            returning=returning,
            cancelling=Cancelling(self.database),
        )

    @cached_property
    def paper_slips(self) -> "PaperSlips":
        """Slips of the counter."""
        from mailhub.counter.slips import PaperSlips

        return PaperSlips(settings=self.settings, working_days=self.working_days, clock=self.clock, system=self.system_signature)

    @cached_property
    def undoing(self) -> "Undoing":
        """A clerk's last act, taken back."""
        from mailhub.undoing import Undoing

        return Undoing(self.database, self.letters, self.voiding, self.counter)
