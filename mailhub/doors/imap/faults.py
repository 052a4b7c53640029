"""What goes wrong between us and an IMAP server, as sentences that say what to do."""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from mailhub.errors import TryLaterError
from mailhub.language import Text

LONGEST_WORDS: Final = 200
SUGGESTED_PAUSE: Final = re.compile(r"Backoff Time: (\d{1,9}) milliseconds", re.IGNORECASE)
"""How Exchange Online says when it will listen again."""

BUSY: Final = re.compile(r"throttl|too many|\[(?:LIMIT|INUSE|UNAVAILABLE)\]|try again later|rate limit", re.IGNORECASE)
"""RFC 5530 and the words of Gmail, Exchange Online and Dovecot for a server that has had enough of us for now."""

BUSY_PAUSE: Final = 60.0


class ImapFault(TryLaterError):  # noqa: N818  the trade's word for it
    """Something that the next connection may not meet again.

    `pause` seconds are what the server asks for, at least. `local` says that another host may fare better. `refused` is one
    command alone, to which the server said no: the conversation goes on.
    """

    def __init__(self, message: Text, *, pause: float = 0.0, local: bool = False, refused: bool = False) -> None:
        super().__init__(message)
        self.pause = pause
        self.local = local
        self.refused = refused


@contextmanager
def talking(host: str) -> Iterator[None]:
    """Whatever a conversation with this server raises comes out as an ImapFault."""
    try:
        yield
    except imaplib.IMAP4.error as error:
        raise fault_of_answer(host, error) from error
    except (OSError, EOFError) as error:
        raise fault_of_connection(host, error) from error
    except (ValueError, LookupError, TypeError, AssertionError) as error:
        # imaplib and imapclient raise these on lines that are no IMAP, wherever those lines come to be read.
        raise ImapFault(
            Text(
                vi=f"{host} trả lời không đúng giao thức IMAP ({type(error).__name__}); kiểm tra host và port",
                en=f"{host} answers what is no IMAP ({type(error).__name__}); check host and port",
            )
        ) from error


def fault_of_connection(host: str, error: Exception) -> ImapFault:
    """Say what is wrong with the way to the server."""
    match error:
        case socket.gaierror():
            return _unreached(
                f"không tìm thấy máy chủ {host}; kiểm tra host và DNS", f"no server {host} is known; check host and the DNS"
            )
        case ssl.SSLCertVerificationError():
            return _unreached(
                f"chứng thư của {host} không được tin ({error.verify_message}); kiểm tra host hoặc đặt ca_file",
                f"the certificate of {host} is not trusted ({error.verify_message}); check host, or set ca_file",
            )
        case ssl.SSLError():
            return _unreached(
                f"không bắt tay TLS được với {host}; kiểm tra port và tls (implicit: 993, starttls: 143)",
                f"no TLS with {host}; check port and tls (implicit: 993, starttls: 143)",
            )
        case ConnectionRefusedError():
            return _unreached(
                f"{host} không nhận kết nối; kiểm tra port, hoặc máy chủ đang tắt",
                f"{host} takes no connection; check port, or the server is down",
            )
        case TimeoutError():
            return _unreached(
                f"{host} không trả lời kịp; kiểm tra đường mạng, tường lửa, hoặc tăng timeout_seconds",
                f"{host} did not answer in time; check network and firewall, or raise timeout_seconds",
            )
        case _:
            why = getattr(error, "strerror", None) or type(error).__name__
            return _unreached(
                f"mất kết nối tới {host} ({why}); sẽ nối lại", f"lost the connection to {host} ({why}); will reconnect"
            )


def fault_of_answer(host: str, error: Exception) -> ImapFault:
    """Say what the server refused, in its words."""
    said = words(error)
    if pause := pause_of(said):
        return _fault(
            f"{host} yêu cầu chờ: {said}; sẽ thử lại sau", f"{host} asks us to wait: {said}; will try again later", pause
        )
    if isinstance(error, imaplib.IMAP4.abort):
        return _fault(f"{host} ngắt kết nối: {said}; sẽ nối lại", f"{host} ended the connection: {said}; will reconnect")
    return ImapFault(
        Text(
            vi=f"{host} từ chối: {said}; sẽ thử lại; nếu còn lặp lại, báo người quản trị máy chủ thư",
            en=f"{host} refused: {said}; will try again; if it goes on, tell the server's operator",
        ),
        refused=True,
    )


def fault_of_login(host: str, user: str, error: Exception, *, token: bool) -> ImapFault:
    """Say why nobody was let in."""
    said = words(error)
    pause = pause_of(said)
    if token:
        return _fault(
            f"{host} không nhận mã truy cập của {user}: {said}; kiểm tra token_command hoặc token_file, và quyền IMAP của mã",
            f"{host} does not take the token of {user}: {said}; check token_command or token_file, and that it may use IMAP",
            pause,
        )
    return _fault(
        f"{host} không cho {user} đăng nhập: {said}; kiểm tra user và mật khẩu, và IMAP đã bật cho hộp thư chưa",
        f"{host} does not let {user} in: {said}; check user and password, and whether IMAP is on for the mailbox",
        pause,
    )


def pause_of(said: str) -> float:
    """Seconds that the server wants us to stay away; 0 where it says nothing of the kind."""
    if suggested := SUGGESTED_PAUSE.search(said):
        return int(suggested[1]) / 1000
    return BUSY_PAUSE if BUSY.search(said) else 0.0


def words(error: Exception) -> str:
    """What the server said, on one line and cut to size."""
    said = error.args[0] if error.args else type(error).__name__
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return "".join(char if char.isprintable() else " " for char in text)[:LONGEST_WORDS].strip()


def fault_text(fault: ImapFault) -> Text:
    """The fault's sentence in both languages."""
    return fault.message if isinstance(fault.message, Text) else Text(vi=fault.message, en=fault.message)


def _fault(vi: str, en: str, pause: float = 0.0) -> ImapFault:
    return ImapFault(Text(vi=vi, en=en), pause=pause)


def _unreached(vi: str, en: str) -> ImapFault:
    return ImapFault(Text(vi=vi, en=en), local=True)
