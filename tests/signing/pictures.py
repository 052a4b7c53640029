"""Pictures of seals: one red field, with or without a transparent background."""

import struct
import zlib
from pathlib import Path


def png(path: Path, width: int, height: int, *, alpha: bool = True) -> Path:
    """A PNG that is all red."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixel = b"\xc8\x10\x2e\xff" if alpha else b"\xc8\x10\x2e"
    header = struct.pack(">IIBBBBB", width, height, 8, 6 if alpha else 2, 0, 0, 0)
    rows = b"".join(b"\x00" + pixel * width for _ in range(height))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return path
