"""What a key expects, in words made from its declaration, and values as TOML writes them."""

import json
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from mailhub.language import Text
from mailhub.settings.keys import Expected

PATH = Text(vi="một đường dẫn trong dấu ngoặc kép", en="a path in quotation marks")
BOOLEAN = Text(vi="true hoặc false", en="true or false")
TEXT = Text(vi="một chuỗi trong dấu ngoặc kép", en="text in quotation marks")


def toml(value: object) -> str:
    """A value as it stands in the file."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case None:
            return '""'
        case list() | tuple():
            return f"[{', '.join(toml(item) for item in value)}]"
        case _:
            # A TOML basic string has the escapes of JSON; other letters stand as they are.
            return json.dumps(str(value), ensure_ascii=False)


def expectation(field: FieldInfo) -> Text:
    """Say what a key takes."""
    for item in field.metadata:
        if isinstance(item, Expected):
            return item.text
    kind = field.annotation
    if get_origin(kind) is Literal:
        return _one_of(get_args(kind))
    if get_origin(kind) is tuple:
        member = get_args(kind)[0].__origin__
        listed = ", ".join(toml(choice) for choice in member) if issubclass(member, StrEnum) else ""
        return Text(vi=f"một danh sách các giá trị trong: {listed}", en=f"a list of values out of: {listed}")
    if kind is int:
        return _whole_number(field)
    return PATH if Path in (kind, *get_args(kind)) else BOOLEAN if kind is bool else TEXT


def _one_of(choices: Iterable[object]) -> Text:
    listed = ", ".join(toml(choice) for choice in choices)
    return Text(vi=f"một trong: {listed}", en=f"one of: {listed}")


def _whole_number(field: FieldInfo) -> Text:
    least = next((item.ge for item in field.metadata if isinstance(item, Ge)), None)
    most = next((item.le for item in field.metadata if isinstance(item, Le)), None)
    if most is None:
        return Text(vi=f"một số nguyên từ {least} trở lên", en=f"a whole number from {least} up")
    return Text(vi=f"một số nguyên từ {least} đến {most}", en=f"a whole number from {least} to {most}")
