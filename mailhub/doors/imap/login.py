"""Connecting and logging in: TLS as the settings want it, a greeting that may be no welcome, and a login that was offered."""

import base64
import binascii
import imaplib
import json
import ssl
from collections.abc import Callable

from imapclient import IMAPClient, SocketTimeout

from mailhub.doors.imap.account import Encryption, ImapAccount
from mailhub.doors.imap.credentials import Kind
from mailhub.doors.imap.faults import ImapFault, fault_of_login, talking, words
from mailhub.language import Text


def logged_in(account: ImapAccount, most_octets: int) -> IMAPClient:
    """A client that is logged in, or an ImapFault; a literal of more than `most_octets` is never read."""
    with talking(account.host):
        client = _connected(account)
    try:
        # The library formats every literal for a logger that nobody reads: five times the time of a fetch.
        client._imap.debug = 0  # noqa: SLF001
        _guard_literals(client, most_octets)
        with talking(account.host):
            _encrypt(client, account)
            if client._imap.state == "NONAUTH":  # noqa: SLF001  a PREAUTH greeting needs no login
                _log_in(client, account)
    except BaseException:
        hang_up(client)
        raise
    return client


def hang_up(client: IMAPClient) -> None:
    """Close the connection without a word; one that is closed already may be closed again."""
    try:
        client.shutdown()
    except (OSError, imaplib.IMAP4.error):
        return


def _connected(account: ImapAccount) -> IMAPClient:
    implicit = account.encryption is Encryption.IMPLICIT
    return IMAPClient(
        account.host,
        port=account.port,
        ssl=implicit,
        ssl_context=_context(account) if implicit else None,
        timeout=SocketTimeout(account.seconds, account.seconds),
    )


def _context(account: ImapAccount) -> ssl.SSLContext:
    file = account.ca_file
    try:
        return ssl.create_default_context(cafile=None if file is None else str(file))
    except OSError as error:
        raise ImapFault(
            Text(
                vi=f"ca_file {file} không có chứng thư nào đọc được ({error.strerror}); kiểm tra đường dẫn và quyền",
                en=f"ca_file {file} holds no certificates that can be read ({error.strerror}); check its path and rights",
            )
        ) from error


def _guard_literals(client: IMAPClient, most_octets: int) -> None:
    """A server that announces gigabytes must not be believed."""
    imap = client._imap  # noqa: SLF001
    read = imap.read

    def guarded(size: int) -> bytes:
        if size > most_octets:
            raise imaplib.IMAP4.abort(f"a literal of {size} octets was announced, more than {most_octets}")
        octets: bytes = read(size)
        if len(octets) < size:
            raise imaplib.IMAP4.abort("the connection ended within a literal")
        return octets

    imap.read = guarded


def _encrypt(client: IMAPClient, account: ImapAccount) -> None:
    if account.encryption is not Encryption.STARTTLS:
        return
    if not client.has_capability("STARTTLS"):
        raise ImapFault(
            Text(
                vi=f'{account.host}:{account.port} không có STARTTLS; đặt tls = "implicit" và port = 993',
                en=f'{account.host}:{account.port} offers no STARTTLS; set tls = "implicit" and port = 993',
            )
        )
    client.starttls(_context(account))


def _log_in(client: IMAPClient, account: ImapAccount) -> None:
    token = account.credentials.kind is Kind.TOKEN
    mechanism = "XOAUTH2" if token else "PLAIN"
    offered = client.has_capability(f"AUTH={mechanism}")
    if not offered and (token or client.has_capability("LOGINDISABLED")):
        raise _not_offered(account, token=token)
    secret = account.credentials.secret()
    told = _Told()
    try:
        if token:
            client.sasl_login(mechanism, told.answering(f"user={account.user}\1auth=Bearer {secret}\1\1"))
        elif offered:
            # Unlike LOGIN it has room for a password with diacritics.
            client.plain_login(account.user, secret)
        else:
            _log_in_of_old(client, account.user, secret)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise fault_of_login(account.host, account.user, told.completed(error), token=token) from error


def _log_in_of_old(client: IMAPClient, user: str, secret: str) -> None:
    """LOGIN. imaplib sends the name bare, where a blank or a backslash (DOMAIN and user) breaks it, and nothing beyond ASCII."""
    imap = client._imap  # noqa: SLF001
    imap._encoding = "utf-8"  # noqa: SLF001
    client.login(imap._quote(user), secret)  # noqa: SLF001


class _Told:
    """What a server says in the middle of XOAUTH2: a challenge there is its reason for a refusal, to be answered by nothing."""

    def __init__(self) -> None:
        self.reason = ""

    def answering(self, first: str) -> Callable[[bytes], bytes]:
        answers = [first]

        def answer(challenge: bytes) -> bytes:
            if answers:
                return answers.pop().encode()
            self.reason = _status(challenge)
            return b""

        return answer

    def completed(self, error: imaplib.IMAP4.error) -> imaplib.IMAP4.error:
        return imaplib.IMAP4.error(f"{words(error)} ({self.reason})") if self.reason else error


def _status(challenge: bytes) -> str:
    """The status of the JSON that Gmail and Exchange Online send, decoded already or not."""
    for text in (challenge, _decoded(challenge)):
        try:
            found = json.loads(text)
        except ValueError:
            continue
        if isinstance(found, dict):
            return f"status {str(found.get('status', '?'))[:10]}"
    return "refused"


def _decoded(challenge: bytes) -> bytes:
    try:
        return base64.b64decode(challenge)
    except binascii.Error:
        return b""


def _not_offered(account: ImapAccount, *, token: bool) -> ImapFault:
    if token:
        return ImapFault(
            Text(
                vi=f"{account.host} không nhận đăng nhập bằng mã truy cập (XOAUTH2); dùng password thay cho token_*",
                en=f"{account.host} takes no login by token (XOAUTH2); set password in place of token_*",
            )
        )
    return ImapFault(
        Text(
            vi=f'{account.host} chỉ cho đăng nhập khi đã mã hóa; đặt tls = "starttls", hoặc "implicit" với port = 993',
            en=f'{account.host} lets nobody log in unencrypted; set tls = "starttls", or "implicit" with port = 993',
        )
    )
