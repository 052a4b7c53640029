"""The scenes of the story: what is sent, and what has to become of it."""

from collections.abc import Callable
from dataclasses import dataclass

from mailhub.demo.correspondence import Correspondence, Mail
from mailhub.demo.outcome import Ending, Outcome
from mailhub.language import Text
from mailhub.policy.reasons import ReasonCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One mail: what it is, who writes it, how it has to end.

    Where `confirmed` the machine may only propose a return, for what it knows was read from text; the clerk agrees.
    """

    what: Text
    write: Callable[[Correspondence], Mail]
    ending: Ending
    confirmed: bool = False


SCENES = (
    Scene(
        what=Text(vi="226/STC-NS: đủ ký, đủ phụ lục", en="226/STC-NS: signed, complete"),
        write=Correspondence.correct,
        ending=Ending(outcome=Outcome.FILED, reason=ReasonCode.COMPLETE, numbers=(4818,), notices=("receipt",)),
    ),
    Scene(
        what=Text(vi="226/STC-NS: gửi lại y nguyên", en="226/STC-NS: the same again"),
        write=Correspondence.again,
        ending=Ending(outcome=Outcome.REPEAT, reason=ReasonCode.REPEAT, numbers=(4818,), notices=("repeat",)),
    ),
    Scene(
        what=Text(vi="540/SNV-TCBC: một byte bị đổi", en="540/SNV-TCBC: one byte flipped"),
        write=Correspondence.flipped,
        ending=Ending(outcome=Outcome.RETURNED, reason=ReasonCode.SIGNATURE_BROKEN, notices=("return",)),
    ),
    Scene(
        what=Text(vi="91/SXD-QLXD: trang 1 bị thay", en="91/SXD-QLXD: page 1 replaced"),
        write=Correspondence.page_replaced,
        ending=Ending(outcome=Outcome.RETURNED, reason=ReasonCode.CHANGED_AFTER_SIGNING, notices=("return",)),
    ),
    Scene(
        what=Text(vi="318/SYT-NVY: chỉ báo có bản giấy", en="318/SYT-NVY: paper, no e-copy"),
        write=Correspondence.paper_only,
        ending=Ending(outcome=Outcome.RETURNED, reason=ReasonCode.NO_E_COPY, notices=("return",)),
        confirmed=True,
    ),
    Scene(
        what=Text(vi="312/SGDĐT-KHTC: chỉ một chữ ký", en="312/SGDĐT-KHTC: one signature"),
        write=Correspondence.one_signature,
        ending=Ending(outcome=Outcome.HELD, reason=ReasonCode.ONE_SIGNATURE_MISSING),
    ),
    Scene(
        what=Text(vi="12/BC-TTT: có dấu MẬT", en="12/BC-TTT: a mark of secrecy"),
        write=Correspondence.secret,
        ending=Ending(outcome=Outcome.SEALED, reason=ReasonCode.SECRECY_MARK),
    ),
    Scene(
        what=Text(vi="77/STP-XDKT: kê 3 phụ lục, gửi 2", en="77/STP-XDKT: 3 annexes, 2 sent"),
        write=Correspondence.enclosure_missing,
        ending=Ending(outcome=Outcome.HELD, reason=ReasonCode.ENCLOSURES_MISSING),
    ),
    Scene(
        what=Text(vi="Sở Y tế: ba văn bản trong một thư", en="Sở Y tế: three letters, one mail"),
        write=Correspondence.three_letters,
        ending=Ending(
            outcome=Outcome.FILED,
            reason=ReasonCode.COMPLETE,
            numbers=(4819, 4820, 4821),
            notices=("receipt", "receipt", "receipt"),
        ),
    ),
    Scene(
        what=Text(vi="Sở Xây dựng: thư đứt giữa chừng", en="Sở Xây dựng: a broken mail"),
        write=Correspondence.broken,
        ending=Ending(outcome=Outcome.HELD, reason=ReasonCode.UNREADABLE),
    ),
    Scene(
        what=Text(vi="Thư quảng cáo", en="Junk"),
        write=Correspondence.junk,
        ending=Ending(outcome=Outcome.DISMISSED),
    ),
)
