"""Small winmail.dat files ([MS-OXTNEF]), object by object."""

import struct


def winmail(*attachments, properties=(), code_page=65001):
    """An envelope of attachments, with properties of the message."""
    objects = [an_object(1, 0x9006, struct.pack("<I", 0x10000)), an_object(1, 0x9007, struct.pack("<II", code_page, 0))]
    if properties:
        objects.append(an_object(1, 0x9003, property_list(properties)))
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join((*objects, *attachments))


def an_object(level, number, value):
    return struct.pack("<BHHI", level, number, 6, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def a_file(title, content, *properties):
    """One attachment; `title` is written byte for letter where it can be, as Outlook writes short names."""
    written = title.encode("latin_1" if all(ord(char) < 256 for char in title) else "utf_8") + b"\0"
    parts = [an_object(2, 0x9002, b"\x01\0" + b"\0" * 12), an_object(2, 0x8010, written)]
    if content is not None:
        parts.append(an_object(2, 0x800F, content))
    if properties:
        parts.append(an_object(2, 0x9005, property_list(properties)))
    return b"".join(parts)


def property_list(properties):
    return struct.pack("<I", len(properties)) + b"".join(properties)


def a_property(number, kind, value):
    """A property of one variable value, or of several numbers."""
    head = struct.pack("<HH", kind, number)
    if isinstance(value, list):
        return head + struct.pack(f"<I{len(value)}I", len(value), *value)
    return head + struct.pack("<II", 1, len(value)) + value.ljust((len(value) + 3) // 4 * 4, b"\0")


def text_property(number, text):
    """A property of Unicode text."""
    return a_property(number, 0x1F, (text + "\0").encode("utf_16_le"))


NAMED_PROPERTY = (
    struct.pack("<HH", 0x001F, 0x8001)
    + b"\x11" * 16
    + struct.pack("<II", 1, 14)
    + "Tên\0\0\0\0".encode("utf_16_le").ljust(16, b"\0")
    + struct.pack("<II", 1, 8)
    + "abc\0".encode("utf_16_le")
)
"""A property with a name of its own instead of a number."""
