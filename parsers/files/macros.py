"""Programs in Office files of before 2007: Visual Basic by its storages, macro sheets of Excel 4 by its records."""

import struct

from parsers.files.compound_files import CompoundFile

_INSTALLERS = frozenset(
    bytes.fromhex(class_id)
    for class_id in (
        "84100c0000000000c000000000000046",  # package
        "86100c0000000000c000000000000046",  # patch
        "82100c0000000000c000000000000046",  # transform
    )
)
_VISUAL_BASIC = frozenset({"_VBA_PROJECT", "VBA", "Macros", "_VBA_PROJECT_CUR"})
_WORKBOOKS = frozenset({"Workbook", "Book"})
_SHEET_RECORD, _END_RECORD = 0x85, 0x0A
_MACRO_SHEET = 1
_MAX_RECORDS = 50_000


def is_installer(file: CompoundFile) -> bool:
    """Whether a compound file is a package of Windows Installer, by the class of its root."""
    return file.root_class in _INSTALLERS


def has_macros(file: CompoundFile) -> bool:
    """Whether a compound file holds Visual Basic or a macro sheet; ParseError where it is damaged."""
    if file.names() & _VISUAL_BASIC:
        return True
    return any(_has_macro_sheet(stream.content) for stream in file.streams(_WORKBOOKS))


def _has_macro_sheet(workbook: bytes) -> bool:
    """Whether the globals of a workbook list a sheet of macros ([MS-XLS] 2.4.28)."""
    position = 0
    for _ in range(_MAX_RECORDS):
        if position + 4 > len(workbook):
            return False
        kind, length = struct.unpack_from("<HH", workbook, position)
        if kind == _END_RECORD:
            return False
        if kind == _SHEET_RECORD and length >= 6 and workbook[position + 9 : position + 10] == bytes([_MACRO_SHEET]):
            return True
        position += 4 + length
    return False
