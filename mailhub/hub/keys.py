"""The sealing key of a hub: a file of its own, to be kept also elsewhere."""

from pathlib import Path

from mailhub.errors import RefusedError
from mailhub.language import Text

KEY_FILE = "keys/sealing.key"
KEY_BYTES = 32


def sealing_key(path: Path) -> bytes:
    """The sealing key of a hub; raises RefusedError when its file is missing or damaged."""
    try:
        key = path.read_bytes()
    except OSError as error:
        raise RefusedError(
            Text(
                vi=f"không đọc được khóa niêm phong {path}: {error.strerror}; lấy lại từ nơi cất giữ",
                en=f"the sealing key {path} cannot be read: {error.strerror}; restore it from where it is kept",
            )
        ) from error
    if len(key) != KEY_BYTES:
        raise RefusedError(
            Text(
                vi=f"khóa niêm phong {path} phải dài {KEY_BYTES} byte, đang có {len(key)}",
                en=f"the sealing key {path} must be {KEY_BYTES} bytes long, it has {len(key)}",
            )
        )
    return key
