"""The words for paper that may come alone: Công văn 92/UBND-HCTC of 08/01/2024 (Hồ Chí Minh City), its four exceptions.

Citizens and enterprises are not bound by the rule and need none of them.
"""

from collections.abc import Mapping

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
