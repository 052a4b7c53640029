"""A new file that is there whole or not at all."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from mailhub.errors import RefusedError
from mailhub.language import Text


def require_new(path: Path) -> None:
    """Refuse a name that is taken, or a folder that does not exist, before anything is done."""
    if path.exists():
        raise exists(path)
    if not path.parent.is_dir():
        raise RefusedError(Text(vi=f"không có thư mục {path.parent}", en=f"there is no folder {path.parent}"))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that does not exist yet; durable on return, and never seen half written."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).chmod(0o644)
        place(Path(draft), path)
    finally:
        with suppress(FileNotFoundError):
            Path(draft).unlink()
    flush_folder(path.parent)


def place(draft: Path, path: Path) -> None:
    """Give the file its name unless it is taken; where the file system has no links, as on a USB stick, by renaming."""
    try:
        os.link(draft, path)
    except FileExistsError as error:
        raise exists(path) from error
    except OSError:
        if path.exists():
            raise exists(path) from None
        draft.rename(path)


def flush_folder(folder: Path) -> None:
    """Make the name durable too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def exists(path: Path) -> RefusedError:
    """The name is taken."""
    return RefusedError(Text(vi=f"{path} đã có; chọn tên khác", en=f"{path} exists already; choose another name"))
