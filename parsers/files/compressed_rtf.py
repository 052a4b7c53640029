"""Rich text as Outlook packs it ([MS-OXRTFCP]): LZ77 over a window of 4 KiB that begins with common words of RTF."""

import struct

from parsers.errors import LimitExceededError, ParseError

_PRESET = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbol"
    rb"ArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_PACKED, _PLAIN = b"LZFu", b"MELA"
_HEADER = 16
_WINDOW = 4096


def unpack_rtf(packed: bytes, limit: int) -> bytes:
    """The rich text, at most `limit` bytes; ParseError where it is longer or the bytes are no packed RTF.

    Data that end early give what they hold: Outlook writes a wrong length now and then.
    """
    if len(packed) < _HEADER:
        raise ParseError("packed rich text ends early")
    _, length, mark = struct.unpack_from("<II4s", packed)
    if length > limit:
        raise LimitExceededError(f"rich text of {length} bytes")
    if mark == _PLAIN:
        return packed[_HEADER : _HEADER + length]
    if mark != _PACKED:
        raise ParseError(f"unknown packing {mark!r} of rich text")
    return _unpacked(packed, length)


def _unpacked(packed: bytes, length: int) -> bytes:
    out = bytearray(_PRESET)
    end = len(_PRESET) + length
    position = _HEADER
    while len(out) < end and position < len(packed):
        control, position = packed[position], position + 1
        for bit in range(8):
            if not control >> bit & 1:
                out += packed[position : position + 1]
                position += 1
                continue
            reference = int.from_bytes(packed[position : position + 2].ljust(2, b"\0"), "big")
            position += 2
            distance = (len(out) - (reference >> 4)) % _WINDOW
            if distance == 0:
                return bytes(out[len(_PRESET) : end])
            _repeat(out, distance, (reference & 0xF) + 2)
    return bytes(out[len(_PRESET) : end])


def _repeat(out: bytearray, distance: int, count: int) -> None:
    """Copy what stands `distance` bytes before the end, which may reach into what is being written."""
    for _ in range(count):
        # Offsets before the window's beginning name bytes that were never written, zeroes.
        out.append(out[-distance] if distance <= len(out) else 0)
