"""One POST to one address within a given time: no redirects, no proxies, a bound on what is read.

Time limits of sockets hold for each read alone, so a server that sends octet by octet, or a name that takes long to resolve,
would get past them. The whole exchange therefore runs on a thread that is left behind when its time is over.
"""

import http.client
import queue
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from mailhub.language import Text


class PostFailedError(OSError):
    """No usable answer came in time; `text` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What is sent where. `seconds` is for all of it, `most_octets` bounds the answer."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    most_octets: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The body and its declared type of a 200."""

    body: bytes
    media_type: str


def post(request: Post) -> Answer:
    """The answer to a POST; raises PostFailedError with the cause."""
    answers: queue.SimpleQueue[Answer | Exception] = queue.SimpleQueue()
    connected: list[socket.socket] = []

    def work() -> None:
        try:
            answers.put(exchange(request, connected))
        except (OSError, http.client.HTTPException, ValueError) as error:
            answers.put(error)

    threading.Thread(target=work, name="timestamping", daemon=True).start()
    try:
        answer = answers.get(timeout=request.seconds)
    except queue.Empty:
        # Whoever still reads wakes up and closes; a name that is still being resolved is left to its own limits.
        for open_socket in connected:
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)
        seconds = f"{request.seconds:g}"
        raise PostFailedError(Text(vi=f"không trả lời trong {seconds} giây", en=f"no answer within {seconds} s")) from None
    if isinstance(answer, PostFailedError):
        raise answer
    if isinstance(answer, Exception):
        said = str(answer) or type(answer).__name__
        raise PostFailedError(Text(vi=said, en=said)) from answer
    return answer


def connection_to(request: Post) -> http.client.HTTPConnection:
    """A connection to the address and no other: the environment's proxies are not asked."""
    parts = urlsplit(request.url)
    # The time of the whole exchange is over first; this one ends a thread that was left behind.
    seconds = 2 * request.seconds
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=seconds, context=context)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)


def exchange(request: Post, connected: list[socket.socket]) -> Answer:
    """Send and read. Anything but a 200 is a failure: a redirect is not followed."""
    parts = urlsplit(request.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with closing(connection_to(request)) as connection:
        connection.connect()
        connected.append(connection.sock)
        connection.request("POST", path, body=request.body, headers=dict(request.headers))
        with connection.getresponse() as response:
            if response.status != http.client.OK:
                raise PostFailedError(Text(vi=f"trả về HTTP {response.status}", en=f"HTTP {response.status}"))
            body = response.read(request.most_octets + 1)
            media_type = response.headers.get_content_type()
    if len(body) > request.most_octets:
        most = request.most_octets
        raise PostFailedError(Text(vi=f"trả về quá {most} byte", en=f"more than {most} octets"))
    return Answer(body, media_type)
