"""At the counter: paper before its e-copy, paper of a filed letter, paper that may come alone, and paper that goes back."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from mailhub.counter.counter import DepositView
from mailhub.counter.handing_in import DepositOrder
from mailhub.demo.cast import CONSTRUCTION, FINANCE, HEALTH, HOME_AFFAIRS, Correspondent
from mailhub.demo.outcome import LEAVING, ActOutcome, Told
from mailhub.language import Text
from mailhub.policy.paper import PaperException
from storage.records import Deposit, DepositState, DispatchState

if TYPE_CHECKING:
    from mailhub.demo.stage import Stage

LONG_AGO = timedelta(days=20)
"""Longer than any run of days off: the one working day that paper waits for its e-copy is over."""

GONE = frozenset({DispatchState.SENT, DispatchState.DELIVERED})
MESSENGER = "Huỳnh Thị Mơ"
OUTCOMES = {
    DepositState.WAITING: ActOutcome.WAITS,
    DepositState.PAIRED: ActOutcome.PAIRED,
    DepositState.ACCEPTED: ActOutcome.ACCEPTED,
    DepositState.RETURNED: ActOutcome.RETURNED,
}


def paper_without_e_copy(stage: "Stage") -> Told:
    """Handed in some time ago and entered only now; its wait is over at once."""
    then = stage.correspondence.now - LONG_AGO
    order = DepositOrder(
        agency=HOME_AFFAIRS.code,
        reference="545/SNV-TC",
        issued_on=then.date(),
        subject="kiện toàn Ban Chỉ đạo cải cách hành chính",
        pages=12,
        deposited_at=then,
    )
    view = stage.hub.counter.receive(stage.clerk, stage.unit.id, order)
    stage.keep_print("phieu-nhan-545-SNV-TC.pdf", stage.hub.paper_slips.print(view, stage.unit, stage.clerk.name).content)
    return told_of(view, Text(vi=f"mã {view.code}, phiếu nhận", en=f"code {view.code}, slip"))


def paper_then_e_copy(stage: "Stage") -> Told:
    """Paper in the morning, the signed mail after it: one document, one number, both times."""
    view = stage.hub.counter.receive(
        stage.clerk, stage.unit.id, order_for(stage, FINANCE, "231/STC-HCSN", "hướng dẫn lập dự toán chi ngân sách năm sau")
    )
    ending = stage.deliver(stage.correspondence.after_its_paper())
    paired = stage.hub.counter.show(stage.unit.id, view.deposit.id)
    both = paired.entry is not None and paired.entry.draft.paper_at == view.deposit.draft.deposited_at
    told = told_of(paired, Text(vi="đủ hai giờ nhận, đã báo nhận", en="both times, receipt sent"), mails=len(ending.notices))
    return told if both else Told(outcome=ActOutcome.OTHER)


def paper_of_a_filed_letter(stage: "Stage") -> Told:
    """The paper of what came by mail this morning takes no number of its own."""
    view = stage.hub.counter.receive(
        stage.clerk, stage.unit.id, order_for(stage, HEALTH, "319/SYT-NVY", "phòng, chống bệnh sốt xuất huyết mùa mưa")
    )
    return told_of(view, Text(vi="không thêm số", en="no further number"))


def drawings(stage: "Stage") -> Told:
    """What cannot be digitised is filed on paper."""
    order = order_for(stage, CONSTRUCTION, "58/SXD-QLN", "bản vẽ hoàn công cầu Bến Đình")
    view = stage.hub.counter.receive(stage.clerk, stage.unit.id, replace(order, exception=PaperException.UNDIGITISED))
    return told_of(view, Text(vi="ngoại lệ bản giấy", en="paper by exception"))


def paper_goes_back(stage: "Stage") -> Told:
    """The notice leaves by mail and SMS; the paper is returned only when somebody has signed for it."""
    (found,) = (view for view in stage.hub.counter.list_(stage.unit.id) if view.deposit.draft.reference == "545/SNV-TC")
    waiting = found.deposit

    def announced() -> DepositView | None:
        view = stage.hub.counter.show(stage.unit.id, waiting.id)
        left = view.notices and not any(dispatch.state in LEAVING for dispatch in view.notices)
        return view if view.deposit.draft.state is DepositState.ANNOUNCED and left else None

    view = stage.until(announced, Text(vi=f"bản giấy {found.code}", en=f"paper {found.code}"))
    stage.keep_print("phieu-tra-545-SNV-TC.pdf", stage.hub.paper_slips.print(view, stage.unit, stage.clerk.name).content)
    after = stage.hub.counter.hand_over(stage.clerk, stage.unit.id, waiting.id, to=MESSENGER)
    sent = [dispatch.draft.channel for dispatch in view.notices if dispatch.state in GONE]
    return told_of(
        after,
        Text(vi=f"phiếu trả, {MESSENGER} ký nhận", en=f"slip, {MESSENGER} signed"),
        mails=sent.count("mail"),
        texts=sent.count("sms"),
    )


def order_for(stage: "Stage", by: Correspondent, reference: str, subject: str) -> DepositOrder:
    """Paper as the clerk enters it, dated like the letters of the day."""
    issued_on = stage.correspondence.issued_on
    return DepositOrder(agency=by.code, reference=reference, issued_on=issued_on, subject=subject, pages=2)


def told_of(view: DepositView, more: Text, mails: int = 0, texts: int = 0) -> Told:
    """What became of a deposit."""
    return Told(
        outcome=outcome_of(view.deposit),
        numbers=(view.entry.number,) if view.entry else (),
        mails=mails,
        texts=texts,
        more=more,
    )


def outcome_of(deposit: Deposit) -> ActOutcome:
    """The deposit's state in the demo's words."""
    return OUTCOMES.get(deposit.draft.state, ActOutcome.OTHER)
