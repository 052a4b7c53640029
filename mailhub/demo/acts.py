"""The acts of the office behind the mails: paper at the counter, then a meeting; each with the end that it has to come to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailhub.demo import counter_acts, meeting_acts
from mailhub.demo.outcome import ActOutcome, Told
from mailhub.language import Text

if TYPE_CHECKING:
    from mailhub.demo.stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act: what is done, how, and what has to become of it."""

    what: Text
    perform: "Callable[[Stage], Told]"
    told: Told

    def play(self, number: int, stage: "Stage") -> bool:
        """Do it and tell it; True when it ended as it should."""
        told = self.perform(stage)
        stage.voice.act(number, self, told)
        if told == self.told:
            return True
        stage.voice.act_surprise(self.told)
        return False


ACTS = (
    Act(
        what=Text(vi="545/SNV-TC: giấy nộp đã lâu", en="545/SNV-TC: paper of some time ago"),
        perform=counter_acts.paper_without_e_copy,
        told=Told(outcome=ActOutcome.WAITS),
    ),
    Act(
        what=Text(vi="231/STC-HCSN: giấy trước, thư sau", en="231/STC-HCSN: paper, then its mail"),
        perform=counter_acts.paper_then_e_copy,
        told=Told(outcome=ActOutcome.PAIRED, numbers=(4822,), mails=1),
    ),
    Act(
        what=Text(vi="319/SYT-NVY: giấy của số 4819", en="319/SYT-NVY: paper of number 4819"),
        perform=counter_acts.paper_of_a_filed_letter,
        told=Told(outcome=ActOutcome.PAIRED, numbers=(4819,)),
    ),
    Act(
        what=Text(vi="58/SXD-QLN: bản vẽ khổ lớn", en="58/SXD-QLN: large drawings"),
        perform=counter_acts.drawings,
        told=Told(outcome=ActOutcome.ACCEPTED, numbers=(4823,)),
    ),
    Act(
        what=Text(vi="545/SNV-TC: hết hạn chờ", en="545/SNV-TC: the wait is over"),
        perform=counter_acts.paper_goes_back,
        told=Told(outcome=ActOutcome.RETURNED, mails=1, texts=1),
    ),
    Act(
        what=Text(vi="Giấy mời chưa ký", en="An invitation nobody signed"),
        perform=meeting_acts.convene_unsigned,
        told=Told(outcome=ActOutcome.REFUSED),
    ),
    Act(
        what=Text(vi="12/GM-VPUB: mời họp", en="12/GM-VPUB: a meeting is convened"),
        perform=meeting_acts.convene,
        told=Told(outcome=ActOutcome.CONVENED, mails=3, texts=3),
    ),
    Act(
        what=Text(vi="Hội Người cao tuổi: không có số", en="Hội Người cao tuổi: no mobile"),
        perform=meeting_acts.call,
        told=Told(outcome=ActOutcome.REACHED),
    ),
    Act(
        what=Text(vi="12/GM-VPUB: dời giờ", en="12/GM-VPUB: it is moved"),
        perform=meeting_acts.move,
        told=Told(outcome=ActOutcome.MOVED, mails=3, texts=3),
    ),
    Act(
        what=Text(vi="12/GM-VPUB: hoãn", en="12/GM-VPUB: it is postponed"),
        perform=meeting_acts.postpone,
        told=Told(outcome=ActOutcome.POSTPONED, mails=3, texts=3),
    ),
)
