"""Serving: doors, workers and the way out in one process; drains when told to stop, starts clean after a crash."""

from mailhub.serving.addresses import address_book
from mailhub.serving.server import Server, serve
from mailhub.serving.workers import new_worker

__all__ = ["Server", "address_book", "new_worker", "serve"]
