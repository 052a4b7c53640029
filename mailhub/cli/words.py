"""The states of records in words, and marks that lines of the desk use."""

from mailhub import state_words
from mailhub.language import Text
from storage.records import DepositKind, DepositState, DispatchState, EntryState, TrustPurpose

LETTER_STATES = state_words.LETTER_STATES
SUBMISSION_STATES = state_words.SUBMISSION_STATES

ENTRY_STATES: dict[EntryState, Text] = {
    EntryState.REGISTERED: Text(vi="đã vào sổ", en="registered"),
    EntryState.ASSIGNED: Text(vi="đã giao", en="assigned"),
    EntryState.IN_PROGRESS: Text(vi="đang xử lý", en="in progress"),
    EntryState.DONE: Text(vi="hoàn thành", en="done"),
    EntryState.RECALLED: Text(vi="thu hồi", en="recalled"),
    EntryState.REPLACED: Text(vi="được thay thế", en="replaced"),
    EntryState.VOIDED: Text(vi="hủy số", en="voided"),
}

DISPATCH_STATES: dict[DispatchState, Text] = {
    DispatchState.DUE: Text(vi="chờ gửi", en="due"),
    DispatchState.SENDING: Text(vi="đang gửi", en="sending"),
    DispatchState.SENT: Text(vi="đã gửi", en="sent"),
    DispatchState.DELIVERED: Text(vi="đã đến", en="delivered"),
    DispatchState.FAILED: Text(vi="không gửi được", en="failed"),
    DispatchState.EXPIRED: Text(vi="quá hạn", en="expired"),
    DispatchState.CANCELLED: Text(vi="đã thôi", en="cancelled"),
    DispatchState.UNCERTAIN: Text(vi="chưa rõ", en="uncertain"),
    DispatchState.HELD: Text(vi="giữ lại", en="held"),
}

DEPOSIT_STATES: dict[DepositState, Text] = {
    DepositState.WAITING: Text(vi="chờ bản điện tử", en="waits for the e-copy"),
    DepositState.PAIRED: Text(vi="đã ghép", en="paired"),
    DepositState.ACCEPTED: Text(vi="vào sổ giấy", en="filed on paper"),
    DepositState.OVERDUE: Text(vi="QUÁ HẠN", en="OVERDUE"),
    DepositState.RETURN_DUE: Text(vi="sắp báo trả", en="return due"),
    DepositState.ANNOUNCED: Text(vi="đã báo trả, chờ nhận lại", en="return announced"),
    DepositState.RETURNED: Text(vi="đã trả", en="returned"),
    DepositState.COUNTED: Text(vi="đã ghi nhận", en="noted"),
    DepositState.CANCELLED: Text(vi="đã hủy", en="cancelled"),
}

DEPOSIT_KINDS: dict[DepositKind, Text] = {
    DepositKind.DOCUMENT: Text(vi="văn bản", en="document"),
    DepositKind.ENVELOPE: Text(vi="bì đích danh", en="envelope"),
    DepositKind.SECRET: Text(vi="mật", en="secret"),
}

TRUST_PURPOSES: dict[TrustPurpose, Text] = {
    TrustPurpose.SIGNER: Text(vi="chữ ký", en="signers"),
    TrustPurpose.TSA: Text(vi="dấu thời gian", en="timestamps"),
    TrustPurpose.INTERMEDIATE: Text(vi="trung gian", en="intermediate"),
}

URGENCIES: dict[str, Text] = {
    "normal": Text(vi="thường", en="normal"),
    "urgent": Text(vi="KHẨN", en="URGENT"),
    "very-urgent": Text(vi="THƯỢNG KHẨN", en="VERY URGENT"),
    "flash": Text(vi="HỎA TỐC", en="FLASH"),
}

LEGAL_VALUES: dict[str, Text] = {
    "full": Text(vi="đủ chữ ký", en="fully signed"),
    "copy": Text(vi="bản sao có ký", en="signed copy"),
    "one-missing": Text(vi="thiếu một chữ ký", en="one signature missing"),
    "undetermined": Text(vi="chưa kiểm tra được", en="not settled"),
    "invalid": Text(vi="chữ ký không hợp lệ", en="not valid"),
    "unsigned": Text(vi="không ký số", en="unsigned"),
}

CHANNELS: dict[str, Text] = {
    "electronic": Text(vi="điện tử", en="electronic"),
    "paper": Text(vi="giấy", en="paper"),
    "mail": Text(vi="thư điện tử", en="mail"),
    "sms": Text(vi="tin nhắn", en="SMS"),
}

NOTICES: dict[str, Text] = {
    "receipt": Text(vi="báo nhận", en="receipt"),
    "repeat": Text(vi="báo lại số", en="number again"),
    "return": Text(vi="thông báo trả", en="return"),
    "apology": Text(vi="xin lỗi", en="apology"),
    "void": Text(vi="hủy số đến", en="number void"),
    "digest": Text(vi="tổng hợp", en="digest"),
    "paper-return": Text(vi="báo trả giấy", en="paper return"),
    "meeting-invite": Text(vi="mời họp", en="invitation"),
    "meeting-move": Text(vi="dời họp", en="meeting moved"),
    "meeting-update": Text(vi="cập nhật họp", en="meeting updated"),
    "meeting-postpone": Text(vi="hoãn họp", en="meeting postponed"),
    "meeting-cancel": Text(vi="hủy họp", en="meeting cancelled"),
    "meeting-removed": Text(vi="rút lời mời", en="invitation withdrawn"),
}

NOTED_AS: dict[str, Text] = {
    "delivery-report": Text(vi="báo kết quả gửi", en="delivery report"),
    "read-receipt": Text(vi="báo đã xem", en="read receipt"),
    "calendar-reply": Text(vi="trả lời lịch họp", en="calendar reply"),
    "complaint": Text(vi="báo thư rác", en="complaint"),
    "absence": Text(vi="tự động báo vắng", en="absence"),
    "automatic": Text(vi="thư tự động", en="automatic mail"),
    "reply": Text(vi="thư hồi đáp", en="reply"),
}

ANSWERS: dict[str, Text] = {
    "failed": Text(vi="không đến nơi", en="not delivered"),
    "delayed": Text(vi="bị chậm, máy chủ còn thử", en="delayed, still tried"),
    "delivered": Text(vi="đã đến", en="delivered"),
    "relayed": Text(vi="đã chuyển tiếp", en="relayed"),
    "expanded": Text(vi="đã phát cho nhóm", en="given to a list"),
    "displayed": Text(vi="đã mở xem", en="displayed"),
    "deleted": Text(vi="đã xóa, chưa xem", en="deleted unread"),
    "absence": Text(vi="đang vắng", en="away"),
    "automatic": Text(vi="có thư tự động trả về", en="automatic mail came back"),
    "reply": Text(vi="đã hồi đáp", en="replied"),
    "abuse": Text(vi="bị báo là thư rác", en="reported as junk"),
    "accepted": Text(vi="sẽ dự", en="accepts"),
    "declined": Text(vi="không dự", en="declines"),
    "tentative": Text(vi="có thể dự", en="may come"),
    "delegated": Text(vi="cử người khác", en="delegates"),
    "counter": Text(vi="đề nghị giờ khác", en="asks for another time"),
    "needs-action": Text(vi="chưa trả lời", en="no answer yet"),
}

DOUBTS: dict[str, Text] = {
    "unknown-dispatch": Text(vi="không rõ về lượt gửi nào; không thay đổi gì", en="about no known dispatch; nothing was changed"),
    "unknown-meeting": Text(vi="không có cuộc họp ấy; không thay đổi gì", en="no such meeting; nothing was changed"),
    "not-invited": Text(vi="người trả lời không được mời; không thay đổi gì", en="not from anybody invited; nothing was changed"),
    "forged-sender": Text(
        vi="không chắc do hộp thư được mời gửi; nên gọi hỏi",
        en="not proved to come from the mailbox that was invited; better call",
    ),
    "delegate": Text(vi="người được cử trả lời; nên gọi hỏi", en="a delegate answers; better call"),
    "unknown-revision": Text(
        vi="trả lời cho lần báo không có; không thay đổi gì", en="answers no known revision; nothing was changed"
    ),
    "overtaken": Text(vi="đã có trả lời mới hơn", en="a later answer came first"),
    "already-ended": Text(vi="lượt gửi khi ấy đã ở trạng thái khác", en="the dispatch had moved on already"),
}

FILE_KINDS: dict[str, Text] = {
    "word": Text(vi="Word", en="Word"),
    "sheet": Text(vi="bảng tính", en="sheet"),
    "slides": Text(vi="trình chiếu", en="slides"),
    "image": Text(vi="ảnh", en="image"),
    "text": Text(vi="văn bản thô", en="text"),
    "archive": Text(vi="tệp nén", en="archive"),
    "message": Text(vi="thư", en="mail"),
    "signature": Text(vi="chữ ký rời", en="signature"),
    "executable": Text(vi="CHƯƠNG TRÌNH", en="PROGRAM"),
    "calendar": Text(vi="lịch", en="calendar"),
    "other": Text(vi="khác", en="other"),
}

HIDDEN = Text(vi="[không hiện]", en="[not shown]")
NO_SUBJECT = Text(vi="(không có trích yếu)", en="(no subject)")
