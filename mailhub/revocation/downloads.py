"""One request over plain HTTP, bounded in every direction: whom it reaches, how long it lasts, how much it takes.

The name is resolved once and the connection goes to the address that was checked, so that a name server cannot say one thing to
the check and another to the connection. No proxy, no cookies, no compression; a redirect is followed only to a host that is
listed as well. The time limit holds for the whole of an exchange, a server that drips one octet a minute included.
"""

import io
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from typing import Final
from urllib.parse import urljoin

from mailhub.revocation.addresses import FetchFailedError, HttpAddress, Permission, failed, http_address

MOST_REDIRECTS: Final = 3
CHUNK: Final = 64 * 1024
OK: Final = 200
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

Resolve = Callable[[str, int], list[str]]
"""The addresses of a host, for connecting to a port; raises OSError."""


def resolved(host: str, port: int) -> list[str]:
    """What the system's resolver says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloads:
    """Asks the hosts that are allowed. `seconds` and `octets` bound one exchange, its redirects included."""

    permission: Permission
    seconds: float
    octets: int
    resolve: Resolve = resolved
    monotonic: Callable[[], float] = field(default=time.monotonic)

    def get(self, address: str) -> bytes:
        """What is at an address; raises FetchFailedError."""
        return self._exchange("GET", address, b"", "")

    def post(self, address: str, body: bytes, media_type: str) -> bytes:
        """What an address answers to this body; raises FetchFailedError."""
        return self._exchange("POST", address, body, media_type)

    def _exchange(self, method: str, address: str, body: bytes, media_type: str) -> bytes:
        deadline = self.monotonic() + self.seconds
        for _ in range(MOST_REDIRECTS + 1):
            target = http_address(address)
            self.permission.require_host(target)
            try:
                answer = self._ask(target, request_of(method, target, body, media_type), deadline)
            except TimeoutError as error:
                raise failed(f"quá {self.seconds:g} giây", f"took longer than {self.seconds:g} s") from error
            except (OSError, HTTPException) as error:
                name = type(error).__name__
                raise failed(f"không kết nối được ({name})", f"could not be reached ({name})") from error
            if isinstance(answer, bytes):
                return answer
            address = answer.seen_from(address)
        raise failed("chuyển hướng quá nhiều lần", "too many redirects")

    def _ask(self, target: HttpAddress, request: bytes, deadline: float) -> "bytes | Elsewhere":
        with self._connected(target, deadline) as connection:
            timed = TimedSocket(connection, deadline, self.monotonic)
            timed.send(request)
            # HTTPResponse takes its reader from the socket; this one never waits beyond the deadline.
            with HTTPResponse(timed) as response:  # type: ignore[arg-type]  # a socket's makefile is all that it uses
                response.begin()
                if response.status in REDIRECTS:
                    return Elsewhere(response.getheader("Location", ""))
                if response.status != OK:
                    raise failed(f"máy chủ trả mã {response.status}", f"the server answered {response.status}")
                return self._body(response)

    def _body(self, response: HTTPResponse) -> bytes:
        """The body, if it is no longer than it may be; what it says of its own length is believed only if it is too much."""
        if (response.length or 0) > self.octets:
            raise self._too_long()
        taken = bytearray()
        while octets := response.read1(CHUNK):
            taken += octets
            if len(taken) > self.octets:
                raise self._too_long()
        if response.length:
            raise failed("câu trả lời bị cắt ngang", "the answer broke off")
        return bytes(taken)

    def _too_long(self) -> FetchFailedError:
        return failed(f"dài hơn {self.octets} byte", f"longer than {self.octets} octets")

    def _connected(self, target: HttpAddress, deadline: float) -> socket.socket:
        """A connection to the first address that takes one; every address of the name must be allowed."""
        addresses = self.resolve(target.host, target.port)
        for address in addresses:
            self.permission.require_address(address)
        for position, address in enumerate(addresses, 1):
            try:
                return socket.create_connection((address, target.port), left(deadline, self.monotonic))
            except OSError:
                if position == len(addresses):
                    raise
        raise failed("không có địa chỉ", "the name has no address")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What is asked for is at another address."""

    address: str

    def seen_from(self, address: str) -> str:
        """The whole address, which may have been given from where it was asked for."""
        try:
            return urljoin(address, self.address)
        except ValueError as error:
            raise failed("chuyển hướng đến địa chỉ sai", "a redirect to no address") from error


class TimedSocket(io.RawIOBase):
    """A socket that waits for its peer only until a deadline, however little and however often the peer says something."""

    def __init__(self, connection: socket.socket, deadline: float, monotonic: Callable[[], float]) -> None:
        super().__init__()
        self._connection = connection
        self._deadline = deadline
        self._monotonic = monotonic

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What an HTTP response reads from."""
        return io.BufferedReader(self, CHUNK)

    def readable(self) -> bool:
        """It is read."""
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]  # the base takes any buffer
        """Read what has come; raises TimeoutError at the deadline."""
        self._connection.settimeout(left(self._deadline, self._monotonic))
        return self._connection.recv_into(buffer)

    def send(self, request: bytes) -> None:
        """Send it whole, or raise TimeoutError at the deadline; sendall counts its own time as a whole."""
        self._connection.settimeout(left(self._deadline, self._monotonic))
        self._connection.sendall(request)


def left(deadline: float, monotonic: Callable[[], float]) -> float:
    """Seconds until the deadline; raises TimeoutError where there are none."""
    remaining = deadline - monotonic()
    if remaining <= 0:
        raise TimeoutError
    return remaining


def request_of(method: str, target: HttpAddress, body: bytes, media_type: str) -> bytes:
    """The request line and its few fields: HTTP/1.0, so that nothing comes in parts and the connection ends with it."""
    lines = [
        f"{method} {target.path} HTTP/1.0",
        f"Host: {target.name}",
        "Accept-Encoding: identity",
        "Connection: close",
        "User-Agent: mailhub",
    ]
    if body:
        lines += [f"Content-Type: {media_type}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body
