"""How mail systems say that a message was not delivered, where they do not say it as RFC 3464 wants. Data.

Each line is one way of saying it, a regular expression that is looked for in any case of letters.
"""

import re

from parsers.mail.wording import any_of

SENDERS = any_of(
    r"""
    mdaemon
    microsoftexchange[0-9a-f]
    microsoft exchange
    mailer[-_.]?daemon
    mail[-_. ]?daemon
    post[-_ ]?master
    mail delivery
    delivery (?:sub)?system
    mail(?:er)? administrator
    mail deliver system
    mail administrator
    maildelivery
    delivery[-_. ](?:status|notification|agent)
    mail ?system
    mail server
    internet mail (?:service|connector|delivery)
    system administrator
    symantec
    mail ?gateway
    bounce
    mailsystem
    hệ thống (?:thư|chuyển|phân phối|gửi)
    quản trị (?:hệ thống|thư)
    """
)
"""Sender addresses and names of programs that move mail."""

FAILURE_SUBJECTS = any_of(
    r"""
    undeliver
    un-?deliverable
    not delivered
    non[- ]?delivery
    non remis
    returned (?:mail|to sender)
    return(?:ed)? to sender
    delivery (?:status )?(?:notification|report|failure|failed|error|problem|has failed|unsuccessful|final)
    (?:mail|message|e-?mail) (?:delivery )?(?:failure|failed|error|status report|system error|could not be|not sent|bounced)
    mail (?:delivery|system)
    failure notice
    failed (?:delivery|mail|recipient)
    failure delivery
    delivery failure
    failure to deliver
    can ?not send
    couldn.t (?:be )?(?:deliver|send)
    unable to deliver
    error sending
    could not deliver
    rejected (?:mail|message)
    message (?:delayed|blocked|rejected|refused|undeliverable|not deliver)
    mail blocked
    blocked:
    user unknown
    unknown user
    (?:invalid|unknown) (?:recipient|address)
    quota
    mailbox (?:is )?full
    bounce
    dsn\b
    ndn\b
    ndr\b
    delivery (?:delay|warning)
    warning: (?:could not|message)
    delayed mail
    không (?:thể )?(?:gửi|chuyển|phát|phân phối|giao)(?: được| đi)?
    thư (?:bị )?(?:trả lại|hoàn lại)
    gửi (?:thư )?(?:không|thất bại)
    lỗi gửi thư
    trạng thái (?:gửi|chuyển|phân phối)
    chuyển thư (?:không|thất bại)
    unzustellbar
    nicht zugestellt
    zustell
    nicht übermittelt
    rückläufer
    non distribu
    échec
    n'a pas pu être
    avis de non
    no se (?:ha )?(?:puede|pudo|entreg)
    no entregad
    mensaje devuelto
    devolvido
    não (?:foi )?entreg
    falha n
    mancata consegna
    non recapitabile
    onbestelbaar
    niet bezorgd
    nie dostarcz
    недостав
    не доставлен
    не может быть доставлен
    退信
    投递失败
    無法傳遞
    无法投递
    未送达
    未达邮件
    配信(?:不能|エラー|できません)
    送信(?:できません|エラー|失敗)
    エラー
    배달
    전송 실패
    반송
    """
)
"""Subjects of reports."""

FAILURE_WORDS = any_of(
    r"""
    could ?n.?t be (?:delivered|sent|reached)
    could not be (?:delivered|sent|transmitted)
    cannot be (?:delivered|sent)
    was ?n.t (?:able to )?(?:deliver|sent)
    (?:was|were|is|has) not (?:been )?(?:delivered|sent|accepted)
    undeliverable
    (?:unable|failed|not able|impossible)\s+to\s+(?:be\s+)?(?:deliver|send|relay|complete)
    (?:could not|cannot|can.t|couldn.t|wasn.t able|weren.t able)\s+to\s+(?:be\s+)?(?:deliver|send|relay|complete)
    (?:could not|cannot|did not|couldn.t|can.t) (?:deliver|send|relay|reach|be reached)
    delivery (?:to|of|for)\b.{0,150}?(?:fail|unsuccessful|abandon|not possible|has been delayed|rejected)
    delivery fail
    fail(?:ed|ure) (?:to deliver|delivery|recipient|addresses|permanently)
    permanent(?:ly)? (?:fatal )?(?:error|fail)
    (?:had|with) (?:permanent|transient|delivery) (?:\S+ )?(?:non-)?(?:fatal )?errors?
    transcript of session
    non-delivery
    error (?:has )?(?:occurred|occurring)?.{0,20}(?:while (?:trying|attempting|sending|delivering)|delivering)
    error delivering
    returned (?:mail|to sender|message)
    return(?:ing)? (?:message|mail|it) to sender
    reporting-mta
    (?:was|were|been|is) (?:rejected|refused|blocked|bounced|returned|quarantined)
    rejected (?:by|for|your)
    giving up
    did ?n.t reach
    did not reach
    has not been received
    will not be delivered
    no valid recipient
    your message can.t
    (?:recipient|user|mailbox|address|account|host|domain)s?\b.{0,60}(?:unknown|not found|does not exist|doesn.t exist|invalid)
    (?:recipient|user|mailbox|address|account)s?\b.{0,60}(?:disabled|suspended|deactivated)
    unknown (?:user|recipient|address|mailbox)
    no such (?:user|mailbox|recipient|address)
    mailbox\b.{0,20}full
    over quota
    not (?:yet )?been delivered
    message delayed
    delivery delayed
    will (?:keep|continue) (?:trying|to try)
    will be retried
    did not like our (?:rcpt to|data|mail from)
    host said
    remote host said
    smtp error
    delivery status notification
    due to .{0,80}could not
    not listed in
    fatal (?:delivery )?errors?
    (?:is|been) delayed for
    requested action not taken
    had delivery (?:problems|errors)
    không (?:thể )?(?:gửi|chuyển|phát|phân phối|giao)(?: được| đi| tới| đến)
    (?:thư|tin nhắn|email).{0,60}(?:bị trả lại|bị từ chối)
    không (?:tồn tại|tìm thấy).{0,60}(?:địa chỉ|hộp thư|người nhận|tên miền)
    (?:địa chỉ|hộp thư|người nhận).{0,60}không (?:tồn tại|tìm thấy)
    gửi .{0,80}(?:không thành công|thất bại)
    chưa (?:gửi|chuyển|phát) được
    nicht zugestellt
    unzustellbar
    konnte nicht
    n'a pas pu
    n'ont pas pu
    non remis
    no se (?:ha )?(?:pudo|puede|podido|entreg)
    não (?:foi|pôde)
    non (?:è stato|è possibile|può)
    niet (?:worden )?bezorgd
    nie (?:może|można|został)
    не (?:было |может |удалось )
    недостав
    退信
    投递
    无法
    未能
    無法
    配信
    送信
    届け
    お届け
    エラー
    전송
    배달
    """
)
"""What reports say."""

DELAY_WORDS = any_of(
    r"""
    warning message only
    do not need to resend
    not need to re-?send
    will (?:be retried|keep trying|continue (?:to try|trying))
    has been delayed
    is delayed
    delivery (?:has been )?(?:delayed|delay)
    delayed mail
    message delayed
    still (?:trying|being tried)
    not yet been delivered
    has not yet
    will (?:try|retry)
    (?:could not|unable to).{0,60}(?:for|in|within) the (?:last|past) \d
    no action is required on your part
    temporary failure
    delivery attempts will continue
    status notification \(delay\)
    chậm
    bị trì hoãn
    sẽ (?:tiếp tục )?(?:thử|gửi) lại
    noch nicht zugestellt
    verzögert
    retardé
    retrasad
    задерж
    遅延
    延迟
    """
)
"""What a report says that will be followed by another one."""

GIVEN_UP_WORDS = any_of(
    r"""
    given up
    giving up
    gave up
    permanent
    (?:not|n't) (?:going to )?try again
    no longer
    too long
    will not be (?:retried|delivered)
    delivery has failed
    undeliverable
    returned
    final
    """
)
"""Words that end a delay: the report that speaks so is about a failure."""

_RULED = r"[-=_*+#~ ]{2,60}[^\n]{0,60}"
_COPY = r"(?:original|returned|undelivered|rejected|unsent)"

DIVIDERS = re.compile(
    rf"""^[ \t>]*+(?:
    {_RULED}(?:{_COPY[3:-1]}|below\ this\ line|copy\ of\ (?:the|your))[^\n]{{0,80}}
    |{_RULED}(?:message\ header|message\ follows|thư\ gốc|nội\ dung\ thư)[^\n]{{0,80}}
    |(?:the\ )?{_COPY}\ (?:e-?mail\ |mail\ |message\ |text\ )?(?:header|message|text|mail)
        [^\n]{{0,60}}(?:follow|below|:[ \t]*$|is\ attached)[^\n]{{0,60}}
    |message\ (?:header|text|body)s?\ follows?[^\n]{{0,40}}
    |below\ is\ a\ copy\ of[^\n]{{0,80}}
    |[^\n]{{0,40}}copy\ of\ (?:the|your)\ (?:original\ )?(?:message|mail|e-?mail)[^\n]{{0,80}}
    |received:\ (?:from|by)\ [^\n]{{1,400}}
    |return-path:\ ?<[^\n]{{0,300}}
    |[-\ ]{{3,}}+[ \t]*+(?:start\ of|included\ is|unsent)\ [^\n]{{0,60}}
    )[ \t]*$""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
"""Where a report ends that is one text with the message that came back."""
