"""Where short-lived files of tests live: in memory where there is plenty, since every commit and every mail flushes its file."""

import os
import shutil
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")
PLENTY = 4 * 1024**3


def memory_folder() -> Path | None:
    """A folder whose files are in memory; None where there is none, or little room in it."""
    if not os.access(SHARED_MEMORY, os.W_OK | os.X_OK) or shutil.disk_usage(SHARED_MEMORY).free < PLENTY:
        return None
    return SHARED_MEMORY
