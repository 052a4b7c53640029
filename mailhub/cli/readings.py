"""How a mail was read, for `mailhub submission explain`."""

from collections.abc import Sequence

from mailhub.checking.reading import Reading
from mailhub.cli.findings import FIELD_LINE, FINDING_LINE, fields_of, findings_of
from mailhub.cli.output import Column, Output, Part
from mailhub.cli.senders import SENDER_LINE, checks_of, conclusion
from mailhub.cli.signatures import SIGNATURE_LINE, signatures_in
from mailhub.language import Text

SHEET: Sequence[Column[Reading]] = (
    Column(
        key="from",
        heading=Text(vi="Từ", en="From"),
        value=lambda reading: [f"{box.name} <{box.address}>".strip() for box in reading.mail.from_],
    ),
    Column(key="return_path", heading=Text(vi="Địa chỉ gửi", en="Return path"), value=lambda reading: reading.mail.return_path),
    Column(key="subject", heading=Text(vi="Tiêu đề", en="Subject"), value=lambda reading: reading.mail.subject),
    Column(key="sent_at", heading=Text(vi="Ghi gửi lúc", en="Dated"), value=lambda reading: reading.mail.sent_at),
    Column(
        key="sender",
        heading=Text(vi="Người gửi", en="Sender"),
        value=lambda reading: reading.mail.authentication.proof,
        show=lambda reading: conclusion(reading.mail.authentication),
    ),
    Column(key="automatic", heading=Text(vi="Thư tự động vì", en="Automatic by"), value=lambda reading: reading.mail.automatic),
    Column(key="junk", heading=Text(vi="Thư rác", en="Junk"), value=lambda reading: reading.mail.junk),
    Column(key="pending", heading=Text(vi="Chờ kiểm tra", en="Pending"), value=lambda reading: reading.pending),
    Column(key="letters", heading=Text(vi="Số văn bản", en="Letters"), value=lambda reading: len(reading.letters)),
    Column(key="identity", heading=Text(vi="Mã nội dung", en="Identity"), value=lambda reading: reading.identity),
    Column(key="engine", heading=Text(vi="Máy đọc", en="Engine"), value=lambda reading: reading.engine),
    Column(key="trust_version", heading=Text(vi="Tập tin cậy", en="Trust set"), value=lambda reading: reading.trust_version),
)


def reading_parts(output: Output, reading: Reading) -> tuple[Part, ...]:
    """What a reading found: the letters' fields, the sender's checks, signatures, findings."""
    general = (*reading.findings, *(finding for letter in reading.letters for finding in (*letter.secrecy, *letter.findings)))
    letters = [
        output.part(
            f"letter_{number}", Text(vi=f"Văn bản thứ {number}", en=f"Letter {number}"), FIELD_LINE, fields_of(letter.fields)
        )
        for number, letter in enumerate(reading.letters, start=1)
    ]
    return (
        *letters,
        output.part("sender", Text(vi="Kiểm tra người gửi", en="Sender"), SENDER_LINE, checks_of(reading.mail.authentication)),
        output.part("signatures", Text(vi="Chữ ký số", en="Signatures"), SIGNATURE_LINE, signatures_in(reading.files)),
        output.part("findings", Text(vi="Kết quả kiểm tra", en="Findings"), FINDING_LINE, findings_of(general, reading.files)),
    )
