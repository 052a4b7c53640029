"""What the checks established, in lines: findings of mails, letters and files, and the fields that were read."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

from mailhub.checking.reading import ReadFile
from mailhub.cli.finding_words import finding_word
from mailhub.cli.output import Column, Fit, Value
from mailhub.language import Text, word
from parsers.finding import Confidence, Finding, Source
from parsers.letter import DateField, LetterFields, TextField

CONFIDENCES: dict[Confidence, Text] = {
    Confidence.CERTAIN: Text(vi="chắc chắn", en="certain"),
    Confidence.LIKELY: Text(vi="có khả năng", en="likely"),
    Confidence.DOUBTFUL: Text(vi="còn ngờ", en="doubtful"),
}
SOURCES: dict[Source, Text] = {
    Source.HEADER: Text(vi="đầu thư", en="header"),
    Source.CONTAINER: Text(vi="cấu trúc tệp", en="container"),
    Source.TEXT_LAYER: Text(vi="lớp chữ", en="text layer"),
    Source.OCR: Text(vi="nhận dạng ảnh", en="OCR"),
    Source.SIGNATURE: Text(vi="chữ ký số", en="signature"),
    Source.EDXML: Text(vi="edXML", en="edXML"),
    Source.DIRECTORY: Text(vi="danh bạ", en="directory"),
    Source.CLERK: Text(vi="văn thư", en="clerk"),
}
PLACES = {
    "page": "trang",
    "part": "phần",
    "header": "đầu thư",
    "top": "trên",
    "middle": "giữa",
    "bottom": "dưới",
    "left": "trái",
    "centre": "giữa",
    "right": "phải",
}
"""The words of places, which parsers write in English."""

FIELDS: dict[str, Text] = {
    "number": Text(vi="số", en="number"),
    "symbol": Text(vi="ký hiệu", en="symbol"),
    "reference": Text(vi="số, ký hiệu", en="reference"),
    "issued_on": Text(vi="ngày văn bản", en="issued"),
    "issuer": Text(vi="tác giả", en="issuer"),
    "parent_issuer": Text(vi="cơ quan chủ quản", en="parent issuer"),
    "document_type": Text(vi="loại", en="type"),
    "subject": Text(vi="trích yếu", en="subject"),
    "addressees": Text(vi="kính gửi", en="addressee"),
    "copies_to": Text(vi="nơi nhận", en="copy to"),
    "signer": Text(vi="người ký", en="signer"),
    "signer_position": Text(vi="chức vụ", en="position"),
    "copy_form": Text(vi="hình thức sao", en="form of copy"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedFinding:
    """A finding and the file that it is about; empty for the letter or mail as a whole."""

    about: str
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadField:
    """One value that was read from a letter, and where."""

    name: str
    read: TextField | DateField


def value_of(item: ReadField) -> Value:
    """The text or day that was read."""
    return item.read.value


def place(text: str) -> Text:
    """Where something stood, in words that a clerk can follow."""
    return Text(vi=re.sub(r"[a-z]+", lambda found: PLACES.get(found[0], found[0]), text), en=text)


FINDING_LINE: Sequence[Column[PlacedFinding]] = (
    Column(
        key="code",
        heading=Text(vi="Kết quả", en="Finding"),
        value=lambda it: it.finding.code,
        show=lambda it: finding_word(it.finding.code),
    ),
    Column(key="about", heading=Text(vi="Về", en="About"), value=lambda it: it.about, fit=Fit.FOLD),
    Column(
        key="place",
        heading=Text(vi="Chỗ", en="Place"),
        value=lambda it: it.finding.place,
        show=lambda it: place(it.finding.place),
        fit=Fit.FOLD,
    ),
    Column(
        key="source",
        heading=Text(vi="Nguồn", en="Source"),
        value=lambda it: it.finding.source,
        show=lambda it: SOURCES[it.finding.source],
    ),
    Column(
        key="confidence",
        heading=Text(vi="Độ chắc", en="Confidence"),
        value=lambda it: it.finding.confidence,
        show=lambda it: CONFIDENCES[it.finding.confidence],
    ),
    Column(key="evidence", value=lambda it: it.finding.evidence),
)
FIELD_LINE: Sequence[Column[ReadField]] = (
    Column(key="field", heading=Text(vi="Trường", en="Field"), value=lambda it: it.name, show=lambda it: word(FIELDS, it.name)),
    Column(key="value", heading=Text(vi="Đọc được", en="Read"), value=value_of, fit=Fit.FOLD),
    Column(
        key="place",
        heading=Text(vi="Chỗ", en="Place"),
        value=lambda it: it.read.place,
        show=lambda it: place(it.read.place),
        fit=Fit.FOLD,
    ),
    Column(
        key="source",
        heading=Text(vi="Nguồn", en="Source"),
        value=lambda it: it.read.source,
        show=lambda it: SOURCES[it.read.source],
    ),
    Column(
        key="confidence",
        heading=Text(vi="Độ chắc", en="Confidence"),
        value=lambda it: it.read.confidence,
        show=lambda it: CONFIDENCES[it.read.confidence],
    ),
)


def findings_of(general: Iterable[Finding], files: Iterable[ReadFile]) -> list[PlacedFinding]:
    """Findings about the whole, then those about each file."""
    found = [PlacedFinding(about="", finding=finding) for finding in general]
    return found + [PlacedFinding(about=file.name, finding=finding) for file in files for finding in file.findings]


def fields_of(read: LetterFields) -> Iterator[ReadField]:
    """Every field that was read, in the order of the declaration."""
    for field in fields(read):
        value = getattr(read, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            if item is not None:
                yield ReadField(name=field.name, read=item)
