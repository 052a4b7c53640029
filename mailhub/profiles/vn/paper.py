"""The words for paper that may come alone: Công văn 92/UBND-HCTC of 08/01/2024 (Hồ Chí Minh City), its four exceptions.

Citizens and enterprises are not bound by the rule and need none of them.
"""

from collections.abc import Mapping
from datetime import datetime

from mailhub.language import Text
from mailhub.policy.paper import PaperException

EXCEPTIONS: Mapping[PaperException, Text] = {
    PaperException.SECRET: Text(vi="văn bản mật", en="secret document"),
    PaperException.LAW: Text(vi="pháp luật quy định phải là bản giấy", en="the law requires paper"),
    PaperException.UNDIGITISED: Text(
        vi="bản đồ, bản vẽ thiết kế, ấn phẩm khó số hóa", en="maps, design drawings or publications that are hard to digitise"
    ),
    PaperException.ORGANISATION: Text(
        vi="quy hoạch, tổ chức biên chế, tài chính, nhân sự, chế độ công chức",
        en="planning, organisation and staffing, finance, personnel, policy for civil servants",
    ),
    PaperException.EXEMPT_SENDER: Text(
        vi="công dân, doanh nghiệp không thuộc diện phải gửi bản điện tử", en="citizen or enterprise, not bound to send an e-copy"
    ),
}

NO_E_COPY = Text(
    vi="Văn phòng chưa nhận được bản điện tử kèm theo nên văn bản chưa đủ điều kiện tiếp nhận và chưa cấp số đến.",
    en="The e-copy has not been received, so the document does not yet meet the conditions and has no arrival number.",
)
"""Why paper is handed back, as its slip says it."""


def return_texts(
    units: tuple[str, ...], reference: str, received_at: datetime, asked: tuple[str, str], contact: str
) -> tuple[str, ...]:
    """The SMS that asks for an e-copy, from the longest wording to the shortest; no subject, and no marks.

    `units` are names of the office, the full one first; `received_at` is local to it; `asked` are its mail address and the
    paper's code.
    """
    moment = f"{received_at.hour}h{received_at.minute:02} {received_at.day:02}/{received_at.month}"
    received = f"Ban giay {reference} nhan {moment} chua co ban dien tu"
    wanted = f"De nghi gui ho so ky so den {asked[0]}, ma {asked[1]}"
    short = tuple(f"{unit}: {received}. {wanted}. LH {contact}" for unit in units)
    return (f"{units[0]}: {received}. {wanted}, moi nhan lai ban giay. LH {contact}", *short)
