"""Where a door listens: sockets that are bound once and may be shared with processes that inherit them.

Not SO_REUSEPORT: there a process that dies takes the clients with it that the kernel had queued for it, and two hubs of one
user could share a port without noticing, each taking half of the other's mail.
"""

import errno
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

BACKLOG: Final = 512
ACCEPTED_AT_ONCE: Final = 1
"""Where processes share a socket: asyncio accepts so many clients at a wake-up, and else one process would take all of them."""

RELEASE_SECONDS: Final = 3.0
"""How long the last door process of a killed hub may take to notice and let go of the port."""


@dataclass(frozen=True, slots=True)
class Listening:
    """The sockets of a door, bound and listening. `implicit_tls` is the one whose clients begin with TLS.

    `ports` are their ports, known after they are closed too; that of implicit TLS is 0 where there is none.
    """

    plain: socket.socket
    implicit_tls: socket.socket | None
    ports: tuple[int, int]

    @classmethod
    def bind(cls, host: str, port: int, implicit_tls_port: int | None = None, *, patience: float = 0.0) -> Self:
        """Listen on ports of an IP address; port 0 is any free one.

        Raises OSError when a port is still taken after `patience` seconds.
        """
        plain = _bound(host, port, patience)
        if implicit_tls_port is None:
            return cls._of(plain)
        try:
            return cls._of(plain, _bound(host, implicit_tls_port, patience))
        except OSError:
            plain.close()
            raise

    @classmethod
    def inherited(cls, descriptors: Sequence[int]) -> Self:
        """The sockets that a parent has bound, in the order of `descriptors`."""
        return cls._of(*(socket.socket(fileno=descriptor) for descriptor in descriptors))

    @classmethod
    def _of(cls, plain: socket.socket, implicit_tls: socket.socket | None = None) -> Self:
        ports = [0 if one is None else int(one.getsockname()[1]) for one in (plain, implicit_tls)]
        return cls(plain, implicit_tls, (ports[0], ports[1]))

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What a process inherits, in the order in which it is given there."""
        return tuple(one.fileno() for one in (self.plain, self.implicit_tls) if one is not None)

    def close(self) -> None:
        """Listen no more; processes that share the sockets go on."""
        for one in (self.plain, self.implicit_tls):
            if one is not None:
                one.close()


def _bound(host: str, port: int, patience: float) -> socket.socket:
    deadline = time.monotonic() + patience
    while True:
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if listener.family is socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind((host, port))
            listener.listen(BACKLOG)
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE or time.monotonic() >= deadline:
                raise
            time.sleep(0.1)
        else:
            return listener
