"""The states of records in words, and marks that lines of the desk use."""

from mailhub.language import Text
from storage.records import DispatchState, EntryState, LetterState, SubmissionState, TrustPurpose

LETTER_STATES: dict[LetterState, Text] = {
    LetterState.WAITING: Text(vi="đang kiểm tra", en="being checked"),
    LetterState.PROPOSED: Text(vi="có đề xuất", en="proposed"),
    LetterState.HELD: Text(vi="chờ quyết", en="held"),
    LetterState.FILED: Text(vi="đã vào sổ", en="filed"),
    LetterState.RETURN_DUE: Text(vi="sắp trả", en="return due"),
    LetterState.RETURNED: Text(vi="đã trả lại", en="returned"),
    LetterState.REPEAT: Text(vi="gửi lặp lại", en="repeat"),
    LetterState.SEALED: Text(vi="niêm phong", en="sealed"),
    LetterState.PURGED: Text(vi="đã tiêu hủy", en="purged"),
    LetterState.MERGED: Text(vi="đã gộp", en="merged"),
    LetterState.DISMISSED: Text(vi="bỏ qua", en="dismissed"),
}

SUBMISSION_STATES: dict[SubmissionState, Text] = {
    SubmissionState.READ: Text(vi="đã đọc", en="read"),
    SubmissionState.SETTLED: Text(vi="xong", en="settled"),
    SubmissionState.NOTED: Text(vi="ghi nhận", en="noted"),
    SubmissionState.DISMISSED: Text(vi="bỏ qua", en="dismissed"),
    SubmissionState.SEALED: Text(vi="niêm phong", en="sealed"),
    SubmissionState.UNREADABLE: Text(vi="không đọc được", en="unreadable"),
}

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

TRUST_PURPOSES: dict[TrustPurpose, Text] = {
    TrustPurpose.SIGNER: Text(vi="chữ ký", en="signers"),
    TrustPurpose.TSA: Text(vi="dấu thời gian", en="timestamps"),
    TrustPurpose.INTERMEDIATE: Text(vi="trung gian", en="intermediate"),
}

HIDDEN = Text(vi="[không hiện]", en="[not shown]")
NO_SUBJECT = Text(vi="(không có trích yếu)", en="(no subject)")
