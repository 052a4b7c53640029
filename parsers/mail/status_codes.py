"""Enhanced status codes (RFC 3463) in the words of a remote mail server: as a code, else as a phrase for it."""

import re

from parsers.mail.wording import any_of

_ENHANCED = re.compile(r"(?<![\d.])(?P<code>[245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_REPLY = re.compile(r"(?<![\d.\-/:])(?P<code>[45][0-5]\d)(?=[ \-,;:\]]|$)")
_PHRASES = (
    (
        "5.1.1",
        any_of(
            r"""
            (?:user|recipient|mailbox|account|address)\S{0,4}\W{1,3}(?:is |was |has been )?(?:unknown|unavailable|invalid)
            (?:user|recipient|mailbox|account|address)\S{0,4}\W{1,3}(?:is |was |has been )?(?:disabled|suspended)
            (?:user|recipient|mailbox|account|address)\S{0,4}\W{1,3}(?:is |was )?not (?:found|known|listed|exist)
            (?:user|recipient|mailbox|account|address)\b.{0,90}(?:does ?n.t|does not|not) exist
            (?:user|recipient|mailbox|account|address)\W{1,3}\S{1,80}\W{1,3}(?:is |was )?(?:unknown|not found|not known)
            (?:unknown|no such|invalid|nonexistent|bad destination|undefined) (?:user|recipient|mailbox|account|address)
            (?:unknown|no such|invalid|undefined) (?:local|mail ?box|e-?mail|virtual) (?:user|recipient|mailbox|address|part)
            no such (?:person|user here)
            (?:does ?n.t|does not) have an? [\w.-]{0,80} ?account
            no mailbox here
            unrouteable address
            not our customer
            can.t create user output
            not listed in
            nicht vorhanden
            unbekannt
            inconnu
            desconocido
            no existe
            n'existe pas
            không tồn tại
            không tìm thấy (?:địa chỉ|người|hộp)
            không hợp lệ
            宛先不明
            存在しません
            見つかりません
            不存在
            не найден
            не существует
            """
        ),
    ),
    (
        "5.2.2",
        any_of(
            r"""
            (?:mail ?box|quota|account|inbox|mail ?folder|disk|storage)\b.{0,40}(?:full|exceed|over|exhaust|limit)
            over quota
            insufficient .{0,20}(?:disk|storage|space)
            not enough .{0,20}space
            no space left
            hộp thư .{0,20}đầy
            vượt (?:quá )?(?:dung lượng|hạn mức)
            boîte .{0,30}pleine
            переполнен
            """
        ),
    ),
    (
        "5.1.2",
        any_of(
            r"""
            (?:host|domain)(?: name)? (?:not found|unknown|lookup (?:failed|did not complete)|name lookup failure)
            (?:unknown|no such|bad) (?:host|domain)
            (?:name service|dns|nxdomain|mx)\b.{0,40}(?:error|fail|not found|no record)
            no mx records?
            nxdomain
            unrouteable mail domain
            couldn't find any host
            không tìm thấy (?:tên miền|máy chủ)
            domain .{0,80}(?:does not exist|not exist|could not be found|invalid)
            all relevant mx records point to non-existent
            """
        ),
    ),
    (
        "5.3.4",
        any_of(
            r"""
            (?:message|mail|size|attachment)\b.{0,40}(?:too (?:large|big)|exceeds?\b.{0,40}(?:limit|maximum|size))
            (?:maximum|max|size) .{0,30}(?:exceeded|size exceeded)
            quá (?:lớn|dung lượng)
            larger than
            """
        ),
    ),
    (
        "5.7.1",
        any_of(
            r"""
            spam
            blacklist
            blocklist
            black list
            block list
            blocked
            denied
            policy
            reputation
            not authori[sz]ed
            relaying
            relay (?:access|denied)
            refused by
            rejected
            prohibited
            not permitted
            not allowed
            virus
            unsolicited
            forbidden
            banned
            verboten
            từ chối
            bị chặn
            """
        ),
    ),
    (
        "4.4.7",
        any_of(
            r"""
            (?:delivery|retry|queue|message)\b.{0,40}(?:time ?out|timed out|time limit|expired|too long|exceeded)
            failing for a long time
            failed \d+ attempts
            retry timeout
            gave up
            quá thời hạn
            """
        ),
    ),
    (
        "4.4.1",
        any_of(
            r"""
            not accept our requests to connect
            socket error
            connection (?:refused|timed ?out|reset|lost|dropped|closed)
            timed? ?out
            (?:unable|failed|could not|cannot|can't) (?:to )?(?:connect|establish|reach|contact)
            no route to host
            not respond
            unreachable
            network error
            lost connection
            """
        ),
    ),
    (
        "5.4.6",
        any_of(
            r"""
            loop
            too many hops
            hop count
            """
        ),
    ),
)


def code_in(text: str) -> str:
    """The enhanced status code that the text bears, empty where there is none."""
    found = _ENHANCED.search(text)
    return found["code"] if found else ""


def reply_in(text: str) -> str:
    """The reply code of SMTP (RFC 5321, 4.2) that the text bears, empty where there is none."""
    found = _REPLY.search(text)
    return found["code"] if found else ""


def status_of(text: str) -> str:
    """The status that a remote server's words stand for; a hint where it had no code, empty where nothing is known.

    A code that says no more than that it failed (5.0.0) gives way to a phrase that says why.
    """
    code = code_in(text)
    if code and not code.endswith(".0.0"):
        return code
    phrase = next((named for named, words in _PHRASES if words.search(text)), "")
    if not phrase:
        reply = reply_in(text)
        return code or (f"{reply[0]}.0.0" if reply else "")
    # The server's own class stands: the phrase tells the reason only.
    own = (code or reply_in(text))[:1]
    return f"{own or phrase[0]}{phrase[1:]}"
