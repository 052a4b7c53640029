"""The states of mails and letters in words, for lists and for sentences that say why something cannot be done now."""

from collections.abc import Mapping

from mailhub.language import Text
from storage.records import LetterState, SubmissionState

LETTER_STATES: Mapping[LetterState, Text] = {
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
    LetterState.AT_COUNTER: Text(vi="giấy tại quầy", en="paper at the counter"),
}

SUBMISSION_STATES: Mapping[SubmissionState, Text] = {
    SubmissionState.READ: Text(vi="đã đọc", en="read"),
    SubmissionState.SETTLED: Text(vi="xong", en="settled"),
    SubmissionState.NOTED: Text(vi="ghi nhận", en="noted"),
    SubmissionState.DISMISSED: Text(vi="bỏ qua", en="dismissed"),
    SubmissionState.SEALED: Text(vi="niêm phong", en="sealed"),
    SubmissionState.UNREADABLE: Text(vi="không đọc được", en="unreadable"),
}
