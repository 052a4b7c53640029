"""What an import comes to: how many records are new, changed or the same, and every change with before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailhub.cli.cells import Row
from mailhub.cli.output import NOTHING, Column, Fit, Output
from mailhub.language import Language, Text, word

if TYPE_CHECKING:
    from mailhub.directory.changes import Change, FieldChange

KINDS: dict[str, Text] = {
    "added": Text(vi="thêm", en="added"),
    "changed": Text(vi="sửa", en="changed"),
    "same": Text(vi="giữ nguyên", en="same"),
}
FIELDS: dict[str, Text] = {
    "name": Text(vi="tên", en="name"),
    "position": Text(vi="chức vụ", en="position"),
    "organisation": Text(vi="cơ quan công tác", en="organisation"),
    "agency_id": Text(vi="cơ quan trong danh bạ", en="agency"),
    "addresses": Text(vi="địa chỉ thư", en="addresses"),
    "phones": Text(vi="điện thoại", en="phones"),
    "assistant_codes": Text(vi="trợ lý", en="assistants"),
    "aliases": Text(vi="tên gọi khác", en="aliases"),
    "domains": Text(vi="tên miền", en="domains"),
    "codes": Text(vi="mã", en="codes"),
    "kind": Text(vi="loại", en="kind"),
    "mode": Text(vi="xử lý", en="mode"),
    "time_zone": Text(vi="múi giờ", en="time zone"),
    "register": Text(vi="sổ", en="register"),
    "closed_on": Text(vi="đóng từ", en="closed from"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a sheet and what it comes to."""

    line: int
    change: "Change"


def show_changes(output: Output, rows: Sequence[Row], changes: "Sequence[Change]", *, dry_run: bool) -> None:
    """The counts for a person and every changed record; all lines for a program or a file."""
    lines = [Line(line=row.line, change=change) for row, change in zip(rows, changes, strict=True)]
    counts = {kind: sum(line.change.kind == kind for line in lines) for kind in KINDS}
    summary = Text(
        vi=f"{'Thử, chưa nhập: ' if dry_run else ''}thêm {counts['added']}, sửa {counts['changed']}, "
        f"giữ nguyên {counts['same']}.",
        en=f"{'Checked only: ' if dry_run else ''}{counts['added']} added, {counts['changed']} changed, "
        f"{counts['same']} the same.",
    )
    everything = output.json or output.export is not None
    shown = lines if everything else [line for line in lines if line.change.kind == "changed"]
    if everything or shown:
        output.table(columns(output.language), shown, empty=summary)
    output.say(Text(vi=summary.vi[0].upper() + summary.vi[1:], en=summary.en))


def columns(language: Language) -> Sequence[Column[Line]]:
    """A line, what becomes of it, and the fields that change."""
    return (
        Column(key="line", heading=Text(vi="Dòng", en="Line"), value=lambda line: line.line, right=True),
        Column(key="code", heading=Text(vi="Mã", en="Code"), value=lambda line: line.change.code),
        Column(
            key="change",
            heading=Text(vi="Việc", en="Change"),
            value=lambda line: line.change.kind,
            show=lambda line: word(KINDS, line.change.kind),
        ),
        Column(
            key="fields",
            heading=Text(vi="Thay đổi", en="Fields"),
            value=lambda line: [
                {"field": field.field, "before": field.before, "after": field.after}
                for field in (line.change.fields if line.change.kind == "changed" else ())
            ],
            show=lambda line: "\n".join(field_words(field, language) for field in line.change.fields),
            fit=Fit.FOLD,
        ),
    )


def field_words(field: "FieldChange", language: Language) -> str:
    """One field before and after, for people."""
    name = word(FIELDS, field.field).in_(language)
    return f"{name}: {value_words(field.before)} → {value_words(field.after)}"


def value_words(value: object) -> str:
    """A value of an event, for people."""
    match value:
        case None | "" | []:
            return NOTHING
        case list():
            return ", ".join(map(value_words, value))
        case Mapping():
            return _part_words(value)
        case _:
            return str(value)


def _part_words(part: Mapping[str, object]) -> str:
    """A telephone or a code with its days."""
    name = part.get("number") or part.get("code") or ""
    days = [str(day) for day in (part.get("valid_from"), part.get("valid_until") or part.get("closed_on")) if day]
    if not days:
        return str(name)
    first, last = part.get("valid_from") or "", part.get("valid_until") or part.get("closed_on") or ""
    return f"{name} ({first}…{last})"
