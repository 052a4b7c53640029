"""One event loop for all checks of a process: the engine is written for one, and making one costs as much as a verification.

Nothing in a check ever waits, so the loop is never shared between two of them.
"""

import asyncio
import atexit
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

Result = TypeVar("Result")


def run(check: Coroutine[Any, Any, Result]) -> Result:
    """The result of a check; needs a thread without a running loop. Threads beside the main one make a loop each time."""
    if threading.current_thread() is not threading.main_thread():
        with asyncio.Runner() as runner:
            return runner.run(check)
    loop = kept_loop()
    try:
        return loop.run_until_complete(check)
    except Exception:
        raise
    except BaseException:
        # Interrupted: what is left in the loop belongs to the check that was given up.
        kept_loop.cache_clear()
        loop.close()
        raise


@cache
def kept_loop() -> asyncio.AbstractEventLoop:
    """The loop of the main thread."""
    loop = asyncio.new_event_loop()
    atexit.register(loop.close)
    return loop
