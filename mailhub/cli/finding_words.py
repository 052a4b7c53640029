"""What findings about files are called, for people; programs get the codes."""

from mailhub.language import Text, word
from parsers.files.model import ContainerCode

FILE_FINDINGS: dict[str, Text] = {
    ContainerCode.ARCHIVE_ENCRYPTED: Text(vi="có mật khẩu", en="password"),
    ContainerCode.ARCHIVE_BOMB: Text(vi="giải nén vượt giới hạn", en="unpacks beyond the limits"),
    ContainerCode.ARCHIVE_BROKEN: Text(vi="tệp nén hỏng", en="damaged archive"),
    ContainerCode.ARCHIVE_UNSUPPORTED: Text(vi="chưa mở được", en="not opened"),
    ContainerCode.ARCHIVE_IN_PARTS: Text(vi="tệp nén chia nhiều phần", en="archive in parts"),
    ContainerCode.LINK_IN_ARCHIVE: Text(vi="liên kết trong tệp nén", en="link in an archive"),
    ContainerCode.EXECUTABLE: Text(vi="tệp chương trình", en="program file"),
    ContainerCode.MACRO: Text(vi="có macro", en="macros"),
    ContainerCode.DOCUMENT_ENCRYPTED: Text(vi="tài liệu có mật khẩu", en="document with a password"),
    ContainerCode.TYPE_MISMATCH: Text(vi="tên khác nội dung", en="name and content differ"),
    ContainerCode.TWO_TYPES: Text(vi="hai định dạng trong một tệp", en="two types in one file"),
    ContainerCode.EMPTY_FILE: Text(vi="tệp rỗng", en="empty file"),
    ContainerCode.UNSAFE_NAME: Text(vi="tên tệp đánh lừa", en="deceptive name"),
    ContainerCode.NESTED_TOO_DEEP: Text(vi="lồng quá nhiều lớp", en="nested too deep"),
}


def finding_word(code: str) -> Text:
    """What a finding is called; the code itself where it has no word."""
    return word(FILE_FINDINGS, code)
