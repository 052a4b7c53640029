"""Signatures in words: what `verify` and `letter explain` say about each of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailhub.checking.reading import ReadFile
from mailhub.cli.output import Column, Fit
from mailhub.language import Text
from parsers.signatures.model import Indication, Reason, SignatureReport, SubIndication

# What is not loaded (trust anchors, revocation data) says nothing against a signature: never "không hợp lệ".
INDICATIONS: dict[Indication, Text] = {
    Indication.TOTAL_PASSED: Text(vi="hợp lệ", en="valid"),
    Indication.INDETERMINATE: Text(vi="chưa kiểm tra được", en="not settled"),
    Indication.TOTAL_FAILED: Text(vi="không hợp lệ", en="not valid"),
}

SUB_INDICATIONS: dict[SubIndication, Text] = {
    SubIndication.FORMAT_FAILURE: Text(vi="cấu trúc chữ ký sai", en="the signature's form is wrong"),
    SubIndication.HASH_FAILURE: Text(vi="nội dung đã đổi sau khi ký", en="the content was changed after signing"),
    SubIndication.SIG_CRYPTO_FAILURE: Text(vi="giá trị chữ ký không khớp khóa", en="the signature value does not match the key"),
    SubIndication.REVOKED: Text(vi="chứng thư đã bị thu hồi", en="the certificate was revoked"),
    SubIndication.EXPIRED: Text(vi="chứng thư hết hạn khi ký", en="the certificate had expired"),
    SubIndication.NOT_YET_VALID: Text(vi="chứng thư chưa có hiệu lực khi ký", en="the certificate was not yet valid"),
    SubIndication.SIG_CONSTRAINTS_FAILURE: Text(vi="trái điều kiện về chữ ký", en="a condition on signatures is not met"),
    SubIndication.CHAIN_CONSTRAINTS_FAILURE: Text(
        vi="trái điều kiện về đường dẫn chứng thư", en="a condition on the path is not met"
    ),
    SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE: Text(vi="không dựng được đường dẫn chứng thư", en="no path could be built"),
    SubIndication.CRYPTO_CONSTRAINTS_FAILURE: Text(vi="thuật toán hay độ dài khóa quá yếu", en="algorithm or key is too weak"),
    SubIndication.NO_SIGNING_CERTIFICATE_FOUND: Text(vi="thiếu chứng thư của người ký", en="the signer's certificate is missing"),
    SubIndication.NO_CERTIFICATE_CHAIN_FOUND: Text(vi="chưa có chứng thư gốc tương ứng", en="no trusted root leads to it"),
    SubIndication.REVOKED_NO_POE: Text(
        vi="chứng thư bị thu hồi, không rõ ký trước hay sau", en="revoked, unclear whether before signing"
    ),
    SubIndication.OUT_OF_BOUNDS_NO_POE: Text(
        vi="chứng thư đã hết hạn, không rõ ký lúc nào", en="expired, unclear when it was signed"
    ),
    SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE: Text(
        vi="thuật toán yếu, không rõ ký lúc nào", en="weak algorithm, unclear when it was signed"
    ),
    SubIndication.NO_POE: Text(vi="không có bằng chứng về thời điểm ký", en="no proof of when it was signed"),
    SubIndication.TRY_LATER: Text(vi="chưa có dữ liệu thu hồi, thử lại sau", en="revocation data not there yet, try later"),
    SubIndication.SIGNED_DATA_NOT_FOUND: Text(vi="không tìm thấy nội dung được ký", en="the signed data was not found"),
    SubIndication.GENERIC: Text(vi="không kết luận được", en="no conclusion"),
    SubIndication.CHANGED_BEFORE_SEAL: Text(vi="bị đổi giữa hai chữ ký", en="changed between two signatures"),
}

REASONS: dict[Reason, Text] = {
    Reason.GAP: Text(vi="vùng ký bỏ sót nội dung", en="the signed range leaves content out"),
    Reason.TRAILING_DATA: Text(vi="có dữ liệu thêm sau phần được ký", en="data was appended after the signed range"),
    Reason.VISIBLE_CHANGE: Text(vi="phần nhìn thấy đã đổi sau khi ký", en="something visible was changed after signing"),
    Reason.BEHAVIOUR_CHANGE: Text(
        vi="mã lệnh, lớp hay thao tác mở đã đổi sau khi ký", en="scripts, layers or open actions were changed after signing"
    ),
    Reason.FORM_CHANGE: Text(vi="ô nhập đã đổi sau khi ký", en="a form field was changed after signing"),
    Reason.UNEXPLAINED_UPDATE: Text(vi="có cập nhật không giải thích được", en="an update that nothing explains"),
    Reason.DIFF_UNKNOWN: Text(vi="không so sánh được trước và sau khi ký", en="before and after signing could not be compared"),
    Reason.DOCMDP_CONFLICT: Text(vi="trái phép sửa đổi mà chữ ký cho", en="a change that the signature forbids"),
    Reason.SUBFILTER: Text(vi="dạng chữ ký PDF không được nhận", en="a kind of PDF signature that is not accepted"),
    Reason.UNREADABLE: Text(vi="không đọc được", en="unreadable"),
    Reason.ENCRYPTED: Text(vi="tài liệu bị mã hóa", en="the document is encrypted"),
    Reason.LIMIT: Text(vi="vượt giới hạn kiểm tra", en="beyond a limit of the check"),
    Reason.EMPTY_TRUST: Text(vi="chưa nạp chứng thư gốc nào", en="no trusted root is loaded"),
    Reason.KEY_USAGE: Text(vi="khóa không dùng để ký văn bản", en="the key is not meant for signing documents"),
    Reason.CERTIFICATE_EXPIRED: Text(vi="chứng thư đã hết hạn", en="the certificate has expired"),
    Reason.CERTIFICATE_NOT_YET_VALID: Text(vi="chứng thư chưa có hiệu lực", en="the certificate is not yet valid"),
    Reason.NO_REVOCATION_DATA: Text(vi="không có dữ liệu thu hồi", en="no revocation data"),
    Reason.NO_TIMESTAMP: Text(vi="không có dấu thời gian", en="no timestamp"),
    Reason.TIMESTAMP_UNTRUSTED: Text(vi="dấu thời gian chưa được tin", en="the timestamp is not trusted"),
    Reason.TIMESTAMP_ONLY: Text(vi="chỉ có dấu thời gian của tài liệu", en="a document timestamp only"),
    Reason.SIGNING_TIME_SHIFTED: Text(vi="giờ ký khai lệch dấu thời gian", en="claimed signing time differs from the timestamp"),
    Reason.FORMAT_NOT_CHECKED: Text(vi="dạng chữ ký chưa kiểm tra", en="a signature format that is not checked"),
    Reason.NOT_IN_FORM: Text(vi="chữ ký không nằm trong biểu mẫu", en="the signature is not in the form"),
    Reason.CONTENT_MISSING: Text(vi="thiếu tệp mà chữ ký ký lên", en="the file that the signature is over is missing"),
    Reason.ALGORITHM: Text(vi="thuật toán không được hỗ trợ", en="an algorithm that is not supported"),
    Reason.PART_OF_MESSAGE: Text(vi="chỉ ký một phần của thư", en="it signs a part of the message only"),
    Reason.FROM_MISMATCH: Text(vi="người gửi không phải người ký", en="the sender is not the signer"),
    Reason.COUNTERSIGNATURE: Text(vi="chữ ký xác nhận không đúng", en="a countersignature is wrong"),
    Reason.TRANSFORM: Text(vi="phép biến đổi không được hỗ trợ", en="a transform that is not evaluated"),
    Reason.AMBIGUOUS_REFERENCE: Text(vi="không rõ ký phần nào", en="unclear which part is signed"),
    Reason.PARTLY_SIGNED: Text(vi="chỉ ký một phần tài liệu", en="it signs a part of the document only"),
    Reason.CERTIFICATE_MISMATCH: Text(vi="chứng thư khác với chứng thư đã ký", en="another certificate than the signed one"),
    Reason.NOT_LINKED: Text(
        vi="tài liệu không trỏ tới chữ ký trong tệp", en="the document does not point to the signature in it"
    ),
    Reason.UNSIGNED_DATA: Text(vi="có cả dữ liệu nằm ngoài chữ ký", en="it holds data that the signature does not cover"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSignature:
    """A signature and the file it stands in."""

    file: str
    path: str
    report: SignatureReport


def signatures_in(files: Sequence[ReadFile]) -> tuple[FileSignature, ...]:
    """Every signature of some files, in their order."""
    return tuple(
        FileSignature(file=file.name, path=file.path, report=report)
        for file in files
        if file.signatures
        for report in file.signatures.signatures
    )


def verdict(report: SignatureReport) -> Text:
    """The indication in words, with what is behind it."""
    word = INDICATIONS[report.indication]
    if report.sub_indication is None:
        return word
    sub = SUB_INDICATIONS[report.sub_indication]
    return Text(vi=f"{word.vi}: {sub.vi}", en=f"{word.en}: {sub.en}")


def verdict_with_reasons(report: SignatureReport) -> Text:
    """The verdict, and behind it what else was noticed."""
    found, reasons = verdict(report), [REASONS[reason] for reason in report.reasons]
    if not reasons:
        return found
    return Text(
        vi=f"{found.vi} ({'; '.join(reason.vi for reason in reasons)})",
        en=f"{found.en} ({'; '.join(reason.en for reason in reasons)})",
    )


def signer(report: SignatureReport) -> str:
    """Whom the certificate names."""
    return report.signer.common_name or report.signer.subject if report.signer else ""


SIGNATURE_LINE: Sequence[Column[FileSignature]] = (
    Column(key="file", heading=Text(vi="Tệp", en="File"), value=lambda item: item.file, fit=Fit.FOLD),
    Column(key="path", value=lambda item: item.path),
    Column(key="field", value=lambda item: item.report.field),
    Column(key="signer", heading=Text(vi="Người ký", en="Signer"), value=lambda item: signer(item.report), fit=Fit.FOLD),
    Column(
        key="signing_time",
        heading=Text(vi="Ký lúc", en="Signed"),
        value=lambda item: item.report.timestamp.generated_at if item.report.timestamp else item.report.claimed_signing_time,
    ),
    Column(
        key="indication",
        heading=Text(vi="Kết luận", en="Verdict"),
        value=lambda item: item.report.indication,
        show=lambda item: verdict_with_reasons(item.report),
        fit=Fit.FOLD,
    ),
    Column(key="sub_indication", value=lambda item: item.report.sub_indication),
    Column(
        key="reasons",
        value=lambda item: item.report.reasons,
    ),
    Column(key="certificate", value=lambda item: item.report.signer.der_sha256 if item.report.signer else ""),
)
